"""Schemes as plain data: reading with every check, writing, and what a survey's rule says of its sheet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.campaigns.rule_file import read_rule
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import clean, pick
from surveys.inputs.values import (
    as_code,
    as_codes,
    as_list,
    as_number,
    as_table,
    as_whole,
    check_names,
    read_text,
)
from surveys.results.evaluation.presets import PRESETS
from surveys.scoring.composite import Criterion, Scheme, Source
from surveys.scoring.rule import ScoreRule

KINDS = ("typed", "own", "judges", "survey")
MAX_CRITERIA, MAX_SOURCES, MAX_JUDGES, MAX_COLUMNS = 12, 6, 30, 120
_OF_RULE = ("grades", "gates", "quotas", "decimals")


def preset(name: str, judges: list[str] | None = None) -> dict[str, Any]:
    """The data of a preset, with the judges who are named. Raises InputError."""
    if name not in PRESETS:
        raise InputError(Problem("This must be one of: %(names)s.", "preset", names=", ".join(PRESETS)))
    data = dict(PRESETS[name])
    if judges:
        data["sources"] = [
            {**source, "judges": judges} if source["kind"] == "judges" else source for source in data["sources"]
        ]
    return data


def read_scheme(data: object) -> Scheme:
    """Read a scheme from plain data. Raises InputError with all faults and their places."""
    row, faults = as_table(data, "scheme"), Faults()
    faults.take(lambda: check_names(row, ("criteria", "sources", *_OF_RULE), "scheme"))
    sources = faults.take(lambda: _read_sources(row.get("sources")))
    criteria = faults.take(lambda: _read_criteria(row.get("criteria"), sources))
    said = {name: row[name] for name in _OF_RULE if name in row}
    rule = faults.take(lambda: read_rule({"grades": "quality", **said}, None))
    faults.check()
    scheme = Scheme(criteria, sources, rule.grades, rule.gates, rule.quotas, rule.decimals)
    for one in criteria:
        if not sum(source.weight for source in scheme.used(one)):
            faults.note("The weights of its sources are all zero.", f"criteria.{one.code}")
    if sum(source.kind == "survey" for source in sources) > 1:
        faults.note("Only one source can be the survey.", "sources")
    if not any(source.kind != "survey" for _, source in scheme.cells):
        faults.note("At least one cell has to be filled in.", "criteria")
    for criterion in scheme.criteria:
        if sum(source.kind == "own" for source in scheme.used(criterion)) > 1:
            faults.note(
                "A unit hands in one own score for “%(name)s”, not two.", "sources", name=pick(criterion.name, "zh")
            )
    if len(scheme.columns) > MAX_COLUMNS:
        faults.note("There are more than %(limit)s cells to fill in for a unit.", "criteria", limit=MAX_COLUMNS)
    faults.check()
    return scheme


def scheme_data(scheme: Scheme) -> dict[str, Any]:
    """A scheme as plain data, which read_scheme reads again."""
    return {
        "criteria": [
            {"code": one.code, "name": dict(one.name), "maximum": one.maximum, "uses": list(one.uses)}
            for one in scheme.criteria
        ],
        "sources": [
            {"code": one.code, "name": dict(one.name), "weight": one.weight, "kind": one.kind}
            | ({"judges": list(one.judges), "drop_above": one.drop_above} if one.kind == "judges" else {})
            for one in scheme.sources
        ],
        "grades": [{"name": dict(one.name), "at": one.at} for one in scheme.grades],
        "gates": [{f"{one.kind}_under": one.under, "cap": one.cap} for one in scheme.gates],
        "quotas": [{one.kind: one.share, "grade": one.grade} for one in scheme.quotas],
        "decimals": scheme.decimals,
    }


def scheme_of_rule(rule: ScoreRule) -> Scheme | None:
    """What a survey's rule says of the sheet to fill in: its parts are the sources of one criterion."""
    if not rule.parts:
        return None
    return Scheme(
        (Criterion("overall", {"zh": "总体", "en": "Overall"}, 100),),
        tuple(
            Source(f"part{number}", part.name, part.weight, "survey" if part.survey else "typed")
            for number, part in enumerate(rule.parts, 1)
        ),
        rule.grades, rule.gates, rule.quotas, rule.decimals,
    )  # fmt: skip


