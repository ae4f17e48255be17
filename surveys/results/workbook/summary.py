"""The summary: what the committee signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from surveys.results.certainty import cut_sentence, population_sentence, ranking_sentence
from surveys.results.method import method_sentences, turnout_notes
from surveys.results.notes import full_notes, quota_sentence
from surveys.results.workbook.chart import insert_charts
from surveys.results.workbook.distribution import ALL, DistributionCells
from surveys.results.workbook.items import ItemCells
from surveys.results.workbook.sheet_writer import GROUP_SCORE, HEAD, SCORE, SheetWriter, columns_across
from surveys.scoring.rounding import kept, percent_text, round_half_up

FIXED: tuple[float, ...] = (5, 22, 14)
"""Widths of the columns before the groups: rank, unit, general branch."""


@dataclass(frozen=True)
class SummaryCells:
    """Where the summary's table stands."""

    weights_row: int
    position: dict[int, int]
    groups: int

    @property
    def first_row(self) -> int:
        """The row of the first unit."""
        return self.weights_row + 1

    @property
    def score_column(self) -> int:
        """Score; behind it its interval and that of the rank."""
        return len(FIXED) + self.groups

    @property
    def rate_column(self) -> int:
        """Satisfaction rate; behind it its interval, n, grade and notes."""
        return self.score_column + 4

    @property
    def note_column(self) -> int:
        """The last column."""
        return self.rate_column + 5

    def group_column(self, group: int) -> int:
        """The scores of a group."""
        return len(FIXED) + group

    def cell(self, writer: SheetWriter, unit: int, column: int) -> str:
        """A cell of a unit's row."""
        return writer.ref("summary", self.first_row + self.position[unit], column)


def write_summary(
    writer: SheetWriter,
    sheet: Worksheet,
    counts: DistributionCells | None,
    items: ItemCells | None,
    window: tuple[int, int],
    timezone: str,
) -> SummaryCells:
    """Write the sheet; returns where its table stands."""
    _ = writer.gettext
    plan, report = writer.plan, writer.report
    position = {unit: place for place, unit in enumerate(report.order)}
    headings = [_("Rank"), _("Unit"), _("General branch"), *(writer.group(g) for g in plan.groups),
                _("Score"), _("95 percent from"), _("to"), _("Rank 95 percent"), _("Satisfaction rate"),
                _("95 percent from"), _("to"), "n", _("Grade"), _("Note")]  # fmt: skip
    widths: list[float] = [*FIXED, *[8] * len(plan.groups), 8, 8, 8, 8, 10, 9, 9, 6, 9, 22]
    row = _write_head(writer, sheet, widths, window, timezone)
    if counts is None or items is None:
        _write_foot(writer, sheet, row + 1)
        writer.columns(sheet, widths[:8])
        return SummaryCells(row, position, len(plan.groups))
    writer.headings(sheet, row, headings, widths)
    cells = SummaryCells(row + 1, position, len(plan.groups))
    _write_weights(writer, sheet, cells, items)
    for unit in report.order:
        _write_unit(writer, sheet, cells, counts, items, unit)
    end = cells.first_row + len(report.order) + 1
    for sentence, bold in _sentences(writer):
        if not sentence:
            continue
        last = columns_across(widths) - 1
        sheet.merge_range(end, 0, end, last, "", writer.format())
        sheet.write_string(end, 0, sentence, writer.format(text_wrap=True, bold=bold))
        writer.grow(sheet, end, (sentence, sum(widths[: last + 1])))
        end += 1
    writer.columns(sheet, widths, kept=2, breaks=True)
    if report.scored:
        end = insert_charts(writer, sheet, end, cells, widths)
    _write_foot(writer, sheet, end)
    sheet.freeze_panes(cells.first_row, 2)
    sheet.repeat_rows(row, row + 1)
    return cells


def _sentences(writer: SheetWriter) -> list[tuple[str, bool]]:
    """What is said below the table, and whether it is in bold. Ranking and quotas are about all units."""
    _, report = writer.gettext, writer.report
    population = [(population_sentence(writer.plan, _), False)]
    if report.part is not None:
        return population
    sentences = [(ranking_sentence(report, _), False), *population]
    for check in report.grade_quotas():
        cut = cut_sentence(report, check, writer.language, _)
        sentences.append((f"{quota_sentence(report, check, writer.language, _)} {cut}".strip(), not check.kept))
    return sentences


