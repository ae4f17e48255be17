"""The committee's composite: the worked case, the schemes of 2012 and 2025, and what holds of any."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.results.evaluation.presets import PRESETS
from surveys.results.evaluation.scheme import preset, read_scheme, scheme_data
from surveys.scoring.composite import Column, UnitInput, evaluate, judged


def filled(scheme, points, survey=None, rate=None):
    """A unit whose open cells are all filled: with points by source, as shares of each maximum."""
    return UnitInput(
        {
            column: Decimal(str(points[column.source])) * Decimal(str(scheme.criterion(column.criterion).maximum)) / 100
            for column in scheme.columns
        },
        survey,
        None if rate is None else Decimal(str(rate)),
    )


def names(scheme, grades):
    return [None if grade is None else scheme.grades[grade].name["zh"] for grade in grades]


def test_case_f_by_source_with_a_gate():
    scheme = read_scheme(preset("by_source"))
    (unit,) = evaluate(scheme, [filled(scheme, {"own": 95, "check": 90}, 88.4211, 86.32)]).units
    assert float(unit.total) == pytest.approx(90.5263, abs=5e-5)
    assert unit.printed == Decimal("90.53")
    assert names(scheme, [unit.by_points, unit.grade]) == ["好", "一般"]
    assert [gate.under for gate in unit.gates] == [90]


class TestSevenIndicatorsOf2012:
    scheme = read_scheme(preset("indicators2012"))

    def test_they_have_100_points_and_the_last_one_is_the_survey(self):
        assert (len(self.scheme.criteria), self.scheme.maximum) == (7, 100)
        assert [source.kind for source in self.scheme.used(self.scheme.criteria[-1])] == ["survey"]

    def test_weights_count_among_the_sources_that_are_used(self):
        shares = [self.scheme.share(*cell) for cell in self.scheme.cells]
        assert sum(shares) == 100
        assert shares[:2] == [Fraction(15 * 20, 70), Fraction(15 * 50, 70)]

    def test_criterion_and_source_together(self):
        (unit,) = evaluate(self.scheme, [filled(self.scheme, {"own": 100, "check": 90}, 95.0, 95)]).units
        # 90 points of six indicators, of which two sevenths are the own score, and 9.5 of the survey.
        assert unit.total == 90 * (Fraction(2, 7) + Fraction(9, 10) * Fraction(5, 7)) + Fraction(19, 2)
        assert (unit.printed, unit.grade) == (Decimal("93.07"), 0)

    @pytest.mark.parametrize(
        "points, grade", [(90, "好"), (89.99, "较好"), (80, "较好"), (60, "一般"), (59.99, "较差")]
    )
    def test_grades_at_90_80_and_60(self, points, grade):
        (unit,) = evaluate(
            self.scheme, [filled(self.scheme, {"own": points, "check": points}, float(points), 95)]
        ).units
        assert names(self.scheme, [unit.grade]) == [grade]

    @pytest.mark.parametrize("points", [95, 85])
    def test_with_a_satisfaction_rate_under_90_a_branch_is_neither_good_nor_fairly_good(self, points):
        (unit,) = evaluate(
            self.scheme, [filled(self.scheme, {"own": points, "check": points}, float(points), 89.99)]
        ).units
        assert names(self.scheme, [unit.grade]) == ["一般"]


class TestSchoolOf2025:
    scheme = read_scheme(preset("judges2025", ["甲", "乙", "丙"]))

    def unit(self, *points, survey):
        return UnitInput(dict(zip(self.scheme.columns, map(Decimal, points), strict=True)), survey)

    def test_half_is_the_mean_of_the_judges_and_half_the_overall_evaluation(self):
        (unit,) = evaluate(self.scheme, [self.unit("92.5", "90", "91", survey=88.0)]).units
        assert unit.cells["overall", "judges"] == Fraction("273.5") / 3
        assert unit.printed == Decimal("89.58")

    def test_at_least_15_percent_are_not_in_the_best_grade_by_the_decision_of_the_committee(self):
        units = [self.unit(*[str(99 - n)] * 3, survey=99.0 - n) for n in range(8)]
        (open_quota,) = evaluate(self.scheme, units).quotas
        assert (open_quota.check.limit, open_quota.check.found, open_quota.allowed, open_quota.is_open) == (
            2,
            0,
            6,
            True,
        )
        decided = evaluate(self.scheme, units, {0: [0, 1, 2, 3, 4, 7]})
        assert names(self.scheme, [unit.grade for unit in decided.units]) == ["好"] * 5 + ["较好", "较好", "好"]
        assert decided.is_complete

    def test_the_tied_at_the_cut_are_named_and_none_of_them_is_preferred(self):
        units = [self.unit(*["95"] * 3, survey=95.0) for _ in range(4)]
        composite = evaluate(self.scheme, units)
        assert composite.quotas[0].check.tied == (0, 1, 2, 3)
        assert {unit.grade for unit in composite.units} == {0}
        assert not composite.is_complete


def test_a_quota_of_at_most_counts_who_has_the_grade_after_the_gates():
    scheme = read_scheme({**preset("by_source"), "quotas": [{"at_most": 0.4, "grade": 0}]})
    units = [filled(scheme, {"own": 95, "check": 95}, 95.0, rate) for rate in (95, 95, 95, 80, 80)]
    (quota,) = evaluate(scheme, units).quotas
    assert (quota.places, quota.allowed) == ((0, 1, 2), 2)


def test_quotas_are_taken_in_turn_each_on_the_grades_that_the_one_before_left():
    quotas = [{"at_most": 0.25, "grade": 0}, {"at_least": 0.5, "grade": 2}]
    scheme = read_scheme({**preset("by_source"), "quotas": quotas})
    units = [filled(scheme, {"own": n, "check": n}, float(n), 95) for n in (97, 96, 95, 85)]
    first, second = evaluate(scheme, units, {0: [1]}).quotas
    assert (first.places, first.allowed) == ((0, 1, 2), 1)
    assert (second.places, second.allowed, second.is_open) == ((0, 1, 2, 3), 2, True)
    decided = evaluate(scheme, units, {0: [1], 1: [1, 3]})
    assert [unit.grade for unit in decided.units] == [2, 0, 2, 1]


def test_equal_totals_share_a_rank_and_the_next_is_skipped():
    scheme = read_scheme(preset("by_source"))
    units = [filled(scheme, {"own": n, "check": n}, float(n)) for n in (95, 90, 90, 80)]
    assert [unit.rank for unit in evaluate(scheme, units).units] == [1, 2, 2, 4]


def test_a_maximum_that_is_not_100_is_brought_to_100():
    two = [{"code": "a", "name": "甲", "maximum": 7}, {"code": "b", "name": "乙", "maximum": 14}]
    scheme = read_scheme({"criteria": two, "sources": [{"code": "s", "name": "分", "weight": 1}]})
    (unit,) = evaluate(scheme, [UnitInput({Column("a", "s"): Decimal(7), Column("b", "s"): Decimal(7)})]).units
    assert (unit.total, unit.printed) == (Fraction(200, 3), Decimal("66.67"))


def test_without_a_cell_or_the_survey_there_is_no_total_and_the_missing_is_named():
    scheme = read_scheme(preset("by_source"))
    whole = filled(scheme, {"own": 90, "check": 90}, 90.0)
    missing = Column("overall", "check")
    without = replace(whole, points={column: p for column, p in whole.points.items() if column != missing})
    first, second, third = evaluate(scheme, [whole, without, replace(whole, survey=None)]).units
    assert (second.total, second.rank, second.grade, second.missing) == (None, None, None, (missing,))
    assert (third.total, third.lacks_survey, third.missing) == (None, True, ())
    assert (first.rank, evaluate(scheme, [whole, replace(whole, survey=None)]).is_complete) == (1, True)


@pytest.mark.parametrize("drop_above, mean", [(None, 70), (4, 80), (5, 70)])
def test_one_highest_and_one_lowest_judge_are_dropped_only_above_the_number(drop_above, mean):
    points = [Decimal(p) for p in ("90", "20", "80", "75", "85")]
    assert judged(points, drop_above) == mean


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_read_and_written_again(name):
    scheme = read_scheme(PRESETS[name])
    assert read_scheme(scheme_data(scheme)) == scheme
    assert sum(scheme.share(*cell) for cell in scheme.cells) == 100


POINTS = st.decimals(0, 100, places=2)


@st.composite
def schemes(draw):
    sources = [
        {"code": f"s{n}", "name": f"源{n}", "weight": draw(st.integers(1, 90))} for n in range(draw(st.integers(1, 3)))
    ]
    criteria = [
        {"code": f"c{n}", "name": f"指标{n}", "maximum": draw(st.integers(1, 50))}
        for n in range(draw(st.integers(1, 4)))
    ]
    return read_scheme({"criteria": criteria, "sources": sources})


def drawn(data, scheme):
    return filled(scheme, {source.code: data.draw(POINTS) for source in scheme.sources})


@given(schemes(), st.data())
def test_a_total_lies_between_0_and_100(scheme, data):
    (unit,) = evaluate(scheme, [drawn(data, scheme)]).units
    assert 0 <= unit.total <= 100


@given(schemes(), st.data())
def test_more_points_in_a_cell_never_give_a_lower_total(scheme, data):
    before, column = drawn(data, scheme), data.draw(st.sampled_from(scheme.columns))
    maximum = Decimal(str(scheme.criterion(column.criterion).maximum))
    after = replace(before, points={**before.points, column: max(before.points[column], maximum / 2)})
    low, high = (evaluate(scheme, [unit]).units[0].total for unit in (before, after))
    assert low <= high


@given(schemes(), st.data())
def test_the_order_of_units_changes_nothing(scheme, data):
    units = [drawn(data, scheme) for _ in range(4)]
    order = data.draw(st.permutations(range(4)))
    plain, shuffled = evaluate(scheme, units).units, evaluate(scheme, [units[n] for n in order]).units
    assert [plain[n] for n in order] == list(shuffled)
