"""Typos that are corrected between publication and the seal."""

import copy
import json
from pathlib import Path

import pytest

from surveys.ballots.models import Ballot
from surveys.campaigns.corrections import MAX_CORRECTIONS, TEXTS, correct_texts, wordings
from surveys.campaigns.draft_changes import begin_next_round
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.questionnaires.models import Edition
from surveys.results.verification import verify
from surveys.storage.audit import AuditEntry
from tests.acting import TESTER, create_draft, move_survey, seal
from tests.helpers import ZONE, closed, flush_mix, published, survey_file, vote

ITEM = {
    "code": "listen",
    "type": "rating",
    "scale": "own",
    "text": {"zh": "您对支部的服务满意吗", "en": "Does the branch serve you well"},
}
SCALE = {
    "levels": [
        {"code": "a", "text": "满意", "points": 100, "satisfied": True},
        {"code": "b", "text": "不满意", "points": 0},
    ],
    "dont_know": "不了解",
}
QUESTIONNAIRE = {
    "key": "own",
    "title": "群众平议表",
    "introduction": "请您如实填写。\n谢谢",
    "scales": {"own": SCALE},
    "sections": [
        {"per": "unit", "title": "支部", "items": [ITEM]},
        {"items": [{"code": "say", "type": "choice", "text": "您是", "hint": "任选一项",
                    "options": [{"code": "x", "text": "教帅"}, {"code": "y", "text": "学生"}]}]},
    ],
}  # fmt: skip


def a_survey(**more):
    return published(questionnaire=copy.deepcopy(QUESTIONNAIRE), **more)


def correct(survey, changes, reason="错字"):
    return correct_texts(TESTER, survey.slug, changes, reason, ZONE)


def refused(survey, changes, reason="错字"):
    before = Survey.get_by_id(survey.id).plan
    with pytest.raises(InputError) as error:
        correct(survey, changes, reason)
    assert Survey.get_by_id(survey.id).plan == before
    return [problem.text() for problem in error.value.problems]


