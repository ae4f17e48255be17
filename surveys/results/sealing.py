"""The seal: no ballot can enter any more, the tables are rewritten, the result is computed and fixed with a digest.

It goes in steps, each a short transaction, so that nobody else waits long: the first one locks the survey, the last one
fixes the result. In between nothing that enters the result can change, and nothing of it is seen. Cut off at any point, the
steps that are left are done when the survey is sealed again, or it goes back to being closed.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from functools import partial
from itertools import islice
from math import inf
from typing import TypeVar

from surveys.ballots.box import count_rows, rewrite_part
from surveys.ballots.mix import Mix, kinds_waiting
from surveys.ballots.mix_entries import MixKind
from surveys.ballots.paper.stacks import check_no_stack_is_open
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move, State, move
from surveys.campaigns.surveys import change_survey, get_survey, is_any_open, stored_state
from surveys.inputs.problems import InputError, Problem
from surveys.results.computing import Progress, digested, score_ballots
from surveys.results.digest import BallotsDigest, receipts_digest, survey_digest
from surveys.results.lost_ballots import agreed_loss
from surveys.results.models import UNIT_DRAW_COLUMNS, StoredResult, UnitDraw, unit_draw_rows
from surveys.results.seal_run import TABLES, Phase, SealRun, seal_run
from surveys.scoring.result import Scored
from surveys.storage.audit import Action
from surveys.storage.instance import Belonging
from surveys.storage.locks import hold_backup_off
from surveys.storage.schema import forget_dead_rows, forget_old_pages, forgets_quickly
from surveys.storage.statements import insert_many
from surveys.storage.unit_of_work import Actor

T = TypeVar("T")

BUSY_SECONDS = 0.1
"""So long the steps keep other writers away at a time, more or less."""
PAUSE_SECONDS = 0.12
"""Then they let others in, at least so long: who waits for SQLite's lock in another process looks ten times a second."""
_ROWS = 2000
_LEAST_ROWS, _MOST_ROWS = 200, 50_000
_ENTRIES = 500
"""So many entries of the mix at least are moved on together, or all that are left."""
_UNITS = 200
"""So many units' draws are stored in one step."""


class TakenOverError(InputError):
    """Another call goes on with this seal."""

    def __init__(self) -> None:
        super().__init__(Problem("Somebody else goes on with sealing this survey."))


def seal(actor: Actor, mix: Mix, slug: str, progress: Progress | None = None) -> StoredResult:
    """Seal a closed survey, or go on with a seal that was begun. `progress` is told (rows done, of all).

    Raises InputError where the state does not allow it, where ballots in the mix cannot be decrypted, unless two
    administrators agreed to seal without them, and where ballots and receipts do not match; the survey is then closed as
    before. TakenOverError: another call goes on with it.
    """
    stored = seal_for(inf, actor, mix, slug, progress)
    assert stored is not None
    return stored


def seal_for(
    seconds: float, actor: Actor, mix: Mix, slug: str, progress: Progress | None = None
) -> StoredResult | None:
    """The same; None if rows are left to be rewritten after so many seconds: called again, it goes on."""
    if get_survey(slug).state != State.SEALING:
        _begin(actor, mix, slug)
    steps = _Steps(actor, mix, slug, progress or (lambda _done, _total: None))
    try:
        return steps.go_on(time.monotonic() + seconds)
    except TakenOverError:
        raise
    except InputError:
        give_seal_up(actor, slug)
        raise


def give_seal_up(actor: Actor, slug: str) -> None:
    """Let a survey that is being sealed be closed as before. Nothing was lost. Raises InputError: it is not being sealed."""

    def act(survey: Survey) -> None:
        _save_state(survey, Move.GIVE_SEAL_UP)
        SealRun.delete().where(SealRun.survey == survey.id).execute()
        UnitDraw.delete().where(UnitDraw.survey_id == survey.id).execute()

    change_survey(actor, Action.GIVE_SEAL_UP, slug, act)


