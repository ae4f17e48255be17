"""Units by items: as a heat map, and each unit against the mean of all."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.results.export.words import Words
from surveys.results.pictures.figures import Figure, change_of, figure_of

LEAST_AXES = 3
"""With fewer items a radar has no area."""


@dataclass(frozen=True)
class HeatMap:
    """The scores of items, by unit."""

    items: list[str]
    rows: list[list[Figure]]
    finding: str


@dataclass(frozen=True)
class Radar:
    """The plain means of the units that have a score of an item, by item; and by unit the differences from them.

    `findings`: a sentence for each unit. `first`: the first unit with enough items. `floor`: where the axes begin.
    """

    means: list[Figure]
    differences: list[list[Figure]]
    findings: list[str]
    first: int
    floor: int


def _item_names(words: Words) -> list[str]:
    return [words.report.item_name(item, words.language) for item in words.report.plan.rated_items]


def heat_of(words: Words) -> HeatMap | None:
    """The heat map; None where no score of an item is shown."""
    report, scores, _ = words.report, words.report.result.item_score, words.gettext
    items = _item_names(words)
    shown = [
        (score, place, item)
        for place, unit in enumerate(words.rated_units)
        for item, score in enumerate(scores[unit])
        if score is not None
    ]
    if not shown:
        return None
    rows = [
        [figure_of(words, score, reason=report.missing_together(unit, item)) for item, score in enumerate(scores[unit])]
        for unit in words.rated_units
    ]

    def named(one: tuple[float, int, int]) -> str:
        score, place, item = one
        unit = words.unit(words.rated_units[place])["unit"]
        return _("%(score)s for %(unit)s, %(item)s", score=report.figure(score), unit=unit, item=items[item])

    highest = max(shown, key=lambda one: (one[0], -one[1], -one[2]))
    finding = _("The lowest score is %(low)s; the highest is %(high)s.", low=named(min(shown)), high=named(highest))
    return HeatMap(items, rows, finding)


def radar_of(words: Words) -> Radar | None:
    """Each unit against the mean; None where fewer items than a radar needs have scores."""
    scores, units = words.report.result.item_score, words.rated_units
    of_items = [[score for unit in units if (score := scores[unit][item]) is not None] for item in range(_items(words))]
    means = [sum(shown) / len(shown) if shown else None for shown in of_items]
    known = [score for shown in of_items for score in shown]
    if sum(mean is not None for mean in means) < LEAST_AXES:
        return None
    differences = [
        [
            change_of(words, None if score is None or mean is None else score - mean)
            for score, mean in zip(scores[unit], means, strict=True)
        ]
        for unit in units
    ]
    findings = [
        _radar_finding(words, unit, row) for unit, row in zip(units, differences, strict=True)
    ]  # fmt: skip
    enough = (place for place, row in enumerate(differences) if _known(row) >= LEAST_AXES)
    floor = min(90, max(0, int(min(known) // 10) * 10))
    return Radar([figure_of(words, mean) for mean in means], differences, findings, next(enough, 0), floor)


def _known(differences: list[Figure]) -> int:
    return sum(one.value is not None for one in differences)


def _items(words: Words) -> int:
    return len(words.report.plan.rated_items)


def _radar_finding(words: Words, unit: int, differences: list[Figure]) -> str:
    _, name = words.gettext, words.unit(unit)["unit"]
    values = [one.value for one in differences if one.value is not None]
    if len(values) < LEAST_AXES:
        return _("%(unit)s has too few items with scores for this picture.", unit=name)
    return _(
        "%(unit)s: above the mean of the units in %(above)s of %(n)s items, below it in %(below)s.",
        unit=name, above=sum(value > 0 for value in values), below=sum(value < 0 for value in values), n=len(values),
    )  # fmt: skip
