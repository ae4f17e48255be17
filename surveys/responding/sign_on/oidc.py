"""OpenID Connect: the authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636), by Authlib."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from surveys.responding.sign_on import SignOnError, Trip

# Signatures by the provider's own keys only: neither "none" nor one by a shared secret.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]
_TIMEOUT = 10
_KEEP = 3600


class OpenIdConnect:
    """A provider, known by its issuer. `claim` holds the person's number, in the ID token or in the user info."""

    def __init__(self, issuer: str, client_id: str, client_secret: str, claim: str) -> None:
        self.issuer, self.client_id, self.client_secret, self.claim = issuer, client_id, client_secret, claim
        self._known: dict[str, tuple[float, Any]] = {}
        self._lock = threading.Lock()

    def address(self, back: str, trip: Trip, state: str, *, anew: bool) -> str:
        """The provider's authorization page."""
        more = {"prompt": "login"} if anew else {}
        endpoint = self._metadata()["authorization_endpoint"]
        with self._session(back) as session:
            url, _ = session.create_authorization_url(
                endpoint, state=state, nonce=trip.nonce, code_verifier=trip.verifier, ui_locales=trip.language, **more
            )
        return str(url)

    def number(self, back: str, trip: Trip, state: str, answer: Mapping[str, str]) -> str:
        """Exchange the code for an ID token, check it and read the claim."""
        if "code" not in answer:
            raise SignOnError(f"the provider says {answer.get('error', 'nothing')[:60]}")
        try:
            with self._session(back) as session:
                token = session.fetch_token(
                    self._metadata()["token_endpoint"], grant_type="authorization_code",
                    code=answer["code"], code_verifier=trip.verifier,
                )  # fmt: skip
                claims = self._claims(token, trip.nonce)
                found = claims.get(self.claim)
                if found is None and self._metadata().get("userinfo_endpoint"):
                    told = session.get(self._metadata()["userinfo_endpoint"]).json()
                    found = told.get(self.claim) if told.get("sub") == claims["sub"] else None
        except OAuthError as error:
            raise SignOnError(f"the provider says {error.error}") from None
        except (requests.RequestException, JoseError, KeyError, AttributeError, TypeError, ValueError) as error:
            raise SignOnError(f"the provider's answer cannot be used ({type(error).__name__})") from None
        if not isinstance(found, str | int) or isinstance(found, bool):
            raise SignOnError(f"the provider does not tell {self.claim}")
        return str(found)

    def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        try:
            decoded = self._decode(token["id_token"], self._keys())
        except InvalidKeyIdError:  # it signs with a new key by now
            decoded = self._decode(token["id_token"], self._keys(anew=True))
        claims = CodeIDToken(
            decoded.claims,
            decoded.header,
            {"iss": {"essential": True, "value": self._metadata()["issuer"]},
             "aud": {"essential": True, "value": self.client_id}},
            {"nonce": nonce, "client_id": self.client_id, "access_token": token.get("access_token")},
        )  # fmt: skip
        claims.validate(leeway=120)
        return claims

    @staticmethod
    def _decode(text: str, keys: KeySet) -> jwt.Token:
        return jwt.decode(text, keys, registry=JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False))

    def _session(self, back: str) -> OAuth2Session:
        methods = self._metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self.client_id, self.client_secret, scope="openid profile", redirect_uri=back, default_timeout=_TIMEOUT,
            token_endpoint_auth_method=method if self.client_secret else "none", code_challenge_method="S256",
        )  # fmt: skip

    def _metadata(self) -> Mapping[str, Any]:
        found = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or str(found.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise SignOnError("the provider's configuration names another issuer than OIDC_ISSUER")
        return found

    def _keys(self, *, anew: bool = False) -> KeySet:
        return KeySet.import_key_set(self._fetch(self._metadata()["jwks_uri"], anew=anew))

    def _fetch(self, url: str, *, anew: bool = False) -> Any:
        """JSON from the provider, kept for an hour."""
        with self._lock:
            kept = self._known.get(url)
            if kept and not anew and kept[0] > time.monotonic():
                return kept[1]
        try:
            answer = requests.get(url, timeout=_TIMEOUT)
            answer.raise_for_status()
            found = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise SignOnError(f"the provider cannot be reached ({type(error).__name__})") from None
        with self._lock:
            self._known[url] = time.monotonic() + _KEEP, found
        return found