def _begin(actor: Actor, mix: Mix, slug: str) -> None:
    """Lock the survey: from now on nothing enters and nothing changes."""

    def act(survey: Survey) -> None:
        _save_state(survey, Move.BEGIN_SEAL)
        check_no_stack_is_open(survey.id)
        agreed_loss(mix, survey.id)
        SealRun.create(survey=survey.id, total=rows)

    rows = count_rows(get_survey(slug).id)
    change_survey(actor, Action.BEGIN_SEAL, slug, act)


def _save_state(survey: Survey, act: Move) -> None:
    after = move(stored_state(survey), act, int(time.time()))
    survey.state, survey.late_until = after.state.value, after.late_until
    survey.save(only=[Survey.state, Survey.late_until])


class _Steps:
    """One call that works on the seal of a survey. Each step checks that no other call has taken it over."""

    def __init__(self, actor: Actor, mix: Mix, slug: str, progress: Progress) -> None:
        self.actor, self.mix, self.slug, self.progress = actor, mix, slug, progress
        self.worker = secrets.token_bytes(16)
        self.busy = 0.0

        def act(survey: Survey) -> Survey:
            move(stored_state(survey), Move.SEAL, int(time.time()))
            SealRun.update(worker=self.worker).where(SealRun.survey == survey.id).execute()
            return survey

        self.survey = change_survey(actor, None, slug, act)

    def go_on(self, until: float) -> StoredResult | None:
        """Do the steps that are left; None if there are some at this moment (time.monotonic())."""
        run = self._step(lambda _survey, run: run)
        if run.phase == Phase.EMPTY_MIX:
            for kinds in _parts_of(kinds_waiting(self.survey.id)):
                self._step(partial(self._empty_mix, kinds))
            run = self._step(partial(_next_phase, TABLES[0]))
        rows = _ROWS
        while run.phase in TABLES:
            if time.monotonic() > until:
                return None
            started = time.monotonic()
            run = self._step(partial(_rewrite, rows))
            each = BUSY_SECONDS / max(time.monotonic() - started, 0.001)
            rows = min(max(int(rows * min(each, 2)), _LEAST_ROWS), _MOST_ROWS)
            self.progress(min(run.done, run.total), run.total)
        digest = BallotsDigest()
        scored = score_ballots(self.survey, digested(self.survey.id, digest))
        self._keep_draws(scored)
        stored = self._seal(scored, digest)
        clean_up(self.mix, self.survey.id)
        return stored

    def _step(self, apply: Callable[[Survey, SealRun], T]) -> T:
        """A short transaction, and now and then a pause in which others get their turn."""
        started = time.monotonic()
        result = change_survey(self.actor, None, self.slug, partial(self._checked, apply))
        spent = time.monotonic() - started
        self.busy += spent
        if self.busy >= BUSY_SECONDS:
            time.sleep(max(PAUSE_SECONDS, spent))
            self.busy = 0
        return result

    def _checked(self, apply: Callable[[Survey, SealRun], T], survey: Survey) -> T:
        run = seal_run(survey.id)
        if survey.state != State.SEALING or run is None or bytes(run.worker) != self.worker:
            raise TakenOverError
        return apply(survey, run)

    def _empty_mix(self, kinds: list[MixKind], _survey: Survey, _run: SealRun) -> None:
        self.mix.flush_kinds(kinds)

    def _keep_draws(self, scored: Scored) -> None:
        """Store what any two units can be compared with, some units in each step; nobody sees it before the last step."""

        rows = unit_draw_rows(self.survey.id, scored)

        def begin(survey: Survey, _run: SealRun) -> None:
            UnitDraw.delete().where(UnitDraw.survey_id == survey.id).execute()

        def store(_survey: Survey, _run: SealRun) -> int:
            some = list(islice(rows, _UNITS))
            insert_many("unit_draw", UNIT_DRAW_COLUMNS, some)
            return len(some)

        self._step(begin)
        while self._step(store) == _UNITS:
            pass

    def _seal(self, scored: Scored, digest: BallotsDigest) -> StoredResult:
        """The last step: fix the result."""
        receipts = receipts_digest(self.survey.id)
        loss = agreed_loss(self.mix, self.survey.id)

        def act(survey: Survey, run: SealRun) -> StoredResult:
            hold_backup_off(wait=True)
            lost = self.mix.remove_lost(survey.id, loss.ballots)
            if receipts.receipts != digest.ballots + lost:
                raise InputError(
                    Problem("There are %(ballots)s ballots but %(receipts)s receipts. Nothing was sealed; call your "
                            "administrator.", ballots=digest.ballots + lost, receipts=receipts.receipts)
                )  # fmt: skip
            stored = StoredResult(
                survey=survey.id,
                sealed_at=int(time.time()),
                method=scored.result.method,
                ballots_digest=digest.hex(),
                receipts_digest=receipts.hex,
                ballots=digest.ballots,
                receipts=receipts.receipts,
                lost=lost,
                lost_first=loss.first,
                lost_second=loss.second,
                body=json.dumps(scored.result.to_json(), ensure_ascii=False, separators=(",", ":")),
            )
            stored.digest = survey_digest(survey.plan_digest, digest.hex(), receipts.hex, stored.loss)
            stored.save(force_insert=True)
            _save_state(survey, Move.SEAL)
            run.phase = Phase.CLEAN_UP.value
            run.save(only=[SealRun.phase])
            return stored

        return change_survey(
            self.actor, Action.SEAL, self.slug, partial(self._checked, act), about=lambda stored: stored.digest
        )


