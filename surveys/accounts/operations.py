"""Signing in, and what administrators do with accounts. One-time links are in links.py."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from surveys.accounts.models import Account, ApiToken, Invitation, Role
from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.ordering import name_key
from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action, record
from surveys.storage.locks import Kind, Subject
from surveys.storage.transactions import read
from surveys.storage.unit_of_work import Actor, unit_of_work

MIN_PASSWORD = 10
MAX_PASSWORD = 200

ACCOUNTS = Subject(Kind.ACCOUNTS)
HASHING = profiles.RFC_9106_LOW_MEMORY
"""What hashing a password costs: https://www.rfc-editor.org/rfc/rfc9106#section-4, its second recommended option."""
_hasher = PasswordHasher.from_parameters(HASHING)


@cache
def _no_account() -> str:
    """A hash that is verified when there is no such account, so that the answer takes as long."""
    return _hasher.hash(secrets.token_hex(8))


@dataclass(frozen=True)
class StaffActor(Actor):
    """Somebody who is signed in. Whoever was deactivated since the request began changes nothing any more."""

    account_id: int

    def check(self) -> None:
        if not Account.select().where(Account.id == self.account_id, Account.active).exists():
            raise InputError(Problem("Your account was deactivated in the meantime."))


def all_accounts() -> list[Account]:
    """All accounts by name."""
    return sorted(Account.select(), key=lambda account: name_key(account.name))


def any_account() -> bool:
    """Whether there is an account at all."""
    return bool(Account.select().exists())


def create_account(actor: Actor, name: str, password: str, role: Role) -> Account:
    """Make an account. Raises InputError: name taken or empty, password too short or too long."""
    name, password_hash = checked(name, password)
    return unit_of_work(
        actor,
        Action.CREATE_ACCOUNT,
        ACCOUNTS,
        apply=lambda: insert_account(name, password_hash, role),
        about=f"{name}, {role.value}",
    )


def hash_password(password: str) -> str:
    """What is stored of a password."""
    return _hasher.hash(password)


def checked(name: str, password: str) -> tuple[str, str]:
    """The cleaned name and the password's hash. Raises InputError."""
    name = identifier(name)
    problems = password_problems(password)
    if not (1 <= len(name) <= 60 and 1 <= len(fold(name)) <= 60):
        problems.append(Problem("A name has 1 to 60 characters.", "name"))
    if problems:
        raise InputError(problems)
    return name, hash_password(password)


def insert_account(name: str, password_hash: str, role: Role) -> Account:
    """Inside a unit of work: store a new account. Raises InputError where the name is taken."""
    if account_named(name) is not None:
        raise InputError(Problem("There is already an account %(name)s.", "name", name=name))
    return Account.create(
        name=name,
        name_folded=fold(name),
        password_hash=password_hash,
        role=role.value,
        stamp=secrets.token_hex(16),
    )


def account_named(name: str) -> Account | None:
    """The account with this name, in whatever case and width it is typed."""
    return Account.get_or_none(Account.name_folded == fold(name))


def check_password(name: str, password: str) -> Account | None:
    """The active account with this name and password, or None."""
    account = account_named(name)
    return account if _is_password(account, password) and account and account.active else None


def _is_password(account: Account | None, password: str) -> bool:
    try:
        return _hasher.verify(account.password_hash if account else _no_account(), password[:MAX_PASSWORD])
    except (VerifyMismatchError, InvalidHashError):
        return False


class WrongPasswordError(InputError):
    """The password that must be known to change something is another one."""


def change_own_password(actor: StaffActor, old: str, password: str) -> Account:
    """Set a new password of one's own. Raises WrongPasswordError if `old` is wrong, and InputError."""
    if not _is_password(Account.get_or_none(Account.id == actor.account_id), old):
        raise WrongPasswordError(Problem("This is not your present password.", "old"))
    return change_password(actor, actor.account_id, password)


