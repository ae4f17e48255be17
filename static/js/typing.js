// Typing paper ballots in: one key a rating, and the next field has the cursor. Everything works without it.
"use strict";
(function () {
  const form = document.querySelector("[data-typing]");
  if (!form) return;
  const fields = [...form.querySelectorAll(".keys input, .keys textarea")];
  const save = form.querySelector("[data-save]");
  const go = (field, step) => {
    const next = fields[fields.indexOf(field) + step] || (step > 0 ? save : fields[0]);
    next.focus();
    if (next.select) next.select();
  };
  for (const field of fields) {
    const one = "one" in field.dataset;
    field.addEventListener("input", () => {
      if (!one || !field.value) return;
      // The last key pressed counts: typing over an answer replaces it. Full-width digits of an input method are digits.
      const key = field.value.normalize("NFKC").replace("。", ".").slice(-1);
      const valid = /[0-9.]/.test(key);
      field.value = valid ? key : "";
      field.classList.toggle("bad", !valid);
      if (valid) go(field, 1);
    });
    field.addEventListener("focus", () => { if (field.select) field.select(); });
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (field.tagName === "INPUT" || event.ctrlKey)) {
        event.preventDefault();
        go(field, 1);
      } else if (event.key === "Backspace" && field.tagName === "INPUT" && (!field.value || one)) {
        event.preventDefault();
        if (field.value) field.value = "";
        else go(field, -1);
      } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (field.tagName !== "INPUT") return;
        event.preventDefault();
        go(field, event.key === "ArrowDown" ? 1 : -1);
      }
    });
  }
  const first = form.querySelector(".bad") || fields[0];
  first.focus();
  // Typed and not kept: do not lose it by a slip.
  let kept = false;
  form.addEventListener("submit", () => { kept = true; });
  addEventListener("beforeunload", (event) => {
    if (!kept && fields.some((field) => field.value !== field.defaultValue)) event.preventDefault();
  });
})();
