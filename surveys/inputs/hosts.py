"""Addresses of this service that other people's phones cannot reach."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

_LOCAL_NAMES = ("localhost", ".localhost", ".local", ".internal", ".lan")


def is_local_address(base: str) -> bool:
    """Whether only this machine or its own network reaches what an address begins with: 127.0.0.1, 10.0.0.7, localhost."""
    host = (urlsplit(base).hostname or "").rstrip(".").lower()
    try:
        found = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(_LOCAL_NAMES)
    return not found.is_global
