"""Remarks of a sealed survey as the committee reads, searches and publishes them, each apart from its ballot."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import groupby
from typing import Any

from surveys.ballots.models import Remark
from surveys.campaigns.indices import SurveyId, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import plan_of
from surveys.followup.models import PublishedRemark, RemarkTag, RemarkTreatment
from surveys.inputs.ordering import natural_key
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.results.withheld_texts import withholds_texts
from surveys.results.workbook.remarks import RemarkRow


class RemarkState(StrEnum):
    """Where a remark stands. One that was merged is in the one that stands for it."""

    OPEN = "open"
    PUBLISHED = "published"
    ABUSIVE = "abusive"
    MERGED = "merged"


@dataclass(frozen=True)
class ReadRemark:
    """A remark with what was done with it. `unit` is a position, None: in general; `item` is a code.

    `masked`: the text without names, None: as it was written. `stands_for`: how many were merged into it.
    """

    number: bytes
    unit: UnitIndex | None
    item: str
    body: str
    masked: str | None
    state: RemarkState
    tags: tuple[str, ...]
    merged_into: bytes | None
    stands_for: int

    @property
    def key(self) -> str:
        """Its number in an address."""
        return self.number.hex()

    @property
    def text(self) -> str:
        """What is published of it."""
        return self.body if self.masked is None else self.masked


@dataclass(frozen=True)
class Remarks:
    """The remarks of a survey that may be read, in the order of their random numbers; `withheld`: (unit, item) that may not."""

    plan: SurveyPlan
    remarks: list[ReadRemark]
    withheld: list[tuple[UnitIndex | None, str]]

    @cached_property
    def by_number(self) -> dict[bytes, ReadRemark]:
        """The same by number."""
        return {remark.number: remark for remark in self.remarks}

    @cached_property
    def tags(self) -> list[str]:
        """All tags in use, in natural order."""
        return sorted({tag for remark in self.remarks for tag in remark.tags}, key=natural_key)

    @cached_property
    def states(self) -> Counter[RemarkState]:
        """How many remarks are in each state."""
        return Counter(remark.state for remark in self.remarks)


@dataclass(frozen=True)
class Wanted:
    """Which remarks somebody looks for. Empty fields allow all; `unit` is a unit's code, or GENERAL."""

    words: str = ""
    unit: str = ""
    item: str = ""
    tag: str = ""
    state: str = ""


GENERAL = "-"
"""Stands for "in general" where a unit's code is expected; no code is written so."""


def read_remarks(survey: Survey) -> Remarks:
    """The remarks of a survey that may be read. Raises InputError if it is not sealed."""
    report = report_of(plan_of(survey), stored_result(survey))
    treated = {bytes(row.number): row for row in RemarkTreatment.select().where(RemarkTreatment.survey_id == survey.id)}
    public = {bytes(row.number): row for row in PublishedRemark.select().where(PublishedRemark.survey_id == survey.id)}
    merged = Counter(bytes(row.merged_into) for row in treated.values() if row.merged_into is not None)
    tags = _tags(survey.id)
    written = _written(survey.id)
    for number, one in public.items():
        written.setdefault(number, (one.unit, one.item, one.body))  # what was written is deleted by now
    cells = {(unit, item): withholds_texts(report, unit, item) for unit, item, _body in written.values()}
    remarks = []
    for number, (unit, item, body) in sorted(written.items()):
        if not cells[unit, item]:
            row = treated.get(number)
            into = bytes(row.merged_into) if row and row.merged_into is not None else None
            alike = merged[number] or (public[number].alike if number in public else 0)
            remarks.append(
                ReadRemark(
                    number, unit, item, body, row.masked if row else None, _state(row, number in public),
                    tuple(sorted(tags.get(number, ()), key=natural_key)), into, alike,
                )
            )  # fmt: skip
    withheld = sorted((cell for cell, hidden in cells.items() if hidden), key=lambda cell: (cell[0] or -1, cell[1]))
    return Remarks(report.plan, remarks, withheld)


def _written(survey_id: SurveyId) -> dict[bytes, tuple[UnitIndex | None, str, str]]:
    columns = (Remark.number, Remark.unit, Remark.item, Remark.body)
    rows: Any = Remark.select(*columns).where(Remark.survey_id == survey_id).tuples()
    return {bytes(number): (unit, item, body) for number, unit, item, body in rows}


def _tags(survey_id: SurveyId) -> dict[bytes, list[str]]:
    tags: dict[bytes, list[str]] = defaultdict(list)
    rows: Any = RemarkTag.select(RemarkTag.number, RemarkTag.tag).where(RemarkTag.survey_id == survey_id).tuples()
    for number, tag in rows:
        tags[bytes(number)].append(tag)
    return tags


def _state(row: RemarkTreatment | None, published: bool) -> RemarkState:
    if published:
        return RemarkState.PUBLISHED
    if row and row.abusive:
        return RemarkState.ABUSIVE
    return RemarkState.MERGED if row and row.merged_into is not None else RemarkState.OPEN


def find_remarks(found: Remarks, wanted: Wanted) -> list[ReadRemark]:
    """Those that are looked for, in their random order: all words stand in the text, in whatever case and width."""
    words = _folded(wanted.words).split()
    codes = {position: unit.code for position, unit in enumerate(found.plan.units)}
    return [
        remark
        for remark in found.remarks
        if (not wanted.unit or wanted.unit == (GENERAL if remark.unit is None else codes[remark.unit]))
        and (not wanted.item or wanted.item == remark.item)
        and (not wanted.tag or wanted.tag in remark.tags)
        and (not wanted.state or wanted.state == remark.state)
        and (not words or _has(_folded(remark.body), words))
    ]


def _has(text: str, words: Iterable[str]) -> bool:
    return all(word in text for word in words)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True)
class PublicRemark:
    """A published text, and how many more remarks say the same."""

    body: str
    alike: int


@dataclass(frozen=True)
class ItemRemarks:
    """What was published for one item (a code), in random order."""

    item: str
    remarks: list[PublicRemark]


@dataclass(frozen=True)
class UnitRemarks:
    """What was published about one unit (a position; None: in general), by item."""

    unit: UnitIndex | None
    items: list[ItemRemarks]


def published_remarks(survey_id: SurveyId) -> list[UnitRemarks]:
    """The remarks that the committee published, by unit and item, with names masked. For everyone to read."""
    rows = PublishedRemark.select().where(PublishedRemark.survey_id == survey_id).order_by(PublishedRemark.number)
    remarks = sorted(rows, key=lambda row: (-1 if row.unit is None else row.unit, row.item))
    return [
        UnitRemarks(
            unit,
            [
                ItemRemarks(item, [PublicRemark(row.body, row.alike) for row in alike])
                for item, alike in groupby(about, lambda row: str(row.item))
            ],
        )
        for unit, about in groupby(remarks, lambda row: row.unit)
    ]


def workbook_rows(survey_id: SurveyId) -> list[RemarkRow]:
    """The same as the workbook takes them."""
    return [
        RemarkRow(about.unit, answers.item, one.body, one.alike)
        for about in published_remarks(survey_id)
        for answers in about.items
        for one in answers.remarks
    ]
