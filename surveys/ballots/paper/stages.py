"""The stages of a stack of paper ballots, and what can be done at each.

A stack is at one stage at a time: "first" (being typed), "second" (being typed again), "compare" (differences are
settled), "accepted". Every way from one to another stands in ALLOWED.
"""

from __future__ import annotations

from enum import StrEnum


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


TYPING = frozenset({Stage.FIRST, Stage.SECOND})
ALLOWED: dict[Act, frozenset[Stage]] = {
    Act.TYPE: TYPING,
    Act.REMOVE_BALLOT: TYPING,
    Act.INSERT_BALLOT: TYPING,
    Act.FINISH: TYPING,
    Act.COUNT: TYPING,
    Act.FIRST_AGAIN: frozenset({Stage.COMPARE}),
    Act.SECOND_AGAIN: frozenset({Stage.COMPARE}),
    Act.SETTLE: frozenset({Stage.COMPARE}),
    Act.ACCEPT: frozenset({Stage.COMPARE}),
    Act.DISCARD: TYPING | {Stage.COMPARE},
}
