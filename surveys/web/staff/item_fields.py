"""What the definition of an item can say, and how the editor asks for it: one table for all kinds.

Which of these a kind of item has, the kind itself says (`names` in questionnaires/items/). The templates in
templates/staff/questionnaires/fields/ are named after the widgets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from surveys.questionnaires.items import KINDS
from surveys.questionnaires.items.base import COMMON_NAMES


@dataclass(frozen=True)
class Field:
    """One name of a definition. `rare`: it is asked for under "More"."""

    name: str
    widget: str
    label: Any
    hint: Any = ""
    rare: bool = False
    limit: int = 0
    low: int | None = None
    high: int | None = None


FIELDS = (
    Field("text", "texts", _l("Question"), limit=500),
    Field("hint", "texts", _l("Explanation below the question"), rare=True, limit=300),
    Field("options", "options", _l("Answers"), _l("Enter adds the next one; several pasted lines make several answers.")),
    Field("other", "flag", _l("“Other”, with a text of one's own")),
    Field("scale", "scale", _l("Scale")),
    Field("low", "number", _l("Lowest number"), low=0, high=10**9),
    Field("high", "number", _l("Highest number"), low=0, high=10**9),
    Field("decimals", "number", _l("Digits behind the point"), low=0, high=4),
    Field("first", "day", _l("First day")),
    Field("last", "day", _l("Last day")),
    Field("limit", "number", _l("At most so many characters"), low=1, high=5000),
    Field("required", "flag", _l("Must be answered")),
    Field("when", "condition", _l("Shown only after certain answers")),
    Field("criterion", "texts", _l("Criterion"), _l("Stands in bold before the question, and in results."), rare=True, limit=50),
    Field("weight", "number", _l("Weight in the score"), rare=True, low=0, high=1000),
    Field("groups", "codes", _l("Only for these groups"), _l("Names of groups of the survey, with commas; empty: everybody."), rare=True),
    Field("code", "code", _l("Code"), _l("Stands in files and results; best left as it is once ballots were cast.")),
)  # fmt: skip

LABELS = {field.name: field.label for field in FIELDS} | {
    "title": _l("Title"),
    "introduction": _l("Introduction"),
    "quotas": _l("Quotas"),
    "scales": _l("Scale"),
}


def fields_shown() -> list[Field]:
    """The fields of this version, in the order in which they are asked for."""
    known = {name for names in names_by_kind().values() for name in names}
    return [field for field in FIELDS if field.name in known]


def names_by_kind() -> dict[str, list[str]]:
    """What the definition of each kind of item can say."""
    return {kind: [name for name in (*COMMON_NAMES, *item.names) if name != "type"] for kind, item in KINDS.items()}
