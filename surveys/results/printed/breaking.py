"""Where lines end: at spaces, between Chinese characters, never before a closing mark or behind an opening one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_OPEN = "（《〈「『【〔“‘"
_CLOSE = "，。、；：？！）》〉」』】〕”’…"
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_TOKEN = re.compile(
    rf"\n|[^\S\n]+|[{_OPEN}]*(?:[{_CHINESE}]|[^\s{_CHINESE}{_OPEN}{_CLOSE}]+)[{_CLOSE}]*|[{_OPEN}{_CLOSE}]+"
)


def break_lines(text: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """The lines that a text takes at a width; a word that is wider than a line is cut."""
    lines, line, used = [], "", 0.0
    for piece, size in _pieces(text, width, measure):
        if piece == "\n" or (line and used + size > width):
            lines.append(line.rstrip())
            line, used = "", 0.0
            if piece.isspace():
                continue
        line, used = line + piece, used + size
    return [*lines, line.rstrip()]


def _pieces(text: str, width: float, measure: Callable[[str], float]) -> Iterator[tuple[str, float]]:
    """What stays together on a line, with its width."""
    for piece in _TOKEN.findall(text):
        size = 0.0 if piece == "\n" else measure(piece)
        if size <= width:
            yield piece, size
        else:
            yield from ((sign, measure(sign)) for sign in piece)
