"""Surveys that ask a few items once each, for tests of a kind of item."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from surveys.ballots.answers import Answers, describe_answer, read_answers
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.plan_file import read_plan
from surveys.questionnaires.items.base import Item
from tests.acting import seal
from tests.helpers import closed, post, published, survey_file, units, vote


def questionnaire(*items: dict[str, Any]) -> dict[str, Any]:
    """A questionnaire of these items, asked once each."""
    return {"key": "q", "title": "问卷", "sections": [{"per": "survey", "items": list(items)}]}


def plan_with(*items: dict[str, Any]) -> SurveyPlan:
    """The plan of a survey of these items."""
    return read_plan({**survey_file(), "units": units(2), "questionnaire": questionnaire(*items)})


def item_of(**definition: Any) -> Item:
    """One item from its definition."""
    return plan_with({"code": "one", "text": {"zh": "题目", "en": "Question"}, **definition}).slots[0].item


def answer(plan: SurveyPlan, fields: dict[str, list[str]], *, enforce: bool = True) -> tuple[Answers, list[str]]:
    """What a form comes to: the answers, and each of them in words as in csv."""
    answers = read_answers(plan, 0, (), fields, enforce=enforce)
    return answers, [describe_answer(slot, answers.packed) for slot in plan.slots]


def sealed_with(ballots: list[dict[str, list[str]]], *items: dict[str, Any]) -> Survey:
    """A sealed survey of these items with these ballots, all of one group."""
    survey = published(questionnaire=questionnaire(*items), groups=[{"code": "all", "name": "师生"}])
    for fields in ballots:
        vote(survey, extra=fields)
    closed(survey)
    seal("test")
    return survey


def typing_page(browser: Any, *items: dict[str, Any]) -> str:
    """The English page on which a clerk types the first ballot of an open survey of these items."""
    published(questionnaire=questionnaire(*items), groups=[{"code": "all", "name": "师生"}])
    begun = post(browser, "/staff/surveys/test/paper/", form="0/A", unit="", papers="1")
    return str(browser.get(f"{begun.location}?lang=en").text)


def sheet_rows(browser: Any) -> list[list[Any]]:
    """The rows of the English sheet Other questions of a sealed survey, below its headings."""
    data = browser.get("/staff/surveys/test/workbook.xlsx?lang=en").data
    sheet = openpyxl.load_workbook(io.BytesIO(data), data_only=True)["Other questions"]
    rows = [[cell.value for cell in row][:7] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[3] == "Count")
    return [row for row in rows[head + 1 :] if row[2]]
