// The open question: its fields, answers, condition and scale.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const { fill, pick } = editor;
  const copy = (value) => JSON.parse(JSON.stringify(value));

  const form = {
    get openItem() { return this.item || { type: "note", text: {} }; },
    has(name) { return (this.settings.names[this.openItem.type] || []).includes(name); },
    words_of(name, language) { return (this.openItem[name] || {})[language] || ""; },
    lacks(name) { return editor.lacksEnglish(this.openItem[name]); },
    set(changes, field) { this.commit(editor.editItem(this.store.history.doc, this.selected, changes), field && `${this.selected}.${field}`); },
    raw() { return editor.item(this.store.history.doc, this.selected); },

    putText(name, language, event) {
      const known = this.raw()[name] || {};
      const words = { ...known, [language]: event.target.value };
      // A criterion that is known in both languages.
      const other = name === "criterion" && language === "zh" && this.settings.criteria.find((one) => one.zh === words.zh);
      if (other && !words.en) words.en = other.en;
      this.set({ [name]: words }, `${name}.${language}`);
    },
    flag(name) {
      const value = this.openItem[name];
      return value === undefined ? name === "required" && this.openItem.type === "rating" : value;
    },
    putFlag(name, event) {
      const usual = name === "required" && this.openItem.type === "rating";
      this.set({ [name]: event.target.checked === usual ? undefined : event.target.checked });
    },
    number(name) { return this.openItem[name] === undefined ? "" : this.openItem[name]; },
    putNumber(name, event) {
      const typed = event.target.value.trim();
      this.set({ [name]: typed === "" ? undefined : Number(typed) }, name);
    },
    putDay(name, event) { this.set({ [name]: event.target.value || undefined }, name); },
    codeList(name) { return (this.openItem[name] || []).join(", "); },
    putCodes(name, event) {
      const list = event.target.value.split(/[\s,，、;；]+/).filter(Boolean);
      this.set({ [name]: list.length ? list : undefined }, name);
    },
    get kindName() { return editor.kindOf(this.openItem); },
    putKind(event) {
      const kind = this.settings.kinds[event.target.value];
      const now = this.raw();
      const known = new Set([...this.settings.names[kind.type], "id"]);
      const changes = { ...copy(kind.more), type: kind.type };
      for (const name of Object.keys(now)) if (!known.has(name) && name !== "type") changes[name] = undefined;
      for (const name of Object.keys(changes)) if (now[name] !== undefined && name !== "type" && name !== "limit" && known.has(name)) delete changes[name];
      if (changes.options) changes.options = ["1", "2"].map((n) => ({ code: `a${n}`, text: {} }));
      this.set(changes);
    },
    get place() { return (editor.sectionOf(this.store.history.doc, this.selected) || {}).id; },
    putPlace(event) {
      const section = this.store.history.doc.sections.find((one) => one.id === event.target.value);
      this.moveTo(this.selected, section.id, section.items.length);
      this.focus(`place-${this.selected}`);
    },
    // A new code is taken over by what names the old one.
    putCode(event) {
      const [old, code] = [this.raw().code, event.target.value.trim()];
      if (!code || code === old) { event.target.value = old; return; }
      const doc = editor.editItem(this.store.history.doc, this.selected, { code });
      const renamed = (one) => (one.when && one.when.item === old ? { ...one, when: { ...one.when, item: code } } : one);
      this.commit({
        ...doc, sections: doc.sections.map((section) => ({ ...section, items: section.items.map(renamed) })),
        quotas: doc.quotas.map((quota) => (quota.item === old ? { ...quota, item: code } : quota)),
      });
    },

    // Answers of a choice.
    get options() { return Array.isArray(this.openItem.options) ? this.openItem.options : []; },
    get fromUnits() { return this.openItem.options === "units"; },
    putUnits(event) { this.set({ options: event.target.checked ? "units" : [] }); },
    option_lacks(option) { return editor.lacksEnglish(option.text); },
    setOptions(options, field) { this.set({ options }, field); },
    optionCode(options, words) { return editor.newCode([...options.map((one) => one.code), "other"], "a", words); },
    putOption(code, language, event) {
      const options = this.raw().options.map((one) => (one.code === code ? { ...one, text: { ...one.text, [language]: event.target.value } } : one));
      this.setOptions(options, `option.${code}.${language}`);
    },
    addOption(after, words = [""], language = "zh") {
      const options = [...(Array.isArray(this.raw().options) ? this.raw().options : [])];
      let at = after === undefined ? options.length : options.findIndex((one) => one.code === after) + 1;
      let code = "";
      for (const said of words) {
        code = this.optionCode(options, language === "en" ? said : "");
        options.splice(at, 0, { code, text: said ? { [language]: said } : {} });
        at += 1;
      }
      this.setOptions(options);
      this.focus(`option-${code}-${language}`);
    },
    removeOption(code) {
      const options = this.raw().options;
      const at = options.findIndex((one) => one.code === code);
      const next = options[at - 1] || options[at + 1];
      this.setOptions(options.filter((one) => one.code !== code));
      this.focus(next ? `option-${next.code}-zh` : "option-add");
    },
    stepOption(code, by, keep) {
      const options = [...this.raw().options];
      const at = options.findIndex((one) => one.code === code);
      const to = at + by;
      if (to < 0 || to >= options.length) return;
      options.splice(to, 0, ...options.splice(at, 1));
      this.setOptions(options);
      this.say(fill(this.words.moved, { n: to + 1, all: options.length }));
      this.focus(keep);
    },
    optionKey(code, language, event) {
      if (event.isComposing) return;
      if (event.key === "Enter") {
        event.preventDefault();
        this.addOption(code, [""], language);
      } else if (event.key === "Backspace" && !event.target.value && this.options.length > 1) {
        const one = this.options.find((option) => option.code === code);
        if (Object.keys(editor.given(one.text)).length) return;
        event.preventDefault();
        this.removeOption(code);
      } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
        event.preventDefault();
        event.stopPropagation();
        this.stepOption(code, event.key === "ArrowUp" ? -1 : 1, event.target.id);
      }
    },
    // Several lines that are pasted are several answers; marks and numbers in front of them are left out.
    pasteOption(code, language, event) {
      const lines = event.clipboardData.getData("text").split(/\r?\n/).map((line) => line.replace(/^\s*(?:[A-Za-z0-9]{1,2}[.、．)）]|[-•·○□])\s*/, "").trim());
      const words = lines.filter(Boolean).map((line) => line.slice(0, 100));
      if (words.length < 2) return;
      event.preventDefault();
      const options = this.raw().options;
      const at = options.findIndex((one) => one.code === code);
      const fresh = !event.target.value.trim();
      if (language === "en") { // into the answers that are there, line by line
        const filled = options.map((one, n) => (n >= at && words[n - at] ? { ...one, text: { ...one.text, en: words[n - at] } } : one));
        this.setOptions(filled);
        return;
      }
      if (fresh) this.setOptions(options.map((one) => (one.code === code ? { ...one, text: { ...one.text, zh: words[0] } } : one)));
      const empty = this.raw().options.slice(at + 1).filter((one) => !Object.keys(editor.given(one.text)).length).map((one) => one.code);
      if (empty.length) this.setOptions(this.raw().options.filter((one) => !empty.includes(one.code)));
      this.addOption(code, fresh ? words.slice(1) : words, language);
    },

    // The condition: a question before this one, and its answers.
    get sources() {
      if (!this.item) return [];
      const list = editor.sources(this.store.history.doc, this.selected, this.settings.presets);
      return list.map((one) => ({ code: one.code, text: `${this.numberOf(one.id)}. ${pick(one.text, this.settings.language)}` }));
    },
    get takesCondition() {
      const section = this.item && editor.sectionOf(this.store.history.doc, this.selected);
      return !(this.openItem.type === "rating" && section && section.per === "unit");
    },
    get source() { return this.openItem.when ? this.openItem.when.item : ""; },
    get sourceIsKnown() { return !this.source || this.sources.some((one) => one.code === this.source); },
    get sourceAnswers() {
      if (!this.openItem.when) return [];
      const { doc } = this.store.history;
      const named = editor.sources(doc, this.selected, this.settings.presets).filter((one) => this.source === "*" || one.code === this.source);
      const all = new Map(named.flatMap((one) => editor.answers(doc, one, this.settings.presets)).map((answer) => [answer.code, answer]));
      return [...all.values()].map((answer) => ({ code: answer.code, text: pick(answer.text, this.settings.language) }));
    },
    isWanted(code) { return ((this.openItem.when || {}).in || []).includes(code); },
    putSource(event) { this.set({ when: event.target.value ? { item: event.target.value, in: [] } : undefined }); },
    putWanted(code, event) {
      const { when } = this.raw();
      const wanted = event.target.checked ? [...(when.in || []), code] : (when.in || []).filter((one) => one !== code);
      const known = this.sourceAnswers.map((answer) => answer.code);
      this.set({ when: { ...when, in: known.filter((one) => wanted.includes(one)) } });
    },
    dropCondition() {
      this.set({ when: undefined });
      this.focus(`when-${this.selected}`);
    },
  };

  Object.assign(editor, { form });
})();
