"""The command line: every group of commands, a file for each noun."""

from __future__ import annotations

import click


def groups() -> list[click.Group]:
    """All groups of commands."""
    from surveys.commands import (
        account,
        audit,
        ballots,
        codes,
        db,
        demo,
        mix,
        questionnaire,
        roster,
        scores,
        survey,
        units,
    )

    return [
        units.units, questionnaire.questionnaire, survey.survey, codes.codes, roster.roster, ballots.ballots,
        scores.scores, account.account, audit.audit, db.db, mix.mix, demo.demo,
    ]  # fmt: skip
