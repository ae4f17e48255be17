"""The public bulletin of a sealed survey: what the committee publishes, and all receipts, so that anyone can check.

Digests and receipts are public from the seal on, for every survey. So are window and turnout, until the committee publishes a
bulletin: from then on it has the parts that were chosen, and a new kind of section is a new Part.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from surveys.ballots.receipts import read_receipts
from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.campaigns.surveys import change_survey
from surveys.followup.models import Bulletin
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_REASON = 120
MAX_DAYS = 60


class Part(StrEnum):
    """A part of the bulletin that the committee may show."""

    WINDOW = "window"
    TURNOUT = "turnout"
    METHOD = "method"
    RANKING = "ranking"
    EVALUATION = "evaluation"
    REMARKS = "remarks"
    ACTIONS = "actions"


TABLES = {Part.TURNOUT: "turnout", Part.RANKING: "ranking"}
"""The tables of an export (results/export/) that hold the figures of a part, and nothing else."""
BEFORE = frozenset({Part.WINDOW, Part.TURNOUT})
"""What is public while nothing was published."""


@dataclass(frozen=True)
class Publication:
    """What is shown of a survey. `published_at` is None where nothing was published, `withdrawn_at` where it stands."""

    parts: frozenset[Part] = BEFORE
    published_at: int | None = None
    published_by: str = ""
    withdrawn_at: int | None = None
    reason: str = ""
    objections_until: int | None = None

    @property
    def stands(self) -> bool:
        """Whether a bulletin is published and was not withdrawn."""
        return self.published_at is not None and self.withdrawn_at is None

    def takes_objections(self, now: float) -> bool:
        """Whether the notice period runs."""
        return self.stands and self.objections_until is not None and now <= self.objections_until

    @property
    def tables(self) -> list[str]:
        """The tables whose figures everybody may see, because the published bulletin shows them."""
        return [table for part, table in TABLES.items() if part in self.parts] if self.stands else []


def publication_of(survey_id: SurveyId) -> Publication:
    """What is shown of a sealed survey. Of a bulletin that was withdrawn no part is left."""
    found = Bulletin.get_or_none(Bulletin.survey == survey_id)
    if found is None:
        return Publication()
    parts = frozenset() if found.withdrawn_at is not None else frozenset(Part(word) for word in found.parts.split())
    return Publication(
        parts, found.published_at, found.published_by, found.withdrawn_at, found.reason, found.objections_until
    )


def publish_bulletin(actor: Actor, slug: str, parts: Iterable[Part], days: int = 0) -> None:
    """Publish the bulletin of a sealed survey with these parts, in place of an earlier one. Raises InputError.

    `days` is how long everybody may object from now on; 0: not at all.
    """
    wanted = frozenset(parts)
    chosen = " ".join(part for part in Part if part in wanted)

    def change(survey: Survey) -> None:
        if survey.state != State.SEALED:
            raise InputError(Problem("The survey %(name)s is not sealed.", name=survey.slug))
        if not chosen:
            raise InputError(Problem("Choose at least one part.", "parts"))
        if not 0 <= days <= MAX_DAYS:
            raise InputError(Problem("Take a whole number from %(low)s to %(high)s.", "days", low=0, high=MAX_DAYS))
        now = int(time.time())
        Bulletin.delete().where(Bulletin.survey == survey.id).execute()
        Bulletin.create(
            survey=survey.id, parts=chosen, published_at=now, published_by=actor.name[:60],
            objections_until=now + days * 86400 if days else None,
        )  # fmt: skip

    change_survey(actor, Action.PUBLISH_BULLETIN, slug, change, about=chosen)


def withdraw_bulletin(actor: Actor, slug: str, reason: str) -> None:
    """Take the published bulletin back. The reason is public and stands in the audit trail. Raises InputError."""
    why = clean(reason)
    if not why:
        raise InputError(Problem("Say why. The reason is published in place of the bulletin.", "reason"))
    if len(why) > MAX_REASON:
        raise InputError(Problem("The text is longer than %(limit)s characters.", "reason", limit=MAX_REASON))

    def change(survey: Survey) -> None:
        if not publication_of(survey.id).stands:
            raise InputError(Problem("No bulletin of %(name)s is published.", name=survey.slug))
        Bulletin.update(withdrawn_at=int(time.time()), reason=why).where(Bulletin.survey == survey.id).execute()

    change_survey(actor, Action.WITHDRAW_BULLETIN, slug, change, about=why)


def receipt_lines(survey_id: SurveyId) -> Iterator[str]:
    """All receipts in their order, one a line, in batches: their digest can be computed without this service."""
    for batch in read_receipts(survey_id):
        yield "".join(f"{number.hex()}\n" for number in batch)


def digest_command(slug: str) -> str:
    """A command for anyone's shell that computes the digest of the receipts in the downloaded file."""
    return f"(printf receipts; xxd -r -p {slug}-receipts.txt) | sha256sum"
