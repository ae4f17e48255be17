"""Page, fonts and sizes of documents for Word, and what its library has no words for: borders, fields, fonts for Chinese."""

from __future__ import annotations

from typing import Any

from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

BODY_FONT, HEAD_FONT, LATIN = "宋体", "黑体", "Times New Roman"
SOFT, ACCENT = "69615B", "9B1C1C"
_SIZES = {"Title": 20, "Heading 1": 15, "Heading 2": 11.5, "Heading 3": 9.5}


def set_up(word: WordDocument, language: str) -> None:
    """A4 with the margins and the scale of type of the PDF."""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(22)
    section.top_margin, section.bottom_margin = Mm(22), Mm(22)
    for name in ("Normal", *_SIZES, "List Bullet"):
        style: Any = word.styles[name]
        _fonts(style, heading=name in _SIZES)
        style.font.size = Pt(_SIZES.get(name, 9.5))
        style.font.italic = False
        if name in _SIZES:
            style.font.bold = True
            style.font.color.rgb = RGBColor.from_string(ACCENT if name == "Heading 1" else "211D1A")
        style.paragraph_format.space_before = Pt(9 if name in ("Heading 1", "Heading 2") else 2)
        style.paragraph_format.space_after = Pt(3)
    title: Any = word.styles["Title"]
    for line in title.element.iter(qn("w:pBdr")):  # the template's own has a line below it
        line.getparent().remove(line)
    word.core_properties.language = "zh-CN" if language == "zh" else "en"


def _fonts(styled: Any, *, heading: bool = False) -> None:
    styled.font.name = LATIN
    properties = styled.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:eastAsia"), HEAD_FONT if heading else BODY_FONT)


def style_run(run: Run, size: float, colour: str = "", *, heading: bool = False) -> None:
    """Size, colour and font of a run of text."""
    _fonts(run, heading=heading)
    run.font.size = Pt(size)
    run.bold = heading or None
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def field(run: Run, name: str) -> None:
    """A field that Word fills in, such as PAGE."""
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def border(place: Paragraph | _Cell, edge: str, colour: str, eighths: int) -> None:
    """A line at an edge of a paragraph or a cell, so many eighths of a point thick."""
    if isinstance(place, Paragraph):
        properties, name = place._p.get_or_add_pPr(), "w:pBdr"
    else:
        properties, name = place._tc.get_or_add_tcPr(), "w:tcBorders"
    borders = properties.find(qn(name))
    if borders is None:
        borders = OxmlElement(name)
        if isinstance(place, Paragraph):
            properties.insert_element_before(
                borders, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr", "w:sectPr"
            )
        else:
            properties.insert_element_before(borders, "w:shd", "w:noWrap", "w:tcMar", "w:vAlign")
    line = OxmlElement(f"w:{edge}")
    for key, value in (("val", "single"), ("sz", str(eighths)), ("space", "0"), ("color", colour)):
        line.set(qn(f"w:{key}"), value)
    # Word wants the edges in this order.
    order = ["top", "left", "bottom", "right"]
    later = [child for child in borders if order.index(child.tag.rpartition("}")[2]) > order.index(edge)]
    if later:
        later[0].addprevious(line)
    else:
        borders.append(line)