def _write_head(
    writer: SheetWriter, sheet: Worksheet, widths: list[float], window: tuple[int, int], timezone: str
) -> int:
    _ = writer.gettext
    plan, report = writer.plan, writer.report
    part = ""
    if report.part is not None:
        part = _("Only the units of %(name)s. Scores, ranks and grades are those of the whole result, among all %(n)s units.",
                 name=report.part, n=len(plan.units))  # fmt: skip
    row = writer.rows_of_title(sheet, writer.text(plan.title), widths, part, with_head=True)
    zone = ZoneInfo(timezone)
    times = " – ".join(datetime.fromtimestamp(at, zone).strftime("%Y-%m-%d %H:%M") for at in window)
    turnout = "; ".join(
        f"{writer.text(group.text)} {row.ballots}"
        + (f" / {row.base} ({percent_text(row.ballots, row.base)})" if row.base else "")
        for group, row in zip(plan.groups, report.result.turnout.groups, strict=True)
    )
    method = " ".join(
        f"{heading}：{text}" if writer.language == "zh" else f"{heading}: {text}"
        for heading, text in method_sentences(report, writer.language, _)[:4]
    )
    facts = [
        (_("Campaign"), writer.text(plan.campaign)),
        (_("Stage"), writer.text(plan.stage)),
        (_("Window"), times),
        (_("Turnout"), turnout),
        (_("Scoring method"), method),
        (_("Please note"), " ".join(turnout_notes(report, writer.language, _))),
    ]
    label, last = writer.format(font_name=HEAD, valign="top"), columns_across(widths) - 1
    room = sum(widths[2 : last + 1])
    for name, value in facts:
        if not value:
            continue
        sheet.merge_range(row, 0, row, 1, name, label)
        sheet.merge_range(row, 2, row, last, "", writer.format(text_wrap=True, valign="top"))
        sheet.write_string(row, 2, value, writer.format(text_wrap=True, valign="top"))
        writer.grow(sheet, row, (value, room))
        row += 1
    return row + 1


def _write_weights(writer: SheetWriter, sheet: Worksheet, cells: SummaryCells, items: ItemCells) -> None:
    """The weights of groups under their headings, which the scores are computed with."""
    row = cells.weights_row
    for column in range(cells.note_column + 1):
        sheet.write_blank(row, column, None, writer.middle)
    sheet.write_string(row, 1, writer.gettext("Weight"), writer.middle)
    for group, one in enumerate(writer.plan.groups):
        formula = f"={items.weight(writer, group)}"
        sheet.write_formula(row, cells.group_column(group), formula, writer.weight, one.score_weight)


def _write_unit(
    writer: SheetWriter, sheet: Worksheet, cells: SummaryCells, counts: DistributionCells, items: ItemCells, unit: int
) -> None:
    _, plan, report, result = writer.gettext, writer.plan, writer.report, writer.report.result
    row = cells.first_row + cells.position[unit]
    rank = result.rank[unit]
    if rank is None:
        sheet.write_string(row, 0, "—", writer.middle)
    else:
        sheet.write_number(row, 0, rank, writer.format(border=1, align="center", num_format="0"))
    name, parent = writer.unit(unit), writer.text(plan.units[unit].parent)
    sheet.write_string(row, 1, name, writer.cell)
    sheet.write_string(row, 2, parent, writer.cell)
    for group in range(len(plan.groups)):
        value = result.group_score[group][unit]
        if value is None:
            writer.missing(sheet, row, cells.group_column(group), report.missing(group, unit))
            continue
        at = row, cells.group_column(group)
        sheet.write_formula(*at, f"={items.score(writer, group, unit)}", writer.figure, kept(value, GROUP_SCORE))
    _write_score(writer, sheet, row, cells, unit)
    _write_rate(writer, sheet, row, cells, counts, unit)
    shown = [g for g, group in enumerate(plan.groups) if result.included[g][unit] and not group.apart]
    if shown:
        formula = "=" + "+".join(items.n(writer, group, unit) for group in shown)
        sheet.write_formula(row, cells.rate_column + 3, formula, writer.count, result.n[unit])
    else:
        writer.missing(sheet, row, cells.rate_column + 3, report.missing_together(unit))
    grade = result.grade[unit]
    words = "—" if grade is None else writer.text(plan.rule.grades[grade].name)
    sheet.write_string(row, cells.rate_column + 4, words, writer.middle)
    note = " ".join(full_notes(report, unit, writer.language, _))
    sheet.write_string(row, cells.note_column, note, writer.format(border=1, text_wrap=True, font_size=9))
    writer.grow(sheet, row, (name, FIXED[1]), (parent, FIXED[2]), (words, 8), (note, 25))


