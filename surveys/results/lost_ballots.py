"""Ballots whose keys are gone for good: two administrators agree to seal a survey without them."""

from __future__ import annotations

import time
from dataclasses import dataclass

from surveys.ballots.mix import Mix
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move, move
from surveys.campaigns.surveys import change_survey, stored_state
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem
from surveys.results.models import LostBallots
from surveys.storage.audit import Action
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor


@dataclass(frozen=True)
class Loss:
    """How many ballots of a survey cannot be decrypted now, and who agreed to seal without them.

    Where more cannot be decrypted than was agreed to (`outgrown`), nobody has agreed any more.
    """

    ballots: int = 0
    first: str = ""
    second: str = ""
    outgrown: bool = False

    @property
    def agreed(self) -> bool:
        """Whether both administrators have."""
        return bool(self.second)


def loss_of(mix: Mix, survey_id: SurveyId) -> Loss:
    """What is lost of a survey at this moment. Raises InputError for a foreign folder of keys."""
    ballots = mix.lost(survey_id)
    known = LostBallots.get_or_none(LostBallots.survey_id == survey_id) if ballots else None
    if known is None:
        return Loss(ballots)
    return Loss(ballots, outgrown=True) if known.ballots < ballots else Loss(ballots, known.first, known.second)


def agreed_loss(mix: Mix, survey_id: SurveyId) -> Loss:
    """What the seal leaves out. Raises InputError unless two administrators agreed to it, or nothing is lost."""
    loss = loss_of(mix, survey_id)
    if not loss.ballots or loss.agreed:
        return loss
    if loss.outgrown:
        raise InputError(
            Problem("%(n)s ballots in the mix cannot be decrypted, more than two administrators agreed to lose. They have "
                    "to agree again.", n=loss.ballots)
        )  # fmt: skip
    raise InputError(
        Problem("%(n)s ballots in the mix cannot be decrypted. Restore the folder mix of this instance, or let two "
                "administrators agree to seal without them.", n=loss.ballots)
    )  # fmt: skip


def agree_to_lose(actor: Actor, mix: Mix, slug: str, administrator: str) -> Loss:
    """Let an administrator agree to seal a closed survey without what cannot be decrypted now.

    Raises InputError: nothing is lost, the survey is not closed, or the same administrator has agreed before.
    """

    def act(survey: Survey) -> Loss:
        move(stored_state(survey), Move.BEGIN_SEAL, int(time.time()))
        loss = loss_of(mix, survey.id)
        if not loss.ballots:
            raise InputError(Problem("All ballots in the mix can be decrypted. Seal the survey as usual."))
        if loss.agreed:
            raise InputError(Problem("Two administrators have agreed already. The survey can be sealed."))
        if loss.first and fold(loss.first) == fold(administrator):
            raise InputError(Problem("%(name)s has agreed already. A second administrator has to.", name=loss.first))
        first, second = (loss.first, administrator) if loss.first else (administrator, "")
        LostBallots.delete().where(LostBallots.survey_id == survey.id).execute()
        LostBallots.create(survey_id=survey.id, ballots=loss.ballots, first=first, second=second)
        return Loss(loss.ballots, first, second)

    def about(loss: Loss) -> str:
        return f"{loss.ballots} ballots, {administrator}"

    return change_survey(actor, Action.GIVE_UP_LOST, slug, act, about=about)


def agree_together(actor: Actor, mix: Mix, slug: str, administrators: list[str]) -> None:
    """Let two administrators agree at once, whose passwords were checked. Both do, or neither. Raises InputError."""

    def act() -> None:
        for administrator in administrators:
            agree_to_lose(actor, mix, slug, administrator)

    write(act)
