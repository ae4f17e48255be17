"""Which tables and columns exports have: names, types and units. Fixed names; a change of one is a change of the API.

Kinds of columns: "text", "integer", "number" (decimals as the workbook prints them, rounded half up), "boolean".
Units: "points" of a score, "percent" (0 to 100), "ratings", "ballots", "people"; empty where there is none.
A figure that is not there is empty, and a `missing` column says why (see MISSING). A name that ends in ".*" stands for
as many columns as the survey has groups (`score.students`) or levels (`count.1`, the best one first).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from surveys.inputs.translations import message_id
from surveys.results.withholding import Missing

Kind = Literal["text", "integer", "number", "boolean"]

NO_SCORE, NO_RATINGS = "no score", "no ratings"
MISSING = (*(reason.value for reason in Missing), NO_SCORE, NO_RATINGS)
"""Why a figure is not there: a group or an item has too few ratings ("few") or does not count, nobody was asked or sent a
ballot, the rule gives no score where a group falls short, or all who were asked said that they do not know."""


@dataclass(frozen=True)
class Column:
    """A column; `meaning` is a message id. `required`: it is never empty."""

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    required: bool = False
    about: str = ""
    """What one column of several is of: the name of a group, or a level with its points."""

    @property
    def repeats(self) -> bool:
        """Whether it stands for several columns."""
        return self.name.endswith(".*")

    def of(self, key: str, about: str) -> Column:
        """One of the columns that it stands for."""
        return replace(self, name=f"{self.name[:-1]}{key}", about=about)


@dataclass(frozen=True)
class TableSpec:
    """A table; `meaning` is a message id."""

    name: str
    meaning: str
    columns: tuple[Column, ...]


_UNIT = (
    Column("unit_code", "text", message_id("Code of the unit."), required=True),
    Column("unit", "text", message_id("Name of the unit."), required=True),
)
_GROUP = (
    Column("group_code", "text", message_id("Code of the group; empty: all groups that count, together.")),
    Column("group", "text", message_id("Name of the group."), required=True),
)
_ITEM = (
    Column("item_code", "text", message_id("Code of the item."), required=True),
    Column("item", "text", message_id("Text of the item."), required=True),
)
_LOW = message_id("Lower end of the interval of 95 percent.")
_HIGH = message_id("Upper end of the interval of 95 percent.")
_N = Column("n", "integer", message_id("Number of ratings."), "ratings")
_MISSING = Column("missing", "text", message_id("Why figures are not there; empty where they are."))

SUMMARY = TableSpec(
    "summary",
    message_id("The ranked table: a row for each unit."),
    (
        Column("rank", "integer", message_id("Rank by score; equal scores share a rank.")),
        Column("rank_low", "integer", _LOW),
        Column("rank_high", "integer", _HIGH),
        Column("differs_from_next", "boolean", message_id("Whether the score can be told apart from the next in rank.")),
        *_UNIT,
        Column("parent", "text", message_id("Name of the unit above it.")),
        Column("score.*", "number", message_id("Score by one group."), "points"),
        Column("missing.*", "text", message_id("Why the group has no score.")),
        Column("score", "number", message_id("Score by all groups that count, by their weights."), "points"),
        Column("score_low", "number", _LOW, "points"),
        Column("score_high", "number", _HIGH, "points"),
        Column("shrunk_score", "number", message_id("Score drawn towards the mean of all units, for information, where the numbers of raters differ much."), "points"),
        Column("rate", "number", message_id("Satisfaction rate."), "percent"),
        Column("rate_low", "number", _LOW, "percent"),
        Column("rate_high", "number", _HIGH, "percent"),
        _N,
        Column("grade_by_points", "text", message_id("Grade by the score alone.")),
        Column("grade", "text", message_id("Grade after the gates of the rule.")),
        _MISSING,
        Column("note", "text", message_id("What to know about the score.")),
    ),
)  # fmt: skip

RANKING = TableSpec(
    "ranking",
    message_id("The ranked table as a public bulletin shows it: a row for each unit."),
    tuple(
        column
        for column in SUMMARY.columns
        if column.name
        in ("rank", "unit_code", "unit", "parent", "score", "score_low", "score_high", "rate", "n", "grade", "missing")
    ),
)

GROUPS = TableSpec(
    "groups",
    message_id("Scores by group: a row for each unit and group."),
    (
        *_UNIT,
        *_GROUP,
        Column("apart", "boolean", message_id("Whether the group is reported apart and counts in no score."), required=True),
        Column("weight", "number", message_id("Weight of the group."), required=True),
        Column("score", "number", message_id("Score by one group."), "points"),
        Column("score_low", "number", _LOW, "points"),
        Column("score_high", "number", _HIGH, "points"),
        _N,
        Column("difference", "number", message_id("Score less that of the first group."), "points"),
        Column("difference_low", "number", _LOW, "points"),
        Column("difference_high", "number", _HIGH, "points"),
        _MISSING,
    ),
)  # fmt: skip

ITEMS = TableSpec(
    "items",
    message_id("Scores of items: a row for each unit, group and item, and one for all groups by their weights."),
    (*_UNIT, *_GROUP, *_ITEM, Column("score", "number", message_id("Mean of the ratings in points."), "points"), _MISSING),
)  # fmt: skip

DISTRIBUTION = TableSpec(
    "distribution",
    message_id(
        "How often each level was chosen: a row for each unit, group and item, and one for all groups added up."
    ),
    (
        *_UNIT,
        *_GROUP,
        *_ITEM,
        Column("count.*", "integer", message_id("Ratings of this level."), "ratings"),
        Column("dont_know", "integer", message_id("Answers “don't know”."), "ratings"),
        Column("blank", "integer", message_id("Left blank."), "ratings"),
        _N,
        Column("satisfied", "integer", message_id("Ratings that count as satisfied."), "ratings"),
        Column("mean", "number", message_id("Mean of the ratings in points."), "points"),
        Column("left_out", "text", message_id("Codes of the groups that are not in the counts of all groups.")),
        _MISSING,
    ),
)

TURNOUT = TableSpec(
    "turnout",
    message_id("Turnout: a row for each group."),
    (
        Column("group_code", "text", message_id("Code of the group."), required=True),
        Column("group", "text", message_id("Name of the group."), required=True),
        Column("admissions", "integer", message_id("Codes issued, or persons on the roster."), "people", required=True),
        Column("base", "integer", message_id("What the turnout is a share of; empty: not known."), "people"),
        Column("ballots", "integer", message_id("Ballots."), "ballots", required=True),
        Column("paper", "integer", message_id("Ballots on paper, among them."), "ballots", required=True),
        Column("turnout", "number", message_id("Ballots as a share of the base."), "percent"),
        Column("required", "number", message_id("Turnout that the survey requires of the group."), "percent"),
        Column("void", "integer", message_id("Void ballots, among them."), "ballots"),
        _MISSING,
    ),
)

UNIT_TURNOUT = TableSpec(
    "unit_turnout",
    message_id("Turnout of the people of each unit, where admissions are tied to units."),
    (
        *_UNIT,
        *_GROUP,
        Column("admissions", "integer", message_id("Codes issued, or persons on the roster."), "people", required=True),
        Column("used", "integer", message_id("Codes used."), "people", required=True),
        Column("paper", "integer", message_id("Ballots on paper beside them."), "ballots", required=True),
        Column("turnout", "number", message_id("Share of these people who sent a ballot."), "percent"),
    ),
)

PATTERNS = TableSpec(
    "patterns",
    message_id("How carefully ballots were filled in: a row for each group and pattern."),
    (
        Column("group_code", "text", message_id("Code of the group."), required=True),
        Column("group", "text", message_id("Name of the group."), required=True),
        Column("pattern", "text", message_id("straight: one answer throughout; alike: identical to another ballot; fast: sent very fast; dont_know: “don't know” among the answers."), required=True),
        Column("share", "number", message_id("Share of the ballots, or of the answers."), "percent"),
        Column("more_than", "number", message_id("Almost all are meant, and only that may be said: more than this share."), "percent"),
        _MISSING,
    ),
)  # fmt: skip

ANSWERS = TableSpec(
    "answers",
    message_id("Other questions: a row for each answer."),
    (
        Column("unit_code", "text", message_id("Code of the unit; empty: asked once.")),
        Column("unit", "text", message_id("Name of the unit.")),
        *_ITEM,
        Column("asked_of", "text", message_id("Codes of the groups that are asked; empty: all.")),
        Column("apart", "boolean", message_id("Whether these are the groups that are reported apart."), required=True),
        Column("answer", "text", message_id("The answer, or what the mean is of.")),
        Column("count", "integer", message_id("How many gave this answer."), "people"),
        Column("n", "integer", message_id("How many answered the question."), "people"),
        Column("share", "number", message_id("Share of those who answered."), "percent"),
        Column("mean", "number", message_id("Mean of the numbers.")),
        _MISSING,
    ),
)

SPECS = {
    spec.name: spec for spec in (SUMMARY, RANKING, GROUPS, ITEMS, DISTRIBUTION, TURNOUT, UNIT_TURNOUT, PATTERNS, ANSWERS)
}  # fmt: skip
