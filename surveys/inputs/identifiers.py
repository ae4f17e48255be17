"""Identifiers that people type: numbers, codes, classes, headings, and names by which a thing is looked up.

An identifier is stored as it was typed, cleaned and in half width. Two of them are the same if they differ only in
case, width, invisible characters or white space.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from surveys.inputs.problems import Problem
from surveys.inputs.text import INVISIBLE, clean

T = TypeVar("T")

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}


def half_width(text: str) -> str:
    """Full-width letters, digits and signs, as Chinese input methods type them, in half width."""
    return text.translate(_HALF_WIDTH)


def identifier(value: object) -> str:
    """An identifier as it is stored."""
    return clean(INVISIBLE.sub("", half_width(clean(value))))


def fold(text: str) -> str:
    """What two identifiers have in common if they are the same."""
    if text.isascii() and text.isprintable():
        return "".join(text.split()).lower()
    before = ""
    while (
        text != before
    ):  # one step can make room for another: "¯" becomes a space and a mark that joins what is before it
        before = text
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", INVISIBLE.sub("", text)).casefold())
        text = re.sub(r"\s+", "", text)
    return text


def alike(new: Iterable[str], stored: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of a new identifier and a stored one that differ only by zeros in front: two writings of one, perhaps."""
    by_end: dict[str, list[str]] = {}
    exact = set()
    for one in stored:
        exact.add(fold(one))
        by_end.setdefault(fold(one).lstrip("0"), []).append(one)
    return [
        (one, other) for one in new if fold(one) not in exact for other in by_end.get(fold(one).lstrip("0"), [])
    ]  # fmt: skip


def differ_by_zeros(values: Iterable[str]) -> list[Problem]:
    """Remarks on identifiers of one file that differ only by zeros in front: a spreadsheet may have removed them from some."""
    first: dict[str, str] = {}
    pairs = [(first.setdefault(fold(one).lstrip("0"), one), one) for one in values]
    return [
        Problem("%(one)s and %(other)s differ only by zeros in front: are they two?", one=one, other=other)
        for one, other in pairs if fold(one) != fold(other)
    ]  # fmt: skip


class Lookup(Generic[T]):
    """Things by their codes and names. A name that two things have leads to neither."""

    def __init__(self) -> None:
        self.things: set[T] = set()
        self._found: dict[str, dict[T, str]] = {}

    def add(self, thing: T, label: str, words: Iterable[str]) -> None:
        """Let `words` lead to a thing. `label` tells it from others of the same name, such as its code."""
        self.things.add(thing)
        for word in words:
            if fold(word):
                self._found.setdefault(fold(word), {})[thing] = label

    def find(self, word: str) -> T | None:
        """The only thing of this name, or None."""
        found = self._found.get(fold(word), {})
        return next(iter(found)) if len(found) == 1 else None

    def problem(self, word: str, unknown: str, **values: Any) -> Problem | None:
        """Why a word leads to nothing: `unknown` is the message where nothing has this name. None if it does lead."""
        found = self._found.get(fold(word), {})
        if len(found) == 1:
            return None
        if not found:
            return Problem(unknown, **values)
        return Problem("“%(name)s” may be %(names)s. Give the code.", name=word[:50], names=", ".join(found.values()))
