// Makes respondents' pages nicer: one unit at a time, progress, review. Everything works without it.
"use strict";
(function () {
  const codeForm = document.querySelector("[data-code-form]");
  if (codeForm) {
    // The code stands behind the "#", where no server or proxy sees it.
    // Messages run on behind a link: the code in front is taken, and bytes that are no text are passed over.
    const take = () => {
      const text = location.hash.replace(/(%[0-9A-F]{2})+/gi, (bytes) => { try { return decodeURIComponent(bytes); } catch { return " "; } });
      const code = text.normalize("NFKC").match(/^[^0-9A-Z]*([0-9A-Z]([\s\p{Pd}]*[0-9A-Z]){12})/iu);
      if (code) codeForm.elements.code.value = code[1];
    };
    take();
    addEventListener("hashchange", take);
    for (const link of document.querySelectorAll("[data-keep-hash]")) {
      link.addEventListener("click", () => { link.hash = location.hash; });
    }
  }

  const form = document.getElementById("ballot");
  if (!form) return;
  const words = form.dataset;
  const pages = [...form.querySelectorAll("[data-page]")];
  const review = form.querySelector("[data-review]");
  const send = form.querySelector("[data-send]");
  const steps = form.querySelector("[data-steps]");
  const problems = document.getElementById("problems");
  const fill = (text, values) => text.replace(/\{(\w)\}/g, (_, name) => values[name]);
  let at = 0;

  function answered(question) {
    if (question.querySelector("input:checked")) return true;
    const typed = question.querySelectorAll("input:not([type=radio], [type=checkbox]), select, textarea");
    return [...typed].some((field) => field.value.trim() !== "");
  }
  const open = (page) => [...page.querySelectorAll("[data-required]")].filter((q) => !q.hidden && !answered(q));

  function followUps() {
    for (const question of form.querySelectorAll("[data-when]")) {
      question.hidden = !question.dataset.when.split(" ").some((pair) => {
        const [name, value] = pair.split(":");
        return [...form.querySelectorAll(`[name="${name}"]`)].some((field) => field.value === value && field.checked !== false);
      });
    }
  }

  function summarise() {
    const list = document.createElement("ul");
    pages.forEach((page, index) => {
      const units = page.classList.contains("list") ? [...page.querySelectorAll(".unit")] : [page];
      for (const unit of units) {
        const missing = open(unit);
        const item = document.createElement("li");
        const link = document.createElement("a");
        const state = document.createElement("span");
        const heading = unit.querySelector("h2");
        link.href = "#";
        link.append(heading ? heading.firstChild.textContent.trim() : fill(words.part, { i: index + 1, n: pages.length }), state);
        const any = [...unit.querySelectorAll(".q")].some(answered);
        state.textContent = missing.length ? fill(words.missing, { n: missing.length }) : any ? words.complete : words.empty;
        state.classList.toggle("open", missing.length > 0);
        link.addEventListener("click", (event) => {
          event.preventDefault();
          go(index, missing[0] || unit);
        });
        item.append(link);
        list.append(item);
      }
    });
    form.querySelector("[data-summary]").replaceChildren(list);
  }

  function show(index, target) {
    at = Math.min(index, pages.length);
    const last = at === pages.length;
    pages.forEach((page, i) => { page.hidden = i !== at; });
    review.hidden = send.hidden = !last;
    if (last) summarise();
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
    if (form.isConnected && !review.inert && to >= 0 && to !== at) show(to);
  });

  function goTo(id) {
    const question = document.getElementById(id);
    const page = question && question.closest("[data-page]");
    if (page) go(pages.indexOf(page), question);
    return Boolean(page);
  }

  for (const button of form.querySelectorAll("[data-all]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      for (const input of button.closest(".unit").querySelectorAll('.levels input[value="0"]')) input.checked = true;
      followUps();
    });
  }
  // A typed number and "don't know" exclude each other.
  for (const row of form.querySelectorAll(".typed")) {
    const [number, box] = row.querySelectorAll("input");
    if (!box) continue;
    number.addEventListener("input", () => { if (number.value) box.checked = false; });
    box.addEventListener("change", () => { if (box.checked) number.value = ""; });
  }
  form.addEventListener("change", () => {
    followUps();
    if (at === pages.length) summarise();
  });
  steps.querySelector("[data-back]").addEventListener("click", () => {
    if (entry()[1] === at - 1) history.back();
    else go(at - 1);
  });
  steps.querySelector("[data-forward]").addEventListener("click", () => go(at + 1));
  // Enter in a text field must not send the ballot.
  form.addEventListener("keydown", (event) => {
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
      const first = open(pages[page])[0];
      go(page, first);
      first.classList.add("wrong");
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

  steps.hidden = false;
  followUps();
  history.scrollRestoration = "manual";
  // A link that somebody copied from a later card begins with the first one.
  if (location.hash && performance.getEntriesByType("navigation")[0].type === "navigate") history.replaceState(null, "", location.pathname + location.search);
  const first = problems && problems.querySelector("a");
  const wrong = first && document.getElementById(first.hash.slice(1)).closest("[data-page]");
  show(wrong ? pages.indexOf(wrong) : entry()[0] || 0, false);
  if (wrong && at) location.replace(`#${at}`);
  if (problems) problems.focus();
})();
