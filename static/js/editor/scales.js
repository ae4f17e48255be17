// The scale of a rating: one of the ready ones, or the questionnaire's own, which is changed in a dialog.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const copy = (value) => JSON.parse(JSON.stringify(value));

  const scales = {
    scaleEdit: { kind: "words", levels: [], dontKnow: { zh: "", en: "" }, low: 0, high: 100, from: "", at: "" },
    get scaleChoices() {
      const { doc } = this.store.history;
      const own = Object.keys(doc.scales).filter((name) => !(name in this.settings.presets));
      const names = [...Object.keys(this.settings.presets), ...own];
      const list = names.map((name) => ({ name, text: this.store.rows.scaleName(doc, name) }));
      const now = this.openItem.scale;
      if (typeof now === "object") list.push({ name: "", text: this.store.rows.scaleName(doc, now) });
      return list;
    },
    get scaleNow() { return typeof this.openItem.scale === "object" ? "" : this.openItem.scale || ""; },
    putScale(event) { if (event.target.value) this.set({ scale: event.target.value }); },
    // All ratings of the units must use one scale.
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
      const name = !fresh && typeof named === "string" && named in own ? named : editor.newCode([...Object.keys(own), ...Object.keys(this.settings.presets)], "scale-");
      const words = (value) => ({ zh: "", en: "", ...editor.asText(value) });
      const direct = now.direct && !fresh;
      const none = { zh: "", en: "" };
      this.scaleEdit = {
        name, kind: direct ? "numbers" : "words", dontKnow: fresh ? { zh: "不了解", en: "Don't know" } : words(now.dont_know),
        levels: (fresh ? [100, 75, 50, 25].map((points) => ({ points, text: none })) : now.levels || [100, 0].map((points) => ({ points, text: none })))
          .map((level, n) => ({ code: level.code || "", key: n, ...words(level.text), points: level.points, satisfied: Boolean(level.satisfied) })),
        low: direct ? now.direct.low : 0, high: direct ? now.direct.high : 100,
        from: direct && now.satisfied_from !== undefined ? now.satisfied_from : "", at: direct && now.dont_know_at !== undefined ? now.dont_know_at : "",
      };
      document.getElementById("scale-dialog").showModal();
    },
    addLevel() {
      if (this.scaleEdit.levels.length < 11) this.scaleEdit.levels.push({ code: "", key: Date.now(), zh: "", en: "", points: 0, satisfied: false });
    },
    removeLevel(key) { this.scaleEdit.levels = this.scaleEdit.levels.filter((level) => level.key !== key); },
    closeScale() { document.getElementById("scale-dialog").close(); },
    saveScale() {
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
        scale.levels.push(one);
      }
      if (Object.keys(editor.given(edit.dontKnow)).length) scale.dont_know = editor.given(edit.dontKnow);
      const { doc } = this.store.history;
      const next = { ...doc, scales: { ...doc.scales, [edit.name]: scale } };
      this.commit(editor.editItem(next, this.selected, { scale: edit.name }));
      this.closeScale();
    },
  };

  Object.assign(editor, { scales });
})();
