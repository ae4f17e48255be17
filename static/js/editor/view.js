// The page of the editor: one component of Alpine that ties document, list, form, saving and preview together.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const { fill, pick } = editor;
  const said = (doc) => ({ ...editor.toDefinition(doc), key: "" });

  const page = {
    sections: [], selected: "", item: null, problems: [], at: -1, counts: { problems: "", untranslated: "", minutes: "" },
    status: "saved", statusText: "", others: "", said: "", undoable: false, redoable: false, conflicts: [], kept: "", news: "",
    title: { zh: "", en: "" }, introduction: { zh: "", en: "" }, moved: "", units: 10, left: "", previewLanguage: "zh", dark: false,
    onlyPreview: false, full: false,

    get heading() { return pick(this.title, this.settings.language); },
    init() {
      const { settings } = this;
      const doc = editor.fromDefinition(settings.state.definition);
      const store = this.store;
      store.history = new editor.History(doc);
      store.rows = new editor.Rows(settings, window.Alpine.reactive);
      store.slots = new Map();
      this.previewLanguage = settings.language;
      this.dark = matchMedia("(prefers-color-scheme: dark)").matches;
      this.refresh();
      this.known(settings.state, doc);
      this.showState("saved", {});
      this.$nextTick(() => {
        store.preview = new editor.Preview(document.getElementById("preview"), settings.addresses.preview);
        store.saving = new editor.Saving(settings, doc, {
          state: (name, values) => this.showState(name, values), saved: (state, saved) => { this.known(state, saved); store.preview.reload(); },
          newer: (found) => this.newer(found), others: (names) => { this.others = names.length ? fill(this.words.others, { names: names.join(", ") }) : ""; },
          renamed: (key, addresses) => this.renamed(key, addresses),
        });
        this.offer();
      });
    },

    // Every change goes through here. `field`: what is typed into, so that typing is one step of undo.
    commit(doc, field) {
      const { history } = this.store;
      if (doc === history.doc) return;
      history.change(doc, field);
      this.store.saving.changed(doc);
      this.refresh();
    },
    refresh() {
      const { history, rows } = this.store;
      const { doc } = history;
      const views = rows.of(doc);
      if (views.length !== this.sections.length || views.some((view, n) => view.id !== this.sections[n].id)) this.sections = views;
      const item = this.selected ? editor.item(doc, this.selected) : null;
      if (this.selected && !item) this.select("");
      else if (item !== this.store.shown) this.item = this.store.shown = item;
      this.title = doc.title;
      this.introduction = doc.introduction;
      this.refreshQuotas(doc);
      this.undoable = history.past.length > 0;
      this.redoable = history.future.length > 0;
      this.counts.untranslated = this.lacking(doc).length ? fill(this.words.untranslated, { n: this.lacking(doc).length }) : "";
    },

    select(id, field) {
      const of = (one) => (this.store.rows.cache.get(one) || { row: {} }).row;
      if (this.selected !== id) of(this.selected).open = false;
      this.selected = id;
      this.item = this.store.shown = id ? editor.item(this.store.history.doc, id) : null;
      if (id) of(id).open = true;
      if (id) this.lookAt(id);
      if (id && field) this.focusField(id, field);
    },
    toggle(id) { this.select(this.selected === id ? "" : id); },
    lookAt(id) { if (this.store.preview && this.store.slots.has(id)) this.store.preview.show(this.store.slots.get(id)); },
    focusField(id, field) {
      this.$nextTick(() => {
        const box = document.querySelector(`[data-id="${CSS.escape(id)}"] [data-field="${field}"]`);
        const target = box && box.querySelector("input, textarea, select, button");
        if (target) target.focus();
      });
    },
    focus(id) { this.$nextTick(() => { const target = document.getElementById(id); if (target) target.focus(); }); },
    // Said again even if it is the same sentence.
    say(text) { this.said = ""; this.$nextTick(() => { this.said = text; }); },
    numberOf(id) { return editor.items(this.store.history.doc).findIndex((one) => one.id === id) + 1; },

    undo() { if (this.store.history.undo()) this.took(this.words.undone); },
    redo() { if (this.store.history.redo()) this.took(this.words.redone); },
    took(text) {
      this.store.saving.changed(this.store.history.doc);
      this.refresh();
      this.say(text);
    },
    key(event) {
      if (document.querySelector("dialog[open]")) return;
      const typing = event.target.closest("textarea, input:not([type=checkbox]):not([type=radio])");
      const letter = event.key.toLowerCase();
      if ((event.ctrlKey || event.metaKey) && !event.altKey && (letter === "z" || letter === "y") && !typing) {
        event.preventDefault();
        if (letter === "y" || event.shiftKey) this.redo();
        else this.undo();
        return;
      }
      // A row that was just moved has the focus again only after the page was drawn.
      const row = event.target.closest(".item") || (event.target === document.body && document.querySelector(`[data-id="${CSS.escape(this.moved)}"]`));
      if (row && event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        event.preventDefault();
        this.step(row.dataset.id, event.key === "ArrowUp" ? -1 : 1, event.target.id || `row-${row.dataset.id}`);
      }
    },
    putTop(name, language, event) {
      const { doc } = this.store.history;
      this.commit({ ...doc, [name]: { ...doc[name], [language]: event.target.value } }, `${name}.${language}`);
    },
    // On a small screen there is room for one of both.
    turnToPreview() {
      this.onlyPreview = !this.onlyPreview;
      this.$nextTick(() => {
        if (this.onlyPreview) scrollTo(0, 0);
        if (this.onlyPreview && this.selected) this.lookAt(this.selected);
        else if (this.selected) document.getElementById(`row-${this.selected}`).scrollIntoView({ block: "center" });
      });
    },

    // What the service says of the state that it stored.
    known(state, doc) {
      const { store } = this;
      store.seconds = state.seconds;
      const at = (s, i) => doc.sections[s] && doc.sections[s].items[i];
      store.slots = new Map(state.shown.map(([s, i, slot]) => [(at(s, i) || {}).id, slot]));
      const found = state.problems.map((problem) => {
        const section = problem.section === null ? null : doc.sections[problem.section];
        const one = section && problem.item !== null ? section.items[problem.item] : null;
        return { id: one ? one.id : "", section: section && !one ? section.id : "", field: problem.field, text: problem.text };
      });
      store.rows.problems = new Map();
      for (const { id, section, text } of found) {
        const place = id || section;
        if (place) store.rows.problems.set(place, [...(store.rows.problems.get(place) || []), text]);
      }
      this.problems = found;
      this.general = found.filter((one) => !one.id && !one.section).map((one) => one.text);
      this.counts.problems = found.length ? fill(this.words.toFinish, { n: found.length }) : this.words.complete;
      const numbers = state.leftOut.map(([s, i]) => this.numberOf((at(s, i) || {}).id)).filter(Boolean);
      this.left = numbers.length ? fill(this.words.leftOut, { numbers: numbers.join(", ") }) : "";
      this.countMinutes();
      this.refresh();
    },
    general: [],
    countMinutes() {
      const [once, each] = this.store.seconds;
      this.counts.minutes = fill(this.words.minutes, { n: Math.max(1, Math.ceil((once + each * (Number(this.units) || 0)) / 60)) });
    },
    nextProblem() {
      if (!this.problems.length) return;
      this.at = (this.at + 1) % this.problems.length;
      const { id, section, field } = this.problems[this.at];
      if (id) this.select(id, field);
      else this.focus(section ? `section-${section}` : field === "introduction" ? "introduction-zh" : field === "title" ? "title-zh" : "problems");
    },
    lacking(doc) {
      const tops = ["title", "introduction"].filter((name) => editor.lacksEnglish(doc[name])).map((name) => ({ focus: `${name}-en` }));
      return [...tops, ...doc.sections.flatMap((section) => [
        ...(editor.lacksEnglish(section.title) ? [{ focus: `section-${section.id}-en` }] : []),
        ...section.items.filter(editor.untranslated).map((one) => ({ id: one.id })),
      ])];
    },
    nextUntranslated() {
      const all = this.lacking(this.store.history.doc);
      if (!all.length) return;
      this.lacked = ((this.lacked === undefined ? -1 : this.lacked) + 1) % all.length;
      const { id, focus } = all[this.lacked];
      if (focus) return this.focus(focus);
      this.select(id);
      this.$nextTick(() => {
        const box = document.querySelector(`[data-id="${CSS.escape(id)}"] .lacks input.en, [data-id="${CSS.escape(id)}"] .lacks textarea.en`);
        if (box) box.focus();
      });
    },

    showState(name, values) {
      this.status = name;
      this.statusText = fill(this.words[name] || "", values);
    },
    // Somebody else saved: their changes are in the document, and what both changed is asked.
    newer({ doc, conflicts, former, theirs, data }) {
      const { history } = this.store;
      history.rebase(doc, (step) => editor.merge(former, step, theirs).doc);
      this.known(data, theirs);
      this.refresh();
      this.store.preview.reload();
      const name = data.changedBy;
      if (conflicts.length) this.ask(conflicts, name);
      else if (!editor.same(said(theirs), said(former))) this.news = fill(editor.same(doc, theirs) ? this.words.updated : this.words.merged, { name });
    },
    // Somebody gave the questionnaire another key: its address is another one from now on, also after a reload.
    renamed(key, { edit, preview }) {
      window.history.replaceState(null, "", edit);
      this.store.preview.address = preview;
      this.news = fill(this.words.renamed, { name: key });
    },
    // Nothing is saved until somebody chose.
    ask(conflicts, name) {
      this.store.saving.held = true;
      this.store.conflicts = conflicts;
      this.conflicts = conflicts.map((conflict, n) => this.conflictWords(conflict, n));
      this.news = fill(this.words.conflict, { name });
      this.focus("conflicts");
    },
    conflictWords({ kind, id, mine, theirs }, n) {
      const { language } = this.settings;
      const one = mine || theirs || {};
      const label = kind === "item" ? pick(one.text, language) : kind === "section" ? pick(one.title, language) : this.words[id] || id;
      const plain = (value) => {
        if (value === undefined || value === null) return this.words.deleted;
        if (Array.isArray(value)) return value.map(plain).join(" · ");
        if (typeof value !== "object") return String(value);
        if (value.text) return plain(value.text);
        return Object.values(value).map((part) => (typeof part === "object" ? plain(part) : String(part))).filter(Boolean).join(" / ");
      };
      const names = kind === "item" && mine && theirs
        ? [...new Set([...Object.keys(mine), ...Object.keys(theirs)])].filter((name) => !editor.same(mine[name], theirs[name])) : [];
      const said = (side) => (names.length ? names.map((name) => plain(side[name])).join("; ") : plain(kind === "item" && side ? side.text : side));
      return { n, label: label || this.words.noText, mine: said(mine), theirs: said(theirs) };
    },
    resolve(n, keepMine) {
      const { history, conflicts } = this.store;
      const doc = (keepMine ? editor.takeMine : editor.takeTheirs)(history.doc, conflicts[n]);
      history.change(doc);
      this.conflicts = this.conflicts.filter((one) => one.n !== n);
      this.refresh();
      if (this.conflicts.length) return;
      this.news = "";
      this.store.saving.decided(doc);
    },

    // What an earlier visit could not save.
    offer() {
      const { saving, history } = this.store;
      const kept = saving.kept();
      if (!kept || editor.same(kept.doc, editor.toDefinition(history.doc))) return;
      saving.offered = true;
      this.kept = fill(this.words.kept, { time: new Date(kept.at).toLocaleString(document.documentElement.lang) });
    },
    takeKept() {
      const { saving, history } = this.store;
      const { base, doc } = saving.kept();
      const from = editor.fromDefinition(base, history.doc);
      const mine = editor.fromDefinition(doc, from);
      this.endOffer();
      const merged = editor.merge(from, mine, history.doc);
      this.commit(merged.doc);
      if (merged.conflicts.length) this.ask(merged.conflicts, this.settings.state.changedBy);
    },
    discardKept() {
      this.endOffer();
    },
    endOffer() {
      this.kept = "";
      this.store.saving.offered = false;
      this.store.saving.forget();
      this.store.saving.keep();
    },

    setDark(dark) {
      this.dark = dark;
      this.store.preview.setDark(dark);
    },
    setPreviewLanguage(language) {
      this.previewLanguage = language;
      this.store.preview.setLanguage(language);
    },
  };

  const together = (...parts) => Object.defineProperties({}, Object.assign({}, ...parts.map((part) => Object.getOwnPropertyDescriptors(part))));
  document.addEventListener("alpine:init", () => {
    const settings = JSON.parse(document.getElementById("editor").dataset.settings);
    window.Alpine.data("editor", () => {
      const component = together(page, editor.acts, editor.form, editor.scales, editor.quotas, editor.taking);
      // Not reactive: documents are compared by identity, and large.
      const store = { __v_skip: true };
      settings.__v_skip = true;
      Object.defineProperty(component, "store", { get: () => store });
      Object.defineProperty(component, "settings", { get: () => settings });
      Object.defineProperty(component, "words", { get: () => settings.words });
      editor.store = store;
      return component;
    });
    window.Alpine.directive("sortable", (list) => window.Alpine.$data(list).sortable(list));
  });
})();
