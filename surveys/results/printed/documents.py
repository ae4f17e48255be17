"""The printed documents: the report that the committee signs, and the sheet that a unit is handed."""

from __future__ import annotations

from surveys.results.method import lost_sentence, method_sentences, turnout_notes
from surveys.results.notes import not_valid
from surveys.results.printed.blocks import Block, Digest, Facts, Heading, Paragraph, Printed, Signatures
from surveys.results.printed.ranking import ranking, ranking_chart
from surveys.results.printed.source import Source
from surveys.results.printed.unit_sheet import unit_blocks


def report_document(source: Source) -> Printed:
    """The official result: ranking with the lines to sign on, chart, a page for each unit, the method."""
    report, plan, _ = source.report, source.report.plan, source.gettext
    blocks: list[Block] = [_facts(source), *_warnings(source), *ranking(source), digest(source, signed=True)]
    signers = (_("Head of the committee"), _("Scrutineer"), _("Date"))
    blocks.append(Signatures(signers))
    chart = ranking_chart(source)
    if chart:
        blocks += [Heading(_("Scores"), 1, starts_page=True), *chart]
    for unit in report.order:
        found = unit_blocks(source, unit)
        if found:
            below = source.text(plan.units[unit].parent)
            blocks += [Heading(source.unit(unit), 1, starts_page=True, below=below), *found]
    blocks += [Heading(_("Method"), 1, starts_page=True), Facts(method_sentences(report, source.language, _))]
    title = source.text(plan.title)
    return Printed(title, _("Result"), source.head, blocks, source.language)


def unit_document(source: Source, unit: int) -> Printed:
    """The result of one unit, to be handed to it. It names no other unit."""
    plan, _ = source.report.plan, source.gettext
    facts = [
        (_("Survey"), source.text(plan.title)),
        (_("General branch"), source.text(plan.units[unit].parent)),
        (_("Window"), source.times()),
    ]
    blocks: list[Block] = [
        Facts([row for row in facts if row[1]]), *_warnings(source), *unit_blocks(source, unit),
        Heading(_("How the figures came about"), 2),
        Paragraph(_unit_method(source), "small"), digest(source),
    ]  # fmt: skip
    return Printed(source.unit(unit), _("Result of the unit"), source.head, blocks, source.language)


def _unit_method(source: Source) -> str:
    report, _ = source.report, source.gettext
    wanted = {_("Points"), _("Item weights"), _("Group weights"), _("Satisfaction rate"), _("Grades")}
    return " ".join(text for heading, text in method_sentences(report, source.language, _) if heading in wanted)


def _facts(source: Source) -> Facts:
    report, plan, _ = source.report, source.report.plan, source.gettext
    rows = [
        (_("Campaign"), source.text(plan.campaign)),
        (_("Stage"), source.text(plan.stage)),
        (_("Window"), source.times()),
        (_("Sealed"), source.sealed()),
        (_("Turnout"), source.turnout()),
        (_("Please note"), " ".join(turnout_notes(report, source.language, _))),
        (_("Lost ballots"), lost_sentence(report.stored, _)),
    ]
    return Facts([row for row in rows if row[1]])


def _warnings(source: Source) -> list[Block]:
    invalid = not_valid(source.report, source.gettext)
    return [Paragraph(invalid, "warning")] if invalid else []


def digest(source: Source, *, signed: bool = False) -> Digest:
    """The digest with what it is of."""
    stored, _ = source.report.stored, source.gettext
    counts = _("%(ballots)s ballots, %(receipts)s receipts.", ballots=stored.ballots, receipts=stored.receipts)
    how = _("The digest is over all ballots and receipts as they were sealed; the same one stands in the bulletin.")
    return Digest(stored.digest, f"{counts} {how}", signed)
