"""How often each answer of a scale was given, by unit: of all items on the scale together, and of each."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.inputs.text import pick
from surveys.questionnaires.scales import Scale
from surveys.results.export.words import Words
from surveys.results.notes import missing_text
from surveys.scoring.rounding import percent_text, round_half_up


@dataclass(frozen=True)
class PictureLevel:
    """An answer of a scale: its words, its colour (scales.py: COLOURS), and whether it counts as satisfied."""

    text: str
    colour: str
    satisfied: bool


@dataclass(frozen=True)
class Answers:
    """The answers about a unit: how many people chose each level, their shares of all who did in percent, and how many did not know.

    Empty and with a reason in `missing` where they are not shown; without shares where nobody chose one. `left_out`: a sentence about what is not in these figures.
    """

    counts: list[int]
    shares: list[float]
    texts: list[str]
    n: int
    dont_know: int
    dont_know_share: float
    dont_know_text: str
    satisfied: str
    missing: str = ""
    left_out: str = ""


@dataclass(frozen=True)
class LevelPart:
    """All items together (the first part), or one of them: answers by unit."""

    name: str
    rows: list[Answers]
    finding: str


@dataclass(frozen=True)
class LevelPicture:
    """One scale, its levels from the most points to the fewest."""

    levels: list[PictureLevel]
    dont_know: str
    parts: list[LevelPart]


def levels_of(words: Words) -> list[LevelPicture]:
    """A picture for each scale of words; numbers have too many levels for one."""
    scales = words.report.plan.rated_levels.scales
    found = [_of_scale(words, scale) for scale in scales if not scale.direct and words.rated_units]
    return [one for one in found if any(row.n for part in one.parts for row in part.rows)]


def _of_scale(words: Words, scale: Scale) -> LevelPicture:
    plan, _ = words.report.plan, words.gettext
    order = sorted(range(len(scale.levels)), key=lambda level: -scale.points[level])
    levels = [scale.levels[level] for level in order]
    items = [number for number, item in enumerate(plan.rated_items) if item.scale == scale]
    parts = [(_("All items together"), items)] if len(items) > 1 else []
    parts += [(words.report.item_name(plan.rated_items[item], words.language), [item]) for item in items]
    satisfied = [level.satisfied for level in levels]
    made = []
    for name, some in parts:
        rows = [_answers(words, scale, order, unit, some) for unit in words.rated_units]
        made.append(LevelPart(name, rows, _finding(words, rows, satisfied)))
    return LevelPicture(
        [PictureLevel(pick(level.text, words.language), level.colour, level.satisfied) for level in levels],
        pick(scale.dont_know, words.language) if scale.dont_know else "",
        made,
    )


def _answers(words: Words, scale: Scale, order: list[int], unit: int, items: list[int]) -> Answers:
    """Of these items of a unit, added up as far as they are shown."""
    report, plan, _ = words.report, words.report.plan, words.gettext
    first, _end = plan.rated_levels.span(scale)
    shown = [(item, one) for item in items if (one := report.together(unit, item)) is not None]
    groups = sorted({group for item, _one in shown for group in report.left_out(unit, item)})
    out = [words.groups[group][1] for group in groups]
    hidden = len(items) - len(shown)
    if not shown:
        reason = report.missing_together(unit, items[0]) if len(items) == 1 else report.missing_together(unit)
        return Answers([], [], [], 0, 0, 0.0, "", "", missing_text(reason, plan, _))
    if hidden:
        out.append(_("items not shown: %(n)s", n=hidden))
    counts = [sum(one.counts[first + level] for _item, one in shown) for level in order]
    n, unknown = sum(counts), sum(one.dont_know for _item, one in shown)
    good = sum(count for count, level in zip(counts, order, strict=True) if scale.satisfied[level])
    return Answers(
        counts,
        [_percent(count, n) for count in counts] if n else [],
        [percent_text(count, n, 1) if n else "—" for count in counts],
        n, unknown, _percent(unknown, unknown + n) if unknown + n else 0.0,
        percent_text(unknown, unknown + n, 1) if unknown + n else "—",
        percent_text(good, n, 1) if n else "—",
        "", _("Without: %(what)s", what=_(", ").join(out)) if out else "",
    )  # fmt: skip


def _percent(part: int, whole: int) -> float:
    return float(round_half_up(100 * part / whole, 1))


def _finding(words: Words, rows: list[Answers], satisfied: list[bool]) -> str:
    """Between which shares of satisfied answers the units lie."""
    _ = words.gettext
    shown = [
        (sum(count for count, good in zip(row.counts, satisfied, strict=True) if good) / row.n, place)
        for place, row in enumerate(rows)
        if row.n
    ]
    if not shown:
        return _("No figures of this are shown.")
    if not any(satisfied):
        return _("No answer of this scale counts as satisfied.")
    low, high = min(shown), max(shown, key=lambda one: (one[0], -one[1]))

    def named(place: int) -> str:
        unit = words.unit(words.rated_units[place])["unit"]
        return _("%(share)s (%(unit)s)", share=rows[place].satisfied, unit=unit)

    return _("Satisfied answers: from %(low)s to %(high)s.", low=named(low[1]), high=named(high[1]))
