"""Tables of accounts, invitations and the audit trail; signing in and inviting."""

from __future__ import annotations

import hashlib
import secrets
import time
from enum import StrEnum

import peewee
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from surveys.database import Model, read, write
from surveys.text import InputError, Problem, clean

MIN_PASSWORD = 10
MAX_PASSWORD = 200
INVITATION_DAYS = 7

_hasher = PasswordHasher()
# Verified when there is no such account, so that the answer takes as long.
_nobody = _hasher.hash(secrets.token_hex(8))


class Role(StrEnum):
    """What an account may do; see accounts/access.py."""

    ADMINISTRATOR = "administrator"
    PUBLISHER = "publisher"
    COMMITTEE = "committee"


class Account(Model):
    """Somebody of the staff. `stamp` changes with the password and ends all sessions."""

    id = peewee.AutoField()
    name = peewee.CharField(max_length=60, unique=True)
    password_hash = peewee.CharField(max_length=200)
    role = peewee.CharField(max_length=20)
    active = peewee.BooleanField(default=True)
    stamp = peewee.CharField(max_length=32)

    is_authenticated = True
    is_anonymous = False

    @property
    def is_active(self) -> bool:
        """Whether the account may sign in (for Flask-Login)."""
        return bool(self.active)

    def get_id(self) -> str:
        """What a session remembers: the account and its stamp (for Flask-Login)."""
        return f"{self.id}:{self.stamp}"


class Invitation(Model):
    """A one-time link on which somebody sets a name and password. The token is stored as its hash."""

    id = peewee.AutoField()
    token_hash = peewee.CharField(max_length=64, unique=True)
    role = peewee.CharField(max_length=20)
    expires_at = peewee.BigIntegerField()


class AuditEntry(Model):
    """What staff did, and when. Never anything about a respondent."""

    id = peewee.AutoField()
    at = peewee.BigIntegerField()
    account = peewee.CharField(max_length=60)
    act = peewee.CharField(max_length=40)
    about = peewee.CharField(max_length=200, default="")


def record(account: str, act: str, about: str = "") -> None:
    """Add to the audit trail."""
    write(lambda: AuditEntry.create(at=int(time.time()), account=account[:60], act=act, about=about[:200]))


def create_account(name: str, password: str, role: Role) -> Account:
    """Make an account. Raises InputError: name taken or empty, password too short or too long."""
    name = clean(name)
    problems = _password_problems(password)
    if not 1 <= len(name) <= 60:
        problems.append(Problem("A name has 1 to 60 characters.", "name"))
    if problems:
        raise InputError(problems)
    hashed = _hasher.hash(password)

    def act() -> Account:
        if Account.select().where(peewee.fn.LOWER(Account.name) == name.lower()).exists():
            raise InputError(Problem("There is already an account %(name)s.", "name", name=name))
        return Account.create(name=name, password_hash=hashed, role=role.value, stamp=secrets.token_hex(16))

    return write(act)


def check_password(name: str, password: str) -> Account | None:
    """The active account with this name and password, or None."""
    account = Account.get_or_none(peewee.fn.LOWER(Account.name) == clean(name).lower()[:60])
    try:
        _hasher.verify(account.password_hash if account else _nobody, password[:MAX_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return None
    return account if account and account.active else None


def change_password(account: Account, password: str) -> None:
    """Set a new password and end all sessions of the account. Raises InputError."""
    if problems := _password_problems(password):
        raise InputError(problems)
    account.password_hash, account.stamp = _hasher.hash(password), secrets.token_hex(16)
    write(account.save)


def set_active(account_id: int, active: bool) -> Account:
    """Let an account in or shut it out, ending its sessions. Raises InputError for the last administrator."""

    def act() -> Account:
        account = Account.get_by_id(account_id)
        others = Account.select().where(
            Account.role == Role.ADMINISTRATOR.value,
            Account.active,
            Account.id != account.id,
        )
        if not active and account.role == Role.ADMINISTRATOR and not others.exists():
            raise InputError(Problem("The last administrator cannot be shut out."))
        account.active, account.stamp = active, secrets.token_hex(16)
        account.save()
        return account

    return write(act)


def account_of_session(session_id: str) -> Account | None:
    """The account that a session remembers, if it is still active and its stamp has not changed."""
    number, _, stamp = session_id.partition(":")
    if not number.isdigit():
        return None
    account = read(lambda: Account.get_or_none(Account.id == int(number)))
    return account if account and account.active and secrets.compare_digest(account.stamp, stamp) else None


def invite(role: Role) -> str:
    """Make a one-time link's token; it holds for a week."""
    token = secrets.token_urlsafe(24)
    expires = int(time.time()) + INVITATION_DAYS * 86400
    write(lambda: Invitation.create(token_hash=_token_hash(token), role=role.value, expires_at=expires))
    return token


def invitation_role(token: str) -> Role | None:
    """The role that a token gives, or None if it was used, has expired or never was."""
    invitation = Invitation.get_or_none(Invitation.token_hash == _token_hash(token))
    return Role(invitation.role) if invitation and invitation.expires_at > time.time() else None


def accept_invitation(token: str, name: str, password: str) -> Account:
    """Use a token to make an account. Raises InputError."""
    role = invitation_role(token)
    if role is None:
        raise InputError(Problem("This link was used already or has expired."))

    def act() -> Account:
        if not Invitation.delete().where(Invitation.token_hash == _token_hash(token)).execute():
            raise InputError(Problem("This link was used already or has expired."))
        return create_account(name, password, role)

    return write(act)


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _password_problems(password: str) -> list[Problem]:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return [
            Problem("A password has %(low)s to %(high)s characters.", "password", low=MIN_PASSWORD, high=MAX_PASSWORD)
        ]
    return []
