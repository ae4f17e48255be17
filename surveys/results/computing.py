"""From stored ballots to the result of a survey: tallies, scores and turnout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from surveys.ballots.box import BallotBatch, count_stored, pace_of, read_ballots
from surveys.ballots.models import PAPER
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.indices import GroupIndex, SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.packing import ShortRows
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import plan_of
from surveys.results.answer_tally import AnswerTally
from surveys.results.ballot_layout import layout_of
from surveys.results.digest import BallotsDigest
from surveys.scoring.layout import Bytes, Ints, Layout
from surveys.scoring.result import Result, Scored, compute
from surveys.scoring.tally import Habits, Tally
from surveys.scoring.totals import Turnout

Batches = Iterable[BallotBatch]
Progress = Callable[[int, int], None]
"""Is told how many ballots are done, and of how many."""


def digested(survey_id: SurveyId, digest: BallotsDigest, progress: Progress | None = None) -> Iterator[BallotBatch]:
    """The ballots of a survey in batches, each of which is fed to the digest, too."""
    total = sum(count_stored(survey_id).values()) if progress else 0
    for batch in read_ballots(survey_id):
        digest.feed(batch)
        yield batch
        if progress:
            progress(digest.ballots, total)


def score_ballots(survey: Survey, batches: Batches) -> Scored:
    """Score ballots that come in batches, in the order of their numbers."""
    plan = plan_of(survey)
    layout, expected = layout_of(plan), _expected(survey, plan)
    listed = {group: room for group, room in enumerate(plan.packing.entries) if room is not None}
    tally = Tally(layout, expected, listed)
    answers = AnswerTally(plan)
    on_paper = [0] * len(plan.groups)
    for batch in batches:
        for group, channel in zip(batch.groups, batch.channels, strict=True):
            on_paper[group] += channel == PAPER
        for group, rows in rows_of(plan, batch):
            if isinstance(rows, ShortRows):
                tally.add_listed(group, rows.units, rows.slots[:, :, list(layout.entry_columns)])
                answers.add_listed(group, rows)
            else:
                tally.add_full(group, layout.ratings_of(rows))
                answers.add(group, rows)
    pace = pace_of(survey.id, len(plan.groups))
    turnout = turnout_of(survey.id, plan, tally.ballots, on_paper)
    people = people_of(plan, turnout) if plan.rule.population == "finite" else None
    scored = compute(tally, answers.result(), turnout, pace, people)
    return replace(scored, result=_of_what_is_shown(scored.result, layout, survey))


def people_of(plan: SurveyPlan, turnout: Turnout) -> Ints:
    """How many people of each group may rate each unit (G, U); 0 where nobody knows.

    Those of the whole group, or those whose own unit it is.
    """
    people = np.zeros((len(plan.groups), len(plan.units)), np.int64)
    for number, (group, row) in enumerate(zip(plan.groups, turnout.groups, strict=True)):
        if group.own:
            for of_unit in turnout.by_unit:
                if of_unit.group == number:
                    people[number, of_unit.unit] = of_unit.admissions
        people[number, [*group.fixed, *group.draw_from]] = row.base or 0
    return people


def _of_what_is_shown(result: Result, layout: Layout, survey: Survey) -> Result:
    """Where ratings are withheld, look for straight-lined and like ballots again, among what is shown alone.

    The counts of whole ballots would tell of the others.
    """
    shown = np.array(result.shown, bool)
    if not shown.size or shown.all():
        return result
    plan = plan_of(survey)
    habits = Habits(layout, _expected(survey, plan), shown)
    for batch in read_ballots(survey.id):
        for group, rows in rows_of(plan, batch):
            if isinstance(rows, ShortRows):
                habits.add(group, rows.slots[:, :, list(layout.entry_columns)], rows.units)
            else:
                habits.add(group, layout.ratings_of(rows))
    return replace(result, straight=[*habits.straight], alike=[*habits.alike()])


def _expected(survey: Survey, plan: SurveyPlan) -> list[int]:
    """How many ballots there are, by group."""
    by_group = count_stored(survey.id)
    return [by_group.get(group, 0) for group in plan.group_indices]


def rows_of(plan: SurveyPlan, batch: BallotBatch) -> Iterator[tuple[GroupIndex, Bytes | ShortRows]]:
    """The ballots of a batch by group: full rows (n, width) or short ones, of one length each. Raises ValueError for what is none."""
    by_kind: dict[tuple[GroupIndex, int], list[bytes]] = {}
    for _, group, _, packed in batch.rows:
        by_kind.setdefault((group, len(packed)), []).append(packed)
    packing = plan.packing
    for (group, size), ballots in sorted(by_kind.items(), key=lambda kind: kind[0]):
        if packing.entries[group] is not None:
            yield group, packing.take_apart(ballots)
        elif size == packing.width:
            yield group, np.frombuffer(b"".join(ballots), np.uint8).reshape(len(ballots), size)
        else:
            raise ValueError("not a ballot of this survey")
