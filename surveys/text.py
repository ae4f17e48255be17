"""Text from people: cleaning it, texts in several languages, and the error that says where and what to do."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

LANGUAGES = ("zh", "en")

# C0 and C1 controls but tab and newline; directional overrides, which can make text read as what it is not;
# lone surrogates, which no database stores.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")

Text = Mapping[str, str]
"""A text by language: {"zh": …, "en": …}. Chinese is always there."""


class InputError(ValueError):
    """Input that cannot be taken. `problems` are sentences in the reader's language, one for each place."""

    def __init__(self, problems: list[Problem] | Problem) -> None:
        self.problems = problems if isinstance(problems, list) else [problems]
        super().__init__("; ".join(str(problem) for problem in self.problems))


class Problem:
    """What is wrong (a message id of the catalogues with its values) and where (row and column, or a name)."""

    def __init__(self, message: str, where: str = "", row: int | None = None, **values: Any) -> None:
        self.message, self.where, self.row, self.values = message, where, row, values

    def text(self) -> str:
        """The sentence without the place, in English."""
        return self.message % self.values if self.values else self.message

    def place(self) -> str:
        """Where, in short: "row 3, column kind"."""
        parts = [f"row {self.row}"] if self.row is not None else []
        return ", ".join(parts + ([self.where] if self.where else []))

    def __str__(self) -> str:
        place = self.place()
        return f"{place}: {self.text()}" if place else self.text()


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


def printed(value: float, decimals: int = 2) -> Decimal:
    """Round half up, as it is printed.

    Scores are fractions computed in binary: 2.675 is stored as 2.67499999999999982. Nine decimals are taken as
    exact first, as spreadsheets do, so that the paper and the program agree.
    """
    exact = Decimal(repr(float(value))).quantize(Decimal("1e-9"), ROUND_HALF_UP)
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
