"""The command line: every group of commands, a file for each noun."""

from __future__ import annotations

import click


def groups() -> list[click.Group]:
    """All groups of commands."""
    from surveys.commands import (
        account,
        actions,
        api_token,
        audit,
        backup,
        ballots,
        bulletin,
        campaign,
        codes,
        db,
        demo,
        evaluation,
        mix,
        printed,
        questionnaire,
        remarks,
        roster,
        scales,
        scores,
        survey,
        units,
    )

    return [
        units.units, questionnaire.questionnaire, scales.scales, survey.survey, campaign.campaign, codes.codes, roster.roster, ballots.ballots,
        scores.scores, printed.report, remarks.remarks, actions.actions, evaluation.evaluation, bulletin.bulletin, account.account,
        api_token.api_token, audit.audit, db.db, backup.backup, mix.mix, demo.demo,
    ]  # fmt: skip
