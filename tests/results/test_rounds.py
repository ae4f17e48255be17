"""Rounds compared: what the change of a unit, an item and a general branch is made of, and when there is none."""

from __future__ import annotations

import numpy as np
import pytest

from surveys.campaigns.campaigns import get_campaign, save_mapping
from surveys.campaigns.mapping import Followed
from surveys.campaigns.models import Survey
from surveys.questionnaires.scales import PRESETS
from surveys.results import round_changes
from surveys.results import rounds as module
from surveys.results.models import StoredResult, UnitDraw
from surveys.results.rounds import compare_rounds, rounds_until
from surveys.scoring.change import paired_apart
from tests.acting import TESTER
from tests.helpers import published
from tests.results.made_rounds import GROUPS, ITEMS, named_units, put_into, questionnaire, sealed_round

ALL, NONE = 1, 4
"""Levels worth 100 and 0 points."""


def votes(*levels: int, ballots: int = 20) -> np.ndarray:
    """Ballots that give each unit one level throughout; 0: it is not asked, 254: nobody knows."""
    return np.repeat(np.repeat(np.array(levels, np.uint8), len(ITEMS))[None], ballots, axis=0)


def compared(code="drive"):
    return compare_rounds(get_campaign(code))


def test_a_change_is_the_difference_of_two_scores(app):
    sealed_round("one", votes(ALL, NONE, 2))
    sealed_round("two", votes(ALL, ALL, 3))
    (pair,) = compared().pairs
    assert [row.before for row in pair.units] == [100, 0, 80]
    assert [row.after for row in pair.units] == [100, 100, 60]
    assert [row.change.value for row in pair.units] == [0, 100, -20]
    assert all(row.change.low <= row.change.value <= row.change.high for row in pair.units)
    assert [row.clear for row in pair.units] == [False, True, True]
    assert compared().lines == {0: [100, 100], 1: [0, 100], 2: [80, 60]}


def test_merged_units_were_the_plain_mean_and_split_units_what_they_came_from(app):
    sealed_round("one", votes(ALL, 2, 3, ALL), units=named_units(["A", "B", "C", "D"]))
    sealed_round("two", votes(ALL, 2, ALL, NONE, 2), units=named_units(["AB", "C1", "C2", "X", "E"]))
    lines = [("A", "AB"), ("B", "AB"), ("C", "C1"), ("C", "C2"), ("D", "X")]
    save_mapping(TESTER, "drive", "two", lines)
    (pair,) = compared().pairs
    assert [row.before for row in pair.units] == [90, 60, 60, 100, None]
    assert [row.change.value if row.change else None for row in pair.units] == [10, 20, 40, -100, None]
    assert [row.followed for row in pair.units] == [
        Followed.MERGED, Followed.SPLIT, Followed.SPLIT, Followed.RENAMED, Followed.NEW,
    ]  # fmt: skip
    assert pair.units[4].why == round_changes.NEW_UNIT
    draws = (one.report.stored.unit_draws() for one in compared().rounds)
    was, now = paired_apart(*draws, pair.newer.report.plan.rule.seed, pair.newer.stream)
    low, high = np.quantile(now.scores[:, 0] - was.mean_of([0, 1]), [0.025, 0.975])
    assert (pair.units[0].change.low, pair.units[0].change.high) == (pytest.approx(low), pytest.approx(high))
    items = {(row.unit, row.item): row for row in pair.items}
    assert [items[0, item].before for item in range(3)] == [90, 90, 90]


def test_over_three_rounds_a_line_follows_what_a_unit_was(app):
    sealed_round("one", votes(ALL, 3), units=named_units(["A", "B"]))
    sealed_round("two", votes(2), units=named_units(["AB"]))
    sealed_round("three", votes(ALL, 2), units=named_units(["AB", "N"]))
    save_mapping(TESTER, "drive", "two", [("A", "AB"), ("B", "AB")])
    assert compared().lines == {0: [80, 80, 100], 1: [None, None, 80]}


