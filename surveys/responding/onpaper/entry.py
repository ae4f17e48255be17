"""Typing a stack of paper ballots in: by two persons, compared, and put into the box as one shuffled lot.

A stack is at one stage at a time: "first" (being typed), "second" (being typed again), "compare" (differences are
settled), "accepted". Every way from one to another stands in ALLOWED.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

import peewee

from surveys.database import lock_survey, write
from surveys.publishing.machine import State
from surveys.publishing.models import Survey
from surveys.publishing.operations import get_survey, plan_of, state_of
from surveys.publishing.plan import SurveyPlan
from surveys.responding.models import PAPER, insert_ballots
from surveys.responding.onpaper.forms import printed_forms
from surveys.responding.onpaper.keys import BLANK, Key, answers_of, canonical, keys_of, read_typed
from surveys.responding.onpaper.models import PaperStack
from surveys.responding.sql import insert_many
from surveys.text import InputError, Problem

MAX_PAPERS = 200
"""So many in a stack: more are hard to keep in order."""

T = TypeVar("T")


class Stage(StrEnum):
    """What is being done with a stack."""

    FIRST = "first"
    SECOND = "second"
    COMPARE = "compare"
    ACCEPTED = "accepted"


class Act(StrEnum):
    """What can be done to a stack."""

    TYPE = "type"
    REMOVE_BALLOT = "remove-ballot"
    INSERT_BALLOT = "insert-ballot"
    FINISH = "finish"
    COUNT = "count"
    FIRST_AGAIN = "first-again"
    SECOND_AGAIN = "second-again"
    SETTLE = "settle"
    ACCEPT = "accept"
    DISCARD = "discard"


_TYPING = frozenset({Stage.FIRST, Stage.SECOND})
ALLOWED: dict[Act, frozenset[Stage]] = {
    Act.TYPE: _TYPING,
    Act.REMOVE_BALLOT: _TYPING,
    Act.INSERT_BALLOT: _TYPING,
    Act.FINISH: _TYPING,
    Act.COUNT: _TYPING,
    Act.FIRST_AGAIN: frozenset({Stage.COMPARE}),
    Act.SECOND_AGAIN: frozenset({Stage.COMPARE}),
    Act.SETTLE: frozenset({Stage.COMPARE}),
    Act.ACCEPT: frozenset({Stage.COMPARE}),
    Act.DISCARD: _TYPING | {Stage.COMPARE},
}


@dataclass(frozen=True)
class Difference:
    """An answer that two clerks typed differently; `settled` is what was decided, or None. `ballot` counts from 0."""

    ballot: int
    key: Key
    first: str
    second: str
    settled: str | None


def units_of(plan: SurveyPlan, stack: PaperStack) -> tuple[int, ...]:
    """The units on the stack's form."""
    return next(f.units for f in printed_forms(plan, stack.group, stack.own_unit) if f.letters == stack.letters)


def stacks_of(survey: int) -> list[PaperStack]:
    """All stacks of a survey, by number."""
    return list(PaperStack.select().where(PaperStack.survey == survey).order_by(PaperStack.number))


def get_stack(survey: int, number: int) -> PaperStack:
    """A stack. Raises InputError if there is none."""
    stack = PaperStack.get_or_none((PaperStack.survey == survey) & (PaperStack.number == number))
    if stack is None:
        raise InputError(Problem("There is no stack %(number)s.", number=number))
    return stack


def begin_stack(slug: str, group: int, letters: str, own_unit: int, papers: int) -> PaperStack:
    """Begin a stack of so many papers of one form. Raises InputError."""
    survey = get_survey(slug)
    plan = plan_of(survey)
    if not 0 <= group < len(plan.groups):
        raise InputError(Problem("There is no such group in this survey.", "group"))
    own = own_unit if plan.groups[group].own else -1
    if letters not in (form.letters for form in printed_forms(plan, group, own)):
        raise InputError(Problem("There is no form %(letters)s for this group.", "letters", letters=letters[:8]))
    _check_papers(papers)

    def act() -> PaperStack:
        lock_survey(survey.id, exclusive=True)  # no seal comes in between, and of two who begin each gets a number
        _check_open(slug)
        last = PaperStack.select(peewee.fn.MAX(PaperStack.number)).where(PaperStack.survey == survey.id).scalar()
        return PaperStack.create(
            survey=survey.id, number=(last or 0) + 1, group=group, own_unit=own, letters=letters, papers=papers
        )

    return write(act)


def _check_papers(papers: int) -> None:
    if not 1 <= papers <= MAX_PAPERS:
        raise InputError(
            Problem("A number from %(low)s to %(high)s is expected.", "papers", low=1, high=MAX_PAPERS)
        )  # fmt: skip


