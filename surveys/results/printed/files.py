"""The files of a sealed survey that are printed or handed on: report, pages of units, workbooks of general branches."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from gettext import NullTranslations
from pathlib import Path
from tempfile import TemporaryDirectory

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.inputs.translations import gettext_of
from surveys.results.export.files import ExportFile, sealed_report
from surveys.results.printed.documents import report_document, unit_document
from surveys.results.printed.letterhead import head_of
from surveys.results.printed.source import Source
from surveys.results.report import Report
from surveys.results.rounds import rounds_until
from surveys.results.workbook import Beside, write_workbook
from surveys.results.workbook.remarks import RemarkRow
from surveys.storage.audit import Action, record
from surveys.storage.unit_of_work import Actor

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_ZIP = "application/zip"
KINDS = ("pdf", "docx")
MOST_BY_PAGE = 150
"""Pages of more units, and their report for Word, are made by the commands “scores units” and “scores report”."""


@dataclass(frozen=True)
class Wanted:
    """What of a survey is printed: in which language and time zone, and with which published remarks."""

    slug: str
    timezone: str
    language: str
    translations: NullTranslations
    remarks: Sequence[RemarkRow] = ()


def report_file(actor: Actor, wanted: Wanted, kind: str, most: int = 0) -> ExportFile:
    """The report to sign as one of KINDS, with an entry in the audit trail.

    Raises InputError: no such survey, not sealed, no such kind, for Word more units than `most`.
    """
    if kind not in KINDS:
        raise InputError(Problem("There is no format %(name)s.", "format", name=kind[:50]))
    source = _source(get_survey(wanted.slug), wanted)
    if most and kind == "docx" and len(source.report.order) > most:
        raise InputError(
            Problem(
                "The report for Word of more than %(limit)s units is made by the command “scores report”.", limit=most
            )
        )
    document = report_document(source)
    if kind == "pdf":
        from surveys.results.printed.pdf import pdf_of  # its library takes half a second, which few commands need

        made = ExportFile(pdf_of(document), f"{wanted.slug}-report.pdf", PDF)
    else:
        from surveys.results.printed.word import word_of

        made = ExportFile(word_of(document), f"{wanted.slug}-report.docx", DOCX)
    record(actor.name, Action.EXPORT_REPORT, f"{wanted.slug}: {kind}")
    return made


def unit_file(actor: Actor, wanted: Wanted, code: str) -> ExportFile:
    """The page of one unit as PDF. Raises InputError: no such survey or unit, not sealed."""
    from surveys.results.printed.pdf import pdf_of

    source = _source(get_survey(wanted.slug), wanted)
    plan = source.report.plan
    unit = plan.unit_lookup.find(code)
    if unit is None:
        raise InputError(Problem("There is no unit %(code)s in this survey.", "unit", code=code[:50]))
    body = pdf_of(unit_document(source, unit))
    record(actor.name, Action.EXPORT_UNIT_PAGES, f"{wanted.slug}: {plan.units[unit].code}")
    return ExportFile(body, f"{wanted.slug}-{_plain(plan.units[unit].code)}.pdf", PDF)


def unit_files(
    actor: Actor, wanted: Wanted, progress: Callable[[int, int], None] | None = None, most: int = 0
) -> ExportFile:
    """The pages of all units as one zip with a PDF for each. Raises InputError, also where there are more units than `most`."""
    from surveys.results.printed.pdf import pdf_of, small_font

    source = _source(get_survey(wanted.slug), wanted)
    order, plan = source.report.order, source.report.plan
    if most and len(order) > most:
        raise InputError(
            Problem("Pages of more than %(limit)s units at once are made by the command “scores units”.", limit=most)
        )

    def files(font: Path) -> Iterator[tuple[str, bytes]]:
        for number, unit in enumerate(order):
            if progress:
                progress(number, len(order))
            name = _plain(f"{plan.units[unit].code}-{source.unit(unit)}")
            yield f"{name}.pdf", pdf_of(unit_document(source, unit), font)

    with TemporaryDirectory() as folder:
        font = small_font((unit_document(source, unit) for unit in order), Path(folder))
        body = _zip(files(font))
    record(actor.name, Action.EXPORT_UNIT_PAGES, f"{wanted.slug}: {len(order)}")
    return ExportFile(body, f"{wanted.slug}-units.zip", _ZIP)


def branch_workbooks(actor: Actor, wanted: Wanted) -> ExportFile:
    """A workbook for each general branch with its units alone, as one zip. Raises InputError."""
    survey, _ = get_survey(wanted.slug), gettext_of(wanted.translations)
    report, head = sealed_report(survey), head_of(survey, wanted.timezone)
    window = (survey.opens_at, survey.closes_at)
    branches = branches_of(report, wanted.language, _("units without a general branch"))

    def files() -> Iterator[tuple[str, bytes]]:
        for name, units in branches:
            remarks = [row for row in wanted.remarks if row.unit in units]
            body = write_workbook(
                report.only(units, name), window, wanted.timezone, wanted.language, wanted.translations,
                Beside(remarks, head=head),
            )  # fmt: skip
            yield f"{_plain(name)}.xlsx", body

    body = _zip(files())
    record(actor.name, Action.EXPORT_BRANCH_WORKBOOKS, f"{wanted.slug}: {len(branches)}")
    return ExportFile(body, f"{wanted.slug}-workbooks.zip", _ZIP)


def branches_of(report: Report, language: str, without: str) -> list[tuple[str, list[int]]]:
    """The units by general branch, which stands with its own; those that have none and are none under `without`."""
    units = report.plan.units
    above = {unit.parent["zh"] for unit in units if unit.parent}
    found: dict[str, tuple[str, list[int]]] = {}
    for number, unit in enumerate(units):
        text = unit.name if unit.name["zh"] in above else unit.parent or {"zh": ""}
        found.setdefault(text["zh"], (pick(text, language) or without, []))[1].append(number)
    return list(found.values())


def _source(survey: Survey, wanted: Wanted) -> Source:
    report = sealed_report(survey)
    return Source(
        report, (survey.opens_at, survey.closes_at), wanted.timezone, wanted.language, gettext_of(wanted.translations),
        head_of(survey, wanted.timezone), wanted.remarks, rounds_until(survey),
    )  # fmt: skip


def _plain(name: str) -> str:
    """A name as every system takes it for a file."""
    return re.sub(r'[\\/:*?"<>|\s]+', "_", name).strip("._")[:80] or "unit"


def _zip(files: Iterator[tuple[str, bytes]]) -> bytes:
    """Files in one archive; a name that is there already gets a number."""
    out, used = io.BytesIO(), set()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files:
            stem, dot, ending = name.rpartition(".")
            number = 1
            while name.casefold() in used:
                number += 1
                name = f"{stem}-{number}{dot}{ending}"
            used.add(name.casefold())
            archive.writestr(name, body)
    return out.getvalue()
