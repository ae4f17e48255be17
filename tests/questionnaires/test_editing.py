"""Editing a stored questionnaire: half-finished states, conflicts, versions, the audit trail."""

import json

import pytest

from surveys.campaigns.drafts import rename_questionnaire
from surveys.inputs.problems import InputError
from surveys.questionnaires import editing, versions
from surveys.questionnaires.editing import EditConflictError, begin_questionnaire, bring_back, note_presence, save_edit
from surveys.questionnaires.library import (
    all_questionnaires,
    archive_questionnaire,
    find_questionnaire,
    free_key,
    list_questionnaires,
    load_definition,
)
from surveys.questionnaires.unfinished import MAX_BYTES, ReadablePart, check_shape, problems_of
from surveys.questionnaires.versions import difference, versions_of
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.unit_of_work import Actor
from tests.acting import create_draft
from tests.helpers import ZONE, survey_file

WANG, LI = Actor("Wang"), Actor("Li")


def definition(*texts, **more):
    items = [{"code": f"q{n}", "type": "text", "text": {"zh": text}} for n, text in enumerate(texts, 1)]
    return {"title": {"zh": "食堂"}, "sections": [{"per": "survey", "items": items}], **more}


@pytest.fixture
def clock(monkeypatch):
    """The time as the stored questionnaires see it."""
    times = [1_800_000_000]
    for module in (editing, versions):
        monkeypatch.setattr(module.time, "time", lambda: times[0])
    return times


def entries():
    kept = AuditEntry.select().where(AuditEntry.action == Action.SAVE_QUESTIONNAIRE).order_by(AuditEntry.id)
    return [(entry.account, entry.about) for entry in kept]


@pytest.mark.parametrize(
    ("data", "wrong"),
    [
        ({"title": {}, "sections": []}, "sections"),
        (definition(""), "sections[1].items[1].text"),
        ({"title": {"zh": "x"}, "sections": [{"per": "unit", "items": []}]}, "sections[1]"),
        (definition("x", title=None), "title"),
    ],
)
def test_what_is_not_complete_is_stored_and_what_is_missing_is_named(any_app, data, wrong):
    stored = begin_questionnaire(WANG, data)
    assert wrong in [problem.where for problem in problems_of(json.loads(stored.definition))]
    assert stored.key not in [one.key for one in all_questionnaires()]
    listed = {one.stored.key: one for one in list_questionnaires()}[stored.key]
    assert listed.problems >= 1
    assert (listed.stored.changed_by, listed.stored.revision) == ("Wang", 1)


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"titel": "x"},
        definition("x", title=[1]),
        {"sections": [{"items": [{"type": "picture"}]}]},
        {"sections": [{"items": [{"type": "text", "colour": "red"}]}]},
        {"sections": [{"items": [{"type": "choice", "options": [{"picture": 1}]}]}]},
        {"sections": [{"rows": []}]},
        definition(*["x"] * 201),
        definition("x" * MAX_BYTES),
        definition("x", quotas=[float("nan")]),
        definition("half \ud800"),
        {"sections": [{"items": []}] * 101},
    ],
)
def test_what_has_not_even_the_shape_of_a_questionnaire_is_refused(any_app, data):
    with pytest.raises(InputError):
        begin_questionnaire(WANG, data)
    stored = begin_questionnaire(WANG, definition("x"))
    with pytest.raises(InputError):
        save_edit(WANG, stored.key, stored.revision, data)
    assert find_questionnaire(stored.key).revision == 1


def test_depth_is_bounded():
    deep = []
    for _ in range(50):
        deep = [deep]
    with pytest.raises(InputError, match="nested too deeply"):
        check_shape(definition("x", quotas=deep))


def test_a_save_of_an_older_revision_is_a_conflict_that_brings_the_stored_state(any_app):
    stored = begin_questionnaire(WANG, definition("a"))
    assert save_edit(LI, stored.key, 1, definition("b")).revision == 2
    with pytest.raises(EditConflictError) as refused:
        save_edit(WANG, stored.key, 1, definition("c"))
    assert refused.value.stored.revision == 2
    assert json.loads(refused.value.stored.definition)["sections"][0]["items"][0]["text"] == {"zh": "b"}
    assert load_definition(stored.key)["sections"][0]["items"][0]["text"] == {"zh": "b"}


def test_the_same_save_sent_again_is_no_conflict(any_app):
    stored = begin_questionnaire(WANG, definition("a"))
    first = save_edit(WANG, stored.key, 1, definition("b"))
    assert save_edit(WANG, stored.key, 1, definition("b")).revision == first.revision == 2