def _parts_of(waiting: list[tuple[MixKind, int]]) -> list[list[MixKind]]:
    """Kinds that are moved on together: enough entries that no transaction ties few admissions to few ballots."""
    parts: list[list[MixKind]] = []
    count = _ENTRIES
    for kind, entries in waiting:
        if count >= _ENTRIES:
            parts.append([])
            count = 0
        parts[-1].append(kind)
        count += entries
    if len(parts) > 1 and count < _ENTRIES:
        parts[-2:] = [parts[-2] + parts[-1]]
    return parts


def _next_phase(phase: str, _survey: Survey, run: SealRun) -> SealRun:
    run.phase, run.after = phase, b""
    run.save()
    return run


def _rewrite(rows: int, survey: Survey, run: SealRun) -> SealRun:
    """Write the next rows again, and go on to the next table behind the last one."""
    written, run.after = rewrite_part(survey.id, run.phase, bytes(run.after), rows)
    run.done += written
    if not run.after:
        table = TABLES.index(run.phase) + 1
        return _next_phase(TABLES[table] if table < len(TABLES) else Phase.COUNT, survey, run)
    run.save()
    return run


def clean_up(mix: Mix, survey_id: SurveyId) -> None:
    """After the seal: forget the survey's keys and what lay in old pages.

    Large tables of PostgreSQL, which nobody can use meanwhile, wait for a time when no survey is open (clean_up_leftovers).
    """
    mix.keys.erase(survey_id)
    if not forgets_quickly() and is_any_open():
        forget_dead_rows()
        return
    forget_old_pages()
    SealRun.delete().where(
        SealRun.phase == Phase.CLEAN_UP
    ).execute()  # when that is done: cut off before, it is done again
    forget_old_pages(("seal_run",))


def clean_up_leftovers(mix: Mix) -> int:
    """Do what is left of cleaning up after seals: it was cut off, or waits until no survey is open. Returns how many are left.

    Not in a folder of another installation: its surveys have the same numbers.
    """
    left = SealRun.select().where(SealRun.phase == Phase.CLEAN_UP)
    if mix.folder.belonging() is Belonging.OWN:
        sealed = {survey.id for survey in Survey.select(Survey.id).where(Survey.state == State.SEALED)}
        for survey_id in mix.keys.surveys() & sealed:  # a file that was removed can be there again after a power cut
            mix.keys.erase(survey_id)
        for run in list(left):
            clean_up(mix, run.survey_id)
    return int(left.count())
