"""What stands at the head of workbook and reports: the organisation, its logo, and the number of the document."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from PIL import Image, UnidentifiedImageError

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey, get_survey
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import clean
from surveys.results.models import stored_result
from surveys.results.printed.models import DocumentNumber, StoredLetterhead
from surveys.storage.audit import Action
from surveys.storage.locks import Kind, Subject
from surveys.storage.unit_of_work import Actor, unit_of_work

MAX_ORGANISATION, MAX_PATTERN, MAX_NUMBER = 60, 60, 20
MAX_LOGO = 200 * 1024
_PIXELS = 4000
"""The most pixels of a logo on each side: what is looked at before it is unpacked."""
_KEPT = 600
"""A logo is stored with no more than these."""
YEAR, NUMBER = "{year}", "{number}"


@dataclass(frozen=True)
class Letterhead:
    """What an installation says of itself. `pattern` says where year and number stand: 评议〔{year}〕{number}号."""

    organisation: str = ""
    pattern: str = ""
    logo: bytes | None = None

    def document(self, number: str, year: int) -> str:
        """A document's number as it is printed; empty where it has none."""
        if not number:
            return ""
        return self.pattern.replace(YEAR, str(year)).replace(NUMBER, number) if self.pattern else number


@dataclass(frozen=True)
class PrintedHead:
    """The head of one survey's files; whatever is empty is left out."""

    organisation: str = ""
    number: str = ""
    logo: bytes | None = None


NO_HEAD = PrintedHead()


def letterhead() -> Letterhead:
    """The letterhead as it is stored; an empty one where none is."""
    row = StoredLetterhead.get_or_none(StoredLetterhead.id == 1)
    if row is None:
        return Letterhead()
    return Letterhead(row.organisation, row.pattern, None if row.logo is None else bytes(row.logo))


def number_of(survey: Survey) -> str:
    """The number that was given to a survey's result, without what the letterhead puts around it."""
    row = DocumentNumber.get_or_none(DocumentNumber.survey == survey.id)
    return row.number if row else ""


def head_of(survey: Survey, timezone: str) -> PrintedHead:
    """What stands at the head of a sealed survey's files. The year is that of the seal."""
    found = letterhead()
    year = datetime.fromtimestamp(stored_result(survey).sealed_at, ZoneInfo(timezone)).year
    return PrintedHead(found.organisation, found.document(number_of(survey), year), found.logo)


def set_letterhead(
    actor: Actor, organisation: str, pattern: str, logo: bytes | None = None, *, remove_logo: bool = False
) -> Letterhead:
    """Store the letterhead. `logo`: a new one as PNG or JPEG; without it the present one stays, unless it is removed.

    Raises InputError, naming all that is wrong.
    """
    faults = Faults()
    organisation, pattern = clean(organisation), clean(pattern)
    if len(organisation) > MAX_ORGANISATION:
        faults.note("At most %(limit)s characters.", "organisation", limit=MAX_ORGANISATION)
    if len(pattern) > MAX_PATTERN:
        faults.note("At most %(limit)s characters.", "pattern", limit=MAX_PATTERN)
    if pattern and NUMBER not in pattern:
        faults.note("The pattern must say with %(mark)s where the number stands.", "pattern", mark=NUMBER)
    picture = faults.take(lambda: read_logo(logo)) if logo else None
    faults.check()

    def act() -> Letterhead:
        kept = None if remove_logo else letterhead().logo
        now = Letterhead(organisation, pattern, picture or kept)
        StoredLetterhead.delete().where(StoredLetterhead.id == 1).execute()
        StoredLetterhead.create(id=1, organisation=now.organisation, pattern=now.pattern, logo=now.logo)
        return now

    return unit_of_work(actor, Action.SET_LETTERHEAD, Subject(Kind.LETTERHEAD), apply=act, about=organisation)


def read_logo(data: bytes) -> bytes:
    """A logo as it is stored: decoded, made no larger than it is printed, and written as PNG. Raises InputError."""
    if len(data) > MAX_LOGO:
        raise InputError(Problem("The logo has more than %(limit)s KB.", "logo", limit=MAX_LOGO // 1024))
    try:
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            if max(image.size) > _PIXELS:
                raise InputError(Problem("The logo has more than %(limit)s pixels on a side.", "logo", limit=_PIXELS))
            image.thumbnail((_KEPT, _KEPT))
            out = io.BytesIO()
            image.convert("RGBA" if image.has_transparency_data else "RGB").save(out, "PNG", optimize=True)
    except InputError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise InputError(
            Problem("The logo is no picture that can be read. It must be a PNG or JPEG.", "logo")
        ) from None
    return out.getvalue()


def set_number(actor: Actor, slug: str, number: str) -> str:
    """Give the result of a sealed survey a number in the college's files, or take it away with an empty one. Raises InputError."""
    number = clean(number)
    if len(number) > MAX_NUMBER:
        raise InputError(Problem("At most %(limit)s characters.", "number", limit=MAX_NUMBER))

    def act(survey: Survey) -> str:
        stored_result(survey)
        DocumentNumber.delete().where(DocumentNumber.survey == survey.id).execute()
        if number:
            DocumentNumber.create(survey=survey.id, number=number)
        return number

    if number == number_of(get_survey(slug)):
        return number
    return change_survey(actor, Action.SET_DOCUMENT_NUMBER, slug, act, about=number)
