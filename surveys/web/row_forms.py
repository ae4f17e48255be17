"""Rows of forms: forms within forms."""

from __future__ import annotations

from typing import Any

from flask_wtf.i18n import translations
from wtforms import Form
from wtforms.meta import DefaultMeta


class RowForm(Form):
    """A row of a list in a form. Its errors are in the reader's language, as those of the form around it are."""

    class Meta(DefaultMeta):
        """What Flask-WTF gives to whole forms alone."""

        def get_translations(self, form: Any) -> Any:
            """The texts of WTForms in the language of this request."""
            return translations
