"""What actions of a round came to: how many are done, and the items that they were about in the next round."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.followup.action_states import ActionState
from surveys.followup.actions import actions_of
from surveys.followup.models import ActionItem
from surveys.results.round_changes import Change
from surveys.results.rounds import RoundPair

MEND = "mend"
"""The code of the item that asks whether what was reported is being mended."""
_DONE = (ActionState.DONE, ActionState.CHECKED)


@dataclass(frozen=True)
class ItemAfter:
    """An item (a position in the later round) before and after."""

    item: int
    change: Change


@dataclass(frozen=True)
class ActionsAfter:
    """Of a unit of the later round (a position): the actions of what it was before, how many are done, and the items."""

    unit: int
    actions: int
    done: int
    items: list[ItemAfter]


def actions_after(pair: RoundPair) -> list[ActionsAfter]:
    """The units that had actions from the earlier round, in the order of the later one's ranking."""
    by_unit: dict[int, list[ActionItem]] = {}
    for action in actions_of(pair.older.survey.id):
        by_unit.setdefault(int(action.unit), []).append(action)
    found = []
    for unit in pair.newer.report.order:
        theirs = [action for source in pair.units[unit].sources for action in by_unit.get(source, [])]
        if theirs:
            done = sum(ActionState(action.state) in _DONE for action in theirs)
            about = {action.item for action in theirs if action.item} | {MEND}
            found.append(ActionsAfter(unit, len(theirs), done, _items(pair, unit, about)))
    return found


def _items(pair: RoundPair, unit: int, codes: set[str]) -> list[ItemAfter]:
    """Those of these items that the later round asks, with the figure of the earlier one where it is shown there."""
    known = {one.item: one for one in pair.items_by_unit.get(unit, [])}
    report = pair.newer.report
    found: list[ItemAfter] = []
    for item, asked in enumerate(report.plan.rated_items):
        after = report.result.item_score[unit][item]
        if asked.code in codes and after is not None:
            found.append(ItemAfter(item, known.get(item) or Change(None, after, None, False)))
    return found
