"""The few expressions of XLSForm that a questionnaire here can say: conditions on one answer, and bounds of numbers and texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

_QUOTES = str.maketrans("‘’“”´`", "''\"\"''")
_FIELD = r"\$\{\s*(?P<field>[^}\s]+)\s*\}"
_VALUE = r"(?:'(?P<a>[^']*)'|\"(?P<b>[^\"]*)\"|(?P<c>-?[0-9]+))"
_EQUAL = re.compile(rf"{_FIELD}\s*(?P<sign>!?=)\s*{_VALUE}")
_SELECTED = re.compile(rf"selected\(\s*{_FIELD}\s*,\s*{_VALUE}\s*\)")
_FIRST = re.compile(rf"selected-at\(\s*{_FIELD}\s*,\s*0\s*\)\s*=\s*{_VALUE}")
_DAY = re.compile(r"\.\s*(?P<sign><=|>=)\s*date\(\s*'(?P<day>[0-9-]{10})'\s*\)")
_NOT = re.compile(r"not\s*\((?P<inner>.*)\)")
_BOUND = re.compile(r"\.\s*(?P<sign><=|>=|<|>|=)\s*(?P<value>-?[0-9]{1,12}(?:\.[0-9]{0,12})?)")
_LENGTH = re.compile(r"string-length\(\s*\.\s*\)\s*(?P<sign><=|<)\s*(?P<value>[0-9]{1,9})")


MAX_EXPRESSION, _MAX_DEPTH = 5_000, 20


class UnknownExpressionError(ValueError):
    """An expression that cannot be said here."""


@dataclass(frozen=True)
class Source:
    """A field that conditions can look at: the names of its answers, whether several can be given or are put in order."""

    answers: list[str]
    several: bool
    ranked: bool = False


@dataclass(frozen=True)
class Asked:
    """The field that a condition looks at, and the answers after which the item is asked.

    `negated`: the form says after which it is not asked, and so asks after no answer, too.
    """

    field: str
    answers: frozenset[str]
    negated: bool = False


def condition(text: str, sources: Mapping[str, Source]) -> Asked:
    """A `relevant` expression over the fields before it. Raises UnknownExpressionError."""
    text = _stripped(_plain_text(text.translate(_QUOTES)))
    parts = [_one(part, sources) for part in re.split(" or ", text)]
    if len({part.field for part in parts}) != 1:
        raise UnknownExpressionError(text)
    negated = any(part.negated for part in parts)
    found = Asked(parts[0].field, frozenset().union(*(part.answers for part in parts)), negated)
    if not found.answers:
        raise UnknownExpressionError(text)
    return found


def _plain_text(text: str) -> str:
    """An expression with single spaces. Raises UnknownExpressionError: it is too long, or brackets too deep."""
    text = " ".join(text.split())
    depth = deepest = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    if len(text) > MAX_EXPRESSION or deepest > _MAX_DEPTH:
        raise UnknownExpressionError(text)
    return text


def _stripped(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and text.endswith(")") and _closes_at_end(text):
        text = text[1:-1].strip()
    return text


def _closes_at_end(text: str) -> bool:
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if depth == 0:
            return at == len(text) - 1
    return False


def _one(text: str, sources: Mapping[str, Source]) -> Asked:
    text = _stripped(text)
    negated = _NOT.fullmatch(text)
    if negated:
        inner = _one(negated["inner"], sources)
        if sources[inner.field].several:
            raise UnknownExpressionError(text)  # another answer may be given beside the one that must not be
        return Asked(inner.field, frozenset(sources[inner.field].answers) - inner.answers, True)
    equal, first = _EQUAL.fullmatch(text), _FIRST.fullmatch(text)
    found = equal or first or _SELECTED.fullmatch(text)
    if found is None or found["field"] not in sources:
        raise UnknownExpressionError(text)
    source = sources[found["field"]]
    if source.ranked is (first is None):
        raise UnknownExpressionError(text)  # of a ranking, what was put first counts here
    every = frozenset(source.answers)
    value = next((found[name] for name in "abc" if found[name] is not None), "")
    differs = equal is not None and equal["sign"] == "!="
    if not value:
        if not differs:
            raise UnknownExpressionError(text)
        return Asked(found["field"], every)  # != '': any answer
    if value not in every or (equal is not None and source.several):
        raise UnknownExpressionError(text)
    return Asked(found["field"], every - {value} if differs else frozenset({value}), differs)


Number = int | float


def bounds(text: str, decimals: int = 0) -> tuple[Number | None, Number | None]:
    """The lowest and the highest number with so many decimals that a `constraint` allows. Raises UnknownExpressionError."""
    low: Decimal | None = None
    high: Decimal | None = None
    step = Decimal(1).scaleb(-decimals)
    for part in re.split(" and ", _stripped(_plain_text(text))):
        found = _BOUND.fullmatch(_stripped(part))
        if found is None:
            raise UnknownExpressionError(text)
        value, sign = Decimal(found["value"]), found["sign"]
        if value % step:
            raise UnknownExpressionError(text)
        if sign in (">", ">=", "="):
            least = value + step if sign == ">" else value
            low = least if low is None else max(low, least)
        if sign in ("<", "<=", "="):
            most = value - step if sign == "<" else value
            high = most if high is None else min(high, most)
    return _plain(low), _plain(high)


def _plain(value: Decimal | None) -> Number | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def days(text: str) -> dict[str, str]:
    """The first and the last day that a `constraint` allows. Raises UnknownExpressionError."""
    found = {}
    for part in re.split(" and ", _stripped(_plain_text(text.translate(_QUOTES)))):
        bound = _DAY.fullmatch(_stripped(part))
        if bound is None:
            raise UnknownExpressionError(text)
        found["first" if bound["sign"] == ">=" else "last"] = bound["day"]
    return found


def length(text: str) -> int:
    """The longest text that a `constraint` allows. Raises UnknownExpressionError."""
    found = _LENGTH.fullmatch(_stripped(_plain_text(text)))
    if found is None:
        raise UnknownExpressionError(text)
    return int(found["value"]) - (found["sign"] == "<")
