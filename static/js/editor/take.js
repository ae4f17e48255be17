// Scales that mean the same, and taking questions from another questionnaire. Pure functions on documents, see state.js.
"use strict";
(function () {
  const editor = (window.editor = window.editor || {});
  const { asText, given, items, text } = editor;
  const COLOURS = ["deep-red", "red", "orange", "yellow", "lime", "green", "deep-green"];

  // The colours of levels with these points, as questionnaires/scales.py: usual_colours has them.
  function usualColours(points) {
    const last = points.length - 1;
    const order = points.map((_, n) => n).sort((a, b) => points[b] - points[a] || a - b);
    const usual = [];
    order.forEach((n, place) => { usual[n] = COLOURS[last > 0 ? Math.floor((12 * (last - place) + last) / (2 * last)) : 6]; });
    return usual;
  }
  // A scale with everything said that may be left out.
  function plainScale(scale) {
    const words = given(asText(scale.dont_know));
    const plain = Object.keys(words).length ? { dont_know: words } : {};
    if (scale.direct) {
      for (const name of ["direct", "dont_know_at", "satisfied_from"]) if (scale[name] !== undefined) plain[name] = scale[name];
      return plain;
    }
    const levels = scale.levels || [];
    const usual = usualColours(levels.map((level) => Number(level.points)));
    plain.levels = levels.map((level, n) => ({
      code: level.code, text: given(asText(level.text)), points: Number(level.points), satisfied: Boolean(level.satisfied),
      colour: level.colour || usual[n],
    }));
    return plain;
  }
  const sameScale = (one, other) => text(plainScale(one)) === text(plainScale(other));

  // Under which key a scale of another questionnaire stands here; `scales` gets those that were not there.
  function scaleKey(named, meant, scales, presets) {
    const known = (key) => scales[key] || presets[key];
    if (known(named) && sameScale(known(named), meant)) return named;
    const names = [...Object.keys(presets), ...Object.keys(scales)];
    const twin = names.find((key) => sameScale(known(key), meant));
    if (twin) return twin;
    const key = known(named) ? editor.newCode(names, "scale-") : named;
    scales[key] = meant;
    return key;
  }

  // The condition of an item that is taken, with the new codes; undefined where what it names does not come along.
  function conditionOf(one, section, wanted, names, presets, source) {
    const earlier = section.items.slice(0, section.items.indexOf(one)).filter((other) => wanted.has(other.id));
    if (one.when.item !== "*") return earlier.some((other) => other.code === one.when.item) ? { ...one.when, item: names.get(one.when.item) } : undefined;
    const offered = new Set(earlier.flatMap((other) => editor.answers(source, other, presets).map((answer) => answer.code)));
    return (one.when.in || []).some((code) => offered.has(code)) ? one.when : undefined;
  }

  // Put items of another document (those whose ids are in `wanted`) into a section, behind the item `after` or at its end.
  // Returns {doc, added, left}: ids of what was added, and of those whose condition was left out; `full`: there are too many.
  function takeItems(doc, source, wanted, sectionId, after, presets) {
    const target = doc.sections.find((section) => section.id === sectionId);
    const chosen = source.sections.flatMap((section) => section.items.filter((one) => wanted.has(one.id)).map((one) => ({ one, section })));
    if (items(doc).length + chosen.length > editor.MAX_ITEMS) return { doc, added: [], left: [], full: true };
    const taken = new Set([...editor.codes(doc)]);
    const lower = new Set([...taken].map((code) => String(code).toLowerCase()).concat("group"));
    const names = new Map();
    for (const { one } of chosen) {
      const free = one.code && !lower.has(String(one.code).toLowerCase());
      const code = free ? one.code : editor.newCode(new Set([...taken, ...source.sections.flatMap((s) => s.items.map((other) => other.code))]), "q");
      names.set(one.code, code);
      taken.add(code);
      lower.add(String(code).toLowerCase());
    }
    const scales = { ...doc.scales };
    const left = [];
    const fresh = chosen.map(({ one, section }) => {
      const copy = { ...one, id: editor.newId(), code: names.get(one.code) };
      const meant = typeof one.scale === "string" ? source.scales[one.scale] || presets[one.scale] : null;
      if (meant) copy.scale = scaleKey(one.scale, meant, scales, presets);
      if (one.when) {
        const never = one.type === "rating" && target.per === "unit";
        copy.when = never ? undefined : conditionOf(one, section, wanted, names, presets, source);
        if (!copy.when) {
          delete copy.when;
          left.push(copy.id);
        }
      }
      return copy;
    });
    const behind = target.items.findIndex((one) => one.id === after);
    const at = behind < 0 ? target.items.length : behind + 1;
    const sections = doc.sections.map((section) => (section === target
      ? { ...section, items: [...section.items.slice(0, at), ...fresh, ...section.items.slice(at)] } : section));
    return { doc: { ...doc, scales, sections }, added: fresh.map((one) => one.id), left };
  }

  Object.assign(editor, { COLOURS, plainScale, sameScale, takeItems, usualColours });
})();
