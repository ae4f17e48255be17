"""Export files: which there are, and making one."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import NullTranslations

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import gettext_of
from surveys.results.export import formats
from surveys.results.export.facts import survey_facts
from surveys.results.export.specs import SPECS
from surveys.results.export.tables import all_tables, make_table
from surveys.results.models import stored_result
from surveys.results.report import Report, report_of
from surveys.storage.audit import Action, record
from surveys.storage.unit_of_work import Actor


@dataclass(frozen=True)
class ExportFile:
    """A file to hand out: its content, name and media type."""

    body: bytes
    name: str
    media_type: str


FORMATS = ("csv", "json", "parquet")
_ZIP, _JSON = "application/zip", "application/json"


def sealed_report(survey: Survey) -> Report:
    """The report of a survey. Raises InputError if it is not sealed."""
    return report_of(plan_of(survey), stored_result(survey))


def export_file(
    actor: Actor, slug: str, kind: str, table: str, timezone: str, language: str, translations: NullTranslations
) -> ExportFile:
    """Write all tables of a sealed survey, or the one named, in a format of FORMATS, with an entry in the audit trail.

    Raises InputError: no such survey, not sealed, no such format or table.
    """
    survey = get_survey(slug)
    if kind not in FORMATS:
        raise InputError(Problem("There is no format %(name)s.", "format", name=kind[:50]))
    if table and table not in SPECS:
        raise InputError(Problem("There is no table %(name)s.", "table", name=table[:50]))
    report, gettext = sealed_report(survey), gettext_of(translations)
    facts = survey_facts(survey, report, timezone, language)
    tables = [make_table(report, table, language, gettext)] if table else all_tables(report, language, gettext)
    if kind == "json":
        text = formats.json_text(tables, facts, gettext)
        name = f"{slug}-{table}.json" if table else f"{slug}.json"
        made = ExportFile(text.encode(), name, _JSON)
    elif kind == "csv":
        made = (
            ExportFile(formats.csv_text(tables[0]).encode(), f"{slug}-{table}.csv", "text/csv")
            if table
            else ExportFile(formats.csv_zip(tables, facts, gettext), f"{slug}-csv.zip", _ZIP)
        )
    else:
        made = (
            ExportFile(
                formats.parquet_bytes(tables[0], facts, gettext), f"{slug}-{table}.parquet", "application/vnd.apache.parquet"
            )
            if table
            else ExportFile(formats.parquet_zip(tables, facts, gettext), f"{slug}-parquet.zip", _ZIP)
        )  # fmt: skip
    record(actor.name, Action.EXPORT_TABLES, f"{slug}: {table} {kind}" if table else f"{slug}: {kind}")
    return made
