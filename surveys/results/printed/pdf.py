"""A printed document as PDF, A4, in the font that comes with the service."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path

import segno
from fontTools import subset

from surveys.admission.font import FONT
from surveys.results.printed.blocks import (
    TEXT_WIDTH,
    Bars,
    Block,
    Digest,
    Facts,
    Heading,
    Paragraph,
    Points,
    Printed,
    Signatures,
    Table,
)
from surveys.results.printed.page import (
    ACCENT,
    BODY,
    CHAPTER,
    INK,
    LEADING,
    LEFT,
    LINE,
    SECTION,
    SMALL,
    SOFT,
    TITLE,
    Page,
)
from surveys.results.printed.pdf_bars import draw_bars
from surveys.results.printed.pdf_table import draw_table

_LABEL = 34.0
"""Millimetres for the names of facts."""
_SIGNING = 34.0
"""Millimetres for lines to sign on."""


def pdf_of(document: Printed, font: Path = FONT) -> bytes:
    """The document as PDF. `font`: a smaller one that has all signs of it, for many documents."""
    page = Page(f"{document.title} · {document.below}", font)
    page.set_title(document.title)
    page.set_lang("zh-CN" if document.language == "zh" else "en")
    page.new_page()
    page.letterhead(document.head)
    page.at += 4
    page.paragraph(document.title, TITLE, align="C", bold=True, after=1)
    page.paragraph(document.below, SECTION, align="C", colour=SOFT, after=5)
    for block in document.blocks:
        _draw(page, block)
    return bytes(page.output())


def small_font(documents: Iterable[Printed], folder: Path) -> Path:
    """The font with only the signs of these documents: reading it takes a tenth of the time, which counts for hundreds of files."""
    signs = {*map(chr, range(32, 127))} | {sign for document in documents for sign in repr(document)}
    options = subset.Options(layout_features=[], notdef_outline=True)
    with subset.load_font(str(FONT), options) as font:
        cut = subset.Subsetter(options)
        cut.populate(text="".join(signs))
        cut.subset(font)
        subset.save_font(font, str(folder / "font.ttf"), options)
    return folder / "font.ttf"


def _draw(page: Page, block: Block) -> None:
    match block:
        case Heading():
            _heading(page, block)
        case Paragraph(text, kind):
            colour = {"body": INK, "small": SOFT, "warning": ACCENT}[kind]
            page.paragraph(text, SMALL if kind == "small" else BODY, colour=colour, bold=kind == "warning")
        case Facts(rows):
            for name, said in rows:
                _fact(page, name, said)
            page.at += 2
        case Table():
            draw_table(page, block)
        case Bars():
            draw_bars(page, block)
        case Points(rows):
            for row in rows:
                _point(page, row)
            page.at += 1
        case Digest():
            _digest(page, block)
        case Signatures(labels):
            _signatures(page, [*labels])


def _heading(page: Page, heading: Heading) -> None:
    size = {1: CHAPTER, 2: SECTION}.get(heading.level, BODY)
    if heading.starts_page:
        page.new_page()
    else:
        page.at += 3 if heading.level < 3 else 1.5
        page.need(size * LEADING + 16)
    page.paragraph(heading.text, size, bold=True, after=1.2, colour=ACCENT if heading.level == 1 else INK)
    if heading.below:
        page.paragraph(heading.below, BODY, colour=SOFT, after=2)
    if heading.level == 1:
        page.at += 1.5


def _fact(page: Page, name: str, said: str) -> None:
    names = page.wrapped(name, _LABEL - 3, BODY)
    lines = page.wrapped(said, TEXT_WIDTH - _LABEL, BODY)
    line = BODY * LEADING
    page.need(line * max(len(names), min(len(lines), 3)))
    page.ink(SOFT)
    page.write_lines(names, LEFT, page.at, _LABEL, BODY)
    start = page.at
    for text in lines:
        if page.need(line):
            start = page.at
        page.ink(INK)
        page.write_lines([text], LEFT + _LABEL, page.at, TEXT_WIDTH - _LABEL, BODY)
        page.at += line
    page.at = max(page.at, start + line * len(names)) + 0.7


def _point(page: Page, text: str) -> None:
    for number, line in enumerate(page.wrapped(text, TEXT_WIDTH - 5, BODY)):
        page.need(BODY * LEADING)
        page.ink(INK)
        if number == 0:
            page.set_fill_color(*SOFT)
            page.ellipse(LEFT + 1, page.at + BODY * LEADING / 2 - 0.5, 1, 1, style="F")
        page.write_lines([line], LEFT + 5, page.at, TEXT_WIDTH - 5, BODY)
        page.at += BODY * LEADING
    page.at += 0.8


def _digest(page: Page, block: Digest) -> None:
    side = 22.0
    page.at += 3
    page.need(side + 4 + (_SIGNING if block.signed else 0))  # what is signed is not torn apart
    image = io.BytesIO()
    segno.make(block.digest, error="m", micro=False).save(image, kind="png", scale=4, border=0)
    page.image(image, LEFT + TEXT_WIDTH - side, page.at, side, side)
    lines = page.wrapped(block.sentences, TEXT_WIDTH - side - 8, SMALL)
    page.ink(INK)
    page.write_lines([block.digest], LEFT, page.at, TEXT_WIDTH - side - 8, SMALL)
    page.ink(SOFT)
    page.write_lines(lines, LEFT, page.at + SMALL * LEADING + 1.5, TEXT_WIDTH - side - 8, SMALL)
    page.at += max(side, SMALL * LEADING * (len(lines) + 1)) + 3


def _signatures(page: Page, labels: list[str]) -> None:
    """Side by side, each with a line above the words."""
    page.need(_SIGNING)
    page.at += 20
    gap = 8.0
    width = (TEXT_WIDTH - gap * (len(labels) - 1)) / len(labels)
    for number, label in enumerate(labels):
        x = LEFT + number * (width + gap)
        page.set_draw_color(*INK)
        page.set_line_width(0.25)
        page.line(x, page.at, x + width, page.at)
        page.ink(INK)
        page.write_lines([label], x, page.at + 1.2, width, BODY)
    page.at += 10
    page.set_draw_color(*LINE)
