"""The sheet Remarks: what the committee published of what people wrote. The rows are handed in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xlsxwriter.worksheet import Worksheet

from surveys.campaigns.indices import UnitIndex
from surveys.results.workbook.sheet_writer import SheetWriter

_WIDTHS = [20, 24, 56, 9]


@dataclass(frozen=True)
class RemarkRow:
    """A published text about a unit (a position, None: in general) to an item (a code); `alike` more say the same."""

    unit: UnitIndex | None
    item: str
    body: str
    alike: int


def write_remarks(writer: SheetWriter, sheet: Worksheet, rows: Sequence[RemarkRow]) -> None:
    """Write the sheet."""
    _ = writer.gettext
    items = {item.code: writer.text(item.text) for item in writer.plan.questionnaire.items}
    row = writer.rows_of_title(
        sheet,
        writer.names["remarks"],
        _WIDTHS,
        _("As the committee published them, with names masked, in random order."),
    )
    writer.headings(sheet, row, [_("Unit"), _("Question"), _("Remark"), _("Alike")], _WIDTHS)
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(row)
    for one in rows:
        row += 1
        unit = _("In general") if one.unit is None else writer.unit(one.unit)
        texts = (unit, items[one.item], one.body)
        for column, text in enumerate(texts):
            sheet.write_string(row, column, text, writer.cell)
        sheet.write_number(row, 3, one.alike, writer.count)
        writer.grow(sheet, row, *zip(texts, _WIDTHS[:3], strict=True))
    writer.columns(sheet, _WIDTHS, landscape=False)
