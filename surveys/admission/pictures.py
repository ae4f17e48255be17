"""Pictures (PNG) for group chats: that one took part, and how many have. They hold no names, codes or receipts."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from PIL import Image, ImageDraw, ImageFont

from surveys.admission.font import FONT, printable

_PAPER, _INK, _SOFT, _LINE, _GOOD, _ACCENT = "#ffffff", "#211d1a", "#5f5852", "#d9d3cc", "#1d6b43", "#9a2a22"
_WIDTH, _MARGIN, _ROW = 1080, 80, 76
MOST_ROWS = 100


@dataclass(frozen=True)
class TurnoutRow:
    """One bar: how many of so many people; `people` None where nobody knows. A row without both is a heading."""

    name: str
    answered: int | None = None
    people: int | None = None


@lru_cache(maxsize=200)
def completion_picture(lines: tuple[str, ...], word: str, organisation: str) -> bytes:
    """A square that says `word` (that one took part) below lines such as title and class; the same for the same words."""
    image, draw = _canvas(_WIDTH)
    draw.rounded_rectangle((30, 30, _WIDTH - 30, _WIDTH - 30), 36, outline=_GOOD, width=8)
    draw.ellipse((_WIDTH / 2 - 90, 130, _WIDTH / 2 + 90, 310), outline=_GOOD, width=12)
    draw.line(
        [(_WIDTH / 2 - 42, 222), (_WIDTH / 2 - 10, 256), (_WIDTH / 2 + 46, 186)], fill=_GOOD, width=14, joint="curve"
    )
    at = 380.0
    for number, line in enumerate(line for line in lines if line):
        at = _centred(draw, line, 56 if number == 0 else 48, at, 3)
    _centred(draw, word, 76, max(at + 30, 700), 2, fill=_GOOD)
    _centred(draw, organisation, 34, 950, 1, fill=_SOFT)
    return _png(image)


def turnout_picture(title: str, below: str, rows: Sequence[TurnoutRow]) -> bytes:
    """Bars, one below the other; of more than 100 rows the first ones."""
    shown = rows[:MOST_ROWS]
    image, draw = _canvas(260 + _ROW * len(shown) + _MARGIN)
    at = _left(draw, title, 52, 70)
    at = _left(draw, below, 32, at + 8, _SOFT) + 36
    for row in shown:
        if row.answered is None:
            _write(draw, row.name, 36, _MARGIN, at + 26, 920, _INK)
        else:
            _bar(draw, row, at)
        at += _ROW
    return _png(image.crop((0, 0, _WIDTH, int(at) + _MARGIN // 2)))


def _bar(draw: ImageDraw.ImageDraw, row: TurnoutRow, at: float) -> None:
    known = row.people and row.answered is not None
    share = min(1.0, (row.answered or 0) / row.people) if row.people and known else 0.0
    figures = f"{row.answered} / {row.people}   {share:.0%}" if known else str(row.answered)
    taken = draw.textlength(figures, font=_font(32))
    draw.text((_WIDTH - _MARGIN - taken, at), figures, font=_font(32), fill=_INK)
    _write(draw, row.name, 32, _MARGIN, at, _WIDTH - 2 * _MARGIN - taken - 30, _INK)
    if known:
        draw.rounded_rectangle((_MARGIN, at + 46, _WIDTH - _MARGIN, at + 58), 6, fill=_LINE)
        if share:
            right = _MARGIN + max(12, share * (_WIDTH - 2 * _MARGIN))
            draw.rounded_rectangle((_MARGIN, at + 46, right, at + 58), 6, fill=_ACCENT)


def _canvas(height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("RGB", (_WIDTH, height), _PAPER)
    return image, ImageDraw.Draw(image)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.quantize(64).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def _wrapped(text: str, size: int, width: float, most: int) -> list[str]:
    """The lines of a text: broken between words, and between any two Chinese characters; at the end "…"."""
    lines, line = [], ""
    for part in _parts(printable(text)):
        if line and _font(size).getlength(line + part.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += part
    lines.append(line.rstrip())
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _parts(text: str) -> list[str]:
    parts = [""]
    for sign in text:
        if sign > "\u2e7f" or (parts[-1] and (parts[-1][-1] > "\u2e7f" or parts[-1][-1] == " ")):
            parts.append("")
        parts[-1] += sign
    return [piece for part in parts for piece in (part[at : at + 30] for at in range(0, len(part), 30))]


def _centred(draw: ImageDraw.ImageDraw, text: str, size: int, at: float, most: int, fill: str = _INK) -> float:
    for line in _wrapped(text, size, _WIDTH - 2 * _MARGIN, most) if text else []:
        draw.text(((_WIDTH - draw.textlength(line, font=_font(size))) / 2, at), line, font=_font(size), fill=fill)
        at += size * 1.4
    return at


def _left(draw: ImageDraw.ImageDraw, text: str, size: int, at: float, fill: str = _INK) -> float:
    for line in _wrapped(text, size, _WIDTH - 2 * _MARGIN, 2):
        draw.text((_MARGIN, at), line, font=_font(size), fill=fill)
        at += size * 1.4
    return at


def _write(draw: ImageDraw.ImageDraw, text: str, size: int, x: float, y: float, width: float, fill: str) -> None:
    draw.text((x, y), _wrapped(text, size, width, 1)[0], font=_font(size), fill=fill)
