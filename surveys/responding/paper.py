"""The ballot paper: a signed, random number, good for one ballot; and the dealing of units drawn at random."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass

from surveys.publishing.plan import Group, SurveyPlan

_HEAD = struct.Struct(">IHh16s16sHI")
_SIGNATURE = 16


@dataclass(frozen=True)
class BallotPaper:
    """What one respondent was handed. `number` becomes the receipt; `admission` is a code's hash, or empty.

    `handed` is when, in seconds since 1970; it is stored nowhere. `drawn` are positions of units dealt to this paper; fixed and own units follow from the group.
    """

    survey: int
    group: int
    own_unit: int
    number: bytes
    admission: bytes
    drawn: tuple[int, ...]
    handed: int = 0

    def units(self, group: Group) -> tuple[int, ...]:
        """The units on this paper, in the plan's order."""
        units = set(group.fixed) | set(self.drawn)
        if group.own and self.own_unit >= 0:
            units.add(self.own_unit)
        return tuple(sorted(units))


def sign(paper: BallotPaper, key: bytes) -> str:
    """The paper as text for a form field, signed with HMAC-SHA256."""
    body = _HEAD.pack(
        paper.survey,
        paper.group,
        paper.own_unit,
        paper.number,
        paper.admission or bytes(16),
        len(paper.drawn),
        paper.handed,
    ) + struct.pack(f">{len(paper.drawn)}H", *paper.drawn)
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, hashlib.sha256)[:_SIGNATURE]).decode().rstrip("=")


def unsign(text: str, key: bytes) -> BallotPaper | None:
    """The paper in a form field, or None where it was not signed by this installation."""
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
    survey, group, own_unit, number, admission, count, handed = _HEAD.unpack_from(body)
    drawn = struct.unpack_from(f">{count}H", body, _HEAD.size)
    return BallotPaper(survey, group, own_unit, number, admission if any(admission) else b"", drawn, handed)


class Dealer:
    """Deals units at random so that each gets its share: from a shuffled deck, made anew when it runs out.

    The draw does not follow from the admission, so a ballot's units cannot point back to it. The deck is in the
    memory of one process and is never stored.
    """

    def __init__(self) -> None:
        self._decks: dict[tuple[int, int], deque[int]] = {}
        self._lock = threading.Lock()

    def deal(self, survey: int, number: int, group: Group, own_unit: int) -> tuple[int, ...]:
        """Draw the units for one paper of a group (`number` is the group's position)."""
        wanted = min(group.draw, len(group.draw_from) - (group.own and own_unit in group.draw_from))
        if wanted <= 0:
            return ()
        dealt: list[int] = []
        with self._lock:
            deck = self._decks.setdefault((survey, number), deque())
            passed: list[int] = []
            while len(dealt) < wanted:
                if not deck:
                    fresh = list(group.draw_from)
                    secrets.SystemRandom().shuffle(fresh)
                    deck.extend(fresh)
                unit = deck.popleft()
                # A unit that this paper has already goes to the next paper.
                (passed if unit in dealt or (group.own and unit == own_unit) else dealt).append(unit)
            deck.extendleft(reversed(passed))
        return tuple(sorted(dealt))


def new_paper(
    dealer: Dealer, plan: SurveyPlan, survey: int, group: int, own_unit: int = -1, admission: bytes = b""
) -> BallotPaper:
    """A fresh ballot paper for a respondent of a group (a position in the plan's groups)."""
    drawn = dealer.deal(survey, group, plan.groups[group], own_unit)
    return BallotPaper(survey, group, own_unit, secrets.token_bytes(16), admission, drawn, int(time.time()))
