"""Files that only their owner may read: keys and what belongs to them, and what commands write."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

DRAFT = "new."
"""A file whose name begins so is not finished, and in no backup."""


def make_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, if it is not there."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)


def create_private(path: Path, content: bytes) -> bool:
    """Make a file that only its owner may read, durably; False, and nothing done, where it is there already.

    Written whole under another name first: of two processes that begin together one makes it, and nobody reads half of it.
    """
    make_folder(path.parent)
    with _draft_of(path) as (file, draft):
        file.write(content)
        _finish(file)
        try:
            os.link(draft, path)
        except FileExistsError:
            return False
    sync_folder(path.parent)
    return True


@contextmanager
def write_private(path: Path) -> Iterator[IO[bytes]]:
    """Write a file anew that only its owner may read; in its place when it is whole, and of one that fails nothing stays.

    Raises OSError. What is no file, such as /dev/stdout, is written to.
    """
    path = path.resolve()
    if path.exists() and not path.is_file():
        with path.open("wb") as stream:
            yield stream
        return
    with _draft_of(path) as (file, draft):
        yield file
        _finish(file)
        draft.replace(path)
    sync_folder(path.parent)


@contextmanager
def _draft_of(path: Path) -> Iterator[tuple[IO[bytes], Path]]:
    draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file, draft
    finally:
        draft.unlink(missing_ok=True)


def _finish(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Make durable which files a folder has."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
