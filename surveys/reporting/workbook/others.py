"""The sheets Groups, Turnout and Method."""

from __future__ import annotations

from flask_babel import gettext as _
from xlsxwriter.worksheet import Worksheet

from surveys.reporting.method import method_sentences
from surveys.reporting.workbook.pen import HEAD, Pen
from surveys.reporting.workbook.summary import SummaryCells
from surveys.version import __version__


def write_groups(pen: Pen, sheet: Worksheet, summary: SummaryCells) -> None:
    """Scores by group side by side, and each further group's difference from the first with its interval."""
    plan, result = pen.plan, pen.report.result
    names = [pen.group(group) for group in plan.groups]
    headings = [_("Unit"), *names]
    for name in names[1:]:
        headings += [
            _("%(other)s minus %(first)s", other=name, first=names[0]),
            _("95 percent from"),
            _("to"),
            _("Clear of zero"),
        ]
    row = pen.title(
        sheet, pen.names["groups"], max(4, len(headings)), _("A difference whose interval holds zero may be chance.")
    )
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading, pen.head)
    sheet.set_row(row, 32)
    sheet.freeze_panes(row + 1, 1)
    sheet.repeat_rows(row)
    for unit in pen.report.order:
        row += 1
        sheet.write_string(row, 0, pen.text(plan.units[unit].text), pen.cell)
        for group, column in enumerate(summary.group_columns):
            value = result.group_score[group][unit]
            if value is None:
                sheet.write_string(row, group + 1, pen.few if result.short[group][unit] else "—", pen.withheld)
            else:
                sheet.write_formula(row, group + 1, f"={summary.cell(pen, unit, column)}", pen.figure, value)
        for other in range(len(names) - 1):
            column = len(names) + 1 + 4 * other
            value, low, high = (
                rows[other][unit] for rows in (result.difference, result.difference_low, result.difference_high)
            )
            if value is None or low is None or high is None:
                for offset in range(4):
                    sheet.write_string(row, column + offset, "—", pen.withheld)
                continue
            formula = f"={summary.cell(pen, unit, summary.group_columns[other + 1])}-{summary.cell(pen, unit, summary.group_columns[0])}"
            signed = pen.format(border=1, num_format=f"+{pen.decimal};-{pen.decimal};{pen.decimal}")
            sheet.write_formula(row, column, formula, signed, value)
            sheet.write_number(row, column + 1, low, signed)
            sheet.write_number(row, column + 2, high, signed)
            sheet.write_string(row, column + 3, _("yes") if low > 0 or high < 0 else _("no"), pen.middle)
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, len(headings), 12)
    sheet.set_landscape()


def write_turnout(pen: Pen, sheet: Worksheet) -> None:
    """Admissions, ballots, void ballots and rates by group, and by unit where admissions are tied to units."""
    plan, result = pen.plan, pen.report.result
    row = pen.title(
        sheet,
        pen.names["turnout"],
        11,
        _("Turnout is ballots against the people expected or, where that is not given, the codes issued."),
    )
    headings = [
        _("Group"),
        _("Codes issued"),
        _("Base"),
        _("Ballots"),
        _("Turnout rate"),
        _("Void"),
        _("One answer throughout"),
        _("Required"),
        _("Like another ballot"),
        _("Sent very fast"),
        _("On paper"),
    ]
    for column, heading in enumerate(headings):
        sheet.write_string(row, column, heading, pen.head)
    for number, (group, entry) in enumerate(zip(plan.groups, result.turnout["groups"], strict=True)):
        row += 1
        line = row + 1
        sheet.write_string(row, 0, pen.group(group), pen.cell)
        sheet.write_number(row, 1, entry["admissions"], pen.count)
        if entry["base"]:
            sheet.write_number(row, 2, entry["base"], pen.count)
            sheet.write_formula(row, 4, f"=D{line}/C{line}", pen.percent, entry["ballots"] / entry["base"])
        else:
            sheet.write_string(row, 2, "—", pen.withheld)
            sheet.write_string(row, 4, "—", pen.withheld)
        sheet.write_number(row, 3, entry["ballots"], pen.count)
        sheet.write_number(row, 5, result.void[number], pen.count)
        for column, (_name, shares) in zip((6, 8, 9), pen.report.habits(), strict=True):
            share = shares[number]
            if isinstance(share, str):
                sheet.write_string(row, column, share, pen.withheld)
            else:
                sheet.write_number(row, column, share, pen.percent)
        sheet.write_number(row, 10, entry["paper"], pen.count)
        required = group.required_turnout
        sheet.write_string(row, 7, "—" if required is None else f"{required:g} %", pen.middle)
    if result.turnout["by_unit"]:
        row += 2
        for column, heading in enumerate(
            [_("Own unit"), _("Group"), _("Codes issued"), _("Codes used"), _("Turnout rate")]
        ):
            sheet.write_string(row, column, heading, pen.head)
        for entry in result.turnout["by_unit"]:
            row += 1
            sheet.write_string(row, 0, pen.text(plan.units[entry["unit"]].text), pen.cell)
            sheet.write_string(row, 1, pen.text(plan.groups[entry["group"]].text), pen.middle)
            sheet.write_number(row, 2, entry["admissions"], pen.count)
            sheet.write_number(row, 3, entry["used"], pen.count)
            sheet.write_formula(row, 4, f"=D{row + 1}/C{row + 1}", pen.percent, entry["used"] / entry["admissions"])
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 10, 12)
    sheet.freeze_panes(4, 1)
    sheet.set_landscape()


def write_method(pen: Pen, sheet: Worksheet) -> None:
    """The score rule with its numbers, what was withheld, the digest and how to verify it."""
    report, stored = pen.report, pen.report.stored
    row = pen.title(sheet, pen.names["method"], 2)
    rows = method_sentences(report.plan, report.result, report.withheld, pen.language)
    rows += [
        (_("Formulas"), "m(u,i,g) = Σ x / n;  S(u,g) = Σᵢ wᵢ m(u,i,g) / Σᵢ wᵢ;  S(u) = Σ_g w_g S(u,g) / Σ_g w_g"),
        (_("Software"), _("version %(version)s, method %(method)s", version=__version__, method=stored.method)),
        (_("Digest"), stored.digest),
        (_("Digest of the ballots"), f"{stored.ballots_digest} ({stored.ballots})"),
        (_("Digest of the receipts"), f"{stored.receipts_digest} ({stored.receipts})"),
        (_("How to verify"), _("On the server: flask --app app survey verify %(slug)s. It recomputes the digests from the stored "
                               "ballots and receipts; any that was added, removed or changed shows.", slug=report.plan.slug)),
    ]  # fmt: skip
    for heading, text in rows:
        sheet.write_string(row, 0, heading, pen.format(font_name=HEAD, valign="top", border=1))
        sheet.write_string(row, 1, text, pen.format(text_wrap=True, valign="top", border=1))
        wide = sum(2 if ord(c) > 0x2E80 else 1 for c in text)
        sheet.set_row(row, 15 * (1 + wide // 92))
        row += 1
    sheet.set_column(0, 0, 18)
    sheet.set_column(1, 1, 92)
    sheet.freeze_panes(2, 0)
