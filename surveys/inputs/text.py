"""Text from people: cleaning it, and texts in several languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

LANGUAGES = ("zh", "en")

# C0 and C1 controls but tab and newline; directional overrides, which can make text read as what it is not;
# lone surrogates, which no database stores.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

Text = Mapping[str, str]
"""A text by language: {"zh": …, "en": …}. Chinese is always there."""


def clean(value: object, *, lines: bool = False) -> str:
    """Normalise to NFC, remove control characters, trim. Line breaks stay only with `lines`."""
    text = str(value)
    if text.isascii() and text.isprintable():
        return text.strip()
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _CONTROLS.sub("", unicodedata.normalize("NFC", text))
    if not lines:
        text = re.sub(r"\s+", " ", text)
    return text.strip()


def pick(text: Text, language: str) -> str:
    """The text in a language, or in Chinese where that language is missing."""
    return text.get(language) or text.get("zh", "")
