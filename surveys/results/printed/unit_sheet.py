"""What is printed of one unit: its figures, what is good and what is not, why, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.campaigns.indices import UnitIndex
from surveys.results.choice_tables import ChoiceRow
from surveys.results.notes import full_notes, missing_text
from surveys.results.printed.blocks import Bar, Bars, Block, Column, Facts, Heading, Paragraph, Points, Table
from surveys.results.printed.source import Source
from surveys.results.round_changes import Change
from surveys.scoring.rounding import percent_text

MOST_NAMED = 3
"""Items named as the best and as the weakest ones."""


def unit_blocks(source: Source, unit: int, *, level: int = 2) -> list[Block]:
    """Everything about a unit, under headings of this level."""
    report = source.report
    blocks: list[Block] = []
    if report.plan.rated_items:
        blocks += [figures(source, unit), *_notes(source, unit), *items(source, unit, level)]
    blocks += [*reasons(source, unit, level), *changes(source, unit, level), *remarks(source, unit, level)]
    return blocks


def figures(source: Source, unit: int) -> Facts:
    """Score, ranks, rate and grade, and the scores by group."""
    report, result, plan, _ = source.report, source.report.result, source.report.plan, source.gettext
    rank, rate = result.rank[unit], result.rate[unit]
    score = report.figure(result.score[unit])
    if result.score[unit] is None:
        score = missing_text(report.missing_together(unit), plan, _)
    rows = [
        (_("Score"), _with_interval(source, score, source.interval(result.low[unit], result.high[unit]))),
        (
            _("Rank"),
            "—"
            if rank is None
            else _("%(rank)s of %(units)s units (95 percent: %(ranks)s)", rank=rank, units=len(report.scored),
                   ranks=source.ranks(unit)),
        ),
        (_("Grade"), source.grade(unit)),
        (
            _("Satisfaction rate"),
            "—"
            if rate is None
            else _with_interval(
                source, source.rate(unit),
                f"{report.rate(result.rate_low[unit])} – {report.rate(result.rate_high[unit])}",
            ),
        ),
        (_("People who rated it"), source.n(unit)),
    ]  # fmt: skip
    for number, group in enumerate(plan.groups):
        rows.append((_group_name(source, number), _group_score(source, number, unit)))
        if group.apart:
            rows[-1] = (f"{rows[-1][0]} {_('(separate)')}", rows[-1][1])
    return Facts(rows)


def _with_interval(source: Source, figure: str, interval: str) -> str:
    if interval.startswith("—"):
        return figure
    return source.gettext("%(figure)s (95 percent: %(interval)s)", figure=figure, interval=interval)


def _group_name(source: Source, group: int) -> str:
    return source.gettext("Score by %(group)s", group=source.text(source.report.plan.groups[group].text))


def _group_score(source: Source, group: int, unit: int) -> str:
    report, result = source.report, source.report.result
    score, n = result.group_score[group][unit], result.group_n[group][unit]
    if score is None:
        return missing_text(report.missing(group, unit), report.plan, source.gettext)
    interval = source.interval(result.group_low[group][unit], result.group_high[group][unit])
    return f"{_with_interval(source, report.figure(score), interval)}, n = {n}"


def _notes(source: Source, unit: int) -> list[Block]:
    said = full_notes(source.report, unit, source.language, source.gettext)
    return [Paragraph(" ".join(said), "small")] if said else []


def items(source: Source, unit: int, level: int) -> list[Block]:
    """The items that are shown, best first, as bars; and the best and the weakest by name."""
    report, _ = source.report, source.gettext
    found = [
        (score, number, report.item_name(item, source.language))
        for number, (item, score) in enumerate(
            zip(report.plan.rated_items, report.result.item_score[unit], strict=True)
        )
        if score is not None
    ]
    if not found:
        return []
    found.sort(key=lambda row: (-row[0], row[1]))
    blocks: list[Block] = [Heading(_("Items"), level)]
    named = min(MOST_NAMED, len(found) // 2)
    if named and found[0][0] > found[-1][0]:
        separator = "；" if source.language == "zh" else "; "
        best, weakest = found[:named], found[: -named - 1 : -1]
        blocks.append(
            Facts([
                (_("Best rated"), separator.join(f"{name} {report.figure(score)}" for score, _number, name in best)),
                (_("Rated lowest"), separator.join(f"{name} {report.figure(score)}" for score, _number, name in weakest)),
            ])
        )  # fmt: skip
    low = max(0, min(60, int(found[-1][0] // 10) * 10))
    bars = [Bar(name, score, report.figure(score)) for score, _number, name in found]
    return [*blocks, Bars("", bars, low)]


def reasons(source: Source, unit: int, level: int) -> list[Block]:
    """What was answered to questions about the unit that are no ratings."""
    _ = source.gettext
    blocks: list[Block] = []
    for item, row in source.questions.get(unit, []):
        title = source.text(item.text) + (" " + _("(separate)") if row.is_apart else "")
        if row.answers.n is None:
            blocks += [Heading(title, level), Paragraph(f"n < {source.report.plan.rule.minimum}", "small")]
        elif lines := _answer_lines(source, row, row.answers.n):
            columns = [
                Column(_("Answer"), 106), Column(_("Count"), 25, "R"), Column(_("Share or mean"), 35, "R"),
            ]  # fmt: skip
            note = _("%(n)s people answered; several answers may add up to more than 100 percent.", n=row.answers.n)
            blocks += [Heading(title, level), Table(columns, lines), Paragraph(note, "small")]
    return blocks


def _answer_lines(source: Source, row: ChoiceRow, n: int) -> list[list[str]]:
    """Answers that somebody gave, with how many did, or means."""
    lines = []
    for line in row.lines:
        if line is None or (line.count == 0 and line.mean is None):
            continue
        figure = "—" if line.count is None else percent_text(line.count, n)
        if line.mean is not None:
            figure = source.report.figure(line.mean, line.decimals)
        lines.append([line.text, "—" if line.count is None else str(line.count), figure])
    return lines


def changes(source: Source, unit: int, level: int) -> list[Block]:
    """The change from the round before: of the score, and of the items that changed for certain."""
    rounds, _ = source.rounds, source.gettext
    if rounds is None or not rounds.pairs:
        return []
    pair = rounds.pairs[-1]
    rows = list(_change_rows(source, unit))
    columns = [
        Column("", 60), Column(_("Score before"), 25, "R"), Column(_("Score after"), 25, "R"), Column(_("Change"), 20, "R"),
        Column(_("95 percent interval"), 36, "C"),
    ]  # fmt: skip
    notes: list[Block] = [Paragraph(_(note), "small") for note in pair.notes]
    why = pair.units[unit].why
    body: list[Block] = [Table(columns, rows)] if rows else []
    if why:
        body.append(Paragraph(_("No change of the score is stated: %(why)s.", why=_(why)), "small"))
    if not body:
        return []
    survey = source.text(pair.older.report.plan.title)
    title = _("Change since “%(survey)s”", survey=survey)
    chance = _("Only items are listed whose change is no chance, with all items of all units taken together.")
    if pair.units[unit].change is not None and not pair.units[unit].clear:
        chance = _("The change of the score may be chance.") + " " + chance
    return [Heading(title, level), *body, *([Paragraph(chance, "small")] if rows else []), *notes]


def _change_rows(source: Source, unit: int) -> Iterator[list[str]]:
    report, _ = source.report, source.gettext
    assert source.rounds is not None
    pair = source.rounds.pairs[-1]
    whole = pair.units[unit]
    if whole.change is not None:
        yield [_("Score"), *_change_figures(source, whole)]
    for one in pair.items_by_unit.get(unit, []):
        if one.change is not None and one.clear:
            yield [report.item_name(report.plan.rated_items[one.item], source.language), *_change_figures(source, one)]


def _change_figures(source: Source, change: Change) -> list[str]:
    figure, found = source.report.figure, change.change
    assert found is not None

    def signed(value: float) -> str:
        return f"{'+' if value > 0 else ''}{figure(value)}".replace("-", "−")

    interval = source.gettext("%(low)s to %(high)s", low=signed(found.low), high=signed(found.high))
    return [figure(change.before), figure(change.after), signed(found.value), interval]


def remarks(source: Source, unit: int, level: int) -> list[Block]:
    """The remarks about the unit that the committee published."""
    _, plan = source.gettext, source.report.plan
    here = [row for row in source.remarks if row.unit == UnitIndex(unit)]
    if not here:
        return []
    names = {item.code: source.text(item.text) for item in plan.questionnaire.items}
    blocks: list[Block] = [Heading(_("Remarks"), level)]
    for code in dict.fromkeys(row.item for row in here):
        said = [row for row in here if row.item == code]
        blocks += [
            Heading(names[code], level + 1),
            Points([row.body + (" " + _("(%(n)s more alike)", n=row.alike) if row.alike else "") for row in said]),
        ]
    return blocks
