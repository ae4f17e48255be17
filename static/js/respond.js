// Makes respondents' pages nicer: one unit at a time, progress, review. Everything works without it.
// Written for old phones, see docs/developers.md; what throws leaves a plain form behind.
"use strict";
(function () {
  const form = document.getElementById("ballot");
  const all = (selector, within) => Array.from((within || form).querySelectorAll(selector));
  const fill = (text, values) => text.replace(/\{(\w)\}/g, (_, name) => values[name]);

  if (!form) return;
  const words = form.dataset;
  const pages = all("[data-page]");
  const review = form.querySelector("[data-review]");
  const send = form.querySelector("[data-send]");
  const steps = form.querySelector("[data-steps]");
  const problems = document.getElementById("problems");
  let at = 0;

  function answered(question) {
    if (question.querySelector("input:checked")) return true;
    const typed = all("input:not([type=radio]):not([type=checkbox]), select, textarea", question);
    return typed.some((field) => !field.disabled && field.value.trim() !== "");
  }
  // As the service reads it: full-width digits too, and 0 for "don't know" where there is such a box.
  function outside(question) {
    const row = question.querySelector(".typed");
    if (!row) return false;
    const [number, box] = all("input", row);
    const text = number.value.normalize("NFKC").trim();
    if (!text || (box && text === "0")) return false;
    return !/^\d+$/.test(text) || Number(text) < Number(row.dataset.low) || Number(text) > Number(row.dataset.high);
  }
  // What keeps the ballot from being taken.
  const open = (page) => all(".q", page).filter((q) => !q.hidden && (outside(q) || (q.dataset.required === "" && !answered(q))));
  // What somebody may have passed over: what is optional says so, and is left blank on purpose.
  const blank = (page) => all(".q", page).filter((q) => !q.hidden && !answered(q) && q.dataset.required === "");

  const given = (pair) => {
    const [name, value] = pair.split(":");
    return all(`[name="${name}"]`).some((field) => field.value === value && field.checked !== false);
  };
  function followUps() {
    for (const question of all("[data-when]")) question.hidden = !question.dataset.when.split(" ").some(given);
    // The text beside "other" is sent only with it. It stays in its field for those who choose "other" again.
    for (const text of all("[data-other]")) text.hidden = text.querySelector("input").disabled = !given(text.dataset.other);
  }

  function summarise() {
    const list = document.createElement("ul");
    pages.forEach((page, index) => {
      const units = page.classList.contains("list") ? all(".unit", page) : [page];
      for (const unit of units) {
        const missing = open(unit);
        const item = document.createElement("li");
        const link = document.createElement("a");
        const state = document.createElement("span");
        const heading = unit.querySelector("h2");
        link.href = "#";
        link.textContent = heading ? heading.firstChild.textContent.trim() : fill(words.part, { i: index + 1, n: pages.length });
        link.appendChild(state);
        const any = all(".q", unit).some(answered);
        const left = blank(unit).length;
        const wrong = missing.filter(outside).length;
        state.textContent = wrong ? fill(words.wrong, { n: wrong }) : left && (any || missing.length) ? fill(words.missing, { n: left }) : any ? words.complete : words.empty;
        state.classList.toggle("open", missing.length > 0);
        link.addEventListener("click", (event) => {
          event.preventDefault();
          go(index, missing[0] || unit);
        });
        item.appendChild(link);
        list.appendChild(item);
      }
    });
    const place = form.querySelector("[data-summary]");
    place.textContent = "";
    place.appendChild(list);
  }

  function count() {
    const left = at < pages.length ? blank(pages[at]).length : 0;
    steps.querySelector("[data-left]").textContent = left ? fill(words.missing, { n: left }) : "";
  }

  function show(index, target) {
    at = Math.max(0, Math.min(index || 0, pages.length));
    const last = at === pages.length;
    pages.forEach((page, i) => { page.hidden = i !== at; });
    review.hidden = send.hidden = !last;
    if (last) summarise();
    count();
    steps.querySelector("[data-where]").textContent = last ? "" : `${at + 1} / ${pages.length}`;
    steps.querySelector("[data-bar]").style.width = `${(100 * at) / pages.length}%`;
    steps.querySelector("[data-back]").disabled = at === 0;
    const forward = steps.querySelector("[data-forward]");
    forward.hidden = last;
    forward.textContent = at === pages.length - 1 ? words.review : words.next;
    if (target === false) return;
    const place = target || (last ? review : pages[at]);
    place.scrollIntoView({ block: target ? "center" : "start" });
    if (!target) scrollTo(0, 0);
    const fields = "button:not([hidden]), input, select, textarea";
    const focus = target && target.matches(".q") ? target.querySelector(fields) : place.querySelector("h2") || place;
    if (!focus.matches(fields)) focus.tabIndex = -1;
    focus.focus({ preventScroll: true });
  }

  // Each step is an entry in the history, "#CARD.FROM.DEPTH": the card of the entry below, and how many are below. With
  // pushState a browser would forget the code that this page was asked for with, and could not load it again.
  const entry = () => location.hash.slice(1).split(".").map(Number);
  function go(index, target) {
    const to = Math.min(index, pages.length);
    if (to !== at) location.hash = [to, at, (entry()[2] || 0) + 1].join(".");
    show(to, target);
  }
  addEventListener("popstate", () => {
    const [to] = entry();
    // While the ballot is sent the review stays, and a received page is nothing to turn in.
    if (document.contains(form) && !review.inert && to >= 0 && to !== at) show(to);
  });

  function goTo(id) {
    const question = document.getElementById(id);
    const page = question && question.closest("[data-page]");
    if (page) go(pages.indexOf(page), question);
    return Boolean(page);
  }
  const changed = () => form.dispatchEvent(new Event("change"));

  // "I don't know this unit" answers all its ratings; pressed again, it gives back what was there before: for each question
  // its last answer that this button did not give. sending.js keeps these with the draft.
  form.byHand = {};
  const unknown = all("[data-all]").map((button) => {
    const unit = button.closest(".unit");
    const boxes = all('.levels input[value="0"]', unit);
    const pressed = () => boxes.length > 0 && boxes.every((box) => box.checked);
    function remember(box) { form.byHand[box.name] = box.value; }
    function giveBack() {
      // Where somebody chose "don't know" everywhere, there is nothing to give back but blanks.
      const given = boxes.some((box) => form.byHand[box.name] !== "0") ? form.byHand : {};
      for (const box of all(".levels input", unit)) box.checked = given[box.name] === box.value;
    }
    button.hidden = false;
    button.addEventListener("click", () => {
      if (pressed()) giveBack();
      else {
        all(".levels input:checked", unit).filter((box) => box.value !== "0").forEach(remember);
        for (const box of boxes) box.checked = true;
      }
      changed();
    });
    unit.addEventListener("change", (event) => { if (event.target.matches(".levels input")) remember(event.target); });
    if (!pressed()) all(".levels input:checked", unit).forEach(remember); // as the service filled it in
    return () => button.setAttribute("aria-pressed", String(pressed()));
  });

  // A choice that is tapped again is taken back. A click comes before the change, so `chosen` is what was there before.
  let chosen = [];
  function takeBack(box) {
    if (box.type !== "radio" || !chosen.includes(box)) return;
    box.checked = false;
    if (form.byHand[box.name] === box.value) delete form.byHand[box.name];
    changed();
  }
  form.addEventListener("click", (event) => takeBack(event.target));

  // A typed number and "don't know" exclude each other.
  for (const row of all(".typed")) {
    const [number, box] = all("input", row);
    if (!box) continue;
    number.addEventListener("input", () => { if (number.value) box.checked = false; });
    box.addEventListener("change", () => { if (box.checked) number.value = ""; });
  }
  function refresh() {
    followUps();
    settle();
    chosen = all("input[type=radio]:checked");
    for (const state of unknown) state();
    count();
    if (at === pages.length) summarise();
  }
  // Said beside the first question that keeps the ballot from being sent, for as long as it does.
  const stopped = form.querySelector("[data-stop]");
  let first = null;
  function stop(page) {
    if (first) first.classList.remove("wrong");
    first = open(pages[page])[0];
    first.classList.add("wrong");
    const left = pages.reduce((sum, one) => sum + open(one).length, 0);
    stopped.querySelector("[data-number]").textContent = fill(words.stopped, { n: left });
    first.parentNode.insertBefore(stopped, first);
    stopped.hidden = false;
    go(page, first);
  }
  stopped.querySelector("a").addEventListener("click", (event) => {
    event.preventDefault();
    goTo(first.id);
  });
  // While it is typed already: what vanishes under a tap would lead it astray.
  function settle() {
    if (!first || (!first.hidden && open(first.parentNode).includes(first))) return;
    first.classList.remove("wrong");
    stopped.hidden = true;
    first = null;
  }
  form.addEventListener("input", settle);
  form.addEventListener("change", refresh);
  form.addEventListener("input", count);
  // A draft goes on where it was left, see sending.js.
  form.addEventListener("resume", (event) => {
    if (problems || at || !event.detail) return;
    show(event.detail, false);
    location.replace(`#${at}`); // no entry of its own: there is no card below it
  });
  steps.querySelector("[data-back]").addEventListener("click", () => {
    if (entry()[1] === at - 1) history.back();
    else go(at - 1);
  });
  steps.querySelector("[data-forward]").addEventListener("click", () => go(at + 1));
  // Enter in a text field must not send the ballot.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Delete" || event.key === "Backspace") takeBack(event.target);
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      if (at < pages.length) go(at + 1);
    }
  });
  const button = form.querySelector("[data-submit]");
  const label = button.textContent;
  form.addEventListener("submit", (event) => {
    const page = pages.findIndex((one) => open(one).length > 0);
    if (page >= 0) {
      event.preventDefault();
      stop(page);
      return;
    }
    // After the browser has taken the form, so that a second tap finds nothing to press.
    setTimeout(() => { button.disabled = true; button.textContent = words.sending; }, 0);
  });
  addEventListener("pageshow", () => { button.disabled = false; button.textContent = label; });
  if (problems) {
    problems.addEventListener("click", (event) => {
      const link = event.target.closest("a");
      if (link && goTo(link.hash.slice(1))) event.preventDefault();
    });
  }

  function begin() {
    steps.hidden = false;
    for (const hint of all("[data-with-script]")) hint.hidden = false;
    refresh();
    history.scrollRestoration = "manual";
    // A link that somebody copied from a later card begins with the first one.
    if (location.hash && navigationType() === "navigate") history.replaceState(null, "", location.pathname + location.search);
    const first = problems && problems.querySelector("a");
    const wrong = first && document.getElementById(first.hash.slice(1)).closest("[data-page]");
    show(wrong ? pages.indexOf(wrong) : entry()[0], false);
    if (wrong && at) location.replace(`#${at}`);
    if (problems) problems.focus();
  }
  function navigationType() {
    const [found] = performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
    return found ? found.type : ["navigate", "reload", "back_forward"][(performance.navigation || {}).type];
  }
  // All on one page, as without script.
  function plain() {
    for (const page of pages) page.hidden = false;
    review.hidden = steps.hidden = true;
    send.hidden = false;
  }
  addEventListener("error", (event) => { if (/\/static\/js\//.test(event.filename)) plain(); });
  begin();
})();
