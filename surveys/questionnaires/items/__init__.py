"""The kinds of items. A new kind is a module here, its templates, and a line in KINDS."""

from __future__ import annotations

from collections.abc import Mapping

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.values import as_table, check_names
from surveys.questionnaires.items.base import COMMON_NAMES, Item
from surveys.questionnaires.items.choice import ChoiceItem
from surveys.questionnaires.items.date import DateItem
from surveys.questionnaires.items.multi_choice import MultiChoiceItem
from surveys.questionnaires.items.note import NoteItem
from surveys.questionnaires.items.number import NumberItem
from surveys.questionnaires.items.ranking import RankingItem
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.items.text import TextItem
from surveys.questionnaires.scales import Scale

KINDS: dict[str, type[Item]] = {
    kind.type: kind
    for kind in (
        RatingItem,
        ChoiceItem,
        MultiChoiceItem,
        RankingItem,
        NumberItem,
        DateItem,
        TextItem,
        NoteItem,
    )
}
"""Every kind by the name that a definition gives it."""


def read_item(data: object, where: str, scales: Mapping[str, Scale]) -> Item:
    """An item from plain data. Raises InputError with all faults."""
    row = as_table(data, where)
    kind = KINDS.get(str(row.get("type")))
    if kind is None:
        raise InputError(Problem("This must be one of: %(names)s.", f"{where}.type", names=", ".join(KINDS)))
    faults = Faults()
    faults.take(lambda: check_names(row, (*COMMON_NAMES, *kind.names), where))
    item = faults.take(lambda: kind.read(row, where, scales))
    faults.check()
    return item
