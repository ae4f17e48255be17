"""The digest of a sealed survey: over the plan, all ballots and all receipts. Made here and nowhere else."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from surveys.ballots.box import BallotBatch
from surveys.ballots.receipts import read_receipts
from surveys.campaigns.indices import SurveyId


@dataclass
class BallotsDigest:
    """SHA-256 over ballots fed in the order of their numbers: number, group, channel, length and answers of each."""

    ballots: int = 0

    def __post_init__(self) -> None:
        self._hash = hashlib.sha256(b"ballots")

    def feed(self, batch: BallotBatch) -> None:
        """Add ballots."""
        self._hash.update(
            b"".join(
                number + group.to_bytes(2, "big") + channel.to_bytes(1, "big") + len(packed).to_bytes(4, "big") + packed
                for number, group, channel, packed in batch.rows
            )
        )
        self.ballots += len(batch)

    def hex(self) -> str:
        """The digest so far."""
        return self._hash.hexdigest()


@dataclass(frozen=True)
class ReceiptsDigest:
    """SHA-256 over all receipts in order, and how many there are."""

    hex: str
    receipts: int


def receipts_digest(survey_id: SurveyId) -> ReceiptsDigest:
    """The digest of a survey's receipts."""
    digest, count = hashlib.sha256(b"receipts"), 0
    for batch in read_receipts(survey_id):
        digest.update(b"".join(batch))
        count += len(batch)
    return ReceiptsDigest(digest.hexdigest(), count)


def survey_digest(plan_digest: str, ballots_digest: str, receipts_digest: str, loss: str = "") -> str:
    """One digest over the plan (questionnaire, units, rule), the ballots and the receipts.

    `loss` says how many ballots were lost and who agreed (StoredResult.loss); it is empty where none were.
    """
    return hashlib.sha256(f"{plan_digest}\n{ballots_digest}\n{receipts_digest}\n{loss}".encode()).hexdigest()
