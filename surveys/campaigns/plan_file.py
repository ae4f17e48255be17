"""Reading a plan from plain data, of one file or form (see docs/survey-file.md), with every fault at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar, cast

from surveys.campaigns.asked_groups import check_groups, with_group_codes
from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.plan import Correction, Group, RatedUnit, SurveyPlan
from surveys.campaigns.rule_file import read_rule
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import LANGUAGES, pick
from surveys.inputs.values import (
    as_address,
    as_code,
    as_flag,
    as_list,
    as_number,
    as_table,
    as_whole,
    check_names,
    read_optional_text,
    read_text,
)
from surveys.questionnaires.items.base import Option
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.scoring.rule import ScoreRule
from surveys.units.models import KINDS

T = TypeVar("T")

MAX_UNITS = 500
MAX_GROUPS = 20

_NAMES = (
    "slug", "title", "campaign", "stage", "questionnaire", "units", "groups", "rule", "opens", "closes", "grace_minutes",
    "corrections",
)  # fmt: skip
_UNIT_NAMES = ("code", "name", "kind", "parent", "description")
_GROUP_NAMES = (
    "code", "name", "weight", "admission", "own", "draw", "draw_from", "units", "expected", "required_turnout"
)  # fmt: skip


UNREADABLE = object()
"""In the place of a questionnaire or a unit that could not be found, which is a fault already."""


def read_plan(data: object, faults: Faults | None = None) -> SurveyPlan:
    """Read a plan from plain data; units and questionnaire must stand in it.

    Raises InputError with all faults, those that were found before too.
    """
    top, faults = as_table(data, "survey"), faults or Faults()
    faults.take(lambda: check_names(top, _NAMES, "survey"))
    slug = faults.take(lambda: as_address(top.get("slug"), "slug"))
    title = faults.take(lambda: read_text(top.get("title"), "title", limit=100))
    campaign = faults.take(lambda: read_optional_text(top.get("campaign"), "campaign", limit=100))
    stage = faults.take(lambda: read_optional_text(top.get("stage"), "stage", limit=100))
    questionnaire = _readable(top, "questionnaire", read_questionnaire, faults)
    units = _readable(top, "units", _read_units, faults)
    rates = bool(questionnaire and questionnaire.rated)
    if rates and units is not None and not units:
        faults.note("Choose the units to rate.", "units")
    groups = faults.take(lambda: _read_groups(top.get("groups"), units, rates))
    rated = questionnaire.rated if questionnaire else None
    rule = faults.take(lambda: read_rule(top.get("rule", {}), rated))
    faults.check()
    questionnaire = with_group_codes(questionnaire, groups)
    check_groups(questionnaire, groups)
    groups = tuple(replace(group, apart=_is_apart(group, rule, rates)) for group in groups)
    if rule.open_apart and not sum(group.score_weight for group in groups):
        raise InputError(
            Problem("Where open links are reported separately, another group with a weight must be admitted by code or roster.",
                    "rule.open_apart")
        )  # fmt: skip
    if questionnaire.rated:
        _check_scores(questionnaire.rated, units, groups, rule)
    return SurveyPlan(
        slug=slug, title=title, campaign=campaign, stage=stage,
        questionnaire=questionnaire.with_units([Option(unit.code, unit.text) for unit in units]),
        units=units, groups=groups, rule=rule,
        corrections=tuple(Correction(**entry) for entry in top.get("corrections", ())),
    )  # fmt: skip


def _is_apart(group: Group, rule: ScoreRule, rates: bool) -> bool:
    """Whether a group is reported separately: by the rule, or because it has no weight in scores."""
    return (rule.open_apart and group.admission == "open") or (rates and not group.weight)


def _check_scores(
    rated: Sequence[RatingItem], units: Sequence[RatedUnit], groups: Sequence[Group], rule: ScoreRule
) -> None:
    """Raise InputError where the rule can give a unit no score, whatever people answer."""
    faults, weighted = Faults(), [group for group in groups if group.score_weight]
    everywhere = any(group.own for group in weighted)
    reached = {unit for group in weighted for unit in (*group.fixed, *(group.draw_from if group.draw else ()))}
    for position, unit in enumerate(units):
        if not everywhere and position not in reached:
            faults.note(
                "No group with a weight rates the unit %(code)s, so it could have no score.", "units", code=unit.code
            )
    small = [group for group in weighted if group.expected is not None and group.expected < rule.minimum]
    if small and (rule.short_group == "no_score" or len(small) == len(weighted)):
        faults.note("The group %(name)s has fewer people than the %(n)s ratings that a score needs.", "rule.minimum",
                    name=pick(small[0].text, "zh"), n=rule.minimum)  # fmt: skip
    if any(gate.kind == "rate" for gate in rule.gates) and not any(any(item.scale.satisfied) for item in rated):
        faults.note("No answer counts as satisfied, so a satisfaction rate cannot be a gate.", "rule.gates")
    faults.check()


def _readable(top: Mapping[str, Any], name: str, read: Callable[[object], T], faults: Faults) -> T:
    value = top.get(name, [] if name == "units" else None)
    return cast(T, None) if value is UNREADABLE else faults.take(lambda: read(value))


def _read_units(data: object) -> tuple[RatedUnit, ...]:
    """The units; None, as for what is a fault, where one of them could not be found."""
    entries, faults = as_list(data, "units"), Faults()
    if len(entries) > MAX_UNITS:
        raise InputError(Problem("There are more than %(limit)s units.", "units", limit=MAX_UNITS))
    units = faults.each(entries, lambda entry, number: None if entry is UNREADABLE else _read_unit(entry, number))
    seen: dict[str, str] = {}
    found = [unit for unit in units if unit is not None]
    for unit in found:
        other = seen.setdefault(fold(unit.code), unit.code)
        if other is not unit.code:
            faults.note("The unit %(code)s is listed twice.", "units", code=unit.code)
    faults.check()
    return cast(tuple[RatedUnit, ...], None) if len(found) < len(units) else _told_apart(found)


def _told_apart(units: Sequence[RatedUnit]) -> tuple[RatedUnit, ...]:
    """The units with texts of which no two are the same: with the unit above in brackets or, if that is not enough, the code."""
    texts: list[dict[str, str]] = [dict(unit.name) for unit in units]
    for language in LANGUAGES:
        for with_parent in (True, False):
            names = [fold(pick(text, language)) for text in texts]
            count = Counter(names)
            for text, name, unit in zip(texts, names, units, strict=True):
                if count[name] > 1:
                    more = pick(unit.parent, language) if with_parent and unit.parent else unit.code
                    brackets = "（%s）" if language == "zh" else " (%s)"
                    text[language] = pick(unit.name, language) + brackets % more
    return tuple(replace(unit, text=text) for unit, text in zip(units, texts, strict=True))


def _read_unit(data: object, number: int) -> RatedUnit:
    where, faults = f"units[{number}]", Faults()
    row = as_table(data, where)
    faults.take(lambda: check_names(row, _UNIT_NAMES, where))
    code = faults.take(lambda: as_code(row.get("code"), f"{where}.code"))
    name = faults.take(lambda: read_text(row.get("name"), f"{where}.name", limit=200))
    kind = row.get("kind", "branch")
    if kind not in KINDS:
        faults.note("This must be one of: %(names)s.", f"{where}.kind", names=", ".join(KINDS))
    parent = faults.take(lambda: read_optional_text(row.get("parent"), f"{where}.parent", limit=200))
    description = faults.take(lambda: read_optional_text(row.get("description"), f"{where}.description", limit=200))
    faults.check()
    return RatedUnit(code, name, kind, parent, name, description)


def _read_groups(data: object, units: Sequence[RatedUnit] | None, rates: bool) -> tuple[Group, ...]:
    """The groups; with `units` None, which could not be read, what names units is not looked at."""
    entries, faults = as_list(data, "groups"), Faults()
    if not 1 <= len(entries) <= MAX_GROUPS:
        raise InputError(Problem("A survey has 1 to %(limit)s groups.", "groups", limit=MAX_GROUPS))
    positions = None if units is None else {fold(unit.code): UnitIndex(i) for i, unit in enumerate(units)}
    groups = faults.each(entries, lambda entry, number: _read_group(entry, number, positions, rates))
    words: dict[str, int] = {}
    for number, group in enumerate(groups):
        for word in {fold(word) for word in (group.code, *group.text.values())} if group else ():
            if words.setdefault(word, number) != number:
                faults.note("Two groups have the same code or name.", f"groups[{number + 1}]")
                break
    if all(groups) and not sum(group.weight for group in groups):
        faults.note("The weights of the groups are all zero.", "groups")
    faults.check()
    return tuple(groups)


def _read_group(data: object, number: int, positions: Mapping[str, UnitIndex] | None, rates: bool) -> Group:
    where, faults = f"groups[{number}]", Faults()
    row = as_table(data, where)
    faults.take(lambda: check_names(row, _GROUP_NAMES, where))
    admission = row.get("admission", "code")
    if admission not in ("code", "roster", "open"):
        faults.note("This must be one of: %(names)s.", f"{where}.admission", names="code, roster, open")
    own = faults.take(lambda: as_flag(row.get("own", False), f"{where}.own"))
    draw = faults.take(lambda: as_whole(row.get("draw", 0), 0, MAX_UNITS, f"{where}.draw"))
    everything = tuple((positions or {}).values())
    draw_from, fixed = everything, () if own or draw or not rates else everything
    if positions is not None and "draw_from" in row:
        draw_from = faults.take(lambda: _positions(row["draw_from"], positions, f"{where}.draw_from"))
    if positions is not None and "units" in row:
        fixed = faults.take(lambda: _positions(row["units"], positions, f"{where}.units"))
    if rates and positions and not (fixed is None or fixed or own or draw):
        faults.note("The group has no units to rate.", where)
    expected, required = row.get("expected"), row.get("required_turnout")
    code = faults.take(lambda: as_code(row.get("code"), f"{where}.code"))
    text = faults.take(lambda: read_text(row.get("name"), f"{where}.name", limit=50))
    weight = faults.take(lambda: as_number(row.get("weight", 1), 0, 1000, f"{where}.weight"))
    people = None if expected is None else faults.take(lambda: as_whole(expected, 1, 10**7, f"{where}.expected"))
    turnout = None
    if required is not None:
        turnout = faults.take(lambda: as_number(required, 0, 100, f"{where}.required_turnout"))
    faults.check()
    return Group(
        code=code, text=text, weight=weight, admission=admission, fixed=fixed, own=own, draw=draw,
        draw_from=tuple(unit for unit in draw_from if unit not in fixed) if draw else (),
        expected=people, required_turnout=turnout,
    )  # fmt: skip


def _positions(data: object, positions: Mapping[str, UnitIndex], where: str) -> tuple[UnitIndex, ...]:
    found, faults = [], Faults()
    for number, code in enumerate(as_list(data, where), 1):
        if not isinstance(code, str):
            faults.note("A code is 1 to 40 letters, digits, - and _.", f"{where}[{number}]")
        elif fold(code) in positions:
            found.append(positions[fold(code)])
        else:
            faults.note("There is no unit %(code)s in this survey.", where, code=code[:50])
    faults.check()
    return tuple(sorted(set(found)))
