"""To the sign-on service and back. Who comes back is given the code of their own roster entry, as on a slip."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.admission.codes import personal_code
from surveys.admission.roster import find_person
from surveys.admission.sign_on.provider import Provider, SignOnError, SignOnState, decrypt_state
from surveys.campaigns.states import State
from surveys.inputs.text import clean
from surveys.services import sign_on_services
from surveys.web.addresses import public_address
from surveys.web.languages import language, set_locale
from surveys.web.published import PublishedSurvey, published_survey
from surveys.web.respond import replies
from surveys.web.throttle import may_be_wrong_again

# No survey's address begins with a dash.
blueprint = Blueprint("sign_on", __name__, url_prefix="/s")


def _provider(kind: str) -> Provider:
    provider = sign_on_services().get(kind)
    if provider is None:
        abort(404)
    return provider


def _callback(kind: str) -> str:
    return public_address("sign_on.callback", kind=kind)


@blueprint.get("/<slug>/sign-on/<kind>")
def login(slug: str, kind: str) -> Response | tuple[str, int]:
    """To the sign-on service."""
    survey, provider = published_survey(slug), _provider(kind)
    if survey.state is not State.OPEN:
        return replies.not_open(survey), 200
    state = SignOnState.new(slug, language())
    encrypted = state.encrypted(current_app.config["SIGN_ON_KEY"])
    try:
        address = provider.login_url(_callback(kind), state, encrypted, login_again="again" in request.args)
    except SignOnError as error:
        return _failed(survey, error)
    return redirect(address)


@blueprint.get("/-/<kind>")
def callback(kind: str) -> str | tuple[str, int]:
    """Back from the sign-on service."""
    provider = _provider(kind)
    encrypted = request.args.get("state", "")
    state = decrypt_state(encrypted, current_app.config["SIGN_ON_KEY"])
    if state is None:
        if not may_be_wrong_again():
            abort(429)
        text = _("Signing in has to be finished within %(n)s minutes. Open the survey again from its link.", n=15)
        return render_template("error.html", code=400, title=_("This took too long"), text=text), 400
    set_locale(state.language)
    survey = published_survey(state.slug)
    if survey.state is not State.OPEN:
        return replies.not_open(survey), 200
    try:
        number = clean(provider.number(_callback(kind), state, encrypted, request.args))
    except SignOnError as error:
        return _failed(survey, error)
    person = find_person(survey.id, number)
    if person is None:
        text = _(
            "You signed in as %(number)s, and the roster of this survey has no such number. If you think you should be "
            "asked, tell the office that runs the survey.",
            number=number[:60],
        )
        return replies.message(survey, _("You are not on the roster"), text, login_again=kind), 403
    code = personal_code(current_app.config["CODE_KEY"], survey.id, person.number)
    return render_template(
        "respond/signed_in.html", survey=survey, plan=survey.plan, person=person, code=code, kind=kind
    )  # fmt: skip


def _failed(survey: PublishedSurvey, error: SignOnError) -> tuple[str, int]:
    current_app.logger.error("sign-on failed: %s", error)
    text = _("Signing in did not work. Try again in a moment, or use your personal link or slip.")
    return replies.message(survey, _("This did not work"), text), 502
