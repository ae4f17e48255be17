"""整改 as a status: improvements are required of units whose satisfaction rate is under the rule's limit."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest

from surveys.campaigns.surveys import get_survey, plan_of
from surveys.inputs.problems import InputError
from surveys.results.models import stored_result
from surveys.results.notes import must_improve
from surveys.results.report import report_of
from tests.acting import seal
from tests.helpers import closed, published, units, vote
from tests.results.test_what_committees_sign import workbook


@pytest.fixture
def report(app):
    """Of three units 10, 6 and 5 of ten people are satisfied; the limit is 60 percent."""
    survey = published(units=units(3), rule={"minimum": 5, "improve_under": 60})
    slots = [slot for slot in plan_of(survey).asked(0, (0, 1, 2)) if slot.item.type == "rating"]
    for person in range(10):
        satisfied = (True, person < 6, person < 5)
        vote(survey, 0, extra={str(slot.index): ["1" if satisfied[slot.unit] else "4"] for slot in slots})
    closed(survey)
    seal("test")
    return report_of(plan_of(get_survey("test")), stored_result(get_survey("test")))


def test_under_the_limit_and_not_at_it(report):
    assert [report.rate(rate) for rate in report.result.rate] == ["100.00 %", "60.00 %", "50.00 %"]
    assert [must_improve(report, unit) for unit in range(3)] == [False, False, True]


def test_page_workbook_and_csv_say_so(report, staff, runner, tmp_path):
    sentence = "须整改：满意率低于 60 %。"
    assert staff("committee").get("/staff/surveys/test/result").text.count(sentence) == 1
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["汇总"]
    assert sum(sentence in str(cell.value) for row in sheet for cell in row) == 1
    out = tmp_path / "scores.csv"
    assert runner.invoke(args=["scores", "export", "test", "--out", str(out)]).exit_code == 0
    rows = list(csv.reader(io.StringIO(out.read_text("utf-8-sig"))))
    assert [sentence in row[-1] for row in rows[1:]] == [False, False, True]


def test_a_limit_that_is_no_percentage_is_refused(app):
    with pytest.raises(InputError):
        published(rule={"improve_under": 160})


def test_it_is_set_on_the_page_and_in_a_file(report):
    assert report.plan.rule.improve_under == 60
    assert plan_of(published(slug="none")).rule.improve_under is None
