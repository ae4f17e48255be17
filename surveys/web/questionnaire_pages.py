"""The questionnaire page, put together from parts that are rendered and compressed once.

A page is: head, one part for each unit on the ballot (or section), tail. Only the tail differs from respondent to
respondent, because it holds the ballot token. Each part is compressed once for each part that it comes after: with that
one as its dictionary (units look much alike), ended on a whole byte by a flush. So parts can be joined to one gzip stream,
in which a part's references lead back into the part before it; the checksum is carried on from part to part.
"""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import Flask, current_app, render_template
from flask_babel import gettext

from surveys.ballots.blocks import Block, blocks
from surveys.ballots.quota_words import quota_sentences
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import Slot, SurveyPlan
from surveys.campaigns.states import StoredState
from surveys.questionnaires.conditions import sources
from surveys.questionnaires.items.base import Fields
from surveys.questionnaires.questionnaire import Section
from surveys.web.addresses import kept_for_all
from surveys.web.form_filling import fill_form
from surveys.web.languages import language

T = TypeVar("T")

RECEIPT, TOKEN_TEXT, HOLDER = "{receipt}", "{token}", "{holder}"
WAY_UP = "../.."
"""From where respondents get these pages (/s/SURVEY/ballot) to where the service is mounted."""
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True)
class Form:
    """A questionnaire page: the plan with its digest, the survey's address, group and units of the ballot, the window."""

    plan: SurveyPlan
    digest: str
    slug: str
    group: GroupIndex
    units: tuple[UnitIndex, ...]
    stored: StoredState
    root: str = WAY_UP
    """What addresses on the page begin with: the way up from it, so that it is one page under whatever path it is asked for."""
    trial: str = ""
    """Where a trial of a draft is sent; empty: it is no trial."""

    @property
    def key(self) -> Hashable:
        """What pages in one language are alike by."""
        return self.digest, self.slug, self.group, self.units, self.stored, self.root, self.trial


@dataclass(frozen=True)
class Tail:
    """What differs from respondent to respondent: the token as signed text, and what its holder's tokens share."""

    token: str
    holder: str

    def encode(self) -> bytes:
        """The end of the page. Both are texts that need no escaping."""
        return (
            f'<input type="hidden" name="token" value="{self.token}" data-holder="{self.holder}">'
            "</form></main></body></html>\n"
        ).encode()


@dataclass(frozen=True)
class _Joined:
    """The part of a page that many respondents share: as is, compressed, and its checksum."""

    plain: bytes
    packed: bytes
    checksum: int
    head: int
    """The length of the first part, which says what is wrong with a ballot."""


