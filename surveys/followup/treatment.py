"""What the committee does with remarks: tags, merging, masking, marking as abusive, publishing.

Each function is one step with an entry in the audit trail, which names remarks by their random numbers and never by their
texts. What was written stays as it is until it is deleted (retention.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey
from surveys.followup.models import PublishedRemark, RefusedGroup, RemarkTag, RemarkTreatment
from surveys.followup.names import known_names, mask_names, propose_names
from surveys.followup.remarks import ReadRemark, Remarks, RemarkState, read_remarks
from surveys.inputs.problems import InputError, Problem, shortened
from surveys.inputs.text import clean
from surveys.inputs.translations import message_id
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_TAG = 30


def tag_remarks(actor: Actor, slug: str, numbers: Sequence[bytes], tag: str, *, remove: bool = False) -> int:
    """Put a tag on remarks, or take it off; how many changed. Raises InputError."""
    name = clean(tag)
    if not name or len(name) > MAX_TAG:
        raise InputError(Problem("A tag has 1 to %(limit)s characters.", "tag", limit=MAX_TAG))

    def act(survey: Survey, remarks: list[ReadRemark], _found: Remarks) -> int:
        changed = [remark for remark in remarks if (name in remark.tags) is remove]
        for remark in changed:
            if remove:
                _of(RemarkTag, survey, remark.number, RemarkTag.tag == name).execute()
            else:
                RemarkTag.create(survey_id=survey.id, number=remark.number, tag=name)
        return len(changed)

    action = Action.UNTAG_REMARKS if remove else Action.TAG_REMARKS
    return _treat(actor, action, slug, numbers, act, about=f"{name}: {_named(numbers)}")


def mark_abusive(actor: Actor, slug: str, numbers: Sequence[bytes], *, undo: bool = False) -> int:
    """Mark remarks as abusive: they are never published; or take the mark back. How many changed. Raises InputError."""

    def act(survey: Survey, remarks: list[ReadRemark], _found: Remarks) -> int:
        _refuse(remarks, RemarkState.PUBLISHED, message_id("Withdraw what is published first: %(names)s."))
        if not undo:
            _refuse(remarks, RemarkState.MERGED, message_id("Merged remarks have to be taken apart first: %(names)s."))
            _refuse_standing(remarks)
        for remark in remarks:
            _store(survey, remark, abusive=not undo)
        return len(remarks)

    return _treat(actor, Action.UNMARK_ABUSIVE if undo else Action.MARK_ABUSIVE, slug, numbers, act)


def mask_remark(actor: Actor, slug: str, number: bytes, words: Sequence[str]) -> str:
    """Take these words out of what is published of a remark; without any it is as it was written. Returns the text.

    Where the remark is published already, the published text changes at once. Raises InputError for a word that is not there.
    """
    chosen = [word for word in map(clean, words) if word]

    def act(survey: Survey, remarks: list[ReadRemark], _found: Remarks) -> str:
        remark = remarks[0]
        missing = [Problem("“%(word)s” is not in the remark.", "word", word=word[:30])
                   for word in chosen if word not in remark.body]  # fmt: skip
        if missing:
            raise InputError(missing)
        masked = mask_names(remark.body, chosen) if chosen else None
        _store(survey, remark, masked=masked)
        text = remark.body if masked is None else masked
        _update_published(survey, number, body=text)
        return text

    return _treat(actor, Action.MASK_REMARK, slug, [number], act)


def merge_remarks(actor: Actor, slug: str, numbers: Sequence[bytes], into: bytes | None = None) -> bytes:
    """Let one remark stand for all of these (`into`, or the longest one); returns its number. Raises InputError.

    They are about the same unit and question. What was merged into one of them goes with it.
    """

    def act(survey: Survey, remarks: list[ReadRemark], found: Remarks) -> bytes:
        if len(remarks) < 2:
            raise InputError(Problem("Choose at least two remarks to merge."))
        if len({(remark.unit, remark.item) for remark in remarks}) > 1:
            raise InputError(Problem("Only remarks about the same unit and question can be merged."))
        _refuse(remarks, RemarkState.ABUSIVE, message_id("Abusive remarks are not merged: %(names)s."))
        _refuse(remarks, RemarkState.MERGED, message_id("Merged remarks have to be taken apart first: %(names)s."))
        public = [remark for remark in remarks if remark.state is RemarkState.PUBLISHED]
        first = max(public or remarks, key=lambda remark: (len(remark.body), remark.number))
        standing = next((remark for remark in remarks if remark.number == into), first)
        _refuse([remark for remark in remarks if remark is not standing], RemarkState.PUBLISHED,
                message_id("Withdraw what is published first: %(names)s."))  # fmt: skip
        others = {remark.number for remark in remarks if remark is not standing}
        for remark in found.remarks:
            if remark.number in others or remark.merged_into in others:
                _store(survey, remark, merged_into=standing.number)
        _recount(survey, standing.number)
        return standing.number

    return _treat(actor, Action.MERGE_REMARKS, slug, numbers, act)


def split_remarks(actor: Actor, slug: str, numbers: Sequence[bytes]) -> int:
    """Take merged remarks apart: those named, and all that were merged into one of them; how many. Raises InputError."""

    def act(survey: Survey, _remarks: list[ReadRemark], found: Remarks) -> int:
        chosen = set(numbers)
        apart = [
            remark
            for remark in found.remarks
            if remark.merged_into and (remark.number in chosen or remark.merged_into in chosen)
        ]
        for remark in apart:
            _store(survey, remark, merged_into=None)
        for number in {remark.merged_into for remark in apart if remark.merged_into}:
            _recount(survey, number)
        return len(apart)

    return _treat(actor, Action.SPLIT_REMARKS, slug, numbers, act)


def refuse_group(actor: Actor, slug: str, numbers: Sequence[bytes]) -> None:
    """Say that these are not alike, so that they are not proposed together again. Raises InputError."""

    def act(survey: Survey, remarks: list[ReadRemark], _found: Remarks) -> None:
        refusal = secrets.token_bytes(16)
        for remark in remarks:
            RefusedGroup.create(survey_id=survey.id, refusal=refusal, number=remark.number)

    _treat(actor, Action.REFUSE_ALIKE, slug, numbers, act)


@dataclass(frozen=True)
class Publication:
    """How many remarks were published, and the numbers of those that may hold names and were not."""

    published: int
    with_names: list[bytes]


def publish_remarks(actor: Actor, slug: str, numbers: Sequence[bytes], *, names_checked: bool = False) -> Publication:
    """Publish remarks as they are masked. Those that may hold names are left out, unless somebody has checked them.

    Raises InputError for abusive and merged ones.
    """

    def act(survey: Survey, remarks: list[ReadRemark], _found: Remarks) -> Publication:
        _refuse(remarks, RemarkState.ABUSIVE, message_id("Abusive remarks are not published: %(names)s."))
        _refuse(
            remarks,
            RemarkState.MERGED,
            message_id("Merged remarks are published with the one that stands for them: %(names)s."),
        )
        names = known_names()
        left = [] if names_checked else [remark for remark in remarks if propose_names(remark.text, names)]
        ready = [remark for remark in remarks if remark not in left and remark.state is RemarkState.OPEN]
        for remark in ready:
            PublishedRemark.create(
                survey_id=survey.id, number=remark.number, unit=remark.unit, item=remark.item, body=remark.text,
                alike=remark.stands_for,
            )  # fmt: skip
        return Publication(len(ready), [remark.number for remark in left])

    return _treat(actor, Action.PUBLISH_REMARKS, slug, numbers, act)


def withdraw_remarks(actor: Actor, slug: str, numbers: Sequence[bytes]) -> int:
    """Take published remarks back; how many. Raises InputError."""

    def act(survey: Survey, remarks: list[ReadRemark], _found: Remarks) -> int:
        public = [remark for remark in remarks if remark.state is RemarkState.PUBLISHED]
        for remark in public:
            _of(PublishedRemark, survey, remark.number).execute()
        return len(public)

    return _treat(actor, Action.WITHDRAW_REMARKS, slug, numbers, act)


def _treat(
    actor: Actor,
    action: Action,
    slug: str,
    numbers: Sequence[bytes],
    act: Callable[[Survey, list[ReadRemark], Remarks], Any],
    about: str = "",
) -> Any:
    """A unit of work on remarks that may be read. Raises InputError where one of them is not among these."""

    def change(survey: Survey) -> Any:
        found = read_remarks(survey)
        chosen = list(dict.fromkeys(numbers))
        if not chosen:
            raise InputError(Problem("Choose at least one remark."))
        unknown = [number.hex()[:8] for number in chosen if number not in found.by_number]
        if unknown:
            raise InputError(Problem("There is no remark %(names)s, or it is withheld.", names=shortened(unknown, 10)))
        return act(survey, [found.by_number[number] for number in chosen], found)

    return change_survey(actor, action, slug, change, about=about or _named(numbers))


def _named(numbers: Sequence[bytes]) -> str:
    return shortened((number.hex()[:8] for number in numbers), 10)


def _refuse(remarks: list[ReadRemark], state: RemarkState, message: str) -> None:
    names = [remark.key[:8] for remark in remarks if remark.state is state]
    if names:
        raise InputError(Problem(message, names=shortened(names, 10)))


def _refuse_standing(remarks: list[ReadRemark]) -> None:
    names = [remark.key[:8] for remark in remarks if remark.stands_for]
    if names:
        raise InputError(
            Problem(message_id("Merged remarks have to be taken apart first: %(names)s."), names=shortened(names, 10))
        )


def _of(table: Any, survey: Survey, number: bytes, *more: Any) -> Any:
    return table.delete().where(table.survey_id == survey.id, table.number == number, *more)


def _store(survey: Survey, remark: ReadRemark, **columns: Any) -> None:
    """Change the row of a treatment, or make it."""
    row = {"survey_id": survey.id, "number": remark.number}
    RemarkTreatment.insert(**row, **columns).on_conflict(
        conflict_target=[RemarkTreatment.survey_id, RemarkTreatment.number], update=columns
    ).execute()


def _recount(survey: Survey, number: bytes) -> None:
    """Say of a published remark how many others it stands for."""
    merged = RemarkTreatment.select().where(
        RemarkTreatment.survey_id == survey.id, RemarkTreatment.merged_into == number
    )
    _update_published(survey, number, alike=merged.count())


def _update_published(survey: Survey, number: bytes, **columns: Any) -> None:
    PublishedRemark.update(**columns).where(
        PublishedRemark.survey_id == survey.id, PublishedRemark.number == number
    ).execute()
