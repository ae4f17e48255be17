"""The command line: every group of commands."""

from __future__ import annotations

import click


def groups() -> list[click.Group]:
    """All groups of commands."""
    from surveys.accounts.cli import account
    from surveys.authoring.cli import questionnaire
    from surveys.demo import demo
    from surveys.maintenance import db
    from surveys.publishing.cli import codes, roster
    from surveys.reporting.cli import scores, survey
    from surveys.responding.cli import ballots
    from surveys.units.cli import units

    return [units, questionnaire, survey, codes, roster, ballots, scores, account, db, demo]
