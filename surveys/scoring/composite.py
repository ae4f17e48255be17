"""The committee's composite: criteria by sources, their points, totals, ranks, grades and what quotas leave to decide.

Points are exact (decimals as typed), so totals are fractions until they are printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from surveys.scoring.grading import GradeQuotaCheck, check_grade_quota, gated, grade_by_points, ranks
from surveys.scoring.rounding import round_half_up
from surveys.scoring.rule import Gate, Grade, GradeQuota, ScoreRule, Text

KEPT = 9
"""Decimals that a total keeps before it is printed, as the workbook's do."""


@dataclass(frozen=True)
class Criterion:
    """What is judged, with its maximum points, and the codes of the sources that are used for it; none: all."""

    code: str
    name: Text
    maximum: float
    uses: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where points come from: typed in, handed in by the unit itself, the mean of judges, or the survey's score.

    With more than `drop_above` judges' points one highest and one lowest are dropped; None: never.
    """

    code: str
    name: Text
    weight: float
    kind: Literal["typed", "own", "judges", "survey"]
    judges: tuple[str, ...] = ()
    drop_above: int | None = None


@dataclass(frozen=True)
class Column:
    """A cell that is open to fill in for each unit; `judge` is empty but for a source of several judges."""

    criterion: str
    source: str
    judge: str = ""


@dataclass(frozen=True)
class Scheme:
    """Criteria by sources, and how totals become grades."""

    criteria: tuple[Criterion, ...]
    sources: tuple[Source, ...]
    grades: tuple[Grade, ...] = ()
    gates: tuple[Gate, ...] = ()
    quotas: tuple[GradeQuota, ...] = ()
    decimals: int = 2

    @property
    def rule(self) -> ScoreRule:
        """What grading needs."""
        return ScoreRule(decimals=self.decimals, grades=self.grades, gates=self.gates, quotas=self.quotas)

    @property
    def maximum(self) -> Fraction:
        """The sum of all maximum points, which is brought to 100."""
        return sum((exact(one.maximum) for one in self.criteria), Fraction(0))

    def used(self, criterion: Criterion) -> list[Source]:
        """The sources that are used for a criterion."""
        return [one for one in self.sources if not criterion.uses or one.code in criterion.uses]

    @property
    def cells(self) -> list[tuple[Criterion, Source]]:
        """All cells that are used, in order."""
        return [(criterion, source) for criterion in self.criteria for source in self.used(criterion)]

    @property
    def columns(self) -> list[Column]:
        """What is filled in for each unit, in order."""
        return [
            Column(criterion.code, source.code, judge)
            for criterion, source in self.cells if source.kind != "survey"
            for judge in (source.judges if source.kind == "judges" else ("",))
        ]  # fmt: skip

    def criterion(self, code: str) -> Criterion:
        """The criterion with a code."""
        return next(one for one in self.criteria if one.code == code)

    def source(self, code: str) -> Source:
        """The source with a code."""
        return next(one for one in self.sources if one.code == code)

    def share(self, criterion: Criterion, source: Source) -> Fraction:
        """How many of the 100 points of the total a used cell can give: weights count among the sources that are used."""
        together = sum((exact(one.weight) for one in self.used(criterion)), Fraction(0))
        return 100 * exact(criterion.maximum) / self.maximum * exact(source.weight) / together


@dataclass(frozen=True)
class UnitInput:
    """What is known of a unit: points by column, and what the survey says; None where that is withheld or absent.

    `rate` and `turnout` are printed percentages.
    """

    points: Mapping[Column, Decimal]
    survey: float | None = None
    rate: Decimal | None = None
    turnout: Decimal | None = None


@dataclass(frozen=True)
class UnitTotal:
    """A unit's points by cell (criterion, source), what is missing, and what follows.

    `grade` is the final one: after gates, and after what the committee decided at the cut of a quota.
    """

    cells: Mapping[tuple[str, str], Fraction | None]
    missing: tuple[Column, ...]
    lacks_survey: bool
    total: Fraction | None
    printed: Decimal | None
    rank: int | None
    by_points: int | None
    gates: tuple[Gate, ...]
    grade: int | None


@dataclass(frozen=True)
class QuotaState:
    """A quota of the scheme as the grades stand before it: who has a place, and how many may keep one.

    `decided` are the units that keep it; None: nothing was decided. A quota that is kept needs no decision.
    """

    check: GradeQuotaCheck
    places: tuple[int, ...]
    allowed: int
    decided: tuple[int, ...] | None

    @property
    def is_open(self) -> bool:
        """Whether the committee has to decide."""
        return not self.check.kept and self.decided is None


@dataclass(frozen=True)
class Composite:
    """The whole evaluation."""

    units: tuple[UnitTotal, ...]
    quotas: tuple[QuotaState, ...]

    @property
    def is_filled(self) -> bool:
        """Whether nothing that can be filled in is missing."""
        return not any(unit.missing for unit in self.units)

    @property
    def is_complete(self) -> bool:
        """Whether it can be signed: all is filled in, somebody has a total, and no quota waits for a decision."""
        return self.is_filled and any(unit.total is not None for unit in self.units) and not any(
            quota.is_open for quota in self.quotas
        )  # fmt: skip


def evaluate(
    scheme: Scheme, units: Sequence[UnitInput], decisions: Mapping[int, Sequence[int]] | None = None
) -> Composite:
    """Totals, ranks and grades. `decisions`: by number of the quota, the units that keep their place."""
    totals = [_total(scheme, unit) for unit in units]
    printed = [None if total is None else printed_total(total, scheme.decimals) for _, total in totals]
    by_points = [grade_by_points(score, scheme.rule) for score in printed]
    graded = [gated(grade, scheme.rule, unit.rate, unit.turnout) for grade, unit in zip(by_points, units, strict=True)]
    quotas, final = _decide(scheme, [grade for grade, _ in graded], printed, decisions or {})
    placed = ranks(printed)
    return Composite(
        tuple(
            UnitTotal(
                cells,
                tuple(column for column in scheme.columns if column not in unit.points),
                unit.survey is None and any(source.kind == "survey" for _, source in scheme.cells),
                total, printed[number], placed[number], by_points[number], tuple(graded[number][1]), final[number],
            )
            for number, (unit, (cells, total)) in enumerate(zip(units, totals, strict=True))
        ),
        tuple(quotas),
    )  # fmt: skip


def exact(value: float) -> Fraction:
    """A number of a scheme as it was written: 0.1 is a tenth."""
    return Fraction(repr(value))


def printed_total(total: Fraction, decimals: int) -> Decimal:
    """A total as it is printed, half up, by way of the decimals that the workbook keeps."""
    units = int(total * 10**KEPT + Fraction(1, 2))
    return round_half_up(float(Decimal(units).scaleb(-KEPT)), decimals)


def judged(points: Sequence[Decimal], drop_above: int | None) -> Fraction | None:
    """The mean of judges' points, without one highest and one lowest where there are more than `drop_above`."""
    ordered = sorted(points)
    if drop_above is not None and len(ordered) > max(2, drop_above):
        ordered = ordered[1:-1]
    return sum(map(Fraction, ordered), Fraction(0)) / len(ordered) if ordered else None


