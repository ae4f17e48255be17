// The steps of a draft: units to tick in a tree, groups added and removed, and the live example of the score rule.
"use strict";
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function tree(box) {
  const rows = [...box.querySelectorAll("[data-list] > li")];
  const tick = (row) => row.querySelector("input");
  const count = box.querySelector("[data-count]");
  const search = box.querySelector("[data-search]");
  const kind = box.querySelector("select[data-kind]");
  const say = () => { count.textContent = fill(count.dataset.count, { n: rows.filter((row) => tick(row).checked).length, all: rows.length }); };
  function show() {
    const words = search.value.trim().toLowerCase();
    for (const row of rows) {
      const here = row.querySelector("label").textContent + " " + tick(row).value;
      row.hidden = !(here.toLowerCase().includes(words) && (!kind.value || row.dataset.kind === kind.value));
    }
  }
  function set(which, on) {
    for (const row of which) tick(row).checked = on;
    say();
  }
  // A unit and all that stand below it in the tree.
  function branch(row) {
    const at = rows.indexOf(row);
    const depth = Number(row.dataset.depth);
    const end = rows.findIndex((one, index) => index > at && Number(one.dataset.depth) <= depth);
    return rows.slice(at, end < 0 ? rows.length : end);
  }
  box.querySelector("[data-tools]").hidden = rows.length < 6;
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  kind.addEventListener("change", show);
  box.querySelector("[data-all]").addEventListener("click", () => set(rows.filter((row) => !row.hidden), true));
  box.querySelector("[data-none]").addEventListener("click", () => set(rows.filter((row) => !row.hidden), false));
  box.addEventListener("change", say);
  for (const row of rows) {
    const button = row.querySelector("[data-branch]");
    if (!button || branch(row).length < 2) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const whole = branch(row);
      set(whole, whole.some((one) => !tick(one).checked));
    });
  }
  say();
}

// What a group rates decides which further fields matter.
function rates(group) {
  const select = group.querySelector("select[data-rates]");
  const update = () => {
    for (const part of group.querySelectorAll("[data-if]")) part.hidden = !part.dataset.if.split(" ").includes(select.value);
  };
  select.addEventListener("change", () => {
    update();
    const list = group.querySelector("details[data-if~=list]");
    if (list && select.value === "list") list.open = true;
  });
  update();
}

function groups(list) {
  const form = list.closest("form");
  const words = form.querySelector("[data-weights]");
  const add = form.querySelector("[data-add]");
  const all = () => [...list.querySelectorAll("[data-group]")];
  const field = (group, name) => group.querySelector(`[name$="-${name}"]`);
  function weigh() {
    const named = all().filter((group) => !group.hidden && field(group, "name").value.trim());
    const weight = (group) => Number(field(group, "weight").value || 1);
    const sum = named.reduce((total, group) => total + weight(group), 0);
    words.hidden = named.length < 2 || !sum;
    const parts = named.map((group) => `${field(group, "name").value.trim()} ${weight(group)} = ${(100 * weight(group) / sum).toFixed(2)} %`);
    words.textContent = fill(words.dataset.weights, { parts: parts.join(" · "), sum });
  }
  function enliven(group) {
    const remove = group.querySelector("[data-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => {
      field(group, "name").value = "";
      group.hidden = true;
      add.hidden = false;
      add.focus();
      weigh();
    });
    rates(group);
    for (const box of group.querySelectorAll("[data-tree]")) tree(box);
  }
  // A new one is a copy of the first as it was loaded, with nothing in it.
  const pattern = all()[0].cloneNode(true);
  for (const group of all()) enliven(group);
  add.hidden = false;
  add.addEventListener("click", () => {
    const number = all().length;
    const group = pattern.cloneNode(true);
    group.innerHTML = group.innerHTML.replace(/groups-0-/g, `groups-${number}-`);
    for (const input of group.querySelectorAll("input, select")) {
      if (/checkbox/.test(input.type)) input.checked = false;
      else if (input.tagName === "SELECT") input.selectedIndex = 0;
      else input.value = "";
    }
    group.querySelector("legend").textContent = group.querySelector("legend").textContent.replace("1", number + 1);
    list.append(group);
    enliven(group);
    add.hidden = number + 1 >= Number(list.dataset.most);
    field(group, "name").focus();
    weigh();
  });
  form.addEventListener("input", weigh);
  weigh();
}

// The example is made by the service with what stands in the form.
function example(box) {
  const form = document.getElementById("step");
  const own = form.querySelector("[data-own]");
  let soon = 0;
  let asked = 0;
  async function ask() {
    const number = ++asked;
    try {
      const answer = await fetch(box.dataset.example, { method: "POST", body: new FormData(form) });
      const text = await answer.text();
      if (answer.ok && number === asked) box.replaceChildren(...new DOMParser().parseFromString(text, "text/html").body.children);
    } catch (error) { /* no network: what stands there stays */ }
  }
  form.addEventListener("input", (event) => {
    if (event.target.name === "preset") own.open = event.target.value === "own";
    else if (own.contains(event.target)) form.querySelector('[name="preset"][value="own"]').checked = true;
    clearTimeout(soon);
    soon = setTimeout(ask, 250);
  });
}

// Going to another step saves this one first. Once it came back with faults, the browser asks before it is left.
for (const form of document.querySelectorAll("#step")) {
  for (const link of document.querySelectorAll("a[data-go]")) {
    link.addEventListener("click", (event) => {
      const same = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
      if (!same || form.dataset.unsaved || !form.unsaved()) return;
      event.preventDefault();
      form.noValidate = true;
      form.elements.go.value = link.dataset.go;
      form.requestSubmit();
    });
  }
}
for (const list of document.querySelectorAll("[data-groups]")) groups(list);
for (const box of document.querySelectorAll("[data-tree]")) if (!box.closest("[data-group]")) tree(box);
for (const box of document.querySelectorAll("[data-example]")) example(box);
