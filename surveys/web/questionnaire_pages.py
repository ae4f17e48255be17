"""The questionnaire page, put together from parts that are rendered and compressed once.

A page is: head, one part for each unit on the ballot (or section), tail. Only the tail differs from respondent to
respondent, because it holds the ballot token. How parts are joined is in joined_pages.py.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from flask import Response, render_template
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
from surveys.web.joined_pages import JoinedPage, join_page, page_cache
from surveys.web.languages import language

RECEIPT, TOKEN, HOLDER = "{receipt}", "{token}", "{holder}"
_FIELD, _BEFORE_HOLDER, _END = (
    '<input type="hidden" name="token" value="',
    '" data-holder="',
    '"></form></main></body></html>\n',
)
WAY_UP = "../.."
"""From where respondents get these pages (/s/SURVEY/ballot) to where the service is mounted."""


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

    @property
    def texts(self) -> dict[str, str]:
        """What goes between the pieces of the page's end. They need no escaping."""
        return {TOKEN: self.token, HOLDER: self.holder}

    def __str__(self) -> str:
        """The end of the page."""
        return f"{self.token}{_BEFORE_HOLDER}{self.holder}{_END}"


def questionnaire_page(form: Form, tail: Tail, *, packed: bool = True) -> Response:
    """The questionnaire page for one token; with `packed` compressed, where the browser takes that."""
    return _page(form).answer(tail.texts, packed=packed)


def page_to_look_at(form: Form, tail: Tail) -> bytes:
    """The questionnaire page of something that still changes. Not cached."""
    return f"{''.join(_parts(form))}{tail}".encode()


def _page(form: Form) -> JoinedPage:
    return page_cache().page(
        ("form", language(), form.key), lambda: join_page(_parts(form), (_BEFORE_HOLDER, _END), (TOKEN, HOLDER))
    )


def filled_page(
    form: Form, tail: Tail, values: Fields, problems: Sequence[tuple[Slot, str]], *, proof_bits: int | None = None
) -> bytes:
    """The page with what was typed and what is wrong with it; in a flood, a proof of work is asked for. Not cached."""
    page = _page(form)
    with kept_for_all(form.root):
        head = _head(form, problems, proof_bits)
    wrong = frozenset(slot.index for slot, _ in problems)
    body = fill_form(page.pieces[0].plain[page.head :].decode(), _values_to_show(form, values), wrong)
    return f"{head}{body}{tail}".encode()


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


def thanks_page(plan: SurveyPlan, digest: str, slug: str) -> JoinedPage:
    """The thank-you page; RECEIPT, TOKEN and HOLDER are the token's own."""

    def make() -> JoinedPage:
        with kept_for_all(WAY_UP):
            text = render_template(
                "respond/thanks.html", plan=plan, slug=slug, receipt=RECEIPT, token=TOKEN, holder=HOLDER, code=""
            )
        first, *rest = re.split(f"({RECEIPT}|{TOKEN}|{HOLDER})", text)
        return join_page([first], rest[1::2], rest[::2])

    return page_cache().page(("thanks", language(), digest, slug), make)


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
    parts += (render_template("respond/ballot_end.html", plan=plan, stored=form.stored), _FIELD)
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
