"""Away to the sign-on service and back. Who came back is given the code of their own roster entry, as on a slip."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from surveys.publishing.machine import State
from surveys.publishing.roster import find_person, personal_code
from surveys.responding.sign_on import Provider, SignOnError, Trip, open_trip
from surveys.responding.views import Found, find, message, not_open
from surveys.text import clean
from surveys.web.addresses import public_base
from surveys.web.languages import language, speak

# No survey's address begins with a dash.
blueprint = Blueprint("sign_on", __name__, url_prefix="/s")


def _provider(kind: str) -> Provider:
    known: dict[str, Provider] = current_app.extensions["sign_on"]
    if kind not in known:
        abort(404)
    return known[kind]


def _back(kind: str) -> str:
    return f"{public_base()}/s/-/{kind}"


@blueprint.get("/<slug>/sign-on/<kind>")
def leave(slug: str, kind: str) -> Response | tuple[str, int]:
    """Off to the sign-on service."""
    found, provider = find(slug), _provider(kind)
    if found.state is not State.OPEN:
        return not_open(found), 200
    trip = Trip.begin(slug, language())
    try:
        address = provider.address(
            _back(kind), trip, trip.sealed(current_app.config["TRIP_KEY"]), anew="anew" in request.args
        )
    except SignOnError as error:
        return _failed(found, error)
    return redirect(address)


@blueprint.get("/-/<kind>")
def come_back(kind: str) -> str | tuple[str, int]:
    """Back from the sign-on service."""
    provider = _provider(kind)
    state = request.args.get("state", "")
    trip = open_trip(state, current_app.config["TRIP_KEY"])
    if trip is None:
        return render_template("error.html", code=400, title=_("This took too long"), text=_(
            "Signing in has to be finished within %(n)s minutes. Open the survey again from its link.", n=15)), 400  # fmt: skip
    speak(trip.language)
    found = find(trip.slug)
    if found.state is not State.OPEN:
        return not_open(found), 200
    try:
        number = clean(provider.number(_back(kind), trip, state, request.args))
    except SignOnError as error:
        return _failed(found, error)
    person = find_person(found.id, number)
    if person is None:
        return message(found, _("You are not on the roster"), _(
            "You signed in as %(number)s, and the roster of this survey has no such number. If you think you should be asked, "
            "tell the office that runs the survey.", number=number[:60]), again=kind), 403  # fmt: skip
    code = personal_code(current_app.config["CODE_KEY"], found.id, person.number)
    return render_template("respond/signed_in.html", found=found, plan=found.plan, person=person, code=code, kind=kind)


def _failed(found: Found, error: SignOnError) -> tuple[str, int]:
    current_app.logger.error("sign-on failed: %s", error)
    text = _("Signing in did not work. Try again in a moment, or use your personal link or slip.")
    return message(found, _("This did not work"), text), 502
