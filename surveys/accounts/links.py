"""One-time links: an invitation makes an account, a link for a new password sets one's own without the old one."""

from __future__ import annotations

import hashlib
import secrets
import time
from typing import Any

from surveys.accounts.models import Account, Invitation, Role
from surveys.accounts.operations import (
    ACCOUNTS,
    about_link,
    checked,
    get_account,
    hash_password,
    insert_account,
    password_problems,
    store_password,
)
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor, unit_of_work

INVITATION_DAYS = 7


def invite(actor: Actor, role: Role, *, once: str = "") -> str:
    """Make an invitation's token, which holds for a week; `once`: see unit_of_work."""
    token = secrets.token_urlsafe(24)
    unit_of_work(
        actor,
        Action.INVITE,
        ACCOUNTS,
        apply=lambda: _insert_link(actor, token, role=role.value),
        about=role.value,
        once=once,
    )
    return token


def make_password_link(actor: Actor, account_id: int, *, once: str = "") -> str:
    """Make the token of a link on which somebody sets a new password, in place of earlier ones. Raises InputError."""
    token = secrets.token_urlsafe(24)

    def act() -> Account:
        account = get_account(account_id)
        if not account.active:
            raise InputError(Problem("The account of %(name)s is deactivated.", name=account.name))
        Invitation.delete().where(Invitation.account == account).execute()
        _insert_link(actor, token, account=account)
        return account

    unit_of_work(actor, Action.MAKE_PASSWORD_LINK, ACCOUNTS, apply=act, about=lambda found: found.name, once=once)
    return token


def _insert_link(actor: Actor, token: str, **what: Any) -> None:
    now = int(time.time())
    Invitation.delete().where(Invitation.expires_at <= now).execute()
    Invitation.create(
        token_hash=_token_hash(token), made_by=actor.name[:60], expires_at=now + INVITATION_DAYS * 86400, **what
    )  # fmt: skip


def pending_links() -> list[Invitation]:
    """The links that still work, the latest first. Nobody can say what they are: only their hashes are stored."""
    works = Invitation.expires_at > int(time.time())
    return list(Invitation.select().where(works).order_by(Invitation.id.desc()))


def revoke_link(actor: Actor, link_id: int) -> None:
    """Take a link back that was not used. Raises InputError."""

    def act() -> Invitation:
        link = Invitation.get_or_none(Invitation.id == link_id)
        if link is None:
            raise InputError(Problem("This link has been used or has expired."))
        link.delete_instance()
        return link

    unit_of_work(actor, Action.REVOKE_LINK, ACCOUNTS, apply=act, about=about_link)


def find_link(token: str) -> Invitation | None:
    """The link with this token, or None if it was used, has expired or never was."""
    link = Invitation.get_or_none(Invitation.token_hash == _token_hash(token))
    return link if link and link.expires_at > time.time() else None


def accept_invitation(token: str, name: str, password: str) -> Account:
    """Use an invitation to make an account of one's own. Raises InputError."""
    link = _link_for(token, new_account=True)
    role = Role(link.role or "")
    name, password_hash = checked(name, password)

    def act() -> Account:
        _use(link)
        return insert_account(name, password_hash, role)

    return unit_of_work(Actor(name), Action.CREATE_ACCOUNT, ACCOUNTS, apply=act, about=role.value)


def set_password_by_link(token: str, password: str) -> Account:
    """Use a link to set a new password of one's own, which ends all sessions of the account. Raises InputError."""
    link = _link_for(token, new_account=False)
    if problems := password_problems(password):
        raise InputError(problems)
    password_hash = hash_password(password)

    def act() -> Account:
        _use(link)
        return store_password(get_account(link.account_id), password_hash)  # type: ignore[arg-type]

    name = about_link(link)
    return unit_of_work(Actor(name), Action.CHANGE_PASSWORD, ACCOUNTS, apply=act, about=name)


def _link_for(token: str, *, new_account: bool) -> Invitation:
    link = find_link(token)
    if link is None or (link.account_id is None) is not new_account:
        raise InputError(Problem("This link has been used or has expired."))
    return link


def _use(link: Invitation) -> None:
    if not Invitation.delete().where(Invitation.id == link.id).execute():
        raise InputError(Problem("This link has been used or has expired."))


def _token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