def _codes_differ(rows: tuple[Any, ...], where: str, faults: Faults) -> None:
    codes = [row.code for row in rows if row is not None]
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        faults.note("The name %(name)s is used twice.", where, name=code)
    for language in ("zh", "en"):  # names are the headings of the table that is filled in offline
        names = [fold(pick(row.name, language)) for row in rows if row is not None]
        if len(set(names)) < len(names):
            faults.note("Two of the names are the same.", where)
            break


def _read_sources(data: object) -> tuple[Source, ...]:
    faults, rows = Faults(), as_list(data, "sources")
    if not 1 <= len(rows) <= MAX_SOURCES:
        faults.note("From %(low)s to %(high)s are expected.", "sources", low=1, high=MAX_SOURCES)
    sources = tuple(faults.each(rows[:MAX_SOURCES], lambda row, number: _read_source(row, f"sources[{number}]")))
    _codes_differ(sources, "sources", faults)
    faults.check()
    return sources


def _read_source(data: object, where: str) -> Source:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("code", "name", "weight", "kind", "judges", "drop_above"), where))
    code = faults.take(lambda: as_code(row.get("code"), f"{where}.code"))
    name = faults.take(lambda: read_text(row.get("name"), f"{where}.name", limit=30))
    weight = faults.take(lambda: as_number(row.get("weight", 100), 0, 1000, f"{where}.weight"))
    kind = row.get("kind", "typed")
    if kind not in KINDS:
        faults.note("This must be one of: %(names)s.", f"{where}.kind", names=", ".join(KINDS))
    judges = faults.take(lambda: _read_judges(row, kind, where))
    drop = row.get("drop_above")
    drop_above = None if drop is None else faults.take(lambda: as_whole(drop, 2, MAX_JUDGES, f"{where}.drop_above"))
    faults.check()
    return Source(code, name, weight, kind, judges, drop_above)


def _read_judges(row: Mapping[str, Any], kind: object, where: str) -> tuple[str, ...]:
    names = tuple(clean(name) for name in as_codes(row.get("judges", []), f"{where}.judges"))
    place = f"{where}.judges"
    if kind != "judges":
        return ()
    if not 1 <= len(names) <= MAX_JUDGES:
        raise InputError(Problem("From %(low)s to %(high)s are expected.", place, low=1, high=MAX_JUDGES))
    if not all(0 < len(name) <= 60 for name in names):
        raise InputError(Problem("The text is longer than %(limit)s characters.", place, limit=60))
    folded = [fold(name) for name in names]
    twice = [name for name, key in zip(names, folded, strict=True) if folded.count(key) > 1]
    if twice:
        raise InputError(Problem("The name %(name)s is used twice.", place, name=twice[0]))
    return names


def _read_criteria(data: object, sources: tuple[Source, ...] | None) -> tuple[Criterion, ...]:
    faults, rows = Faults(), as_list(data, "criteria")
    if not 1 <= len(rows) <= MAX_CRITERIA:
        faults.note("From %(low)s to %(high)s are expected.", "criteria", low=1, high=MAX_CRITERIA)
    known = None if sources is None else [source.code for source in sources]
    criteria = tuple(
        faults.each(rows[:MAX_CRITERIA], lambda row, number: _read_criterion(row, known, f"criteria[{number}]"))
    )
    _codes_differ(criteria, "criteria", faults)
    faults.check()
    return criteria


def _read_criterion(data: object, known: list[str] | None, where: str) -> Criterion:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("code", "name", "maximum", "uses"), where))
    code = faults.take(lambda: as_code(row.get("code"), f"{where}.code"))
    name = faults.take(lambda: read_text(row.get("name"), f"{where}.name", limit=30))
    maximum = faults.take(lambda: as_number(row.get("maximum", 100), 0.01, 1000, f"{where}.maximum"))
    uses = faults.take(lambda: as_codes(row.get("uses", []), f"{where}.uses"))
    for one in uses or ():
        if known is not None and one not in known:
            faults.note("There is no source %(name)s.", f"{where}.uses", name=one[:40])
    faults.check()
    return Criterion(code, name, maximum, tuple(uses))
