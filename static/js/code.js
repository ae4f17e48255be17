// The code of a slip: taken from the link, and looked at while it is typed. Everything works without it.
"use strict";
(function () {
  const entry = document.querySelector("[data-code-form]");
  if (!entry) return;
  const all = (selector) => Array.from(document.querySelectorAll(selector));
  const fill = (text, values) => text.replace(/\{(\w)\}/g, (_, name) => values[name]);
  const field = entry.elements.code;
  const state = entry.querySelector("[data-code-state]");
  const { alphabet } = field.dataset;
  const gap = "[\\s\\u200b-\\u200d\\u2010-\\u2015\\u2060\\u2212\\ufeff_-]{0,3}";
  const group = (length) => `([${alphabet}]{${length}})`;
  const printed = new RegExp(`(?:^|[^0-9A-Z])${group(4)}${gap}${group(4)}${gap}${group(5)}(?![0-9A-Z])`, "g");
  const letters = (text) => text.normalize("NFKC").toUpperCase().replace(/[^0-9A-Z]/g, "");
  const isCode = (bare) => bare.length === 13 && !bare.replace(new RegExp(`[${alphabet}]`, "g"), "");
  // Some programs escape a link twice. Bytes that are no text are passed over.
  function decoded(text) {
    for (let times = 0; times < 3; times += 1) {
      text = text.replace(/(%[0-9A-F]{2})+/gi, (bytes) => { try { return decodeURIComponent(bytes); } catch (error) { return " "; } });
    }
    return text.normalize("NFKC");
  }
  // Only what is certainly a code: as long as one, no part of a longer word, and no other beside it.
  function codeIn(text) {
    if (isCode(letters(text))) return letters(text);
    // In capitals, as printed, a word in small letters may stand right beside it.
    return onlyOne(text) || onlyOne(text.toUpperCase());
  }
  function onlyOne(text) {
    const found = [];
    for (let match = printed.exec(text); match; match = printed.exec(text)) {
      const code = match[1] + match[2] + match[3];
      if (!found.includes(code)) found.push(code);
    }
    return found.length === 1 ? found[0] : "";
  }
  // The code stands behind the "#", where no server or proxy sees it.
  function take() {
    const code = codeIn(decoded(location.hash));
    if (!code) return;
    field.value = `${code.slice(0, 4)}-${code.slice(4, 8)}-${code.slice(8)}`;
    // What a code was brought for comes first.
    document.querySelector("main .title").insertAdjacentElement("afterend", entry);
  }
  function check() {
    const bare = letters(field.value);
    const wrong = bare.replace(new RegExp(`[${alphabet}]`, "g"), "").split("").filter((one, i, every) => every.indexOf(one) === i);
    const said = [];
    if (wrong.length) said.push(fill(field.dataset.wrong, { c: wrong.join(" ") }));
    if (bare && bare.length < 13) said.push(fill(field.dataset.missing, { n: 13 - bare.length }));
    if (bare.length > 13 && !codeIn(decoded(field.value))) said.push(fill(field.dataset.many, { n: bare.length - 13 }));
    state.textContent = said.join(" ");
    state.hidden = !said.length;
  }
  take();
  addEventListener("hashchange", take);
  field.addEventListener("input", check);
  for (const link of all("[data-keep-hash]")) {
    link.addEventListener("click", () => { link.hash = location.hash; });
  }
})();
