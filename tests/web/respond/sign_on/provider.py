"""A real OpenID Connect provider, built on Authlib's server side: discovery, keys, authorization code with PKCE, user info.

Whoever comes is signed in at once as `user`; everything else is as the standard has it.
"""

from __future__ import annotations

import os
import threading
from dataclasses import dataclass, field
from typing import Any

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import grants
from authlib.oauth2.rfc6749.models import AuthorizationCodeMixin, ClientMixin
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import UserInfo
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, jsonify, request
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import make_server

CLIENT, SECRET = "surveys", "a shared secret"


class Client(ClientMixin):
    """The one client that is registered."""

    client_id = CLIENT
    redirect_uris: tuple[str, ...] = ()

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return self.redirect_uris[0]

    def get_allowed_scope(self, scope):
        return scope

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret):
        return client_secret == SECRET

    def check_endpoint_auth_method(self, method, endpoint):
        return method == "client_secret_basic"

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):
    """An authorization code, good once."""

    code: str
    redirect_uri: str
    scope: str
    nonce: str
    user: str
    code_challenge: str
    code_challenge_method: str
    used: bool = field(default=False)

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return None

    def get_acr(self):
        return None

    def get_amr(self):
        return None


class Provider:
    """The provider, serving on a free port. Tests change `user`, `claims`, `keys` and `spoil`."""

    def __init__(self) -> None:
        self.user = "2011001"
        self.claims: dict[str, Any] = {}
        self.in_token = True
        self.asked: list[dict[str, str]] = []
        self.spoil: dict[str, Any] = {}
        self.codes: dict[str, Code] = {}
        self.tokens: dict[str, str] = {}
        self.client = Client()
        self.new_key()
        app = Flask("provider")
        self._serve = make_server("127.0.0.1", 0, app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self._serve.server_port}"
        self._endpoints(app)
        threading.Thread(target=self._serve.serve_forever, daemon=True).start()

    def new_key(self) -> None:
        """Sign with another key from now on."""
        self.key = RSAKey.generate_key(2048, auto_kid=True)

    def stop(self) -> None:
        """Stop serving."""
        self._serve.shutdown()

    def person(self, user: str) -> dict[str, Any]:
        """What is told of a user."""
        return {"preferred_username": user, "name": "测试", **self.claims}

    def _server(self, app: Flask) -> AuthorizationServer:
        def query_client(client_id):
            return self.client if client_id == CLIENT else None

        def save_token(token, request):
            self.tokens[token["access_token"]] = request.user

        # Plain HTTP on this machine only.
        os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"
        server = AuthorizationServer(app, query_client, save_token)
        server.register_grant(_grant(self), [CodeChallenge(required=True), _identity(self)(require_nonce=True)])
        return server

    def _endpoints(self, app: Flask) -> None:
        provider, server = self, self._server(app)

        @app.get("/.well-known/openid-configuration")
        def configuration():
            return jsonify(
                issuer=provider.spoil.get("issuer", provider.issuer),
                authorization_endpoint=f"{provider.issuer}/authorize",
                token_endpoint=f"{provider.issuer}/token",
                userinfo_endpoint=f"{provider.issuer}/userinfo",
                jwks_uri=f"{provider.issuer}/keys",
                token_endpoint_auth_methods_supported=["client_secret_basic"],
                id_token_signing_alg_values_supported=["RS256", "none"],
            )

        @app.get("/keys")
        def keys():
            return jsonify(KeySet([provider.key]).as_dict(private=False))

        @app.get("/authorize")
        def authorize():
            provider.asked.append(dict(request.args))
            grant = server.get_consent_grant(end_user=provider.user)
            return server.create_authorization_response(grant_user=provider.user, grant=grant)

        @app.post("/token")
        def token():
            return server.create_token_response()

        @app.get("/userinfo")
        def userinfo():
            user = provider.tokens[request.headers["Authorization"].removeprefix("Bearer ")]
            return jsonify(sub=provider.spoil.get("sub", f"sub-{user}"), **provider.person(user))


def _grant(provider: Provider) -> type[grants.AuthorizationCodeGrant]:
    """How codes are kept."""

    class Grant(grants.AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]

        def save_authorization_code(self, code, request):
            payload = request.payload
            provider.codes[code] = Code(
                code, payload.redirect_uri, payload.scope, payload.data.get("nonce", ""), request.user,
                payload.data.get("code_challenge", ""), payload.data.get("code_challenge_method", ""),
            )  # fmt: skip

        def query_authorization_code(self, code, client):
            found = provider.codes.get(code)
            return None if found is None or found.used else found

        def delete_authorization_code(self, authorization_code):
            authorization_code.used = True

        def authenticate_user(self, authorization_code):
            return authorization_code.user

    return Grant


def _identity(provider: Provider) -> type[OpenIDCode]:
    """What identity tokens say."""

    class Identity(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return False

        def get_client_algorithm(self, client):
            return "RS256"

        def get_client_claims(self, client):
            return {"iss": provider.spoil.get("iss", provider.issuer), **provider.spoil.get("claims", {})}

        def get_encode_header(self, client):
            return {"alg": "RS256", "kid": provider.key.kid}

        def resolve_client_private_key(self, client):
            return provider.spoil.get("key", provider.key)

        def generate_user_info(self, user, scope):
            told = provider.person(user) if provider.in_token else {}
            return UserInfo(sub=f"sub-{user}", **told, **provider.spoil.get("info", {}))

    return Identity
