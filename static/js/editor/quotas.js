// Quotas: how often an answer may or must be given on one ballot. They are listed under the questions, and added in a form there.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const { fill, pick } = editor;

  const quotas = {
    quotas: [], quotaItems: [], quotaEdit: { item: "", levels: [], from: "", to: "", kind: "at_most_share", n: "" },

    // After every change: documents are not reactive. `quotaItems`: the ratings of the units, which a quota can be about.
    refreshQuotas(doc) {
      this.quotas = doc.quotas.map((quota) => this.quotaText(doc, quota));
      this.quotaItems = this.rated(doc).filter((one) => one.code)
        .map((one) => ({ code: one.code, text: pick(one.criterion || one.text, this.settings.language) || this.words.noText }));
      const { item } = this.quotaEdit;
      const known = this.quotaItems.some((one) => one.code === item);
      this.quotaEdit = known ? { ...this.quotaEdit } : { ...this.quotaEdit, item: "", levels: [], from: "", to: "" };
    },
    quotaScale(code) {
      const { doc } = this.store.history;
      const one = this.rated(doc).find((other) => other.code === code);
      if (!one) return {};
      return (typeof one.scale === "object" ? one.scale : doc.scales[one.scale] || this.settings.presets[one.scale]) || {};
    },
    get quotaLevels() {
      return (this.quotaScale(this.quotaEdit.item).levels || []).map((level) => ({ code: level.code, text: pick(editor.asText(level.text), this.settings.language) }));
    },
    get quotaNumbers() { return Boolean(this.quotaScale(this.quotaEdit.item).direct); },
    get quotaReady() {
      const { item, levels, kind, n } = this.quotaEdit;
      const most = kind === "at_most_share" ? 100 : 1000;
      return Boolean(item) && (this.quotaNumbers || levels.length > 0) && n !== "" && Number(n) >= 0 && Number(n) <= most;
    },
    chooseQuotaItem(event) { this.quotaEdit = { ...this.quotaEdit, item: event.target.value, levels: [], from: "", to: "" }; },
    addQuota() {
      if (!this.quotaReady) return;
      const { item, levels, from, to, kind, n } = this.quotaEdit;
      const quota = { item, [kind]: kind === "at_most_share" ? Number(n) / 100 : Math.round(Number(n)) };
      if (this.quotaNumbers) {
        quota.numbers = {};
        if (from !== "" && from !== null) quota.numbers.from = Number(from);
        if (to !== "" && to !== null) quota.numbers.to = Number(to);
      } else quota.levels = [...levels];
      const { doc } = this.store.history;
      this.commit({ ...doc, quotas: [...doc.quotas, quota] });
      this.quotaEdit = { ...this.quotaEdit, levels: [], from: "", to: "", n: "" };
    },
    removeQuota(at) {
      const { doc } = this.store.history;
      this.commit({ ...doc, quotas: doc.quotas.filter((_, n) => n !== at) });
    },
    quotaText(doc, quota) {
      const one = editor.items(doc).find((other) => other.code === quota.item);
      const named = one ? editor.answers(doc, one, this.settings.presets) : [];
      const scale = this.quotaScale(quota.item);
      const said = quota.numbers && scale.direct
        ? [`${quota.numbers.from === undefined ? scale.direct.low : quota.numbers.from}–${quota.numbers.to === undefined ? scale.direct.high : quota.numbers.to}`]
        : (quota.levels || []).map((code) => pick((named.find((answer) => answer.code === code) || { text: { zh: code } }).text, this.settings.language));
      const bounds = [
        quota.at_most_share === undefined ? "" : fill(this.words.mostShare, { n: Math.round(quota.at_most_share * 100) }),
        quota.at_most === undefined ? "" : fill(this.words.most, { n: quota.at_most }), quota.at_least === undefined ? "" : fill(this.words.least, { n: quota.at_least }),
      ].filter(Boolean).join(", ");
      return `${one ? pick(one.criterion || one.text, this.settings.language) : this.words.deleted} — ${fill(this.words.quota, { levels: said.join(", "), bounds })}`;
    },
  };

  Object.assign(editor, { quotas });
})();
