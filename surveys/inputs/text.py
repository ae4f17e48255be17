"""Text from people: cleaning it, and texts in several languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LANGUAGES = ("zh", "en")

# C0 and C1 controls but tab and newline, and lone surrogates, which no database stores.
_CONTROLS = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff"

# What no reader sees: soft hyphens, zero-width spaces, directional marks and overrides (which can make text read as what
# it is not), fillers, tags.
_UNSEEN = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff9-\ufffb\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)

# Joiners and the sign for a coloured emoji: emoji and some scripts need them, Chinese and Latin text does not.
_JOINERS = "\u200c\u200d\ufe0f"
_PLAIN = "[\x00-\x7f\u3000-\u9fff]"

_REMOVED = re.compile(f"[{_CONTROLS}{_UNSEEN}]")
# A run is tried from its first joiner only, and as a whole: tried from each, it would cost the square of its length.
_STRAY_JOINER = re.compile(f"(?:^|(?<={_PLAIN}))[{_JOINERS}]++|(?<![\u200c\u200d])[\u200c\u200d]++(?=$|{_PLAIN})")

_MOST_MARKS = 30

INVISIBLE = re.compile(f"[{_CONTROLS}{_UNSEEN}{_JOINERS}]")
"""All of these: none may tell two identifiers apart."""

Text = Mapping[str, str]
"""A text by language: {"zh": …, "en": …}. Chinese is always there."""


def clean(value: object, *, lines: bool = False) -> str:
    """Normalise to NFC, remove control and invisible characters, trim. Line breaks stay only with `lines`."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2800", " ")  # a braille sign without dots
    text = _STRAY_JOINER.sub("", _REMOVED.sub("", unicodedata.normalize("NFC", _bounded_marks(text))))
    if not lines:
        text = re.sub(r"\s+", " ", text)
    return text.strip()


def _bounded_marks(text: str) -> str:
    """The text with at most 30 accents on a letter, as Unicode's stream-safe format has it (UAX 15).

    More are written by no language, and normalising takes the square of their number.
    """
    if len(text) <= _MOST_MARKS:
        return text
    kept, run = [], 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def pick(text: Text, language: str) -> str:
    """The text in a language, or in Chinese where that language is missing."""
    return text.get(language) or text.get("zh", "")
