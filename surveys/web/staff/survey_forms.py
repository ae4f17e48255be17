"""Forms on the pages of a published survey."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateTimeLocalField, IntegerField, SelectField, SubmitField
from wtforms.validators import InputRequired, NumberRange

from surveys.admission.issuing import MAX_CODES
from surveys.campaigns.survey_file import MAX_GRACE_MINUTES
from surveys.web.staff.once import OnceForm

NO_UNIT, EACH_UNIT = "none", "each"


class CodesForm(OnceForm):
    """How many codes, for whom. `unit`: NO_UNIT, EACH_UNIT, or a position in the plan's units."""

    group = SelectField(_l("Group"), coerce=int)
    unit = SelectField(_l("Own unit"))
    count = IntegerField(_l("How many"), [InputRequired(), NumberRange(1, MAX_CODES)], default=50)
    submit = SubmitField(_l("Issue codes"))


class AllCodesForm(OnceForm):
    """Codes for all groups; its numbers are one for each group of the survey."""


class ReopenForm(FlaskForm):
    """A new end."""

    closes = DateTimeLocalField(_l("Closes"), [InputRequired()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])
    grace_minutes = IntegerField(_l("Minutes for late ballots"), [InputRequired(), NumberRange(0, MAX_GRACE_MINUTES)])
