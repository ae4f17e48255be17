// A questionnaire as it is edited: plain values that are never changed in place. Every function returns a new document that
// shares what is the same, so that undo keeps whole documents and the view sees by identity what changed.
//
// A document is a definition (docs/survey-file.md) whose texts are {zh, en}, and whose sections and items have an `id` that
// stays when a code is changed.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const MAX_ITEMS = 200;
  const OTHER = { code: "other", text: { zh: "其他", en: "Other" } };

  const asText = (value) => (typeof value === "string" ? { zh: value } : Object.assign({}, value));
  const items = (doc) => doc.sections.flatMap((section) => section.items);
  const codes = (doc) => new Set(items(doc).map((item) => item.code));
  const item = (doc, id) => items(doc).find((one) => one.id === id);
  const sectionOf = (doc, id) => doc.sections.find((section) => section.items.some((one) => one.id === id));

  let last = 0;
  const newId = () => `n${Date.now().toString(36)}${(last++).toString(36)}`;

  // Sections have no codes: one is taken for a former one with which it shares the most items, or its title and place.
  function sectionIds(sections, former) {
    const left = new Set(former ? former.sections : []);
    const scores = sections.flatMap((section, at) => [...left].map((other, was) => {
      const known = new Set(other.items.map((one) => one.code));
      const shared = section.items.filter((one) => known.has(one.code)).length;
      const alike = JSON.stringify(asText(section.title)) === JSON.stringify(other.title) && at === was;
      return { at, other, score: shared * 2 + (alike || (at === was && !section.items.length && !other.items.length) ? 1 : 0) };
    }));
    const ids = [];
    for (const { at, other, score } of scores.sort((a, b) => b.score - a.score)) {
      if (!score || ids[at] || !left.has(other)) continue;
      ids[at] = other.id;
      left.delete(other);
    }
    return sections.map((_, at) => ids[at] || newId());
  }

  // A document from a stored definition; `former` is one whose ids are kept for what is the same.
  function fromDefinition(definition, former) {
    const known = new Map(former ? items(former).map((one) => [one.code, one.id]) : []);
    const used = new Set();
    const idOf = (code) => {
      let id = known.get(code) || `i-${code}`;
      if (!code || used.has(id)) id = newId();
      used.add(id);
      return id;
    };
    const read = (data) => {
      const one = { ...data, id: idOf(data.code), text: asText(data.text) };
      for (const name of ["criterion", "hint"]) if (data[name]) one[name] = asText(data[name]);
      if (Array.isArray(data.options)) one.options = data.options.map((option) => ({ ...option, text: asText(option.text) }));
      return one;
    };
    const sections = (definition.sections || []).map((section) => ({
      ...section, per: section.per || "survey", title: asText(section.title), items: (section.items || []).map(read),
    }));
    const ids = sectionIds(sections, former);
    const doc = {
      ...definition, title: asText(definition.title), introduction: asText(definition.introduction),
      scales: definition.scales || {}, quotas: definition.quotas || [],
      sections: sections.map((section, at) => ({ ...section, id: ids[at] })),
    };
    return former ? share(doc, former) : doc;
  }

  // Items and sections that say the same are those of the former document.
  function share(doc, former) {
    const old = new Map(items(former).map((one) => [one.id, one]));
    const same = (one) => (old.has(one.id) && text(old.get(one.id)) === text(one) ? old.get(one.id) : one);
    return { ...doc, sections: doc.sections.map((section) => ({ ...section, items: section.items.map(same) })) };
  }

  const kept = new WeakMap();
  const sorted = (_, value) => (value && typeof value === "object" && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) : value);
  // A value in one spelling, to compare by; kept, because values never change.
  function text(value) {
    if (!value || typeof value !== "object") return JSON.stringify(value === undefined ? null : value);
    if (!kept.has(value)) kept.set(value, JSON.stringify(value, sorted));
    return kept.get(value);
  }

  const given = (words) => Object.fromEntries(Object.entries(words || {}).filter(([, said]) => said && said.trim()));
  // What is stored: without ids, and without what is empty.
  function toDefinition(doc) {
    const plain = (one) => {
      const { id, ...data } = one;
      data.text = given(data.text);
      for (const name of ["criterion", "hint"]) {
        if (name in data) data[name] = given(data[name]);
        if (data[name] && !Object.keys(data[name]).length) delete data[name];
      }
      if (Array.isArray(data.options)) data.options = data.options.map((option) => ({ ...option, text: given(option.text) }));
      return data;
    };
    const { title, introduction, scales, quotas, sections, ...rest } = doc;
    const definition = { ...rest, title: given(title), sections: sections.map((section) => {
      const { id, title: heading, items: list, ...more } = section;
      const words = given(heading);
      return { ...more, ...(Object.keys(words).length ? { title: words } : {}), items: list.map(plain) };
    }) };
    if (Object.keys(given(introduction)).length) definition.introduction = given(introduction);
    if (Object.keys(scales).length) definition.scales = scales;
    if (quotas.length) definition.quotas = quotas;
    return definition;
  }

  // Codes are made once: of the ASCII words of a text, else numbered.
  function newCode(taken, prefix, words) {
    const base = (words || "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 24).replace(/-+$/, "");
    const used = new Set([...taken].map((code) => String(code).toLowerCase()).concat("group"));
    if (base && /[a-z]/.test(base) && !used.has(base)) return base;
    let number = 1;
    while (used.has(`${prefix}${number}`)) number += 1;
    return `${prefix}${number}`;
  }

  const changed = (value, changes) => {
    const result = { ...value, ...changes };
    for (const name of Object.keys(changes)) if (changes[name] === undefined) delete result[name];
    return result;
  };
  const inSections = (doc, change) => ({ ...doc, sections: doc.sections.map(change) });
  const editSection = (doc, id, changes) => inSections(doc, (one) => (one.id === id ? changed(one, changes) : one));
  function editItem(doc, id, changes) {
    return inSections(doc, (section) => (section.items.some((one) => one.id === id)
      ? { ...section, items: section.items.map((one) => (one.id === id ? changed(one, changes) : one)) } : section));
  }
  function insert(doc, sectionId, at, one) {
    if (items(doc).length >= MAX_ITEMS) return doc;
    return inSections(doc, (section) => (section.id === sectionId
      ? { ...section, items: [...section.items.slice(0, at), one, ...section.items.slice(at)] } : section));
  }
  const removeItem = (doc, id) => inSections(doc, (section) => (section.items.some((one) => one.id === id)
    ? { ...section, items: section.items.filter((one) => one.id !== id) } : section));
  function moveItem(doc, id, sectionId, at) {
    const one = item(doc, id);
    return one ? insert(removeItem(doc, id), sectionId, at, one) : doc;
  }
  // One step up (-1) or down (1), over the border of a section too.
  function stepItem(doc, id, step) {
    const s = doc.sections.findIndex((section) => section.items.some((one) => one.id === id));
    if (s < 0) return doc;
    const at = doc.sections[s].items.findIndex((one) => one.id === id);
    const to = at + step;
    if (to >= 0 && to < doc.sections[s].items.length) return moveItem(doc, id, doc.sections[s].id, to);
    const next = doc.sections[s + step];
    return next ? moveItem(doc, id, next.id, step < 0 ? next.items.length : 0) : doc;
  }
  function duplicateItem(doc, id) {
    const one = item(doc, id);
    const copy = { ...one, id: newId(), code: newCode(codes(doc), "q") };
    const section = sectionOf(doc, id);
    return { doc: insert(doc, section.id, section.items.indexOf(one) + 1, copy), id: copy.id };
  }
  const newSection = (per) => ({ id: newId(), per, title: {}, items: [] });
  const addSection = (doc, section, at = doc.sections.length) => (
    { ...doc, sections: [...doc.sections.slice(0, at), section, ...doc.sections.slice(at)] });
  const removeSection = (doc, id) => ({ ...doc, sections: doc.sections.filter((section) => section.id !== id) });
  function stepSection(doc, id, step) {
    const at = doc.sections.findIndex((section) => section.id === id);
    const to = at + step;
    if (at < 0 || to < 0 || to >= doc.sections.length) return doc;
    const section = doc.sections[at];
    return addSection(removeSection(doc, id), section, to);
  }

  // The answers of an item, which conditions name: levels or options.
  function answers(doc, one, presets) {
    if (one.type === "rating") {
      const scale = typeof one.scale === "object" ? one.scale : doc.scales[one.scale] || presets[one.scale];
      return ((scale && scale.levels) || []).map((level) => ({ code: level.code, text: asText(level.text) }));
    }
    const own = Array.isArray(one.options) ? one.options.filter((option) => Object.keys(given(option.text)).length) : [];
    return one.other ? [...own, OTHER] : own;
  }
  function before(doc, id) {
    const section = sectionOf(doc, id);
    const at = section ? section.items.findIndex((one) => one.id === id) : 0;
    return section ? section.items.slice(0, at) : [];
  }
  // The items that a condition of this one may name.
  const sources = (doc, id, presets) => before(doc, id).filter((one) => answers(doc, one, presets).length);
  // Why a condition can never hold: "never", "gone", "behind", "answersGone"; "" where it can.
  function deadCondition(doc, one, presets) {
    if (!one.when) return "";
    const section = sectionOf(doc, one.id);
    if (one.type === "rating" && section.per === "unit") return "never";
    const earlier = before(doc, one.id);
    const named = earlier.filter((other) => one.when.item === "*" || other.code === one.when.item);
    if (!named.length) return items(doc).some((other) => other.code === one.when.item) ? "behind" : "gone";
    const known = new Set(named.flatMap((other) => answers(doc, other, presets).map((answer) => answer.code)));
    const wanted = one.when.in || [];
    return wanted.length && wanted.some((code) => !known.has(code)) ? "answersGone" : "";
  }

  const lacksEnglish = (words) => Boolean(words && words.zh && words.zh.trim() && !(words.en && words.en.trim()));
  // How many texts of an item are in Chinese alone.
  const untranslated = (one) => [one.text, one.criterion, one.hint, ...(Array.isArray(one.options) ? one.options.map((o) => o.text) : [])]
    .filter(lacksEnglish).length;

  // Undo and redo. What is typed into one field without a pause is one step.
  class History {
    constructor(doc, most = 200, pause = 1200) {
      Object.assign(this, { doc, past: [], future: [], most, pause, field: "", at: 0 });
    }
    change(doc, field = "", now = Date.now()) {
      if (doc === this.doc) return;
      const goesOn = field && field === this.field && now - this.at < this.pause;
      if (!goesOn) this.past = [...this.past, this.doc].slice(-this.most);
      Object.assign(this, { doc, field, at: now, future: [] });
    }
    undo() { return this.step("past", "future"); }
    redo() { return this.step("future", "past"); }
    step(from, to) {
      if (!this[from].length) return false;
      this[to] = [...this[to], this.doc];
      this.doc = this[from].at(-1);
      this[from] = this[from].slice(0, -1);
      this.field = "";
      return true;
    }
    // What others changed is taken into every step, so that undo does not take it back.
    rebase(doc, take) {
      Object.assign(this, { past: this.past.map(take), future: this.future.map(take), doc, field: "" });
    }
  }

  Object.assign(editor, {
    MAX_ITEMS, History, addSection, answers, asText, codes, deadCondition, duplicateItem, editItem, editSection, fromDefinition,
    given, insert, item, items, lacksEnglish, moveItem, newCode, newId, newSection, removeItem, removeSection, sectionOf,
    sources, stepItem, stepSection, text, toDefinition, untranslated,
  });
})();
