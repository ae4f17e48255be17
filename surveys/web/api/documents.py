"""What the API answers with. Their descriptions in OpenAPI are made from these classes and from the specs of the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from surveys.results.export.facts import SurveyFacts


@dataclass(frozen=True)
class ListedSurvey:
    """A survey in the list. `address` leads to what there is to know of it."""

    survey: str
    title: str
    campaign: str
    sealed_at: str
    digest: str
    address: str


@dataclass(frozen=True)
class SurveyPage:
    """A part of the list of surveys. `next`: the address of the next part; null on the last one."""

    total: int
    offset: int
    limit: int
    next: str | None
    surveys: list[ListedSurvey]


@dataclass(frozen=True)
class TableLink:
    """A table that the token may read."""

    name: str
    meaning: str
    address: str


@dataclass(frozen=True)
class SurveyDocument(SurveyFacts):
    """A sealed survey with the tables that the token may read."""

    tables: list[TableLink]


@dataclass(frozen=True)
class ColumnDocument:
    """A column: its type, the unit of its figures, and what it is of where there are several (a group, a level)."""

    name: str
    type: str
    unit: str
    of: str
    meaning: str


@dataclass(frozen=True)
class TablePage:
    """A part of a table. `next`: the address of the next part; null on the last one."""

    survey: str
    table: str
    digest: str
    valid: bool
    total: int
    offset: int
    limit: int
    next: str | None
    columns: list[ColumnDocument]
    rows: list[dict[str, Any]]


@dataclass(frozen=True)
class Problem:
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
