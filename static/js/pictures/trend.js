// A line for each unit over the rounds; only changes that are more than chance stand out.
"use strict";
(function () {
  const pictures = window.pictures;
  const [TALL, LABEL] = [420, 15]; // and the height that the label of a line takes up

  pictures.draw.trend = (data, view) => {
    const { colours } = view;
    const { rounds, rows, floor } = data.trend;
    const few = view.units.length * LABEL <= TALL - 60;
    const labelled = (row) => few || Boolean(row.direction);
    const right = view.units.some((at) => labelled(rows[at])) ? Math.round(Math.min(260, view.width * 0.38)) : 84;
    const figure = Math.max(...view.units.map((at) => pictures.textWidth(rows[at].scores[rounds.length - 1].text, 11)));
    const names = pictures.labels(view.units.map((at) => data.units[at].name), right - figure - 26, 1, 11);
    const between = (view.width - 44 - right) / Math.max(1, rounds.length - 1);
    const titles = pictures.labels(rounds, Math.min(160, between - 40, right * 1.8), 3, 11);
    const styles = {
      up: { color: colours.good, width: 2.5 }, down: { color: colours.bad, width: 2.5, type: [6, 3] }, "": { color: colours.edge, width: 1, opacity: view.units.length > 40 ? 0.4 : 1 },
    };
    const series = view.units.map((at, place) => {
      const row = rows[at];
      const style = styles[row.direction];
      const end = row.scores[row.scores.length - 1];
      return {
        type: "line", name: data.units[at].name, symbol: "circle", symbolSize: row.direction ? 7 : 4, lineStyle: style, itemStyle: { color: style.color }, z: row.direction ? 3 : 2,
        connectNulls: false, emphasis: { disabled: true }, data: row.scores.map((score) => score.value),
        endLabel: { show: labelled(row) && end.value !== null, color: row.direction ? style.color : colours.soft, fontSize: 11, distance: 8,
          formatter: () => `${end.text} ${names[place]}` },
        labelLayout: { moveOverlap: "shiftY" },
        tooltip: { formatter: ({ dataIndex }) => [data.units[at].name, ...row.scores.map((score, round) => `${round === dataIndex ? "● " : ""}${pictures.cut(rounds[round], 200)}: ${score.text}`)].join("\n") },
      };
    });
    const top = view.top + 16;
    const height = top + TALL;
    return {
      height,
      option: {
        ...pictures.base(view),
        grid: { left: 44, right, top, bottom: 60 },
        xAxis: { type: "category", boundaryGap: rounds.length < 2, data: titles, axisLine: { lineStyle: { color: colours.line } }, axisTick: { show: false },
          axisLabel: { interval: 0, color: colours.ink, fontSize: 11, lineHeight: 14, hideOverlap: false } },
        yAxis: { type: "value", min: floor, max: 100, axisLine: { show: false }, axisTick: { show: false }, axisLabel: { color: colours.soft, fontSize: 11 }, splitLine: { lineStyle: { color: colours.line } } },
        series,
      },
    };
  };
})();
