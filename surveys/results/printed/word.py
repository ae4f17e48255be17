"""A printed document for Word (docx): the same blocks as in the PDF, with Word's own headings, tables and page numbers."""

from __future__ import annotations

import io

import segno
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt

from surveys.results.printed.bar_picture import bar_pictures
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
from surveys.results.printed.letterhead import PrintedHead
from surveys.results.printed.word_styles import ACCENT, SOFT, border, field, set_up, style_run
from surveys.results.printed.word_table import add_table, new_row, plain_table, write

_LABEL = 34.0


def word_of(document: Printed) -> bytes:
    """The document as docx."""
    word = Document()
    set_up(word, document.language)
    word.core_properties.title = document.title
    word.core_properties.author = document.head.organisation
    _foot(word, f"{document.title} · {document.below}")
    _letterhead(word, document.head)
    title = word.add_paragraph(document.title, style="Title")
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = Pt(14)
    below = word.add_paragraph(style="Normal")
    below.alignment = WD_ALIGN_PARAGRAPH.CENTER
    style_run(below.add_run(document.below), 11.5, SOFT)
    for block in document.blocks:
        _add(word, block)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _add(word: WordDocument, block: Block) -> None:
    match block:
        case Heading(text, level, starts_page, below):
            heading = word.add_heading(text, level)
            heading.paragraph_format.page_break_before = starts_page
            if below:
                style_run(word.add_paragraph().add_run(below), 9.5, SOFT)
        case Paragraph(text, kind):
            run = word.add_paragraph().add_run(text)
            if kind == "small":
                style_run(run, 8, SOFT)
            elif kind == "warning":
                style_run(run, 9.5, ACCENT)
                run.bold = True
        case Facts(rows):
            table = plain_table(word, (_LABEL, TEXT_WIDTH - _LABEL))
            for name, said in rows:
                cells = new_row(table).cells
                write(cells[0], name, colour=SOFT)
                write(cells[1], said)
            word.add_paragraph().paragraph_format.space_after = Pt(0)
        case Table():
            add_table(word, block)
        case Bars():
            if block.title:
                style_run(word.add_paragraph().add_run(block.title), 8, SOFT)
            for picture in bar_pictures(block):
                word.add_picture(io.BytesIO(picture), width=Mm(TEXT_WIDTH - 2))
        case Points(rows):
            for row in rows:
                word.add_paragraph(row, style="List Bullet")
        case Digest(digest, sentences):
            _digest(word, digest, sentences)
        case Signatures(labels):
            _signatures(word, [*labels])


def _letterhead(word: WordDocument, head: PrintedHead) -> None:
    if head.logo:
        place = word.add_paragraph()
        place.alignment = WD_ALIGN_PARAGRAPH.CENTER
        place.add_run().add_picture(io.BytesIO(head.logo), height=Mm(16))
    if head.organisation:
        line = word.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        run = line.add_run(head.organisation)
        style_run(run, 20, ACCENT, heading=True)
        border(line, "bottom", ACCENT, 12)
    if head.number:
        number = word.add_paragraph(head.number)
        number.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _foot(word: WordDocument, text: str) -> None:
    """What the document is, and the page with how many there are."""
    line = word.sections[0].footer.paragraphs[0]
    word.styles["Footer"].font.size = Pt(8)
    tabs = word.styles["Footer"].paragraph_format.tab_stops
    tabs.clear_all()
    tabs.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    style_run(line.add_run(f"{text[:80]}\t"), 8, SOFT)
    for part in ("PAGE", " / ", "NUMPAGES"):
        run = line.add_run("" if part.isupper() else part)
        style_run(run, 8, SOFT)
        if part.isupper():
            field(run, part)


def _digest(word: WordDocument, digest: str, sentences: str) -> None:
    side = 22
    cells = new_row(plain_table(word, (TEXT_WIDTH - side - 6, side + 6))).cells
    write(cells[0], digest, size=8)
    style_run(cells[0].add_paragraph().add_run(sentences), 8, SOFT)
    image = io.BytesIO()
    segno.make(digest, error="m", micro=False).save(image, kind="png", scale=4, border=0)
    image.seek(0)
    cells[1].paragraphs[0].add_run().add_picture(image, width=Mm(side))


def _signatures(word: WordDocument, labels: list[str]) -> None:
    """Side by side, with room to sign above each line."""
    space = word.add_paragraph()
    space.paragraph_format.space_before = Pt(36)
    space.paragraph_format.keep_with_next = True
    gap = 8.0
    width = (TEXT_WIDTH - gap * (len(labels) - 1)) / len(labels)
    widths = [width if place % 2 == 0 else gap for place in range(2 * len(labels) - 1)]
    cells = new_row(plain_table(word, widths)).cells
    for place, label in enumerate(labels):
        write(cells[2 * place], label)
        border(cells[2 * place], "top", "000000", 4)
