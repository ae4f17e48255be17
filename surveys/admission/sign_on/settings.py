"""The sign-on services that the settings name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from surveys.admission.sign_on.provider import Provider


def sign_on_providers(config: Mapping[str, Any]) -> dict[str, Provider]:
    """By kind, "oidc" or "cas"."""
    providers: dict[str, Provider] = {}
    # Their libraries take a fifth of a second, which commands and most installations can do without.
    if config["OIDC_ISSUER"]:
        from surveys.admission.sign_on.oidc import OpenIdConnect

        providers["oidc"] = OpenIdConnect(
            config["OIDC_ISSUER"], config["OIDC_CLIENT_ID"], config["OIDC_CLIENT_SECRET"], config["OIDC_CLAIM"]
        )
    if config["CAS_URL"]:
        from surveys.admission.sign_on.cas import Cas

        providers["cas"] = Cas(config["CAS_URL"], config["CAS_ATTRIBUTE"])
    return providers
