"""Issued codes as tables and QR codes, for slips. Made from what was just issued; nothing of it is stored."""

from __future__ import annotations

import io

import segno
import xlsxwriter
from markupsafe import Markup

from surveys.admission.codes import normalise
from surveys.admission.issuing import IssuedCode
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.csv_writing import BOM, CsvWriter
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick


def codes_as_text(issued: list[IssuedCode]) -> str:
    """Codes as lines, for a form field that carries them from page to page."""
    return "\n".join(f"{one.group} {'-' if one.own_unit is None else one.own_unit} {one.code}" for one in issued)


def codes_from_text(text: str, plan: SurveyPlan) -> list[IssuedCode]:
    """Read what codes_as_text wrote. Raises InputError."""
    issued = []
    for line in text.split("\n"):
        if line.strip():
            one = _read_line(line.split())
            if one is None or one.group >= len(plan.groups) or (one.own_unit or 0) >= len(plan.units):
                raise InputError(Problem("The list of codes is damaged. Issue new ones."))
            issued.append(one)
    return issued


def _read_line(words: list[str]) -> IssuedCode | None:
    if len(words) != 3 or normalise(words[2]) is None:
        return None
    group, unit, code = words
    if not group.isdecimal() or not (unit == "-" or unit.isdecimal()):
        return None
    return IssuedCode(code, GroupIndex(int(group)), None if unit == "-" else UnitIndex(int(unit)))


def code_rows(plan: SurveyPlan, issued: list[IssuedCode], base: str, language: str) -> list[tuple[str, str, str, str]]:
    """(group, unit, code, direct link) of each code."""
    return [
        (
            pick(plan.groups[one.group].text, language),
            "" if one.own_unit is None else pick(plan.units[one.own_unit].text, language),
            one.code,
            f"{survey_link(base, plan.slug)}#{one.code}",
        )
        for one in issued
    ]


def survey_link(base: str, slug: str) -> str:
    """The link to a survey, as it stands on what is handed out."""
    return f"{base}/s/{slug}"


def codes_csv(heading: list[str], rows: list[tuple[str, str, str, str]]) -> bytes:
    """As csv in UTF-8 with BOM, which Excel and WPS open rightly."""
    out = io.StringIO(newline="")
    writer = CsvWriter(out)
    for row in (heading, *rows):
        writer.row(row)
    return (BOM + out.getvalue()).encode()


def codes_xlsx(heading: list[str], rows: list[tuple[str, str, str, str]]) -> bytes:
    """As a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet = book.add_worksheet("codes")
        bold = book.add_format({"bold": True, "bottom": 1})
        code = book.add_format({"font_name": "Consolas"})
        sheet.write_row(0, 0, heading, bold)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell, code if column == 2 else None)
        sheet.set_column(0, 1, 20)
        sheet.set_column(2, 2, 18)
        sheet.set_column(3, 3, 56)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def qr_svg(link: str) -> Markup:
    """A QR code as inline SVG."""
    code = segno.make(link, error="m", micro=False)
    svg = code.svg_inline(scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None, dark="#000", light="#fff")
    return Markup(svg)  # noqa: S704  segno escapes nothing because it writes only numbers and colours
