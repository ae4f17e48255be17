"""From the figures of two rounds, their changes, merged units and general branches, nothing withheld can be worked out."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveys.campaigns.plan_file import read_plan
from surveys.results.ballot_layout import layout_of
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from surveys.results.rounds import RoundPair, compare_pair
from surveys.results.sealed_round import SealedRound
from surveys.scoring.result import compute
from surveys.scoring.tally import Tally
from surveys.scoring.totals import Turnout
from tests.helpers import survey_file
from tests.results.made_rounds import named_units, questionnaire

UNITS, ITEMS, MINIMUM = ["A", "B", "C"], ("listen", "mend"), 5
SAID = [("A", "C"), ("B", "C"), ("C", "A")]  # in the later round C is what A and B were
LEVELS = (1, 2, 4, 254, 255)
DATA = survey_file(
    units=named_units(UNITS), questionnaire=questionnaire(ITEMS), rule={"minimum": MINIMUM, "resamples": 200}
)
PLAN = read_plan({name: value for name, value in DATA.items() if not isinstance(value, datetime)})
WIDTH = len(UNITS) * len(ITEMS)

ballot = st.lists(st.sampled_from(LEVELS), min_size=WIDTH, max_size=WIDTH)
one_round = st.tuples(st.lists(ballot, min_size=5, max_size=12), st.lists(ballot, min_size=2, max_size=8))


def made(groups, number: int) -> SealedRound:
    """A sealed round with these ballots by group; its digest does not depend on them."""
    tally = Tally(layout_of(PLAN), [len(ballots) for ballots in groups])
    of = np.repeat(np.arange(len(groups)), [len(ballots) for ballots in groups])
    tally.add(of, np.array([one for ballots in groups for one in ballots], np.uint8))
    scored = compute(tally, {}, Turnout(()))
    stored = StoredResult(digest=f"{number:064x}", method=scored.result.method)
    stored.result, stored.unit_draws = lambda: scored.result, lambda: scored.draws
    return SealedRound(SimpleNamespace(id=number, slug=str(number)), 3, report_of(PLAN, stored))


def figures(pair: RoundPair) -> tuple:
    """Everything that is shown of two rounds together."""
    return pair.units, pair.items, pair.branches, [one.branches for one in (pair.older, pair.newer)], pair.notes


def hidden_of(one: SealedRound) -> list[tuple[int, int, int]]:
    """The withheld (group, unit, item)."""
    shown = one.report.result.shown
    return [
        (g, u, i) for g in range(2) for u in range(len(UNITS)) for i in range(len(ITEMS)) if not shown[g][u][i]
    ]  # fmt: skip


@given(one_round, one_round, st.data())
@settings(max_examples=60, deadline=None)
def test_no_figure_of_rounds_depends_on_what_is_withheld(older, newer, data):
    """With other levels in what is withheld (as many of them) every figure, interval and mark is the same."""
    before = made(older, 1), made(newer, 2)
    assume(hidden_of(before[0]) or hidden_of(before[1]))
    changed = []
    for groups, one in zip((older, newer), before, strict=True):
        copied = [[list(ballot) for ballot in ballots] for ballots in groups]
        for g, u, i in hidden_of(one):
            for row in copied[g]:
                if row[u * len(ITEMS) + i] <= 4:
                    row[u * len(ITEMS) + i] = data.draw(st.sampled_from(LEVELS[:3]))
        changed.append(copied)
    after = made(changed[0], 1), made(changed[1], 2)
    assert figures(compare_pair(*before, SAID)) == figures(compare_pair(*after, SAID))


# The linear bounds. Variables: the counts of levels 1, 2, 3, 4 by round, group, unit and item.
SHAPE = (2, 2, len(UNITS), len(ITEMS), 4)
PLACE = np.arange(np.prod(SHAPE)).reshape(SHAPE)
POINTS = np.array([100.0, 80.0, 60.0, 0.0])


def unit_score(n, at: int, unit: int, counted) -> np.ndarray:
    """A unit's score as a linear form of counts, where the numbers of ratings n (2, G, U, I) are known.

    `counted` (2, G, U, I): what an attacker takes to be in it.
    """
    form = np.zeros(PLACE.size)
    groups = [g for g in range(2) if counted[at, g, unit].any()]
    for g in groups:
        items = np.flatnonzero(counted[at, g, unit])
        for i in items:
            form[PLACE[at, g, unit, i]] += POINTS / n[at, g, unit, i] / len(items) / len(groups)
    return form


def equations(pair: RoundPair, n, counted) -> list[tuple[np.ndarray, float]]:
    """All figures of two rounds as equations over counts: those of each round, changes, merged units, general branches."""
    found: list[tuple[np.ndarray, float]] = []
    for at, one in enumerate((pair.older, pair.newer)):
        for place in np.ndindex(SHAPE[1:]):
            g, u, i, level = place
            count = one.report.result.counts[g][u][i][level]
            if count is not None:
                found.append((np.eye(1, PLACE.size, PLACE[at, g, u, i, level])[0], count))
        for branch in one.branches:
            units = [u for u in one.children[branch.name] if one.report.result.score[u] is not None]
            if branch.score is not None:
                found.append((np.mean([unit_score(n, at, u, counted) for u in units], axis=0), branch.score))
    for row in pair.units:
        for at, units, score in ((0, row.sources, row.before), (1, (row.unit,), row.after)):
            if score is not None:
                found.append((np.mean([unit_score(n, at, u, counted) for u in units], axis=0), score))
    return found


def narrowest(pair: RoundPair, n, counted, more=()) -> float:
    """The least distance between the bounds of a withheld count, from all equations and the numbers of ratings."""
    rows = [*equations(pair, n, counted), *more]
    for place in np.ndindex(SHAPE[:4]):
        form = np.zeros(PLACE.size)
        form[PLACE[place]] = 1
        rows.append((form, n[place]))  # more than anybody is told: how many rated what is withheld
    a_eq, b_eq = np.array([form for form, _ in rows]), np.array([value for _, value in rows])
    widths = []
    for at, one in enumerate((pair.older, pair.newer)):
        for g, u, i in hidden_of(one):
            for level in range(4) if n[at, g, u, i] else ():
                aim = np.eye(1, PLACE.size, PLACE[at, g, u, i, level])[0]
                ends = [linprog(sign * aim, A_eq=a_eq, b_eq=b_eq, method="highs") for sign in (1, -1)]
                if any(end.status != 0 for end in ends):
                    return np.inf
                widths.append(-ends[1].fun - ends[0].fun)
    return min(widths, default=np.inf)


def ratings(older, newer) -> np.ndarray:
    """How many ratings there are (2, G, U, I)."""
    n = np.zeros(SHAPE[:4], int)
    for at, groups in enumerate((older, newer)):
        for g, ballots in enumerate(groups):
            n[at, g] = (np.array(ballots).reshape(-1, len(UNITS), len(ITEMS)) <= 4).sum(axis=0)
    return n


def shown_cells(pair: RoundPair, n) -> np.ndarray:
    """What is in scores by the documented rule: what is shown and rated."""
    return np.array([one.report.result.shown for one in (pair.older, pair.newer)], bool) & (n > 0)


@given(one_round, one_round)
@settings(max_examples=15, deadline=None)
def test_no_withheld_count_can_be_solved_for_from_all_rounds_together(older, newer):
    pair = compare_pair(made(older, 1), made(newer, 2), SAID)
    n = ratings(older, newer)
    found = narrowest(pair, n, shown_cells(pair, n))
    assume(found < np.inf)
    assert found >= 1 - 1e-6


def test_the_bounds_find_a_mean_that_counts_a_hidden_group():
    """Three of a hidden group gave each unit 0 points: a merged unit whose mean counted them would tell."""
    older = [[1] * WIDTH] * 8, [[4] * WIDTH] * 3
    newer = [[1] * WIDTH] * 8, [[1] * WIDTH] * 8
    pair = compare_pair(made(older, 1), made(newer, 2), SAID)
    n = ratings(older, newer)
    assert narrowest(pair, n, shown_cells(pair, n)) >= 1
    with_hidden = n > 0
    merged = np.mean([unit_score(n, 0, unit, with_hidden) for unit in (0, 1)], axis=0)
    assert narrowest(pair, n, shown_cells(pair, n), [(merged, 50.0)]) < 1e-6
