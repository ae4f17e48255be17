"""Stacks of paper ballots: typed in by two persons, compared, and put into the box as one shuffled lot.

Every change is a unit of work on the survey, at a stage that allows it (see stages.py).
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import peewee

from surveys.ballots.models import PAPER, insert_ballots, insert_receipts
from surveys.ballots.paper.keypad import Typed, TypedSlot, answers_of, typed_slots
from surveys.ballots.paper.models import PaperStack
from surveys.ballots.paper.printed import printed_forms
from surveys.ballots.paper.stages import ALLOWED, Act, Stage
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import SINCE_THE_BEGINNING
from surveys.campaigns.surveys import change_survey, plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.questionnaires.items.rating import RatingItem
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_PAPERS = 200
"""So many in a stack: more are hard to keep in order."""

T = TypeVar("T")


def units_of(plan: SurveyPlan, stack: PaperStack) -> tuple[UnitIndex, ...]:
    """The units on the stack's form."""
    return next(f.units for f in printed_forms(plan, stack.group, stack.own_unit) if f.label == stack.form)


def stacks_of(survey_id: SurveyId) -> list[PaperStack]:
    """All stacks of a survey, by number."""
    return list(PaperStack.select().where(PaperStack.survey_id == survey_id).order_by(PaperStack.number))


def get_stack(survey_id: SurveyId, number: int) -> PaperStack:
    """A stack. Raises InputError if there is none."""
    stack = PaperStack.get_or_none((PaperStack.survey_id == survey_id) & (PaperStack.number == number))
    if stack is None:
        raise InputError(Problem("There is no stack %(number)s.", number=number))
    return stack


def check_no_stack_is_open(survey_id: SurveyId) -> None:
    """Raise InputError while stacks of a survey are not accepted: the seal would lose their ballots."""
    waiting = [str(s.number) for s in stacks_of(survey_id) if s.stage != Stage.ACCEPTED]
    if waiting:
        raise InputError(
            Problem("Stacks of paper ballots are not accepted yet: %(numbers)s. Finish or remove them first.",
                    numbers=", ".join(waiting))
        )  # fmt: skip


def begin_stack(
    actor: Actor,
    survey: Survey,
    group: GroupIndex,
    form: str,
    own_unit: UnitIndex | None,
    papers: int,
    *,
    once: str = "",
) -> PaperStack:
    """Begin a stack of so many papers of one form, by the survey's plan as it was read; `once`: see unit_of_work.

    Raises InputError.
    """

    def act(survey: Survey) -> PaperStack:
        _check_open(survey)
        plan = plan_of(survey)
        if not 0 <= group < len(plan.groups):
            raise InputError(Problem("There is no such group in this survey.", "group"))
        own = own_unit if plan.groups[group].own else None
        if form not in (one.label for one in printed_forms(plan, group, own)):
            raise InputError(Problem("There is no form %(form)s for this group.", "form", form=form[:8]))
        _check_papers(papers)
        last = PaperStack.select(peewee.fn.MAX(PaperStack.number)).where(PaperStack.survey_id == survey.id).scalar()
        return PaperStack.create(
            survey_id=survey.id, number=(last or 0) + 1, group=group, own_unit=own, form=form, papers=papers
        )

    return change_survey(
        actor, Action.BEGIN_STACK, survey.slug, act, about=lambda stack: str(stack.number), as_read=survey, once=once
    )


def _check_papers(papers: int) -> None:
    if not 1 <= papers <= MAX_PAPERS:
        raise InputError(Problem("A number from %(low)s to %(high)s is expected.", "papers", low=1, high=MAX_PAPERS))


def _check_open(survey: Survey) -> None:
    if state_of(survey) not in SINCE_THE_BEGINNING:
        raise InputError(Problem("Paper ballots can be typed in while the survey is open or closed, before the seal."))


def change_stack(
    actor: Actor,
    slug: str,
    number: int,
    act: Act,
    apply: Callable[[Survey, PaperStack], T],
    *,
    action: Action | None = Action.CHANGE_STACK,
    about: Callable[[T], str] = lambda _result: "",
) -> T:
    """A unit of work on a stack, if its stage allows the act. Raises InputError."""

    def guarded(survey: Survey) -> T:
        _check_open(survey)
        stack = get_stack(survey.id, number)
        if Stage(stack.stage) not in ALLOWED[act]:
            raise InputError(Problem("The stack has changed in the meantime. Look at it again."))
        return apply(survey, stack)

    return change_survey(
        actor, action, slug, guarded, about=lambda result: f"{number}, {act.value} {about(result)}".strip()
    )


