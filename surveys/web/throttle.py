"""Throttling of wrong codes, tokens and receipts, and of wrong passwords. The reasons are in docs/decisions/0007-throttles.md.

Addresses are counted as senders (an IPv6 line is one, see ballots/proof_of_work.py) and under a keyed hash, for a minute; they
are neither stored nor logged. This uses `limits`, the engine of Flask-Limiter: the extension would check every request, which
costs respondents' pages a sixth of their speed.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from flask import Flask, abort, current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from surveys.ballots.proof_of_work import sender_of
from surveys.campaigns.indices import SurveyId

T = TypeVar("T")

GENTLE = 10
"""So many times the wrong passwords of one name from one sender are taken of a sender, and of a name, before tries are slowed."""
OBJECTIONS = 20
"""So many objections of a sender are taken in a minute."""
PAUSE = 1.0  # seconds
TIMEOUT = 0.5
"""Seconds that a shared storage of counts may take."""
REST = 5.0
"""Seconds for which one that failed is not asked."""
_MOST_PAUSES = 2  # at a time in a process


class Pauses:
    """The names whose tries wait at the moment, in this process. People who answer need the other threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._names: set[str] = set()

    def begin(self, name: str) -> bool:
        """Take a place; False where another try for this name waits, or too many for others."""
        with self._lock:
            if name in self._names or len(self._names) >= _MOST_PAUSES:
                return False
            self._names.add(name)
        return True

    def end(self, name: str) -> None:
        """Give the place back."""
        with self._lock:
            self._names.discard(name)


class Counts:
    """The storage of the counts. One that fails stops nobody, and is left alone for a while: each try would cost its time limit."""

    def __init__(self, address: str) -> None:
        limits = {"socket_timeout": TIMEOUT, "socket_connect_timeout": TIMEOUT} if address.startswith("redis") else {}
        self.limiter = FixedWindowRateLimiter(storage_from_string(address, **limits))
        self._rests_until = 0.0

    def ask(self, question: Callable[[FixedWindowRateLimiter], T], otherwise: T) -> T:
        """What the storage says; `otherwise` while it fails."""
        if time.monotonic() < self._rests_until:
            return otherwise
        try:
            return question(self.limiter)
        except Exception as error:
            self._rests_until = time.monotonic() + REST
            current_app.logger.error("what is throttled cannot be counted: %s", type(error).__name__)
            return otherwise


def init_throttle(app: Flask) -> None:
    """Open the storage of the counts."""
    app.extensions["throttle"] = Counts(app.config["THROTTLE_STORAGE"])
    app.extensions["throttle_pauses"] = Pauses()


def sender() -> str:
    """Who sent this request, as far as throttling goes."""
    return sender_of(request.remote_addr or "")


def may_be_wrong_again() -> bool:
    """Count a wrong code, token or receipt of this sender; returns whether it was still allowed one. Right ones pass."""
    return _hit(current_app.config["WRONG_CODES_PER_MINUTE"], "codes", sender())


def may_object_again() -> bool:
    """Count an objection of this sender; returns whether it was still allowed one."""
    return _hit(OBJECTIONS, "objections", sender())


def slow_guessing(name: str, device: str = "") -> None:
    """Before a password is checked, for a name (folded): refuse or slow whoever has sent too many wrong ones.

    A browser in which somebody signed in under this name before (`device`, see staff/devices.py) is held back by its own
    wrong ones alone. Of all others, too many for this name from this sender are refused; too many of the sender, or for the
    name from everywhere, make each further try wait, one at a time for a name.
    """
    most = current_app.config["WRONG_PASSWORDS_PER_MINUTE"]
    if device:
        if not _test(most, "device", device):
            abort(429)
        return
    if not _test(most, "password", name, sender()):
        abort(429)
    if not (_test(GENTLE * most, "sender", sender()) and _test(GENTLE * most, "name", name)):
        pauses: Pauses = current_app.extensions["throttle_pauses"]
        if not pauses.begin(name):
            abort(429)
        try:
            time.sleep(PAUSE)
        finally:
            pauses.end(name)


def count_wrong_password(name: str, device: str = "") -> None:
    """Count a wrong password for a name (folded), of a browser that is known for it or of any other."""
    most = current_app.config["WRONG_PASSWORDS_PER_MINUTE"]
    if device:
        _hit(most, "device", device)
        return
    _hit(most, "password", name, sender())
    _hit(GENTLE * most, "sender", sender())
    _hit(GENTLE * most, "name", name)


def count_ballot(survey_id: SurveyId) -> int:
    """Count an open-link ballot of this sender; how many came within a minute."""
    key = f"ballots/{survey_id}/{_key(sender())}"
    return _ask(lambda limiter: int(limiter.storage.incr(key, 60)), 0)


def _test(most: int, what: str, *whose: str) -> bool:
    return _ask(lambda limiter: limiter.test(RateLimitItemPerMinute(most), what, _key(*whose)), True)


def _hit(most: int, what: str, *whose: str) -> bool:
    return _ask(lambda limiter: limiter.hit(RateLimitItemPerMinute(most), what, _key(*whose)), True)


def _ask(question: Callable[[FixedWindowRateLimiter], T], otherwise: T) -> T:
    counts: Counts = current_app.extensions["throttle"]
    return counts.ask(question, otherwise)


def _key(*whose: str) -> str:
    """Names and senders as a keyed hash, so that a shared storage of counts holds none."""
    return hmac.digest(current_app.config["CODE_KEY"], repr(whose).encode(), hashlib.sha256)[:16].hex()
