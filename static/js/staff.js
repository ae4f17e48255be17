// Small comforts of the staff pages; everything works without them.
"use strict";
for (const button of document.querySelectorAll("[data-confirm]")) {
  button.addEventListener("click", (event) => { if (!confirm(button.dataset.confirm)) event.preventDefault(); });
}
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = button.dataset.done; }));
}
// Whatever is folded is printed; afterwards it is folded again.
addEventListener("beforeprint", () => {
  for (const part of document.querySelectorAll("details:not([open])")) { part.open = true; part.dataset.folded = ""; }
});
addEventListener("afterprint", () => {
  for (const part of document.querySelectorAll("details[data-folded]")) { part.open = false; delete part.dataset.folded; }
});
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}
// On a phone the rows of a table stand below each other, and each cell has the heading of its column in front.
function stack(table) {
  if (table.tHead?.rows.length !== 1) return;
  const headings = [...table.tHead.rows[0].cells].flatMap((cell) => Array(cell.colSpan).fill(cell.innerText.trim().replace(/\s+/g, " ")));
  for (const row of [...table.tBodies, table.tFoot].flatMap((part) => [...(part?.rows ?? [])])) {
    let at = 0;
    for (const cell of row.cells) {
      const heading = cell.colSpan === 1 ? headings[at] : "";
      at += cell.colSpan;
      if (!cell.innerHTML.trim()) cell.dataset.blank = "";
      else if (heading) cell.dataset.label = heading;
    }
  }
  table.className = "stacked";
}
for (const table of document.querySelectorAll(".scroll > table:not([class])")) stack(table);
for (const form of document.querySelectorAll("form[data-busy]")) {
  form.addEventListener("submit", () => {
    const button = form.querySelector("button:not([type=button])");
    setTimeout(() => { button.disabled = true; button.textContent = form.dataset.busy; }, 0);
  });
}
// A file that takes its time: how much of it has come is said. Buttons with an address of their own are left alone.
for (const form of document.querySelectorAll("form[data-progress]")) {
  const place = form.querySelector("[data-said]");
  const say = (text) => { place.hidden = !text; place.textContent = text; };
  form.addEventListener("submit", async (event) => {
    const button = event.submitter;
    if (!button || button.hasAttribute("formaction")) return;
    event.preventDefault();
    if (form.ariaBusy === "true") return;
    form.ariaBusy = "true";
    say(form.dataset.progress.replace("{percent}", 0));
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      const [, name] = /filename="(.+)"/.exec(answer.headers.get("Content-Disposition"));
      const expected = Number(answer.headers.get("X-Expected-Bytes"));
      const parts = [];
      let come = 0;
      for (const reader = answer.body.getReader(); ;) {
        const { done, value } = await reader.read();
        if (done) break;
        parts.push(value);
        come += value.length;
        if (expected) say(form.dataset.progress.replace("{percent}", Math.min(99, Math.round(100 * come / expected))));
      }
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(parts, { type: answer.headers.get("Content-Type") }));
      link.download = name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      say("");
    } catch (error) {
      say(form.dataset.failed);
    }
    form.ariaBusy = "false";
  });
}
// Long work is done in parts: a page that is not at its end sends for the next one.
for (const form of document.querySelectorAll("form[data-auto]")) setTimeout(() => form.requestSubmit(), 300);
// The window of a survey in words: weekdays and length, so that a wrong day or hour is seen.
for (const hint of document.querySelectorAll("[data-window]")) {
  const fields = hint.closest("form").elements;
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short", timeZone: "UTC" });
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const update = () => {
    const [opens, closes] = [fields.opens, fields.closes].map((field) => Date.parse(`${field.value}Z`));
    hint.hidden = !(opens && closes);
    if (hint.hidden) return;
    const minutes = (closes - opens) / 60000;
    const length = fill(hint.dataset.length, { d: Math.floor(minutes / 1440), h: Math.floor(minutes / 60) % 24, m: minutes % 60 });
    hint.textContent = minutes > 0
      ? fill(hint.dataset.window, { opens: words.format(opens), closes: words.format(closes), length })
      : hint.dataset.wrong;
  };
  for (const name of ["opens", "closes"]) fields[name].addEventListener("input", update);
  update();
}
// A table can be dropped anywhere on the form that takes it.
for (const input of document.querySelectorAll("input[type=file][data-drop]")) {
  const form = input.form;
  for (const kind of ["dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      if (![...event.dataTransfer.types].includes("Files")) return;
      event.preventDefault();
      form.classList.toggle("drop", kind === "dragover");
      if (kind !== "drop") return;
      input.files = event.dataTransfer.files;
      form.requestSubmit();
    });
  }
  input.addEventListener("change", () => { if (input.files.length) form.requestSubmit(); });
}
// Cells of a table that is mended: only those that were changed are sent, so that the others are read anew.
for (const form of document.querySelectorAll("#grid")) {
  form.addEventListener("change", ({ target }) => {
    if (target.dataset.name) target.name = target.dataset.name;
    if ("again" in target.dataset) form.requestSubmit();
  });
}
// What was typed and not saved is not left without a word. A form that came back with its faults is not saved yet.
for (const form of document.querySelectorAll("form[data-unsaved]")) {
  const said = () => JSON.stringify([...new FormData(form)].map(([name, value]) => [name, value.name ?? value]));
  const before = form.dataset.unsaved === "now" ? "" : said();
  let sent = false;
  form.unsaved = () => !sent && said() !== before;
  form.addEventListener("submit", () => { sent = true; });
  addEventListener("pageshow", () => { sent = false; });
  addEventListener("beforeunload", (event) => { if (form.unsaved()) event.preventDefault(); });
}
// A part of the page that is asked for again while somebody looks at it; what was unfolded in it stays so.
for (const part of document.querySelectorAll("[data-live]")) {
  setInterval(async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(part.dataset.live);
      if (!answer.ok || answer.redirected) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      const open = [...part.querySelectorAll("details")].map((one) => one.open);
      [...found.querySelectorAll("details")].forEach((one, number) => { one.open = open[number]; });
      part.replaceChildren(...found.children);
      for (const table of part.querySelectorAll(".scroll > table:not([class])")) stack(table);
    } catch (error) { /* no network: what stands there stays */ }
  }, 5000);
}
