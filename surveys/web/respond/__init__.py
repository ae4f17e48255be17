"""Respondents' pages. No cookie is set here, and nothing about a request is logged."""

from __future__ import annotations

from flask import Blueprint


def blueprints() -> list[Blueprint]:
    """The blueprints of these pages."""
    from surveys.web.respond import ballot, participation, sign_on, trial, welcome

    return [welcome.blueprint, ballot.blueprint, participation.blueprint, sign_on.blueprint, trial.blueprint]
