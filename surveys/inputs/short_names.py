"""Short names, as offices write them: 机电一支部 for 机电系第一党支部. Only what can mean one thing leads to it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

from surveys.inputs.identifiers import fold

T = TypeVar("T")

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0}
_NUMBER = re.compile(r"第?([0-9]+|[零〇一二三四五六七八九十百]+)")
_AROUND = re.compile(r"^中共|委员会$")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


class ShortNames(Generic[T]):
    """Things by what their names can be shortened to."""

    def __init__(self, names: Mapping[T, Iterable[str]]) -> None:
        self._parts = [(thing, _parts(name)) for thing, each in names.items() for name in each if name]

    def meant_by(self, word: str) -> T | None:
        """The only thing that a short name can mean; None where there is none, or more than one.

        A short name begins as the name does and leaves some of its characters out, but none of its numbers: 第二支部 is
        short for no 第十二支部. Only Chinese names are shortened so.
        """
        if len(_CHINESE.findall(word)) < 2:
            return None
        parts = _parts(word)
        found = {thing for thing, name in self._parts if _is_short(parts, name)}
        return found.pop() if len(found) == 1 else None


def _parts(text: str) -> list[str | int]:
    """Characters, with each number as one."""
    text = _AROUND.sub("", fold(text))
    parts: list[str | int] = []
    at = 0
    for found in _NUMBER.finditer(text):
        parts += [*text[at : found.start()], _value(found[1])]
        at = found.end()
    return [*parts, *text[at:]]


def _value(digits: str) -> int:
    if digits.isascii():
        return int(digits[:9])
    total, last = 0, 0
    for digit in digits:
        if digit in "十百":
            total += (last or 1) * (10 if digit == "十" else 100)
            last = 0
        else:
            last = 10 * last + _DIGITS[digit]
    return total + last


def _is_short(short: list[str | int], name: list[str | int]) -> bool:
    if not short or not name or short[0] != name[0]:
        return False
    if [part for part in short if isinstance(part, int)] != [part for part in name if isinstance(part, int)]:
        return False
    rest = iter(name)
    return all(part in rest for part in short)