def _cell(criterion: Criterion, source: Source, unit: UnitInput) -> Fraction | None:
    """The points of a cell out of the criterion's maximum; None where any of them is missing."""
    if source.kind == "survey":
        return None if unit.survey is None else exact(unit.survey) * exact(criterion.maximum) / 100
    if source.kind == "judges":
        given = [unit.points.get(Column(criterion.code, source.code, judge)) for judge in source.judges]
        known = [points for points in given if points is not None]
        return judged(known, source.drop_above) if len(known) == len(given) else None
    points = unit.points.get(Column(criterion.code, source.code))
    return None if points is None else Fraction(points)


def _total(scheme: Scheme, unit: UnitInput) -> tuple[dict[tuple[str, str], Fraction | None], Fraction | None]:
    cells = {(one.code, other.code): _cell(one, other, unit) for one, other in scheme.cells}
    total = Fraction(0)
    for criterion, source in scheme.cells:
        points = cells[criterion.code, source.code]
        if points is None:
            return cells, None
        total += points / exact(criterion.maximum) * scheme.share(criterion, source)
    return cells, total


def _decide(
    scheme: Scheme,
    grades: list[int | None],
    printed: Sequence[Decimal | None],
    decisions: Mapping[int, Sequence[int]],
) -> tuple[list[QuotaState], list[int | None]]:
    """Each quota in turn: who was not chosen to keep a place is lowered to the best grade that the quota leaves."""
    states, final = [], list(grades)
    for number, quota in enumerate(scheme.quotas):
        check = check_grade_quota(quota, final, printed)
        best = quota.grade if quota.kind == "at_most" else quota.grade - 1
        places = [
            unit for unit, grade in enumerate(final)
            if grade is not None and grade <= best and printed[unit] is not None
        ]  # fmt: skip
        scored = sum(score is not None for score in printed)
        allowed = min(len(places), check.limit if quota.kind == "at_most" else max(0, scored - check.limit))
        chosen = decisions.get(number)
        states.append(QuotaState(check, tuple(places), allowed, None if chosen is None else tuple(chosen)))
        if chosen is not None and not check.kept:
            for unit in set(places) - set(chosen):
                final[unit] = min(best + 1, len(scheme.grades) - 1)
    return states, final
