"""What printed documents are made of: the result with what stands beside it, in one language."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from surveys.inputs.text import Text, pick
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import Item
from surveys.results.choice_tables import ChoiceRow, choice_tables
from surveys.results.notes import missing_text
from surveys.results.printed.letterhead import NO_HEAD, PrintedHead
from surveys.results.report import Report
from surveys.results.rounds import Rounds
from surveys.results.workbook.remarks import RemarkRow
from surveys.scoring.rounding import percent_text


@dataclass(frozen=True)
class Source:
    """A sealed survey, ready to be printed. `window`: when it was open; `remarks`: those that the committee published."""

    report: Report
    window: tuple[int, int]
    timezone: str
    language: str
    gettext: Gettext
    head: PrintedHead = NO_HEAD
    remarks: Sequence[RemarkRow] = ()
    rounds: Rounds | None = None

    def text(self, text: Text | None) -> str:
        """A text in the document's language."""
        return pick(text, self.language) if text else ""

    def unit(self, unit: int) -> str:
        """A unit's name."""
        return self.text(self.report.plan.units[unit].text)

    def grade(self, unit: int) -> str:
        """A unit's grade, or a dash."""
        grade = self.report.result.grade[unit]
        return "—" if grade is None else self.text(self.report.plan.rule.grades[grade].name)

    def interval(self, low: float | None, high: float | None) -> str:
        """An interval as it is printed; a dash where there is none."""
        return "—" if low is None or high is None else f"{self.report.figure(low)}–{self.report.figure(high)}"

    def ranks(self, unit: int) -> str:
        """The ranks that a unit may have."""
        low, high = self.report.result.rank_low[unit], self.report.result.rank_high[unit]
        return "—" if low is None or high is None else f"{low:.0f}–{high:.0f}"

    def rate(self, unit: int) -> str:
        """The satisfaction rate of a unit."""
        return self.report.rate(self.report.result.rate[unit])

    def n(self, unit: int) -> str:
        """How many people rated a unit, or why that is not said."""
        result, groups = self.report.result, self.report.plan.groups
        if any(result.included[g][unit] and not group.apart for g, group in enumerate(groups)):
            return str(result.n[unit])
        return missing_text(self.report.missing_together(unit), self.report.plan, self.gettext)

    @cached_property
    def questions(self) -> dict[int, list[tuple[Item, ChoiceRow]]]:
        """By unit, the answers to questions about it that are no ratings."""
        found: dict[int, list[tuple[Item, ChoiceRow]]] = {}
        for table in choice_tables(self.report, self.language, self.gettext):
            for row in table.rows:
                found.setdefault(row.unit, []).append((table.item, row))
        return found

    def times(self) -> str:
        """When the survey was open."""
        zone = ZoneInfo(self.timezone)
        return " – ".join(datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M") for at in self.window)

    def sealed(self) -> str:
        """When it was sealed."""
        return f"{datetime.fromtimestamp(self.report.stored.sealed_at, ZoneInfo(self.timezone)):%Y-%m-%d %H:%M}"

    def turnout(self) -> str:
        """Ballots of each group, and of how many people."""
        rows = zip(self.report.plan.groups, self.report.result.turnout.groups, strict=True)
        return "; ".join(
            f"{self.text(group.text)} {row.ballots}"
            + (f" / {row.base} ({percent_text(row.ballots, row.base)})" if row.base else "")
            for group, row in rows
        )
