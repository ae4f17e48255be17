"""The ways of asking and counting that institutions use, each as a small complete survey: set up on the page, answered, sealed."""

from __future__ import annotations

import io
import time

import lxml.html
import openpyxl
import pytest

from surveys.ballots.answers import read_answers
from surveys.campaigns.campaigns import CampaignFields, add_survey, create_campaign
from surveys.campaigns.draft_changes import begin_next_round
from surveys.campaigns.drafts import read_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.followup.bulletin import Part, publish_bulletin
from surveys.inputs.problems import InputError
from surveys.inputs.text import pick
from surveys.results.models import stored_result
from surveys.results.notes import must_improve
from surveys.results.report import report_of, short_turnouts
from surveys.results.rounds import rounds_until
from surveys.web.staff.rule_form import kept_names
from tests.acting import TESTER, create_draft, move_survey, replace_draft, seal
from tests.helpers import ZONE, closed, survey_file, units, vote
from tests.results.test_what_committees_sign import workbook
from tests.web.staff.test_drafts import save_step

LEVELS3 = {
    "levels": [
        {"code": "satisfied", "text": "满意", "points": 100, "satisfied": True},
        {"code": "fair", "text": "一般", "points": 60},
        {"code": "not", "text": "不满意", "points": 0},
    ],
    "dont_know": "不熟悉",
}
PERCENT = {"direct": {"low": 0, "high": 100}, "satisfied_from": 60, "dont_know": "不了解"}


def rating(code, scale="satisfaction4", **more):
    return {"code": code, "type": "rating", "scale": scale, "text": code, **more}


def questionnaire(*items, **more):
    return {"key": "q", "title": "问卷", "sections": [{"per": "unit", "items": list(items)}], **more}


def group(code, **more):
    return {"code": code, "name": code, "weight": 1, "admission": "open", **more}


@pytest.fixture
def begin(app, staff):
    """Make a draft, save its rule once more as the page shows it, and publish: what is published is what the page can say."""
    office = staff("publisher")

    def make(**data):
        draft = create_draft(survey_file(**data), ZONE)
        before = read_draft(draft)
        assert before.problems == ()
        assert set(kept_names(before)) <= {"decimals", "item_weights"}
        page = office.get(f"/staff/surveys/{draft.slug}/draft/rule").text
        assert 'value="file"' not in page
        assert save_step(office, draft.slug, "rule").status_code == 302
        assert read_draft(get_survey(draft.slug)).plan.rule == before.plan.rule
        return move_survey(draft.slug, Move.PUBLISH)

    return make


def answer(survey, group, ratings, units_rated=(0,)):
    """A ballot: by unit and code of the item, the position of the level or the number; what is not named is not known."""
    fields = {}
    for slot in plan_of(survey).asked(group, tuple(units_rated)):
        if slot.item.type == "rating":
            given = ratings.get((slot.unit, slot.item.code), ratings.get(slot.item.code))
            fields[str(slot.index)] = ["dk" if given is None else str(given)]
    vote(survey, group, extra=fields)


def sealed(survey):
    closed(Survey.get_by_id(survey.id))
    seal(survey.slug)
    return report_of(plan_of(get_survey(survey.slug)), stored_result(get_survey(survey.slug)))


def test_the_shares_of_four_levels_by_aspect_with_two_decimals(begin):
    aspects = ["leadership", "members", "mechanism", "performance", "response"]
    survey = begin(questionnaire=questionnaire(*map(rating, aspects)), units=units(1),
                   groups=[group("members"), group("others")])  # fmt: skip
    for number in range(40):  # 30 / 6 / 3 / 1: 75, 15, 7.5 and 2.5 percent
        level = 1 if number < 30 else 2 if number < 36 else 3 if number < 39 else 4
        answer(survey, int(number % 4 == 3), dict.fromkeys(aspects, level))
    report = sealed(survey)
    assert report.together(0, 0).counts == [30, 6, 3, 1]
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()), data_only=True)["分布"]
    rows = [[cell.value for cell in row] for row in sheet if row[2].value == "全部群体"]
    assert len(rows) == 5
    heads = next([cell.value for cell in row] for row in sheet if row[2].value == "群体")
    shares = [at for at, head in enumerate(heads) if str(head).endswith("%")]
    assert [[round(100 * row[at], 2) for at in shares] for row in rows] == [[75.0, 15.0, 7.5, 2.5]] * 5


