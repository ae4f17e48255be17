"""From stored ballots to the result of a survey: tallies, scores and turnout."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from surveys.ballots.box import BallotBatch, count_stored, pace_of, read_ballots
from surveys.ballots.models import PAPER
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
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
    by_group = count_stored(survey.id)
    tally = Tally(layout_of(plan), [by_group.get(g, 0) for g in range(len(plan.groups))])
    answers = AnswerTally(plan)
    on_paper = np.zeros(len(plan.groups), np.int64)
    for batch in batches:
        groups, packed = _arrays(batch, plan.width)
        on_paper += np.bincount(groups[np.array(batch.channels) == PAPER], minlength=len(plan.groups))
        tally.add(groups, packed)
        answers.add(groups, packed)
    pace = pace_of(survey.id, len(plan.groups))
    turnout = turnout_of(survey.id, plan, tally.ballots, on_paper.tolist())
    people = people_of(plan, turnout) if plan.rule.population == "finite" else None
    scored = compute(tally, answers.result(), turnout, pace, people)
    return replace(scored, result=_of_what_is_shown(scored.result, tally.layout, survey))


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
    habits = Habits(layout, shown)
    for batch in read_ballots(survey.id):
        groups, packed = _arrays(batch, layout.width)
        ratings = packed[:, layout.columns.ravel()]
        for group in np.unique(groups):
            habits.add(int(group), ratings[groups == group])
    return replace(result, straight=[*habits.straight], alike=[*habits.alike()])


def _arrays(batch: BallotBatch, width: int) -> tuple[Ints, Bytes]:
    packed = np.frombuffer(b"".join(batch.packed), np.uint8).reshape(len(batch), width)
    return np.array(batch.groups, np.int64), packed
