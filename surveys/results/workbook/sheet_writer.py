"""Formats, names, page set-up and rounded figures, as all sheets share them.

Figures are written so that every program shows the same digits: each formula is rounded half up, as the program rounds.
Those that others are computed from keep more decimals than are shown, fewer at each step, so that what binary fractions
lose (76.875 as 76.87499999999999) is mended at each step and never seen.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from surveys.campaigns.plan import Group
from surveys.inputs.text import Text, pick
from surveys.inputs.translations import Gettext
from surveys.results.notes import missing_text, not_valid
from surveys.results.printed.letterhead import NO_HEAD, PrintedHead
from surveys.results.report import Report
from surveys.results.withholding import Missing
from surveys.results.workbook.colours import SCALE_COLOURS
from surveys.results.workbook.page_head import BODY, page_head
from surveys.scoring.rounding import kept, round_half_up

HEAD = "黑体"
MEAN, GROUP_SCORE, SCORE, TOTAL = 12, 11, 10, 9
"""Decimals kept by the means of items, the scores of groups, what follows from these, and the totals."""

# Pixels across an A4 page inside its margins, upright and across.
_ACROSS = {False: 690, True: 1015}
_DIGIT, _WIDE_DIGIT = 7, 9.9
"""Pixels of a digit, which columns are measured in: of the usual font, and of those that stand in for it where it is missing."""
_SMALLEST = 60
"""Percent of its size below which a sheet is not shrunk: it goes over several pages side by side."""


class Sheet(Worksheet):
    """A sheet whose formulas use no function that came with Excel 2010 or later.

    XlsxWriter looks for 29 of those in each formula, which took half of the time of a large workbook.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")


