// Scores with their intervals by rank; brackets join units that cannot be told apart.
"use strict";
(function () {
  const pictures = window.pictures;
  const WORDS = 12;
  const BESIDE = 66; // on a narrow screen, for the grade above the score

  function shapes(row, y, places, view) {
    const { colours } = view;
    const text = (x, words, style) => ({ type: "text", style: { x, y, text: words, font: `12px ${pictures.FONT}`, verticalAlign: "middle", fill: colours.ink, ...style } });
    if (row.score.value === null) return [text(places.start, row.score.text, { fill: colours.soft })];
    const line = (from, to) => ({ type: "line", shape: { x1: from, y1: y, x2: to, y2: y }, style: { stroke: colours.accent, lineWidth: 3, lineCap: "round", opacity: 0.45 } });
    const found = row.score.low === null ? [] : [line(places.at(row.score.low), places.at(row.score.high))];
    found.push({ type: "circle", shape: { cx: places.at(row.score.value), cy: y, r: 5 }, style: { fill: colours.accent } });
    found.push(text(places.words, row.score.text, { font: `600 13px ${pictures.FONT}` }));
    const grade = { font: `${places.narrow ? 11 : 12}px ${pictures.FONT}`, fill: colours.soft };
    if (places.narrow) found.push(text(places.words, pictures.cut(row.grade, BESIDE - 8, 11), { ...grade, y: y - 16 }));
    else found.push(text(places.words + places.figure, pictures.cut(row.grade, 80), grade));
    return found;
  }

  pictures.draw.ranking = (data, view) => {
    const rows = view.units.map((at) => data.ranking.rows[at]);
    const narrow = pictures.isNarrow(view);
    const runs = pictures.shownRuns(data.ranking.alike, view.units);
    const lane = pictures.lanes(runs);
    const count = Math.max(0, ...lane) + 1;
    const step = runs.length ? Math.min(10, (narrow ? 36 : 90) / count) : 0;
    const brackets = runs.length ? count * step + 14 : 8;
    const figure = Math.max(...rows.map((row) => pictures.textWidth(row.score.text, 14)), 20) + 14;
    const grade = Math.min(80, Math.max(...rows.map((row) => pictures.textWidth(row.grade)), 0));
    const right = brackets + (narrow ? BESIDE : figure + grade + WORDS + 8);
    const names = pictures.names(data, view, right, (at) => (data.ranking.rows[at].rank === null ? "" : `${data.ranking.rows[at].rank}  `));
    const top = view.top + 30 + names.lead;
    const floor = data.ranking.floor;
    const edge = view.width - brackets;

    const unit = (params, api) => {
      const row = rows[params.dataIndex];
      const y = api.coord([floor, params.dataIndex])[1];
      const places = {
        at: (score) => api.coord([score, params.dataIndex])[0], start: params.coordSys.x + 4, narrow, figure,
        words: view.width - right + (narrow ? 8 : WORDS),
      };
      return { type: "group", children: shapes(row, y, places, view) };
    };
    const bracket = (params, api) => {
      const [first, last] = runs[params.dataIndex];
      const x = edge + 8 + lane[params.dataIndex] * step;
      const [from, to] = [api.coord([floor, first])[1] - 8, api.coord([floor, last])[1] + 8];
      return { type: "polyline", shape: { points: [[x - 3, from], [x, from], [x, to], [x - 3, to]] }, style: { stroke: view.colours.edge, fill: "none", lineWidth: 1.25 } };
    };
    const said = (row, at) => [data.units[at].name, `${data.words.score} ${row.score.text}${row.score.interval ? ` (${row.score.interval})` : ""}`,
      ...(row.ranks ? [`${data.words.ranks} ${row.ranks}`] : []), ...(row.grade ? [row.grade] : [])].join("\n");
    const option = {
      ...pictures.base(view),
      grid: { left: names.left, right, top, bottom: 8 },
      xAxis: pictures.numbers(view, names, floor, 100, {}),
      yAxis: names.axis,
      series: [
        { type: "custom", renderItem: unit, data: rows.map((row, at) => [row.score.value === null ? floor : row.score.value, at]), tooltip: { formatter: ({ dataIndex }) => said(rows[dataIndex], view.units[dataIndex]) } },
        { type: "custom", renderItem: bracket, data: runs.map(([first]) => [floor, first]), silent: true, tooltip: { show: false } },
      ],
    };
    return { option, height: top + 8 + rows.length * names.row };
  };
})();
