"""Reading printed files back, as a person would."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import docx
import pypdf

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.models import stored_result
from surveys.results.printed.letterhead import head_of
from surveys.results.printed.source import Source
from surveys.results.report import report_of
from surveys.results.rounds import rounds_until
from surveys.results.workbook.remarks import RemarkRow
from tests.helpers import ZONE


def source_of(slug: str = "test", language: str = "zh", remarks: Sequence[RemarkRow] = ()) -> Source:
    """What the documents of a sealed survey are made of."""
    survey = Survey.get(Survey.slug == slug)
    report = report_of(plan_of(survey), stored_result(survey))
    return Source(
        report, (survey.opens_at, survey.closes_at), ZONE, language, gettext_of(load_translations(language)),
        head_of(survey, ZONE), remarks, rounds_until(survey),
    )  # fmt: skip


def squeezed(text: str) -> str:
    """A text without spaces, for lines end anywhere."""
    return re.sub(r"\s+", "", text)


def pages_of(data: bytes) -> list[str]:
    """The texts of a PDF's pages, squeezed."""
    return [squeezed(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def word_texts(data: bytes) -> list[str]:
    """All paragraphs of a document for Word, those in tables too."""
    word = docx.Document(io.BytesIO(data))
    cells = [cell.text for table in word.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in word.paragraphs] + cells


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of an archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def said(block: Any) -> list[str]:
    """Every text in a block."""
    if isinstance(block, str):
        return [block]
    if isinstance(block, (list, tuple)):
        return [text for part in block for text in said(part)]
    if isinstance(block, dict):
        return said([*block.values()])
    if not hasattr(block, "__dict__"):
        return []
    return said([value for name, value in vars(block).items() if name not in ("kind", "align")])
