"""What the application object holds beside its configuration, as pages and commands ask for it."""

from __future__ import annotations

from flask import current_app

from surveys.admission.sign_on.provider import Provider
from surveys.ballots.drawing import UnitDrawer
from surveys.ballots.mix import Mix
from surveys.ballots.readiness import ReadinessCheck


def mix() -> Mix:
    """The mix of this instance."""
    return current_app.extensions["mix"]


def readiness() -> ReadinessCheck:
    """What looks whether ballots can be taken."""
    return current_app.extensions["readiness"]


def unit_drawer() -> UnitDrawer:
    """What draws units at random for ballots."""
    return current_app.extensions["unit_drawer"]


def sign_on_services() -> dict[str, Provider]:
    """The single sign-on services by kind."""
    return current_app.extensions["sign_on"]
