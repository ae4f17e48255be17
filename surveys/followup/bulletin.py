"""The public bulletin of a sealed survey: turnout and digests, and all receipts, so that anyone can check."""

from __future__ import annotations

from collections.abc import Iterator

from surveys.ballots.receipts import read_receipts
from surveys.campaigns.indices import SurveyId


def receipt_lines(survey_id: SurveyId) -> Iterator[str]:
    """All receipts in their order, one a line, in batches: their digest can be computed without this service."""
    for batch in read_receipts(survey_id):
        yield "".join(f"{number.hex()}\n" for number in batch)


def digest_command(slug: str) -> str:
    """A command for anyone's shell that computes the digest of the receipts in the downloaded file."""
    return f"(printf receipts; xxd -r -p {slug}-receipts.txt) | sha256sum"
