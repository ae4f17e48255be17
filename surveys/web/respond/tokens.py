"""Tokens in forms: reading the one that was sent, handing the questionnaire out for a new one."""

from __future__ import annotations

from flask import Response, current_app, request

from surveys.ballots.drawing import common_draw, may_draw, new_token
from surveys.ballots.token import BallotToken, read_token, sign_token
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.services import unit_drawer
from surveys.web.published import PublishedSurvey
from surveys.web.questionnaire_pages import Form, Tail, questionnaire_page


def sent_token(survey: PublishedSurvey) -> BallotToken | None:
    """The token of the form that was sent, if this installation made it for this survey."""
    token = read_token(request.form.get("token", ""), current_app.config["TOKEN_KEY"])
    if token is None or token.survey_id != survey.id or token.group >= len(survey.plan.groups):
        return None
    return token


def form_of(survey: PublishedSurvey, token: BallotToken) -> Form:
    """The questionnaire page of a token."""
    plan = survey.plan
    return Form(plan, survey.digest, survey.slug, token.group, token.units(plan.groups[token.group]), survey.stored)


def tail_of(token: BallotToken) -> Tail:
    """The end of the page of a token."""
    key = current_app.config["TOKEN_KEY"]
    return Tail(sign_token(token, key), token.holder(key))


def hand_out(survey: PublishedSurvey, group: GroupIndex, own_unit: UnitIndex | None, admission: bytes) -> Response:
    """The questionnaire with a new token."""
    plan, drawn = survey.plan, None
    # Open links have no admission: there each form is drawn anew, as each ballot could be sent again.
    if plan.groups[group].draw and admission and not may_draw(survey.id, admission):
        key = current_app.config["TOKEN_KEY"]
        drawn = common_draw(key, survey.id, group, plan.groups[group], own_unit)
    return questionnaire(survey, new_token(unit_drawer(), plan, survey.id, group, own_unit, admission, drawn))


def questionnaire(survey: PublishedSurvey, token: BallotToken) -> Response:
    """The questionnaire with a token."""
    return questionnaire_page(form_of(survey, token), tail_of(token))
