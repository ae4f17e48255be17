"""Forms that create something: sent again by a reload or from a second tab, they create it once."""

from __future__ import annotations

import secrets

from flask_wtf import FlaskForm
from wtforms import HiddenField


def _new_key() -> str:
    return secrets.token_urlsafe(16)


class OnceForm(FlaskForm):
    """A form with a key of its own, which the unit of work takes once."""

    once = HiddenField(default=_new_key)

    @property
    def key(self) -> str:
        """The key for the unit of work."""
        return str(self.once.data or "")

    def renew(self) -> None:
        """Give the form that is shown again a new key, because the old one was used."""
        self.once.data = _new_key()
