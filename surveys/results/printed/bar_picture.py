"""A chart of bars as PNG, for documents that are edited in Word: as on the pages of the PDF."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from surveys.admission.font import FONT
from surveys.results.printed.blocks import TEXT_WIDTH, Bar, Bars
from surveys.results.printed.breaking import break_lines

_DOTS = 8
"""Pixels of a millimetre."""
_NAME, _FIGURE, _ROW, _TOP = 56 * _DOTS, 16 * _DOTS, 6 * _DOTS, 7 * _DOTS
_SIZE = 24
_INK, _SOFT, _LINE, _BAR, _ACCENT = "#211d1a", "#69615b", "#c9c1ba", "#c47a70", "#9b1c1c"
MOST_BARS = 36
"""More go on further pictures, each of which goes on a page."""


def bar_pictures(bars: Bars) -> list[bytes]:
    """The chart in as many pictures as it takes."""
    return [_picture(bars.rows[start : start + MOST_BARS], bars.floor) for start in range(0, len(bars.rows), MOST_BARS)]


@cache
def _font() -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONT, _SIZE)


def _picture(rows: Sequence[Bar], floor: int) -> bytes:
    font, width = _font(), TEXT_WIDTH * _DOTS
    labels = [break_lines(bar.label, _NAME - 3 * _DOTS, font.getlength)[:3] for bar in rows]
    heights = [max(_ROW, len(lines) * (_SIZE + 6) + 12) for lines in labels]
    image = Image.new("RGB", (width, _TOP + sum(heights) + 8), "#ffffff")
    draw = ImageDraw.Draw(image)

    def across(value: float) -> float:
        return _NAME + (width - _NAME - _FIGURE) * (max(value, floor) - floor) / (100 - floor)

    for value in range(floor, 101, 10 if 100 - floor <= 60 else 20):
        draw.text((across(value), 4), str(value), font=font, fill=_SOFT, anchor="ma")
        draw.line((across(value), _TOP - 6, across(value), image.height), fill=_LINE, width=1)
    at = float(_TOP)
    for bar, lines, height in zip(rows, labels, heights, strict=True):
        middle = at + height / 2
        for number, line in enumerate(lines):
            draw.text(
                (0, middle + (number - (len(lines) - 1) / 2) * (_SIZE + 6)), line, font=font, fill=_INK, anchor="lm"
            )
        draw.rectangle((across(floor), middle - 12, across(bar.value), middle + 12), fill=_BAR)
        if bar.low is not None and bar.high is not None:
            draw.line((across(bar.low), middle, across(bar.high), middle), fill=_ACCENT, width=3)
            for end in (bar.low, bar.high):
                draw.line((across(end), middle - 8, across(end), middle + 8), fill=_ACCENT, width=3)
        draw.text((width, middle), bar.shown, font=font, fill=_INK, anchor="rm")
        at += height
    out = io.BytesIO()
    image.quantize(32, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(out, "PNG")
    return out.getvalue()
