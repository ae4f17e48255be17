// One unit against the mean of the units. Items of which it has no score have no axis.
"use strict";
(function () {
  const pictures = window.pictures;
  const LEAST = 3;

  pictures.draw.radar = (data, view) => {
    const { colours } = view;
    const { means, floor } = data.radar;
    const name = data.units[view.choice].name;
    const scores = data.heat.rows[view.choice];
    const axes = means.flatMap((mean, item) => (mean.value !== null && scores[item].value !== null ? [item] : []));
    // Without enough items there is nothing to draw; the sentence above says so.
    if (axes.length < LEAST) return { height: view.top + 16, option: pictures.base(view) };
    const narrow = pictures.isNarrow(view);
    const words = [name, data.words.mean];
    const legend = pictures.legendRows(words.map((word) => pictures.cut(word, view.width - 60)), view.width - 24) * 24;
    // Where there is no room for words beside the axes, they have numbers, and the words stand below.
    const room = narrow ? 24 : 150;
    const size = Math.max(90, Math.min(190, (view.width - 2 * room - 60) / 2));
    const middle = view.top + legend + size + (narrow ? 40 : 64);
    const below = middle + size + (narrow ? 44 : 64);
    const called = (item, place) => (narrow ? `${place + 1}` : data.heat.items[item]);
    const list = narrow ? axes.map((item, place) => pictures.wrap(`${place + 1}  ${data.heat.items[item]}`, view.width - 16, 2)) : [];
    const height = below + (list.length ? list.join("\n").split("\n").length * 18 + 8 : 0);
    const line = (values, label, style, dots) => ({ value: values.map((one) => one.value), name: label, symbol: "circle", symbolSize: dots, ...style });
    const said = [name, ...axes.map((item) => `${pictures.cut(data.heat.items[item], 200)}: ${scores[item].text} (${means[item].text})`)].join("\n");
    const picked = (figures) => axes.map((item) => figures[item]);
    const series = [{
      type: "radar", emphasis: { disabled: true }, tooltip: { formatter: () => said },
      data: [
        line(picked(means), data.words.mean, { lineStyle: { color: colours.edge, width: 2, type: "dashed" }, itemStyle: { color: colours.edge } }, 4),
        line(picked(scores), name, { lineStyle: { color: colours.accent, width: 2 }, itemStyle: { color: colours.accent }, areaStyle: { color: colours.accent, opacity: 0.12 },
          label: { show: true, color: colours.ink, fontSize: 11, formatter: ({ dimensionIndex }) => scores[axes[dimensionIndex]].text } }, 6),
      ],
    }];
    return {
      height,
      option: {
        ...pictures.base(view),
        legend: { data: words, selectedMode: false, left: 8, formatter: (word) => pictures.cut(word, view.width - 60), top: view.top + 2, itemWidth: 18, itemHeight: 10, textStyle: { color: colours.ink, fontSize: 12 } },
        radar: {
          center: [view.width / 2, middle], radius: size, axisNameGap: narrow ? 22 : 26, splitNumber: 4,
          indicator: axes.map((item, place) => ({ name: called(item, place), min: floor, max: 100 })),
          axisName: { color: colours.ink, fontSize: 12, lineHeight: 15, formatter: (text) => pictures.wrap(text, room, 3) },
          axisLine: { lineStyle: { color: colours.line } }, splitLine: { lineStyle: { color: colours.line } }, splitArea: { show: false },
          axisLabel: { show: false },
        },
        graphic: list.length ? [{ type: "text", left: 8, top: below, silent: true, style: { text: list.join("\n"), font: `12px ${pictures.FONT}`, fill: colours.ink, lineHeight: 18 } }] : [],
        series,
      },
    };
  };
})();
