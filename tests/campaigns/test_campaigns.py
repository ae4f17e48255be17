"""Campaigns: stages, surveys, and who may be taken out."""

import time
from dataclasses import replace
from datetime import date

import pytest

from surveys.campaigns.campaigns import (
    CampaignFields,
    Stage,
    add_survey,
    campaign_of,
    change_campaign,
    create_campaign,
    delete_campaign,
    find_campaign,
    get_campaign,
    mapping_of,
    remove_survey,
    round_before,
    rounds_of,
    save_mapping,
    stages_of,
)
from surveys.campaigns.draft_changes import begin_next_round, delete_draft
from surveys.campaigns.models import CampaignSurvey, RoundMapping, Survey
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, AuditEntry
from tests.acting import TESTER, create_draft
from tests.helpers import ZONE, published, survey_file

FIELDS = CampaignFields("党建活动", "Drive")


def made(code="drive"):
    return create_campaign(TESTER, code, FIELDS)


def with_days(*days):
    stages = [replace(stage, first=first, last=last) for stage, (first, last) in zip(FIELDS.stages, days, strict=False)]
    return replace(FIELDS, stages=(*stages, *FIELDS.stages[len(stages) :]))


def two_rounds():
    made()
    for number, slug in enumerate(("one", "two")):
        survey = published(slug=slug)
        Survey.update(closes_at=survey.closes_at + number).where(Survey.id == survey.id).execute()
        add_survey(TESTER, "drive", slug, number)


def last_entry():
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    return entry.action, entry.about


def test_a_campaign_has_four_stages_with_names(any_app):
    one = made()
    assert one.text == {"zh": "党建活动", "en": "Drive"}
    assert [stage.name for stage in stages_of(one)] == ["动员部署", "公开承诺", "组织实施", "评议总结"]
    assert last_entry() == (Action.SAVE_CAMPAIGN, "drive")


def test_stages_have_days_and_the_present_one_is_known(app):
    made()
    change_campaign(TESTER, "drive", with_days(("2026-03-01", "2026-03-31"), ("2026-04-01", "")))
    first, second, third, _ = stages_of(get_campaign("DRIVE"))
    assert first.is_on(date(2026, 3, 31))
    assert not first.is_on(date(2026, 4, 1))
    assert second.is_on(date(2027, 1, 1))
    assert not third.is_on(date(2026, 4, 1))


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        (replace(FIELDS, name=" "), "name"),
        (replace(FIELDS, name="党" * 101), "name"),
        (with_days(("2026-03-01", "2026-02-01")), "stage-1-last"),
        (with_days(("2026-03-01", ""), ("2026-02-01", "")), "stage-2-first"),
        (with_days(("1 March", "")), "stage-1-first"),
        (with_days(("", "2026-03-01")), "stage-1-first"),
        (replace(FIELDS, stages=(Stage(""), *FIELDS.stages[1:])), "stage-1-name"),
        (replace(FIELDS, stages=FIELDS.stages[:3]), "stages"),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(app, fields, where):
    with pytest.raises(InputError) as refused:
        create_campaign(TESTER, "drive", fields)
    assert [problem.where for problem in refused.value.problems] == [where]
    assert find_campaign("drive") is None


def test_all_faults_are_named_at_once(app):
    with pytest.raises(InputError) as refused:
        create_campaign(TESTER, "no good", replace(with_days(("x", ""), ("y", "")), name=""))
    assert len(refused.value.problems) == 4


def test_a_code_is_taken_once(app):
    made()
    with pytest.raises(InputError, match="already"):
        create_campaign(TESTER, "DRIVE", FIELDS)


def test_surveys_stand_in_the_order_in_which_they_close(any_app):
    made()
    for slug, later in (("late", 500), ("early", 0)):
        survey = published(slug=slug)
        Survey.update(closes_at=survey.closes_at + later).where(Survey.id == survey.id).execute()
        add_survey(TESTER, "drive", slug, 3)
    assert [one.survey.slug for one in rounds_of(get_campaign("drive"))] == ["early", "late"]
    assert last_entry() == (Action.ADD_TO_CAMPAIGN, "drive: early: 4")


def test_a_survey_moves_to_another_stage_but_is_in_one_campaign_only(any_app):
    one = made()
    made("other")
    survey = published()
    add_survey(TESTER, "drive", "test", 0)
    add_survey(TESTER, "drive", "test", 2)
    assert [entry.stage for entry in rounds_of(one)] == [2]
    with pytest.raises(InputError, match="is in the campaign drive"):
        add_survey(TESTER, "other", "test", 0)
    assert campaign_of(survey.id).code == "drive"
    with pytest.raises(InputError, match="stages 1 to 4"):
        add_survey(TESTER, "drive", "test", 4)


def test_a_campaign_with_surveys_is_not_deleted(any_app):
    made()
    published()
    add_survey(TESTER, "drive", "test", 0)
    with pytest.raises(InputError, match="Take its surveys out first"):
        delete_campaign(TESTER, "drive")
    remove_survey(TESTER, "drive", "test")
    assert last_entry() == (Action.REMOVE_FROM_CAMPAIGN, "drive: test")
    with pytest.raises(InputError, match="is not in the campaign"):
        remove_survey(TESTER, "drive", "test")
    delete_campaign(TESTER, "drive")
    assert last_entry() == (Action.DELETE_CAMPAIGN, "drive")
    assert find_campaign("drive") is None


def test_a_draft_that_is_removed_leaves_its_campaign(any_app):
    made()
    create_draft(survey_file(slug="draft"), ZONE)
    add_survey(TESTER, "drive", "draft", 0)
    delete_draft(TESTER, "draft")
    assert CampaignSurvey.select().count() == 0


def test_what_was_said_of_units_goes_with_the_survey(any_app):
    two_rounds()
    assert save_mapping(TESTER, "drive", "two", [("B01", "B02"), ("B02", "B01"), ("", "")]) == 2
    assert last_entry() == (Action.MAP_UNITS, "drive: two")
    older, newer = round_before(get_campaign("drive"), "two")
    assert mapping_of(older, newer) == [("B01", "B02"), ("B02", "B01")]
    save_mapping(TESTER, "drive", "two", [("B03", "")])
    assert mapping_of(older, newer) == [("B03", "")]
    remove_survey(TESTER, "drive", "one")
    assert RoundMapping.select().count() == 0


def test_the_first_round_has_no_earlier_one_and_drafts_are_no_rounds(app):
    two_rounds()
    create_draft(survey_file(slug="draft"), ZONE)
    add_survey(TESTER, "drive", "draft", 3)
    for slug in ("one", "draft", "nowhere"):
        with pytest.raises(InputError, match="no earlier round"):
            save_mapping(TESTER, "drive", slug, [])


def test_a_contradiction_changes_nothing(app):
    two_rounds()
    save_mapping(TESTER, "drive", "two", [("B03", "")])
    with pytest.raises(InputError):
        save_mapping(TESTER, "drive", "two", [("B03", ""), ("B03", "B01"), ("B99", "B01")])
    assert mapping_of(*round_before(get_campaign("drive"), "two")) == [("B03", "")]


def test_the_next_round_of_a_survey_is_in_the_same_campaign_and_stage(app):
    two_rounds()
    draft, _ = begin_next_round(TESTER, "two", ZONE, time.time())
    assert [(one.survey.slug, one.stage) for one in rounds_of(get_campaign("drive"))][-1] == (draft.slug, 1)
    alone = published(slug="alone")
    draft, _ = begin_next_round(TESTER, alone.slug, ZONE, time.time())
    assert campaign_of(draft.id) is None
