"""The seal: no ballot can enter any more, the tables are rewritten, the result is computed and fixed with a digest."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from math import isclose
from typing import Any

import numpy as np

from surveys.database import forget_old_pages, hold_backup_off, lock_survey, write
from surveys.publishing.machine import Move, move
from surveys.publishing.models import Survey
from surveys.publishing.operations import get_survey, plan_of, standing_of
from surveys.reporting.choices import ChoiceTally
from surveys.reporting.models import StoredResult
from surveys.reporting.turnout import turnout_of
from surveys.responding import tray
from surveys.responding.box import BallotDigest, count_ballots, pace_of, read_ballots, receipts_digest, rewrite_tables
from surveys.responding.models import PAPER
from surveys.responding.onpaper.entry import check_no_stack_is_open
from surveys.scoring.layout import Bytes, Ints, Layout, layout_of
from surveys.scoring.result import METHOD, Result, compute
from surveys.scoring.tally import Habits, Tally
from surveys.text import InputError, Problem

Batches = Iterable[list[tuple[bytes, int, int, bytes]]]
Progress = Callable[[int, int], None]


def seal(slug: str, progress: Progress | None = None) -> StoredResult:
    """Seal a closed survey in one transaction and return its result. `progress` is told (ballots done, of all).

    Interrupted at any point, nothing has happened. Raises InputError where the state does not allow it.
    """

    def act() -> StoredResult:
        hold_backup_off(wait=True)
        survey = get_survey(slug)
        lock_survey(survey.id, exclusive=True)
        survey = get_survey(slug)  # as it is now that no ballot can come in between
        after = move(standing_of(survey), Move.SEAL, int(time.time()))
        check_no_stack_is_open(survey.id)
        tray.empty(survey.id)
        rewrite_tables(survey.id)
        digest = BallotDigest()
        result = score_ballots(survey, _told(read_ballots(survey.id), digest, progress, survey.id))
        receipts, count = receipts_digest(survey.id)
        if count != digest.ballots:
            raise InputError(Problem("There are %(ballots)s ballots but %(receipts)s receipts. Nothing was sealed; "
                                     "call your administrator.", ballots=digest.ballots, receipts=count))  # fmt: skip
        survey.state = after.stored.value
        survey.save(only=[Survey.state])
        return StoredResult.create(
            survey=survey.id,
            sealed_at=int(time.time()),
            method=result.method,
            digest=whole_digest(survey.plan_digest, digest.hex(), receipts),
            ballots_digest=digest.hex(),
            receipts_digest=receipts,
            ballots=digest.ballots,
            receipts=count,
            body=json.dumps(result.to_json(), ensure_ascii=False, separators=(",", ":")),
        )

    stored = write(act)
    tray.keys().erase(get_survey(slug).id)
    forget_old_pages()
    return stored


def _told(batches: Batches, digest: BallotDigest, progress: Progress | None, survey: int) -> Batches:
    total = sum(count_ballots(survey).values()) if progress else 0
    for batch in batches:
        digest.feed(batch)
        yield batch
        if progress:
            progress(digest.ballots, total)


def whole_digest(plan: str, ballots: str, receipts: str) -> str:
    """One digest over the plan (questionnaire, units, rule), the ballots and the receipts."""
    return hashlib.sha256(f"{plan}\n{ballots}\n{receipts}\n".encode()).hexdigest()


def score_ballots(survey: Survey, batches: Batches) -> Result:
    """Score ballots that come in batches, in the order of their numbers."""
    plan = plan_of(survey)
    by_group = count_ballots(survey.id)
    tally = Tally(layout_of(plan), [by_group.get(g, 0) for g in range(len(plan.groups))])
    choices = ChoiceTally(plan)
    on_paper = np.zeros(len(plan.groups), np.int64)
    for batch in batches:
        groups, packed = _arrays(batch, plan.width)
        channels = np.fromiter((row[2] for row in batch), np.int64, len(batch))
        on_paper += np.bincount(groups[channels == PAPER], minlength=len(plan.groups))
        tally.add(groups, packed)
        choices.add(groups, packed)
    pace = pace_of(survey.id, len(plan.groups))
    turnout = turnout_of(survey, plan, tally.ballots)
    for row, count in zip(turnout["groups"], on_paper.tolist(), strict=True):
        row["paper"] = count
    result = compute(tally, choices.result(), turnout, pace)
    return _of_what_is_shown(result, tally.layout, survey)


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


def _arrays(batch: list[tuple[bytes, int, int, bytes]], width: int) -> tuple[Ints, Bytes]:
    groups = np.fromiter((row[1] for row in batch), np.int64, len(batch))
    return groups, np.frombuffer(b"".join([row[3] for row in batch]), np.uint8).reshape(len(batch), width)


@dataclass(frozen=True)
class Verification:
    """What `survey verify` found: each line is true where the sealed survey is as it was."""

    plan: bool
    ballots: bool
    receipts: bool
    counts: bool
    result: bool
    digest: str

    @property
    def sound(self) -> bool:
        """Whether nothing was added, removed or changed."""
        return self.plan and self.ballots and self.receipts and self.counts and self.result


def verify(slug: str) -> Verification:
    """Recompute digests and result of a sealed survey and compare. Raises InputError if it is not sealed."""
    survey = get_survey(slug)
    stored = StoredResult.get_or_none(StoredResult.survey == survey.id)
    if stored is None:
        raise InputError(Problem("The survey %(name)s is not sealed.", name=slug))
    digest = BallotDigest()
    try:
        result = score_ballots(survey, _told(read_ballots(survey.id), digest, None, survey.id))
    except (ValueError, IndexError, InputError):  # what was changed by hand may be no ballot at all
        return Verification(False, False, False, False, False, "")
    receipts, count = receipts_digest(survey.id)
    plan_digest = hashlib.sha256(survey.plan.encode()).hexdigest()
    return Verification(
        plan=stored.digest == whole_digest(plan_digest, stored.ballots_digest, stored.receipts_digest),
        ballots=digest.hex() == stored.ballots_digest,
        receipts=receipts == stored.receipts_digest,
        counts=(digest.ballots, count) == (stored.ballots, stored.receipts) and digest.ballots == count,
        # Of an older method the figures may differ; they stay as they were sealed.
        result=stored.method != METHOD or _alike(stored.result().to_json(), result.to_json()),
        digest=whole_digest(plan_digest, digest.hex(), receipts),
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether figures are the same, but for the last digits, in which machines may differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(one == other)
