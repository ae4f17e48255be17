"""The secret key of an installation, and the keys derived from it, one for each purpose."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from surveys.storage.private_files import create_private

FILE = "secret.key"


def load_secret(instance: Path) -> bytes:
    """Return the installation's 32-byte secret, making it on the first call. Readable by the owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / FILE
    if not path.exists():
        create_private(path, secrets.token_bytes(32))
    secret = path.read_bytes()
    if len(secret) != 32:
        raise ValueError(f"{path} does not hold 32 bytes; restore it from a backup")
    return secret


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose; keys of different purposes tell nothing of each other (HMAC-SHA256)."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)
