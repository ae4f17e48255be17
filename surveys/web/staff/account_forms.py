"""Forms of the accounts pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, PasswordField, SelectChoice, SelectField, StringField, SubmitField
from wtforms.validators import EqualTo, InputRequired, Length

from surveys.accounts.models import Role
from surveys.accounts.operations import MAX_PASSWORD, MIN_PASSWORD
from surveys.web.staff.once import OnceForm

# The least powerful first, so that nobody becomes an administrator by a slip of the hand.
ROLE_NAMES = {
    Role.COMMITTEE: _l("Committee"),
    Role.PUBLISHER: _l("Publisher"),
    Role.ADMINISTRATOR: _l("Administrator"),
}
ROLE_CHOICES = [SelectChoice(role.value, name) for role, name in ROLE_NAMES.items()]


_NAME = {"autocomplete": "username", "autofocus": True}
"""The first field of its page, which has nothing else to do."""


class LoginForm(FlaskForm):
    """Name and password."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=60)], render_kw=_NAME)
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=MAX_PASSWORD)], render_kw={"autocomplete": "current-password"}
    )
    submit = SubmitField(_l("Sign in"))


class NewPasswordForm(FlaskForm):
    """A new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [InputRequired(), Length(min=MIN_PASSWORD, max=MAX_PASSWORD)],
        description=_l("At least 10 characters. Several words are easier to remember and harder to guess."),
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("Repeat the password"),
        [InputRequired(), EqualTo("password", _l("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )
    submit = SubmitField(_l("Save"))


class OwnPasswordForm(NewPasswordForm):
    """A new password of one's own, and the one until now."""

    old = PasswordField(
        _l("Present password"),
        [InputRequired(), Length(max=MAX_PASSWORD)],
        render_kw={"autocomplete": "current-password"},
    )
    field_order = ("old", "password", "again", "submit")


class SetUpForm(NewPasswordForm):
    """Name and password of a new account."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=60)], render_kw=_NAME)
    field_order = ("name", "password", "again", "submit")


class InviteForm(OnceForm):
    """The role of somebody to invite."""

    role = SelectField(
        _l("Role"),
        [InputRequired(_l("Choose a role."))],
        choices=[SelectChoice("", _l("Choose a role")), *ROLE_CHOICES],
    )
    submit = SubmitField(_l("Make an invitation link"))


class RoleForm(FlaskForm):
    """Another role of an account."""

    role = SelectField(_l("Role"), choices=ROLE_CHOICES)
    submit = SubmitField(_l("Change the role"))


class PasswordLinkForm(OnceForm):
    """A link for a new password."""

    submit = SubmitField(_l("Make a link for a new password"))


class DeactivateForm(FlaskForm):
    """Yes, really; one's own account only with a tick."""

    own = BooleanField(_l("Yes, deactivate my own account and sign me out."))
    submit = SubmitField(_l("Deactivate"))
