"""Slips with cover sheets, and posters, as PDF. The font for Chinese comes with the service, so it is the same everywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

from surveys.admission.issuing import IssuedCode
from surveys.admission.qr_codes import matrices_of
from surveys.admission.roster import PersonalLink
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.ordering import natural_key
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext, gettext_of, load_translations

if TYPE_CHECKING:
    from surveys.admission.pdf_document import Document

SLIPS_IN_A_FILE = 2_000
"""More are several files: two hundred pages are what a printer takes at once."""

_COLUMNS, _ROWS = 2, 5
_WIDTH, _HEIGHT, _LEFT, _TOP = 93.0, 54.0, 12.0, 13.5


@dataclass(frozen=True)
class Handout:
    """What slips and posters say of a survey: times in seconds since 1970, `address` as people type it."""

    plan: SurveyPlan
    closes_at: int
    timezone: str
    link: str
    organisation: str
    contact: str
    language: str

    @property
    def address(self) -> str:
        """The link without its beginning."""
        return self.link.partition("://")[2]

    @property
    def until(self) -> str:
        """The end in the installation's time zone."""
        at = datetime.fromtimestamp(self.closes_at, ZoneInfo(self.timezone))
        if self.language == "zh":
            return f"{at.year} 年 {at.month} 月 {at.day} 日（周{'一二三四五六日'[at.weekday()]}）{at:%H:%M}"
        return f"{at:%a} {at.day} {at:%B} {at.year}, {at:%H:%M}"


@dataclass(frozen=True)
class Slip:
    """One slip. `title` is its group or person, `detail` a unit or class; slips with one `pile` get one cover sheet."""

    pile: tuple[str, str]
    title: str
    detail: str
    code: str
    minutes: int
    personal: bool = False


def code_slips(plan: SurveyPlan, issued: list[IssuedCode], language: str) -> list[Slip]:
    """Slips with codes, one pile for each group and unit."""
    slips = []
    for one in issued:
        group = plan.groups[one.group]
        name = pick(group.text, language)
        unit = "" if one.own_unit is None else pick(plan.units[one.own_unit].text, language)
        slips.append(Slip((name, unit), name, unit, one.code, plan.minutes(group)))
    return slips


def personal_slips(plan: SurveyPlan, links: Sequence[PersonalLink], language: str) -> list[Slip]:
    """Slips of persons, one pile for each group and class, in which they are by number."""
    slips = []
    for one in links:
        person = one.person
        group = plan.groups[person.group]
        pile = (pick(group.text, language), person.class_name)
        title = f"{person.name} {person.number}"
        slips.append(Slip(pile, title, person.class_name, one.code, plan.minutes(group), personal=True))
    return sorted(slips, key=lambda slip: (slip.pile[0], natural_key(slip.pile[1])))


def slips_pdf(handout: Handout, slips: Sequence[Slip], *, covers: bool = True) -> bytes:
    """Slips to cut, ten on a page; each pile begins on a page of its own, after its cover sheet."""
    pdf = _new_document("A4")
    codes = matrices_of([f"{handout.link}#{slip.code}" for slip in slips])
    drawn: dict[Slip, _Drawn] = {}
    for _pile, of_pile in groupby(slips, key=lambda slip: slip.pile):
        members = list(of_pile)
        if covers:
            _cover(pdf, handout, members)
        for number, slip in enumerate(members):
            place = number % (_COLUMNS * _ROWS)
            if place == 0:
                pdf.add_page()
            x, y = _LEFT + place % _COLUMNS * _WIDTH, _TOP + place // _COLUMNS * _HEIGHT
            same = replace(slip, code="")
            if same in drawn:
                pdf.repeat(drawn[same].what, x - drawn[same].x, y - drawn[same].y)
            else:
                drawn[same] = _slip(pdf, handout, slip, x, y)
            pdf.write_code(slip.code, x + 34, y + drawn[same].code_at, 13)
            pdf.draw_modules(next(codes), x + 2, y + 3, 31)
    return bytes(pdf.output())


def slips_files(handout: Handout, slips: Sequence[Slip]) -> Iterator[tuple[str, int, bytes]]:
    """The same as (name, slips, PDF): where they are too many for one file, in files of whole piles, those of each group by
    themselves."""
    if 0 < len(slips) <= SLIPS_IN_A_FILE:
        yield "slips.pdf", len(slips), slips_pdf(handout, slips)
        return
    parts: list[list[Slip]] = []
    for _pile, of_pile in groupby(slips, key=lambda slip: slip.pile):
        members = list(of_pile)
        if not parts or parts[-1][0].pile[0] != members[0].pile[0] or len(parts[-1]) + len(members) > SLIPS_IN_A_FILE:
            parts.append([])
        parts[-1] += members
    for number, part in enumerate(parts, 1):
        group = re.sub(r"[^\w-]+", "-", part[0].pile[0])[:40].strip("-")
        yield f"{number:02}-{group or 'slips'}.pdf", len(part), slips_pdf(handout, part)