def _check_open(slug: str) -> None:
    if state_of(get_survey(slug)) not in (State.OPEN, State.CLOSED):
        raise InputError(Problem("Paper ballots can be typed in while the survey is open or closed, before the seal."))


def _change(slug: str, number: int, what: Act, act: Callable[[Survey, PaperStack], T]) -> T:
    """Run an act on a stack in one transaction, if its stage allows it."""

    def guarded() -> T:
        _check_open(slug)
        survey = get_survey(slug)
        # Two who change the same stack at once wait for each other.
        PaperStack.update(number=PaperStack.number).where(
            PaperStack.survey == survey.id, PaperStack.number == number
        ).execute()
        stack = get_stack(survey.id, number)
        if Stage(stack.stage) not in ALLOWED[what]:
            raise InputError(Problem("The stack has moved on meanwhile. Look at it again."))
        return act(survey, stack)

    return write(guarded)


def enter(slug: str, number: int, clerk: str, position: int, raw: dict[str, str]) -> list[int]:
    """Keep what a clerk typed for the ballot at `position` (from 0; the next one is appended).

    Returns the indexes of slots for which it is no answer; then nothing is kept. Raises InputError.
    """

    def act(survey: Survey, stack: PaperStack) -> list[int]:
        entry = _entry_of(stack, clerk)
        plan = plan_of(survey)
        typed, wrong = read_typed(plan, units_of(plan, stack), raw)
        if wrong:
            return wrong
        ballots = stack.typed(entry)
        if not 0 <= position <= len(ballots):
            raise InputError(Problem("There is no ballot %(n)s in this entry.", n=position + 1))
        if position >= stack.papers:
            raise InputError(Problem("All %(n)s papers of this stack are typed.", n=stack.papers))
        ballots[position : position + 1] = [typed]
        stack.keep(**{entry: ballots})
        return []

    return _change(slug, number, Act.TYPE, act)


def _entry_of(stack: PaperStack, clerk: str) -> str:
    """Which entry a clerk is typing; the one who begins it keeps it. Raises InputError for the wrong person."""
    entry = stack.stage
    owner = getattr(stack, f"{entry}_clerk")
    if not owner:
        if entry == Stage.SECOND and stack.first_clerk == clerk:
            raise InputError(
                Problem("The second entry is typed by somebody else than %(name)s, who typed the first.", name=clerk)
            )
        stack.keep(**{f"{entry}_clerk": clerk})
    elif owner != clerk:
        raise InputError(Problem("%(name)s is typing this stack.", name=owner))
    return entry


def may_type(stack: PaperStack, clerk: str) -> bool:
    """Whether this clerk may type the entry that the stack waits for."""
    if Stage(stack.stage) not in _TYPING:
        return False
    owner = getattr(stack, f"{stack.stage}_clerk")
    return owner == clerk if owner else stack.stage == Stage.FIRST or stack.first_clerk != clerk


def change_order(slug: str, number: int, clerk: str, what: Act, position: int) -> None:
    """Take a ballot that was typed out of the entry, or make room for one that was passed over. Raises InputError."""

    def act(survey: Survey, stack: PaperStack) -> None:
        entry = _entry_of(stack, clerk)
        ballots = stack.typed(entry)
        if not 0 <= position < len(ballots):
            raise InputError(Problem("There is no ballot %(n)s in this entry.", n=position + 1))
        if what is Act.REMOVE_BALLOT:
            del ballots[position]
        elif len(ballots) >= stack.papers:
            raise InputError(Problem("All %(n)s papers of this stack are typed.", n=stack.papers))
        else:
            plan = plan_of(survey)
            blank = {str(key.slot.index): BLANK for key in keys_of(plan, units_of(plan, stack)) if key.slot.item.scale}
            ballots.insert(position, blank)
        stack.keep(**{entry: ballots})

    _change(slug, number, what, act)


def finish(slug: str, number: int, clerk: str) -> None:
    """An entry is complete: the other one begins, or both are compared. Raises InputError unless all papers are typed."""

    def act(_survey: Survey, stack: PaperStack) -> None:
        entry = _entry_of(stack, clerk)
        done = len(stack.typed(entry))
        if done != stack.papers:
            raise InputError(
                Problem("%(done)s of %(n)s papers are typed. Type the others, or mend the number of papers.",
                        done=done, n=stack.papers)
            )  # fmt: skip
        complete = {name: len(stack.typed(name)) == stack.papers for name in ("first", "second")}
        after = next((name for name, whole in complete.items() if not whole), Stage.COMPARE.value)
        stack.keep(stage=after, settled={})

    _change(slug, number, Act.FINISH, act)


