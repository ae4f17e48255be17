"""Submitting a ballot, and going on with a draft."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, Response, abort, current_app, request
from flask_babel import gettext as _

from surveys.ballots.answers import Answers, read_answers
from surveys.ballots.proof_of_work import has_proof
from surveys.ballots.receipts import confirm_receipt
from surveys.ballots.submission import Outcome, submit_ballot
from surveys.ballots.token import BallotToken
from surveys.services import mix
from surveys.web.limits import takes_form
from surveys.web.messages import sentence
from surveys.web.published import PublishedSurvey, known_survey, published_survey
from surveys.web.questionnaire_pages import RECEIPT, filled_page, thanks_page
from surveys.web.respond import replies
from surveys.web.respond.tokens import form_of, questionnaire, sent_token, tail_of
from surveys.web.throttle import count_ballot, may_be_wrong_again

blueprint = Blueprint("ballot", __name__, url_prefix="/s")


def _form_size(slug: str) -> tuple[int, int]:
    return known_survey(slug).plan.largest_form


@blueprint.post("/<slug>/resume")
def resume(slug: str) -> Response | str | tuple[str, int]:
    """The questionnaire of a token that was handed out before: a draft goes on where it was left."""
    survey = published_survey(slug)
    token = sent_token(survey)
    if token is None:
        return _wrong_token(survey)
    if confirm_receipt(survey.id, token.number):
        return _thanks(survey, token)
    return questionnaire(survey, token) if survey.takes_ballots else replies.not_counted(survey)


@blueprint.post("/<slug>/submit")
@takes_form(_form_size)
def submit(slug: str) -> Response | str | tuple[str, int]:
    survey = known_survey(slug)  # its state is looked at where the ballot is stored
    token = sent_token(survey)
    if token is None:
        return _wrong_token(survey)
    plan, fields = survey.plan, request.form.to_dict(flat=False)
    answers = read_answers(plan, token.group, token.units(plan.groups[token.group]), fields)
    if answers.problems or not (token.admission or _may_pass(token, request.form)):
        return _not_received(published_survey(slug), token, fields, answers)
    outcome = submit_ballot(mix(), token, answers)
    if outcome is Outcome.NOT_OPEN:
        return replies.not_counted(published_survey(slug))
    if outcome is Outcome.ALREADY_ANSWERED:
        holder = token.holder(current_app.config["TOKEN_KEY"])
        return replies.already_answered(survey, holder, token=request.form["token"]), 200
    return _thanks(survey, token)


def _not_received(
    survey: PublishedSurvey, token: BallotToken, fields: dict[str, list[str]], answers: Answers
) -> Response | str | tuple[str, int]:
    """The questionnaire again, with everything typed: something is wrong with it, or there is a flood."""
    if confirm_receipt(survey.id, token.number):
        return _thanks(survey, token)
    if not survey.takes_ballots:
        return replies.not_counted(survey)
    form, tail = form_of(survey, token), tail_of(token)
    if answers.problems:
        said: dict[str, str] = {}  # hundreds of places may have one fault
        problems = [
            (survey.plan.slots[index], said.get(problem.text()) or said.setdefault(problem.text(), sentence(problem)))
            for index, problem in answers.problems
        ]
        return Response(filled_page(form, tail, fields, problems), status=422, mimetype="text/html")
    body = filled_page(form, tail, fields, [], proof_bits=current_app.config["FLOOD_WORK_BITS"])
    return Response(body, status=429, mimetype="text/html", headers={"Retry-After": "60"})


def _may_pass(token: BallotToken, form: Mapping[str, str]) -> bool:
    """Whether an open-link ballot is taken now: there is no flood from where it comes, or it brings a proof of work."""
    config = current_app.config
    bits = config["FLOOD_WORK_BITS"]
    if bits and "proof" in form and has_proof(form["token"], form["proof"], bits):
        return True
    return count_ballot(token.survey_id) <= config["FLOOD_BALLOTS_PER_MINUTE"]


def _wrong_token(survey: PublishedSurvey) -> tuple[str, int]:
    if not may_be_wrong_again():
        abort(429)
    text = _("This page is not valid for this survey. Open the survey again from its link.")
    return replies.message(survey, _("This did not work"), text), 400


def _thanks(survey: PublishedSurvey, token: BallotToken) -> Response:
    texts = tail_of(token).texts
    return thanks_page(survey.plan, survey.digest, survey.slug).answer({RECEIPT: _grouped(token.number), **texts})


def _grouped(number: bytes) -> str:
    """A receipt as shown: groups of four hexadecimal digits."""
    text = number.hex()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))
