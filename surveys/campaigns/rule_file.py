"""The score rule as it stands in a survey file: reading it, with every check, and its presets."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any, Literal

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import as_flag, as_list, as_number, as_table, read_text
from surveys.scoring.rule import DEFAULT_SEED, Gate, Grade, GradeQuota, Part, ScoreRule, Trim

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


def read_rule(data: object, item_codes: tuple[str, ...]) -> ScoreRule:
    """Read a score rule from plain data; `item_codes` are the ratings of units. Raises InputError."""
    row = as_table(data, "rule")
    grades_data = row.get("grades", "quality")
    if isinstance(grades_data, str):
        if grades_data not in GRADES:
            raise InputError(Problem("This must be one of: %(names)s.", "rule.grades", names=", ".join(GRADES)))
        grades_data = GRADES[grades_data]
    grades = tuple(
        Grade(read_text(g.get("name"), "rule.grades.name", limit=20), as_number(g.get("at"), 0, 100, "rule.grades.at"))
        for g in (as_table(entry, "rule.grades") for entry in as_list(grades_data, "rule.grades"))
    )
    if any(a.at <= b.at for a, b in pairwise(grades)):
        raise InputError(Problem("Grades go from the highest threshold to the lowest.", "rule.grades"))
    void = as_table(row.get("void", {}), "rule.void")
    same = void.get("same_over")
    rate_item = row.get("rate_item")
    if rate_item is not None and rate_item not in item_codes:
        raise InputError(Problem("There is no rating %(name)s.", "rule.rate_item", name=str(rate_item)))
    short = row.get("short_group", "reweigh")
    if short not in ("reweigh", "no_score"):
        raise InputError(Problem("This must be one of: %(names)s.", "rule.short_group", names="reweigh, no_score"))
    return ScoreRule(
        minimum=int(as_number(row.get("minimum", 5), 1, 1000, "rule.minimum")),
        trim=_read_trim(row.get("trim", {})),
        item_weights=_read_weights(row.get("item_weights"), item_codes),
        short_group=short,
        void_same_over=None if same is None else int(as_number(same, 1, 1000, "rule.void.same_over")),
        void_quota=as_flag(void.get("quota", False), "rule.void.quota"),
        rate_item=rate_item,
        decimals=int(as_number(row.get("decimals", 2), 0, 4, "rule.decimals")),
        grades=grades,
        gates=tuple(_read_gate(entry, len(grades)) for entry in as_list(row.get("gates", []), "rule.gates")),
        quotas=tuple(_read_quota(entry, len(grades)) for entry in as_list(row.get("quotas", []), "rule.quotas")),
        turnout_required=as_flag(row.get("turnout_required", False), "rule.turnout_required"),
        open_apart=as_flag(row.get("open_apart", False), "rule.open_apart"),
        parts=_read_parts(row.get("parts", "five_goods")),
        resamples=int(as_number(row.get("resamples", 2000), 200, 10_000, "rule.resamples")),
        seed=int(as_number(row.get("seed", DEFAULT_SEED), 0, 2**31, "rule.seed")),
    )


def _read_trim(data: object) -> Trim:
    row = as_table(data, "rule.trim")
    if not row:
        return Trim()
    if "drop_ends" in row:
        count = int(as_number(row["drop_ends"], 1, 100, "rule.trim.drop_ends"))
        above = int(as_number(row.get("above", max(5, 2 * count)), 2 * count, 10_000, "rule.trim.above"))
        return Trim("drop_ends", count, above)
    share = as_number(row.get("share"), 0, 0.49, "rule.trim.share")
    # As typed: 0.29 of 100 is 29, though 0.29 * 100 is 28.999… in binary.
    return Trim("share", share=Fraction(repr(share)))


def _read_weights(data: object, item_codes: tuple[str, ...]) -> Mapping[str, float] | None:
    if data is None:
        return None
    weights = {}
    for code, weight in as_table(data, "rule.item_weights").items():
        if code not in item_codes:
            raise InputError(Problem("There is no rating %(name)s.", "rule.item_weights", name=code))
        weights[code] = as_number(weight, 0, 1000, f"rule.item_weights.{code}")
    return weights


def _read_gate(data: object, grades: int) -> Gate:
    row = as_table(data, "rule.gates")
    kind: Literal["rate", "turnout"] = "rate" if "rate_under" in row else "turnout"
    under = as_number(row.get(f"{kind}_under"), 0, 100, f"rule.gates.{kind}_under")
    return Gate(kind, under, int(as_number(row.get("cap"), 0, grades - 1, "rule.gates.cap")))


def _read_quota(data: object, grades: int) -> GradeQuota:
    row = as_table(data, "rule.quotas")
    kind: Literal["at_most", "at_least"] = "at_most" if "at_most" in row else "at_least"
    grade = int(as_number(row.get("grade"), 0, grades - 1, "rule.quotas.grade"))
    return GradeQuota(kind, grade, as_number(row.get(kind), 0, 1, f"rule.quotas.{kind}"))


def _read_parts(data: object) -> tuple[Part, ...]:
    if data == "five_goods":
        data = FIVE_GOODS
    elif data == "by_source":
        data = BY_SOURCE
    parts = tuple(
        Part(
            read_text(row.get("name"), "rule.parts.name", limit=30),
            as_number(row.get("weight"), 0, 1000, "rule.parts.weight"),
            as_flag(row.get("survey", False), "rule.parts.survey"),
        )
        for row in (as_table(entry, "rule.parts") for entry in as_list(data, "rule.parts"))
    )
    if parts and (sum(part.survey for part in parts) != 1 or not sum(part.weight for part in parts)):
        raise InputError(Problem("Exactly one part is the survey, and the weights are not all zero.", "rule.parts"))
    return parts
