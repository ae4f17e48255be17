"""The font of what is printed and drawn, and what it has no characters for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

FONT = Path(__file__).resolve().parents[2] / "static" / "vendor" / "noto-sans-sc-0.4.3" / "NotoSansSC_400Regular.ttf"
INSTEAD = "〓"
"""Stands for a character that the font has not, as in Chinese printing."""
_UNSEEN = ("C", "M", "Z")
"""Categories of Unicode: what leaves no gap where it is missing."""


@cache
def _characters() -> frozenset[int]:
    from fontTools.ttLib import TTFont  # a third of a second, which few pages need

    with TTFont(FONT, lazy=True) as font:
        return frozenset(font.getBestCmap())


def missing_characters(texts: Iterable[str]) -> list[str]:
    """The characters of these texts that cannot be printed, each once, in their order."""
    known = _characters()
    return list(
        dict.fromkeys(sign for text in texts for sign in text if ord(sign) not in known and not _is_unseen(sign))
    )


def printable(text: str) -> str:
    """The text with a mark in place of each character that cannot be printed."""
    if text.isascii():
        return text
    known = _characters()
    return "".join(sign if ord(sign) in known or _is_unseen(sign) else INSTEAD for sign in text)


def _is_unseen(sign: str) -> bool:
    return unicodedata.category(sign)[0] in _UNSEEN