def set_papers(slug: str, number: int, papers: int) -> None:
    """Mend the number of papers. Raises InputError: more were typed already."""
    _check_papers(papers)

    def act(_survey: Survey, stack: PaperStack) -> None:
        done = max(len(stack.typed("first")), len(stack.typed("second")))
        if papers < done:
            raise InputError(Problem("%(done)s papers are typed already.", "papers", done=done))
        stack.keep(papers=papers)

    _change(slug, number, Act.COUNT, act)


def again(slug: str, number: int, what: Act) -> None:
    """Back from comparing to one of the entries, which goes on as it was: a paper was passed over, say."""
    stage = Stage.FIRST if what is Act.FIRST_AGAIN else Stage.SECOND
    _change(slug, number, what, lambda _survey, stack: stack.keep(stage=stage.value, settled={}))


def differences(plan: SurveyPlan, stack: PaperStack) -> list[Difference]:
    """The answers in which both entries differ. Texts are typed by the first clerk alone and not compared."""
    settled = stack.decided()
    found = []
    keys = [key for key in keys_of(plan, units_of(plan, stack)) if not key.text]
    for ballot, (one, other) in enumerate(zip(stack.typed("first"), stack.typed("second"), strict=True)):
        for key in keys:
            name = str(key.slot.index)
            if one.get(name, "") != other.get(name, ""):
                found.append(
                    Difference(ballot, key, one.get(name, ""), other.get(name, ""), settled.get(f"{ballot}/{name}"))
                )
    return found


def settle(slug: str, number: int, decisions: dict[str, str]) -> list[str]:
    """Decide differences, by "ballot/slot" what the paper says, as it is typed.

    Returns those for which it is no answer; the others are kept. What is no difference is ignored.
    """

    def act(survey: Survey, stack: PaperStack) -> list[str]:
        plan = plan_of(survey)
        settled, wrong = stack.decided(), []
        for one in differences(plan, stack):
            name = f"{one.ballot}/{one.key.slot.index}"
            if decisions.get(name) is None:
                continue
            try:
                settled[name] = canonical(plan, one.key, decisions[name])
            except ValueError:
                wrong.append(name)
        stack.keep(settled=settled)
        return wrong

    return _change(slug, number, Act.SETTLE, act)


def accept(slug: str, number: int) -> int:
    """Put the ballots of a compared stack into the box, shuffled, with a receipt each, and forget what was typed.

    Returns how many. Raises InputError while a difference is not settled.
    """

    def act(survey: Survey, stack: PaperStack) -> int:
        lock_survey(survey.id, exclusive=False)
        _check_open(slug)  # as it is now that no seal can come in between
        plan = plan_of(survey)
        found = differences(plan, stack)
        left = [one for one in found if one.settled is None]
        if left:
            raise InputError(Problem("%(n)s differences are not settled yet.", n=len(left)))
        ballots = stack.typed("first")
        for one in found:
            ballots[one.ballot][str(one.key.slot.index)] = one.settled or ""
        answers = [answers_of(plan, units_of(plan, stack), typed) for typed in ballots]
        receipts = [(survey.id, secrets.token_bytes(16)) for _ in answers]
        insert_many("receipt (survey_id, number)", sorted(receipts))
        insert_ballots(survey.id, stack.group, [(PAPER, one.packed) for one in answers],
                       [remark for one in answers for remark in one.remarks])  # fmt: skip
        stack.keep(stage=Stage.ACCEPTED.value, differences=len(found), first=[], second=[], settled={})
        return len(answers)

    return _change(slug, number, Act.ACCEPT, act)


def discard(slug: str, number: int) -> None:
    """Remove a stack that was not accepted, with what was typed."""
    _change(slug, number, Act.DISCARD, lambda _survey, stack: stack.remove())


def key_totals(plan: SurveyPlan, stack: PaperStack, entry: str) -> Counter[str]:
    """How often each key was typed for ratings of an entry: totals to be compared with those of the other one."""
    names = [str(key.slot.index) for key in keys_of(plan, units_of(plan, stack)) if key.slot.item.scale]
    return Counter(ballot.get(name, "") for ballot in stack.typed(entry) for name in names)


def check_no_stack_is_open(survey: int) -> None:
    """Raise InputError while stacks of a survey are not accepted: the seal would lose their ballots."""
    waiting = [str(s.number) for s in stacks_of(survey) if s.stage != Stage.ACCEPTED]
    if waiting:
        raise InputError(
            Problem("Stacks of paper ballots are not accepted yet: %(numbers)s. Finish or remove them first.",
                    numbers=", ".join(waiting))
        )  # fmt: skip
