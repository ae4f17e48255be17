"""The score rule as it stands in a survey file: reading it, with every check, and its presets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any, Literal, TypeVar

from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.values import as_flag, as_list, as_number, as_table, as_whole, check_names, read_text
from surveys.questionnaires.items.rating import RatingItem
from surveys.scoring.rule import DEFAULT_SEED, Gate, Grade, GradeQuota, Part, ScoreRule, Trim

T = TypeVar("T")

FIVE_GOODS: list[dict[str, Any]] = [
    {"name": {"zh": "领导班子好", "en": "Leadership"}, "weight": 20},
    {"name": {"zh": "党员队伍好", "en": "Members"}, "weight": 20},
    {"name": {"zh": "工作机制好", "en": "Working mechanism"}, "weight": 20},
    {"name": {"zh": "工作业绩好", "en": "Performance"}, "weight": 20},
    {"name": {"zh": "群众反映好", "en": "Public response"}, "weight": 20, "survey": True},
]
BY_SOURCE: list[dict[str, Any]] = [
    {"name": {"zh": "自评", "en": "Own score"}, "weight": 20},
    {"name": {"zh": "群众测评", "en": "Survey"}, "weight": 30, "survey": True},
    {"name": {"zh": "考核组评价", "en": "Check group"}, "weight": 50},
]
GRADES: dict[str, list[dict[str, Any]]] = {
    "quality": [
        {"name": {"zh": "优秀", "en": "Excellent"}, "at": 90},
        {"name": {"zh": "良好", "en": "Good"}, "at": 80},
        {"name": {"zh": "一般", "en": "Fair"}, "at": 60},
        {"name": {"zh": "较差", "en": "Poor"}, "at": 0},
    ],
    "grading2012": [
        {"name": {"zh": "好", "en": "Good"}, "at": 90},
        {"name": {"zh": "较好", "en": "Fairly good"}, "at": 80},
        {"name": {"zh": "一般", "en": "Fair"}, "at": 60},
        {"name": {"zh": "较差", "en": "Poor"}, "at": 0},
    ],
}

TRIMS: dict[str, dict[str, Any]] = {
    "none": {}, "drop_ends": {"drop_ends": 1}, "share5": {"share": 0.05}, "share10": {"share": 0.1},
}  # fmt: skip
"""What is usually dropped before a mean, by name."""


_NAMES = (
    "minimum", "trim", "item_weights", "short_group", "void", "rate_item", "decimals", "grades", "gates", "improve_under", "quotas",
    "turnout_required", "open_apart", "parts", "population", "resamples", "seed",
)  # fmt: skip


def read_rule(data: object, rated: Sequence[RatingItem] | None) -> ScoreRule:
    """Read a score rule from plain data; `rated` are the ratings of units. Raises InputError with all faults.

    With `rated` None the questionnaire could not be read, and what names ratings is not looked at.
    """
    row, faults = as_table(data, "rule"), Faults()
    faults.take(lambda: check_names(row, _NAMES, "rule"))
    grades = faults.take(lambda: _read_grades(row.get("grades", "quality")))
    count = len(grades) if grades is not None else 20
    void = faults.take(lambda: _read_void(row.get("void", {})))
    rate_item = row.get("rate_item")
    if rate_item is not None and rated is not None and rate_item not in [item.code for item in rated]:
        faults.note("There is no rating %(name)s.", "rule.rate_item", name=str(rate_item)[:50])
    short = row.get("short_group", "reweigh")
    if short not in ("reweigh", "no_score"):
        faults.note("This must be one of: %(names)s.", "rule.short_group", names="reweigh, no_score")
    population = row.get("population", "people_like_these")
    if population not in ("people_like_these", "finite"):
        faults.note("This must be one of: %(names)s.", "rule.population", names="people_like_these, finite")
    minimum = faults.take(lambda: as_whole(row.get("minimum", 5), 1, 1000, "rule.minimum"))
    trim = faults.take(lambda: _read_trim(row.get("trim", {})))
    weights = faults.take(lambda: _read_weights(row.get("item_weights"), rated))
    decimals = faults.take(lambda: as_whole(row.get("decimals", 2), 0, 4, "rule.decimals"))
    gates = faults.take(lambda: _each(row, "gates", lambda entry, place: _read_gate(entry, count, place)))
    under = row.get("improve_under")
    improve_under = None if under is None else faults.take(lambda: as_number(under, 0, 100, "rule.improve_under"))
    quotas = faults.take(lambda: _each(row, "quotas", lambda entry, place: _read_quota(entry, count, place)))
    turnout_required = faults.take(lambda: as_flag(row.get("turnout_required", False), "rule.turnout_required"))
    open_apart = faults.take(lambda: as_flag(row.get("open_apart", False), "rule.open_apart"))
    parts = faults.take(lambda: _read_parts(row.get("parts", "five_goods")))
    resamples = faults.take(lambda: as_whole(row.get("resamples", 2000), 200, 10_000, "rule.resamples"))
    seed = faults.take(lambda: as_whole(row.get("seed", DEFAULT_SEED), 0, 2**31, "rule.seed"))
    faults.check()
    return ScoreRule(
        minimum=minimum, trim=trim, item_weights=weights, short_group=short, void_same_over=void[0],
        void_quota=void[1], rate_item=rate_item, decimals=decimals, grades=grades, gates=gates, improve_under=improve_under,
        quotas=quotas,
        turnout_required=turnout_required, open_apart=open_apart, parts=parts, population=population,
        resamples=resamples, seed=seed,
    )  # fmt: skip


def _each(row: Mapping[str, Any], name: str, read: Callable[[object, str], T]) -> tuple[T, ...]:
    """The entries of a list, each read with its place."""
    faults = Faults()
    found = faults.each(
        as_list(row.get(name, []), f"rule.{name}"), lambda entry, number: read(entry, f"rule.{name}[{number}]")
    )
    faults.check()
    return tuple(found)


def _read_grades(data: object) -> tuple[Grade, ...]:
    if isinstance(data, str):
        if data not in GRADES:
            raise InputError(Problem("This must be one of: %(names)s.", "rule.grades", names=", ".join(GRADES)))
        data = GRADES[data]
    grades = _each({"grades": data}, "grades", _read_grade)
    if any(a.at <= b.at for a, b in pairwise(grades)):
        raise InputError(Problem("Grades go from the highest threshold to the lowest.", "rule.grades"))
    if grades and grades[-1].at > 0:
        raise InputError(Problem("The lowest grade begins at 0, so that every score has one.", "rule.grades"))
    return grades


def _read_grade(data: object, where: str) -> Grade:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("name", "at"), where))
    name = faults.take(lambda: read_text(row.get("name"), f"{where}.name", limit=20))
    at = faults.take(lambda: as_number(row.get("at"), 0, 100, f"{where}.at"))
    faults.check()
    return Grade(name, at)


def _read_void(data: object) -> tuple[int | None, bool]:
    row, faults = as_table(data, "rule.void"), Faults()
    faults.take(lambda: check_names(row, ("same_over", "quota"), "rule.void"))
    same = row.get("same_over")
    same_over = None if same is None else faults.take(lambda: as_whole(same, 1, 1000, "rule.void.same_over"))
    quota = faults.take(lambda: as_flag(row.get("quota", False), "rule.void.quota"))
    faults.check()
    return same_over, quota


def _read_trim(data: object) -> Trim:
    row = as_table(data, "rule.trim")
    if not row:
        return Trim()
    if "drop_ends" in row:
        check_names(row, ("drop_ends", "above"), "rule.trim")
        count = as_whole(row["drop_ends"], 1, 100, "rule.trim.drop_ends")
        above = as_whole(row.get("above", max(5, 2 * count)), 2 * count, 10_000, "rule.trim.above")
        return Trim("drop_ends", count, above)
    check_names(row, ("share",), "rule.trim")
    share = as_number(row.get("share"), 0, 0.49, "rule.trim.share")
    # As typed: 0.29 of 100 is 29, though 0.29 * 100 is 28.999… in binary.
    return Trim("share", share=Fraction(repr(share)))


def _read_weights(data: object, rated: Sequence[RatingItem] | None) -> Mapping[str, float] | None:
    """The weights of the items in a score; those of the questionnaire count where the rule has none."""
    if data is None:
        if rated and not sum(item.weight for item in rated):
            raise InputError(
                Problem("The weights of the items are all zero, so no unit could have a score.", "questionnaire")
            )
        return None
    faults, weights = Faults(), {}
    for code, weight in as_table(data, "rule.item_weights").items():
        if rated is not None and code not in {item.code for item in rated}:
            faults.note("There is no rating %(name)s.", "rule.item_weights", name=str(code)[:50])
        weights[code] = faults.take(partial(as_number, weight, 0, 1000, f"rule.item_weights.{code}"))
    faults.check()
    if rated and not sum(weights.values()):
        raise InputError(
            Problem("The weights of the items are all zero, so no unit could have a score.", "rule.item_weights")
        )
    return weights


def _read_gate(data: object, grades: int, where: str) -> Gate:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("rate_under", "turnout_under", "cap"), where))
    if ("rate_under" in row) == ("turnout_under" in row):
        faults.note("A gate has either rate_under or turnout_under.", where)
    kind: Literal["rate", "turnout"] = "rate" if "rate_under" in row else "turnout"
    name = f"{kind}_under"
    under = faults.take(lambda: as_number(row.get(name, 0), 0, 100, f"{where}.{name}"))
    cap = faults.take(lambda: as_whole(row.get("cap"), 0, grades - 1, f"{where}.cap"))
    faults.check()
    return Gate(kind, under, cap)


def _read_quota(data: object, grades: int, where: str) -> GradeQuota:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("at_most", "at_least", "grade"), where))
    if ("at_most" in row) == ("at_least" in row):
        faults.note("A quota has either at_most or at_least.", where)
    kind: Literal["at_most", "at_least"] = "at_most" if "at_most" in row else "at_least"
    grade = faults.take(lambda: as_whole(row.get("grade"), 0, grades - 1, f"{where}.grade"))
    share = faults.take(lambda: as_number(row.get(kind, 0), 0, 1, f"{where}.{kind}"))
    faults.check()
    if kind == "at_most" and grade == grades - 1:
        raise InputError(
            Problem("Every unit gets the lowest grade or a better one, so this quota limits nothing.", f"{where}.grade")
        )
    if kind == "at_least" and grade == 0:
        raise InputError(
            Problem("Every unit gets the best grade or a lower one, so this quota limits nothing.", f"{where}.grade")
        )
    return GradeQuota(kind, grade, share)


def _read_parts(data: object) -> tuple[Part, ...]:
    if isinstance(data, str):
        known = {"five_goods": FIVE_GOODS, "by_source": BY_SOURCE}
        if data not in known:
            raise InputError(Problem("This must be one of: %(names)s.", "rule.parts", names=", ".join(known)))
        data = known[data]
    parts = _each({"parts": data}, "parts", _read_part)
    if parts and (sum(part.survey for part in parts) != 1 or not sum(part.weight for part in parts)):
        raise InputError(Problem("Exactly one part is the survey, and the weights are not all zero.", "rule.parts"))
    return parts


def _read_part(data: object, where: str) -> Part:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("name", "weight", "survey"), where))
    name = faults.take(lambda: read_text(row.get("name"), f"{where}.name", limit=30))
    weight = faults.take(lambda: as_number(row.get("weight"), 0, 1000, f"{where}.weight"))
    survey = faults.take(lambda: as_flag(row.get("survey", False), f"{where}.survey"))
    faults.check()
    return Part(name, weight, survey)
