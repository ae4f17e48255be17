// The difference of a group to the first one, by unit, with its interval. Zero is in the middle.
"use strict";
(function () {
  const pictures = window.pictures;

  pictures.draw.gaps = (data, view) => {
    const { colours } = view;
    const rows = view.units.map((at) => data.gaps[view.number].rows[at]);
    const ends = data.gaps[view.number].rows.flatMap(({ difference }) => [difference.value, difference.low, difference.high]).filter((value) => value !== null);
    const farthest = Math.max(5, ...ends.map(Math.abs));
    const step = farthest > 15 ? 10 : 5;
    const most = Math.ceil(farthest / step) * step;
    const column = Math.max(...rows.map((row) => pictures.textWidth(row.difference.text, 13)), 20) + 12;
    const right = column + 20;
    const names = pictures.names(data, view, right);
    const top = view.top + 30 + names.lead;
    const said = (row, at) => [data.units[at].name, `${data.gaps[view.number].first} ${row.first.text}`, `${data.gaps[view.number].group} ${row.group.text}`,
      `${data.words.difference} ${row.difference.text}${row.difference.interval ? ` (${row.difference.interval})` : ""}`].join("\n");
    const unit = (params, api) => {
      const { difference } = rows[params.dataIndex];
      const at = (value) => api.coord([value, params.dataIndex]);
      const y = at(0)[1];
      const text = (x, words, style) => ({ type: "text", style: { x, y, text: words, font: `12px ${pictures.FONT}`, verticalAlign: "middle", ...style } });
      const words = text(view.width - 8, difference.value === null ? "—" : difference.text, { align: "right", fill: colours.ink });
      if (difference.value === null) return { type: "group", children: [words] };
      const clear = difference.low !== null && (difference.low > 0 || difference.high < 0);
      const colour = clear ? colours.accent : colours.edge;
      const interval = difference.low === null ? [] : [{ type: "line", shape: { x1: at(difference.low)[0], y1: y, x2: at(difference.high)[0], y2: y }, style: { stroke: colour, lineWidth: 3, lineCap: "round", opacity: clear ? 0.5 : 0.6 } }];
      // Without colour, too: a filled dot where zero is left out, else a ring.
      const dot = { type: "circle", shape: { cx: at(difference.value)[0], cy: y, r: 5 }, style: { fill: clear ? colour : colours.sheet, stroke: colour, lineWidth: 2 } };
      return { type: "group", children: [...interval, dot, words] };
    };
    return {
      height: top + 8 + rows.length * names.row,
      option: {
        ...pictures.base(view),
        grid: { left: names.left, right, top, bottom: 8 },
        xAxis: pictures.numbers(view, names, -most, most, { interval: names.narrow || most > 40 ? most : step, axisLabel: { formatter: (value) => (value > 0 ? `+${value}` : `${value}`.replace("-", "−")) } }),
        yAxis: names.axis,
        series: [{
          type: "custom", renderItem: unit, data: rows.map((row, at) => [row.difference.value === null ? 0 : row.difference.value, at]),
          tooltip: { formatter: ({ dataIndex }) => said(rows[dataIndex], view.units[dataIndex]) },
          markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colours.edge, type: "solid", width: 1 }, data: [{ xAxis: 0 }], animation: false },
        }],
      },
    };
  };
})();
