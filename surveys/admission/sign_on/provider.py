"""What a sign-on service does, and what is remembered while somebody is away signing in.

Respondents get no cookie, so what has to be remembered while somebody is away signing in travels with them, encrypted.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Protocol

from cryptography.fernet import Fernet, InvalidToken

SECONDS = 900
"""So long somebody may take to sign in."""


class SignOnError(Exception):
    """Signing in did not work. The text says why, for the operator, and names nobody."""


@dataclass(frozen=True)
class SignOnState:
    """What somebody takes along to the sign-on page and back: survey, language, and what the return is checked against."""

    slug: str
    language: str
    nonce: str
    verifier: str

    @classmethod
    def new(cls, slug: str, language: str) -> SignOnState:
        """The state of somebody who is about to sign in."""
        return cls(slug, language, secrets.token_urlsafe(18), secrets.token_urlsafe(36))

    def encrypted(self, key: bytes) -> str:
        """As text that only this installation can read, for an address."""
        return _fernet(key).encrypt(json.dumps(asdict(self)).encode()).decode()


def decrypt_state(text: str, key: bytes) -> SignOnState | None:
    """The state that somebody comes back with; None if it is not ours or too old."""
    try:
        return SignOnState(**json.loads(_fernet(key).decrypt(text.encode("utf-8", "replace"), ttl=SECONDS)))
    except InvalidToken:
        return None


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


class Provider(Protocol):
    """A sign-on service. `callback` is our address that it sends people back to; `encrypted` is the state as it stands in addresses."""

    def login_url(self, callback: str, state: SignOnState, encrypted: str, *, login_again: bool) -> str:
        """Where people sign in; with `login_again` even those whom it still knows. Raises SignOnError."""

    def number(self, callback: str, state: SignOnState, encrypted: str, answer: Mapping[str, str]) -> str:
        """The number of the person who came back with `answer` in the address. Raises SignOnError."""
