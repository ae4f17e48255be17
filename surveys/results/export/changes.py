"""The table of what changed between the rounds of a campaign, as CSV.

It is of a campaign, not of a survey, so it is not among the tables of the API, whose tokens may be for some surveys only.
"""

from __future__ import annotations

from surveys.campaigns.campaigns import get_campaign
from surveys.inputs.text import pick
from surveys.inputs.translations import message_id
from surveys.results.export.files import ExportFile
from surveys.results.export.formats import csv_text
from surveys.results.export.specs import Column, TableSpec
from surveys.results.export.tables import Row, Table
from surveys.results.export.words import Words
from surveys.results.round_changes import Change
from surveys.results.rounds import RoundPair, Rounds, compare_rounds
from surveys.storage.audit import Action, record
from surveys.storage.unit_of_work import Actor

CHANGES = TableSpec(
    "changes",
    message_id("What changed between two rounds: a row for each unit, item of a unit, and general branch."),
    (
        Column("older", "text", message_id("Address of the earlier survey."), required=True),
        Column("newer", "text", message_id("Address of the later survey."), required=True),
        Column("kind", "text", message_id("unit, item or general_branch."), required=True),
        Column("unit_code", "text", message_id("Code of the unit.")),
        Column("unit", "text", message_id("Name of the unit."), required=True),
        Column("item_code", "text", message_id("Code of the item.")),
        Column("was", "text", message_id("Codes that the unit had in the earlier survey.")),
        Column("before", "number", message_id("Score before."), "points"),
        Column("after", "number", message_id("Score after."), "points"),
        Column("change", "number", message_id("Score after less score before."), "points"),
        Column("change_low", "number", message_id("Lower end of the interval of 95 percent."), "points"),
        Column("change_high", "number", message_id("Upper end of the interval of 95 percent."), "points"),
        Column("clear", "boolean", message_id("Whether it is not zero, all rows of its kind taken together (Holm).")),
        Column("compared", "integer", message_id("How many units a general branch's means are of.")),
        Column("missing", "text", message_id("Why figures are not there; empty where they are.")),
    ),
)


def export_changes(actor: Actor, code: str, language: str) -> ExportFile:
    """The table of a campaign as CSV, with an entry in the audit trail. Raises InputError if there is no such campaign."""
    campaign = get_campaign(code)
    body = csv_text(changes_table(compare_rounds(campaign), language)).encode()
    record(actor.name, Action.EXPORT_TABLES, f"{campaign.code}: {CHANGES.name} csv")
    return ExportFile(body, f"{campaign.code}-{CHANGES.name}.csv", "text/csv")


def changes_table(rounds: Rounds, language: str) -> Table:
    """All changes of a campaign, with names in a language."""
    empty: Row = dict.fromkeys(column.name for column in CHANGES.columns)
    rows = [{**empty, **row} for pair in rounds.pairs for row in _rows(pair, language)]
    return Table(CHANGES, CHANGES.columns, rows)


def _rows(pair: RoundPair, language: str) -> list[Row]:
    report = pair.newer.report
    words, olds = Words(report, language, str), pair.older.report.plan.units
    names: Row = {"older": pair.older.survey.slug, "newer": pair.newer.survey.slug}

    def figures(change: Change) -> Row:
        found = change.change
        return {
            "before": words.score(change.before),
            "after": words.score(change.after),
            "change": words.score(found.value if found else None),
            "change_low": words.score(found.low if found else None),
            "change_high": words.score(found.high if found else None),
            "clear": change.clear if found else None,
            "missing": change.why or None,
        }

    rows: list[Row] = []
    for unit in report.order:
        was = " ".join(olds[source].code for source in pair.units[unit].sources) or None
        rows.append({**names, "kind": "unit", **words.unit(unit), "was": was, **figures(pair.units[unit])})
        for item in pair.items_by_unit.get(unit, []):
            code = report.plan.rated_items[item.item].code
            rows.append({
                **names, "kind": "item", **words.unit(unit), "item_code": code, "was": was, **figures(item)
            })  # fmt: skip
    for branch in pair.branches:
        name = pick(branch.text, language)
        rows.append({
            **names, "kind": "general_branch", "unit": name, "compared": branch.compared, **figures(branch)
        })  # fmt: skip
    return rows
