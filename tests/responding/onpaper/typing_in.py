"""Typing paper ballots in, in tests."""

from surveys.publishing.operations import plan_of
from surveys.responding.onpaper import entry
from surveys.responding.onpaper.keys import keys_of


def keys_for(plan, level="1", text=""):
    """What a clerk types for a paper with one level throughout."""
    found = {}
    for key in keys_of(plan, tuple(range(len(plan.units)))):
        if key.slot.item.scale is not None:
            found[str(key.slot.index)] = level
        elif key.text and text:
            found[str(key.slot.index)] = text
            text = ""
    return found


def type_in(survey, stack, clerk, levels):
    for position, level in enumerate(levels):
        raw = level if isinstance(level, dict) else keys_for(plan_of(survey), level)
        assert entry.enter(survey.slug, stack.number, clerk, position, raw) == []


def typed_twice(survey, first, second=None):
    """A stack that Wang and Li typed; at the stage of comparing."""
    stack = entry.begin_stack(survey.slug, 0, "A", -1, len(first))
    type_in(survey, stack, "Wang", first)
    entry.finish(survey.slug, stack.number, "Wang")
    type_in(survey, stack, "Li", second or first)
    entry.finish(survey.slug, stack.number, "Li")
    return entry.get_stack(survey.id, stack.number)
