"""Formats, names and page set-up that all sheets share."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from surveys.campaigns.plan import Group
from surveys.inputs.text import Text, pick
from surveys.inputs.translations import Gettext
from surveys.results.report import Report

BODY, HEAD = "宋体", "黑体"


class SheetWriter:
    """Writes cells of one workbook, in one language."""

    def __init__(self, book: Workbook, report: Report, language: str, gettext: Gettext) -> None:
        self.gettext = _ = gettext
        self.book, self.report, self.plan, self.language = book, report, report.plan, language
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names = {
            "summary": _("Summary"),
            "evaluation": _("Evaluation"),
            "items": _("Items"),
            "distribution": _("Distribution"),
            "groups": _("Groups"),
            "answers": _("Other questions"),
            "turnout": _("Turnout"),
            "method": _("Method"),
        }
        self.decimal = "0." + "0" * report.plan.rule.decimals if report.plan.rule.decimals else "0"
        book.set_properties({"title": self.text(report.plan.title), "comments": report.stored.digest})

    def text(self, text: Text | None) -> str:
        """A text in the workbook's language."""
        return pick(text, self.language) if text else ""

    def group(self, group: Group) -> str:
        """A group's name, with the word "separate" where it enters no score."""
        _ = self.gettext
        return f"{self.text(group.text)} {_('(separate)')}" if group.apart else self.text(group.text)

    def format(self, **wanted: Any) -> Any:
        """A cell format; equal ones are made once."""
        full = {"font_name": BODY, "font_size": 10.5, "valign": "vcenter", **wanted}
        key = tuple(sorted(full.items()))
        if key not in self._formats:
            self._formats[key] = self.book.add_format(full)
        return self._formats[key]

    @property
    def head(self) -> Any:
        """A column heading."""
        return self.format(font_name=HEAD, bold=True, border=1, bg_color="#F3E9E7", text_wrap=True, align="center")

    @property
    def cell(self) -> Any:
        """A cell of text in a table."""
        return self.format(border=1, text_wrap=True)

    @property
    def middle(self) -> Any:
        """A centred cell in a table."""
        return self.format(border=1, align="center")

    @property
    def figure(self) -> Any:
        """A score in a table."""
        return self.format(border=1, num_format=self.decimal)

    @property
    def count(self) -> Any:
        """A whole number in a table."""
        return self.format(border=1, num_format="0")

    @property
    def percent(self) -> Any:
        """A share in a table."""
        return self.format(border=1, num_format="0.00%")

    @property
    def withheld(self) -> Any:
        """A cell that says that its figure is withheld."""
        return self.format(border=1, align="right", font_color="#808080", italic=True)

    @property
    def few(self) -> str:
        """What a withheld cell says."""
        return f"n < {self.plan.rule.minimum}"

    def sheet(self, name: str) -> Worksheet:
        """A new sheet with the page set up: A4, page numbers, the title in the head."""
        _ = self.gettext
        sheet = self.book.add_worksheet(self.names[name])
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        sheet.fit_to_pages(1, 0)
        title = self.text(self.plan.title).replace("&", "&&")
        # The size before the font: behind "&9" a title that begins with a digit would be part of the size.
        style = f'&C&9&"{BODY}"'
        sheet.set_header(style + title)
        sheet.set_footer(f"{style}{self.names[name]} · " + _("page %(page)s of %(pages)s", page="&P", pages="&N"))
        return sheet

    def title(self, sheet: Worksheet, text: str, width: int, note: str = "") -> int:
        """Write a sheet's title over `width` columns and a note; returns the next free row."""
        sheet.merge_range(
            0, 0, 0, max(1, width - 1), text, self.format(font_name=HEAD, font_size=16, bold=True, align="center")
        )
        sheet.set_row(0, 30)
        if not note:
            return 2
        sheet.merge_range(
            1, 0, 1, max(1, width - 1), note, self.format(font_color="#555555", text_wrap=True, valign="top")
        )
        sheet.set_row(1, 15 * (1 + len(note) * 2 // max(40, width * 11)))
        return 3

    def headings(self, sheet: Worksheet, row: int, texts: list[str], *, height: float | None = None) -> None:
        """Write column headings."""
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, self.head)
        if height:
            sheet.set_row(row, height)

    def ref(self, name: str, row: int, column: int, *, absolute: bool = False) -> str:
        """A reference to a cell of a sheet."""
        cell = xl_rowcol_to_cell(row, column, row_abs=absolute, col_abs=absolute)
        return f"'{self.names[name]}'!{cell}"

    def mean_of(self, cells: list[tuple[str, str]]) -> str:
        """The formula of a weighted mean, spelt out: cells and the cells of their weights."""
        sums = "+".join(f"{value}*{weight}" for value, weight in cells)
        return f"=({sums})/({'+'.join(weight for _value, weight in cells)})"
