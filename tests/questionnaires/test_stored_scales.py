"""The college's own scales: stored once, copied into questionnaires, and changed there only where somebody says so."""

import json

import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.uses import drafts_with_own_scale, uses_by_questionnaire
from surveys.inputs.problems import InputError
from surveys.questionnaires.editing import EditConflictError, begin_questionnaire, save_edit
from surveys.questionnaires.library import find_questionnaire, load_definition
from surveys.questionnaires.models import Edition
from surveys.questionnaires.scales import COLOURS, PRESETS, read_scale, scale_data
from surveys.questionnaires.stored_scales import (
    ScaleConflictError,
    archive_scale,
    begin_scale,
    find_scale,
    named_of,
    preset_scales,
    save_scale,
    stored_scales,
    uses_of,
)
from surveys.questionnaires.versions import versions_of
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.unit_of_work import Actor
from tests.acting import create_draft, move_survey
from tests.helpers import ZONE, survey_file

WANG, LI = Actor("Wang"), Actor("Li")


def levels(*points, words="好中差劣坏", **more):
    return {
        "levels": [{"code": f"l{n}", "text": {"zh": words[n]}, "points": worth} for n, worth in enumerate(points)],
        **more,
    }


def named(name="服务质量", *points, **more):
    return {"name": {"zh": name}, **levels(*(points or (100, 50, 0)), **more)}


def copied(key, **more):
    """A questionnaire that rates on a copy of a stored scale."""
    data = dict(named_of(find_scale(key)).data)
    item = {"code": "q1", "type": "rating", "text": {"zh": "服务"}, "scale": key}
    return {"title": {"zh": "食堂"}, "sections": [{"per": "unit", "items": [item]}], "scales": {key: {**data, **more}}}


def actions():
    return [(entry.account, entry.action, entry.about) for entry in AuditEntry.select().order_by(AuditEntry.id)]


@pytest.mark.parametrize(
    ("points", "colours"),
    [
        ((100, 0), ["deep-green", "deep-red"]),
        ((100, 80, 60, 0), ["deep-green", "lime", "orange", "deep-red"]),
        ((0, 25, 50, 75, 100), ["deep-red", "orange", "yellow", "green", "deep-green"]),
        ((100, 100, 100), ["deep-green", "yellow", "deep-red"]),
    ],
)
def test_levels_without_a_colour_get_that_of_their_place_in_the_order_of_points(points, colours):
    assert [level.colour for level in read_scale("x", levels(*points), "").levels] == colours


def test_a_colour_that_is_none_is_refused_and_a_given_one_is_kept():
    data = levels(100, 0)
    data["levels"][0]["colour"] = "yellow"
    assert [level.colour for level in read_scale("x", data, "").levels] == ["yellow", "deep-red"]
    for wrong in ("#fff", 3, ["red"]):
        data["levels"][0]["colour"] = wrong
        with pytest.raises(InputError, match=COLOURS[0]):
            read_scale("x", data, "")


@pytest.mark.parametrize("data", [*PRESETS.values(), {"direct": {"low": 0, "high": 10}, "dont_know_at": 0}])
def test_a_scale_written_as_plain_data_is_read_as_the_same_scale(data):
    scale = read_scale("x", data, "")
    assert read_scale("x", scale_data(scale), "") == scale


def test_a_scale_is_stored_under_a_key_that_no_scale_and_no_questionnaire_uses(any_app):
    begin_questionnaire(WANG, {**copied_own("college-1"), "title": {"zh": "有自己的量表"}})
    assert begin_scale(WANG, named()).key == "college-2"
    assert (
        begin_scale(WANG, {**named("服务"), "name": {"zh": "服务", "en": "Service quality"}}).key == "service-quality"
    )
    assert begin_scale(LI, named("满意"), key="likert5x").key == "likert5x"
    for key in ("likert5", "college-2", "a b"):
        with pytest.raises(InputError):
            begin_scale(WANG, named("别的"), key=key)
    assert [entry[1:] for entry in actions()][-1] == (Action.SAVE_SCALE, "likert5x")
    assert [one.key for one in stored_scales()] == ["service-quality", "college-2", "likert5x"]


def copied_own(key):
    item = {"code": "q1", "type": "rating", "text": {"zh": "服务"}, "scale": key}
    return {"sections": [{"per": "unit", "items": [item]}], "scales": {key: levels(100, 0)}}


def test_all_faults_of_a_scale_are_named_at_once(any_app):
    wrong = {
        "name": {"zh": ""},
        "levels": [{"code": "a", "text": {"zh": "好"}, "points": 101}, {"code": "b", "points": 0}],
    }
    with pytest.raises(InputError) as refused:
        begin_scale(WANG, wrong)
    assert [problem.where for problem in refused.value.problems] == [
        "name", "scale.levels[1].points", "scale.levels[2]",
    ]  # fmt: skip
    begin_scale(WANG, named("服务质量"))
    with pytest.raises(InputError, match="服务 质量 already"):
        begin_scale(WANG, named("服务 质量"))


def test_scales_are_found_by_name_and_answers_in_any_case_and_width(any_app):
    begin_scale(WANG, {**named("服务"), "name": {"zh": "服务", "en": "Service"}})
    assert [one.name["zh"] for one in stored_scales("ｓＥＲＶ")] == ["服务"]
    assert [one.name["zh"] for one in stored_scales("差")] == ["服务"]
    assert stored_scales("agreement") == []
    assert [one.key for one in preset_scales()] == list(PRESETS)


