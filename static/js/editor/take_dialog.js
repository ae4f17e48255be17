// The dialog in which questions of other questionnaires are looked for and ticked.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const { fill, pick } = editor;
  const PAUSE = 250;

  const nothing = () => ({ words: "", sources: [], more: false, problem: "", title: "", sections: [], ticked: 0, looked: false });
  const taking = {
    take: nothing(),
    openTake(sectionId) {
      this.take = nothing();
      this.store.takeInto = sectionId;
      document.getElementById("take-dialog").showModal();
      this.lookForSources();
    },
    closeTake() { document.getElementById("take-dialog").close(); },
    putTakeWords(event) {
      this.take.words = event.target.value;
      clearTimeout(this.store.takeTimer);
      this.store.takeTimer = setTimeout(() => this.lookForSources(), PAUSE);
    },
    async askForSources(name, values) {
      const number = this.store.takeAsked = (this.store.takeAsked || 0) + 1;
      try {
        const { data } = await this.store.saving.ask(`${this.settings.addresses[name]}?${new URLSearchParams(values)}`, "GET");
        if (number !== this.store.takeAsked) return null; // something else was asked for meanwhile
        this.take.problem = data ? "" : this.words.noSources;
        return data;
      } catch (error) {
        if (number === this.store.takeAsked) this.take.problem = this.words.noSources;
        return null;
      }
    },
    async lookForSources() {
      const data = await this.askForSources("sources", { q: this.take.words, not: this.settings.state.key });
      if (!data) return;
      Object.assign(this.take, { sources: data.sources, more: data.more, looked: true });
      this.say(fill(this.words.foundSources, { n: data.sources.length }));
    },
    async chooseSource(of) {
      clearTimeout(this.store.takeTimer); // a search that was still to come would be the later question
      const data = await this.askForSources("source", { of });
      if (!data) return;
      const doc = this.store.takeFrom = editor.fromDefinition(data.definition);
      const { language } = this.settings;
      const wanted = this.take.words.trim().toLowerCase();
      let n = 0;
      this.take.sections = doc.sections.map((section, at) => ({
        id: section.id, name: pick(section.title, language) || fill(this.words.section, { n: at + 1 }), several: section.items.length > 1,
        rows: section.items.map((one) => ({
          id: one.id, n: (n += 1), text: pick(one.text, language) || this.words.noText, kind: this.settings.kinds[editor.kindOf(one)].label,
          when: one.when ? this.store.rows.condition(doc, one) : "", ticked: false,
          found: Boolean(wanted) && Object.values(one.text).some((said) => said.toLowerCase().includes(wanted)),
        })),
      }));
      Object.assign(this.take, { title: pick(doc.title, language) || data.key, ticked: 0 });
      this.focusShown("take-title");
    },
    backToSources() {
      Object.assign(this.take, { title: "", sections: [], ticked: 0 });
      this.focusShown("take-words");
    },
    // What is about to be shown can be focused only some frames later.
    focusShown(id, frames = 30) {
      const target = document.getElementById(id);
      target.focus();
      if (document.activeElement !== target && frames) requestAnimationFrame(() => this.focusShown(id, frames - 1));
    },
    get takeRows() { return this.take.sections.flatMap((section) => section.rows); },
    tickItem(id, event) {
      this.takeRows.find((row) => row.id === id).ticked = event.target.checked;
      this.countTicked();
    },
    tickSection(id) {
      const { rows } = this.take.sections.find((section) => section.id === id);
      const all = rows.every((row) => row.ticked);
      for (const row of rows) row.ticked = !all;
      this.countTicked();
    },
    countTicked() { this.take.ticked = this.takeRows.filter((row) => row.ticked).length; },
    get takeLabel() { return fill(this.words.takeThem, { n: this.take.ticked }); },

    // One step of undo.
    takeTicked() {
      const wanted = new Set(this.takeRows.filter((row) => row.ticked).map((row) => row.id));
      const { history, takeInto, takeFrom, rows } = this.store;
      const done = editor.takeItems(history.doc, takeFrom, wanted, takeInto, this.selected, this.settings.presets);
      if (done.full) {
        this.take.problem = fill(this.words.tooMany, { n: editor.MAX_ITEMS });
        return;
      }
      if (!done.added.length) return;
      for (const id of done.left) rows.leftOut.add(id);
      this.commit(done.doc);
      this.closeTake();
      this.select("");
      const said = [fill(this.words.taken, { n: done.added.length })];
      if (done.left.length) {
        const named = done.left.map((id) => `${this.numberOf(id)}. ${pick(editor.item(done.doc, id).text, this.settings.language)}`);
        said.push(fill(this.words.conditionsLeft, { questions: named.join("; ") }));
      }
      this.news = said.join(" ");
      this.say(this.news);
      this.focus(`row-${done.added[0]}`);
    },
  };

  Object.assign(editor, { taking });
})();
