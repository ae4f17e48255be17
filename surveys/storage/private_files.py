"""Files that only their owner may read: keys, and what belongs to them."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

DRAFT = "new."
"""A file whose name begins so is not finished, and in no backup."""


def create_private(path: Path, content: bytes) -> bool:
    """Make a file that only its owner may read, durably; False, and nothing done, where it is there already.

    Written whole under another name first: of two processes that begin together one makes it, and nobody reads half of it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    sync_folder(path.parent)
    return True


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder has."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
