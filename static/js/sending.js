// Drafts on the phone, and sending on a bad network. Everything works without it.
"use strict";
(function () {
  const DAY = 86400e3;
  // Where the service is mounted. Others may share the origin: the names of what is kept begin with it, see worker.js.
  const ROOT = new URL("../..", document.currentScript.src).pathname;
  const own = ROOT.slice(1);
  const draftOf = (slug) => `draft:${own}${slug}`;
  let memory = null;
  try {
    localStorage.setItem("try", "1");
    localStorage.removeItem("try");
    memory = localStorage;
  } catch { /* the browser keeps nothing */ }
  const drafts = () => Object.keys(memory || {}).filter((key) => key.startsWith(draftOf("")));
  const read = (key) => { try { return JSON.parse(memory.getItem(key)); } catch { return null; } };
  const recent = (at) => Date.now() - at < DAY;
  const forget = (keys) => { for (const key of keys) memory && memory.removeItem(key); };
  // Pages that the worker keeps. `goes` is asked with a page's survey, and with when and for whom it was kept.
  async function forgetPages(goes) {
    if (!self.caches || !(await caches.has(`${own}pages`))) return;
    const pages = await caches.open(`${own}pages`);
    for (const page of await pages.keys()) {
      if (goes(page.url.split("/").slice(-2)[0], page.headers.get("at"), page.headers.get("holder"))) await pages.delete(page);
    }
  }
  // Only what belongs to the ballot that was received: the phone may hold somebody else's.
  function received(end) {
    const { done: slug, of } = end.dataset;
    if (memory) sessionStorage.setItem("received", of);
    if ((read(draftOf(slug)) || {}).holder === of) forget([draftOf(slug)]);
    return forgetPages((survey, at, holder) => survey === slug && holder === of);
  }
  forget(drafts().filter((key) => !recent((read(key) || {}).at)));
  forgetPages((survey, at) => !recent(at) && !read(draftOf(survey)));
  const end = document.querySelector("[data-done]");
  if (end) received(end);
  // The survey has ended, and a draft that was begun before is still taken.
  const late = document.querySelector("[data-late]");
  const begun = late && read(draftOf(late.dataset.late));
  if (begun && [begun.holder, ""].includes(late.dataset.of)) {
    late.elements.token.value = begun.token;
    late.hidden = false;
  }

  const form = document.getElementById("ballot");
  if (!form) return;
  const find = (name) => form.querySelector(`[data-${name}]`);
  const words = form.dataset;
  const key = draftOf(words.slug);
  const token = form.elements.token;
  const box = find("draft");
  const shared = find("shared");
  const tick = shared.querySelector("input");
  const unsent = find("unsent");
  const again = unsent.querySelector("button");
  let body, done;
  box.hidden = unsent.hidden = true; // the worker may have kept the page with them open
  shared.hidden = !memory;
  tick.checked = !memory || memory.getItem("shared") === "1";

  function save() {
    if (tick.checked || done) return;
    const fields = [...new FormData(form)].filter(([name, value]) => /^\d/.test(name) && value);
    if (!fields.length) return;
    try {
      memory.setItem(key, JSON.stringify({ at: Date.now(), token: token.value, holder: token.dataset.holder, fields, body }));
    } catch { /* its storage is full */ }
  }
  let soon = 0;
  form.addEventListener("input", () => { clearTimeout(soon); soon = setTimeout(save, 300); });
  form.addEventListener("change", save);
  addEventListener("pagehide", save);
  // The Back key led from the received page to the form as it was filled in.
  addEventListener("pageshow", (event) => {
    const back = event.persisted || performance.getEntriesByType("navigation")[0].type === "back_forward";
    if (!back || !memory || !form.isConnected || sessionStorage.getItem("received") !== token.dataset.holder) return;
    done = true;
    location.replace(`${ROOT}s/${words.slug}`);
  });

  function resume(draft) {
    box.hidden = true;
    if (draft.token !== token.value) {
      token.value = draft.token;
      form.action = `${ROOT}s/${words.slug}/resume`; // that token may list other units
      return form.submit();
    }
    for (const field of form.querySelectorAll("input, select, textarea")) {
      const values = draft.fields.filter(([name]) => name === field.name).map(([, value]) => value);
      if (/radio|checkbox/.test(field.type)) field.checked = field === tick ? tick.checked : values.includes(field.value);
      else if (field.type !== "hidden") field.value = values[0] || "";
    }
    form.dispatchEvent(new Event("change"));
    if (draft.body) begin(draft.body);
  }

  // Sending: the same token again and again, until the service says what became of it.
  let wait = 1;
  let timer, asking;
  function say(text, trouble) {
    unsent.hidden = false;
    find("state").textContent = text;
    unsent.classList.toggle("trouble", trouble);
    again.hidden = !trouble;
  }
  const lock = (on) => form.querySelectorAll("[data-page], [data-review], [data-steps], [data-shared]").forEach((part) => { part.inert = on; });
  async function send() {
    if (asking || done) return;
    clearTimeout(timer);
    asking = true;
    say(words.sending, false);
    const stop = new AbortController();
    const patience = setTimeout(() => stop.abort(), 20000);
    let page, status;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(body), signal: stop.signal });
      page = new DOMParser().parseFromString(await answer.text(), "text/html");
      // Some networks answer with a page of their own.
      if (page.querySelector('link[href*="respond.css"]')) status = answer.status;
    } catch { /* no answer */ }
    clearTimeout(patience);
    asking = false;
    if (status === 429) return prove(page.getElementById("ballot").dataset);
    if (status && status < 500) return arrived(page, status);
    later();
  }
  function later() {
    say(words.unsent, true);
    timer = setTimeout(send, 1000 * wait);
    wait = Math.min(30, 2 * wait);
  }
  function prove(asked) {
    if (!asked.proofBits) return later();
    say(asked.busy, false);
    const worker = new Worker(asked.worker);
    worker.onmessage = (event) => { body += `&proof=${event.data}`; send(); };
    worker.onerror = later;
    worker.postMessage([token.value, asked.proofBits]);
  }
  function arrived(page, status) {
    if (status !== 200) body = null;
    if (status === 409) {
      save(); // not counted, for the survey has ended: nothing is sent by itself later
      const note = page.querySelector("[data-kept]");
      if (note) note.hidden = !read(key);
    } else if (status !== 200) {
      // something is wrong with the answers: the browser shows what the service says
      lock();
      save();
      return form.submit();
    }
    done = true;
    const end = page.querySelector("[data-done]");
    if (end) received(end);
    const depth = location.hash.split(".")[2];
    if (depth) history.go(-depth); // the Back key leads out, past the cards
    document.title = page.title;
    document.body.replaceChildren(...page.body.children);
    scrollTo(0, 0);
    const heading = document.querySelector("h1");
    heading.tabIndex = -1;
    heading.focus();
  }
  function begin(text) {
    body = text;
    lock(true);
    find("steps").hidden = true;
    save();
    send();
  }
  const now = () => { if (body) { wait = 1; send(); } };
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    if (!body) begin(String(new URLSearchParams(new FormData(form))));
  });
  again.addEventListener("click", now);
  addEventListener("online", now);
  addEventListener("beforeunload", (event) => { if (body && !done && tick.checked) event.preventDefault(); });

  function worker() {
    if (tick.checked || !navigator.serviceWorker) return;
    navigator.serviceWorker.register(`${ROOT}s/worker.js`).then(async () => {
      // This page was loaded without the worker: hand it over, with its files.
      const page = new Response(`<!doctype html>${document.documentElement.outerHTML}`, { headers: { "Content-Type": "text/html; charset=utf-8" } });
      if (done || tick.checked) return;
      const about = { headers: { at: Date.now(), holder: token.dataset.holder } };
      await (await caches.open(`${own}pages`)).put(new Request(location.pathname, about), page);
      const files = [...document.querySelectorAll("[rel=stylesheet], script")].map((file) => file.href || file.src);
      await (await caches.open(`${own}files`)).addAll(files);
    }).catch(() => {});
  }
  tick.addEventListener("change", () => {
    if (tick.checked) {
      memory.setItem("shared", "1");
      forget(drafts());
      forgetPages(() => true);
    } else {
      memory.removeItem("shared");
      worker();
    }
  });

  const draft = tick.checked ? null : read(key);
  // A draft is shown to nobody who came with another code.
  if (draft && draft.holder === token.dataset.holder) {
    if (draft.body || draft.token === token.value) resume(draft);
    else {
      box.hidden = false;
      find("when-saved").textContent = words.saved.replace("{t}", new Date(draft.at).toLocaleString(document.documentElement.lang));
      find("continue").addEventListener("click", () => resume(draft));
      find("discard").addEventListener("click", () => { box.hidden = true; forget([key]); });
    }
  }
  worker();
})();
