// Draws each picture of the page, again when its width, the colours or a choice changes; and makes files and printed pages of them.
"use strict";
(function () {
  const root = document.getElementById("result-pictures");
  const { pictures, echarts } = window;
  if (!root || !echarts || !pictures.draw.trend) return;
  const data = JSON.parse(root.dataset.pictures);
  const [FILE, TITLE, PRINT] = [1000, 64, 900];
  const [ROWS, PRINTED_ROWS, TALLEST] = [60, 25, 16000]; // of one canvas; and its pixels
  const IN_ROWS = new Set(["ranking", "heat", "levels", "gaps"]);
  const OF_UNITS = new Set([...IN_ROWS, "trend"]);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const light = document.querySelector("[data-light]");
  const branch = document.getElementById("branch");

  const shownUnits = () => data.units.flatMap((unit, at) => (branch && branch.value !== "" && unit.branch !== Number(branch.value) ? [] : [at]));

  const branchName = () => (branch && branch.value !== "" ? branch.selectedOptions[0].textContent.trim() : "");

  function Picture(section) {
    const kind = section.dataset.picture;
    const place = section.querySelector("[data-canvas]");
    const choice = section.querySelector("[data-choice]");
    const heading = section.querySelector("h2").textContent.trim();
    let charts = [];
    let drawnWidth = 0;

    const chosen = () => (choice ? Number(choice.value) : 0);
    const view = (options) => ({
      number: Number(section.dataset.number), choice: chosen(), units: shownUnits(), top: 0, still, file: false, heading, ...options,
    });
    const screen = () => view({ width: place.clientWidth, colours: pictures.palette(root) });
    // Below the heading of a file: the survey, and what was chosen.
    function title() {
      const parts = [data.title];
      if (choice) parts.push(choice.selectedOptions[0].textContent.trim());
      if (branchName() && OF_UNITS.has(kind)) parts.push(branchName());
      return parts.join(" · ");
    }
    const paper = (options) => view({ title: title(), colours: pictures.palette(light, data.paper), still: true, file: true, ...options });

    // Many units stand in parts, each with its axis: a canvas has no more than so many pixels, a page no more than so many lines.
    function parts(rows) {
      const units = shownUnits();
      if (!IN_ROWS.has(kind)) return [units];
      return Array.from({ length: Math.ceil(units.length / rows) }, (_, at) => units.slice(at * rows, (at + 1) * rows));
    }
    function draw() {
      drawnWidth = place.clientWidth;
      for (const chart of charts) chart.dispose();
      const made = parts(ROWS).map((units) => ({ box: document.createElement("div"), ...pictures.draw[kind](data, { ...screen(), units }) }));
      place.replaceChildren(...made.map(({ box, height }) => { box.style.height = `${height}px`; return box; }));
      charts = made.map(({ box, option }) => {
        const chart = echarts.init(box, null, { renderer: "canvas" });
        chart.setOption(option);
        return chart;
      });
    }
    function say() {
      const finding = section.querySelector("[data-finding]");
      if (kind === "radar") finding.textContent = data.radar.findings[chosen()];
      if (kind === "levels") finding.textContent = data.levels[Number(section.dataset.number)].parts[chosen()].finding;
      const shown = branchName() && OF_UNITS.has(kind) ? ` (${branchName()})` : "";
      place.setAttribute("aria-label", `${heading}${shown}. ${finding.textContent}`);
    }
    // A picture that is not on the page, as a canvas.
    function canvas(what) {
      const { option, height } = pictures.draw[kind](data, what);
      const made = echarts.init(document.createElement("div"), null, { renderer: "canvas", width: what.width, height });
      made.setOption(option);
      const found = made.renderToCanvas({ pixelRatio: Math.min(2, TALLEST / height), backgroundColor: what.colours.sheet });
      made.dispose();
      found.removeAttribute("style"); // which takes it out of the flow of the page
      return found;
    }
    function svg(what) {
      const { option, height } = pictures.draw[kind](data, what);
      const made = echarts.init(null, null, { renderer: "svg", ssr: true, width: what.width, height });
      made.setOption({ ...option, backgroundColor: what.colours.sheet });
      const text = made.renderToSVGString();
      made.dispose();
      return text;
    }
    function fileName(ending) {
      const parts = [data.slug, section.id];
      if (kind === "radar") parts.push(data.units[chosen()].code);
      else if (branchName() && OF_UNITS.has(kind)) parts.push(branchName());
      return `${parts.join("-").replace(/[\\/:*?"<>|\s]+/g, "_")}.${ending}`;
    }
    function save(ending) {
      const what = paper({ width: FILE, top: TITLE });
      if (ending === "svg") hand(new Blob([svg(what)], { type: "image/svg+xml" }), fileName("svg"));
      else hand(png(canvas(what)), fileName("png"));
    }
    function print() {
      const pages = parts(PRINTED_ROWS).map((units) => canvas(paper({ width: PRINT, units, file: false })));
      section.querySelector("[data-paper]").replaceChildren(...pages);
    }
    if (choice) choice.addEventListener("change", () => { draw(); say(); });
    for (const button of section.querySelectorAll("[data-save]")) button.addEventListener("click", () => save(button.dataset.save));
    new ResizeObserver(() => { if (place.clientWidth && place.clientWidth !== drawnWidth) requestAnimationFrame(draw); }).observe(place);
    return { draw, print, say, ofUnits: OF_UNITS.has(kind), clear: () => section.querySelector("[data-paper]").replaceChildren() };
  }

  // At once, not by toBlob: browsers may refuse a download that comes later than the click.
  function png(canvas) {
    const bytes = atob(canvas.toDataURL("image/png").split(",")[1]);
    return new Blob([Uint8Array.from(bytes, (byte) => byte.charCodeAt(0))], { type: "image/png" });
  }

  function hand(blob, name) {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  root.classList.add("drawn");
  for (const part of root.querySelectorAll("[data-drawn]")) part.hidden = false;
  for (const part of root.querySelectorAll("[data-table]")) part.open = false;
  root.querySelector("[data-no-script]").hidden = true;
  const all = [...root.querySelectorAll("[data-picture]")].map(Picture);
  for (const one of all) one.draw();
  if (branch) branch.addEventListener("change", () => { for (const one of all) if (one.ofUnits) { one.draw(); one.say(); } });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { for (const one of all) one.draw(); });
  addEventListener("beforeprint", () => { for (const one of all) one.print(); });
  addEventListener("afterprint", () => { for (const one of all) one.clear(); });
})();