class TestWhatIsCorrected:
    def test_a_text_of_the_questionnaire_makes_a_new_edition_and_both_wordings_are_kept(self, app):
        survey = a_survey()
        first = survey.edition
        changed = correct(survey, {"群众平议表": "群众评议表"})
        assert plan_of(changed).questionnaire.title["zh"] == "群众评议表"
        assert (changed.edition.key, changed.edition.number) == ("own", first.number + 1)
        assert Edition.get_by_id(first.id).questionnaire().title["zh"] == "群众平议表"
        (one,) = plan_of(changed).corrections
        assert (one.before, one.after, one.places, one.reason) == ("群众平议表", "群众评议表", 1, "错字")
        assert (
            AuditEntry.select().order_by(AuditEntry.id.desc()).first().about
            == "test: “群众平议表” → “群众评议表”: 错字"
        )

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("教帅", "教师"), ("任选一项", "任选一项："), ("您对支部的服务满意吗", "您对支部的服务满意吗？"),
            ("Does the branch serve you well", "Does the branch serve you well?"), ("请您如实填写。\n谢谢", "请您如实填写。\n谢谢！"),
            ("不了解", "不了解。"), ("学生", "学生："), ("第1党支部", "第1党支步"), ("Branch 1", "Brannch 1"), ("机关党总支", "机关党总枝"),
        ],
    )  # fmt: skip
    def test_every_text_that_people_read(self, app, old, new):
        changed = correct(a_survey(), {old: new})
        assert new in {one.text for one in wordings(changed)}
        assert old not in {one.text for one in wordings(changed)}

    def test_a_text_that_stands_in_several_places_is_corrected_in_all(self, app):
        changed = correct(a_survey(), {"机关党总支": "机关党总枝"})
        assert {unit.parent["zh"] for unit in plan_of(changed).units} == {"机关党总枝"}
        assert plan_of(changed).corrections[0].places == 3

    def test_every_pair_has_an_entry_of_its_own_in_the_audit_trail_around_what_differs(self, app):
        long = (
            "关于本支部党员为群众办实事的情况，请您按照自己的真实感受作出评价，没有接触过的请选择不了解，本题为平议题"
        )
        questionnaire = copy.deepcopy(QUESTIONNAIRE)
        questionnaire["sections"][0]["items"][0]["text"] = long
        survey = published(questionnaire=questionnaire)
        correct(survey, {long: long.replace("平议", "评议"), "教帅": "教师"}, reason="错" * 100)
        about = [entry.about for entry in AuditEntry.select().order_by(AuditEntry.id.desc()).limit(2)]
        assert "“教帅” → “教师”" in about[0]
        assert "平议题” → “" in about[1]
        assert "评议题”: 错" in about[1]

    def test_ballots_from_before_and_after_count_alike_and_the_seal_still_verifies(self, app):
        survey = a_survey()
        for _ in range(6):
            vote(survey)
        changed = correct(survey, {"群众平议表": "群众评议表"})
        for _ in range(6):
            vote(changed)
        flush_mix()
        closed(changed)
        seal(changed.slug)
        assert Ballot.select().count() == 12
        assert verify("test").unchanged

    def test_scheduled_paused_and_closed_surveys_too(self, app):
        survey = a_survey()
        move_survey(survey.slug, Move.PAUSE)
        survey = correct(survey, {"教帅": "教师"})
        closed(survey)
        correct(survey, {"群众平议表": "群众评议表"})

    def test_a_draft_that_asks_the_same_again_has_the_corrected_texts_and_no_corrections(self, app):
        survey = correct(a_survey(), {"教帅": "教师"})
        draft, _gone = begin_next_round(TESTER, survey.slug, ZONE, 1.9e9)
        data = json.loads(draft.plan)
        assert "corrections" not in data
        assert data["questionnaire"]["sections"][1]["items"][0]["options"][0]["text"] == "教师"


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("满意", "不满意"), ("不满意", "满意"), ("您对支部的服务满意吗", "您对支部的服务不满意吗"), ("第1党支部", "第2党支部"),
            ("Does the branch serve you well", "Does the branch not serve you well"), ("学生", "教师"), ("教帅", ""),
            ("您对支部的服务满意吗", "您认为支部的作风如何"), ("Branch 1", "Branch 11"),
        ],
    )  # fmt: skip
    def test_what_may_say_something_else(self, app, old, new):
        assert refused(a_survey(), {old: new})

    def test_all_faults_at_once(self, app):
        faults = refused(a_survey(), {"满意": "不满意", "学生": "教师"}, reason="")
        assert faults == ["Say why. The reason is kept in the audit trail."]
        assert len(refused(a_survey(slug="other"), {"满意": "不满意", "学生": "教师"})) == 2

    def test_a_text_that_is_not_there_and_nothing(self, app):
        survey = a_survey()
        assert refused(survey, {"群众评仪表": "群众评议表"}) == ["The text “群众评仪表” is not in this survey."]
        assert refused(survey, {"教帅": " 教帅 "}) == ["Nothing is changed."]

    def test_what_would_be_no_questionnaire_any_more(self, app):
        questionnaire = copy.deepcopy(QUESTIONNAIRE)
        questionnaire["sections"][1]["items"][0]["options"][1]["text"] = "教师"
        survey = published(questionnaire=questionnaire)
        assert refused(survey, {"教帅": "教师"}) == ["“教帅” would read like another text of this survey."]

    @pytest.mark.parametrize(
        "changes",
        [
            {"满意": "不满意", "不满意": "满意"}, {"教帅": "学生", "学生": "教帅"}, {"第1党支部": "第3党支部", "第3党支部": "第1党支部"},
            {"学生": "教师", "教帅": "教师"}, {"第1党支部": "机关党总支"},
        ],
    )  # fmt: skip
    def test_nothing_is_exchanged_or_run_together(self, app, changes):
        assert refused(a_survey(), changes)

    def test_a_text_takes_no_words_that_another_one_has_or_had(self, app):
        questionnaire = copy.deepcopy(QUESTIONNAIRE)
        options = questionnaire["sections"][1]["items"][0]["options"]
        options += [{"code": "z", "text": "教室"}, {"code": "w", "text": "老帅"}]
        survey = published(questionnaire=questionnaire)
        said = ["“教帅” would read like another text of this survey."]
        assert refused(survey, {"教帅": "教师"}) == said  # 教室 sounds the same
        survey = correct(survey, {"教室": "教室。"})
        assert refused(survey, {"教帅": "教师"}) == said
        survey = correct(survey, {"老帅": "老师"})
        assert refused(survey, {"学生": "老帅"})

    def test_two_texts_of_one_request_do_not_become_one(self, app):
        questionnaire = copy.deepcopy(QUESTIONNAIRE)
        questionnaire["sections"][1]["title"], questionnaire["sections"][0]["title"] = "帅傅", "师父亲"
        survey = published(questionnaire=questionnaire)
        assert correct(survey, {"帅傅": "师傅"})
        two = published(
            questionnaire={**questionnaire, "key": "two", "introduction": "教帅甲", "title": "教施甲"}, slug="two"
        )
        said = "would read like another text of this survey."
        assert [text.split("” ")[1] for text in refused(two, {"教帅甲": "教师甲", "教施甲": "教师甲"})] == [said, said]

    def test_several_small_steps_do_not_lead_away_from_what_was_published(self, app):
        survey = correct(a_survey(), {"您对支部的服务满意吗": "您对枝部的服务满意吗"})
        survey = correct(survey, {"您对枝部的服务满意吗": "您对枝部的服务满义吗"})
        assert refused(survey, {"您对枝部的服务满义吗": "您队枝部的服务满义吗"}) == [
            "“您对枝部的服务满义吗” would change by more than what is certainly a typo. What may mean something else takes a new "
            "survey."
        ]
        survey = correct(survey, {"您对枝部的服务满义吗": "您对支部的服务满意吗"})
        assert len(plan_of(survey).corrections) == 3

    def test_the_score_rule(self, app):
        grade = [{"name": "好", "at": 90}, {"name": "中等偏低", "at": 0}]
        assert refused(a_survey(rule={"minimum": 5, "grades": grade}), {"中等偏低": "中等偏底"})

    def test_line_breaks_in_a_name_and_texts_of_any_length(self, app):
        changed = correct(a_survey(), {"教帅": "教\n师"})
        assert "教 师" in {one.text for one in wordings(changed)}
        assert refused(a_survey(slug="other"), {"甲" * 15_000: "乙" * 15_000}) == ["Nothing is changed."]

    def test_drafts_and_sealed_surveys(self, app):
        draft = create_draft(survey_file(slug="draft"), ZONE)
        assert refused(draft, {"机关党总支": "机关党总枝"}) == ["Typos are corrected between publication and the seal."]
        survey = a_survey()
        vote(survey)
        flush_mix()
        closed(survey)
        seal(survey.slug)
        assert refused(survey, {"教帅": "教师"}) == ["Typos are corrected between publication and the seal."]

    def test_more_than_anybody_needs(self, app):
        survey = a_survey()
        for number in range(MAX_CORRECTIONS):
            pair = ("教帅", "教师")
            correct(survey, dict([pair if number % 2 == 0 else pair[::-1]]))
        assert refused(survey, {"教帅": "教师"}) == ["A survey takes at most 100 corrections."]


def test_every_text_of_a_questionnaire_can_be_corrected():
    """What the published schema takes in several languages has one of the names that corrections know."""
    schema = json.loads(Path("docs/questionnaire.schema.json").read_text("utf-8"))
    names = {name for name, value in properties_of(schema) if is_text(schema, value)}
    assert {"title", "text", "hint", "dont_know", "criterion"} <= names
    assert names <= TEXTS


def properties_of(part):
    if isinstance(part, dict):
        yield from (part.get("properties") or {}).items()
    for value in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from properties_of(value)


def is_text(schema, value):
    while isinstance(value, dict) and "$ref" in value:
        value = schema["$defs"][value["$ref"].rpartition("/")[2]]
    if not isinstance(value, dict):
        return False
    return "zh" in value.get("properties", {}) or any(is_text(schema, one) for one in value.get("anyOf", ()))
