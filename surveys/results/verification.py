"""Whether a sealed survey is still what was sealed: digests and result are recomputed and compared."""

from __future__ import annotations

from dataclasses import dataclass
from math import isclose
from typing import Any

from surveys.campaigns.surveys import get_survey
from surveys.inputs.problems import InputError
from surveys.questionnaires.canonical import text_digest
from surveys.results.computing import digested, score_ballots
from surveys.results.digest import BallotsDigest, receipts_digest, survey_digest
from surveys.results.models import stored_result
from surveys.scoring.result import METHOD


@dataclass(frozen=True)
class Verification:
    """Each line is true where the sealed survey is as it was. `digest` is what it is now.

    `plan` also stands for how many ballots were lost and who agreed; `counts`: ballots and lost ones are as many as receipts.
    """

    plan: bool
    ballots: bool
    receipts: bool
    counts: bool
    result: bool
    digest: str

    @property
    def unchanged(self) -> bool:
        """Whether nothing was added, removed or changed."""
        return self.plan and self.ballots and self.receipts and self.counts and self.result


def verify(slug: str) -> Verification:
    """Recompute digests and result of a sealed survey and compare. Raises InputError if it is not sealed."""
    survey = get_survey(slug)
    stored = stored_result(survey)
    digest = BallotsDigest()
    try:
        result = score_ballots(survey, digested(survey.id, digest)).result
    except (ValueError, IndexError, InputError):  # what was changed by hand may be no ballot at all
        return Verification(False, False, False, False, False, "")
    receipts = receipts_digest(survey.id)
    plan_digest = text_digest(survey.plan)
    return Verification(
        plan=stored.digest == survey_digest(plan_digest, stored.ballots_digest, stored.receipts_digest, stored.loss),
        ballots=digest.hex() == stored.ballots_digest,
        receipts=receipts.hex == stored.receipts_digest,
        counts=(digest.ballots, receipts.receipts) == (stored.ballots, stored.receipts)
        and digest.ballots + stored.lost == receipts.receipts,
        # Of an older method the figures may differ; they stay as they were sealed.
        result=stored.method != METHOD or _alike(stored.result().to_json(), result.to_json()),
        digest=survey_digest(plan_digest, digest.hex(), receipts.hex, stored.loss),
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether figures are the same, but for the last digits, in which machines may differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return isclose(one, other, rel_tol=1e-9, abs_tol=1e-6)
    return bool(one == other)
