"""The questionnaire page, put together from parts that are rendered and compressed once.

A page is: head, one part for each unit on the paper (or section), tail. Only the tail differs from respondent to
respondent, because it holds the ballot paper. Each part is compressed once for each part that it comes after: with that
one as its dictionary (units look much alike), ended on a whole byte by a flush. So parts can be joined to one gzip stream,
in which a part's references lead back into the part before it; the checksum is carried on from part to part.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from flask import current_app, render_template
from flask_babel import gettext as _

from surveys.authoring.questionnaire import Item
from surveys.publishing.plan import Slot, SurveyPlan
from surveys.responding.answers import Fields
from surveys.responding.blocks import Block, blocks, is_list
from surveys.text import pick
from surveys.web.languages import language

RECEIPT, PAPER_TEXT = "{receipt}", "{paper}"
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"


@dataclass(frozen=True)
class _Joined:
    """The part of a page that many respondents share: as is, compressed, and its checksum."""

    plain: bytes
    packed: bytes
    checksum: int


def _parts(
    plan: SurveyPlan,
    slug: str,
    group: int,
    units: tuple[int, ...],
    values: Fields | None = None,
    problems: Sequence[tuple[Slot, str]] = (),
    work: int | None = None,
) -> list[str]:
    found = blocks(plan, units)
    wrong = frozenset(slot.index for slot, _ in problems)
    parts = [render_template("respond/ballot_head.html", plan=plan, slug=slug, group=group, problems=problems,
                             work=work, quotas=quota_words(plan, units))]  # fmt: skip
    for position, block in enumerate(found):
        section = plan.questionnaire.sections[block.section]
        parts.append(
            render_template(
                "respond/block.html",
                plan=plan,
                block=block,
                section=section,
                as_list=is_list(section),
                opens=_edge(plan, found, position, -1),
                closes=_edge(plan, found, position, 1),
                values=values or {},
                wrong=wrong,
                when=_when(block),
            )
        )
    parts.append(render_template("respond/ballot_end.html", plan=plan))
    return parts


def quota_words(plan: SurveyPlan, units: tuple[int, ...]) -> list[str]:
    """The quotas of a paper in words, as counts for the units on it."""
    found = []
    for quota in plan.questionnaire.quotas:
        item = next(item for item in plan.rated_items if item.code == quota.item)
        levels = item.scale.levels if item.scale else ()
        words = " / ".join(pick(level.text, language()) for level in levels if level.code in quota.levels)
        least, most = quota.bounds(len(units))
        values = {"answer": words, "item": pick(item.text, language()), "units": len(units)}
        if most < len(units):
            found.append(_("“%(answer)s” for “%(item)s” at most %(n)s times among %(units)s.", n=most, **values))
        if least:
            found.append(_("“%(answer)s” for “%(item)s” at least %(n)s times among %(units)s.", n=least, **values))
    return found


def _edge(plan: SurveyPlan, found: list[Block], position: int, step: int) -> bool:
    """Whether a block begins (or ends) a page: cards always do, rows of a list only at the list's ends."""
    other = position + step
    here = found[position]
    if not is_list(plan.questionnaire.sections[here.section]):
        return True
    return not 0 <= other < len(found) or found[other].section != here.section


def _when(block: Block) -> dict[int, str]:
    """For each follow-up, the fields and values that show it, for the page's script."""
    found = {}
    for slot in block.slots:
        condition = slot.item.when
        if condition is None:
            continue
        sources = [s for s in block.slots if s.index < slot.index and condition.item in ("*", s.item.code)]
        pairs = [f"{s.index}:{value}" for s in sources for value in _values_of(s.item, condition.answers)]
        found[slot.index] = " ".join(pairs)
    return found


def _values_of(item: Item, answers: frozenset[str]) -> list[int]:
    codes = [level.code for level in item.scale.levels] if item.scale else [option.code for option in item.options]
    return [position for position, code in enumerate(codes, 1) if code in answers]


@lru_cache(maxsize=4096)
def _compressed(part: str, before: str) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=before.encode()[-32768:])
    return packer.compress(part.encode()) + packer.flush(zlib.Z_FULL_FLUSH)


class PageStore:
    """Joined parts of recently asked pages, in the memory of a process."""

    def __init__(self) -> None:
        self.joined = lru_cache(maxsize=512)(self._join)
        self._thanks = lru_cache(maxsize=128)(self._render_thanks)

    def thanks(self, plan: SurveyPlan, digest: str, slug: str, locale: str) -> str:
        """The thank-you page, with RECEIPT where the receipt's number goes, and PAPER_TEXT for the paper's text."""
        return self._thanks(digest, slug, locale, _Ref(plan))

    def _render_thanks(self, digest: str, slug: str, locale: str, plan: _Ref) -> str:
        return render_template("respond/thanks.html", plan=plan.plan, slug=slug, receipt=RECEIPT, paper=PAPER_TEXT)

    def _join(self, digest: str, slug: str, group: int, units: tuple[int, ...], locale: str, plan: _Ref) -> _Joined:
        parts = _parts(plan.plan, slug, group, units)
        plain = "".join(parts).encode()
        return _Joined(plain, b"".join(map(_compressed, parts, ["", *parts])), zlib.crc32(plain))

    def page(
        self,
        plan: SurveyPlan,
        digest: str,
        slug: str,
        group: int,
        units: tuple[int, ...],
        locale: str,
        paper: str,
        packed: bool,
    ) -> bytes:
        """The questionnaire page for one paper; as a gzip stream with `packed`."""
        shared = self.joined(digest, slug, group, units, locale, _Ref(plan))
        tail = tail_of(paper)
        if not packed:
            return shared.plain + tail
        packer = zlib.compressobj(1, zlib.DEFLATED, -15)
        end = packer.compress(tail) + packer.flush()
        total = (len(shared.plain) + len(tail)) & 0xFFFFFFFF
        return b"".join(
            (_GZIP_HEADER, shared.packed, end, struct.pack("<II", zlib.crc32(tail, shared.checksum), total))
        )


@dataclass(frozen=True, eq=False)
class _Ref:
    """Carries a plan past the cache, which looks at the plan's digest instead."""

    plan: SurveyPlan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Ref)

    def __hash__(self) -> int:
        return 0


def tail_of(paper: str) -> bytes:
    """The end of the page: the ballot paper, a base64 text that needs no escaping."""
    return b'<input type="hidden" name="paper" value="' + paper.encode() + b'"></form></main></body></html>\n'


def filled_page(
    plan: SurveyPlan,
    slug: str,
    group: int,
    units: tuple[int, ...],
    paper: str,
    values: Fields,
    problems: list[tuple[Slot, str]],
    *,
    work: int | None = None,
) -> bytes:
    """The page with what was typed and what is wrong with it; in a flood, `work` bits are asked for. Not cached."""
    parts = _parts(plan, slug, group, units, values, problems, work)
    return "".join(parts).encode() + tail_of(paper)


def store() -> PageStore:
    """The page store of the running application."""
    return current_app.extensions.setdefault("pages", PageStore())
