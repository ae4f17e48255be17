"""The rounds of a campaign side by side: what its page, the workbook and the command show.

Everything is computed from figures that each round's own result shows, and from the draws of scores that are shown. So nothing
here says more than the results of the rounds do (withholding.py).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from itertools import pairwise

from surveys.campaigns.campaigns import CampaignRound, campaign_of, mapping_of, rounds_of
from surveys.campaigns.mapping import Pair, follow_units
from surveys.campaigns.models import Campaign, Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import message_id
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.results.round_changes import (
    BranchChange,
    ItemChange,
    UnitChange,
    branch_changes,
    item_changes,
    unit_changes,
)
from surveys.results.sealed_round import SealedRound
from surveys.storage.database import current

OTHER_ITEMS = message_id("The rounds do not ask the same items. Scores are of different questions in part.")
OTHER_WEIGHTS = message_id(
    "Groups, weights or what is trimmed differ between the rounds. That alone can change scores."
)
OTHER_SCALE = message_id("The rounds have scales with different points, so scores of units are not compared.")
OTHER_METHOD = message_id("The results of the rounds were computed by different versions of the method.")
NOT_VALID = message_id("In one of these rounds the turnout that its rule requires was not reached.")


@dataclass(frozen=True)
class RoundPair:
    """Two successive rounds compared. `notes` are message ids. `left_out`: codes of items that only one of them asks;
    `other_scale`: of those that both ask with different points."""

    older: SealedRound
    newer: SealedRound
    notes: tuple[str, ...]
    units: list[UnitChange]
    items: list[ItemChange]
    branches: list[BranchChange]
    ended: list[int]
    left_out: list[str]
    other_scale: list[str]

    @property
    def items_by_unit(self) -> dict[int, list[ItemChange]]:
        """The items of each unit that has one to compare."""
        found: dict[int, list[ItemChange]] = {}
        for one in self.items:
            found.setdefault(one.unit, []).append(one)
        return found


@dataclass(frozen=True)
class Rounds:
    """The sealed rounds of a campaign in order, and what changed between each and the next."""

    rounds: list[SealedRound]
    pairs: list[RoundPair]

    @cached_property
    def lines(self) -> dict[int, list[float | None]]:
        """The scores of the last round's units in all rounds, by unit; of earlier rounds, the means of what it was then."""
        if not self.rounds:
            return {}
        return {
            unit: [self._score(unit, len(self.rounds) - 1, place) for place in range(len(self.rounds))]
            for unit in range(len(self.rounds[-1].report.plan.units))
        }

    def _score(self, unit: int, at: int, place: int) -> float | None:
        if at == place:
            return self.rounds[at].report.result.score[unit]
        sources = self.pairs[at - 1].units[unit].sources
        scores = [self._score(source, at - 1, place) for source in sources]
        shown = [score for score in scores if score is not None]
        return sum(shown) / len(shown) if shown and len(shown) == len(scores) else None


def sealed_rounds(campaign: Campaign, upto: Survey | None = None) -> list[SealedRound]:
    """The sealed surveys of a campaign in order, up to one of them."""
    found = []
    for one in rounds_of(campaign):
        if one.survey.state == State.SEALED:
            found.append(_sealed(one))
        if upto is not None and one.survey.id == upto.id:
            break
    return found


def _sealed(one: CampaignRound) -> SealedRound:
    return SealedRound(one.survey, one.stage, report_of(plan_of(one.survey), stored_result(one.survey)))


def compare_rounds(campaign: Campaign, upto: Survey | None = None) -> Rounds:
    """The sealed rounds of a campaign compared, up to a survey. Sealed results stay, so this is computed once."""
    rounds = sealed_rounds(campaign, upto)
    pairs = []
    for older, newer in pairwise(rounds):
        said = mapping_of(older.survey, newer.survey)
        key = ("rounds", *((one.report.stored.digest, one.survey.plan_digest) for one in (older, newer)), tuple(said))
        pairs.append(current().cached(key, partial(compare_pair, older, newer, said)))
    return Rounds(rounds, pairs)


def rounds_until(survey: Survey) -> Rounds | None:
    """A sealed survey and the sealed rounds before it in its campaign; None where there are none."""
    campaign = campaign_of(survey.id)
    rounds = None if campaign is None else compare_rounds(campaign, survey)
    return rounds if rounds and rounds.pairs and rounds.rounds[-1].survey.id == survey.id else None


def compare_pair(older: SealedRound, newer: SealedRound, said: list[Pair]) -> RoundPair:
    """Compare two rounds, with what was said about their units."""
    plans = older.report.plan, newer.report.plan
    olds, news = ({unit.code: number for number, unit in enumerate(plan.units)} for plan in plans)
    following = follow_units(list(olds), list(news), said)
    sources = [(how, tuple(olds[code] for code in codes)) for how, codes in (following.sources[code] for code in news)]
    same = _same_scales(older, newer)
    codes = [{item.code for item in plan.rated_items} for plan in plans]
    units = unit_changes(older, newer, sources, same)
    return RoundPair(
        older, newer, _notes(older, newer, same), units,
        item_changes(older, newer, [was for _, was in sources]),
        branch_changes(older, newer, units) if same else [],
        [olds[code] for code in following.ended],
        sorted(codes[0] ^ codes[1]), _other_scale(older, newer),
    )  # fmt: skip


def _other_scale(older: SealedRound, newer: SealedRound) -> list[str]:
    """Codes of the items that both ask, each with other points."""
    return sorted(code for code in newer.points if older.points.get(code, newer.points[code]) != newer.points[code])


def _same_scales(older: SealedRound, newer: SealedRound) -> bool:
    """Whether scores can be compared: the items that both ask have the same points, or without such items all scales are."""
    if older.points.keys() & newer.points.keys():
        return not _other_scale(older, newer)
    return set(older.points.values()) == set(newer.points.values())


def _notes(older: SealedRound, newer: SealedRound, same: bool) -> tuple[str, ...]:
    """What to know before the figures of two rounds are compared."""
    if not same:
        return (OTHER_SCALE,)
    notes = []
    one, other = older.report.plan, newer.report.plan
    if {item.code for item in one.rated_items} != {item.code for item in other.rated_items}:
        notes.append(OTHER_ITEMS)
    if _weighing(one, other) != _weighing(other, one):
        notes.append(OTHER_WEIGHTS)
    if older.report.stored.method != newer.report.stored.method:
        notes.append(OTHER_METHOD)
    if not (older.report.valid and newer.report.valid):
        notes.append(NOT_VALID)
    return tuple(notes)


def _weighing(plan: SurveyPlan, other: SurveyPlan) -> tuple[object, ...]:
    """How the groups of a plan, and the items that both ask, make a score."""
    shared = {item.code for item in other.rated_items}
    said = plan.rule.item_weights
    items = {
        item.code: item.weight if said is None else said.get(item.code, 0.0)
        for item in plan.rated_items
        if item.code in shared
    }
    groups = {group.code: group.score_weight for group in plan.groups}
    return groups, items, plan.rule.trim, plan.rule.short_group