def test_without_one_of_its_earlier_scores_a_merged_unit_has_no_change(app):
    one = votes(ALL, 2)
    one[3:, len(ITEMS) :] = 254  # three ratings only
    sealed_round("one", one, units=named_units(["A", "B"]))
    sealed_round("two", votes(ALL, ALL), units=named_units(["AB", "B"]))
    save_mapping(TESTER, "drive", "two", [("A", "AB"), ("B", "AB")])
    (pair,) = compared().pairs
    row = pair.units[0]
    assert (row.before, row.after, row.change, row.why) == (None, 100, None, round_changes.NOT_ALL_EARLIER)
    assert not [item for item in pair.items if item.unit == 0]
    assert compared().lines[0] == [None, 100]


def test_a_unit_without_a_score_says_so(app):
    few = votes(ALL, ALL)
    few[3:, len(ITEMS) :] = 254
    sealed_round("one", few)
    sealed_round("two", votes(ALL, ALL))
    sealed_round("three", few)
    first, second = compared().pairs
    assert (first.units[1].why, second.units[1].why) == (round_changes.NO_EARLIER_SCORE, round_changes.NO_SCORE)
    assert first.units[0].why == ""


def test_items_are_compared_by_their_codes(app):
    sealed_round("one", votes(ALL))
    rows = np.repeat(np.array([[3, 2, 1]], np.uint8), 12, axis=0)
    sealed_round("two", rows, questionnaire=questionnaire(("mend", "new", "listen")))
    (pair,) = compared().pairs
    assert {(row.item, row.before, row.after) for row in pair.items} == {(0, 100, 60), (2, 100, 100)}
    assert pair.left_out == ["new", "serve"]
    assert pair.notes == (module.OTHER_ITEMS,)


def test_rounds_with_other_points_are_not_compared(app):
    sealed_round("one", votes(ALL))
    sealed_round("two", votes(ALL), questionnaire=questionnaire(scale="quality4"))
    (pair,) = compared().pairs
    assert pair.notes == (module.OTHER_SCALE,)
    assert pair.units[0].change is None
    assert pair.items == pair.branches == []
    assert pair.other_scale == sorted(ITEMS)


def test_of_items_with_several_scales_those_with_the_same_points_are_compared(app):
    def two_scales(second):
        asked = questionnaire(("listen", "mend"))
        asked["scales"]["other"] = PRESETS[second]
        asked["sections"][0]["items"][1]["scale"] = "other"
        return asked

    rows = np.repeat(np.array([[1, 4]], np.uint8), 20, axis=0)
    more = {"units": named_units(["A"])}
    for slug, scale in (("one", "likert5"), ("two", "likert5"), ("three", "quality4")):
        sealed_round(slug, rows if slug != "two" else rows[:, ::-1], questionnaire=two_scales(scale), **more)
    first, second = compared().pairs
    assert [(row.before, row.after) for row in first.items] == [(100, 0), (25, 100)]
    assert all(row.change.low <= row.change.value <= row.change.high for row in first.items)
    assert first.units[0].change.value == -12.5
    assert second.other_scale == ["mend"]
    assert [(row.item, row.before, row.after) for row in second.items] == [(0, 0, 100)]
    assert (second.notes, second.units[0].change) == ((module.OTHER_SCALE,), None)


def test_other_weights_are_said(app):
    both = [*GROUPS, {"code": "staff", "name": "教职工", "admission": "code", "weight": 50}]
    sealed_round("one", votes(ALL), votes(ALL), groups=both)
    sealed_round("two", votes(ALL), votes(ALL), groups=[both[0], {**both[1], "weight": 70}])
    assert compared().pairs[0].notes == (module.OTHER_WEIGHTS,)


