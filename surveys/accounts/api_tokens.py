"""API tokens: other programs read results with them. Shown once, stored as their hash, revoked at once."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass
from datetime import date, datetime
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from surveys.accounts.models import ApiToken, Scope
from surveys.accounts.operations import ACCOUNTS
from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.ordering import name_key
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.storage.audit import Action
from surveys.storage.transactions import read, write
from surveys.storage.unit_of_work import Actor, unit_of_work

PREFIX = "srv_"
"""Tokens begin so: whoever finds one in a program or a log knows what it is."""


@dataclass(frozen=True)
class TokenWish:
    """What a new token is to be: its name, what it may read, of which surveys (none: all), until when (None: always)."""

    name: str
    scopes: frozenset[Scope]
    surveys: tuple[str, ...] = ()
    expires_at: int | None = None


def end_of(day: date, timezone: str) -> int:
    """The last second of a day, in seconds since 1970."""
    return int(datetime.combine(day, time_of_day(23, 59, 59), ZoneInfo(timezone)).timestamp())


def add_token(actor: Actor, wish: TokenWish, *, once: str = "") -> str:
    """Make a token; returns it, which nobody can know later. Raises InputError, naming all faults.

    `once`: see unit_of_work.
    """
    name = identifier(wish.name)
    token = PREFIX + secrets.token_urlsafe(32)

    def act() -> ApiToken:
        faults = Faults()
        if not (1 <= len(name) <= 60 and 1 <= len(fold(name)) <= 60):
            faults.note("A name has 1 to 60 characters.", "name")
        elif ApiToken.select().where(ApiToken.name_folded == fold(name)).exists():
            faults.note("There is already a token %(name)s.", "name", name=name)
        if not wish.scopes:
            faults.note("Say what the token may read.", "scopes")
        if wish.expires_at is not None and wish.expires_at <= time.time():
            faults.note("This day is over.", "expires")
        faults.check()
        return ApiToken.create(
            name=name, name_folded=fold(name), token_hash=_token_hash(token), scopes=" ".join(sorted(wish.scopes)),
            surveys=" ".join(wish.surveys), made_by=actor.name[:60], expires_at=wish.expires_at,
        )  # fmt: skip

    about = f"{name}: {' '.join([*sorted(wish.scopes), *wish.surveys])}"
    unit_of_work(actor, Action.ADD_API_TOKEN, ACCOUNTS, apply=act, about=about, once=once)
    return token


def all_tokens() -> list[ApiToken]:
    """All tokens by name, those that have expired, too."""
    return sorted(ApiToken.select(), key=lambda token: name_key(token.name))


def revoke_token(actor: Actor, name: str) -> None:
    """Take a token back: the next request with it is refused. Raises InputError if there is none of this name."""

    def act() -> ApiToken:
        token = ApiToken.get_or_none(ApiToken.name_folded == fold(identifier(name)))
        if token is None:
            raise InputError(Problem("There is no token %(name)s.", "name", name=name[:60]))
        token.delete_instance()
        return token

    unit_of_work(actor, Action.REVOKE_API_TOKEN, ACCOUNTS, apply=act, about=lambda token: token.name)


def use_token(sent: str, timezone: str) -> ApiToken | None:
    """The token that was sent, or None if it was revoked, has expired or never was. Notes the day of its use, no more."""
    token = read(lambda: ApiToken.get_or_none(ApiToken.token_hash == _token_hash(sent)))
    if token is None or (token.expires_at is not None and token.expires_at < time.time()):
        return None
    today = f"{datetime.now(ZoneInfo(timezone)):%Y-%m-%d}"
    if token.used_on != today:
        write(lambda: ApiToken.update(used_on=today).where(ApiToken.id == token.id).execute())
    return token


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