def change_password(actor: Actor, account_id: int, password: str) -> Account:
    """Set a new password without asking for the old one, and end all sessions of the account. Raises InputError."""
    if problems := password_problems(password):
        raise InputError(problems)
    password_hash = hash_password(password)

    def act() -> Account:
        return store_password(get_account(account_id), password_hash)

    return unit_of_work(actor, Action.CHANGE_PASSWORD, ACCOUNTS, apply=act, about=lambda account: account.name)


def store_password(account: Account, password_hash: str) -> Account:
    """Inside a unit of work: store a password, and end all sessions of the account."""
    account.password_hash, account.stamp = password_hash, secrets.token_hex(16)
    account.save(only=[Account.password_hash, Account.stamp])
    return account


def set_active(actor: Actor, account_id: int, active: bool) -> Account:
    """Activate or deactivate an account, ending its sessions. Raises InputError for the last administrator."""

    def act() -> Account:
        account = get_account(account_id)
        if not active:
            if is_last_administrator(account):
                raise InputError(Problem("The last administrator cannot be deactivated."))
            _revoke_links(actor, account)
        account.active, account.stamp = active, secrets.token_hex(16)
        account.save(only=[Account.active, Account.stamp])
        return account

    action = Action.ACTIVATE_ACCOUNT if active else Action.DEACTIVATE_ACCOUNT
    return unit_of_work(actor, action, ACCOUNTS, apply=act, about=lambda account: account.name)


def set_role(actor: Actor, account_id: int, role: Role) -> Account:
    """Give an account another role. Raises InputError for the last administrator."""

    def act() -> Account:
        account = get_account(account_id)
        if account.role == role:
            raise InputError(Problem("%(name)s has this role already.", "role", name=account.name))
        if is_last_administrator(account):
            raise InputError(Problem("The last administrator cannot get another role.", "role"))
        if account.role == Role.ADMINISTRATOR:
            _revoke_links(actor, account)
        account.role = role.value
        account.save(only=[Account.role])
        return account

    return unit_of_work(
        actor, Action.CHANGE_ROLE, ACCOUNTS, apply=act, about=lambda account: f"{account.name}, {role.value}"
    )


def get_account(account_id: int) -> Account:
    """The account with this number. Raises InputError if there is none."""
    account = Account.get_or_none(Account.id == account_id)
    if account is None:
        raise InputError(Problem("There is no such account."))
    return account


def is_last_administrator(account: Account) -> bool:
    """Whether nobody could do an administrator's work without this account."""
    others = Account.select().where(
        Account.role == Role.ADMINISTRATOR.value, Account.active, Account.id != account.id
    )  # fmt: skip
    return account.active and account.role == Role.ADMINISTRATOR and not others.exists()


def _revoke_links(actor: Actor, account: Account) -> None:
    """Whoever may no longer sign in, or invite, must not get back in by a link or an API token that they made before."""
    theirs = Invitation.select().where((Invitation.account == account) | (Invitation.made_by == account.name))
    for link in list(theirs):
        link.delete_instance()
        record(actor.name, Action.REVOKE_LINK, about_link(link))
    for token in list(ApiToken.select().where(ApiToken.made_by == account.name)):
        token.delete_instance()
        record(actor.name, Action.REVOKE_API_TOKEN, token.name)


def account_of_session(session_id: str) -> Account | None:
    """The account that a session remembers, if it is still active and its stamp has not changed."""
    number, _, stamp = session_id.partition(":")
    if not number.isdigit():
        return None
    account = read(lambda: Account.get_or_none(Account.id == int(number)))
    return account if account and account.active and secrets.compare_digest(account.stamp, stamp) else None


def about_link(link: Invitation) -> str:
    """What the audit trail says of a one-time link: the name of whose password it sets, or the role that it gives."""
    return str(link.account.name if link.account else link.role)


def password_problems(password: str) -> list[Problem]:
    """What is wrong with a new password."""
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        return [
            Problem("A password has %(low)s to %(high)s characters.", "password", low=MIN_PASSWORD, high=MAX_PASSWORD)
        ]
    return []
