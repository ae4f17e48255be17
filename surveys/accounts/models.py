"""Tables of accounts and invitations."""

from __future__ import annotations

from enum import StrEnum

import peewee

from surveys.storage.database import Model


class Role(StrEnum):
    """What an account may do; see web/access.py."""

    ADMINISTRATOR = "administrator"
    PUBLISHER = "publisher"
    COMMITTEE = "committee"


class Account(Model):
    """Somebody of the staff. `stamp` changes with the password and ends all sessions.

    `name_folded` is what names are compared by (names.py): what a database calls lower case differs from one to another.
    """

    id = peewee.AutoField()
    name = peewee.CharField(max_length=60)
    name_folded = peewee.CharField(max_length=60, unique=True)
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


class Scope(StrEnum):
    """What a program may read with an API token; see followup/api_access.py."""

    RESULTS = "results:read"
    """All that may be published of sealed surveys."""
    PUBLIC = "public:read"
    """What the public bulletin shows of them."""


class Invitation(Model):
    """A one-time link on which somebody sets a name and password, or a new password. The token is stored as its hash.

    Either `role` says what a new account may do, or `account` whose password is set.
    """

    id = peewee.AutoField()
    token_hash = peewee.CharField(max_length=64, unique=True)
    role = peewee.CharField(max_length=20, null=True)
    account_id: int | None
    account = peewee.ForeignKeyField(Account, null=True, on_delete="CASCADE")
    made_by = peewee.CharField(max_length=60)
    expires_at = peewee.BigIntegerField()


class ApiToken(Model):
    """What another program reads results with. The token is stored as its hash.

    `scopes` and `surveys` are words with spaces between them; no surveys means all. `used_on` is the day of the last use,
    never the time.
    """

    id = peewee.AutoField()
    name = peewee.CharField(max_length=60)
    name_folded = peewee.CharField(max_length=60, unique=True)
    token_hash = peewee.CharField(max_length=64, unique=True)
    scopes = peewee.CharField(max_length=60)
    surveys = peewee.TextField(default="")
    made_by = peewee.CharField(max_length=60)
    expires_at = peewee.BigIntegerField(null=True)
    used_on = peewee.CharField(max_length=10, default="")

    @property
    def scope_set(self) -> frozenset[Scope]:
        """What it may read."""
        return frozenset(Scope(word) for word in self.scopes.split())

    @property
    def survey_list(self) -> list[str]:
        """The addresses of the surveys that it is for; none: all."""
        return list(self.surveys.split())

    def covers(self, slug: str) -> bool:
        """Whether it is for this survey."""
        return not self.surveys or slug in self.survey_list
