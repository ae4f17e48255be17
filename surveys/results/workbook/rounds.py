"""The sheet Rounds: scores of each round, the change from the round before, its interval, and lines over the rounds."""

from __future__ import annotations

from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from surveys.results.round_changes import Change
from surveys.results.rounds import Rounds
from surveys.results.workbook.sheet_writer import HEAD, SCORE, SheetWriter
from surveys.results.workbook.summary import SummaryCells
from surveys.scoring.rounding import kept

_LINES = 10
"""The most lines of a chart."""
_SMALL = 6
"""Behind a table of more units than this, charts are printed on pages of their own."""
_ROW = 20
"""The height of a row in pixels."""


def write_rounds(writer: SheetWriter, sheet: Worksheet, rounds: Rounds, summary: SummaryCells) -> None:
    """A row for each unit of this survey, then one for each general branch, and charts of the units."""
    _ = writer.gettext
    count, pair = len(rounds.rounds), rounds.pairs[-1]
    names = [_("Round %(n)s", n=n) + f"\n{one.survey.slug}" for n, one in enumerate(rounds.rounds, 1)]
    headings = [
        _("Unit"), *names, _("Change"), _("95 percent from"), _("to"), _("Says"), _("Was in the round before")
    ]  # fmt: skip
    widths: list[float] = [24, *[11] * count, 9, 9, 9, 14, 24]
    note = " ".join([
        _("The change is from the round before to this one. Where it says “may be chance”, it cannot be told from zero with all "
          "units taken together (Holm, 5 percent)."),
        _("The score before of merged units is the plain mean of what they were."),
        *(_(text) for text in pair.notes),
    ])  # fmt: skip
    row = writer.rows_of_title(sheet, writer.names["rounds"], widths, note)
    writer.headings(sheet, row, headings, widths)
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    head, first = row, row + 1
    for unit in writer.report.order:
        row += 1
        _write_unit(writer, sheet, row, rounds, summary, unit)
        was = _was(writer, rounds, unit)
        sheet.write_string(row, count + 5, was, writer.cell)
        writer.grow(sheet, row, (writer.unit(unit), widths[0]), (was, widths[-1]))
    last = row
    if pair.branches:
        row = _write_branches(writer, sheet, row + 2, rounds, widths)
    writer.columns(sheet, widths, breaks=True)
    _insert_charts(writer, sheet, row + 2, (head, first, last), rounds)


def _write_unit(
    writer: SheetWriter, sheet: Worksheet, row: int, rounds: Rounds, summary: SummaryCells, unit: int
) -> None:
    """The score of this round is that of the summary; those of earlier ones are numbers, blank where there is none."""
    scores, change = rounds.lines[unit], rounds.pairs[-1].units[unit]
    sheet.write_string(row, 0, writer.unit(unit), writer.cell)
    last = len(scores)
    for column, score in enumerate(scores, 1):
        if score is None:
            sheet.write_blank(row, column, None, writer.figure)
        elif column == last:
            formula = f"={summary.cell(writer, unit, summary.score_column)}"
            sheet.write_formula(row, column, formula, writer.figure, kept(score, SCORE))
        else:
            sheet.write_number(row, column, kept(score, SCORE), writer.figure)
    _write_change(writer, sheet, row, last, change)


def _write_change(writer: SheetWriter, sheet: Worksheet, row: int, last: int, change: Change) -> None:
    """The difference of the two cells before it, its interval, and what that says."""
    _ = writer.gettext
    found, before, after = change.change, change.before, change.after
    if found is None or before is None or after is None:
        for column in range(last + 1, last + 4):
            sheet.write_string(row, column, "—", writer.withheld)
        sheet.write_string(row, last + 4, _(change.why) if change.why else "—", writer.withheld)
        return
    formula = f"={xl_rowcol_to_cell(row, last)}-{xl_rowcol_to_cell(row, last - 1)}"
    sheet.write_formula(row, last + 1, formula, writer.signed, kept(after, SCORE) - kept(before, SCORE))
    writer.number(sheet, (row, last + 2), found.low, writer.signed)
    writer.number(sheet, (row, last + 3), found.high, writer.signed)
    says = _("may be chance") if not change.clear else _("higher") if found.value > 0 else _("lower")
    sheet.write_string(row, last + 4, says, writer.middle)


