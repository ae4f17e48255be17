"""The questions that are asked for each unit and are no ratings, as one table each: units by answers."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.campaigns.indices import UnitIndex
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import AnswerLine, Item
from surveys.results.report import Report
from surveys.results.withholding import ShownAnswers


@dataclass(frozen=True)
class ChoiceRow:
    """What was answered about a unit: `answers` (with its n) and a line for each heading; `is_apart`: by groups that are reported apart.

    `lines` is empty where the answers are withheld, and a line None where this unit has none of a heading.
    """

    unit: UnitIndex
    answers: ShownAnswers
    lines: list[AnswerLine | None]
    is_apart: bool


@dataclass(frozen=True)
class ChoiceTable:
    """A question: its headings in words, and a row for each unit about which it was asked."""

    item: Item
    headings: list[str]
    rows: list[ChoiceRow]


def choice_tables(report: Report, language: str, gettext: Gettext) -> list[ChoiceTable]:
    """The tables in the order of the questions; units by rank."""
    place = {unit: number for number, unit in enumerate(report.order)}
    by_item: dict[str, tuple[Item, list[tuple[UnitIndex, ShownAnswers, list[AnswerLine], bool]]]] = {}
    for slot, answers in report.answered_slots:
        if slot.unit is None:
            continue
        _, found = by_item.setdefault(slot.item.code, (slot.item, []))
        for shown, is_apart in ((answers, False), (answers.apart, True)):
            if shown is not None and shown.asked:
                found.append((slot.unit, shown, report.lines(slot, shown, language, gettext), is_apart))
    tables = []
    for item, found in by_item.values():
        headings = list(dict.fromkeys(line.text for _, _, lines, _ in found for line in lines))
        rows = []
        for unit, shown, lines, is_apart in sorted(found, key=lambda row: (place.get(row[0], 0), row[3])):
            said = {line.text: line for line in lines}
            rows.append(ChoiceRow(unit, shown, [said.get(text) for text in headings] if lines else [], is_apart))
        tables.append(ChoiceTable(item, headings, rows))
    return tables
