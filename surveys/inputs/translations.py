"""Texts of the program in one language, for what is written outside a web page: workbooks, slips, mails."""

from __future__ import annotations

from collections.abc import Callable
from gettext import NullTranslations
from pathlib import Path

from babel.support import Translations

DIRECTORY = Path(__file__).resolve().parent.parent / "translations"

Gettext = Callable[..., str]
"""Translates a message id and fills its values in: `_("%(n)s ballots", n=3)`."""


def message_id(text: str) -> str:
    """Mark a text for the catalogues where it is not translated yet."""
    return text


def load_translations(language: str) -> NullTranslations:
    """The catalogue of a language; English has none, its texts are the message ids."""
    return Translations.load(DIRECTORY, [language])


def gettext_of(translations: NullTranslations) -> Gettext:
    """A function that translates by this catalogue."""

    def gettext(message: str, **values: object) -> str:
        text = translations.gettext(message)
        return text % values if values else text

    return gettext
