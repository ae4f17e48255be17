"""The summary: what the committee signs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from surveys.inputs.text import pick
from surveys.results.method import method_sentences, turnout_notes
from surveys.results.workbook.distribution import DistributionCells
from surveys.results.workbook.items import ItemCells
from surveys.results.workbook.sheet_writer import HEAD, SheetWriter
from surveys.scoring.grading import GradeQuotaCheck
from surveys.scoring.rounding import percent_text


@dataclass(frozen=True)
class SummaryCells:
    """Where the summary's table stands."""

    first_row: int
    position: dict[int, int]
    group_columns: list[int]
    score_column: int
    rate_column: int

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
    plan, report, result = writer.plan, writer.report, writer.report.result
    groups = range(len(plan.groups))
    headings = [_("Rank"), _("Unit"), _("General branch"), *(writer.group(g) for g in plan.groups),
                _("Score"), _("95 percent from"), _("to"), _("Rank 95 percent"), _("Satisfaction rate"), "n", _("Grade"), _("Note")]  # fmt: skip
    width = len(headings)
    cells = SummaryCells(
        0, {u: i for i, u in enumerate(report.order)}, [3 + g for g in groups], 3 + len(groups), 7 + len(groups)
    )
    row = _write_head(writer, sheet, width, window, timezone)
    if counts is None or items is None:
        _write_foot(writer, sheet, row + 1, width)
        sheet.set_column(0, width - 1, 12)
        return cells
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading, writer.head)
    sheet.set_row(row, 32)
    head_row = row
    cells = SummaryCells(row + 1, cells.position, cells.group_columns, cells.score_column, cells.rate_column)
    for unit in report.order:
        _write_unit(writer, sheet, cells, counts, items, unit)
    last = cells.first_row + len(report.order) - 1
    scored = [unit for unit in report.order if result.score[unit] is not None]
    row = last + 2
    for check in report.grade_quotas():
        row = _write_quota(writer, sheet, row, width, check)
    if scored:
        row = _insert_chart(writer, sheet, row, cells, len(scored))
    _write_foot(writer, sheet, row, width)
    sheet.set_column(0, 0, 6)
    sheet.set_column(1, 1, 25)
    sheet.set_column(2, 2, 17)
    sheet.set_column(3, width - 3, 9)
    sheet.set_column(width - 2, width - 2, 8)
    sheet.set_column(width - 1, width - 1, 24)
    sheet.freeze_panes(head_row + 1, 2)
    sheet.repeat_rows(head_row)
    sheet.set_landscape()
    return cells


