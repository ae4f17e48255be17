"""Pictures hold the figures of the result and of its exports, as they are printed, and nothing that is withheld."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.export.tables import make_table
from surveys.results.models import StoredResult
from surveys.results.pictures import pictures_of
from surveys.results.pictures.figures import Figure, signed
from surveys.results.report import report_of
from surveys.results.rounds import rounds_until
from surveys.scoring.ratings import DONT_KNOW
from surveys.scoring.rounding import round_half_up
from tests.results.made_rounds import questionnaire, sealed_round
from tests.results.test_rounds import ALL, NONE, votes
from tests.results.test_workbook import CASES, filled

_ = gettext_of(load_translations("en"))


def pictures(survey, rounds=None):
    report = report_of(plan_of(survey), StoredResult.get_by_id(survey.id))
    return report, pictures_of(report, rounds, "en", _)


def rows(report, table):
    return make_table(report, table, "en", _).rows


def number(value):
    return None if value is None else float(value)


def partly_known():
    """A sealed survey of three items, of which nobody knows one of the best unit."""
    rows = np.tile(np.array([1, 1, 1, 3, 3, 3], np.uint8), (20, 1))
    rows[:, 0] = DONT_KNOW
    return sealed_round("partly", rows)


@pytest.mark.parametrize("case", CASES)
def test_the_ranking_is_that_of_the_export(app, case):
    report, found = pictures(filled(**CASES[case]))
    exported = rows(report, "summary")
    assert [unit.code for unit in found.units] == [row["unit_code"] for row in exported]
    for row, drawn in zip(exported, found.ranking.rows, strict=True):
        assert (drawn.rank, drawn.grade or None) == (row["rank"], row["grade"])
        score = [number(row[name]) for name in ("score", "score_low", "score_high")]
        assert [drawn.score.value, drawn.score.low, drawn.score.high] == score
        assert row["score"] is None or drawn.score.text == str(row["score"])
        assert drawn.ranks in {"", f"{row['rank_low']}", f"{row['rank_low']} – {row['rank_high']}"}
    assert any(row["score"] for row in exported)


@pytest.mark.parametrize("case", CASES)
def test_the_heat_map_is_the_table_of_items(app, case):
    report, found = pictures(filled(**CASES[case]))
    exported = {(row["unit_code"], row["item_code"]): row for row in rows(report, "items") if row["group_code"] is None}
    items = [item.code for item in report.plan.rated_items]
    for unit, figures in zip(found.units, found.heat.rows, strict=True):
        for item, figure in zip(items, figures, strict=True):
            assert figure.value == number(exported[unit.code, item]["score"])
            assert figure.text
    assert len(exported) == len(items) * len(found.units)


@pytest.mark.parametrize("case", CASES)
def test_the_difference_of_groups_is_that_of_the_export(app, case):
    report, found = pictures(filled(**CASES[case]))
    exported = {(row["unit_code"], row["group_code"]): row for row in rows(report, "groups")}
    for group, gap in zip(report.plan.groups[1:], found.gaps, strict=False):
        for unit, row in zip(found.units, gap.rows, strict=True):
            cells = exported[unit.code, group.code]
            names = ("difference", "difference_low", "difference_high")
            assert [row.difference.value, row.difference.low, row.difference.high] == [number(cells[n]) for n in names]
            assert row.group.value == number(cells["score"])
            assert row.first.value == number(exported[unit.code, report.plan.groups[0].code]["score"])
    compared = [row for row in exported.values() if row.get("difference") is not None]
    assert bool(found.gaps) == bool(compared)


@pytest.mark.parametrize("case", CASES)
def test_the_levels_are_the_counts_of_the_distribution(app, case):
    report, found = pictures(filled(**CASES[case]))
    exported = [row for row in rows(report, "distribution") if row["group_code"] is None]
    cells = {(row["unit_code"], row["item_code"]): row for row in exported}
    by_words = [[item for item in report.plan.rated_items if item.scale == scale] for scale in report.plan.rated_levels.scales if not scale.direct]  # fmt: skip
    assert len(found.levels) == len(by_words)
    for items, picture in zip(by_words, found.levels, strict=True):
        of_items = picture.parts[1:] if len(items) > 1 else picture.parts
        for item, part in zip(items, of_items, strict=True):
            for unit, row in zip(found.units, part.rows, strict=True):
                cell = cells[unit.code, item.code]
                counts = [cell[name] for name in cell if name.startswith("count.") and cell[name] is not None]
                assert row.counts == counts
                assert (row.n, row.dont_know) == (cell["n"] or 0, cell["dont_know"] or 0)
        for at, together in enumerate(picture.parts[0].rows if len(items) > 1 else []):
            assert together.n == sum(part.rows[at].n for part in of_items)
            assert together.dont_know == sum(part.rows[at].dont_know for part in of_items)


def test_the_mean_of_the_radar_is_the_plain_mean_of_the_scores_that_are_shown(app):
    report, found = pictures(filled(**CASES["four levels"]))
    for item, mean in enumerate(found.radar.means):
        scores = [score for row in report.result.item_score if (score := row[item]) is not None]
        assert mean.value == float(round_half_up(sum(scores) / len(scores), report.plan.rule.decimals))
    for place, unit in enumerate(report.order):
        for item, difference in enumerate(found.radar.differences[place]):
            assert (difference.value is None) == (report.result.item_score[unit][item] is None)


def test_a_radar_needs_three_items(app):
    assert pictures(filled(**CASES["direct points"]))[1].radar is None


def test_a_unit_with_too_few_items_has_no_radar_and_is_not_the_first_one_shown(app):
    _report, found = pictures(partly_known())
    few = [place for place, row in enumerate(found.radar.differences) if sum(one.value is not None for one in row) < 3]
    assert [found.units[place].code for place in few] == ["B01"]
    assert "too few items" in found.radar.findings[few[0]]
    assert found.units[found.radar.first].code != "B01"
    assert found.levels[0].parts[1].rows[few[0]].dont_know > 0, "that nobody knew is shown"
    assert found.levels[0].parts[1].rows[few[0]].shares == []


def test_numbers_have_no_picture_of_levels(app):
    assert pictures(filled(**CASES["direct points"]))[1].levels == []


def test_what_is_withheld_has_no_number_and_says_why(app):
    report, found = pictures(filled(**CASES["a group falls short"]))
    assert report.plan.groups[1].code == "staff"
    assert found.gaps == [], "of the second group nothing is shown"
    cells = [figure for row in found.heat.rows for figure in row if figure.value is None]
    assert {figure.text for figure in cells} <= {"n < 9", "no ballots", "not counted", "—"}
    texts = [row.left_out for part in found.levels[0].parts for row in part.rows if not row.missing]
    assert texts and all(text.startswith("Without: Staff") for text in texts)


def test_nothing_is_drawn_where_nothing_is_shown(app):
    report, found = pictures(filled(ballots=3, rule={"minimum": 9}))
    assert not found.any
    assert (found.ranking, found.heat, found.levels, found.radar, found.gaps) == (None, None, [], None, [])
    assert len(found.units) == len(report.plan.units)


def test_the_trend_has_the_scores_of_all_rounds_and_marks_what_is_more_than_chance(app):
    sealed_round("one", votes(ALL, NONE, 2))
    survey = sealed_round("two", votes(ALL, ALL, 3))
    report, found = pictures(survey, rounds_until(survey))
    pair = rounds_until(survey).pairs[-1]
    for place, unit in enumerate(report.order):
        row, change = found.trend.rows[place], pair.units[unit]
        decimals = report.plan.rule.decimals
        assert [score.value for score in row.scores] == [
            float(round_half_up(value, decimals)) for value in (change.before, change.after)
        ]
        assert row.change.value == float(round_half_up(change.change.value, decimals))
        assert bool(row.direction) == change.clear
    assert {unit.code: row.direction for unit, row in zip(found.units, found.trend.rows, strict=True)} == {
        "B01": "", "B02": "up", "B03": "down",
    }  # fmt: skip


def test_rounds_with_other_scales_have_no_trend(app):
    sealed_round("one", votes(ALL, NONE, 2))
    survey = sealed_round("two", votes(ALL, ALL, 3), questionnaire=questionnaire(scale="quality4"))
    assert pictures(survey, rounds_until(survey))[1].trend is None


@given(st.floats(-100, 100, allow_nan=False))
def test_a_sign_stands_before_a_difference_unless_it_is_printed_as_zero(value):
    words = SimpleNamespace(report=SimpleNamespace(plan=SimpleNamespace(rule=SimpleNamespace(decimals=1))))
    text = signed(words, value)
    number = round_half_up(value, 1)
    assert text[0] == {1: "+", 0: "0", -1: "−"}[(number > 0) - (number < 0)]
    assert float(text.replace("−", "-")) == float(number)


def test_a_figure_without_a_value_has_no_interval():
    assert Figure("n < 5").interval == ""
