"""Ballots by open link reported apart: shown beside the others, and in no score."""

import io

import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.inputs.translations import load_translations
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from surveys.results.workbook import write_workbook
from tests.acting import seal
from tests.helpers import closed, published, survey_file, vote

RULE = {"minimum": 5, "open_apart": True, "short_group": "no_score"}


def sealed_report(students: int = 6, staff: int = 6, **rule):
    """Students (by code) are all satisfied, staff (by open link) all just satisfied."""
    survey = published(rule={**RULE, **rule})
    for _ in range(students):
        vote(survey, 0, 1)
    for _ in range(staff):
        vote(survey, 1, 3)
    closed(survey)
    seal("test")
    survey = Survey.get_by_id(survey.id)
    return report_of(plan_of(survey), StoredResult.get_by_id(survey.id))


def test_the_score_is_that_of_admitted_people_alone(app):
    result = sealed_report().result
    assert result.apart == [False, True]
    assert result.score[0] == 100
    assert [result.group_score[g][0] for g in (0, 1)] == [100, 60]
    assert result.n[0] == 6
    assert result.rate[0] == 100
    assert result.item_score[0][0] == 100
    assert result.high[0] == 100
    assert (result.low[0], result.high[0]) == (result.group_low[0][0], result.group_high[0][0])


def test_without_the_rule_both_count(app):
    assert sealed_report(open_apart=False).result.score[0] == 80


def test_an_open_link_that_falls_short_takes_no_score_away(app):
    report = sealed_report(staff=2)
    assert report.result.score[0] == 100
    assert report.result.group_score[1][0] is None
    assert report.short_groups(0, "zh") == []


def test_reliability_is_that_of_admitted_people(app):
    varied = sealed_report(staff=9).result
    assert varied.icc_single == sealed_alone().icc_single


def sealed_alone():
    survey = published(slug="alone", rule=RULE)
    for _ in range(6):
        vote(survey, 0, 1)
    closed(survey)
    seal("alone")
    return StoredResult.get_by_id(survey.id).result()


def test_other_questions_are_counted_apart(app):
    survey = published(rule=RULE)
    slot = next(s for s in plan_of(survey).slots if s.item.code == "why" or s.item.type == "multi")
    for group in (0, 1):
        for _ in range(5 + group):
            vote(survey, group, 4, extra={str(slot.index): [str(1 + group)]})
    closed(survey)
    seal("test")
    survey = Survey.get_by_id(survey.id)
    plan = plan_of(survey)
    shown = report_of(plan, StoredResult.get_by_id(survey.id)).answers[plan.slot_name(slot)]
    assert (shown.n, shown.counts[:2]) == (5, [5, 0])
    assert (shown.apart.n, shown.apart.counts[:2]) == (6, [0, 6])


def test_the_workbook_says_so(app):
    report = sealed_report()
    body = write_workbook(report, (0, 1), "Asia/Shanghai", "zh", load_translations("zh"))
    book = openpyxl.load_workbook(io.BytesIO(body))
    for sheet in ("汇总", "题目得分", "分布", "群体对比", "参评情况"):
        words = [str(cell.value) for row in book[sheet].iter_rows() for cell in row if cell.value]
        assert any("（单列）" in word for word in words), sheet
    weight = next(row[1].value for row in book["题目得分"].iter_rows() if "教职工 （单列）" in str(row[0].value))
    assert weight == 0


def test_the_pages_say_so(app, staff):
    sealed_report()
    page = staff("committee").get("/staff/surveys/test/result?lang=zh").text
    assert "单列" in page
    assert "不计入得分、满意率和排名" in page


def test_somebody_must_be_admitted(app):
    data = survey_file(groups=[{"code": "staff", "name": "教职工", "admission": "open"}], rule=RULE)
    data["questionnaire"] = {
        "key": "q", "title": "问", "sections": [{"per": "unit", "items": [
            {"type": "rating", "code": "a", "text": "甲", "scale": "satisfaction4"}]}]}  # fmt: skip
    with pytest.raises(InputError, match="another group with a weight must be admitted"):
        read_plan(data)
