"""Decisions at the cut of a quota, the two signatures, and the digest over all of it."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

from surveys.accounts.models import Role
from surveys.accounts.operations import account_named
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey, get_survey
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.questionnaires.canonical import canonical_json
from surveys.results.evaluation.entries import change_points, check_unsigned, read_reason, void_signature
from surveys.results.evaluation.models import Evaluation, EvaluationDecision
from surveys.results.evaluation.overview import Overview, get_evaluation, overview_of
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

SIGNERS = frozenset({Role.ADMINISTRATOR, Role.COMMITTEE})


@dataclass(frozen=True)
class Signature:
    """Who signed, and when."""

    name: str
    at: int


def decide(actor: Actor, slug: str, quota: int, codes: list[str], reason: str) -> None:
    """Say which of the units that have a place at a broken quota keep it; the others are lowered. Raises InputError."""
    faults = Faults()
    why = read_reason(faults, reason)
    if not why:
        faults.note("Say why.", "reason")
    faults.check()

    def act(survey: Survey) -> None:
        now = _before_quota(overview_of(survey), survey, quota)
        state = now.composite.quotas[quota]
        units = [now.plan.unit_lookup.find(code) for code in codes]
        if not now.composite.is_filled:
            raise InputError(Problem("Points are still missing. Who stands at the cut is known when all are there."))
        if state.check.kept:
            raise InputError(Problem("This quota is kept. There is nothing to decide."))
        if None in units or not set(units) <= set(state.places):
            raise InputError(Problem("Only units that have a place can keep it.", "units"))
        if len(set(units)) != len(units) or len(units) > state.allowed:
            raise InputError(Problem("At most %(n)s can keep the place.", "units", n=state.allowed))
        void_signature(survey)
        chosen = " ".join(now.plan.units[unit].code for unit in units if unit is not None)
        EvaluationDecision.create(
            survey_id=survey.id, quota=quota, chosen=chosen, reason=why, decided_by=actor.name[:60],
            decided_at=int(time.time()),
        )  # fmt: skip

    change_points(actor, Action.DECIDE_QUOTA, slug, act, about=f"{quota + 1}: {', '.join(codes)}")


def _before_quota(now: Overview, survey: Survey, quota: int) -> Overview:
    """The evaluation without the decisions on this quota and those behind it, which rest on it."""
    if not 0 <= quota < len(now.scheme.quotas):
        raise InputError(Problem("There is no quota %(number)s.", number=quota + 1))
    table = EvaluationDecision
    table.delete().where(table.survey_id == survey.id, table.quota >= quota).execute()
    return overview_of(survey)


def sign(actor: Actor, slug: str, name: str, seen: str = "") -> Evaluation:
    """Sign as a member of the committee, whose password was checked. The second signature ends all changes.

    `seen` is the digest of what the signer looked at (content_digest). Raises InputError: not complete, changed meanwhile, the
    same person, or somebody who may not sign.
    """

    def act(survey: Survey) -> Evaluation:
        account = account_named(name)
        if account is None or not account.active or account.role not in SIGNERS:
            raise InputError(Problem("%(name)s is no member of the committee, and cannot sign.", name=name[:60]))
        stored = get_evaluation(survey)
        check_unsigned(stored)
        now = overview_of(survey)
        if seen and seen != content_digest(now):
            raise InputError(Problem("The evaluation has changed meanwhile. Look at it again."))
        if not now.composite.is_complete:
            raise InputError(Problem("The evaluation is not complete: points are missing, or a quota is not decided."))
        if stored.first_signer and fold(stored.first_signer) == fold(account.name):
            raise InputError(Problem("%(name)s has signed already. A second member has to.", name=account.name))
        _store_signature(survey, now, Signature(account.name, int(time.time())))
        return get_evaluation(survey)

    return change_survey(actor, Action.SIGN_EVALUATION, slug, act, about=name)


def _store_signature(survey: Survey, now: Overview, signature: Signature) -> None:
    here = Evaluation.survey == survey.id
    if not now.stored.first_signer:
        values: dict[str, Any] = {"first_signer": signature.name, "first_signed_at": signature.at}
    else:
        first = Signature(now.stored.first_signer, now.stored.first_signed_at or 0)
        values = {
            "second_signer": signature.name, "second_signed_at": signature.at,
            "digest": evaluation_digest(now, (first, signature)),
        }  # fmt: skip
    Evaluation.update(**values).where(here).execute()


def content(now: Overview) -> dict[str, Any]:
    """All that is signed, as plain data in a fixed order."""
    plan, units = now.plan, now.composite.units
    return {
        "survey": now.report.stored.digest,
        "scheme": json.loads(now.stored.scheme),
        "entries": sorted(
            [plan.units[unit].code, column.criterion, column.source, column.judge, row.points, row.reason, row.changed_by]
            for unit, rows in now.entries.items() for column, row in rows.items()
        ),
        "decisions": [
            [number, row.chosen.split(), row.reason, row.decided_by]
            for number, row in sorted(now.decisions.items())
        ],
        "totals": [
            [plan.units[number].code, None if unit.printed is None else str(unit.printed), unit.rank,
             *(now.grade_name(grade, "zh") for grade in (unit.by_points, unit.grade))]
            for number, unit in enumerate(units)
        ],
    }  # fmt: skip


def content_digest(now: Overview) -> str:
    """A digest of what a signer looks at."""
    return hashlib.sha256(canonical_json(content(now)).encode()).hexdigest()


def evaluation_digest(now: Overview, signers: tuple[Signature, ...]) -> str:
    """SHA-256 over scheme, entries, decisions, totals, grades, the survey's digest, and who signed when."""
    signed = {**content(now), "signers": [[one.name, one.at] for one in signers]}
    return hashlib.sha256(canonical_json(signed).encode()).hexdigest()


def signers_of(stored: Evaluation) -> tuple[Signature, ...]:
    """Who has signed so far."""
    pairs = ((stored.first_signer, stored.first_signed_at), (stored.second_signer, stored.second_signed_at))
    return tuple(Signature(name, at or 0) for name, at in pairs if name)


def verify_evaluation(slug: str) -> tuple[bool, str]:
    """Whether a signed evaluation is still what was signed, and the digest that it has now. Raises InputError."""
    now = overview_of(get_survey(slug))
    if not now.is_signed:
        raise InputError(Problem("The evaluation of the survey %(name)s is not signed.", name=slug))
    digest = evaluation_digest(now, signers_of(now.stored))
    return digest == now.stored.digest, digest
