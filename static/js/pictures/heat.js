// Units by items, in the colours and steps of the table of items.
"use strict";
(function () {
  const pictures = window.pictures;
  const [FIGURE, WHOLE] = [40, 18]; // the least widths of cells for the figure, and for whole points

  pictures.draw.heat = (data, view) => {
    const { items, rows } = data.heat;
    const { colours } = view;
    const narrow = pictures.isNarrow(view);
    const widest = Math.max(...view.units.map((at) => pictures.textWidth(data.units[at].name)), 40);
    const left = Math.min(widest + 16, Math.round(view.width * (narrow ? 0.34 : 0.26)));
    const cell = (view.width - left - 8) / items.length;
    const turned = cell < 64;
    const lines = Math.max(...items.map((item) => Math.ceil(pictures.textWidth(item) / Math.max(1, cell - 8))));
    const longest = Math.min(140, Math.max(...items.map((item) => pictures.textWidth(item))));
    const head = turned ? longest + 16 : Math.min(lines, 4) * 16 + 10;
    const legend = 40;
    const top = view.top + head;
    const cells = view.units.flatMap((at, y) => rows[at].map((figure, x) => ({ figure, x, y, at })));
    const shown = cells.filter(({ figure }) => figure.value !== null);
    const hidden = cells.filter(({ figure }) => figure.value === null);
    const size = narrow ? 11 : 12;
    const names = pictures.labels(view.units.map((at) => data.units[at].name), left - 12, narrow ? 3 : 2, size);
    const row = Math.max(30, 14 * Math.max(...names.map((name) => name.split("\n").length)) + 6);
    const text = ({ figure }) => (cell >= FIGURE ? figure.text : String(Math.round(figure.value)));
    const said = ({ figure, x, at }) => `${data.units[at].name}\n${pictures.cut(items[x], 240)}\n${figure.text}`;
    const label = { show: cell >= WHOLE, fontSize: cell >= FIGURE ? 12 : 11, fontFamily: pictures.FONT };
    return {
      height: top + view.units.length * row + legend,
      option: {
        ...pictures.base(view),
        grid: { left, right: 8, top, bottom: legend },
        xAxis: {
          type: "category", position: "top", data: items, axisLine: { show: false }, axisTick: { show: false },
          axisLabel: { interval: 0, color: colours.ink, fontSize: 12, lineHeight: 16, hideOverlap: false,
            ...(turned ? { rotate: 90, formatter: (item) => pictures.cut(item, 140), margin: 8 } : { width: cell - 8, overflow: "break", formatter: (item) => pictures.cut(item, (cell - 8) * 3.4) }) },
        },
        yAxis: {
          type: "category", inverse: true, data: names, axisLine: { show: false }, axisTick: { show: false },
          axisLabel: { interval: 0, color: colours.ink, fontSize: size, lineHeight: 14, hideOverlap: false, margin: 8 },
        },
        visualMap: {
          type: "piecewise", orient: "horizontal", left, bottom: 4, itemWidth: 14, itemHeight: 14, itemGap: narrow ? 6 : 12, selectedMode: false, hoverLink: false, seriesIndex: 0, dimension: 2, textGap: 4,
          textStyle: { color: colours.soft, fontSize: narrow ? 10 : 12 },
          pieces: pictures.HEAT.map(([from, to], step) => ({ gte: from, ...(to < 100 ? { lt: to } : { lte: to }), label: `${from}–${to}`, color: colours[`heat-${step}`] })),
          ...(narrow ? { left: 4 } : {}),
        },
        series: [
          { type: "heatmap", data: shown.map(({ figure, x, y }) => [x, y, figure.value]), itemStyle: { borderColor: colours.sheet, borderWidth: 2 }, emphasis: { disabled: true },
            label: { ...label, color: colours["on-heat"], formatter: ({ dataIndex }) => text(shown[dataIndex]) }, tooltip: { formatter: ({ dataIndex }) => said(shown[dataIndex]) } },
          { type: "scatter", symbolSize: 1, itemStyle: { color: "transparent" }, data: hidden.map(({ x, y }) => [x, y]), label: { ...label, show: true, fontSize: cell >= FIGURE ? 12 : 9, color: colours.soft, position: "inside", formatter: ({ dataIndex }) => hidden[dataIndex].figure.text }, tooltip: { formatter: ({ dataIndex }) => said(hidden[dataIndex]) } },
        ],
      },
    };
  };
})();
