"""What a questionnaire is: sections of items, scales with levels. Reading it from plain data, with every check."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from surveys.reading import as_code, as_flag, as_list, as_number, as_table, read_text
from surveys.text import InputError, Problem, Text

ItemType = Literal["rating", "choice", "multi", "number", "text", "note"]
ITEM_TYPES = ("rating", "choice", "multi", "number", "text", "note")

# A rating in a packed ballot is one byte: 1 to n is the position of the level, and these.
NOT_ASKED = 0
DONT_KNOW = 254
BLANK = 255

MAX_LEVELS = 11
MAX_OPTIONS = 250
MAX_MULTI = 15
MAX_ITEMS = 200


@dataclass(frozen=True)
class Level:
    """One answer of a scale. `points` are 0 to 100; `satisfied` levels count for the satisfaction rate."""

    code: str
    text: Text
    points: float
    satisfied: bool


@dataclass(frozen=True)
class Scale:
    """The ordered answers of a rating, or whole numbers from `low` to `high` that are their own points.

    `dont_know` is the words of the answer outside the order, or None where it is not offered;
    `dont_know_at` is the number that means it on a direct scale (the custom "50 means don't know").
    """

    key: str
    levels: tuple[Level, ...]
    dont_know: Text | None
    low: int = 0
    high: int = 0
    dont_know_at: int | None = None
    satisfied_from: int | None = None

    @property
    def direct(self) -> bool:
        """Whether people type numbers."""
        return not self.levels

    @property
    def points(self) -> tuple[float, ...]:
        """Points by position: entry 0 belongs to the first level, or to the number `low`."""
        if self.direct:
            return tuple(float(value) for value in range(self.low, self.high + 1))
        return tuple(level.points for level in self.levels)

    @property
    def satisfied(self) -> tuple[bool, ...]:
        """By position, whether it counts as satisfied."""
        if self.direct:
            limit = self.satisfied_from if self.satisfied_from is not None else self.high + 1
            return tuple(value >= limit for value in range(self.low, self.high + 1))
        return tuple(level.satisfied for level in self.levels)

    @cached_property
    def field_values(self) -> dict[str, int]:
        """The byte for each value of a rating's form field: positions, or numbers; "0" or "dk" for don't know."""
        if self.direct:
            values = {str(value): value - self.low + 1 for value in range(self.low, self.high + 1)}
            if self.dont_know_at is not None:
                values[str(self.dont_know_at)] = DONT_KNOW
        else:
            values = {str(position): position for position in range(1, len(self.levels) + 1)}
        if self.dont_know is not None:
            values.setdefault("0", DONT_KNOW)
            values["dk"] = DONT_KNOW
        return values

    @cached_property
    def given_codes(self) -> tuple[frozenset[str], ...]:
        """By position, the level's code as a set, to compare with conditions."""
        return tuple(frozenset((level.code,)) for level in self.levels)

    def words(self, language: str) -> list[str]:
        """The levels in words, by position."""
        if self.direct:
            return [str(value) for value in range(self.low, self.high + 1)]
        return [level.text.get(language) or level.text["zh"] for level in self.levels]


@dataclass(frozen=True)
class Option:
    """One answer of a choice."""

    code: str
    text: Text


@dataclass(frozen=True)
class Condition:
    """Shows an item only when `item` ("*": any rating of the section) was answered by one of `answers` (codes)."""

    item: str
    answers: frozenset[str]


@dataclass(frozen=True)
class Item:
    """One question. `units_as_options`: a choice among the units of the survey."""

    code: str
    type: ItemType
    text: Text
    criterion: Text | None = None
    required: bool = False
    weight: float = 1.0
    scale: Scale | None = None
    options: tuple[Option, ...] = ()
    units_as_options: bool = False
    limit: int = 500
    low: int = 0
    high: int = 1_000_000
    when: Condition | None = None