def _write_score(writer: SheetWriter, sheet: Worksheet, row: int, cells: SummaryCells, unit: int) -> None:
    """The score by the groups that are there, its interval, and that of the rank."""
    result, column = writer.report.result, cells.score_column
    score, low, high = result.score[unit], result.low[unit], result.high[unit]
    if score is None or low is None or high is None:
        for place in range(column, cells.rate_column):
            sheet.write_string(row, place, "—", writer.withheld)
        return
    last = cells.score_column - 1
    scores, weights = (
        xl_range(row, len(FIXED), row, last),
        xl_range_abs(cells.weights_row, len(FIXED), cells.weights_row, last),
    )
    formula = f"SUMPRODUCT({scores},{weights})/SUMPRODUCT(ISNUMBER({scores})*{weights})"
    bold = writer.format(border=1, num_format=writer.decimal, bold=True)
    writer.rounded(sheet, (row, column), formula, score, SCORE, bold)
    writer.number(sheet, (row, column + 1), low)
    writer.number(sheet, (row, column + 2), high)
    first, end = result.rank_low[unit], result.rank_high[unit]
    ranks = "—" if first is None or end is None else f"{first:.0f}–{end:.0f}"
    sheet.write_string(row, column + 3, ranks, writer.middle)


def _write_rate(
    writer: SheetWriter, sheet: Worksheet, row: int, cells: SummaryCells, counts: DistributionCells, unit: int
) -> None:
    """The satisfied ratings of all ratings, from the rows of all groups together, and Wilson's interval."""
    plan, result = writer.plan, writer.report.result
    rate, low, high = result.rate[unit], result.rate_low[unit], result.rate_high[unit]
    if rate is None or low is None or high is None:
        for place in range(cells.rate_column, cells.rate_column + 3):
            sheet.write_string(row, place, "—", writer.withheld)
        return
    codes = [item.code for item in plan.rated_items]
    first, last = 0, len(codes) - 1
    if plan.rule.rate_item:
        first = last = codes.index(plan.rule.rate_item)

    def area(column: int) -> str:
        return (
            writer.ref("distribution", counts.row(unit, first, ALL), column)
            + ":" + xl_rowcol_to_cell(counts.row(unit, last, ALL), column)
        )  # fmt: skip

    formula = f"SUM({area(counts.satisfied_column)})/SUM({area(counts.n_column)})"
    writer.share(sheet, (row, cells.rate_column), formula, rate / 100)
    for offset, bound in enumerate((low, high), 1):
        sheet.write_number(row, cells.rate_column + offset, float(round_half_up(bound).scaleb(-2)), writer.percent)


def _write_foot(writer: SheetWriter, sheet: Worksheet, row: int) -> None:
    """The digest, what was counted, and lines for signatures, which stay on one page."""
    _ = writer.gettext
    stored = writer.report.stored
    sheet.write_string(row, 0, _("Digest") + ": " + stored.digest, writer.format(font_size=9))
    counts = _("%(ballots)s ballots, %(receipts)s receipts.", ballots=stored.ballots, receipts=stored.receipts)
    if stored.lost:
        counts += " " + _(
            "%(n)s ballots were lost; the sheet “%(sheet)s” says more.", n=stored.lost, sheet=writer.names["method"]
        )
    sheet.write_string(row + 1, 0, counts, writer.format(font_size=9))
    if writer.report.part is not None:
        return  # what is signed is the whole result
    for offset, text in enumerate((_("Head of the committee"), _("Scrutineer"), _("Date"))):
        line = row + 3 + offset * 2
        sheet.set_row(line, 24)
        sheet.write_string(line, 1, text + "：" if writer.language == "zh" else text + ":", writer.format())
        sheet.merge_range(line, 2, line, 4, "", writer.format(bottom=1))
