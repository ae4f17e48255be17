"""What result pages and the workbook show, in the order they show it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.plan import Group, Slot, SurveyPlan
from surveys.inputs.ordering import natural_key
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.base import AnswerLine, Item
from surveys.questionnaires.items.options import OTHER
from surveys.questionnaires.items.rating import RatingItem
from surveys.results.models import StoredResult
from surveys.results.withholding import Missing, Published, ShownAnswers, publishable
from surveys.scoring.grading import GradeQuotaCheck, check_grade_quota
from surveys.scoring.result import Result
from surveys.scoring.rounding import percent_text, round_half_up
from surveys.scoring.totals import Turnout


@dataclass(frozen=True)
class Habit:
    """A way of filling ballots in ("straight", "alike", "fast"): its share by group, or words instead."""

    name: str
    shares: list[float | str]


@dataclass(frozen=True)
class ShortGroup:
    """A group with too few ratings of a unit, by name, and the (group, weight) pairs that were used instead.

    `nobody`: nobody of the group was asked about the unit.
    """

    group: str
    nobody: bool
    used: list[tuple[str, float]]


@dataclass(frozen=True)
class AllGroups:
    """The counts of an item of a unit over all groups that count, with the plain mean of these ratings in points."""

    counts: list[int]
    dont_know: int
    blank: int
    mean: float | None


@dataclass(frozen=True)
class Report:
    """A sealed survey, ready to be shown: figures with what must be withheld taken out. `order`: units by rank.

    `part`: the name of the general branch whose units alone are in the order; None where all are.
    """

    plan: SurveyPlan
    stored: StoredResult
    published: Published
    order: list[int]
    part: str | None = None

    @property
    def result(self) -> Result:
        """The figures; None where they are withheld."""
        return self.published.result

    @property
    def answers(self) -> dict[str, ShownAnswers]:
        """Answers to questions that are not scores, by slot name."""
        return self.published.answers

    @cached_property
    def valid(self) -> bool:
        """Whether the result counts: false if the rule demands a turnout and a group falls short of it."""
        if not self.plan.rule.turnout_required:
            return True
        return not short_turnouts(self.plan, self.result.turnout)

    @cached_property
    def scored(self) -> list[int]:
        """The units that have a score, by rank."""
        return [unit for unit in self.order if self.result.score[unit] is not None]

    @cached_property
    def shows_shrunk(self) -> bool:
        """Whether the numbers of raters differ so much (more than twofold) that the shrunk score is worth a column."""
        raters = [self.result.n[unit] for unit in self.scored]
        return len(raters) > 1 and max(raters) > 2 * min(raters) and self.result.shrunk[self.scored[0]] is not None

    def only(self, units: Collection[int], name: str) -> Report:
        """The same of some units: their figures and ranks are those of the whole result."""
        return replace(self, order=[unit for unit in self.order if unit in units], part=name)

    def habits(self) -> list[Habit]:
        """What may speak of careless ballots."""
        result = self.result
        return [
            Habit(name, [self._share(count, n) for count, n in zip(counted, of, strict=True)])
            for name, counted, of in (
                ("straight", result.straight, result.ballots),
                ("alike", result.alike, result.ballots),
                ("fast", result.fast, result.timed),
            )
        ]

    def _share(self, count: int | None, n: int) -> float | str:
        """Where almost all ballots are meant, only that: it would say of each how it was filled in."""
        minimum = self.plan.rule.minimum
        if count is None:
            return f"n < {minimum}"
        if n - count < minimum:
            return f"> {percent_text(n - minimum, n, 1)}"
        return count / n

    def dont_know_shares(self) -> list[float | None]:
        """By group, the share of "don't know" among answers about units whose items are all shown; None where none is."""
        shares: list[float | None] = []
        for group in range(len(self.plan.groups)):
            shown = [
                u for u in range(len(self.plan.units)) if self.result.shown[group] and all(self.result.shown[group][u])
            ]
            unknown = sum(sum(self.result.dont_know[group][u]) for u in shown)
            rated = sum(sum(map(sum, self.result.counts[group][u])) for u in shown)
            shares.append(unknown / (unknown + rated) if unknown + rated else None)
        return shares

    @property
    def chart_floor(self) -> int:
        """Where the axis of a chart of scores begins: a ten under the lowest interval."""
        lows = [low for unit in self.order if (low := self.result.low[unit]) is not None]
        return max(0, int(min(lows) // 10) * 10) if lows else 0

    def names(self, units: tuple[UnitIndex, ...], language: str) -> list[str]:
        """The names of units."""
        return [pick(self.plan.units[unit].text, language) for unit in units]

    def figure(self, value: float | None, decimals: int = 0) -> str:
        """A score or a mean as it is printed, with no fewer than these decimals, or a dash."""
        return "—" if value is None else str(round_half_up(value, max(self.plan.rule.decimals, decimals)))

    def rate(self, value: float | None) -> str:
        """A rate in percent as it is printed and compared with gates, or a dash."""
        return "—" if value is None else percent_text(value, 100)

    def missing(self, group: int, unit: int, item: int | None = None) -> Missing | None:
        """Why a group has no score of a unit, or no figures of one of its items; None where it has."""
        published = self.published
        return published.missing_groups[group][unit] if item is None else published.missing_items[group][unit][item]

    def missing_together(self, unit: int, item: int | None = None) -> Missing | None:
        """Why no group that counts has a score of a unit, or figures of one of its items."""
        reasons = {self.missing(g, unit, item) for g, group in enumerate(self.plan.groups) if not group.apart}
        if None in reasons:
            return None
        return next(
            reason
            for reason in (Missing.FEW, Missing.NOT_COUNTED, Missing.NO_BALLOTS, Missing.NOT_ASKED)
            if reason in reasons
        )

    def left_out(self, unit: int, item: int) -> list[int]:
        """The groups that should count but whose figures of an item are not in those of all groups together."""
        return [
            g
            for g, group in enumerate(self.plan.groups)
            if not group.apart and self.missing(g, unit, item) in (Missing.FEW, Missing.NOT_COUNTED)
        ]

    def together(self, unit: int, item: int) -> AllGroups | None:
        """The counts of all groups that count, added up; None where no group's are shown."""
        result = self.result
        shown = [g for g, group in enumerate(self.plan.groups) if not group.apart and result.shown[g][unit][item]]
        if not shown:
            return None
        counts = [sum(level) for level in zip(*(result.counts[g][unit][item] for g in shown), strict=True)]
        points = self.plan.rated_levels.points
        n = sum(counts)
        return AllGroups(
            counts,
            sum(result.dont_know[g][unit][item] for g in shown),
            sum(result.blank[g][unit][item] for g in shown),
            sum(count * worth for count, worth in zip(counts, points, strict=True)) / n if n else None,
        )

    def item_name(self, item: RatingItem, language: str) -> str:
        """What stands above an item's figures: its criterion, and its text where another one has the same criterion."""
        text = pick(item.text, language)
        if item.criterion is None:
            return text
        criterion = pick(item.criterion, language)
        alike = [pick(other.criterion, language) for other in self.plan.rated_items if other.criterion]
        return f"{criterion} · {text}" if alike.count(criterion) > 1 else criterion

    def grade_quotas(self) -> list[GradeQuotaCheck]:
        """The rule's grade quotas against the grades as they came out."""
        figures = [None if s is None else round_half_up(s, self.plan.rule.decimals) for s in self.result.score]
        return [check_grade_quota(quota, self.result.grade, figures) for quota in self.plan.rule.quotas]

    def short_groups(self, unit: int, language: str) -> list[ShortGroup]:
        """The groups that fell short for a unit, with the weights really used."""
        short = [g for g, row in enumerate(self.result.short) if row[unit] and not self.plan.groups[g].apart]
        if not short:
            return []
        used = [
            (pick(group.text, language), group.score_weight)
            for g, group in enumerate(self.plan.groups)
            if self.result.included[g][unit] and not group.apart
        ]
        return [
            ShortGroup(pick(self.plan.groups[g].text, language), self.missing(g, unit) is Missing.NO_BALLOTS, used)
            for g in short
        ]

    def lines(self, slot: Slot, answers: ShownAnswers, language: str, gettext: Gettext) -> list[AnswerLine]:
        """The answers to a question in words; none where they are withheld."""
        if answers.n is None:
            return []
        return slot.item.lines(answers.counts, answers.means, language, gettext)

    def asked_of(self, item: Item, language: str) -> str:
        """The names of the groups that an item is asked of, where it is not asked of all; else empty."""
        if not item.groups:
            return ""
        separator = "、" if language == "zh" else ", "
        return separator.join(pick(group.text, language) for group in self.plan.groups if item.seen_by(group.code))

    def hides_texts(self, unit: UnitIndex | None, code: str) -> bool:
        """Whether the texts beside "other" of a question are withheld (see withholding.py)."""
        slots = (slot for slot in self.plan.slots if slot.unit == unit and slot.item.code == code)
        return any(
            OTHER.code in slot.item.answer_codes and self.plan.slot_name(slot) in self.published.in_part
            for slot in slots
        )

    @cached_property
    def answered_slots(self) -> list[tuple[Slot, ShownAnswers]]:
        """The questions that are not scores, in order, with their answers; of a part those about its units alone."""
        here = None if self.part is None else {*self.order}
        slots = (slot for slot in self.plan.slots if here is None or slot.unit in here)
        named = ((slot, self.answers.get(self.plan.slot_name(slot))) for slot in slots)
        return [(slot, answers) for slot, answers in named if answers is not None]


def short_turnouts(plan: SurveyPlan, turnout: Turnout) -> list[tuple[Group, float | None]]:
    """The groups whose turnout as it is printed, in percent, falls short of what the survey requires of them.

    None: nobody knows of how many people it is a share, so nobody can say that it is reached.
    """
    return [
        (group, row.percent)
        for group, row in zip(plan.groups, turnout.groups, strict=True)
        if group.required_turnout is not None
        and (row.percent is None or round_half_up(row.percent) < Decimal(repr(group.required_turnout)))
    ]  # fmt: skip


def report_of(plan: SurveyPlan, stored: StoredResult) -> Report:
    """Make the report of a sealed survey."""
    published = publishable(stored.result(), plan.rule.minimum)
    result = published.result
    units = range(len(result.score))
    order = sorted(units, key=lambda u: (result.rank[u] is None, result.rank[u] or 0, natural_key(plan.units[u].code)))
    return Report(plan, stored, published, order)
