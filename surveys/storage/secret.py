"""The secret key of an installation, and the keys derived from it, one for each purpose."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from pathlib import Path

FILE = "secret.key"


def load_secret(instance: Path) -> bytes:
    """Return the installation's 32-byte secret, making it on the first call. Readable by the owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / FILE
    if not path.exists():
        _make(path)
    secret = path.read_bytes()
    if len(secret) != 32:
        raise ValueError(f"{path} does not hold 32 bytes; restore it from a backup")
    return secret


def _make(path: Path) -> None:
    """Written whole under another name first: of two processes that start together one makes it, and both read all of it."""
    draft = path.with_name(f"{FILE}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(32))
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose; keys of different purposes tell nothing of each other (HMAC-SHA256)."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)