class SheetWriter:
    """Writes cells of one workbook, in one language."""

    def __init__(
        self, book: Workbook, report: Report, language: str, gettext: Gettext, head: PrintedHead = NO_HEAD
    ) -> None:
        self.gettext = _ = gettext
        self.head_of_pages = head
        self.book, self.report, self.plan, self.language = book, report, report.plan, language
        self._formats: dict[tuple[tuple[str, Any], ...], Any] = {}
        self.names = {
            "summary": _("Summary"),
            "evaluation": _("Evaluation"),
            "items": _("Items"),
            "distribution": _("Distribution"),
            "groups": _("Groups"),
            "rounds": _("Rounds"),
            "answers": _("Other questions"),
            "remarks": _("Remarks"),
            "turnout": _("Turnout"),
            "method": _("Method"),
        }
        self.decimal = "0." + "0" * report.plan.rule.decimals if report.plan.rule.decimals else "0"
        self.not_valid = not_valid(report, gettext)
        book.set_properties({"title": self.text(report.plan.title), "comments": report.stored.digest})

    def text(self, text: Text | None) -> str:
        """A text in the workbook's language."""
        return pick(text, self.language) if text else ""

    def unit(self, unit: int) -> str:
        """A unit's name."""
        return self.text(self.plan.units[unit].text)

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
        return self.format(border=1, align="center", text_wrap=True)

    @property
    def figure(self) -> Any:
        """A score in a table."""
        return self.format(border=1, num_format=self.decimal)

    @property
    def signed(self) -> Any:
        """A difference of scores in a table."""
        return self.format(border=1, num_format=f"+{self.decimal};-{self.decimal};{self.decimal}")

    @property
    def count(self) -> Any:
        """A whole number in a table."""
        return self.format(border=1, num_format="0")

    @property
    def weight(self) -> Any:
        """A weight or points, without needless zeros, whole (with "0.##" Excel writes "60.")."""
        return self.format(border=1, align="center")

    @property
    def percent(self) -> Any:
        """A share in a table."""
        return self.format(border=1, num_format="0.00%")

    @property
    def withheld(self) -> Any:
        """A cell that says why its figure is not there."""
        return self.format(border=1, align="right", font_color="#808080", italic=True, text_wrap=True)

    def sheet(self, name: str) -> Worksheet:
        """A new sheet with the page set up: A4, page numbers, the title in the head."""
        _ = self.gettext
        sheet = self.book.add_worksheet(self.names[name], Sheet)
        sheet.set_paper(9)
        sheet.set_margins(left=0.5, right=0.5, top=0.7, bottom=0.7)
        style = page_head(sheet, self.head_of_pages, [self.text(self.plan.title)[:100], self.not_valid])
        sheet.set_footer(f"{style}{self.names[name]} · " + _("page %(page)s of %(pages)s", page="&P", pages="&N"))
        return sheet

    def columns(
        self, sheet: Worksheet, widths: Sequence[float], *, landscape: bool = True, kept: int = 1, breaks: bool = False
    ) -> None:
        """Set the widths of columns in characters, and a size of print at which they go across a page.

        What would be too small to be read goes over several pages, each of which begins with the first `kept` columns.
        With `breaks` of pages the size is a fixed one, small enough for wide fonts: Excel overlooks breaks where it is told
        to fit the page.
        """
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        if landscape:
            sheet.set_landscape()
        digit = _WIDE_DIGIT if breaks else _DIGIT
        size = int(100 * _ACROSS[landscape] / sum(digit * width + 5 for width in widths))
        if size < _SMALLEST:
            sheet.repeat_columns(0, kept - 1)
        if breaks or size < _SMALLEST:
            sheet.set_print_scale(max(_SMALLEST, min(100, size)))
        else:
            sheet.fit_to_pages(1, 0)

    def rows_of_title(
        self, sheet: Worksheet, text: str, widths: Sequence[float], note: str = "", *, with_head: bool = False
    ) -> int:
        """Write a sheet's title over as many columns as go on a page, and a note; returns the next free row."""
        last = columns_across(widths) - 1
        room = sum(widths[: last + 1])
        row = self._rows_of_head(sheet, last) if with_head else 0
        sheet.merge_range(row, 0, row, last, text, self.format(font_name=HEAD, font_size=16, bold=True, align="center"))
        self.grow(sheet, row, (text, room * 0.6), line=24)
        row += 1
        for words, more in (
            (self.not_valid, {"bold": True, "font_color": "#9B1C1C"}),
            (note, {"font_color": "#555555"}),
        ):
            if words:
                sheet.merge_range(row, 0, row, last, words, self.format(text_wrap=True, valign="top", **more))
                self.grow(sheet, row, (words, room))
                row += 1
        return row + 1

    def _rows_of_head(self, sheet: Worksheet, last: int) -> int:
        """Organisation and number of the document, each in a row of its own; returns the next free row."""
        row, head = 0, self.head_of_pages
        for words, more in (
            (head.organisation, {"font_name": HEAD, "font_size": 18, "font_color": "#9B1C1C", "bottom": 2, "bottom_color": "#9B1C1C"}),
            (head.number, {}),
        ):  # fmt: skip
            if words:
                sheet.merge_range(row, 0, row, last, words, self.format(align="center", **more))
                sheet.set_row(row, 32 if more else 20)
                row += 1
        return row

    def headings(self, sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[float]) -> None:
        """Write column headings, in a row as high as they need."""
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, self.head)
        self.grow(sheet, row, *zip(texts, widths, strict=False))

    def coloured_heading(self, sheet: Worksheet, row: int, column: int, text: str, colour: str) -> None:
        """Write the heading of a level, with the colour of its scale below the words."""
        line = {"bottom": 5, "bottom_color": SCALE_COLOURS[colour]}
        head = self.format(
            font_name=HEAD, bold=True, border=1, bg_color="#F3E9E7", text_wrap=True, align="center", **line
        )
        sheet.write_string(row, column, text, head)

    def grow(self, sheet: Worksheet, row: int, *cells: tuple[str, float], line: float = 15) -> None:
        """Make a row as high as its texts need in cells of these widths; programs do not do so for merged cells."""
        sheet.set_row(row, line * max(lines_of(text, width) for text, width in cells) + 3)

    def missing(self, sheet: Worksheet, row: int, column: int, reason: Missing | None) -> None:
        """Say why a figure is not there."""
        sheet.write_string(row, column, missing_text(reason, self.plan, self.gettext), self.withheld)

    def rounded(
        self, sheet: Worksheet, at: tuple[int, int], formula: str, value: float, places: int, form: Any = None
    ) -> None:
        """A figure by a formula, rounded half up; `value` is what it gives."""
        form = self.figure if form is None else form
        sheet.write_formula(*at, f"=ROUND({formula},{places})", form, kept(value, places))

    def number(
        self, sheet: Worksheet, at: tuple[int, int], value: float, form: Any = None, *, decimals: int = 0
    ) -> None:
        """A figure that no formula gives, rounded half up as it is shown: with no fewer than these decimals."""
        usual = self.plan.rule.decimals
        shown = round_half_up(value, max(usual, decimals))
        if form is None:
            form = self.figure if decimals <= usual else self.format(border=1, num_format="0." + "0" * decimals)
        sheet.write_number(*at, float(shown), form)

    def share(self, sheet: Worksheet, at: tuple[int, int], formula: str, value: float) -> None:
        """A share by a formula; `value` is a fraction. Programs round fractions in percent each in its way."""
        sheet.write_formula(*at, f"=ROUND({formula},4)", self.percent, float(round_half_up(100 * value).scaleb(-2)))

    def ref(self, name: str, row: int, column: int, *, absolute: bool = False) -> str:
        """A reference to a cell of a sheet."""
        cell = xl_rowcol_to_cell(row, column, row_abs=absolute, col_abs=absolute)
        return f"'{self.names[name]}'!{cell}"


def columns_across(widths: Sequence[float]) -> int:
    """How many columns go on the first page where a sheet goes over several side by side; at least two."""
    room = 100 * _ACROSS[True] / _SMALLEST
    return max(2, sum(sum(_WIDE_DIGIT * w + 5 for w in widths[: n + 1]) <= room for n in range(len(widths))))


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a cell of a width in characters; Chinese ones are two wide."""
    wide = [sum(2 if ord(sign) > 0x2E80 else 1 for sign in line) for line in text.split("\n")]
    return sum(max(1, ceil(1.08 * line / max(1.0, width))) for line in wide)