@pytest.mark.parametrize(("key", "kind", "items"), [("five-goods", "branch", 5), ("five-leads", "person", 6)])
def test_branches_by_the_five_goods_and_persons_by_the_five_leads(begin, key, kind, items):
    data = [{**unit, "kind": kind} for unit in units(3)]
    survey = begin(questionnaire=key, units=data, groups=[group("all")])
    plan = plan_of(survey)
    assert len(plan.rated_items) == items
    for number in range(10):
        # On the overall item nobody is excellent: of three persons 30 percent is none.
        levels = {(unit, item.code): 2 + (number + unit) % 2 for unit in range(3) for item in plan.rated_items}
        answer(survey, 0, levels, (0, 1, 2))
    report = sealed(survey)
    assert len(report.order) == 3
    assert None not in report.result.score


def test_under_60_percent_a_branch_must_make_up_for_it(begin):
    survey = begin(questionnaire=questionnaire(rating("a")), units=units(2), groups=[group("all")],
                   rule={"minimum": 5, "improve_under": 60})  # fmt: skip
    for number in range(10):
        answer(survey, 0, {(0, "a"): 1 if number < 6 else 4, (1, "a"): 1 if number < 5 else 4}, (0, 1))
    report = sealed(survey)
    assert [must_improve(report, unit) for unit in (0, 1)] == [False, True]


def test_staff_rate_all_offices_students_some_and_the_ends_are_dropped(begin):
    staff = [99, 98, 95, 95, 93, 92, 92, 90, 90, 88, 88, 87, 86, 85, 85, 83, 80, 78, 75, 60]
    students = [99, 99, 97, 96, 96, 95, 94, 93, 92, 92, 91, 91, 90, 90, 90, 89, 88, 88, 87, 87, 86, 86, 85, 85, 84, 84, 83, 82, 82,
                81, 80, 80, 79, 78, 77, 75, 72, 70, 65, 51]  # fmt: skip
    scale = {"direct": {"low": 50, "high": 99}, "dont_know_at": 50, "dont_know": "不了解"}
    survey = begin(
        questionnaire=questionnaire(rating("work", "points"), scales={"points": scale}), units=units(3),
        groups=[group("staff", weight=50), group("students", weight=50, units=["B01", "B02"])],
        rule={"minimum": 5, "trim": {"share": 0.05}},
    )  # fmt: skip
    for points in staff:
        answer(survey, 0, {(0, "work"): points, (1, "work"): 50, (2, "work"): points}, (0, 1, 2))
    for points in students:
        answer(survey, 1, {(0, "work"): points, (1, "work"): 50}, (0, 1))
    report = sealed(survey)
    assert [round(report.result.group_score[g][0], 4) for g in (0, 1)] == [87.7778, 85.9722]
    assert report.figure(report.result.score[0]) == "86.88"  # case B of the method
    assert report.result.score[1] is None  # 50 means "don't know" and does not count
    assert report.figure(report.result.score[2]) == "87.78"  # students were not asked


