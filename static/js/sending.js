// Drafts on the phone, and sending on a bad network. Everything works without it.
// Written for old phones, see docs/developers.md; where something throws, the browser sends the form by itself.
"use strict";
(function () {
  const DAY = 86400e3;
  // Where the service is mounted. Others may share the origin: the names of what is kept begin with it, see worker.js.
  const ROOT = new URL("../..", document.currentScript.src).pathname;
  const own = ROOT.slice(1);
  // A phone goes from hand to hand: each has a draft of their own. `holder` is what the tokens of one code have in common.
  const draftOf = (slug, holder) => `draft:${own}${slug}:${holder}`;
  let memory = null;
  try {
    localStorage.setItem("try", "1");
    localStorage.removeItem("try");
    memory = localStorage;
  } catch (error) { /* the browser keeps nothing */ }
  const read = (key) => { try { return JSON.parse(memory.getItem(key)); } catch (error) { return null; } };
  function write(key, value) {
    try { memory.setItem(key, JSON.stringify(value)); } catch (error) { /* its storage is full */ }
  }
  const forget = (keys) => { for (const key of keys) if (memory) memory.removeItem(key); };
  const recent = (at) => Date.now() - at < DAY;
  function drafts(slug) {
    const start = slug ? draftOf(slug, "") : `draft:${own}`;
    return Object.keys(memory || {}).filter((key) => key.startsWith(start) && !key.slice(start.length).includes("/"));
  }
  // Pages that the worker keeps. `goes` is asked with a page's survey, and with when and for whom it was kept.
  async function forgetPages(goes) {
    if (!self.caches || !(await caches.has(`${own}pages`))) return;
    const pages = await caches.open(`${own}pages`);
    for (const page of await pages.keys()) {
      if (goes(page.url.split("/").slice(-2)[0], page.headers.get("at"), page.headers.get("holder"))) await pages.delete(page);
    }
  }
  const shares = () => !memory || memory.getItem("shared") === "1";

  // Only what belongs to the ballot that was received: the phone may hold somebody else's.
  function received(end) {
    const { done: slug, of, title } = end.dataset;
    const number = end.querySelector(".receipt");
    const receipt = number && number.textContent.replace(/\s/g, "");
    forget([draftOf(slug, of)]);
    forgetPages((survey, at, holder) => survey === slug && holder === of);
    if (shares()) return;
    // Newest first. It is tied to no code, and the time is not kept with it.
    const known = read(`receipts:${own}`) || [];
    if (receipt && !known.some((one) => one.receipt === receipt)) write(`receipts:${own}`, [{ slug, title, receipt }].concat(known).slice(0, 20));
  }
  async function post(action, body) {
    // Where there is no such controller, the browser's own patience has to do.
    const stop = self.AbortController ? new AbortController() : { signal: undefined, abort() {} };
    const patience = setTimeout(() => stop.abort(), 20000);
    const headers = { "Content-Type": "application/x-www-form-urlencoded" };
    let answer, text;
    try {
      answer = await fetch(action, { method: "POST", body, headers, signal: stop.signal });
      text = await answer.text();
    } catch (error) {
      return {}; // no answer, or half of one
    } finally {
      clearTimeout(patience);
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    // Some networks answer with a page of their own; that something is busy is said by what stands in front, too.
    const status = answer.status >= 500 || page.querySelector('link[href*="css/respond."]') ? answer.status : 0;
    return { status, page, wait: Number(answer.headers.get("Retry-After")) || 0 };
  }

  forget(drafts().filter((key) => !recent((read(key) || {}).at)));
  forgetPages((survey, at) => !recent(at) && !drafts(survey).length);
  const form = document.getElementById("ballot");
  const token = form && form.elements.token;
  const mine = form && draftOf(form.dataset.slug, token.dataset.holder);
  const end = document.querySelector("[data-done]");
  if (end) {
    if (memory) sessionStorage.setItem("received", end.dataset.of);
    received(end);
  }
  // The survey has ended, and a draft that was begun before is still taken.
  const late = document.querySelector("[data-late]");
  const begun = late && drafts(late.dataset.late).map(read).filter((one) => one && ["", one.holder].includes(late.dataset.of)).sort((a, b) => b.at - a.at)[0];
  if (begun) {
    late.elements.token.value = begun.token;
    late.hidden = false;
  }

  // Ballots that others began to send on this phone: they go on their way whoever has it now.
  async function sendOthers() {
    let wait = 0;
    for (const key of drafts().filter((one) => one !== mine)) {
      const draft = read(key);
      if (!draft || !draft.body) continue;
      const { status, page, wait: asked } = await post(`${ROOT}s/${draft.slug}/submit`, draft.body);
      if (!status || status >= 500 || status === 429) {
        wait = Math.max(wait, asked || 0, 60);
        continue;
      }
      const thanks = page.querySelector("[data-done]");
      if (thanks) received(thanks);
      // Its owner is shown what is wrong, when they open their link again.
      else if (read(key)) write(key, Object.assign(draft, { body: undefined }));
    }
    if (wait) setTimeout(sendOthers, 1000 * wait);
  }
  sendOthers().catch(() => {});

  if (!form) return;
  const find = (name) => form.querySelector(`[data-${name}]`);
  const words = form.dataset;
  const box = find("draft");
  const shared = find("shared");
  const tick = shared.querySelector("input");
  const unsent = find("unsent");
  const again = unsent.querySelector("button");
  let body, done, leaving, touched;
  box.hidden = unsent.hidden = true; // the worker may have kept the page with them open
  shared.hidden = !memory;
  tick.checked = shares();

  // What a browser would send.
  function filledIn() {
    const sent = (field) => field.name && !field.disabled && field.type !== "submit" && (field.checked || !/radio|checkbox/.test(field.type));
    return Array.from(form.elements).filter(sent).map((field) => [field.name, field.value]);
  }
  function encoded(fields) {
    const text = new URLSearchParams();
    for (const [name, value] of fields) text.append(name, value);
    return String(text);
  }
  function save() {
    if (tick.checked || done || leaving) return;
    const fields = filledIn().filter(([name, value]) => /^\d/.test(name) && value);
    if (!fields.length && !touched) return; // a draft that is offered is not overwritten with nothing
    const card = Number(location.hash.slice(1).split(".")[0]) || 0;
    const { byHand } = form; // see respond.js
    write(mine, { at: Date.now(), slug: words.slug, token: token.value, holder: token.dataset.holder, fields, byHand, card, body });
  }
  let soon = 0;
  form.addEventListener("input", () => { touched = true; clearTimeout(soon); soon = setTimeout(save, 300); });
  form.addEventListener("change", () => { touched = true; save(); });
  addEventListener("hashchange", save);
  addEventListener("pagehide", save);
  // The Back key led from the received page to the form as it was filled in.
  addEventListener("pageshow", (event) => {
    leaving = false;
    const [loaded] = performance.getEntriesByType ? performance.getEntriesByType("navigation") : [];
    const back = event.persisted || (loaded ? loaded.type === "back_forward" : (performance.navigation || {}).type === 2);
    if (!back || !memory || !document.contains(form) || sessionStorage.getItem("received") !== token.dataset.holder) return;
    done = true;
    location.replace(`${ROOT}s/${words.slug}`);
  });

  // The browser sends the form by itself, and shows what the service answers.
  function plain() {
    done = true;
    HTMLFormElement.prototype.submit.call(form);
  }
  function resume(draft) {
    box.hidden = true;
    if (draft.token !== token.value) {
      leaving = true;
      token.value = draft.token;
      form.action = `${ROOT}s/${words.slug}/resume`; // that token may list other units
      return form.submit();
    }
    for (const field of Array.from(form.querySelectorAll("input, select, textarea"))) {
      const values = draft.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (/radio|checkbox/.test(field.type)) field.checked = field === tick ? tick.checked : values.includes(field.value);
      else if (field.type !== "hidden") field.value = values[0] || "";
    }
    form.byHand = draft.byHand;
    form.dispatchEvent(new Event("change"));
    if (draft.body) begin(draft.body);
    else form.dispatchEvent(new CustomEvent("resume", { detail: draft.card }));
  }

  // Sending: the same token again and again, until the service says what became of it.
  let wait = 1;
  let notBefore = 0;
  let timer, asking;
  function say(text, trouble) {
    unsent.hidden = false;
    find("state").textContent = text;
    unsent.classList.toggle("trouble", trouble);
    again.hidden = !trouble;
  }
  // Only one thing is said at a time: the button gives way to the box.
  function lock(on) {
    for (const part of Array.from(form.querySelectorAll("[data-page], [data-review], [data-shared]"))) part.inert = on;
    find("steps").hidden = find("send").hidden = on;
  }
  async function send() {
    if (asking || done) return;
    clearTimeout(timer);
    asking = true;
    say(words.sending, false);
    try {
      const { status, page, wait: asked } = await post(form.action, body);
      asking = false;
      if (status === 429) prove(page.getElementById("ballot"));
      else if (status && status < 500) arrived(page, status);
      else later(asked, status ? words.later : words.unsent);
    } catch (error) { plain(); }
  }
  function later(asked, text) {
    // Not all at the same moment, where very many were asked to wait.
    const seconds = Math.max(wait, Math.min(asked || 0, 600) * (1 + Math.random() / 4));
    say(text, true);
    notBefore = asked ? Date.now() + 1000 * seconds : 0;
    timer = setTimeout(send, 1000 * seconds);
    wait = Math.min(30, 2 * wait);
  }
  function prove(asked) {
    if (!asked || !asked.dataset.proofBits) return later(0, words.later);
    say(asked.dataset.busy, false);
    const worker = new Worker(asked.dataset.worker);
    worker.onmessage = (event) => { body += `&proof=${event.data}`; send(); };
    worker.onerror = () => later(0, words.later);
    worker.postMessage([token.value, asked.dataset.proofBits]);
  }
  function arrived(page, status) {
    if (status !== 200) body = undefined;
    if (status === 409) {
      save(); // not counted, for the survey has ended: nothing is sent by itself later
      const note = page.querySelector("[data-kept]");
      if (note) note.hidden = !read(mine);
    } else if (status !== 200) {
      // something is wrong with the answers: the browser shows what the service says
      lock(false);
      save();
      return form.submit();
    }
    const parts = Array.from(page.body.children).map((part) => document.importNode(part, true));
    done = true;
    const thanks = page.querySelector("[data-done]");
    if (thanks) {
      if (memory) sessionStorage.setItem("received", thanks.dataset.of);
      received(thanks);
    }
    const depth = location.hash.split(".")[2];
    if (depth) history.go(-depth); // the Back key leads out, past the cards
    document.title = page.title;
    document.body.textContent = "";
    for (const part of parts) document.body.appendChild(part);
    // Scripts of a page that was read as text do not run.
    for (const script of Array.from(page.querySelectorAll("[data-after]"))) {
      const runs = document.createElement("script");
      runs.src = script.getAttribute("src");
      document.head.appendChild(runs);
    }
    scrollTo(0, 0);
    const heading = document.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  }
  function begin(text) {
    try {
      body = text;
      lock(true);
      save();
      send();
    } catch (error) { plain(); }
  }
  const now = () => { if (body) { wait = 1; send(); } };
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !self.fetch || !self.URLSearchParams) return;
    event.preventDefault();
    if (!body) begin(encoded(filledIn()));
  });
  again.addEventListener("click", now);
  addEventListener("online", () => { if (Date.now() >= notBefore) now(); });
  addEventListener("beforeunload", (event) => { if (body && !done && tick.checked) event.preventDefault(); });

  function worker() {
    if (tick.checked || !navigator.serviceWorker || !self.caches) return;
    navigator.serviceWorker.register(`${ROOT}s/worker.js`).then(async () => {
      // This page was loaded without the worker: hand it over, with its files.
      const page = new Response(`<!doctype html>${document.documentElement.outerHTML}`, { headers: { "Content-Type": "text/html; charset=utf-8" } });
      if (done || tick.checked) return;
      const { holder } = token.dataset;
      const about = { headers: { at: Date.now(), holder } };
      await (await caches.open(`${own}pages`)).put(new Request(`${location.pathname}?holder=${holder}`, about), page);
      const files = Array.from(document.querySelectorAll("[rel=stylesheet], script")).map((file) => file.href || file.src);
      await (await caches.open(`${own}files`)).addAll(files);
    }).catch(() => {});
  }
  tick.addEventListener("change", () => {
    if (tick.checked) {
      memory.setItem("shared", "1");
      forget(drafts().filter((key) => key === mine || !read(key).body)); // others' ballots are still sent
      forget([`receipts:${own}`]);
      forgetPages(() => true);
    } else {
      memory.removeItem("shared");
      worker();
    }
  });

  const draft = tick.checked ? null : read(mine);
  if (draft && (draft.body || draft.token === token.value)) resume(draft);
  else if (draft) {
    box.hidden = false;
    find("when-saved").textContent = words.saved.replace("{t}", new Date(draft.at).toLocaleString(document.documentElement.lang));
    find("continue").addEventListener("click", () => resume(draft));
    find("discard").addEventListener("click", () => { box.hidden = true; forget([mine]); });
  }
  worker();
})();
