"""The two entries of a stack: what each clerk types, ballot by ballot."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.ballots.paper.keypad import Typed, read_typed, typed_slots
from surveys.ballots.paper.models import PaperStack
from surveys.ballots.paper.stacks import change_stack, units_of
from surveys.ballots.paper.stages import TYPING, Act, Stage
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError, Problem
from surveys.questionnaires.items.base import BLANK_KEY
from surveys.questionnaires.items.rating import RatingItem
from surveys.storage.unit_of_work import Actor


@dataclass(frozen=True)
class Entry:
    """The entry that a stack waits for: who types it (empty: nobody yet), and what was typed so far."""

    stack: PaperStack
    stage: Stage
    clerk: str
    typed: list[Typed]

    def claim(self, clerk: str) -> None:
        """Note who types it."""
        if self.stage is Stage.FIRST:
            self.stack.store(first_clerk=clerk)
        else:
            self.stack.store(second_clerk=clerk)

    def store(self, typed: list[Typed]) -> None:
        """Keep what was typed."""
        if self.stage is Stage.FIRST:
            self.stack.store(first=typed)
        else:
            self.stack.store(second=typed)


def current_entry(stack: PaperStack) -> Entry:
    """The entry that a stack waits for; of the first one where it waits for none."""
    if stack.stage == Stage.SECOND:
        return Entry(stack, Stage.SECOND, stack.second_clerk, stack.second_typed)
    return Entry(stack, Stage.FIRST, stack.first_clerk, stack.first_typed)


def may_type(stack: PaperStack, clerk: str) -> bool:
    """Whether this clerk may type the entry that the stack waits for."""
    if Stage(stack.stage) not in TYPING:
        return False
    entry = current_entry(stack)
    if entry.clerk:
        return entry.clerk == clerk
    return entry.stage is Stage.FIRST or stack.first_clerk != clerk


def _claimed_entry(stack: PaperStack, clerk: str) -> Entry:
    """The entry that a clerk is typing; the one who begins it keeps it. Raises InputError for the wrong person."""
    entry = current_entry(stack)
    if not entry.clerk:
        if not may_type(stack, clerk):
            raise InputError(
                Problem("Somebody other than %(name)s, who typed the first entry, must type the second.", name=clerk)
            )
        entry.claim(clerk)
    elif entry.clerk != clerk:
        raise InputError(Problem("%(name)s is typing this stack.", name=entry.clerk))
    return entry


def type_ballot(
    actor: Actor, slug: str, number: int, position: int, raw: dict[str, str], *, replace: bool = True
) -> list[int]:
    """Keep what a clerk typed for the ballot at `position` (from 0; the next one is appended).

    Returns the indexes of slots for which it is no answer; then nothing is kept. Raises InputError, without `replace` also
    where another ballot was typed at this position: in a second window, say.
    """

    def apply(survey: Survey, stack: PaperStack) -> list[int]:
        entry = _claimed_entry(stack, actor.name)
        plan = plan_of(survey)
        typed, wrong = read_typed(plan, stack.group, units_of(plan, stack), raw)
        if wrong:
            return wrong
        ballots = entry.typed
        if not 0 <= position <= len(ballots):
            raise InputError(Problem("There is no ballot %(n)s in this entry.", n=position + 1))
        if position >= stack.papers:
            raise InputError(Problem("All %(n)s paper ballots of this stack are typed in.", n=stack.papers))
        if not replace and position < len(ballots) and ballots[position] != typed:
            raise InputError(
                Problem("Ballot %(n)s was typed in meanwhile, with other answers. Compare the paper with what stands below, and send "
                        "it again to replace that one.", n=position + 1)
            )  # fmt: skip
        ballots[position : position + 1] = [typed]
        entry.store(ballots)
        return []

    return change_stack(actor, slug, number, Act.TYPE, apply, action=None)


def change_order(actor: Actor, slug: str, number: int, act: Act, position: int) -> None:
    """Take a ballot that was typed out of the entry, or insert a blank one before it. Raises InputError."""

    def apply(survey: Survey, stack: PaperStack) -> None:
        entry = _claimed_entry(stack, actor.name)
        ballots = entry.typed
        if not 0 <= position < len(ballots):
            raise InputError(Problem("There is no ballot %(n)s in this entry.", n=position + 1))
        if act is Act.REMOVE_BALLOT:
            del ballots[position]
        elif len(ballots) >= stack.papers:
            raise InputError(Problem("All %(n)s paper ballots of this stack are typed in.", n=stack.papers))
        else:
            plan = plan_of(survey)
            slots = [one.slot for one in typed_slots(plan, stack.group, units_of(plan, stack))]
            ballots.insert(position, {slot.name: BLANK_KEY for slot in slots if isinstance(slot.item, RatingItem)})
        entry.store(ballots)

    change_stack(actor, slug, number, act, apply)


def finish(actor: Actor, slug: str, number: int) -> None:
    """An entry is complete: the other one begins, or both are compared. Raises InputError unless all papers are typed."""

    def apply(_survey: Survey, stack: PaperStack) -> None:
        done = len(_claimed_entry(stack, actor.name).typed)
        if done != stack.papers:
            raise InputError(
                Problem("%(done)s of %(n)s paper ballots are typed in. Type in the others, or correct the number.",
                        done=done, n=stack.papers)
            )  # fmt: skip
        if len(stack.first_typed) != stack.papers:
            after = Stage.FIRST
        elif len(stack.second_typed) != stack.papers:
            after = Stage.SECOND
        else:
            after = Stage.COMPARE
        stack.store(stage=after.value, settled={})

    change_stack(actor, slug, number, Act.FINISH, apply)


def type_again(actor: Actor, slug: str, number: int, act: Act) -> None:
    """Back from comparing to one of the entries, which goes on as it was: a paper was passed over, say."""
    stage = Stage.FIRST if act is Act.FIRST_AGAIN else Stage.SECOND
    change_stack(actor, slug, number, act, lambda _survey, stack: stack.store(stage=stage.value, settled={}))