def _write_head(writer: SheetWriter, sheet: Worksheet, width: int, window: tuple[int, int], timezone: str) -> int:
    _ = writer.gettext
    plan, report = writer.plan, writer.report
    row = writer.title(sheet, writer.text(plan.title), width)
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
        (_("Please note"), " ".join(turnout_notes(report, writer.language, _)
                                    + ([] if report.valid else [_("Under the rule of this survey the result is not valid.")]))),
    ]  # fmt: skip
    label = writer.format(font_name=HEAD, valign="top")
    for name, value in facts:
        if not value:
            continue
        sheet.write_string(row, 0, name, label)
        sheet.merge_range(row, 1, row, width - 1, "", writer.format(text_wrap=True, valign="top"))
        sheet.write_string(row, 1, value, writer.format(text_wrap=True, valign="top"))
        wide = sum(2 if ord(c) > 0x2E80 else 1 for c in value)
        sheet.set_row(row, 15 * (1 + wide // 118))
        row += 1
    return row + 1


def _write_unit(
    writer: SheetWriter, sheet: Worksheet, cells: SummaryCells, counts: DistributionCells, items: ItemCells, unit: int
) -> None:
    plan, result = writer.plan, writer.report.result
    row = cells.first_row + cells.position[unit]
    rank = result.rank[unit]
    if rank is None:
        sheet.write_string(row, 0, "—", writer.middle)
    else:
        sheet.write_number(row, 0, rank, writer.format(border=1, align="center", num_format="0"))
    sheet.write_string(row, 1, writer.text(plan.units[unit].text), writer.cell)
    sheet.write_string(row, 2, writer.text(plan.units[unit].parent), writer.cell)
    parts = []
    for group, column in enumerate(cells.group_columns):
        value = result.group_score[group][unit]
        if value is None:
            sheet.write_string(row, column, writer.few if result.short[group][unit] else "—", writer.withheld)
            continue
        sheet.write_formula(row, column, f"={items.score(writer, group, unit)}", writer.figure, value)
        parts.append((f"{xl_col_to_name(column)}{row + 1}", items.weight(writer, group)))
    score = result.score[unit]
    tail = [result.low[unit], result.high[unit]]
    if score is None:
        for column in range(cells.score_column, cells.rate_column):
            sheet.write_string(row, column, "—", writer.withheld)
    else:
        bold = writer.format(border=1, num_format=writer.decimal, bold=True)
        sheet.write_formula(row, cells.score_column, writer.mean_of(parts), bold, score)
        for column, bound in enumerate(tail, cells.score_column + 1):
            sheet.write_number(row, column, bound or 0.0, writer.figure)
        low, high = result.rank_low[unit], result.rank_high[unit]
        sheet.write_string(
            row,
            cells.score_column + 3,
            f"{low:.0f}–{high:.0f}" if low is not None and high is not None else "—",
            writer.middle,
        )
    _write_rate(writer, sheet, row, cells, counts, unit)
    shown = [g for g, group in enumerate(plan.groups) if result.included[g][unit] and not group.apart]
    if shown:
        formula = "=" + "+".join(items.n(writer, group, unit) for group in shown)
        sheet.write_formula(row, cells.rate_column + 1, formula, writer.count, result.n[unit])
    else:
        sheet.write_string(row, cells.rate_column + 1, writer.few, writer.withheld)
    grade = result.grade[unit]
    sheet.write_string(
        row, cells.rate_column + 2, "—" if grade is None else writer.text(plan.rule.grades[grade].name), writer.middle
    )
    sheet.write_string(
        row, cells.rate_column + 3, _note(writer, unit), writer.format(border=1, text_wrap=True, font_size=9)
    )


def _write_rate(
    writer: SheetWriter, sheet: Worksheet, row: int, cells: SummaryCells, counts: DistributionCells, unit: int
) -> None:
    plan, rate = writer.plan, writer.report.result.rate[unit]
    if rate is None:
        sheet.write_string(row, cells.rate_column, "—", writer.withheld)
        return
    scale = plan.rated_items[0].scale
    codes = [item.code for item in plan.rated_items]
    first, last = 0, len(codes) - 1
    if plan.rule.rate_item:
        first = last = codes.index(plan.rule.rate_item)
    rows = [counts.row(unit, item, g) + 1 for item in range(first, last + 1)
            for g, group in enumerate(plan.groups) if not group.apart]  # fmt: skip

    def area(column: int) -> str:
        name = xl_col_to_name(column)
        return ",".join(f"'{writer.names['distribution']}'!{name}{top}:{name}{bottom}" for top, bottom in _runs(rows))

    columns = [counts.level_columns[level] for level, satisfied in enumerate(scale.satisfied) if satisfied]
    formula = f"=({'+'.join(f'SUM({area(column)})' for column in columns)})/SUM({area(counts.n_column)})"
    sheet.write_formula(row, cells.rate_column, formula, writer.percent, rate / 100)


def _runs(rows: list[int]) -> list[tuple[int, int]]:
    """Ascending rows as (first, last) of each run without a gap."""
    starts = [row for row in rows if row - 1 not in rows]
    return [(start, next(row for row in rows if row >= start and row + 1 not in rows)) for start in starts]


def _note(writer: SheetWriter, unit: int) -> str:
    _ = writer.gettext
    plan, result = writer.plan, writer.report.result
    parts = []
    for note in writer.report.short_groups(unit, writer.language):
        used = " · ".join(f"{name} {weight:g}" for name, weight in note.used)
        parts.append(
            _("%(group)s: too few ratings.", group=note.group)
            + (" " + _("Weights used: %(used)s.", used=used) if used else "")
        )
    if result.grade[unit] != result.grade_points[unit]:
        by_points = result.grade_points[unit]
        if by_points is not None:
            parts.append(
                _("By points “%(grade)s”, lowered by a gate.", grade=writer.text(plan.rule.grades[by_points].name))
            )
    if writer.report.shows_shrunk and result.shrunk[unit] is not None:
        parts.append(_("Shrunk score, for information: %(score)s.", score=writer.report.figure(result.shrunk[unit])))
    if result.differs_from_next[unit] is False:
        parts.append(_("Not distinguishable from the next."))
    return " ".join(parts)


def _write_quota(writer: SheetWriter, sheet: Worksheet, row: int, width: int, check: GradeQuotaCheck) -> int:
    _ = writer.gettext
    grade = writer.text(writer.plan.rule.grades[check.quota.grade].name)
    values = {"grade": grade, "limit": check.limit, "found": check.found}
    if check.quota.kind == "at_most":
        text = _("Quota: at most %(limit)s units “%(grade)s” or better; there are %(found)s.", **values)
    else:
        text = _("Quota: at least %(limit)s units “%(grade)s” or lower; there are %(found)s.", **values)
    if check.tied:
        names = ", ".join(pick(writer.plan.units[unit].text, writer.language) for unit in check.tied)
        text += " " + _("Tied at the border, for the committee to decide: %(units)s.", units=names)
    sheet.merge_range(row, 0, row, width - 1, "", writer.format())
    sheet.write_string(row, 0, text, writer.format(text_wrap=True, bold=not check.kept))
    return row + 1


def _insert_chart(writer: SheetWriter, sheet: Worksheet, row: int, cells: SummaryCells, scored: int) -> int:
    """A bar for each score, best on top, with its interval; returns the row after it."""
    _ = writer.gettext
    first, last = cells.first_row, cells.first_row + scored - 1
    name = writer.names["summary"]
    error_bars = _write_error_bars(writer, sheet, cells, scored)
    chart = writer.book.add_chart({"type": "bar"})
    chart.add_series({
        "name": _("Score"),
        "categories": [name, first, 1, last, 1],
        "values": [name, first, cells.score_column, last, cells.score_column],
        "fill": {"color": "#B9625A"},
        "gap": 60,
        "y_error_bars": {
            "type": "custom",
            "plus_values": error_bars[0],
            "minus_values": error_bars[1],
            "line": {"color": "#4A2020", "width": 1.25},
        },
    })  # fmt: skip
    floor = writer.report.chart_floor
    chart.set_title(
        {"name": _("Scores with 95 percent intervals"), "name_font": {"name": HEAD, "size": 12}, "overlay": False}
    )
    chart.show_hidden_data()
    chart.set_legend({"none": True})
    chart.set_y_axis({"reverse": True, "interval_unit": 1, "num_font": {"name": "宋体", "size": 9}})
    chart.set_x_axis(
        {
            "min": floor,
            "max": 100,
            "major_gridlines": {"visible": True, "line": {"color": "#DDDDDD"}},
            "crossing": floor,
        }
    )
    height = 70 + 22 * scored
    if scored > 6:
        sheet.set_h_pagebreaks([row])  # so that no printer cuts the chart in two
    chart.set_size({"width": 940, "height": height})
    sheet.insert_chart(row, 0, chart, {"object_position": 1, "description": _("Scores with 95 percent intervals")})
    return row + height // 20 + 2


def _write_error_bars(writer: SheetWriter, sheet: Worksheet, cells: SummaryCells, scored: int) -> tuple[str, str]:
    """Hidden columns with how far each interval goes above and below the score, for the chart; returns their areas."""
    result, columns = writer.report.result, (cells.rate_column + 5, cells.rate_column + 6)
    score, low, high = (xl_col_to_name(cells.score_column + i) for i in range(3))
    for position, unit in enumerate(writer.report.order[:scored]):
        row = cells.first_row + position
        value, bottom, top = (figures[unit] or 0.0 for figures in (result.score, result.low, result.high))
        sheet.write_formula(row, columns[0], f"={high}{row + 1}-{score}{row + 1}", writer.figure, top - value)
        sheet.write_formula(row, columns[1], f"={score}{row + 1}-{low}{row + 1}", writer.figure, value - bottom)
    sheet.set_column(columns[0], columns[1], 8, None, {"hidden": True})
    first, last = cells.first_row + 1, cells.first_row + scored
    names = [xl_col_to_name(column, True) for column in columns]
    return tuple(f"='{writer.names['summary']}'!{name}${first}:{name}${last}" for name in names)  # type: ignore[return-value]


def _write_foot(writer: SheetWriter, sheet: Worksheet, row: int, width: int) -> None:
    _ = writer.gettext
    stored = writer.report.stored
    plain = writer.format()
    sheet.write_string(row, 0, _("Digest") + ": " + stored.digest, writer.format(font_size=9))
    counts = _("%(ballots)s ballots, %(receipts)s receipts.", ballots=stored.ballots, receipts=stored.receipts)
    if stored.lost:
        counts += " " + _(
            "%(n)s ballots were lost; the sheet “%(sheet)s” says more.", n=stored.lost, sheet=writer.names["method"]
        )
    sheet.write_string(row + 1, 0, counts, writer.format(font_size=9))
    for offset, text in enumerate((_("Head of the committee"), _("Scrutineer"), _("Date"))):
        line = row + 3 + offset * 2
        sheet.set_row(line, 24)
        sheet.write_string(line, 1, text + "：" if writer.language == "zh" else text + ":", plain)
        sheet.merge_range(line, 2, line, 4, "", writer.format(bottom=1))