def test_typing_leaves_one_version_and_one_audit_entry_for_each_stretch(any_app, clock):
    stored = begin_questionnaire(WANG, definition("a"))
    for number in range(20):
        clock[0] += 5
        stored = save_edit(WANG, stored.key, stored.revision, definition(f"a{number}"))
    assert entries() == [("Wang", stored.key)]
    clock[0] += 600
    stored = save_edit(WANG, stored.key, stored.revision, definition("later"))
    stored = save_edit(LI, stored.key, stored.revision, definition("later", "b"))
    stored = save_edit(LI, stored.key, stored.revision, definition("later", "bb"))
    assert [account for account, _about in entries()] == ["Wang", "Wang", "Li"]
    kept = [(version.saved_by, json.loads(version.definition)["sections"][0]["items"][-1]["text"]["zh"])
            for version, _changed in versions_of(stored)]  # fmt: skip
    assert kept == [("Li", "bb"), ("Wang", "later"), ("Wang", "a19")]


def test_what_was_shipped_can_be_brought_back(any_app):
    shipped = load_definition("suggestions")
    stored = find_questionnaire("suggestions")
    stored = save_edit(WANG, "suggestions", stored.revision, definition("mine"))
    oldest = versions_of(stored)[-1][0]
    assert bring_back(LI, "suggestions", oldest.id).revision == stored.revision + 1
    assert load_definition("suggestions") == shipped
    assert entries() == [("Wang", "suggestions"), ("Li", "suggestions")]
    with pytest.raises(InputError, match="no version"):
        bring_back(LI, "five-goods", oldest.id)


def test_versions_are_bounded(any_app, monkeypatch, clock):
    monkeypatch.setattr(versions, "MOST_VERSIONS", 3)
    stored = begin_questionnaire(WANG, definition("a"))
    for number in range(6):
        stored = save_edit((LI, WANG)[number % 2], stored.key, stored.revision, definition(f"a{number}"))
    assert len(versions_of(stored)) == 3


def test_a_difference_names_what_was_added_removed_and_changed():
    found = difference(definition("a", "b"), definition("a", "x", "c", title={"zh": "y"}))
    assert (found.added, found.removed, found.changed) == (({"zh": "c"},), (), ({"zh": "x"},))
    assert (found.order, found.rest) == (False, True)


def test_those_who_have_it_open_see_each_other_for_half_a_minute(any_app, clock):
    stored = begin_questionnaire(WANG, definition("a"))
    assert note_presence(stored, "Wang") == []
    assert note_presence(stored, "Li") == ["Wang"]
    clock[0] += 20
    assert note_presence(stored, "Wang") == ["Li"]
    clock[0] += 20
    assert note_presence(stored, "Wang") == []


def test_archived_ones_are_listed_last_and_not_offered(any_app):
    archive_questionnaire(WANG, "five-goods", True)
    assert "five-goods" not in [one.key for one in all_questionnaires()]
    assert list_questionnaires()[-1].stored.key == "five-goods"
    archive_questionnaire(WANG, "five-goods", False)
    assert "five-goods" in [one.key for one in all_questionnaires()]


def test_another_key_is_free_and_a_code(any_app):
    stored = begin_questionnaire(WANG, definition("a"))
    assert rename_questionnaire(WANG, stored.key, "canteen").key == "canteen"
    assert load_definition("canteen")["key"] == "canteen"
    for wrong in ("five-goods", "a b", "", "new"):
        with pytest.raises(InputError):
            rename_questionnaire(WANG, "canteen", wrong)
    create_draft(survey_file(questionnaire="canteen"), ZONE)
    with pytest.raises(InputError, match="Drafts use the questionnaire canteen: test"):
        rename_questionnaire(WANG, "canteen", "other")


def test_a_key_is_made_of_ascii_words_or_numbered(any_app):
    assert free_key("食堂") == "q-1"
    assert free_key("Canteen survey!") == "canteen-survey"
    assert free_key("Five goods") == "five-goods-2"
    assert free_key("new") == "new-2"
    begin_questionnaire(WANG, definition("a"))
    assert free_key("食堂") == "q-2"


def test_what_is_complete_can_be_shown_while_the_rest_is_written():
    data = {
        "key": "x", "title": {}, "scales": {"own": {"levels": []}}, "quotas": [{"item": "gone"}],
        "sections": [
            {"per": "unit", "items": []},
            {"per": "unit", "title": {"zh": "x" * 200}, "items": [
                {"code": "a", "type": "rating", "text": {"zh": "甲"}, "scale": "likert5"},
                {"code": "b", "type": "rating", "text": {"zh": "乙"}, "scale": "quality4"},
                {"code": "c", "type": "rating", "text": {"zh": "丙"}, "scale": "own"},
                {"code": "d", "type": "text", "text": {"zh": ""}},
                {"code": "e", "type": "note", "text": {"zh": "戊"}, "when": {"item": "b", "in": ["good"]}},
            ]},
        ],
    }  # fmt: skip
    part = ReadablePart(data)
    assert [item.code for item in part.questionnaire.items] == ["a", "b", "e"]
    assert part.places == [(1, 0), (1, 1), (1, 4)]
    assert part.left_out == [(1, 2), (1, 3)]
    assert ReadablePart({"sections": [{"items": [{"type": "text"}]}]}).questionnaire is None
    assert ReadablePart({}).questionnaire is None
