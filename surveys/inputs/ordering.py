"""The one order of codes, classes and names: numbers by value, Chinese numerals too, Chinese characters by pinyin."""

from __future__ import annotations

import re
from functools import lru_cache

from surveys.inputs.identifiers import fold

SortKey = tuple[tuple[int, int, str], ...]

_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_TENS = {"十": 10, "百": 100, "千": 1000}
_SURNAMES = {
    "曾": "zeng1", "单": "shan4", "仇": "qiu2", "解": "xie4", "查": "zha1", "区": "ou1", "盖": "ge3", "朴": "piao2", "乐": "yue4",
    "员": "yun4", "种": "chong2", "繁": "po2", "召": "shao4", "秘": "bi4", "华": "hua4", "任": "ren2", "尉迟": "yu4 chi2",
}  # fmt: skip
"""Surnames that are read otherwise than the same characters elsewhere."""

_PARTS = re.compile(rf"[0-9]+|[{''.join([*_DIGITS, *_TENS])}]+|[^0-9{''.join([*_DIGITS, *_TENS])}]+")


@lru_cache(maxsize=50_000)
def natural_key(text: str) -> SortKey:
    """Sorts 2班 before 10班, and 第二 before 第十一. The text itself comes last, so that no two different ones are equal."""
    return (*(_part(part) for part in _PARTS.findall(fold(text))), (-1, 0, text))


@lru_cache(maxsize=50_000)
def name_key(text: str) -> SortKey:
    """Sorts names of people by pinyin, with their tones; there 三 is a syllable and no number."""
    bare = fold(text)
    surname = next((name for name in _SURNAMES if bare.startswith(name)), "")
    syllables = [_SURNAMES[surname]] if surname else []
    return ((1, 0, " ".join([*syllables, _pinyin(bare.removeprefix(surname))])), (-1, 0, text))


def _part(part: str) -> tuple[int, int, str]:
    if part.isdecimal():
        return 0, int(part[:300]), ""
    if part[0] in _DIGITS or part[0] in _TENS:
        return 0, _numeral(part), ""
    return 1, 0, _pinyin(part)


def _numeral(part: str) -> int:
    """一百二十 is 120, 十 is 10, 二〇一一 is 2011."""
    if not set(part) & _TENS.keys():
        return int("".join(str(_DIGITS[sign]) for sign in part[:300]))
    total, digit = 0, None
    for sign in part:
        if sign in _TENS:
            total += (1 if digit is None else digit) * _TENS[sign]
            digit = None
        else:
            digit = _DIGITS[sign]
    return total + (digit or 0)


def _pinyin(text: str) -> str:
    if text.isascii():
        return text
    from pypinyin import Style, lazy_pinyin  # half a second, which not every command needs

    # A space between syllables: 西安 (xi an) is not 先 (xian). The tone stands behind its syllable.
    return " ".join(lazy_pinyin(text, style=Style.TONE3, neutral_tone_with_five=True))
