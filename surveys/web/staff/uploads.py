"""Tables that staff upload: checked and shown first, then sent back by the page to be imported."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

from flask import request, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import SubmitField, TextAreaField
from wtforms.validators import Length

from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError, Problem
from surveys.web.messages import localised_place, sentence

MAX_PREVIEW = 4 * 1024 * 1024
"""The page carries the file back when the import is confirmed."""


class TableForm(FlaskForm):
    """A table as a file, or pasted from a spreadsheet."""

    file = FileField(_l("Table (xlsx, xls, ods or csv)"), render_kw={"data-drop": ""})
    text = TextAreaField(
        _l("Or paste it from Excel or WPS"), [Length(max=500_000)], render_kw={"rows": 4},
        description=_l("Mark the cells with their headings there, copy them, and paste them here."),
    )  # fmt: skip
    submit = SubmitField(_l("Preview"))

    def upload(self) -> Upload:
        """What was chosen or pasted. Raises InputError: nothing, or too much."""
        if self.file.data:
            return chosen_file(self)
        text = (self.text.data or "").strip("\r\n")
        if not text.strip():
            raise InputError(Problem("Choose a file, or paste a table."))
        return Upload(str(_l("pasted table")), text.encode())


@dataclass(frozen=True)
class Upload:
    """A file with its name."""

    name: str
    data: bytes

    @property
    def text(self) -> str:
        """The data as text, for a form field."""
        return base64.b64encode(self.data).decode()


def chosen_file(form: TableForm) -> Upload:
    """The file of a form. Raises InputError if it is too large."""
    upload = Upload(form.file.data.filename or "file", form.file.data.read())
    if len(upload.data) > MAX_PREVIEW:
        raise InputError(Problem("The form or file is larger than this service takes.", upload.name))
    return upload


def after_units() -> str:
    """Where to go once units were imported: on with the first steps, while there is no survey yet."""
    return url_for("units.index" if Survey.select().exists() else "surveys.index")


def returned_file() -> Upload:
    """The file that a preview page sends back. Raises InputError if it did not arrive whole."""
    try:
        data = base64.b64decode(request.form.get("data", ""), validate=True)
    except (binascii.Error, ValueError):
        raise InputError(Problem("The file did not arrive whole. Choose it again.")) from None
    return Upload(request.form.get("name", "file")[:200], data)


@dataclass(frozen=True)
class Listed:
    """What is wrong with a file, as (place, sentence), and remarks on how it was read."""

    faults: list[tuple[str, str]]
    remarks: list[str]


def listed(error: InputError) -> Listed:
    """The problems of a file for its page."""
    faults = [(localised_place(problem), sentence(problem)) for problem in error.problems]
    return Listed(faults, [sentence(remark) for remark in error.remarks])
