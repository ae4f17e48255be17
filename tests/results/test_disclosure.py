"""From everything that is published, no withheld count can be solved for: its linear bounds stay apart."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveys.results.withholding import ShownAnswers, publishable
from surveys.scoring.layout import Layout
from surveys.scoring.result import compute
from surveys.scoring.rule import ScoreRule
from surveys.scoring.tally import Tally
from surveys.scoring.totals import AnswerTotals, Turnout

GROUPS, UNITS, ITEMS, LEVELS, MINIMUM = 2, 2, 2, 3, 5
ANSWERS = (1, 2, 3, 254, 255)  # three levels, don't know, left blank
BAD = 2  # the position of the answer after which a follow-up is asked

LAYOUT = Layout(
    width=UNITS * ITEMS,
    columns=np.arange(UNITS * ITEMS).reshape(UNITS, ITEMS),
    points=np.array([100.0, 60.0, 0.0]),
    satisfied=np.array([True, False, False]),
    item_weights=np.ones(ITEMS),
    group_weights=np.ones(GROUPS),
    apart=np.zeros(GROUPS, bool),
    rates=np.ones((GROUPS, UNITS), bool),
    rule=ScoreRule(minimum=MINIMUM, resamples=10),
    rate_item=None,
)

# Few different ballots, so that groups near the minimum and items with few ratings come up often.
ballot = st.lists(st.sampled_from(ANSWERS), min_size=UNITS * ITEMS, max_size=UNITS * ITEMS)
some = st.tuples(st.lists(ballot, min_size=5, max_size=14), st.lists(ballot, min_size=2, max_size=9))


def result_of(groups: tuple[list[list[int]], ...]):
    """The stored result of the ballots; everyone who gave a bad answer about a unit says why."""
    of = np.repeat(np.arange(GROUPS), [len(ballots) for ballots in groups])
    packed = np.array([ballot for ballots in groups for ballot in ballots], np.uint8)
    why = {}
    for unit in range(UNITS):
        bad = (packed[:, unit * ITEMS : (unit + 1) * ITEMS] == ANSWERS[BAD]).any(axis=1)
        n = np.bincount(of[bad], minlength=GROUPS)
        why[f"U{unit}/why"] = AnswerTotals(unit, n.tolist(), [[int(count)] for count in n], [[] for _ in n])
    tally = Tally(LAYOUT, np.bincount(of, minlength=GROUPS).tolist())
    tally.add(of, packed)
    return compute(tally, why, Turnout(())).result


def widths(published, ballots: list[int]) -> list[float]:
    """Between what least and what most each withheld count can be, by linear programs over all that is published.

    Variables: the counts by group, unit, item and answer, and by group and unit those who said why.
    """
    shown = published.result
    size = GROUPS * UNITS * ITEMS * len(ANSWERS)
    place = np.arange(size).reshape(GROUPS, UNITS, ITEMS, len(ANSWERS))
    why = size + np.arange(GROUPS * UNITS).reshape(GROUPS, UNITS)
    total = size + GROUPS * UNITS
    equal: list[tuple[dict[int, float], float]] = []
    most: list[tuple[dict[int, float], float]] = []
    hidden = []
    for g in range(GROUPS):
        for u in range(UNITS):
            for i in range(ITEMS):
                equal.append((dict.fromkeys(place[g, u, i].tolist(), 1.0), ballots[g]))  # everyone was asked
                figures = [*shown.counts[g][u][i], shown.dont_know[g][u][i], shown.blank[g][u][i]]
                for answer, figure in enumerate(figures):
                    if figure is None:
                        hidden.append(int(place[g, u, i, answer]))
                    else:
                        equal.append(({int(place[g, u, i, answer]): 1.0}, figure))
                if shown.group_n[g][u] is not None:
                    most.append((dict.fromkeys(place[g, u, i, :LEVELS].tolist(), 1.0), shown.group_n[g][u]))
                # Who gave this item a bad answer said why; nobody said why who gave none a bad one.
                most.append(({int(place[g, u, i, BAD]): 1.0, int(why[g, u]): -1.0}, 0))
            most.append(({int(why[g, u]): 1.0, **{int(place[g, u, i, BAD]): -1.0 for i in range(ITEMS)}}, 0))
    for u in range(UNITS):
        n = published.answers[f"U{u}/why"].n
        if n is not None:
            # The reader knows whose follow-ups are counted: the method sheet says so.
            equal.append(({int(why[g, u]): 1.0 for g in range(GROUPS) if counted(shown, g, u)}, n))

    def matrix(rows):
        a = np.zeros((len(rows), total))
        for row, (terms, _) in enumerate(rows):
            for column, factor in terms.items():
                a[row, column] = factor
        return a, np.array([value for _, value in rows], float)

    a_eq, b_eq = matrix(equal)
    a_ub, b_ub = matrix(most)
    found = []
    for variable in hidden:
        aim = np.zeros(total)
        aim[variable] = 1
        ends = [linprog(sign * aim, a_ub, b_ub, a_eq, b_eq, method="highs") for sign in (1, -1)]
        assert all(end.status == 0 for end in ends)
        found.append(-ends[1].fun - ends[0].fun)
    return found


def counted(shown, group: int, unit: int) -> bool:
    return all(shown.shown[group][unit]) or shown.everyone_counts


@given(some)
@settings(max_examples=25, deadline=None)
def test_no_withheld_count_can_be_solved_for(groups):
    shown = publishable(result_of(groups), MINIMUM)
    shown.result.everyone_counts = False
    found = widths(shown, [len(ballots) for ballots in groups])
    assume(found)
    assert min(found) >= 1 - 1e-6


def test_the_check_finds_a_follow_up_that_counts_hidden_groups():
    """Five of eight people who are shown gave a bad answer, and five said why: so nobody of the hidden three did."""
    result = result_of(([[3, 1, 1, 1]] * 5 + [[1, 1, 1, 1]] * 3, [[1, 2, 1, 1]] * 3))
    shown = publishable(result, MINIMUM)
    leaking = replace(shown, answers={**shown.answers, "U0/why": ShownAnswers(5, [5], [])})
    leaking.result.everyone_counts = True
    assert min(widths(leaking, [8, 3])) < 1e-6


def test_a_follow_up_counts_only_groups_whose_ratings_are_shown():
    shown = publishable(result_of(([[3, 1, 1, 1]] * 6, [[3, 3, 1, 1]] * 3)), MINIMUM)
    assert shown.answers["U0/why"] == ShownAnswers(6, [6], [])
    assert shown.answers["U1/why"] == ShownAnswers(None, [], [])


@given(some, st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_shown_depends_on_a_group_that_is_not(groups, data):
    """Not scores, intervals, reliability, nor anything else: with other answers of hidden people all of it is the same."""
    few = groups[1][: MINIMUM - 1]
    others = [data.draw(ballot) for _ in few]
    one = publishable(result_of((groups[0], few)), MINIMUM)
    other = publishable(result_of((groups[0], others)), MINIMUM)
    assert (one.result, one.answers) == (other.result, other.answers)


@given(some, st.data())
@settings(max_examples=60, deadline=None)
def test_nothing_that_is_shown_depends_on_an_item_that_is_not(groups, data):
    """Of a group that is shown: with other ratings of an item that has too few, all else is the same.

    But for the shares of ballots with one answer throughout and like another one, which are of whole ballots; they are
    blunt where they would tell of each (Report.habits).
    """
    result = result_of(groups)
    hidden = [(g, u, i) for g in range(GROUPS) for u in range(UNITS) for i in range(ITEMS)
              if result.included[g][u] and not result.shown[g][u][i]]  # fmt: skip
    assume(hidden)
    changed = [[list(one) for one in ballots] for ballots in groups]
    for g, u, i in hidden:
        for one in changed[g]:
            if one[u * ITEMS + i] <= LEVELS:
                one[u * ITEMS + i] = data.draw(st.sampled_from(ANSWERS[:LEVELS]))
    before = publishable(result, MINIMUM)
    after = publishable(result_of(tuple(changed)), MINIMUM)
    for figures in (before, after):
        figures.result.straight, figures.result.alike = [], []
    assert (before.result, before.answers) == (after.result, after.answers)


def test_a_score_of_a_hundred_says_nothing_of_an_item_with_three_ratings():
    ballots = [[1, 1, 1, 1]] * 3 + [[1, 254, 1, 1]] * 3
    published = publishable(result_of((ballots, [])), MINIMUM)
    shown = published.result
    assert shown.score[0] == 100
    assert shown.counts[0][0] == [[6, 0, 0], [None] * 3]
    assert (shown.means[0][0][1], shown.dont_know[0][0][1], published.withheld.items) == (None, None, 1)
    bad = [[1, 3, 1, 1]] * 3 + [[1, 254, 1, 1]] * 3
    assert publishable(result_of((bad, [])), MINIMUM).result.score[0] == 100


def test_a_question_of_one_group_tells_nothing_of_the_few_answers_of_another():
    """Everyone is asked `all`, only the second group `some`: the second one's part of `all` can be known from it."""
    result = result_of(([[1, 1, 1, 1]] * 8, [[1, 1, 1, 1]] * 8))
    few, many = [2, 2], [7, 7]
    answers = {
        "all": AnswerTotals(0, [2, 7], [few, many], [[], []], [True, True]),
        "some": AnswerTotals(0, [0, 7], [[0, 0], many], [[], []], [False, True]),
    }
    shown = publishable(replace(result, answers=answers), MINIMUM).answers
    assert shown["all"] == shown["some"] == ShownAnswers(7, many, [])


def test_a_question_that_no_group_of_a_part_is_asked_is_not_withheld_but_not_asked():
    result = replace(result_of(([[1, 1, 1, 1]] * 8, [[1, 1, 1, 1]] * 8)), apart=[False, True])
    answers = {"some": AnswerTotals(None, [0, 7], [[0], [7]], [[], []], [False, True])}
    published = publishable(replace(result, answers=answers), MINIMUM)
    some = published.answers["some"]
    assert some == ShownAnswers(None, [], [], asked=False, apart=ShownAnswers(7, [7], []))
    assert published.withheld.answers == 0
