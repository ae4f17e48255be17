"""The functions of the editor's script on documents: steps, undo, conditions, codes, and merging what two people did."""

from __future__ import annotations

import pytest

from tests.processes import ROOT

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def script(chrome):
    """A page with the script's functions; calls one function with plain data."""
    context = chrome.new_context()
    page = context.new_page()
    for name in ("state", "merge"):
        page.add_script_tag(path=ROOT / "static" / "js" / "editor" / f"{name}.js")

    def run(code, *data):
        return page.evaluate(
            f"([{', '.join('abcdef'[: len(data)])}]) => {{ const e = window.editor; {code} }}", [*data]
        )

    yield run
    context.close()


def doc(*sections):
    return {"title": {"zh": "x"}, "sections": [
        {"per": "survey", "items": [{"code": code, "type": "text", "text": {"zh": code}} for code in codes]}
        for codes in sections
    ]}  # fmt: skip


ORDER = "const order = (d) => d.sections.map((s) => s.items.map((i) => i.code));"
MERGE = (
    "const base = e.fromDefinition(a); const mine = act(base); const theirs = e.fromDefinition(b, base);"
    "const { doc, conflicts } = e.merge(base, mine, theirs);"
    "const texts = Object.fromEntries(e.items(doc).map((i) => [i.code, i.text.zh]));"
    "return { order: doc.sections.map((s) => s.items.map((i) => i.code)), texts, conflicts: conflicts.map((c) => [c.kind, c.id]) };"
)
SET = "const set = (d, code, zh) => e.editItem(d, `i-${code}`, { text: { zh } });"


def test_what_is_read_and_written_again_is_the_same(script):
    data = {
        "key": "k", "title": "中文", "quotas": [{"item": "a"}], "scales": {"s": {"levels": []}},
        "sections": [{"per": "unit", "title": {"zh": "t"}, "items": [{"code": "a", "type": "note", "text": "甲", "required": True}]}],
    }  # fmt: skip
    written = script("return e.toDefinition(e.fromDefinition(a));", data)
    data["title"], data["sections"][0]["items"][0]["text"] = {"zh": "中文"}, {"zh": "甲"}
    assert written == data


def test_empty_texts_are_not_written(script):
    data = {"title": {"zh": "", "en": " "}, "introduction": {"zh": ""}, "sections": [
        {"per": "survey", "title": {"zh": ""}, "items": [{"code": "a", "type": "text", "text": {"zh": "", "en": "x"},
                                                         "criterion": {"zh": ""}}]}]}  # fmt: skip
    written = script("return e.toDefinition(e.fromDefinition(a));", data)
    item = {"code": "a", "type": "text", "text": {"en": "x"}}
    assert written == {"title": {}, "sections": [{"per": "survey", "items": [item]}]}


@pytest.mark.parametrize(
    ("code", "step", "order"),
    [
        ("a", 1, [["b", "a"], ["c"]]),
        ("b", 1, [["a"], ["b", "c"]]),
        ("c", -1, [["a", "b", "c"], []]),
        ("a", -1, [["a", "b"], ["c"]]),
        ("c", 1, [["a", "b"], ["c"]]),
    ],
)
def test_a_step_goes_over_the_border_of_a_section(script, code, step, order):
    assert (
        script(f"{ORDER} return order(e.stepItem(e.fromDefinition(a), `i-${{b}}`, c));", doc("ab", "c"), code, step)
        == order
    )


def test_a_change_shares_what_it_does_not_touch(script):
    assert script(
        "const d = e.fromDefinition(a); const n = e.editItem(d, 'i-a', { required: true });"
        "return [n.sections[1] === d.sections[1], n.sections[0].items[1] === d.sections[0].items[1], d.sections[0].items[0].required];",
        doc("ab", "c"),
    ) == [True, True, None]  # fmt: skip


@pytest.mark.parametrize(
    ("taken", "words", "code"),
    [
        ([], "Your grade?", "your-grade"),
        ([], "年级", "q1"),
        (["Q1"], "", "q2"),
        (["grade"], "Grade", "q1"),
        ([], "Group", "q1"),
    ],
)
def test_codes_are_made_of_words_or_numbered(script, taken, words, code):
    assert script("return e.newCode(new Set(a), 'q', b);", taken, words) == code


def test_typing_without_a_pause_is_one_step_of_undo(script):
    assert script(
        "const h = new e.History(0); h.change(1, 'f', 1000); h.change(2, 'f', 1500); h.change(3, 'f', 9000); h.change(4, 'g', 9100);"
        "const seen = []; while (h.undo()) seen.push(h.doc); while (h.redo()) seen.push(h.doc); return seen;"
    ) == [3, 2, 0, 2, 3, 4]