def _was(writer: SheetWriter, rounds: Rounds, unit: int) -> str:
    """What a unit was in the round before, where that is not the same."""
    pair = rounds.pairs[-1]
    row, plan = pair.units[unit], pair.older.report.plan
    names = "、" if writer.language == "zh" else ", "
    was = names.join(writer.text(plan.units[source].text) for source in row.sources)
    colon = "：" if writer.language == "zh" else ": "
    word = writer.gettext(row.followed.value)
    return f"{word}{colon}{was}" if was and was != writer.unit(unit) else word


def _write_branches(
    writer: SheetWriter, sheet: Worksheet, row: int, rounds: Rounds, widths: list[float]
) -> int:  # fmt: skip
    """General branches as means of their units that have a score in both rounds; returns the last row."""
    _ = writer.gettext
    count = len(rounds.rounds)
    blank = [""] * (count - 2)
    headings = [
        _("General branches"), *blank, _("Score before"), _("Score after"), _("Change"), _("95 percent from"), _("to"), _("Says"),
        _("Mean of units"),
    ]  # fmt: skip
    writer.headings(sheet, row, headings, widths)
    for branch in rounds.pairs[-1].branches:
        row += 1
        name = writer.text(branch.text)
        sheet.write_string(row, 0, name, writer.cell)
        writer.grow(sheet, row, (name, widths[0]))
        for column in range(1, count - 1):
            sheet.write_blank(row, column, None, writer.figure)
        for column, figure in ((count - 1, branch.before), (count, branch.after)):
            if figure is None:
                sheet.write_blank(row, column, None, writer.figure)
            else:
                sheet.write_number(row, column, kept(figure, SCORE), writer.figure)
        _write_change(writer, sheet, row, count, branch)
        compared = _("%(n)s of %(all)s", n=branch.compared, all=branch.total)
        sheet.write_string(row, count + 5, compared, writer.middle)
    return row


def _insert_charts(
    writer: SheetWriter, sheet: Worksheet, row: int, table: tuple[int, int, int], rounds: Rounds
) -> None:
    """Charts of up to ten units each, a line for each over the rounds; a round without a score is a gap."""
    head, first, last = table
    count, shown = len(rounds.rounds), [score for line in rounds.lines.values() for score in line if score is not None]
    floor = max(0, min(90, int(min(shown) // 10) * 10)) if shown else 0
    name, title = writer.names["rounds"], writer.gettext("Scores by round")
    breaks = []
    for start in range(first, last + 1, _LINES):
        breaks.append(row)
        chart = writer.book.add_chart({"type": "line"})
        for line in range(start, min(last, start + _LINES - 1) + 1):
            chart.add_series({
                "name": [name, line, 0],
                "categories": [name, head, 1, head, count],
                "values": [name, line, 1, line, count],
                "marker": {"type": "automatic", "size": 5},
                "line": {"width": 1.5},
            })  # fmt: skip
        chart.set_title({"name": title, "name_font": {"name": HEAD, "size": 12}, "overlay": False})
        chart.show_blanks_as("gap")
        lines = {"visible": True, "line": {"color": "#DDDDDD"}}
        chart.set_y_axis({"min": floor, "max": 100, "major_gridlines": lines})
        chart.set_legend({"position": "right", "font": {"name": "宋体", "size": 9}})
        chart.set_size({"width": 700, "height": 320})
        sheet.insert_chart(row, 0, chart, {"object_position": 2, "description": title})
        row += 320 // _ROW + 2
    if last - first >= _SMALL:
        sheet.set_h_pagebreaks(breaks)