def test_other_weights_of_items_are_said_but_not_because_of_an_item_that_only_one_round_asks(app):
    sealed_round("one", votes(1))
    rows = np.repeat(np.array([[1, 1]], np.uint8), 12, axis=0)
    asked = questionnaire(("listen", "serve"))
    sealed_round("two", rows, questionnaire=asked, units=named_units(["B01"]))
    sealed_round(
        "three", rows, questionnaire=asked, units=named_units(["B01"]), rule={"item_weights": {"listen": 2, "serve": 1}}
    )
    first, second = compared().pairs
    assert first.notes == (module.OTHER_ITEMS,)
    assert second.notes == (module.OTHER_WEIGHTS,)


def test_results_of_different_versions_of_the_method_say_so(app):
    first = sealed_round("one", votes(1))
    sealed_round("two", votes(1))
    StoredResult.update(method="1").where(StoredResult.survey == first.id).execute()
    assert compared().pairs[0].notes == (module.OTHER_METHOD,)


def test_a_general_branch_is_the_mean_of_its_units_beside_its_own_score(app):
    tree = [
        {"code": "G", "name": "机关党总支"}, *named_units(["A", "B", "C"]), *named_units(["Z"], "后勤党总支"),
    ]  # fmt: skip
    few = votes(3, ALL, 2, ALL, NONE)
    few[3:, 3 * len(ITEMS) : 4 * len(ITEMS)] = 254
    sealed_round("one", few, units=tree)
    sealed_round("two", votes(3, ALL, ALL, 2, NONE), units=tree)
    rounds = compared()
    before, after = (one.branches[0] for one in rounds.rounds)
    assert (before.name, before.score, before.shown, before.total) == ("机关党总支", 90, 2, 3)
    assert (after.score, after.shown, after.own) == (pytest.approx(280 / 3), 3, 0)
    assert rounds.rounds[1].report.result.score[after.own] == 60
    assert after.low <= after.score <= after.high
    one, other = rounds.pairs[0].branches
    assert (one.compared, one.total) == (2, 3)  # the branch without an earlier score is in neither mean
    assert (one.before, one.after, one.change.value) == (90, 100, 10)
    assert (other.name, other.change.value, other.clear) == ("后勤党总支", 0, False)


def test_only_sealed_surveys_are_rounds_and_a_survey_sees_those_before_it(app):
    first = sealed_round("one", votes(ALL))
    second = sealed_round("two", votes(ALL))
    published(slug="three")
    put_into("three")
    assert len(compared().rounds) == 2
    assert rounds_until(first) is None
    assert [one.survey.slug for one in rounds_until(second).rounds] == ["one", "two"]
    assert rounds_until(Survey.get(Survey.slug == "three")) is None
    assert rounds_until(sealed_round("alone", votes(ALL), campaign="other")) is None


def test_a_result_without_draws_has_no_interval_and_says_so(app):
    sealed_round("one", votes(ALL))
    sealed_round("two", votes(2))
    UnitDraw.delete().execute()
    (pair,) = compared().pairs
    assert (pair.units[0].before, pair.units[0].after, pair.units[0].why) == (100, 80, round_changes.NO_DRAWS)
    assert pair.branches[0].change is None


def test_what_is_said_later_of_units_changes_what_is_compared(app):
    sealed_round("one", votes(ALL, 2))
    sealed_round("two", votes(ALL, 2))
    assert [row.change.value for row in compared().pairs[0].units] == [0, 0]
    save_mapping(TESTER, "drive", "two", [("B01", "B02"), ("B02", "B01")])
    assert [row.change.value for row in compared().pairs[0].units] == [20, -20]


def test_of_everyone_entitled_a_change_is_certain(app):
    """Twenty of twenty answered twice: neither score can be another one."""
    rule = {"minimum": 5, "population": "finite"}
    everyone = [{**GROUPS[0], "expected": 20}]
    sealed_round("one", votes(2), rule=rule, groups=everyone)
    sealed_round("two", votes(ALL), rule=rule, groups=everyone)
    (pair,) = compared().pairs
    for row in (pair.units[0], pair.items[0]):
        assert (row.change.low, row.change.high, row.clear) == (20, 20, True)
