"""The secret key of an installation, and the keys derived from it, one for each purpose."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from pathlib import Path

from surveys.storage.private_files import create_private, make_folder

FILE = "secret.key"


def load_secret(instance: Path) -> bytes:
    """Return the installation's 32-byte secret, making it on the first call. Readable by the owner only."""
    make_folder(instance)
    path = instance / FILE
    if not path.exists():
        instance.chmod(0o700)  # it was there before, perhaps for everybody to look into
        create_private(path, secrets.token_bytes(32))
    secret = path.read_bytes()
    if len(secret) != 32:
        raise ValueError(f"{path} does not hold 32 bytes; restore it from a backup")
    return secret


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose; keys of different purposes tell nothing of each other (HMAC-SHA256)."""
    return hmac.digest(secret, purpose.encode(), hashlib.sha256)
