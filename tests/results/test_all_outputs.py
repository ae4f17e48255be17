"""From everything that is shown of two rounds, taken together, no withheld count of ratings can be worked out.

Each figure of the tables (which CSV, JSON, Parquet and API hold), pictures, parts by general branch, results under other rules, and
comparisons of rounds is written as what the method says it is: a linear form of the counts that are shown, and of no other. First,
the ratings that were given must fulfil every one of them: a figure that holds anything withheld does not. Then the least and
the most that each withheld count can be are computed from all of them together, for somebody who even knows how many rated what.

Intervals and ranks are no linear forms; that they do not depend on what is withheld, like everything else, is in the second part.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from surveys.results.export.changes import changes_table
from surveys.results.export.tables import all_tables
from surveys.results.pictures import pictures_of
from surveys.results.printed.documents import report_document, unit_document
from surveys.results.printed.source import Source
from surveys.results.rounds import Rounds
from surveys.results.what_if import what_if
from surveys.results.workbook import Beside, write_workbook
from tests.results.shown_figures import (
    ENGLISH,
    ITEMS,
    LEVELS,
    OTHER_RULES,
    PLACE,
    POINTS,
    TEXT,
    UNITS,
    WIDTH,
    WINDOW,
    ZONE,
    Statement,
    both,
    counts_of,
    methods,
    statements,
)
from tests.results.test_outputs_disclosure import texts_of

ballot = st.lists(st.sampled_from(LEVELS), min_size=WIDTH, max_size=WIDTH)


def ballots(fewest: int, most: int) -> st.SearchStrategy[list[list[int]]]:
    return st.lists(ballot, min_size=fewest, max_size=most)


one_round = st.tuples(ballots(5, 9), ballots(2, 8), ballots(3, 7))


def hidden_of(rounds: Rounds, counts: np.ndarray) -> list[tuple[int, ...]]:
    """The withheld (round, group, unit, item) that somebody rated."""
    shown = np.array([one.report.result.shown for one in rounds.rounds], bool)
    return [tuple(place) for place in np.argwhere(~shown & (counts.sum(axis=-1) > 0)).tolist()]


def broken(found: list[Statement], counts: np.ndarray) -> list[str]:
    """The figures that are not what the method says of the ratings that were given."""
    true = counts.reshape(-1).astype(float)
    return [one.where for one in found if not one.low <= one.form @ true <= one.high]


def narrowest(found: list[Statement], counts: np.ndarray, hidden: list[tuple[int, ...]]) -> float:
    """The least distance between what least and what most a withheld count can be."""
    n = counts.sum(axis=-1)
    a_eq = np.kron(np.eye(n.size), np.ones(len(POINTS)))  # how many rated what is known
    rows = np.unique(np.array([[*one.form.round(12), one.low, one.high] for one in found]), axis=0)
    forms, low, high = rows[:, :-2], rows[:, -2], rows[:, -1]
    a_ub, b_ub = np.concatenate([forms, -forms]), np.concatenate([high, -low])
    widths = []
    for place in hidden:
        for level in range(len(POINTS)):
            aim = np.eye(1, PLACE.size, PLACE[(*place, level)])[0]
            ends = [
                linprog(sign * aim, a_ub, b_ub, a_eq, n.reshape(-1), method="highs").fun for sign in (1, -1)
            ]  # fmt: skip
            widths.append(-ends[1] - ends[0])
    return min(widths)


@given(one_round, one_round)
@settings(max_examples=40, deadline=None)
def test_every_figure_is_what_the_method_says_of_what_is_shown(older, newer):
    rounds, counts = both(older, newer), counts_of(older, newer)
    assert broken(statements(rounds, methods(rounds, counts)), counts) == []


@given(one_round, one_round)
@settings(max_examples=8, deadline=None)
def test_no_withheld_count_can_be_solved_for_from_all_figures_together(older, newer):
    rounds, counts = both(older, newer), counts_of(older, newer)
    hidden = hidden_of(rounds, counts)
    assume(hidden)
    assert narrowest(statements(rounds, methods(rounds, counts)), counts, hidden) >= 1 - 1e-6


FEW = ([[1] * WIDTH] * 8, [[4] * WIDTH] * 3, [[1] * WIDTH] * 5)
ENOUGH = ([[1] * WIDTH] * 8, [[1] * WIDTH] * 8, [[1] * WIDTH] * 5)


def test_a_figure_that_holds_withheld_ratings_is_found_by_both():
    """Three members of staff gave 0 points: a figure over all ratings of the unit tells it."""
    rounds, counts = both(FEW, ENOUGH), counts_of(FEW, ENOUGH)
    right = methods(rounds, counts)
    found, hidden = statements(rounds, right), hidden_of(rounds, counts)
    assert len(found) > 1500
    assert narrowest(found, counts, hidden) >= 1
    with_hidden = replace(right[0], shown=right[0].n > 0)
    leak = [Statement("leak", with_hidden.of_unit(0), 75 - 0.005, 75 + 0.005)]
    assert broken(leak, counts) == []  # it is a true figure
    assert broken([replace(leak[0], form=right[0].of_unit(0))], counts) == ["leak"]  # and not the one of the method
    assert narrowest([*found, *leak], counts, hidden) < 0.1


def everything(rounds: Rounds) -> dict[str, object]:
    """All that is shown, with intervals, ranks, sentences and files."""
    found: dict[str, object] = {"changes": changes_table(rounds, "en").rows, "pair": (rounds.pairs[0].units, rounds.pairs[0].items, rounds.pairs[0].branches)}  # fmt: skip
    for at, one in enumerate(rounds.rounds):
        report, beside = one.report, rounds if at else None
        source = Source(report, WINDOW, ZONE, "en", TEXT, rounds=beside)
        found |= {
            f"{at} tables": [table.rows for table in all_tables(report, "en", TEXT)],
            f"{at} pictures": pictures_of(report, beside, "en", TEXT),
            f"{at} other rules": [what_if(report, rule).units for rule, *_ in OTHER_RULES],
            f"{at} printed": report_document(source).blocks,
            f"{at} units": [unit_document(source, unit).blocks for unit in range(len(UNITS))],
            f"{at} workbook": texts_of(
                "book.xlsx", write_workbook(report, WINDOW, ZONE, "en", ENGLISH, Beside(rounds=beside))
            ),
        }
    return found


@given(one_round, one_round, st.data())
@settings(max_examples=10, deadline=None)
def test_nothing_that_is_shown_depends_on_what_is_withheld(older, newer, data):
    """With other levels in what is withheld, as many of them, every figure, interval, rank and sentence is the same."""
    rounds, counts = both(older, newer), counts_of(older, newer)
    hidden = hidden_of(rounds, counts)
    assume(hidden)
    changed = tuple([[list(one) for one in given] for given in groups] for groups in (older, newer))
    for at, group, unit, item in hidden:
        for row in changed[at][group]:
            if row[unit * len(ITEMS) + item] <= len(POINTS):
                row[unit * len(ITEMS) + item] = data.draw(st.sampled_from(LEVELS[:3]))
    before, after = everything(rounds), everything(both(*changed))
    for name, shown in before.items():
        assert shown == after[name], name