def test_three_levels_with_reasons_and_a_description_beside_the_unit(begin, client):
    reasons = {"code": "why", "type": "multi", "text": "不满意的原因", "when": {"item": "*", "in": ["not"]},
               "options": [{"code": "slow", "text": "效率低"}, {"code": "rude", "text": "态度差"}]}  # fmt: skip
    comment = {"code": "say", "type": "text", "text": "请说明", "when": {"item": "*", "in": ["not"]}}
    aspects = [rating(code, "three") for code in ("a", "b", "c", "d")]
    described = [{**unit, "description": {"zh": "负责学籍和成绩", "en": "Looks after records"}} for unit in units(2)]
    survey = begin(questionnaire=questionnaire(*aspects, reasons, comment, scales={"three": LEVELS3}),
                   units=described, groups=[group("all")])  # fmt: skip
    page = client.get("/s/test/ballot?group=all")
    assert page.text.count("负责学籍和成绩") == 2
    slots = [slot for slot in plan_of(survey).asked(0, (0, 1)) if slot.item.code == "why" and slot.unit == 0]
    for number in range(10):
        level = 3 if number < 6 else 1
        fields = {
            str(slot.index): [str(level)] for slot in plan_of(survey).asked(0, (0, 1)) if slot.item.type == "rating"
        }
        vote(survey, 0, extra={**fields, **({str(slots[0].index): ["1"]} if number < 6 else {})})
    report = sealed(survey)
    shown = next(answers for slot, answers in report.answered_slots if slot.item.code == "why" and slot.unit == 0)
    assert (shown.n, shown.counts[0]) == (6, 6)
    assert report.figure(report.result.score[0]) == "40.00"


QUOTAS = [
    {"item": "a", "levels": ["excellent"], "at_most": 3},
    {"item": "a", "levels": ["fair", "poor"], "at_least": 2},
]


@pytest.mark.parametrize(("levels", "void"), [([1, 1, 1, 2, 3, 3], False), ([1, 1, 1, 1, 3, 3], True),
                                              ([1, 1, 2, 2, 2, 3], True), ([3, 3, 3, 3, 3, 3], True)])  # fmt: skip
def test_at_most_three_top_ratings_at_least_two_low_ones_and_not_all_the_same(begin, levels, void):
    survey = begin(questionnaire=questionnaire(rating("a", "quality4"), quotas=QUOTAS), units=units(6), groups=[group("all")],
                   rule={"minimum": 5, "void": {"same_over": 6, "quota": True}, "trim": {"drop_ends": 1}})  # fmt: skip
    plan = plan_of(survey)
    asked = [slot for slot in plan.asked(0, tuple(range(6))) if slot.item.type == "rating"]
    fields = {str(slot.index): [str(level)] for slot, level in zip(asked, levels, strict=True)}
    refused = bool(read_answers(plan, 0, tuple(range(6)), fields).problems)
    assert refused == (void and levels != [3] * 6)  # the form says so itself; only sameness is judged afterwards


def test_with_more_than_five_raters_the_ends_are_dropped_else_the_plain_mean(begin):
    survey = begin(questionnaire=questionnaire(rating("a", "quality4")), units=units(2), groups=[group("all")],
                   rule={"minimum": 5, "trim": {"drop_ends": 1}})  # fmt: skip
    for first, second in zip([1, 1, 2, 2, 4, 4], [1, 1, 2, 2, 4, None], strict=True):
        answer(survey, 0, {(0, "a"): first, (1, "a"): second}, (0, 1))
    report = sealed(survey)
    assert report.figure(report.result.score[0]) == "80.00"  # (100 + 85 + 85 + 50) / 4
    assert report.figure(report.result.score[1]) == "84.00"  # (100 + 100 + 85 + 85 + 50) / 5


def test_a_quota_on_numbers(begin):
    quotas = [{"item": "a", "numbers": {"from": 90}, "at_most": 2}]
    survey = begin(questionnaire=questionnaire(rating("a", "points"), scales={"points": PERCENT}, quotas=quotas),
                   units=units(4), groups=[group("all")])  # fmt: skip
    plan = plan_of(survey)
    slots = [slot for slot in plan.asked(0, (0, 1, 2, 3)) if slot.item.type == "rating"]

    def problems(*points):
        fields = {str(slot.index): [str(p)] for slot, p in zip(slots, points, strict=True)}
        return [problem.message for _, problem in read_answers(plan, 0, (0, 1, 2, 3), fields).problems]

    assert problems(90, 100, 89, 80) == []
    assert problems(90, 100, 90, 80) == ["This answer may be given to at most %(most)s; you gave it to %(count)s."]