@dataclass(frozen=True)
class Section:
    """Items asked together: once, or (`each_unit`) for every unit that the respondent rates."""

    each_unit: bool
    items: tuple[Item, ...]
    title: Text | None = None


@dataclass(frozen=True)
class Quota:
    """How often a level may or must be given on one ballot, over the units rated on it.

    `at_most_share` is of the units on the ballot (0.3: 30 %, rounded down); `at_most`, `at_least` are counts.
    """

    item: str
    levels: tuple[str, ...]
    at_most_share: float | None = None
    at_most: int | None = None
    at_least: int | None = None

    def bounds(self, units: int) -> tuple[int, int]:
        """The fewest and the most times the levels may be given on a ballot with so many units."""
        most = units if self.at_most is None else self.at_most
        if self.at_most_share is not None:
            most = min(most, int(units * self.at_most_share + 1e-9))
        return min(self.at_least or 0, units), most


@dataclass(frozen=True)
class Questionnaire:
    """Sections of items with a title and an introduction."""

    key: str
    title: Text
    introduction: Text | None
    sections: tuple[Section, ...]
    quotas: tuple[Quota, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All items in order."""
        return tuple(item for section in self.sections for item in section.items)

    @property
    def rated(self) -> tuple[Item, ...]:
        """The ratings asked of each unit: what scores are made of."""
        return tuple(i for s in self.sections if s.each_unit for i in s.items if i.type == "rating")


SCALES: dict[str, dict[str, Any]] = {
    "satisfaction4": {
        "levels": [
            {"code": "satisfied", "text": {"zh": "满意", "en": "Satisfied"}, "points": 100, "satisfied": True},
            {"code": "fairly", "text": {"zh": "比较满意", "en": "Fairly satisfied"}, "points": 80, "satisfied": True},
            {"code": "just", "text": {"zh": "基本满意", "en": "Just satisfied"}, "points": 60},
            {"code": "not", "text": {"zh": "不满意", "en": "Not satisfied"}, "points": 0},
        ],
        "dont_know": {"zh": "不了解", "en": "Don't know"},
    },
    "quality4": {
        "levels": [
            {"code": "excellent", "text": {"zh": "优秀", "en": "Excellent"}, "points": 100, "satisfied": True},
            {"code": "good", "text": {"zh": "良好", "en": "Good"}, "points": 85, "satisfied": True},
            {"code": "fair", "text": {"zh": "一般", "en": "Fair"}, "points": 70},
            {"code": "poor", "text": {"zh": "较差", "en": "Poor"}, "points": 50},
        ],
        "dont_know": {"zh": "不了解", "en": "Don't know"},
    },
    "likert5": {
        "levels": [
            {"code": "5", "text": {"zh": "非常同意", "en": "Strongly agree"}, "points": 100, "satisfied": True},
            {"code": "4", "text": {"zh": "同意", "en": "Agree"}, "points": 75, "satisfied": True},
            {"code": "3", "text": {"zh": "一般", "en": "Neutral"}, "points": 50},
            {"code": "2", "text": {"zh": "不同意", "en": "Disagree"}, "points": 25},
            {"code": "1", "text": {"zh": "非常不同意", "en": "Strongly disagree"}, "points": 0},
        ],
        "dont_know": {"zh": "不了解", "en": "Don't know"},
    },
}
"""Scales ready to use; a questionnaire may define its own, or change the points of these."""


def read_questionnaire(data: object) -> Questionnaire:
    """Read a questionnaire from plain data (as from JSON or TOML). Raises InputError with the place of each fault."""
    top = as_table(data, "questionnaire")
    key = as_code(top.get("key"), "key")
    scales = {name: _scale(name, value, f"scales.{name}") for name, value in SCALES.items()}
    for name, value in as_table(top.get("scales", {}), "scales").items():
        scales[name] = _scale(as_code(name, "scales"), value, f"scales.{name}")
    sections = []
    codes: set[str] = set()
    for number, entry in enumerate(as_list(top.get("sections"), "sections"), 1):
        sections.append(_section(as_table(entry, f"sections[{number}]"), scales, codes, f"sections[{number}]"))
    if not codes:
        raise InputError(Problem("A questionnaire needs at least one item.", "sections"))
    if len(codes) > MAX_ITEMS:
        raise InputError(Problem("There are more than %(limit)s items.", "sections", limit=MAX_ITEMS))
    questionnaire = Questionnaire(
        key=key,
        title=read_text(top.get("title"), "title", limit=100),
        introduction=read_text(top["introduction"], "introduction") if top.get("introduction") else None,
        sections=tuple(sections),
        quotas=tuple(_quota(as_table(q, "quotas"), sections) for q in as_list(top.get("quotas", []), "quotas")),
    )
    scored = {(item.scale.points, item.scale.key) for item in questionnaire.rated if item.scale}
    if len(scored) > 1:
        raise InputError(
            Problem("All ratings of the units must use one scale, so that scores mean one thing.", "sections")
        )
    return questionnaire


def _section(data: Mapping[str, Any], scales: Mapping[str, Scale], codes: set[str], where: str) -> Section:
    items: list[Item] = []
    for number, entry in enumerate(as_list(data.get("items"), f"{where}.items"), 1):
        place = f"{where}.items[{number}]"
        item = _item(as_table(entry, place), scales, place)
        if item.code in codes:
            raise InputError(Problem("The code %(code)s is used twice.", place, code=item.code))
        if item.when is not None:
            _check_condition(item.when, items, place)
        codes.add(item.code)
        items.append(item)
    per = data.get("per", "survey")
    if per not in ("unit", "survey"):
        raise InputError(Problem("This must be one of: %(names)s.", f"{where}.per", names="unit, survey"))
    title = read_text(data["title"], f"{where}.title", limit=100) if data.get("title") else None
    return Section(per == "unit", tuple(items), title)


def _item(data: Mapping[str, Any], scales: Mapping[str, Scale], where: str) -> Item:
    kind = data.get("type")
    if kind not in ITEM_TYPES:
        raise InputError(Problem("This must be one of: %(names)s.", f"{where}.type", names=", ".join(ITEM_TYPES)))
    scale = None
    if kind == "rating":
        named = data.get("scale")
        if isinstance(named, Mapping):
            scale = _scale("own", named, f"{where}.scale")
        elif named in scales:
            scale = scales[str(named)]
        else:
            raise InputError(Problem("There is no scale %(name)s.", f"{where}.scale", name=str(named)))
    options: tuple[Option, ...] = ()
    from_units = data.get("options") == "units"
    if kind in ("choice", "multi") and not (from_units and kind == "choice"):
        options = _options(data.get("options"), MAX_MULTI if kind == "multi" else MAX_OPTIONS, f"{where}.options")
    when = None
    if data.get("when") is not None:
        rule = as_table(data["when"], f"{where}.when")
        answers = frozenset(str(a) for a in as_list(rule.get("in"), f"{where}.when.in"))
        when = Condition(str(rule.get("item", "*")), answers)
    item = Item(
        code=as_code(data.get("code"), f"{where}.code"),
        type=kind,
        text=read_text(data.get("text"), f"{where}.text", limit=500),
        criterion=read_text(data["criterion"], f"{where}.criterion", limit=50) if data.get("criterion") else None,
        required=as_flag(data.get("required", kind == "rating"), f"{where}.required"),
        weight=as_number(data.get("weight", 1), 0, 1000, f"{where}.weight"),
        scale=scale,
        options=options,
        units_as_options=from_units,
        limit=int(as_number(data.get("limit", 500), 1, 5000, f"{where}.limit")),
        low=int(as_number(data.get("low", 0), 0, 10**9, f"{where}.low")),
        high=int(as_number(data.get("high", 10**6), 0, 10**9, f"{where}.high")),
        when=when,
    )
    if item.low > item.high:
        raise InputError(Problem("The lowest number is above the highest.", where))
    return item


def _check_condition(condition: Condition, before: list[Item], where: str) -> None:
    known: set[str] = set()
    for item in before:
        if condition.item in ("*", item.code):
            known |= {level.code for level in item.scale.levels} if item.scale else set()
            known |= {option.code for option in item.options}
    if not known:
        raise InputError(Problem("A condition must name an item before it with levels or options.", f"{where}.when"))
    for answer in condition.answers:
        if answer not in known:
            raise InputError(Problem("There is no answer %(name)s.", f"{where}.when.in", name=answer))


def _options(data: object, limit: int, where: str) -> tuple[Option, ...]:
    options = []
    for number, entry in enumerate(as_list(data, where), 1):
        place = f"{where}[{number}]"
        row = as_table(entry, place)
        options.append(Option(as_code(row.get("code"), f"{place}.code"), read_text(row.get("text"), place, limit=100)))
    if not 1 <= len(options) <= limit or len({o.code for o in options}) != len(options):
        raise InputError(Problem("There must be 1 to %(limit)s options with different codes.", where, limit=limit))
    return tuple(options)


def _scale(name: str, data: object, where: str) -> Scale:
    row = as_table(data, where)
    dont_know = read_text(row["dont_know"], f"{where}.dont_know", limit=20) if row.get("dont_know") else None
    if "direct" in row:
        bounds = as_table(row["direct"], f"{where}.direct")
        low = int(as_number(bounds.get("low"), 0, 100, f"{where}.direct.low"))
        high = int(as_number(bounds.get("high"), 0, 100, f"{where}.direct.high"))
        if low >= high:
            raise InputError(Problem("The lowest number must be below the highest.", f"{where}.direct"))
        at = row.get("dont_know_at")
        satisfied = row.get("satisfied_from")
        return Scale(
            name, (), dont_know, low, high,
            None if at is None else int(as_number(at, low, high, f"{where}.dont_know_at")),
            None if satisfied is None else int(as_number(satisfied, low, high, f"{where}.satisfied_from")),
        )  # fmt: skip
    levels = []
    for number, entry in enumerate(as_list(row.get("levels"), f"{where}.levels"), 1):
        place = f"{where}.levels[{number}]"
        level = as_table(entry, place)
        levels.append(
            Level(
                as_code(level.get("code"), f"{place}.code"),
                read_text(level.get("text"), place, limit=20),
                as_number(level.get("points"), 0, 100, f"{place}.points"),
                as_flag(level.get("satisfied", False), f"{place}.satisfied"),
            )
        )
    if not 2 <= len(levels) <= MAX_LEVELS or len({level.code for level in levels}) != len(levels):
        raise InputError(Problem("A scale has 2 to %(limit)s levels with different codes.", where, limit=MAX_LEVELS))
    return Scale(name, tuple(levels), dont_know)


def _quota(data: Mapping[str, Any], sections: list[Section]) -> Quota:
    items = {i.code: i for s in sections if s.each_unit for i in s.items if i.type == "rating"}
    item = items.get(str(data.get("item")))
    if item is None or item.scale is None:
        raise InputError(Problem("A quota names a rating of the units.", "quotas.item"))
    levels = tuple(str(name) for name in as_list(data.get("levels"), "quotas.levels"))
    if not levels or not set(levels) <= {level.code for level in item.scale.levels}:
        raise InputError(Problem("A quota names levels of its item's scale.", "quotas.levels"))
    share, most, least = data.get("at_most_share"), data.get("at_most"), data.get("at_least")
    return Quota(
        item.code,
        levels,
        None if share is None else as_number(share, 0, 1, "quotas.at_most_share"),
        None if most is None else int(as_number(most, 0, 1000, "quotas.at_most")),
        None if least is None else int(as_number(least, 0, 1000, "quotas.at_least")),
    )
