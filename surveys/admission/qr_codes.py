"""QR codes of many links at once, as runs of dark modules.

The modules of a QR code follow from the bits of its text by exclusive or: error correction and masks are linear. So of links
that differ in a few characters alone, such as those with codes, a handful are made as usual, one for each bit that differs,
and all others are combined from these: a hundred times as fast, and the same modules. `tests/admission/test_qr_codes.py`
compares them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import segno
from markupsafe import Markup

BORDER = 2
"""Light modules around the dark ones: as few as scanners need on white paper."""
_AT_ONCE = 256
_SEPARATELY = 100
"""So few are not worth combining."""


def matrices_of(links: Sequence[str]) -> Iterator[np.ndarray]:
    """The modules of each link, (N, N) with 1 for dark, without a border."""
    if len(links) <= _SEPARATELY or len({len(link) for link in links}) > 1 or not all(map(str.isascii, links)):
        for link in links:
            yield _modules(segno.make(link, error="m", micro=False))
        return
    texts = np.frombuffer("".join(links).encode(), np.uint8).reshape(len(links), -1)
    first = segno.make(links[0], error="m", micro=False)
    bits = np.unpackbits(texts ^ texts[0], axis=1)
    varying = np.flatnonzero(bits.any(axis=0))
    base = _modules(first)
    changes = np.array([_modules(_like(first, _flipped(texts[0], int(bit)))) ^ base for bit in varying], np.float32)
    changes = changes.reshape(len(varying), -1)
    for start in range(0, len(links), _AT_ONCE):
        wanted = bits[start : start + _AT_ONCE, varying].astype(np.float32)
        flips = (wanted @ changes).astype(np.int64) & 1
        yield from flips.reshape(-1, *base.shape).astype(np.uint8) ^ base


def _modules(code: segno.QRCode) -> np.ndarray:
    return np.array([list(row) for row in code.matrix], np.uint8)


def _like(first: segno.QRCode, text: str) -> segno.QRCode:
    """A code of another text of the same length, made in the same way."""
    more: dict[str, Any] = {"version": first.version, "error": first.error, "mask": first.mask}
    return segno.make(text, mode="byte", micro=False, boost_error=False, **more)


def _flipped(text: np.ndarray, bit: int) -> str:
    flipped = text.copy()
    flipped[bit // 8] ^= 128 >> bit % 8
    return flipped.tobytes().decode("latin-1")


def runs_of(matrix: np.ndarray) -> tuple[list[int], list[int], list[int]]:
    """The runs of dark modules, row by row: their rows, the columns where they begin, and how many modules they are long."""
    edges = np.diff(np.pad(matrix, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, begins = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return rows.tolist(), begins.tolist(), (ends - begins).tolist()


def svgs_of(links: Sequence[str]) -> Iterator[Markup]:
    """The codes of many links as inline SVG."""
    for matrix in matrices_of(links):
        side = len(matrix) + 2 * BORDER
        path = "".join(
            f"M{begin + BORDER} {row + BORDER}.5h{length}" for row, begin, length in zip(*runs_of(matrix), strict=True)
        )
        yield Markup(  # noqa: S704  nothing but numbers
            f'<svg viewBox="0 0 {side} {side}" class="qr"><path fill="#fff" d="M0 0h{side}v{side}h-{side}z"/>'
            f'<path stroke="#000" d="{path}"/></svg>'
        )
