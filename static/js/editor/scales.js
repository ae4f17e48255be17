// The scale of a rating: one of the ready ones, or the questionnaire's own, which is changed in a dialog.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const copy = (value) => JSON.parse(JSON.stringify(value));

  const { fill, pick } = editor;

  const scales = {
    scaleEdit: { kind: "words", levels: [], dontKnow: { zh: "", en: "" }, low: 0, high: 100, from: "", at: "", called: { zh: "", en: "" }, problem: "" },
    // The presets, those of the college (by their names), and those that only this questionnaire has.
    get scaleGroups() {
      const { doc } = this.store.history;
      const { presets, presetNames, scales: college, language } = this.settings;
      const levels = (scale) => this.store.rows.scaleName(doc, scale);
      const named = (name, scale) => `${pick(name, language)}: ${levels(scale)}`;
      const groups = [
        { label: this.words.presets, list: Object.keys(presets).map((key) => ({ name: key, text: named(presetNames[key], key) })) },
        { label: this.words.ofCollege, list: college.map((one) => {
          const copied = doc.scales[one.key];
          const altered = copied && !editor.sameScale(copied, one.data);
          return { name: one.key, text: altered ? `${fill(this.words.altered, { name: pick(one.name, language) })}: ${levels(copied)}` : named(one.name, one.data) };
        }) },
      ];
      const known = new Set(groups.flatMap((group) => group.list.map((one) => one.name)));
      const own = Object.keys(doc.scales).filter((key) => !known.has(key)).map((key) => {
        const twin = college.find((one) => editor.sameScale(one.data, doc.scales[key]));
        return { name: key, text: twin ? named(twin.name, key) : levels(key) };
      });
      const now = this.openItem.scale;
      if (typeof now === "object") own.push({ name: "", text: levels(now) });
      return [...groups, { label: this.words.own, list: own }].filter((group) => group.list.length);
    },
    get scaleNow() { return typeof this.openItem.scale === "object" ? "" : this.openItem.scale || ""; },
    // A scale of the college is copied into the questionnaire when it is chosen.
    putScale(event) {
      const key = event.target.value;
      const { doc } = this.store.history;
      const stored = this.settings.scales.find((one) => one.key === key);
      if (!key) return;
      const next = stored && !doc.scales[key] ? { ...doc, scales: { ...doc.scales, [key]: stored.data } } : doc;
      this.commit(editor.editItem(next, this.selected, { scale: key }));
    },
    // Ratings of the units usually have one scale; it is offered for all.
    get otherScales() {
      const { doc } = this.store.history;
      const section = this.item && editor.sectionOf(doc, this.selected);
      if (!section || section.per !== "unit" || this.openItem.type !== "rating") return false;
      return this.rated(doc).some((one) => !editor.same(one.scale, this.raw().scale));
    },
    rated(doc) {
      return doc.sections.filter((one) => one.per === "unit").flatMap((one) => one.items).filter((one) => one.type === "rating");
    },
    scaleForAll() {
      const { scale } = this.raw();
      const { doc } = this.store.history;
      this.commit(this.rated(doc).reduce((next, one) => editor.editItem(next, one.id, { scale }), doc));
    },

    openScale(fresh) {
      const { doc } = this.store.history;
      const named = this.raw().scale;
      const own = doc.scales;
      const now = typeof named === "object" ? named : own[named] || this.settings.presets[named] || {};
      const name = !fresh && typeof named === "string" && named in own ? named : editor.newCode([own, this.settings.presets].flatMap(Object.keys).concat(this.settings.scales.map((one) => one.key)), "scale-");
      const words = (value) => ({ zh: "", en: "", ...editor.asText(value) });
      const direct = now.direct && !fresh;
      const none = { zh: "", en: "" };
      this.scaleEdit = {
        name, kind: direct ? "numbers" : "words", dontKnow: fresh ? { zh: "不了解", en: "Don't know" } : words(now.dont_know),
        levels: (fresh ? [100, 75, 50, 25].map((points) => ({ points, text: none })) : now.levels || [100, 0].map((points) => ({ points, text: none })))
          .map((level, n) => ({ code: level.code || "", key: n, ...words(level.text), points: level.points, satisfied: Boolean(level.satisfied), colour: level.colour || "" })),
        low: direct ? now.direct.low : 0, high: direct ? now.direct.high : 100,
        from: direct && now.satisfied_from !== undefined ? now.satisfied_from : "", at: direct && now.dont_know_at !== undefined ? now.dont_know_at : "",
        called: { zh: "", en: "" }, problem: "",
      };
      document.getElementById("scale-dialog").showModal();
    },
    addLevel() {
      if (this.scaleEdit.levels.length < 11) this.scaleEdit.levels.push({ code: "", key: Date.now(), zh: "", en: "", points: 0, satisfied: false, colour: "" });
    },
    removeLevel(key) { this.scaleEdit.levels = this.scaleEdit.levels.filter((level) => level.key !== key); },
    closeScale() { document.getElementById("scale-dialog").close(); },
    // In the colours that charts will have.
    get scaleShown() {
      const { levels } = this.scaleEdit;
      const usual = editor.usualColours(levels.map((level) => Number(level.points) || 0));
      return levels.map((level, n) => ({ key: level.key, text: level[this.settings.language] || level.zh || level.en, colour: `c-${level.colour || usual[n]}` }))
        .filter((level) => level.text);
    },
    editedScale() {
      const edit = copy(this.scaleEdit);
      const number = (typed) => (typed === "" || typed === null ? undefined : Number(typed));
      const scale = edit.kind === "numbers" ? { direct: { low: number(edit.low), high: number(edit.high) } } : { levels: [] };
      if (edit.kind === "numbers") {
        if (number(edit.from) !== undefined) scale.satisfied_from = number(edit.from);
        if (number(edit.at) !== undefined) scale.dont_know_at = number(edit.at);
      }
      const taken = new Set(edit.levels.map((level) => level.code).filter(Boolean));
      for (const level of edit.kind === "words" ? edit.levels : []) {
        const code = level.code || editor.newCode(taken, "l", level.en);
        taken.add(code);
        const one = { code, text: editor.given({ zh: level.zh, en: level.en }), points: number(level.points) };
        if (level.satisfied) one.satisfied = true;
        if (level.colour) one.colour = level.colour;
        scale.levels.push(one);
      }
      if (Object.keys(editor.given(edit.dontKnow)).length) scale.dont_know = editor.given(edit.dontKnow);
      return scale;
    },
    saveScale() {
      const { doc } = this.store.history;
      const { name } = this.scaleEdit;
      const next = { ...doc, scales: { ...doc.scales, [name]: this.editedScale() } };
      this.commit(editor.editItem(next, this.selected, { scale: name }));
      this.closeScale();
    },
    // Keep it as a scale of the college, too; from then on it stands here under the key that it got there.
    async keepScale() {
      const { scaleEdit: edit } = this;
      const name = editor.given(edit.called);
      edit.problem = name.zh ? "" : this.words.needsName;
      if (edit.problem) return;
      let answer;
      try {
        answer = await this.store.saving.ask(this.settings.addresses.keepScale, "POST", JSON.stringify({ name, ...this.editedScale() }));
      } catch (error) {
        answer = {};
      }
      const { status, data } = answer;
      if (status !== 200 || !data) {
        edit.problem = (data && data.problem) || this.words.noSources;
        return;
      }
      this.settings.scales = data.scales;
      const { doc } = this.store.history;
      const own = { ...doc.scales, [data.key]: data.scales.find((one) => one.key === data.key).data };
      const renamed = edit.name in doc.scales;
      if (renamed) delete own[edit.name];
      const used = (one) => (one.id === this.selected || (renamed && one.scale === edit.name) ? { ...one, scale: data.key } : one);
      this.commit({ ...doc, scales: own, sections: doc.sections.map((section) => ({ ...section, items: section.items.map(used) })) });
      this.closeScale();
      this.say(fill(this.words.keptScale, { name: pick(name, this.settings.language) }));
    },
  };

  Object.assign(editor, { scales });
})();