class PageCache:
    """Recently made pages, in the memory of a process."""

    def __init__(self) -> None:
        self._pages: LRUCache[Hashable, Any] = LRUCache(maxsize=640)
        self._parts: LRUCache[Hashable, bytes] = LRUCache(maxsize=4096)
        self._lock = threading.Lock()

    def page(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, or what `make` returns now."""
        with self._lock:
            if key in self._pages:
                return self._pages[key]
        made = make()
        with self._lock:
            self._pages[key] = made
        return made

    def compressed(self, part: str, before: str) -> bytes:
        """A part of a page, compressed with the part before it as its dictionary."""
        with self._lock:
            known = self._parts.get((part, before))
        if known is None:
            packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=before.encode()[-32768:])
            known = packer.compress(part.encode()) + packer.flush(zlib.Z_FULL_FLUSH)
            with self._lock:
                self._parts[part, before] = known
        return known


def init_pages(app: Flask) -> None:
    """Give the application its cache of pages."""
    app.extensions["pages"] = PageCache()


def _cache() -> PageCache:
    return current_app.extensions["pages"]


def questionnaire_page(form: Form, tail: Tail, *, packed: bool) -> bytes:
    """The questionnaire page for one token; as a gzip stream with `packed`."""
    shared = _shared(form)
    end = tail.encode()
    if not packed:
        return shared.plain + end
    packer = zlib.compressobj(1, zlib.DEFLATED, -15)
    packed_end = packer.compress(end) + packer.flush()
    total = (len(shared.plain) + len(end)) & 0xFFFFFFFF
    return b"".join(
        (_GZIP_HEADER, shared.packed, packed_end, struct.pack("<II", zlib.crc32(end, shared.checksum), total))
    )


def page_to_look_at(form: Form, tail: Tail) -> bytes:
    """The questionnaire page of something that still changes. Not cached."""
    return "".join(_parts(form)).encode() + tail.encode()


def _shared(form: Form) -> _Joined:
    return _cache().page(("form", language(), form.key), lambda: _join(form))


def _join(form: Form) -> _Joined:
    parts = _parts(form)
    plain = "".join(parts).encode()
    packed = b"".join(map(_cache().compressed, parts, ["", *parts]))
    return _Joined(plain, packed, zlib.crc32(plain), len(parts[0].encode()))


def filled_page(
    form: Form, tail: Tail, values: Fields, problems: Sequence[tuple[Slot, str]], *, proof_bits: int | None = None
) -> bytes:
    """The page with what was typed and what is wrong with it; in a flood, a proof of work is asked for. Not cached."""
    shared = _shared(form)
    with kept_for_all(form.root):
        head = _head(form, problems, proof_bits)
    wrong = frozenset(slot.index for slot, _ in problems)
    body = fill_form(shared.plain[shared.head :].decode(), _values_to_show(form, values), wrong)
    return b"".join((head.encode(), body.encode(), tail.encode()))


_LISTED = 200
"""So many faults are listed at the top; all are marked at their places."""
_KEPT = 10_000
"""So many characters of a text that is too long come back with the page, to be shortened there."""


def _values_to_show(form: Form, values: Fields) -> Fields:
    """What was typed, as far as anybody types it."""
    shown = {}
    for slot in form.plan.asked(form.group, form.units):
        item = slot.item
        text = item.text_field(slot.name)
        if text in values:
            shown[text] = [values[text][0][:_KEPT]]
        for name in item.field_names(slot.name):
            if name in values:
                most = max(_KEPT, 2 * item.most_characters)
                shown[name] = [value[:most] for value in values[name][: item.most_values]]
    return shown


def thanks_page(plan: SurveyPlan, digest: str, slug: str) -> str:
    """The thank-you page, with RECEIPT, TOKEN_TEXT and HOLDER where what is the token's own goes."""

    def make() -> str:
        with kept_for_all(WAY_UP):
            return render_template(
                "respond/thanks.html", plan=plan, slug=slug, receipt=RECEIPT, token=TOKEN_TEXT, holder=HOLDER, code=""
            )

    return _cache().page(("thanks", language(), digest, slug), make)


def _parts(form: Form) -> list[str]:
    with kept_for_all(form.root):
        return _rendered(form)


def _head(form: Form, problems: Sequence[tuple[Slot, str]] = (), proof_bits: int | None = None) -> str:
    return render_template(
        "respond/ballot_head.html",
        plan=form.plan,
        slug=form.slug,
        group=form.group,
        trial=form.trial,
        problems=_by_unit(problems[:_LISTED]),
        more=max(0, len(problems) - _LISTED),
        proof_bits=proof_bits,
        quotas=quota_sentences(form.plan, form.units, language(), gettext),
    )


def _rendered(form: Form) -> list[str]:
    plan = form.plan
    sections = plan.sections_of(form.group)
    all_blocks = blocks(plan, form.group, form.units)
    parts = [_head(form)]
    for position, block in enumerate(all_blocks):
        parts.append(
            render_template(
                "respond/block.html",
                plan=plan,
                block=block,
                section=sections[block.section],
                begins=_is_edge(sections, all_blocks, position, -1),
                ends=_is_edge(sections, all_blocks, position, 1),
                shown_by=_shown_by(block),
                dont_know_all=sum(slot.plain_scale is not None for slot in block.slots) > 2,
            )
        )
    parts.append(render_template("respond/ballot_end.html", plan=plan, stored=form.stored))
    return parts


def _by_unit(problems: Sequence[tuple[Slot, str]]) -> list[tuple[int | None, list[tuple[Slot, str]]]]:
    """Problems by the unit they are about, in the order of the first of each."""
    grouped: dict[int | None, list[tuple[Slot, str]]] = {}
    for slot, sentence in problems:
        grouped.setdefault(slot.unit, []).append((slot, sentence))
    return list(grouped.items())


def _is_edge(sections: Sequence[Section], all_blocks: list[Block], position: int, step: int) -> bool:
    """Whether a block begins (or ends) a page: cards always do, rows of a list only at the list's ends."""
    block, other = all_blocks[position], position + step
    if not sections[block.section].is_list:
        return True
    return not 0 <= other < len(all_blocks) or all_blocks[other].section != block.section


def _shown_by(block: Block) -> dict[int, str]:
    """For each follow-up, the fields and values that show it, for the page's script."""
    shown = {}
    for number, slot in enumerate(block.slots):
        if slot.item.when is None:
            continue
        before = block.slots[:number]
        looked_at = sources(slot.item, [other.item for other in before])
        pairs = [
            f"{field}:{value}"
            for other in before
            if other.item in looked_at
            for field, value in other.item.fields_given(slot.item.when.answers, other.name)
        ]
        shown[slot.index] = " ".join(pairs)
    return shown
