"""The audit trail: what staff did, and when. Never anything about a respondent."""

from __future__ import annotations

import time
from enum import StrEnum

import peewee

from surveys.inputs.translations import message_id
from surveys.storage.database import Model
from surveys.storage.transactions import write


class Action(StrEnum):
    """What staff can do that leaves an entry. The values are message ids of the catalogues."""

    SIGN_IN = message_id("signed in")
    CREATE_ACCOUNT = message_id("made an account")
    CHANGE_PASSWORD = message_id("changed the password")
    INVITE = message_id("invited somebody")
    REVOKE_LINK = message_id("revoked a one-time link")
    MAKE_PASSWORD_LINK = message_id("made a link for a new password")
    CHANGE_ROLE = message_id("changed the role of an account")
    ACTIVATE_ACCOUNT = message_id("activated an account")
    DEACTIVATE_ACCOUNT = message_id("deactivated an account")
    IMPORT_UNITS = message_id("imported units")
    DELETE_UNIT = message_id("removed a unit")
    SAVE_QUESTIONNAIRE = message_id("saved a questionnaire")
    ARCHIVE_QUESTIONNAIRE = message_id("archived a questionnaire")
    UNARCHIVE_QUESTIONNAIRE = message_id("took a questionnaire out of the archive")
    SAVE_DRAFT = message_id("saved a draft")
    DELETE_DRAFT = message_id("removed a draft")
    PUBLISH = message_id("published a survey")
    OPEN = message_id("opened a survey early")
    PAUSE = message_id("paused a survey")
    RESUME = message_id("resumed a survey")
    EXTEND = message_id("extended a survey")
    CLOSE = message_id("closed a survey")
    REOPEN = message_id("reopened a survey")
    SET_PEOPLE = message_id("entered the number of people")
    GIVE_UP_LOST = message_id("agreed to seal without lost ballots")
    SEAL = message_id("sealed a survey")
    ISSUE_CODES = message_id("issued codes")
    REVOKE_CODES = message_id("revoked unused codes")
    IMPORT_ROSTER = message_id("imported a roster")
    EXPORT_LINKS = message_id("made personal links")
    SEND_LINKS = message_id("sent personal links")
    REMOVE_PERSONS = message_id("removed persons from a roster")
    MARK_PAPER_VOTERS = message_id("marked persons who voted on paper")
    UNMARK_PAPER_VOTERS = message_id("removed marks of paper voters")
    ERASE_ROSTER = message_id("erased a roster")
    IMPORT_BALLOTS = message_id("imported paper ballots")
    BEGIN_STACK = message_id("began a stack of paper ballots")
    CHANGE_STACK = message_id("changed a stack of paper ballots")
    ACCEPT_STACK = message_id("accepted a stack of paper ballots")
    DELETE_STACK = message_id("removed a stack of paper ballots")
    DUMP_BALLOTS = message_id("wrote the ballots to a file")
    EXPORT_WORKBOOK = message_id("downloaded the workbook")
    CHANGE_MIX_KEYS = message_id("changed the keys of the mix")
    MERGE_MIX_KEYS = message_id("merged keys into the mix")
    ACCEPT_KEY_FOLDER = message_id("accepted a folder of keys of the mix")


class AuditEntry(Model):
    """One entry. `account` is the name of an account, or of who ran a command."""

    id = peewee.AutoField()
    at = peewee.BigIntegerField()
    account = peewee.CharField(max_length=60)
    action = peewee.CharField(max_length=40)
    about = peewee.CharField(max_length=200, default="")


def record(account: str, action: Action, about: str = "") -> None:
    """Add an entry, in the transaction that is under way or in one of its own."""
    write(lambda: AuditEntry.create(at=int(time.time()), account=account[:60], action=action.value, about=about[:200]))


def find_entries(account: str = "", action: str = "", *, skip: int = 0, limit: int = 100) -> list[AuditEntry]:
    """Entries, newest first: those of an account, and those of an action, where they are given."""
    entries = AuditEntry.select().order_by(AuditEntry.id.desc()).offset(skip).limit(limit)
    if account:
        entries = entries.where(AuditEntry.account == account)
    if action:
        entries = entries.where(AuditEntry.action == action)
    return list(entries)


def acting_accounts() -> list[str]:
    """Everyone who stands in the audit trail, by name."""
    rows = AuditEntry.select(AuditEntry.account).distinct()
    return sorted(entry.account for entry in rows)
