"""The states of an action (整改事项), and which leads to which. Plain values, no database."""

from __future__ import annotations

from enum import StrEnum

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import message_id


class ActionState(StrEnum):
    """Where an action stands. `done` is what the unit says, `checked` what the committee says."""

    OPEN = "open"
    UNDER_WAY = "under_way"
    DONE = "done"
    CHECKED = "checked"
    REFUSED = "refused"


NEXT = {
    ActionState.OPEN: (ActionState.UNDER_WAY, ActionState.DONE, ActionState.REFUSED),
    ActionState.UNDER_WAY: (ActionState.DONE, ActionState.REFUSED),
    ActionState.DONE: (ActionState.CHECKED, ActionState.UNDER_WAY),
    ActionState.CHECKED: (ActionState.UNDER_WAY,),
    ActionState.REFUSED: (ActionState.OPEN,),
}
"""From each state to others. What was checked can turn out not to be good, and a refusal can be taken back."""

BY_OWNER = frozenset({ActionState.UNDER_WAY, ActionState.DONE, ActionState.REFUSED})
"""The states to which the unit itself may move its action."""

WAITING = frozenset({ActionState.OPEN, ActionState.UNDER_WAY})
"""In these, something is still to be done, and can be overdue."""

NAMES = {
    ActionState.OPEN: message_id("to do"),
    ActionState.UNDER_WAY: message_id("under way"),
    ActionState.DONE: message_id("done"),
    ActionState.CHECKED: message_id("checked"),
    ActionState.REFUSED: message_id("refused"),
}


def move_action(state: ActionState, to: ActionState, *, reason: str, evidence: str) -> ActionState:
    """The state after a step. Raises InputError where it does not lead there, or a reason or evidence is missing."""
    if to not in NEXT[state]:
        raise InputError(
            Problem("From “%(state)s” an action does not go to “%(to)s”.", state=(NAMES[state],), to=(NAMES[to],))
        )
    if to is ActionState.REFUSED and not reason:
        raise InputError(Problem("Say why it is refused.", "reason"))
    if to in (ActionState.DONE, ActionState.CHECKED) and not evidence:
        raise InputError(Problem("Say what shows that it is done.", "evidence"))
    return to
