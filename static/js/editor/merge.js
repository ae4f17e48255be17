// Merging what two people did to a questionnaire: both start from `base`; what only one of them touched is taken, and where both
// changed the same thing differently, it is a conflict that somebody decides. Pure functions on documents, see state.js.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const { items, text } = editor;
  const same = (a, b) => a === b || text(a) === text(b);

  const flat = (doc) => new Map(items(doc).map((one) => [one.id, one]));
  const heads = (doc) => new Map(doc.sections.map(({ items: _items, ...head }) => [head.id, head]));

  // One thing in three states (undefined: not there): what it becomes, and whether both changed it.
  function decide(base, mine, theirs) {
    if (same(mine, theirs) || same(base, mine)) return { value: theirs };
    if (same(base, theirs)) return { value: mine };
    return { value: theirs, conflict: true };
  }

  function table(kind, base, mine, theirs, conflicts) {
    const result = new Map();
    for (const id of new Set([...theirs.keys(), ...mine.keys(), ...base.keys()])) {
      const decided = decide(base.get(id), mine.get(id), theirs.get(id));
      if (decided.conflict) conflicts.push({ kind, id, base: base.get(id), mine: mine.get(id), theirs: theirs.get(id) });
      // Until it is decided, what one removed and the other changed is there.
      const value = decided.conflict ? decided.value || mine.get(id) : decided.value;
      if (value !== undefined) result.set(id, value);
    }
    return result;
  }

  // The longest common subsequence of two orders: what was not moved.
  function unmoved(from, to) {
    const place = new Map(from.map((id, at) => [id, at]));
    const known = to.filter((id) => place.has(id));
    const best = [];
    const before = new Map();
    for (const id of known) {
      let low = 0;
      let high = best.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (place.get(best[middle]) < place.get(id)) low = middle + 1;
        else high = middle;
      }
      if (low) before.set(id, best[low - 1]);
      best[low] = id;
    }
    const found = new Set();
    for (let id = best.at(-1); id !== undefined; id = before.get(id)) found.add(id);
    return found;
  }

  // Items in their sections as one order: a section is followed by its items.
  const order = (doc) => doc.sections.flatMap((section) => [section.id, ...section.items.map((one) => one.id)]);

  // Theirs, with what I moved or added put behind what stands before it in mine.
  function mergedOrder(base, mine, theirs) {
    const [from, to, result] = [order(base), order(mine), order(theirs)];
    const stayed = unmoved(from, to);
    to.forEach((id, at) => {
      const there = result.indexOf(id);
      const isMine = !stayed.has(id);
      if (there >= 0 && !isMine) return;
      if (there >= 0) result.splice(there, 1);
      const anchor = to.slice(0, at).reverse().find((other) => result.includes(other));
      result.splice(anchor === undefined ? 0 : result.indexOf(anchor) + 1, 0, id);
    });
    return result;
  }

  // What both together make: {doc, conflicts}. A conflict has kind, id, base, mine, theirs; in `doc` it is as theirs.
  function merge(base, mine, theirs) {
    const conflicts = [];
    const all = table("item", flat(base), flat(mine), flat(theirs), conflicts);
    const sections = table("section", heads(base), heads(mine), heads(theirs), conflicts);
    const named = (doc) => new Map(Object.entries(doc.scales));
    const scales = table("scale", named(base), named(mine), named(theirs), conflicts);
    const tops = ({ sections: _sections, scales: _scales, key: _key, ...rest }) => new Map(Object.entries(rest));
    const top = table("top", tops(base), tops(mine), tops(theirs), conflicts);
    const result = [];
    const early = [];
    for (const id of mergedOrder(base, mine, theirs)) {
      if (sections.has(id)) result.push({ ...sections.get(id), items: [] });
      else if (all.has(id)) (result.length ? result.at(-1).items : early).push(all.get(id));
    }
    // Items whose section was removed while they were changed.
    if (early.length && !result.length) result.push({ ...editor.newSection("survey") });
    if (early.length) result[0].items.unshift(...early);
    const doc = { ...theirs, ...Object.fromEntries(top), scales: Object.fromEntries(scales), sections: result };
    return { doc: uniqueCodes(doc, flat(theirs)), conflicts };
  }

  // Two who add items at once may have given them one code: mine gets another.
  function uniqueCodes(doc, theirs) {
    const taken = new Set([...theirs.values()].map((one) => one.code));
    const fresh = (one) => {
      if (theirs.has(one.id)) return one;
      const code = taken.has(one.code) ? editor.newCode(new Set([...taken, ...editor.codes(doc)]), "q") : one.code;
      taken.add(code);
      return code === one.code ? one : { ...one, code };
    };
    return { ...doc, sections: doc.sections.map((section) => ({ ...section, items: section.items.map(fresh) })) };
  }

  // The document with my side of a conflict.
  function takeMine(doc, conflict) {
    const { kind, id, mine } = conflict;
    if (kind === "item") {
      if (mine === undefined) return editor.removeItem(doc, id);
      return editor.editItem(doc, id, { ...absent(editor.item(doc, id), mine), ...mine });
    }
    if (kind === "section") return mine === undefined ? editor.removeSection(doc, id) : editor.editSection(doc, id, mine);
    if (kind === "scale") {
      const scales = { ...doc.scales, [id]: mine };
      if (mine === undefined) delete scales[id];
      return { ...doc, scales };
    }
    return { ...doc, [id]: mine };
  }
  // And with theirs, which is there unless they removed it.
  const takeTheirs = (doc, conflict) => (conflict.theirs === undefined ? takeMine(doc, { ...conflict, mine: undefined }) : doc);
  const absent = (now, then) => Object.fromEntries(Object.keys(now || {}).filter((name) => !(name in then)).map((name) => [name, undefined]));

  Object.assign(editor, { merge, same, takeMine, takeTheirs });
})();
