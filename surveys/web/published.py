"""Published surveys as respondents' and public pages need them; drafts do not exist there."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import Flask, abort, current_app

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import State, StoredState
from surveys.campaigns.surveys import published_plan
from surveys.storage.statements import run
from surveys.storage.transactions import read

_SURVEY = "SELECT id, state, opens_at, closes_at, late_until, plan_digest FROM survey WHERE slug = ?"


@dataclass(frozen=True)
class PublishedSurvey:
    """A published survey, as it was when it was looked up."""

    id: SurveyId
    slug: str
    state: State
    stored: StoredState
    digest: str

    @property
    def takes_late(self) -> bool:
        """Whether it is closed, and takes ballots that were begun before."""
        return self.stored.takes_late(time.time())

    @property
    def takes_ballots(self) -> bool:
        """Whether the ballot of a token is taken."""
        return self.stored.takes_ballots(time.time())

    @property
    def plan(self) -> SurveyPlan:
        """The survey's plan."""
        return published_plan(self.id, self.digest)


def init_published(app: Flask) -> None:
    """Give the application its cache of published surveys."""
    app.extensions["published_surveys"] = {}


def published_survey(slug: str) -> PublishedSurvey:
    """The survey with this slug, or the page "there is no such page"."""
    valid = len(slug) <= 40 and "\x00" not in slug
    row = read(lambda: run(_SURVEY, (slug,)).fetchone()) if valid else None
    if row is None or row[1] == State.DRAFT:
        abort(404)
    stored = StoredState(State(row[1]), row[2], row[3], row[4])
    survey = PublishedSurvey(row[0], slug, stored.at(time.time()), stored, row[5])
    known = _known_surveys()
    if len(known) < 1000:
        known[slug] = survey
    return survey


def known_survey(slug: str) -> PublishedSurvey:
    """As published_survey, or what it returned before: its number and slots never change, but state and wordings may have."""
    return _known_surveys().get(slug) or published_survey(slug)


def _known_surveys() -> dict[str, PublishedSurvey]:
    return current_app.extensions["published_surveys"]
