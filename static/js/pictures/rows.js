// What pictures with a row for each unit share. On a narrow screen the name stands above the row's mark.
"use strict";
(function () {
  const pictures = window.pictures;
  const NARROW = 560;

  const isNarrow = (view) => view.width < NARROW;

  // The column of names: where the picture begins, how high a row is, how much the first name needs above it, and the axis.
  // `right`: what the picture needs beside its marks; `before`: what stands before a unit's name.
  function names(data, view, right, before = () => "") {
    const narrow = isNarrow(view);
    const all = view.units.map((at) => `${before(at)}${data.units[at].name}`);
    const widest = Math.max(...all.map((name) => pictures.textWidth(name, 13)), 40) + 2;
    const column = narrow ? view.width - 8 - right : Math.min(widest, Math.round(view.width * 0.26));
    const labels = pictures.labels(all, column, 2, 13);
    const lines = labels.some((label) => label.includes("\n")) ? 2 : 1;
    return {
      narrow, left: narrow ? 8 : column + 28, row: narrow ? 26 + lines * 16 : lines * 16 + 14, lead: narrow ? lines * 8 + 2 : 0,
      axis: {
        type: "category", inverse: true, data: labels, axisLine: { show: false }, axisTick: { show: false },
        axisLabel: {
          interval: 0, color: view.colours.ink, fontSize: 13, lineHeight: 16, hideOverlap: false,
          ...(narrow ? { inside: true, margin: 0, textBorderColor: view.colours.sheet, textBorderWidth: 3, verticalAlign: "bottom", padding: [0, 0, 11, 0] } : { margin: 14 }),
        },
        z: 3,
      },
    };
  }

  // A horizontal axis of numbers on top, with thin lines.
  function numbers(view, names, least, most, options) {
    return {
      type: "value", position: "top", min: least, max: most, axisLine: { show: false }, axisTick: { show: false },
      splitLine: { lineStyle: { color: view.colours.line, width: 1 } }, splitNumber: names.narrow ? 3 : 5, ...options,
      axisLabel: { color: view.colours.soft, fontSize: 11, hideOverlap: true, margin: 8 + names.lead, ...options.axisLabel },
    };
  }

  // Runs of places, as far as their units are shown: as places among those, without runs of one or inside another one.
  function shownRuns(runs, units) {
    const found = runs
      .map(([first, last]) => units.flatMap((unit, place) => (unit >= first && unit <= last ? [place] : [])))
      .filter((places) => places.length > 1)
      .map((places) => [places[0], places[places.length - 1]]);
    return found.filter(([first, last], at) => !found.some(([from, to], other) => (
      from <= first && to >= last && (to - from > last - first || other < at)
    )));
  }

  // Which of the lines beside each other each run is drawn on.
  function lanes(runs) {
    const ends = [];
    return runs.map(([first, last]) => {
      let lane = ends.findIndex((end) => end < first);
      if (lane < 0) lane = ends.length;
      ends[lane] = last;
      return lane;
    });
  }

  Object.assign(pictures, { isNarrow, names, numbers, shownRuns, lanes });
})();
