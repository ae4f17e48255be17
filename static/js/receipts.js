// Receipts that this phone keeps, and copying one. Everything works without it. Written for old phones, see docs/developers.md.
"use strict";
(function () {
  const ROOT = new URL("../..", document.currentScript.src).pathname;
  const key = `receipts:${ROOT.slice(1)}`;
  let kept = [];
  try { kept = JSON.parse(localStorage.getItem(key)) || []; } catch (error) { /* the browser keeps nothing */ }

  // The old way, where a browser has no clipboard for pages.
  function copyOld(text) {
    const field = document.createElement("textarea");
    field.value = text;
    document.body.appendChild(field);
    field.select();
    const done = document.execCommand("copy");
    document.body.removeChild(field);
    return done ? Promise.resolve() : Promise.reject(new Error("not copied"));
  }
  for (const button of Array.from(document.querySelectorAll("[data-copy]"))) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const place = document.querySelector(".receipt");
      const text = place.textContent.trim();
      const copied = navigator.clipboard ? navigator.clipboard.writeText(text).catch(() => copyOld(text)) : copyOld(text);
      copied.then(() => { button.textContent = button.dataset.copied; }, () => getSelection().selectAllChildren(place));
    });
  }

  const section = document.querySelector("[data-receipts]");
  const field = document.querySelector("input#receipt");
  const shown = document.querySelector(".receipt");
  const own = shown && shown.textContent.replace(/\s/g, "");
  const others = kept.filter((one) => one.receipt !== own);
  if (others.length < kept.length) document.querySelector("[data-stays]").hidden = false;
  const list = document.createElement("ul");
  for (const one of others) {
    const item = document.createElement("li");
    const title = document.createElement("b");
    const number = document.createElement("span");
    const link = document.createElement("a");
    title.textContent = one.title;
    number.textContent = one.receipt;
    number.className = "digest";
    link.textContent = section.dataset.check;
    link.setAttribute("aria-label", `${section.dataset.check}: ${one.title}`);
    link.href = `${ROOT}s/${one.slug}/check#${one.receipt}`;
    for (const part of [title, number, link]) item.appendChild(part);
    list.appendChild(item);
  }
  section.insertBefore(list, section.querySelector(".hint"));
  section.hidden = !others.length;
  section.querySelector("button").addEventListener("click", () => {
    localStorage.removeItem(key);
    section.hidden = true;
  });
  function take() {
    if (field && /^#[0-9a-f]{32}$/.test(location.hash)) field.value = location.hash.slice(1);
  }
  take();
  addEventListener("hashchange", take);
})();
