"""Typing paper ballots in, in tests."""

from surveys.ballots.paper.keypad import typed_slots
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.items.rating import RatingItem
from tests.ballots.paper import clerks


def keys_for(plan, level="1", text=""):
    """What a clerk types for a paper with one level throughout."""
    found = {}
    for key in typed_slots(plan, 0, tuple(range(len(plan.units)))):
        if isinstance(key.slot.item, RatingItem):
            found[str(key.slot.index)] = level
        elif not key.keys.twice and text:
            found[str(key.slot.index)] = text
            text = ""
    return found


def type_in(survey, stack, clerk, levels):
    for position, level in enumerate(levels):
        raw = level if isinstance(level, dict) else keys_for(plan_of(survey), level)
        assert clerks.enter(survey.slug, stack.number, clerk, position, raw) == []


def typed_twice(survey, first, second=None):
    """A stack that Wang and Li typed; at the stage of comparing."""
    stack = clerks.begin_stack(survey.slug, 0, "A", None, len(first))
    type_in(survey, stack, "Wang", first)
    clerks.finish(survey.slug, stack.number, "Wang")
    type_in(survey, stack, "Li", second or first)
    clerks.finish(survey.slug, stack.number, "Li")
    return clerks.get_stack(survey.id, stack.number)
