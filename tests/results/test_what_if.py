"""Other rules beside the official one: computed from what may be shown, and never stored."""

from __future__ import annotations

import random

import pytest

from surveys.campaigns.surveys import get_survey, plan_of
from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult, stored_result
from surveys.results.report import report_of
from surveys.results.what_if import what_if
from surveys.scoring.rounding import round_half_up
from tests.acting import seal
from tests.helpers import closed, published, units, vote

PAGE = "/staff/surveys/test/what-if"


@pytest.fixture
def report(app):
    survey = published(units=units(4), rule={"minimum": 5})
    drawn = random.Random(2)
    for group in (0, 1):
        slots = [slot for slot in plan_of(survey).asked(group, (0, 1, 2, 3)) if slot.item.type == "rating"]
        for _ in range(9 + 3 * group):
            vote(survey, group, extra={str(slot.index): [str(drawn.randint(1, 4))] for slot in slots})
    closed(survey)
    seal("test")
    return report_of(plan_of(get_survey("test")), stored_result(get_survey("test")))


def test_the_official_rule_gives_the_official_result(report):
    result = report.result
    found = what_if(report, {})
    assert [unit.score for unit in found.units] == [round_half_up(score) for score in result.score]
    assert [unit.rank for unit in found.units] == result.rank
    assert [unit.grade for unit in found.units] == result.grade


def test_one_group_alone_gives_its_scores(report):
    found = what_if(report, {"group_weights": {"students": 1, "staff": 0}})
    assert [unit.score for unit in found.units] == [round_half_up(score) for score in report.result.group_score[0]]


def test_trimming_weights_and_grades_are_those_of_the_rule(report):
    item = report.plan.rated_items[0].code
    found = what_if(
        report, {"item_weights": {item: 1}, "trim": {"drop_ends": 1}, "grades": [{"name": "合格", "at": 0}]}
    )
    assert {unit.grade for unit in found.units} == {0}
    ratings = [
        sorted(
            points for points, n in zip((100, 80, 60, 0), report.result.counts[0][0][0], strict=True) for _ in range(n)
        )
    ]
    alone = what_if(report, {"item_weights": {item: 1}, "trim": {"drop_ends": 1}, "group_weights": {"staff": 0}})
    kept = ratings[0][1:-1]
    assert alone.units[0].score == round_half_up(sum(kept) / len(kept))


@pytest.mark.parametrize(
    "name", ["void", "minimum", "population", "seed", "resamples", "turnout_required", "parts", "anything"]
)
def test_what_would_need_the_ballots_again_is_refused(report, name):
    with pytest.raises(InputError):
        what_if(report, {name: 1})


def test_all_faults_are_named(report):
    with pytest.raises(InputError) as faults:
        what_if(report, {"group_weights": {"nobody": 1}, "trim": {"share": 0.7}})
    assert len(faults.value.problems) == 2


def test_the_page_shows_both_and_says_which_is_official(report, staff):
    browser = staff("committee")
    before = StoredResult.get().body
    page = browser.get(f"{PAGE}?trim=drop_ends&weight-students=1&weight-staff=0").text
    assert "不是正式结果" in page
    for unit in range(4):
        assert str(round_half_up(report.result.score[unit])) in page
    assert StoredResult.get().body == before


def test_a_wrong_weight_is_shown_beside_its_field_and_nothing_is_lost(report, staff):
    page = staff("committee").get(f"{PAGE}?trim=share5&weight-students=many&weight-staff=1").text
    assert 'value="many"' in page
    assert 'role="alert"' in page


def test_before_the_seal_there_is_no_page(app, staff):
    published()
    assert staff("committee").get(PAGE).status_code == 404


def test_a_command_shows_the_same(report, runner):
    done = runner.invoke(args=["scores", "what-if", "test", "--group-weight", "staff=0", "--language", "en"])
    assert done.exit_code == 0, done.output
    assert "not the official result" in done.output.lower()
    assert str(round_half_up(report.result.group_score[0][0])) in done.output


def test_a_limit_caps_the_lowest_grade_where_there_are_few(app, staff):
    grades = [{"name": {"zh": "合格"}, "at": 60}, {"name": {"zh": "不合格"}, "at": 0}]
    survey = published(rule={"minimum": 5, "grades": grades})
    for _ in range(6):
        vote(survey, level=2)
    vote(survey, level=4)
    closed(survey)
    seal("test")
    browser = staff("committee")
    for asked in ("gate=100", "gate=100&grades=quality"):
        assert browser.get(f"/staff/surveys/test/what-if?{asked}").status_code == 200
    found = report_of(plan_of(get_survey("test")), stored_result(get_survey("test")))
    with pytest.raises(InputError):
        what_if(found, {"gates": [{"rate_under": 90, "cap": 3}]})
