"""The ballot token: a signed random number in a form, good for one ballot."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass

from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.plan import Group

_HEAD = struct.Struct(">IHh16s16sHI")
_NO_UNIT = -1  # of the packed form alone
_SIGNATURE = 16


@dataclass(frozen=True)
class BallotToken:
    """What one respondent was given. `number` becomes the receipt; `admission` is a code's hash, or empty.

    `issued_at` is in seconds since 1970 and is stored nowhere. `drawn` are positions of units drawn for this ballot;
    fixed and own units follow from the group.
    """

    survey_id: SurveyId
    group: GroupIndex
    own_unit: UnitIndex | None
    number: bytes
    admission: bytes
    drawn: tuple[UnitIndex, ...]
    issued_at: int = 0

    def units(self, group: Group) -> tuple[UnitIndex, ...]:
        """The units on this ballot, in the plan's order."""
        units = set(group.fixed) | set(self.drawn)
        if group.own and self.own_unit is not None:
            units.add(self.own_unit)
        return tuple(sorted(units))

    def holder(self, key: bytes) -> str:
        """What tokens of the same admission have in common."""
        return holder_of(self.survey_id, self.admission, key)


def holder_of(survey_id: SurveyId, admission: bytes, key: bytes) -> str:
    """What tokens of the same admission have in common, for the page alone: a draft is shown to nobody else.

    It is never sent, and tells nothing of the admission without the key.
    """
    return hmac.digest(key, b"holder/%d/%s" % (survey_id, admission), hashlib.sha256)[:9].hex()


def sign_token(token: BallotToken, key: bytes) -> str:
    """The token as text for a form field, signed with HMAC-SHA256."""
    body = _HEAD.pack(
        token.survey_id,
        token.group,
        _NO_UNIT if token.own_unit is None else token.own_unit,
        token.number,
        token.admission or bytes(16),
        len(token.drawn),
        token.issued_at,
    ) + struct.pack(f">{len(token.drawn)}H", *token.drawn)
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, hashlib.sha256)[:_SIGNATURE]).decode().rstrip("=")


def read_token(text: str, key: bytes) -> BallotToken | None:
    """The token in a form field, or None where it was not signed by this installation."""
    if len(text) > 4000 or not text.isascii():
        return None
    try:
        # Strictly: lenient decoding passes over strange characters, and pages carry the text on as it came.
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    body, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    if len(body) < _HEAD.size or not hmac.compare_digest(
        signature, hmac.digest(key, body, hashlib.sha256)[:_SIGNATURE]
    ):
        return None
    survey_id, group, own_unit, number, admission, count, issued_at = _HEAD.unpack_from(body)
    drawn = struct.unpack_from(f">{count}H", body, _HEAD.size)
    own = None if own_unit == _NO_UNIT else own_unit
    return BallotToken(survey_id, group, own, number, admission if any(admission) else b"", drawn, issued_at)
