// Ranking by tapping: what is tapped first is first. Without this each option has a list of ranks.
"use strict";
(function () {
  const form = document.getElementById("ballot");
  if (!form) return;
  const all = Array.from(form.querySelectorAll("[data-ranking]")).map((question) => {
    const rows = Array.from(question.querySelectorAll(".rank")).map((row) => ({
      button: row.querySelector("button"),
      label: row.querySelector("label"),
      field: row.querySelector("select"),
    }));
    const order = question.querySelector("[aria-live]");

    function show() {
      for (const { button, field } of rows) {
        button.firstChild.textContent = field.value;
        button.setAttribute("aria-pressed", Boolean(field.value));
      }
      const ranked = rows.filter(({ field }) => field.value).sort((a, b) => a.field.value - b.field.value);
      order.textContent = ranked.map(({ label, field }) => `${field.value} ${label.textContent}`).join(" · ");
    }
    function give(field) {
      const free = rows.findIndex((_, i) => rows.every((row) => row.field.value !== String(i + 1)));
      field.value = free + 1;
    }
    function tap(field) {
      const rank = Number(field.value);
      if (rank) {
        field.value = "";
        for (const { field: other } of rows) if (other.value > rank) other.value -= 1;
      } else {
        give(field);
        const left = rows.filter((row) => !row.field.value);
        if (left.length === 1) give(left[0].field);
      }
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
    for (const { button, label, field } of rows) {
      button.hidden = false;
      label.hidden = field.hidden = true;
      button.addEventListener("click", () => tap(field));
    }
    const [choose, hint] = question.querySelectorAll("p.hint:not(.help)");
    choose.hidden = true;
    hint.hidden = false;
    show();
    return show;
  });
  form.addEventListener("change", () => { for (const show of all) show(); });
})();