def set_papers(actor: Actor, slug: str, number: int, papers: int) -> None:
    """Correct the number of papers. Raises InputError: more were typed already."""
    _check_papers(papers)

    def apply(_survey: Survey, stack: PaperStack) -> None:
        done = max(len(stack.first_typed), len(stack.second_typed))
        if papers < done:
            raise InputError(Problem("%(done)s paper ballots are already typed in.", "papers", done=done))
        stack.store(papers=papers)

    change_stack(actor, slug, number, Act.COUNT, apply)


@dataclass(frozen=True)
class Difference:
    """An answer that two clerks typed differently; `settled` is what was decided, or None. `ballot` counts from 0."""

    ballot: int
    typed: TypedSlot
    first: str
    second: str
    settled: str | None

    @property
    def name(self) -> str:
        """What decisions about it are kept by: "ballot/slot"."""
        return f"{self.ballot}/{self.typed.slot.index}"


def differences(plan: SurveyPlan, stack: PaperStack) -> list[Difference]:
    """The answers in which both entries differ. Texts are typed by the first clerk alone and not compared."""
    decisions = stack.decisions
    compared = [one for one in typed_slots(plan, stack.group, units_of(plan, stack)) if one.keys.twice]
    different = []
    for ballot, (first, second) in enumerate(zip(stack.first_typed, stack.second_typed, strict=True)):
        for one in compared:
            name = one.slot.name
            if first.get(name, "") != second.get(name, ""):
                different.append(
                    Difference(
                        ballot, one, first.get(name, ""), second.get(name, ""), decisions.get(f"{ballot}/{name}")
                    )
                )
    return different


def settle(actor: Actor, slug: str, number: int, decisions: dict[str, str]) -> list[str]:
    """Decide differences, by "ballot/slot" what the paper says, as it is typed.

    Returns those for which it is no answer; the others are kept. What is no difference is ignored.
    """

    def apply(survey: Survey, stack: PaperStack) -> list[str]:
        settled, wrong = stack.decisions, []
        for one in differences(plan_of(survey), stack):
            if decisions.get(one.name) is None:
                continue
            try:
                settled[one.name] = one.typed.slot.item.canonical(decisions[one.name])
            except ValueError:
                wrong.append(one.name)
        stack.store(settled=settled)
        return wrong

    return change_stack(actor, slug, number, Act.SETTLE, apply)


def accept(actor: Actor, slug: str, number: int) -> int:
    """Put the ballots of a compared stack into the box, shuffled, with a receipt each, and forget what was typed.

    Returns how many. Raises InputError while a difference is not settled.
    """

    def apply(survey: Survey, stack: PaperStack) -> int:
        plan = plan_of(survey)
        different = differences(plan, stack)
        open_ones = [one for one in different if one.settled is None]
        if open_ones:
            raise InputError(Problem("%(n)s differences are not settled yet.", n=len(open_ones)))
        ballots = stack.first_typed
        for one in different:
            ballots[one.ballot][one.typed.slot.name] = one.settled or ""
        answers = [answers_of(plan, stack.group, units_of(plan, stack), typed) for typed in ballots]
        insert_receipts(survey.id, [secrets.token_bytes(16) for _ in answers])
        insert_ballots(survey.id, stack.group, [(PAPER, one.packed) for one in answers],
                       [remark for one in answers for remark in one.remarks])  # fmt: skip
        stack.store(stage=Stage.ACCEPTED.value, differences=len(different), first=[], second=[], settled={})
        return len(answers)

    return change_stack(
        actor, slug, number, Act.ACCEPT, apply, action=Action.ACCEPT_STACK, about=lambda n: f"{n} ballots"
    )


def discard(actor: Actor, slug: str, number: int) -> None:
    """Remove a stack that was not accepted, with what was typed."""
    change_stack(
        actor, slug, number, Act.DISCARD, lambda _survey, stack: stack.remove(), action=Action.DELETE_STACK
    )  # fmt: skip


def key_totals(plan: SurveyPlan, stack: PaperStack, entry: list[Typed]) -> Counter[str]:
    """How often each key was typed for ratings of an entry: totals to be compared with those of the other one."""
    slots = typed_slots(plan, stack.group, units_of(plan, stack))
    names = [one.slot.name for one in slots if isinstance(one.slot.item, RatingItem)]
    return Counter(ballot.get(name, "") for ballot in entry for name in names)
