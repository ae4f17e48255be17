// The list of sections and questions: compact rows, of which one at most is open. A row is told only what changed in it, so that a
// keystroke does not touch the others.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const pick = (words, language) => (words && (words[language] || words.zh || words.en)) || "";

  function kindOf(one) {
    if (one.type !== "text") return one.type;
    return (one.limit === undefined ? 500 : one.limit) <= 200 ? "short" : "long";
  }

  // What belongs to no reactive value: the store of an editor.
  class Rows {
    constructor(settings, reactive) {
      Object.assign(this, { settings, reactive, cache: new Map(), sections: new Map(), problems: new Map(), leftOut: new Set() });
      this.words = settings.words;
    }

    // The sections of a document as the page shows them; those that are as they were stay the same objects.
    of(doc) {
      let number = 0;
      const deads = (one) => editor.deadCondition(doc, one, this.settings.presets);
      return doc.sections.map((section, at) => {
        const view = this.sections.get(section.id) || this.reactive({ id: section.id, rows: [] });
        this.sections.set(section.id, view);
        const rows = section.items.map((one) => this.row(doc, section, one, (number += 1), one.when ? deads(one) : ""));
        if (rows.length !== view.rows.length || rows.some((row, n) => row !== view.rows[n])) view.rows = rows;
        const words = section.title;
        Object.assign(view, {
          per: section.per, zh: words.zh || "", en: words.en || "", n: at + 1, last: at === doc.sections.length - 1,
          name: pick(words, this.settings.language) || fill(this.words.section, { n: at + 1 }),
          problems: (this.problems.get(section.id) || []).join(" "),
        });
        return view;
      });
    }

    row(doc, section, one, n, dead) {
      let known = this.cache.get(one.id);
      if (!known) this.cache.set(one.id, known = { row: this.reactive({ id: one.id, open: false }) });
      const { row } = known;
      const problems = (this.problems.get(one.id) || []).join(" ");
      if (known.one !== one || known.scales !== doc.scales || known.per !== section.per) {
        row.text = pick(one.text, this.settings.language).split("\n")[0] || this.words.noText;
        row.blank = !pick(one.text, "zh");
        row.kind = this.settings.kinds[kindOf(one)].label;
        row.more = this.summary(doc, one);
        row.required = one.type !== "note" && (one.required === undefined ? one.type === "rating" : one.required);
        row.untranslated = editor.untranslated(one);
        Object.assign(known, { one, scales: doc.scales, per: section.per });
      }
      row.n = n;
      row.when = one.when ? this.condition(doc, one) : "";
      row.dead = dead ? this.words[dead] : "";
      row.problems = problems;
      row.lost = this.leftOut.has(one.id) && !one.when;
      return row;
    }

    summary(doc, one) {
      if (one.type === "rating") return this.scaleName(doc, one.scale);
      if (Array.isArray(one.options)) return one.options.map((option) => pick(option.text, this.settings.language)).filter(Boolean).join(" · ");
      return "";
    }
    scaleName(doc, scale) {
      const found = typeof scale === "object" ? scale : doc.scales[scale] || this.settings.presets[scale];
      if (!found) return String(scale || "");
      if (found.direct) return fill(this.words.numbers, found.direct);
      return (found.levels || []).map((level) => pick(editor.asText(level.text), this.settings.language)).join(" · ");
    }
    condition(doc, one) {
      const source = editor.items(doc).find((other) => other.code === one.when.item);
      const named = source ? [source] : one.when.item === "*" ? editor.sources(doc, one.id, this.settings.presets) : [];
      const known = new Map(named.flatMap((other) => editor.answers(doc, other, this.settings.presets)).map((answer) => [answer.code, answer]));
      const said = (one.when.in || []).map((code) => (known.has(code) ? pick(known.get(code).text, this.settings.language) : code));
      const question = one.when.item === "*" ? this.words.anyBefore : source ? pick(source.text, this.settings.language) : this.words.deleted;
      return fill(this.words.when, { question, answers: said.join(this.words.or) });
    }
  }

  // The part of the page's component that adds, moves and removes.
  const acts = {
    add(sectionId, name) {
      const { doc } = this.store.history;
      const kind = this.settings.kinds[name];
      const section = doc.sections.find((one) => one.id === sectionId);
      const open = section.items.findIndex((one) => one.id === this.selected);
      const one = { id: editor.newId(), code: editor.newCode(editor.codes(doc), "q"), type: kind.type, text: {}, ...kind.more };
      if (kind.type === "rating") {
        const former = editor.items(doc).filter((other) => other.type === "rating").at(-1);
        if (former) one.scale = former.scale;
      }
      if (Array.isArray(one.options)) one.options = ["1", "2"].map((n) => ({ code: `a${n}`, text: {} }));
      const next = editor.insert(doc, sectionId, open < 0 ? section.items.length : open + 1, one);
      if (next === doc) return;
      this.commit(next);
      this.select(one.id, "text");
      this.say(this.words.added);
    },
    duplicate(id) {
      const made = editor.duplicateItem(this.store.history.doc, id);
      this.commit(made.doc);
      this.select(made.id, "text");
      this.say(this.words.copied);
    },
    remove(id) {
      const list = editor.items(this.store.history.doc);
      const at = list.findIndex((one) => one.id === id);
      this.commit(editor.removeItem(this.store.history.doc, id));
      this.select("");
      const next = list[at + 1] || list[at - 1];
      this.focus(next ? `row-${next.id}` : "add-first");
      this.say(this.words.removed);
    },
    step(id, by, keep) {
      this.moved = id;
      this.commit(editor.stepItem(this.store.history.doc, id, by));
      const list = editor.items(this.store.history.doc);
      this.say(fill(this.words.moved, { n: list.findIndex((one) => one.id === id) + 1, all: list.length }));
      this.focus(keep);
    },
    moveTo(id, sectionId, at) {
      this.commit(editor.moveItem(this.store.history.doc, id, sectionId, at));
      const list = editor.items(this.store.history.doc);
      this.say(fill(this.words.moved, { n: list.findIndex((one) => one.id === id) + 1, all: list.length }));
    },
    addSection(per) {
      const section = editor.newSection(per);
      this.commit(editor.addSection(this.store.history.doc, section));
      this.focus(`section-${section.id}`);
    },
    stepSection(id, by, keep) {
      this.commit(editor.stepSection(this.store.history.doc, id, by));
      const { sections } = this.store.history.doc;
      this.say(fill(this.words.movedSection, { n: sections.findIndex((one) => one.id === id) + 1, all: sections.length }));
      this.focus(keep);
    },
    removeSection(id) {
      this.commit(editor.removeSection(this.store.history.doc, id));
      this.say(this.words.removed);
      this.focus("add-each");
    },
    sectionTitle(id, language, event) {
      const section = this.store.history.doc.sections.find((one) => one.id === id);
      const title = { ...section.title, [language]: event.target.value };
      this.commit(editor.editSection(this.store.history.doc, id, { title }), `${id}.title.${language}`);
    },
    sectionPer(id, event) {
      this.commit(editor.editSection(this.store.history.doc, id, { per: event.target.value }));
    },

    // Rows are dragged by mouse or finger. What Sortable moved is put back, and then moved by what the document says.
    sortable(list) {
      const component = this;
      let next = null;
      window.Sortable.create(list, {
        group: "items", handle: ".handle", animation: 120, draggable: ".item", delay: 120, delayOnTouchOnly: true, forceFallback: false,
        onStart(event) { next = event.item.nextSibling; },
        onEnd(event) {
          const { item, from, to, newDraggableIndex: at } = event;
          from.insertBefore(item, next);
          if (from !== to || event.oldDraggableIndex !== at) component.moveTo(item.dataset.id, to.dataset.section, at);
        },
      });
    },
  };

  Object.assign(editor, { Rows, acts, fill, kindOf, pick });
})();