def test_eleven_kinds_of_people_each_with_a_weight(begin):
    groups = [group(f"g{n}", weight=n) for n in range(1, 12)]
    survey = begin(questionnaire=questionnaire(rating("a")), units=units(1), groups=groups)
    for number in range(11):
        for person in range(5):
            answer(survey, number, {"a": 1 + (number + person) % 4})
    report = sealed(survey)
    by_group = [report.result.group_score[g][0] for g in range(11)]
    assert report.result.score[0] == pytest.approx(
        sum(score * (g + 1) for g, score in enumerate(by_group)) / sum(range(1, 12))
    )


def test_the_grading_of_2012_with_its_gate(begin):
    survey = begin(questionnaire=questionnaire(rating("a")), units=units(2), groups=[group("all")],
                   rule={"minimum": 5, "grades": "grading2012", "gates": [{"rate_under": 90, "cap": 2}], "parts": "by_source"})  # fmt: skip
    for number in range(20):
        answer(survey, 0, {(0, "a"): 1 if number < 19 else 2, (1, "a"): 1 if number < 17 else 3}, (0, 1))
    report = sealed(survey)
    names = [pick(grade.name, "zh") for grade in report.plan.rule.grades]
    assert [names[g] for g in report.result.grade_points] == ["好", "好"]
    assert [names[g] for g in report.result.grade] == ["好", "一般"]  # 85 percent are satisfied


def test_all_members_and_a_tenth_of_the_people_served_must_take_part(begin):
    groups = [group("members", expected=10, required_turnout=100), group("served", expected=100, required_turnout=10)]
    survey = begin(questionnaire=questionnaire(rating("a")), units=units(1), groups=groups,
                   rule={"minimum": 5, "turnout_required": True})  # fmt: skip
    for _number in range(9):
        answer(survey, 0, {"a": 1})
    for _number in range(10):
        answer(survey, 1, {"a": 1})
    report = sealed(survey)
    assert [(g.code, round(share)) for g, share in short_turnouts(report.plan, report.result.turnout)] == [
        ("members", 90)
    ]
    assert not report.valid


def test_grades_and_quotas_of_ones_own(begin):
    grades = [{"name": {"zh": name}, "at": at} for name, at in (("好", 90), ("较好", 75), ("一般", 60), ("差", 0))]
    survey = begin(questionnaire=questionnaire(rating("a", "points"), scales={"points": PERCENT}), units=units(8),
                   groups=[group("all")], rule={"minimum": 5, "grades": grades, "quotas": [{"at_most": 0.25, "grade": 0},
                                                {"at_least": 0.15, "grade": 1}]})  # fmt: skip
    for _ in range(5):
        answer(survey, 0, {(unit, "a"): 99 - 3 * unit for unit in range(8)}, range(8))
    report = sealed(survey)
    most, least = report.grade_quotas()
    assert (most.limit, most.found, most.kept, most.cut) == (2, 4, False, (1, 2))
    assert (least.limit, least.found, least.kept) == (2, 4, True)


def test_items_on_two_scales_make_one_score(begin):
    scales = {"points": PERCENT}
    items = [rating("a"), rating("b", weight=2), rating("c", "points")]
    survey = begin(questionnaire=questionnaire(*items, scales=scales), units=units(2), groups=[group("x"), group("y")])
    for number in range(12):
        answer(survey, number % 2, {"a": 1 + number % 4, "b": 2, "c": 70 + number}, (0, 1))
    report = sealed(survey)
    # Of the first group: a has three at 100 and three at 60; c is 70, 72, …, 80.
    assert report.result.group_score[0][0] == pytest.approx((80 + 2 * 80 + 75) / 4)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()), data_only=True)["分布"]
    rows = {row[1].value: [cell.value for cell in row] for row in sheet if row[2].value == "全部群体"}
    assert rows["a"][3:7] == [3, 3, 3, 3]
    assert rows["c"][3:7] == [None] * 4


