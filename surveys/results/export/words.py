"""Names of units, groups, items and levels in one language, as the tables of an export hold them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.inputs.values import plain_number
from surveys.questionnaires.items.base import Item
from surveys.results.report import Report
from surveys.scoring.rounding import round_half_up


@dataclass(frozen=True)
class Words:
    """A report, and how its things are called."""

    report: Report
    language: str
    gettext: Gettext

    @property
    def rated_units(self) -> list[int]:
        """The units by rank; none where no ratings were asked."""
        return self.report.order if self.report.plan.rated_items else []

    @cached_property
    def groups(self) -> list[tuple[str, str]]:
        """Code and name of each group."""
        return [(group.code, pick(group.text, self.language)) for group in self.report.plan.groups]

    @cached_property
    def level_order(self) -> list[int]:
        """The positions of the levels, the one with most points first, as in the workbook."""
        return self.report.plan.rated_levels.order()

    @cached_property
    def levels(self) -> list[tuple[str, str]]:
        """Place (from 1) of each level, and its words with its points."""
        levels = self.report.plan.rated_levels
        words = levels.words(self.language)
        return [
            (
                str(place),
                f"{words[level]} ({plain_number(levels.points[level])})" if levels.colours[level] else words[level],
            )
            for place, level in enumerate(self.level_order, 1)
        ]

    def unit(self, unit: int) -> dict[str, str]:
        """The columns that name a unit."""
        found = self.report.plan.units[unit]
        return {"unit_code": found.code, "unit": pick(found.text, self.language)}

    def parent(self, unit: int) -> str | None:
        """The name of the unit above."""
        parent = self.report.plan.units[unit].parent
        return pick(parent, self.language) if parent else None

    def group(self, group: int | None) -> dict[str, str | None]:
        """The columns that name a group; None: all of them."""
        _ = self.gettext
        code, name = (None, _("All groups")) if group is None else self.groups[group]
        return {"group_code": code, "group": name}

    def item(self, item: Item) -> dict[str, str]:
        """The columns that name an item."""
        return {"item_code": item.code, "item": pick(item.text, self.language)}

    def grade(self, grade: int | None) -> str | None:
        """The name of a grade."""
        return None if grade is None else pick(self.report.plan.rule.grades[grade].name, self.language)

    def score(self, value: float | None, decimals: int = 0) -> Decimal | None:
        """A score or a mean as it is printed, with no fewer than these decimals."""
        return None if value is None else round_half_up(value, max(self.report.plan.rule.decimals, decimals))
