"""Campus single sign-on: OpenID Connect and CAS say who somebody is, the roster says whether they may answer.

Respondents get no cookie, so what has to be remembered while somebody is away signing in travels with them, encrypted.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Protocol

from cryptography.fernet import Fernet, InvalidToken

SECONDS = 900
"""So long somebody may take to sign in."""


class SignOnError(Exception):
    """Signing in did not work. The text says why, for the operator, and names nobody."""


@dataclass(frozen=True)
class Trip:
    """Somebody's way to the sign-on page and back: the survey, the language, and what their return is checked against."""

    slug: str
    language: str
    nonce: str
    verifier: str

    @classmethod
    def begin(cls, slug: str, language: str) -> Trip:
        """A new trip."""
        return cls(slug, language, secrets.token_urlsafe(18), secrets.token_urlsafe(36))

    def sealed(self, key: bytes) -> str:
        """As text that only this installation can read, for an address."""
        return _fernet(key).encrypt(json.dumps(asdict(self)).encode()).decode()


def open_trip(text: str, key: bytes) -> Trip | None:
    """The trip that somebody comes back from; None if it is not ours or took too long."""
    try:
        return Trip(**json.loads(_fernet(key).decrypt(text.encode("utf-8", "replace"), ttl=SECONDS)))
    except InvalidToken:
        return None


def _fernet(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))


class Provider(Protocol):
    """A sign-on service. `back` is our address that it sends people back to, `state` the sealed trip."""

    def address(self, back: str, trip: Trip, state: str, *, anew: bool) -> str:
        """Where people sign in; with `anew` even those whom it still knows. Raises SignOnError."""

    def number(self, back: str, trip: Trip, state: str, answer: Mapping[str, str]) -> str:
        """The number of the person who came back with `answer` in the address. Raises SignOnError."""


def providers(config: Mapping[str, Any]) -> dict[str, Provider]:
    """The sign-on services that the settings name."""
    from surveys.responding.sign_on.cas import Cas
    from surveys.responding.sign_on.oidc import OpenIdConnect

    found: dict[str, Provider] = {}
    if config["OIDC_ISSUER"]:
        found["oidc"] = OpenIdConnect(
            config["OIDC_ISSUER"], config["OIDC_CLIENT_ID"], config["OIDC_CLIENT_SECRET"], config["OIDC_CLAIM"]
        )
    if config["CAS_URL"]:
        found["cas"] = Cas(config["CAS_URL"], config["CAS_ATTRIBUTE"])
    return found
