"""The distribution: counts of each level by unit, item and group, and the means that follow from them by formula."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from surveys.reporting.workbook.pen import Pen
from surveys.responding.answers import option_codes


@dataclass(frozen=True)
class DistributionCells:
    """Where the distribution's figures stand. Rows go by unit (in rank order), item, group, without gaps."""

    first_row: int
    items: int
    groups: int
    position: dict[int, int]
    level_columns: dict[int, int]
    n_column: int
    mean_column: int

    def row(self, unit: int, item: int, group: int) -> int:
        """The row of a unit's item in a group."""
        return self.first_row + (self.position[unit] * self.items + item) * self.groups + group


def write_distribution(pen: Pen, sheet: Worksheet) -> DistributionCells:
    """Write the sheet; returns where its figures stand."""
    plan, result = pen.plan, pen.report.result
    scale = plan.rated_items[0].scale
    assert scale is not None
    levels = sorted(range(len(scale.points)), key=lambda level: -scale.points[level])
    words = scale.words(pen.language)
    trimmed = plan.rule.trim.kind != "none"
    shares = 0 if scale.direct else len(levels)
    first_level = 3
    dont_know = first_level + len(levels)
    n_column = dont_know + 2
    kept_column = n_column + 1
    mean_column = kept_column + (len(levels) + 1 if trimmed else 0)
    width = mean_column + 1 + shares
    note = _("The n and mean of each row are formulas over its counts; the points of each level stand above it.")
    top = pen.title(sheet, pen.names["distribution"], min(width, 14), note)
    sheet.write_string(top, 2, _("Points"), pen.middle)
    for column, level in enumerate(levels, first_level):
        sheet.write_number(top, column, scale.points[level], pen.format(border=1, num_format="0.##", align="center"))
    heading = [_("Unit"), _("Item"), _("Group"), *(words[level] for level in levels), _("Don't know"), _("Blank"), "n"]
    if trimmed:
        heading += [_("dropped at each end"), *(_("%(level)s, kept", level=words[level]) for level in levels)]
    heading += [_("Mean"), *(f"{words[level]} %" for level in levels[:shares])]
    for column, word in enumerate(heading):
        sheet.write_string(top + 1, column, word, pen.head)
    cells = DistributionCells(
        top + 2, len(plan.rated_items), len(plan.groups), {unit: i for i, unit in enumerate(pen.report.order)},
        {level: column for column, level in enumerate(levels, first_level)}, n_column, mean_column,
    )  # fmt: skip
    points = f"{xl_col_to_name(first_level, True)}${top + 1}:{xl_col_to_name(dont_know - 1, True)}${top + 1}"
    for unit in pen.report.order:
        for item in range(cells.items):
            for group in range(cells.groups):
                row = cells.row(unit, item, group)
                sheet.write_string(row, 0, pen.text(plan.units[unit].text), pen.cell)
                sheet.write_string(row, 1, pen.text(plan.rated_items[item].text), pen.cell)
                sheet.write_string(row, 2, pen.group(plan.groups[group]), pen.middle)
                counts = result.counts[group][unit][item]
                if counts[0] is None:
                    asked = result.short[group][unit] or result.included[group][unit]
                    for column in range(first_level, width):
                        sheet.write_string(row, column, pen.few if asked else "—", pen.withheld)
                    continue
                _write_counts(pen, sheet, row, cells, counts, trimmed, points)
                sheet.write_number(row, dont_know, result.dont_know[group][unit][item], pen.count)
                sheet.write_number(row, dont_know + 1, result.blank[group][unit][item], pen.count)
                n = sum(counts)
                for share, level in enumerate(levels[:shares]):
                    count = f"{xl_col_to_name(cells.level_columns[level])}{row + 1}"
                    total = f"{xl_col_to_name(n_column)}{row + 1}"
                    sheet.write_formula(row, mean_column + 1 + share, f'=IF({total}>0,{count}/{total},"")', pen.percent,
                                        counts[level] / n if n else "")  # fmt: skip
                mean = result.means[group][unit][item]
                sheet.write_formula(row, mean_column, _mean_formula(cells, row, trimmed, points, len(levels)), pen.figure,
                                    "" if mean is None else mean)  # fmt: skip
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 26)
    sheet.set_column(2, 2, 9)
    sheet.set_column(3, width - 1, 8 if len(levels) < 12 else 4.5)
    if trimmed:
        sheet.set_column(kept_column + 1, mean_column - 1, 4.5, None, {"level": 1, "hidden": len(levels) > 12})
    sheet.set_column(mean_column, mean_column, 8)
    sheet.freeze_panes(top + 2, 3)
    sheet.repeat_rows(top, top + 1)
    sheet.set_landscape()
    sheet.autofilter(top + 1, 0, cells.row(pen.report.order[-1], cells.items - 1, cells.groups - 1), 2)
    return cells


