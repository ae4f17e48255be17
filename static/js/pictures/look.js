// How pictures look: colours from the custom properties of the page (or, for files and paper, of .on-paper), fonts, sizes of text.
"use strict";
(function () {
  const pictures = (window.pictures = window.pictures || { draw: {} });
  const COLOURS = ["sheet", "ink", "soft", "line", "edge", "accent", "good", "bad", "scale-none", "on-heat", "heat-0", "heat-1", "heat-2", "heat-3", "heat-4"];
  const SCALE = ["deep-red", "red", "orange", "yellow", "lime", "green", "deep-green"];
  // Names without quotes stand as they are in an attribute of an SVG file.
  const FONT = "system-ui, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Noto Sans SC, sans-serif";
  const HEAT = [[0, 60], [60, 70], [70, 80], [80, 90], [90, 100]];

  // The colours by name. `paper`: those of scales on white, for files and printed pages.
  function palette(element, paper) {
    const style = getComputedStyle(element);
    const found = {};
    for (const name of COLOURS) found[name] = style.getPropertyValue(`--${name}`).trim();
    for (const name of SCALE) found[name] = paper ? paper[name] : style.getPropertyValue(`--scale-${name}`).trim();
    return found;
  }

  const context = document.createElement("canvas").getContext("2d");
  function textWidth(text, size = 12) {
    context.font = `${size}px ${FONT}`;
    return context.measureText(text).width;
  }
  function cut(text, width, size = 12) {
    if (textWidth(text, size) <= width) return text;
    let end = text.length;
    while (end > 1 && textWidth(`${text.slice(0, end)}…`, size) > width) end -= 1;
    return `${text.slice(0, end)}…`;
  }

  // The end of a text.
  function tail(text, width, size = 12) {
    let from = 0;
    while (from < text.length - 1 && textWidth(`…${text.slice(from)}`, size) > width) from += 1;
    return `…${text.slice(from).trim()}`;
  }

  // The text in lines that are not wider than this; words stay whole where they fit.
  function wrap(text, width, lines, size = 12) {
    const found = [""];
    for (const part of text.match(/[\u2e80-\uffff]|[^\s\u2e80-\uffff]+\s*|\s+/g) || []) {
      const last = found.length - 1;
      if (found[last] && textWidth(found[last] + part.trimEnd(), size) > width) found.push(part);
      else found[last] += part;
    }
    const kept = found.slice(0, lines).map((line) => cut(line.trim(), width, size));
    if (found.length > lines) kept[lines - 1] = cut(`${kept[lines - 1]}…`, width, size);
    return kept.join("\n");
  }

  // Names for labels: wrapped, and where two would look the same, with their ends in the last line.
  function labels(all, width, lines, size = 12) {
    const wrapped = all.map((name) => wrap(name, width, lines, size));
    return wrapped.map((label, at) => {
      const alike = wrapped.some((other, place) => other === label && all[place] !== all[at]);
      if (!alike) return label;
      if (lines > 1) return `${wrap(all[at], width, lines - 1, size)}\n${tail(all[at], width, size)}`;
      return tail(all[at], width, size);
    });
  }

  // Black or white, whichever stands out more from a colour.
  function onColour(colour) {
    const parts = (colour.match(/[0-9a-f]{2}/gi) || ["80", "80", "80"]).slice(0, 3).map((part) => parseInt(part, 16) / 255);
    const [red, green, blue] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
  }

  // What all pictures share. The tooltip is drawn on the canvas: one of HTML would need inline styles.
  function base(view) {
    const { colours } = view;
    return {
      animation: !view.still, animationDuration: 250, animationDurationUpdate: 0,
      textStyle: { fontFamily: FONT, color: colours.ink },
      tooltip: {
        show: !view.file, renderMode: "richText", confine: true, backgroundColor: colours.sheet, borderColor: colours.edge, borderWidth: 1,
        padding: 8, textStyle: { color: colours.ink, fontSize: 12, fontFamily: FONT, fontWeight: "normal" },
      },
      title: view.file
        ? { text: cut(view.heading, view.width - 32, 18), subtext: cut(view.title, view.width - 32, 12), left: 16, top: 12, itemGap: 6,
            textStyle: { color: colours.ink, fontSize: 18, fontWeight: 600 }, subtextStyle: { color: colours.soft, fontSize: 12 } }
        : { show: false },
    };
  }

  // The rows that a legend with these words takes up.
  function legendRows(words, width, size = 12) {
    let rows = 1;
    let used = 0;
    for (const word of words) {
      const wide = 14 + 5 + textWidth(word, size) + 12;
      if (used && used + wide > width) { rows += 1; used = 0; }
      used += wide;
    }
    return rows;
  }

  Object.assign(pictures, { palette, textWidth, cut, wrap, labels, onColour, base, legendRows, FONT, HEAT });
})();
