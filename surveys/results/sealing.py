"""The seal: no ballot can enter any more, the tables are rewritten, the result is computed and fixed with a digest."""

from __future__ import annotations

import json
import time

from surveys.ballots.box import rewrite_tables
from surveys.ballots.mix import Mix
from surveys.ballots.paper.stacks import check_no_stack_is_open
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move, State, move
from surveys.campaigns.surveys import all_surveys, change_survey, get_survey, stored_state
from surveys.inputs.problems import InputError, Problem
from surveys.results.computing import Progress, digested, score_ballots
from surveys.results.digest import BallotsDigest, receipts_digest, survey_digest
from surveys.results.lost_ballots import agreed_loss
from surveys.results.models import StoredResult, pack_draws
from surveys.storage.audit import Action
from surveys.storage.instance import Belonging
from surveys.storage.locks import hold_backup_off
from surveys.storage.schema import forget_old_pages
from surveys.storage.unit_of_work import Actor


def seal(actor: Actor, mix: Mix, slug: str, progress: Progress | None = None) -> StoredResult:
    """Seal a closed survey in one transaction and return its result. `progress` is told (ballots done, of all).

    Interrupted at any point, nothing has happened. Raises InputError where the state does not allow it, and where ballots
    in the mix cannot be decrypted, unless two administrators agreed to seal without them.
    """

    def act(survey: Survey) -> StoredResult:
        hold_backup_off(wait=True)
        after = move(stored_state(survey), Move.SEAL, int(time.time()))
        check_no_stack_is_open(survey.id)
        loss = agreed_loss(mix, survey.id)
        lost = mix.flush_survey(survey.id, without=loss.ballots)
        rewrite_tables(survey.id)
        digest = BallotsDigest()
        scored = score_ballots(survey, digested(survey.id, digest, progress))
        receipts = receipts_digest(survey.id)
        if receipts.receipts != digest.ballots + lost:
            raise InputError(
                Problem("There are %(ballots)s ballots but %(receipts)s receipts. Nothing was sealed; call your "
                        "administrator.", ballots=digest.ballots + lost, receipts=receipts.receipts)
            )  # fmt: skip
        survey.state = after.state.value
        survey.save(only=[Survey.state])
        stored = StoredResult(
            survey=survey.id,
            sealed_at=int(time.time()),
            method=scored.result.method,
            ballots_digest=digest.hex(),
            receipts_digest=receipts.hex,
            ballots=digest.ballots,
            receipts=receipts.receipts,
            lost=lost,
            lost_first=loss.first,
            lost_second=loss.second,
            body=json.dumps(scored.result.to_json(), ensure_ascii=False, separators=(",", ":")),
            draws=pack_draws(scored.draws),
        )
        stored.digest = survey_digest(survey.plan_digest, digest.hex(), receipts.hex, stored.loss)
        stored.save(force_insert=True)
        return stored

    stored = change_survey(actor, Action.SEAL, slug, act, about=lambda stored: stored.digest)
    mix.keys.erase(get_survey(slug).id)
    forget_old_pages()
    return stored


def erase_leftover_keys(mix: Mix) -> None:
    """Forget the keys of sealed surveys that a power cut left between the seal and their removal.

    Not in a folder of another installation: its surveys have the same numbers.
    """
    if mix.folder.belonging() is not Belonging.OWN:
        return
    sealed = {survey.id for survey in all_surveys() if survey.state == State.SEALED}
    for survey_id in mix.keys.surveys() & sealed:
        mix.keys.erase(survey_id)
