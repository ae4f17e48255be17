"""Pages that are the same for many respondents but for a few short texts of each: compressed once, joined for each answer.

A gzip stream may be joined from pieces that each end on a whole byte. What is a respondent's own goes in between uncompressed:
random numbers cannot be compressed anyway. The checksum is carried on from piece to piece.
"""

from __future__ import annotations

import struct
import threading
import zlib
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from cachetools import LRUCache
from flask import Flask, Response, current_app

from surveys.web.compression import accepts_gzip

T = TypeVar("T")

_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST_BLOCK = b"\x01\x00\x00\xff\xff"


@dataclass(frozen=True)
class Piece:
    """A part of a page as it is, and as the part of a gzip stream."""

    plain: bytes
    packed: bytes


@dataclass(frozen=True)
class JoinedPage:
    """What many respondents share of a page: `pieces`, and the names of what is their own between one and the next."""

    pieces: tuple[Piece, ...]
    places: tuple[str, ...]
    checksum: int
    """Of the first piece, which is the longest by far."""
    head: int
    """The bytes of the part that the page begins with."""

    def plain(self, own: Mapping[str, str]) -> bytes:
        """The page with somebody's own texts, which need no escaping."""
        parts = [self.pieces[0].plain]
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            parts += (own[place].encode(), piece.plain)
        return b"".join(parts)

    def packed(self, own: Mapping[str, str]) -> bytes:
        """The same as a gzip stream. A text of one's own has at most 65,535 bytes."""
        first = self.pieces[0]
        parts, checksum, length = [_GZIP_HEADER, first.packed], self.checksum, len(first.plain)
        for place, piece in zip(self.places, self.pieces[1:], strict=True):
            text = own[place].encode()
            parts += (struct.pack("<BHH", 0, len(text), len(text) ^ 0xFFFF), text, piece.packed)
            checksum = zlib.crc32(piece.plain, zlib.crc32(text, checksum))
            length += len(text) + len(piece.plain)
        parts += (_LAST_BLOCK, struct.pack("<II", checksum, length & 0xFFFFFFFF))
        return b"".join(parts)

    def answer(self, own: Mapping[str, str], *, packed: bool = True) -> Response:
        """The page as an answer, compressed if the browser takes that and `packed` allows it."""
        headers = {"Vary": "Accept-Encoding", "Cache-Control": "no-store"}
        if packed and accepts_gzip():
            return Response(self.packed(own), mimetype="text/html", headers={**headers, "Content-Encoding": "gzip"})
        return Response(self.plain(own), mimetype="text/html", headers=headers)


def join_page(parts: Sequence[str], end: Sequence[str], places: Sequence[str]) -> JoinedPage:
    """A page of parts, followed by the pieces of its `end` between which somebody's own texts stand."""
    first = Piece("".join(parts).encode(), b"".join(map(page_cache().compressed, parts, ["", *parts])))
    rest = tuple(Piece(text.encode(), _compressed(text)) for text in end)
    return JoinedPage((first, *rest), tuple(places), zlib.crc32(first.plain), len(parts[0].encode()))


def _compressed(text: str, before: str = "") -> bytes:
    """A piece of a gzip stream, which may lead back into the part before it."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, zdict=before.encode()[-32768:])
    return packer.compress(text.encode()) + packer.flush(zlib.Z_FULL_FLUSH)


class PageCache:
    """Recently made pages, in the memory of a process."""

    def __init__(self) -> None:
        self._pages: LRUCache[Hashable, Any] = LRUCache(maxsize=640)
        self._parts: LRUCache[Hashable, bytes] = LRUCache(maxsize=4096)
        self._lock = threading.Lock()

    def page(self, key: Hashable, make: Callable[[], T]) -> T:
        """What was made for this key, or what `make` returns now."""
        with self._lock:
            if key in self._pages:
                return self._pages[key]
        made = make()
        with self._lock:
            self._pages[key] = made
        return made

    def compressed(self, part: str, before: str) -> bytes:
        """A part of a page, compressed once for each part that it comes after: units look much alike."""
        with self._lock:
            known = self._parts.get((part, before))
        if known is None:
            known = _compressed(part, before)
            with self._lock:
                self._parts[part, before] = known
        return known


def page_cache() -> PageCache:
    """The cache of this application."""
    return current_app.extensions["pages"]


def init_pages(app: Flask) -> None:
    """Give the application its cache of pages."""
    app.extensions["pages"] = PageCache()