def test_a_ballot_with_the_same_points_on_two_scales_is_the_same_throughout(begin):
    items = [rating("a"), rating("c", "points")]
    survey = begin(questionnaire=questionnaire(*items, scales={"points": PERCENT}), units=units(2), groups=[group("all")],
                   rule={"minimum": 5, "void": {"same_over": 2}})  # fmt: skip
    for number in range(12):
        answer(survey, 0, {"a": 1, "c": 100 if number < 5 else 99}, (0, 1))  # 满意 is worth 100
    assert sealed(survey).result.void == [5]


def test_other_questions_are_one_table_of_units_by_answers(begin, staff):
    why = {
        "code": "why",
        "type": "multi",
        "text": "原因",
        "options": [{"code": "slow", "text": "效率低"}, {"code": "rude", "text": "态度差"}],
    }
    survey = begin(questionnaire=questionnaire(rating("a"), why), units=units(2), groups=[group("all")])
    slots = {slot.unit: slot for slot in plan_of(survey).asked(0, (0, 1)) if slot.item.code == "why"}
    for number in range(10):
        chosen = {slots[0].name: ["1"]} if number < 4 else {slots[0].name: ["1", "2"], slots[1].name: ["2"]}
        vote(survey, 0, extra=chosen)
    sealed(survey)
    page = lxml.html.fromstring(staff("committee").get("/staff/surveys/test/result?lang=zh").text)
    (table,) = page.xpath("//*[@id='choices']//table")
    cells = [[" ".join(cell.text_content().split()) for cell in row.xpath("th|td")] for row in table.xpath(".//tr")]
    assert cells == [
        ["单位", "效率低", "态度差", "n"],
        ["第1党支部", "10 100.0 %", "6 60.0 %", "10"],
        ["第2党支部", "0 0.0 %", "6 100.0 %", "6"],
    ]


def test_appraised_twice_a_year_with_the_results_published(begin, client):
    survey = begin(questionnaire="five-goods", units=units(2), groups=[group("all")], slug="july")
    items = [item.code for item in plan_of(survey).rated_items]
    create_campaign(TESTER, "year", CampaignFields("年度测评", "Year"))
    add_survey(TESTER, "year", "july", 1)
    for number in range(12):
        answer(survey, 0, {(unit, item): 3 + (number + unit) % 2 for unit in range(2) for item in items}, (0, 1))
    sealed(survey)
    Survey.update(closes_at=Survey.closes_at - 3600).where(Survey.slug == "july").execute()
    draft, gone = begin_next_round(TESTER, "july", ZONE, time.time())
    assert gone == ["B01", "B02"]  # the file brought its units along; they are in no list
    replace_draft(survey_file(questionnaire="five-goods", units=units(2), groups=[group("all")], slug=draft.slug), ZONE)
    december = move_survey(draft.slug, Move.PUBLISH)
    for number in range(12):
        answer(december, 0, {(0, item): 1 for item in items} | {(1, item): 3 + number % 2 for item in items}, (0, 1))
    sealed(december)
    (pair,) = rounds_until(get_survey(draft.slug)).pairs
    assert [row.clear for row in pair.units] == [True, False]
    for slug in ("july", draft.slug):
        publish_bulletin(TESTER, slug, [Part.RANKING])
        assert "第1党支部" in client.get(f"/s/{slug}/bulletin").text


@pytest.mark.parametrize("quota", [{"at_most": 0.2, "grade": 3}, {"at_least": 0.2, "grade": 0}])
def test_a_quota_that_limits_nothing_is_refused(app, quota):
    with pytest.raises(InputError) as caught:
        create_draft(survey_file(rule={"quotas": [quota]}), ZONE)
    assert [problem.where for problem in caught.value.problems] == ["rule.quotas[1].grade"]