def test_a_change_goes_into_the_questionnaires_that_were_ticked_and_into_no_other(any_app):
    key = begin_scale(WANG, named()).key
    first, second = (begin_questionnaire(WANG, copied(key)).key for _ in range(2))
    uses = {use.stored.key: use for use in uses_of(find_scale(key))}
    assert {name: use.altered for name, use in uses.items()} == {first: False, second: False}
    before = load_definition(second)
    done = save_scale(LI, key, 1, named("服务质量", 100, 60, 0), {first: uses[first].digest})
    assert (done.stored.revision, done.taken, done.unfinished) == (2, (first,), ())
    assert [level["points"] for level in load_definition(first)["scales"][key]["levels"]] == [100, 60, 0]
    assert load_definition(second) == before
    stored = find_questionnaire(first)
    assert (stored.revision, stored.changed_by) == (2, "Li")
    assert [version.saved_by for version, _changed in versions_of(stored)] == ["Li", "Wang"]
    assert actions()[-2:] == [("Li", Action.SAVE_QUESTIONNAIRE, first), ("Li", Action.SAVE_SCALE, key)]
    assert {use.stored.key: use.altered for use in uses_of(find_scale(key))} == {first: False, second: True}


def test_an_open_editor_merges_it_as_the_change_of_another_person(any_app):
    key = begin_scale(WANG, named()).key
    stored = begin_questionnaire(WANG, copied(key))
    save_scale(LI, key, 1, named("服务质量", 100, 60, 0), {stored.key: None})
    with pytest.raises(EditConflictError) as refused:
        save_edit(WANG, stored.key, stored.revision, {**copied(key), "title": {"zh": "新"}})
    assert refused.value.stored.changed_by == "Li"


def test_a_copy_that_was_altered_by_hand_is_shown_as_such(any_app):
    key = begin_scale(WANG, named()).key
    same = begin_questionnaire(WANG, copied(key)).key
    spelled = copied(key)
    spelled["scales"][key] = levels(100, 50.0, 0)  # without what is said anyway
    spelled = begin_questionnaire(WANG, spelled).key
    altered = begin_questionnaire(WANG, copied(key, dont_know={"zh": "不清楚"})).key
    assert {use.stored.key: use.altered for use in uses_of(find_scale(key))} == {
        same: False, spelled: False, altered: True,
    }  # fmt: skip


def test_a_copy_that_was_changed_while_the_page_was_open_is_not_overwritten(any_app):
    key = begin_scale(WANG, named()).key
    stored = begin_questionnaire(WANG, copied(key))
    digest = uses_of(find_scale(key))[0].digest
    save_edit(LI, stored.key, 1, copied(key, dont_know={"zh": "不清楚"}))
    with pytest.raises(InputError, match="changed meanwhile"):
        save_scale(WANG, key, 1, named("服务质量", 100, 60, 0), {stored.key: digest})
    with pytest.raises(InputError, match="does not use"):
        save_scale(WANG, key, 1, named("服务质量", 100, 60, 0), {"suggestions": None})
    assert find_scale(key).revision == 1
    assert load_definition(stored.key)["scales"][key]["dont_know"] == {"zh": "不清楚"}


def test_a_stale_save_is_refused_with_the_stored_state(any_app):
    key = begin_scale(WANG, named()).key
    save_scale(LI, key, 1, named("服务质量", 100, 60, 0))
    with pytest.raises(ScaleConflictError) as refused:
        save_scale(WANG, key, 1, named("服务质量", 100, 70, 0))
    assert [level["points"] for level in named_of(refused.value.stored).data["levels"]] == [100, 60, 0]
    assert save_scale(LI, key, 1, named("服务质量", 100, 60, 0)).stored.revision == 2  # sent again


def test_it_is_said_what_a_change_leaves_to_finish(any_app):
    key = begin_scale(WANG, named()).key
    data = copied(key)
    data["sections"][0]["items"].append(
        {"code": "why", "type": "text", "text": {"zh": "为什么"}, "when": {"item": "q1", "in": ["l2"]}}
    )
    stored = begin_questionnaire(WANG, data)
    assert save_scale(WANG, key, 1, named("服务质量", 100, 50), {stored.key: None}).unfinished == (stored.key,)


def test_published_editions_stay_as_they_are(any_app):
    key = begin_scale(WANG, named()).key
    stored = begin_questionnaire(WANG, copied(key))
    create_draft(survey_file(questionnaire=stored.key), ZONE)
    assert [use.slug for use in uses_by_questionnaire()[stored.key]] == ["test"]
    move_survey("test", Move.PUBLISH)
    plan, frozen = Survey.get().plan, Edition.get().definition
    save_scale(LI, key, 1, named("服务质量", 100, 60, 0), {stored.key: None})
    assert (Survey.get().plan, Edition.get().definition) == (plan, frozen)
    assert [(use.slug, use.draft) for use in uses_by_questionnaire()[stored.key]] == [("test", False)]


def test_a_draft_that_brings_its_own_questionnaire_is_named(any_app):
    key = begin_scale(WANG, named()).key
    create_draft(survey_file(questionnaire={**copied(key), "key": "own"}), ZONE)
    assert [(use.slug, use.own) for use in drafts_with_own_scale(key)] == [("test", True)]
    assert drafts_with_own_scale("other") == []


def test_an_archived_scale_is_offered_no_longer_and_copies_stay(any_app):
    key = begin_scale(WANG, named()).key
    stored = begin_questionnaire(WANG, copied(key))
    archive_scale(LI, key, True)
    assert [one.key for one in stored_scales()] == []
    assert [one.key for one in stored_scales(archived=True)] == [key]
    assert json.loads(find_questionnaire(stored.key).definition)["scales"][key]
    archive_scale(LI, key, False)
    assert [one.key for one in stored_scales()] == [key]
    assert [entry[1] for entry in actions()[-2:]] == [Action.ARCHIVE_SCALE, Action.UNARCHIVE_SCALE]
