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

_CODES = frozenset(
    [
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
        "INTERNAL_ERROR",
        "INVALID_PROXY_CALLBACK",
        "INVALID_REQUEST",
        "INVALID_SERVICE",
        "INVALID_TICKET",
        "INVALID_TICKET_SPEC",
        "UNAUTHORIZED_SERVICE",
        "UNAUTHORIZED_SERVICE_PROXY",
    ]
)
SECONDS = 900
"""So long somebody may take to sign in."""


class SignOnError(Exception):
    """Signing in did not work. The text says why, for the operator, and names nobody."""


def standard_code(text: str | None) -> str:
    """An error code of OAuth, OpenID Connect or CAS as it came; nothing else is passed on, for it may name somebody."""
    return text if text in _CODES else "something that the standard does not name" if text else "nothing"


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
