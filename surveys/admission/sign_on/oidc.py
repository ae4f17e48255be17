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

from surveys.admission.sign_on.provider import SignOnError, SignOnState, standard_code

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

    def login_url(self, callback: str, state: SignOnState, encrypted: str, *, login_again: bool) -> str:
        """The provider's authorization page."""
        extra = {"prompt": "login"} if login_again else {}
        endpoint = self._metadata()["authorization_endpoint"]
        with self._session(callback) as session:
            url, _ = session.create_authorization_url(
                endpoint,
                state=encrypted,
                nonce=state.nonce,
                code_verifier=state.verifier,
                ui_locales=state.language,
                **extra,
            )
        return str(url)

    def number(self, callback: str, state: SignOnState, encrypted: str, answer: Mapping[str, str]) -> str:
        """Exchange the code for an ID token, check it and read the claim."""
        if "code" not in answer:
            raise SignOnError(f"the provider says {standard_code(answer.get('error'))}")
        try:
            with self._session(callback) as session:
                token = session.fetch_token(
                    self._metadata()["token_endpoint"], grant_type="authorization_code",
                    code=answer["code"], code_verifier=state.verifier,
                )  # fmt: skip
                claims = self._claims(token, state.nonce)
                value = claims.get(self.claim)
                if value is None and self._metadata().get("userinfo_endpoint"):
                    user_info = session.get(self._metadata()["userinfo_endpoint"]).json()
                    value = user_info.get(self.claim) if user_info.get("sub") == claims["sub"] else None
        except OAuthError as error:
            raise SignOnError(f"the provider says {standard_code(error.error)}") from None
        except (requests.RequestException, JoseError, KeyError, AttributeError, TypeError, ValueError) as error:
            raise SignOnError(f"the provider's answer cannot be used ({type(error).__name__})") from None
        if not isinstance(value, str | int) or isinstance(value, bool):
            raise SignOnError(f"the provider does not tell {self.claim}")
        return str(value)

    def _claims(self, token: Mapping[str, Any], nonce: str) -> CodeIDToken:
        try:
            decoded = self._decode(token["id_token"], self._keys())
        except InvalidKeyIdError:  # it signs with a new key by now
            decoded = self._decode(token["id_token"], self._keys(refresh=True))
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

    def _session(self, callback: str) -> OAuth2Session:
        methods = self._metadata().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self.client_id, self.client_secret, scope="openid profile", redirect_uri=callback, default_timeout=_TIMEOUT,
            token_endpoint_auth_method=method if self.client_secret else "none", code_challenge_method="S256",
        )  # fmt: skip

    def _metadata(self) -> Mapping[str, Any]:
        value = self._fetch(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(value, dict) or str(value.get("issuer", "")).rstrip("/") != self.issuer.rstrip("/"):
            raise SignOnError("the provider's configuration names another issuer than OIDC_ISSUER")
        return value

    def _keys(self, *, refresh: bool = False) -> KeySet:
        return KeySet.import_key_set(self._fetch(self._metadata()["jwks_uri"], refresh=refresh))

    def _fetch(self, url: str, *, refresh: bool = False) -> Any:
        """JSON from the provider, kept for an hour."""
        with self._lock:
            kept = self._known.get(url)
            if kept and not refresh and kept[0] > time.monotonic():
                return kept[1]
        try:
            answer = requests.get(url, timeout=_TIMEOUT)
            answer.raise_for_status()
            value = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise SignOnError(f"the provider cannot be reached ({type(error).__name__})") from None
        with self._lock:
            self._known[url] = time.monotonic() + _KEEP, value
        return value
