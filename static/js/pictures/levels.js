// Shares of answers: satisfied ones right of zero, the others left of it, "don't know" on an axis of its own.
"use strict";
(function () {
  const pictures = window.pictures;
  const upTo = (share, step) => Math.min(100, Math.ceil(share / step) * step);

  // Stacked from zero outwards: the mildest answer next to it.
  function order(levels) {
    const places = levels.map((_, place) => place);
    return [...places.filter((place) => levels[place].satisfied).reverse(), ...places.filter((place) => !levels[place].satisfied)];
  }

  pictures.draw.levels = (data, view) => {
    const scale = data.levels[view.number];
    const part = scale.parts[view.choice];
    const rows = view.units.map((at) => part.rows[at]);
    const { colours } = view;
    const names = pictures.names(data, view, 8);
    const step = names.narrow ? 50 : 20;
    const sum = (row, good) => row.shares.reduce((all, share, place) => all + (scale.levels[place].satisfied === good ? share : 0), 0);
    const least = -upTo(Math.max(0, ...part.rows.map((row) => sum(row, false))), step);
    const most = upTo(Math.max(10, ...part.rows.map((row) => sum(row, true))), step);
    const words = [...scale.levels.map((level) => level.text), ...(scale.dont_know ? [scale.dont_know] : [])];
    const legend = pictures.legendRows(words, view.width - 24) * 24;
    const apart = scale.dont_know ? (names.narrow ? 52 : 132) : 0;
    const right = apart ? apart + 16 : 16;
    const top = view.top + legend + 34 + names.lead;
    const pixels = (view.width - names.left - right) / (most - least || 1);
    const bar = names.narrow ? 16 : 18;
    const said = (row, at) => [data.units[at].name, ...(row.missing ? [row.missing] : scale.levels.map((level, place) => `${level.text} ${row.counts[place]} · ${row.texts[place]}`)),
      ...(scale.dont_know && row.dont_know_text ? [`${scale.dont_know} ${row.dont_know} · ${row.dont_know_text}`] : []), ...(row.missing ? [] : [`n ${row.n}`]), ...(row.left_out ? [pictures.cut(row.left_out, 260)] : [])].join("\n");
    const tooltip = { formatter: ({ dataIndex }) => said(rows[dataIndex], view.units[dataIndex]) };
    const level = (place) => ({
      name: scale.levels[place].text, type: "bar", stack: "levels", barWidth: bar, tooltip, emphasis: { disabled: true },
      itemStyle: { color: colours[scale.levels[place].colour] || colours.edge, borderColor: colours.sheet, borderWidth: 1 },
      data: rows.map((row) => (row.shares.length ? (scale.levels[place].satisfied ? 1 : -1) * row.shares[place] : null)),
      label: { show: true, fontSize: 11, color: pictures.onColour(colours[scale.levels[place].colour]), textBorderWidth: 0,
        formatter: ({ dataIndex }) => (rows[dataIndex].shares[place] * pixels > 44 ? rows[dataIndex].texts[place] : "") },
    });
    const hidden = rows.flatMap((row, at) => (row.missing ? [{ at, row }] : []));
    const percent = (value) => `${Math.abs(value)}%`;
    const unknown = {
      name: scale.dont_know, type: "bar", xAxisIndex: 1, yAxisIndex: 1, barWidth: bar, tooltip, emphasis: { disabled: true }, itemStyle: { color: colours["scale-none"] },
      data: rows.map((row) => (row.missing ? null : row.dont_know_share)),
      label: { show: !names.narrow, position: "right", fontSize: 11, color: colours.soft, formatter: ({ dataIndex }) => rows[dataIndex].dont_know_text },
    };
    const room = names.narrow ? 44 : 76;
    const none = Math.max(room / pixels, ...part.rows.map((row) => row.dont_know_share)); // the same scale as beside it, if there is room
    const bottom = 8;
    return {
      height: top + bottom + rows.length * names.row,
      option: {
        ...pictures.base(view),
        legend: { data: words, selectedMode: false, left: 8, top: view.top + 2, itemWidth: 14, itemHeight: 14, itemGap: 12, icon: "roundRect", textStyle: { color: colours.ink, fontSize: 12 } },
        grid: [{ left: names.left, right, top, bottom }, { right: names.narrow ? 4 : 52, width: room, top, bottom, show: false }],
        xAxis: [
          pictures.numbers(view, names, least, most, { interval: step, axisLabel: { formatter: percent } }),
          pictures.numbers(view, names, 0, none, { gridIndex: 1, splitLine: { show: false }, axisLabel: { show: false }, show: Boolean(apart) }),
        ],
        yAxis: [names.axis, { type: "category", gridIndex: 1, inverse: true, data: rows.map((_, at) => at), axisLabel: { show: false }, axisTick: { show: false }, axisLine: { lineStyle: { color: colours.line } } }],
        series: [
          ...order(scale.levels).map(level),
          { type: "scatter", symbolSize: 1, itemStyle: { color: "transparent" }, tooltip: { show: false }, data: hidden.map(({ at }) => [0, at]), label: { show: true, position: "right", color: colours.soft, fontSize: 12, formatter: ({ dataIndex }) => hidden[dataIndex].row.missing },
            markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colours.edge, type: "solid", width: 1 }, data: [{ xAxis: 0 }], animation: false } },
          ...(apart ? [unknown] : []),
        ],
      },
    };
  };
})();