def poster_pdf(handout: Handout, size: Literal["A4", "A3"]) -> bytes:
    """A poster on one page."""
    _ = _gettext(handout.language)
    pdf = _new_document(size)
    pdf.add_page()
    scale, plan = (1.0 if size == "A4" else 1.414), handout.plan
    width, at = pdf.w, 28 * scale
    if plan.campaign:
        at = _centred(pdf, pick(plan.campaign, handout.language), 18 * scale, at)
    at = _centred(pdf, pick(plan.title, handout.language), 34 * scale, at + 4 * scale)
    side = 0.56 * width
    pdf.draw_modules(next(matrices_of([handout.link])), (width - side) / 2, at + 6 * scale, side)
    at = _centred(pdf, _("Scan with WeChat, or open"), 18 * scale, at + side + 10 * scale)
    at = _centred(pdf, handout.address, 22 * scale, at + 1 * scale)
    minutes = sorted({plan.minutes(group) for group in plan.groups})
    facts = [
        _("Until %(time)s", time=handout.until), _("about %(n)s min", n="–".join(map(str, minutes))),
        _("Stored without your name"),
    ]  # fmt: skip
    for line in (" · ".join(facts), handout.organisation, handout.contact):
        at = _centred(pdf, line, 13 * scale, at + 3 * scale) if line else at
    return bytes(pdf.output())


def _new_document(size: str) -> Document:
    from surveys.admission.pdf_document import Document  # half a second, which few commands need

    return Document(size)


@lru_cache(maxsize=4)
def _gettext(language: str) -> Gettext:
    return gettext_of(load_translations(language))


def _centred(pdf: Document, text: str, size: float, top: float) -> float:
    """Write centred lines; returns where they end."""
    pdf.set_font("sc", size=size)
    margin = 0.08 * pdf.w
    pdf.set_xy(margin, top)
    pdf.multi_cell(pdf.w - 2 * margin, size * 0.48, text, align="C")
    return float(pdf.get_y())


def _cover(pdf: Document, handout: Handout, slips: Sequence[Slip]) -> None:
    _ = _gettext(handout.language)
    pdf.add_page()
    at = _centred(pdf, pick(handout.plan.title, handout.language), 20, 40)
    for words, size in zip(slips[0].pile, (26, 22), strict=True):
        at = _centred(pdf, words, size, at + 6) if words else at
    at = _centred(pdf, _("%(n)s slips", n=len(slips)), 18, at + 8)
    lines = [
        _("Hand each person the slip with their name, folded or in an envelope.") if slips[0].personal
        else _("Hand one slip to each person, folded or in an envelope, without noting who gets which."),
        _("Slips that are left over are sent back unopened."),
        _("Until %(time)s", time=handout.until),
        handout.organisation, handout.contact,
    ]  # fmt: skip
    at += 6
    for line in lines:
        at = _centred(pdf, line, 12, at + 2) if line else at
    pdf.set_font("sc", size=12)
    for number, words in enumerate((_("Received by"), _("Date"), _("Handed out"), _("Sent back"))):
        pdf.set_xy(30, 200 + 16 * number)
        pdf.cell(40, 8, words)
        pdf.line(70, 208 + 16 * number, 180, 208 + 16 * number)


@dataclass(frozen=True)
class _Drawn:
    """What slips of one kind have in common, as it was drawn at a place, and how far below its top the code stands."""

    what: bytes
    x: float
    y: float
    code_at: float


def _slip(pdf: Document, handout: Handout, slip: Slip, x: float, y: float) -> _Drawn:
    """Draw a slip without its code; returns what was drawn, which others repeat."""
    _ = _gettext(handout.language)
    start = pdf.written()
    pdf.set_draw_color(150)
    pdf.set_dash_pattern(dash=1, gap=1)
    pdf.rect(x, y, _WIDTH, _HEIGHT)
    pdf.set_dash_pattern()
    left, width = x + 34, _WIDTH - 36
    at = _line(pdf, pick(handout.plan.title, handout.language), left, y + 3, width, 9.5, 2)
    at = _line(pdf, " · ".join(word for word in (slip.title, slip.detail) if word), left, at, width, 8, 2)
    code_at = at + 0.5
    how = _("Scan, or open %(address)s and type the code, good for one ballot, which is stored without it.",
            address=handout.address)  # fmt: skip
    _line(pdf, how, left, code_at + 13 * 0.44 + 0.5, width, 7, 5)
    facts = [_("Until %(time)s", time=handout.until), _("about %(n)s min", n=slip.minutes)]
    _line(pdf, " · ".join(facts), x + 3, y + 41, _WIDTH - 6, 7.5, 1)
    _line(
        pdf,
        " · ".join(word for word in (handout.organisation, handout.contact) if word),
        x + 3,
        y + 46,
        _WIDTH - 6,
        7,
        2,
    )
    return _Drawn(pdf.written_since(start), x, y, code_at - y)


def _line(pdf: Document, text: str, x: float, y: float, width: float, size: float, most: int) -> float:
    """Write a text in at most so many lines; what does not fit ends in "…". Returns where it ends."""
    pdf.set_font("sc", size=size)
    lines = pdf.lines(text, width, size)
    if len(lines) > most:
        lines = [*lines[: most - 1], lines[most - 1][:-1] + "…"]
    for number, line in enumerate(lines):
        pdf.set_xy(x, y + number * size * 0.44)
        pdf.cell(width, size * 0.44, line)
    return float(y + len(lines) * size * 0.44)
