"""What is unusual about a draft, though it can be published: said once more before everything is fixed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from surveys.campaigns.plan import Group, SurveyPlan
from surveys.campaigns.states import StoredState
from surveys.inputs.problems import Problem

LONG_MINUTES = 5
"""Above so many minutes people break off."""
_DAY = 86400


def doubts_of(plan: SurveyPlan, window: StoredState, timezone: str, now: float) -> list[Problem]:
    """What somebody should look at before publication; each names its part of the draft by its place."""
    found = [doubt for group in plan.groups for doubt in _of_group(plan, group)]
    return [*found, *_of_window(window, ZoneInfo(timezone), now), *_of_units(plan), *_of_languages(plan)]


def _of_group(plan: SurveyPlan, group: Group) -> Iterator[Problem]:
    name = group.text
    if plan.minutes(group) > LONG_MINUTES:
        yield Problem("%(group)s: the ballot takes about %(n)s minutes. Beyond %(most)s minutes many people break off: let them "
                      "rate fewer units, or a few drawn at random.", "groups", group=name, n=plan.minutes(group),
                      most=LONG_MINUTES)  # fmt: skip
    if plan.rated_items and not group.weight:
        yield Problem(
            "%(group)s has no weight: its ballots are reported apart and count in no score.", "groups", group=name
        )
    if group.expected is None and group.admission == "open":
        yield Problem("%(group)s: the number of people is not given, so no turnout can be shown.", "groups", group=name)
    elif group.expected is None and group.admission == "code":
        yield Problem("%(group)s: the number of people is not given, so the turnout can only be a share of the codes issued.",
                      "groups", group=name)  # fmt: skip
    if group.expected is not None and group.expected < plan.rule.minimum:
        yield Problem("%(group)s has fewer people than the %(n)s ratings from which figures are shown.", "groups", group=name,
                      n=plan.rule.minimum)  # fmt: skip
    if group.admission == "open" and group.score_weight:
        yield Problem("%(group)s answers by an open link: whoever has it can send several ballots, and they count in the score.",
                      "groups", group=name)  # fmt: skip
    yield from _of_quotas(plan, group)


def _of_quotas(plan: SurveyPlan, group: Group) -> Iterator[Problem]:
    units = group.units_on_ballot
    for quota in plan.questionnaire.quotas:
        least, most = quota.bounds(units)
        if units and least > most:
            yield Problem("%(group)s rates %(units)s units, and with so few nobody can keep to a quota of the questionnaire.",
                          "groups", group=group.text, units=units)  # fmt: skip
        elif units and most == 0:
            yield Problem("%(group)s rates %(units)s units, and with so few a quota allows an answer to none of them.",
                          "groups", group=group.text, units=units)  # fmt: skip


def _of_window(window: StoredState, zone: ZoneInfo, now: float) -> Iterator[Problem]:
    length = window.closes_at - window.opens_at
    if length < _DAY:
        yield Problem("It is open for less than a day.", "window")
    if length > 60 * _DAY:
        yield Problem("It is open for more than 60 days.", "window")
    if window.opens_at > now + 180 * _DAY:
        yield Problem("It opens in more than half a year.", "window")
    closes = datetime.fromtimestamp(window.closes_at, zone)
    if 0 < closes.hour < 6:
        yield Problem("It ends in the middle of the night.", "window")


def _of_units(plan: SurveyPlan) -> Iterator[Problem]:
    groups = [group for group in plan.groups if group.score_weight]
    if plan.rated_items and not any(group.own for group in groups):
        reached = {unit for group in groups for unit in (*group.fixed, *group.draw_from)}
        left_out = [unit for number, unit in enumerate(plan.units) if number not in reached]
        for unit in left_out[:5]:
            yield Problem("Nobody rates the unit %(name)s.", "units", name=unit.text)


def _of_languages(plan: SurveyPlan) -> Iterable[Problem]:
    parts = {
        "name": [plan.title], "groups": [group.text for group in plan.groups],
        "questionnaire": [item.text for item in plan.questionnaire.items],
    }  # fmt: skip
    missing = {part: sum(not text.get("en") for text in texts) for part, texts in parts.items()}
    every = sum(map(len, parts.values()))
    if 0 < sum(missing.values()) < every:
        most = max(missing, key=lambda part: missing[part])
        yield Problem("%(n)s of %(all)s texts have no English yet; there people see the Chinese.", most,
                      n=sum(missing.values()), all=every)  # fmt: skip