def _write_counts(
    pen: Pen, sheet: Worksheet, row: int, cells: DistributionCells, counts: list[int], trimmed: bool, points: str
) -> None:
    for level, column in cells.level_columns.items():
        sheet.write_number(row, column, counts[level], pen.count)
    first, last = min(cells.level_columns.values()), max(cells.level_columns.values())
    line = row + 1
    span = f"{xl_col_to_name(first)}{line}:{xl_col_to_name(last)}{line}"
    sheet.write_formula(row, cells.n_column, f"=SUM({span})", pen.count, sum(counts))
    if not trimmed:
        return
    trim = pen.plan.rule.trim
    n = f"{xl_col_to_name(cells.n_column)}{line}"
    cut_column = cells.n_column + 1
    cut = f"{xl_col_to_name(cut_column)}{line}"
    total = sum(counts)
    if trim.kind == "drop_ends":
        formula, value = f"=IF({n}>{trim.above},{trim.count},0)", trim.count if total > trim.above else 0
    else:
        formula = f"=INT({n}*{trim.share.numerator}/{trim.share.denominator})"
        value = total * trim.share.numerator // trim.share.denominator
    sheet.write_formula(row, cut_column, formula, pen.count, value)
    upto = 0
    for offset, (level, column) in enumerate(sorted(cells.level_columns.items(), key=lambda pair: pair[1])):
        before = f"SUM(${xl_col_to_name(first)}{line}:{xl_col_to_name(column - 1)}{line})" if offset else "0"
        through = f"SUM(${xl_col_to_name(first)}{line}:{xl_col_to_name(column)}{line})"
        kept = max(0, min(upto + counts[level], total - value) - max(upto, value))
        upto += counts[level]
        sheet.write_formula(
            row, cut_column + 1 + offset, f"=MAX(0,MIN({through},{n}-{cut})-MAX({before},{cut}))", pen.count, kept
        )


def _mean_formula(cells: DistributionCells, row: int, trimmed: bool, points: str, levels: int) -> str:
    line = row + 1
    if trimmed:
        first, last = cells.n_column + 2, cells.n_column + 1 + levels
    else:
        first, last = min(cells.level_columns.values()), max(cells.level_columns.values())
    span = f"{xl_col_to_name(first)}{line}:{xl_col_to_name(last)}{line}"
    return f'=IF(SUM({span})>0,SUMPRODUCT({span},{points})/SUM({span}),"")'


def write_choices(pen: Pen, sheet: Worksheet) -> None:
    """Counts of the questions that are not scores."""
    plan, result = pen.plan, pen.report.result
    row = pen.title(
        sheet,
        pen.names["choices"],
        6,
        _("Shares are of those who answered; several answers may add up to more than 100 percent.")
        + " "
        + _("Counted are groups whose ratings of the unit are shown."),
    )
    apart = any(group.apart for group in plan.groups)
    for column, word in enumerate([_("Unit"), _("Question"), _("Answer"), _("Count"), "n", _("Share")]):
        sheet.write_string(row, column, word, pen.head)
    sheet.freeze_panes(row + 1, 0)
    sheet.repeat_rows(row)
    slots = {plan.slot_name(slot): slot for slot in plan.slots}
    entries = [(name, "", entry) for name, entry in result.choices.items()]
    if apart:
        entries = [
            part for name, _own, entry in entries for part in ((name, "", entry), (name, _("(apart)"), entry["apart"]))
        ]
    for name, mark, entry in entries:
        slot = slots[name]
        unit = pen.text(plan.units[slot.unit].text) if slot.unit >= 0 else ""
        if slot.item.type == "number":
            answers = [(_("Mean"), entry["mean"])]
        else:
            words = slot.item.scale.words(pen.language) if slot.item.scale else (
                [pen.text(u.text) for u in plan.units] if slot.item.units_as_options
                else [pen.text(option.text) for option in slot.item.options]
            )  # fmt: skip
            assert slot.item.scale or len(words) == len(option_codes(plan, slot.item))
            answers = list(zip(words, entry["counts"], strict=True))
        for word, value in answers:
            row += 1
            sheet.write_string(row, 0, unit, pen.cell)
            sheet.write_string(row, 1, f"{pen.text(slot.item.text)} {mark}".strip(), pen.cell)
            sheet.write_string(row, 2, word, pen.cell)
            if value is None:
                for column in (3, 4, 5):
                    sheet.write_string(row, column, pen.few, pen.withheld)
                continue
            sheet.write_number(row, 3, value, pen.figure if slot.item.type == "number" else pen.count)
            sheet.write_number(row, 4, entry["n"], pen.count)
            if slot.item.type == "number" or not entry["n"]:
                sheet.write_string(row, 5, "—", pen.withheld)
            else:
                sheet.write_formula(row, 5, f"=D{row + 1}/E{row + 1}", pen.percent, value / entry["n"])
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 2, 20)
    sheet.set_column(3, 5, 9)