@pytest.mark.parametrize(
    ("order", "when", "dead"),
    [
        ("ab", {"item": "a", "in": ["yes"]}, ""),
        ("ba", {"item": "a", "in": ["yes"]}, "behind"),
        ("ab", {"item": "x", "in": ["yes"]}, "gone"),
        ("ab", {"item": "a", "in": ["maybe"]}, "answersGone"),
        ("ab", {"item": "*", "in": ["yes"]}, ""),
        ("ba", {"item": "*", "in": ["yes"]}, "gone"),
    ],
)
def test_conditions_that_can_never_hold_are_found(script, order, when, dead):
    items = {
        "a": {"code": "a", "type": "choice", "text": {"zh": "a"}, "options": [{"code": "yes", "text": {"zh": "是"}}]},
        "b": {"code": "b", "type": "text", "text": {"zh": "b"}, "when": when},
    }
    data = {"title": {}, "sections": [{"per": "survey", "items": [items[code] for code in order]}]}
    assert script("const d = e.fromDefinition(a); return e.deadCondition(d, e.item(d, 'i-b'), {});", data) == dead


def test_what_two_people_did_to_different_items_is_merged(script):
    theirs = doc("abc")
    theirs["sections"][0]["items"][1]["text"] = {"zh": "theirs"}
    found = script(f"{SET} const act = (d) => e.removeItem(set(d, 'a', 'mine'), 'i-c'); {MERGE}", doc("abc"), theirs)
    assert found == {"order": [["a", "b"]], "texts": {"a": "mine", "b": "theirs"}, "conflicts": []}


def test_items_that_both_added_and_moved_are_all_there(script):
    act = (
        "const act = (d) => e.insert(e.moveItem(d, 'i-a', d.sections[0].id, 2), d.sections[0].id, 0,"
        " { id: 'new', code: 'q1', type: 'text', text: { zh: 'mine' } });"
    )
    theirs = doc(["b", "q1", "a", "c"])  # they moved b to the front and added an item of the same code
    found = script(f"{act} {MERGE}", doc("abc"), theirs)
    assert sorted(found["order"][0]) == ["a", "b", "c", "q1", "q2"]
    assert (found["texts"]["q2"], found["conflicts"]) == ("mine", [])
    assert found["order"][0].index("c") < found["order"][0].index("a")


@pytest.mark.parametrize("act", ["set(d, 'a', 'mine')", "e.removeItem(d, 'i-a')"])
def test_one_item_that_both_changed_is_a_conflict_and_each_side_can_be_taken(script, act):
    theirs = doc("ab")
    theirs["sections"][0]["items"][0]["text"] = {"zh": "theirs"}
    found = script(f"{SET} const act = (d) => {act}; {MERGE}", doc("ab"), theirs)
    assert (found["texts"]["a"], found["conflicts"]) == ("theirs", [["item", "i-a"]])
    both = (
        f"{SET} const base = e.fromDefinition(a); const act = (d) => {act};"
        "const m = e.merge(base, act(base), e.fromDefinition(b, base));"
        "const said = (d) => (e.item(d, 'i-a') || { text: { zh: 'none' } }).text.zh;"
        "return [said(e.takeMine(m.doc, m.conflicts[0])), said(e.takeTheirs(m.doc, m.conflicts[0]))];"
    )
    assert script(both, doc("ab"), theirs) == ["mine" if "set" in act else "none", "theirs"]


def test_what_they_removed_and_i_changed_is_there_until_somebody_decides(script):
    found = script(f"{SET} const act = (d) => set(d, 'a', 'mine'); {MERGE}", doc("ab"), doc("b"))
    assert (found["texts"], found["conflicts"]) == ({"a": "mine", "b": "b"}, [["item", "i-a"]])


def test_a_section_that_they_moved_keeps_what_i_wrote_in_it(script):
    found = script(f"{SET} const act = (d) => set(d, 'c', 'mine'); {MERGE}", doc("ab", "c"), doc("c", "ab"))
    assert found == {"order": [["c"], ["a", "b"]], "texts": {"a": "a", "b": "b", "c": "mine"}, "conflicts": []}


def test_the_same_change_by_both_is_no_conflict(script):
    theirs = doc("ab")
    theirs["sections"][0]["items"][0]["text"] = {"zh": "same"}
    found = script(f"{SET} const act = (d) => set(d, 'a', 'same'); {MERGE}", doc("ab"), theirs)
    assert found["conflicts"] == []


def test_undo_after_a_merge_does_not_take_back_what_others_did(script):
    theirs = doc("ab")
    theirs["sections"][0]["items"][1]["text"] = {"zh": "theirs"}
    assert script(
        f"{SET} const base = e.fromDefinition(a); const h = new e.History(base); h.change(set(base, 'a', 'mine'));"
        "const t = e.fromDefinition(b, base); const take = (d) => e.merge(base, d, t).doc; h.rebase(take(h.doc), take); h.undo();"
        "return e.items(h.doc).map((i) => i.text.zh);",
        doc("ab"), theirs,
    ) == ["a", "theirs"]  # fmt: skip


def test_merging_two_hundred_items_takes_no_time(script):
    items = [f"c{n}" for n in range(200)]
    taken = script(
        f"{SET} const base = e.fromDefinition(a); const began = performance.now();"
        "e.merge(base, set(base, 'c5', 'x'), e.fromDefinition(b, base)); return performance.now() - began;",
        doc(items), doc(items[::-1]),
    )  # fmt: skip
    assert taken < 100
