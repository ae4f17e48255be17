"""What an API token may read: sealed surveys, of them those it is made for, and of these what its scopes allow."""

from __future__ import annotations

from dataclasses import replace

from surveys.accounts.api_tokens import TokenWish, add_token
from surveys.accounts.models import ApiToken, Scope
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import all_surveys, find_survey
from surveys.followup.bulletin import Part, publication_of
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults
from surveys.results.export.facts import SurveyFacts
from surveys.results.export.specs import SPECS
from surveys.storage.unit_of_work import Actor


def make_token(actor: Actor, wish: TokenWish, *, once: str = "") -> str:
    """Make a token for surveys that are there; see add_token."""
    faults = Faults()
    surveys = tuple(dict.fromkeys(fold(slug) for slug in wish.surveys))
    for slug in surveys:
        if find_survey(slug) is None:
            faults.note("There is no survey %(name)s.", "surveys", name=slug[:50])
    faults.check()
    return add_token(actor, TokenWish(wish.name, wish.scopes, surveys, wish.expires_at), once=once)


def readable_surveys(token: ApiToken) -> list[Survey]:
    """The sealed surveys that a token may read, those that opened last first."""
    return [survey for survey in all_surveys() if _may_read(token, survey)]


def readable_survey(token: ApiToken, slug: str) -> Survey | None:
    """A sealed survey that a token may read; None where there is none, or the token is for others."""
    survey = find_survey(slug)
    return survey if survey and _may_read(token, survey) else None


def _may_read(token: ApiToken, survey: Survey) -> bool:
    if survey.state != State.SEALED or not token.covers(survey.slug):
        return False
    return Scope.RESULTS in token.scope_set or publication_of(survey.id).stands


def readable_tables(token: ApiToken, survey: Survey) -> list[str]:
    """The tables of a survey that a token may read: all, or those whose figures its published bulletin shows."""
    return list(SPECS) if Scope.RESULTS in token.scope_set else publication_of(survey.id).tables


def readable_facts(token: ApiToken, survey: Survey, facts: SurveyFacts) -> SurveyFacts:
    """The facts of a survey that a token may read: all, or those that its published bulletin shows."""
    if Scope.RESULTS in token.scope_set:
        return facts
    parts = publication_of(survey.id).parts
    if Part.WINDOW not in parts:
        facts = replace(facts, opens_at=None, closes_at=None)
    if Part.TURNOUT not in parts:
        facts = replace(facts, ballots=None, receipts=None, lost=None)
    if Part.METHOD not in parts:
        groups = [replace(group, weight=None) for group in facts.groups]
        facts = replace(facts, minimum=None, decimals=None, method=None, groups=groups)
    return facts
