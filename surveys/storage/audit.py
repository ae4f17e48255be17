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
    ADD_API_TOKEN = message_id("made an API token")
    REVOKE_API_TOKEN = message_id("revoked an API token")
    IMPORT_UNITS = message_id("imported units")
    SAVE_UNIT = message_id("saved a unit")
    DELETE_UNIT = message_id("removed a unit")
    SAVE_QUESTIONNAIRE = message_id("saved a questionnaire")
    ARCHIVE_QUESTIONNAIRE = message_id("archived a questionnaire")
    UNARCHIVE_QUESTIONNAIRE = message_id("took a questionnaire out of the archive")
    SAVE_SCALE = message_id("saved a scale")
    ARCHIVE_SCALE = message_id("archived a scale")
    UNARCHIVE_SCALE = message_id("took a scale out of the archive")
    SAVE_DRAFT = message_id("saved a draft")
    DELETE_DRAFT = message_id("removed a draft")
    PUBLISH = message_id("published a survey")
    OPEN = message_id("opened a survey early")
    PAUSE = message_id("paused a survey")
    RESUME = message_id("resumed a survey")
    EXTEND = message_id("extended a survey")
    CORRECT = message_id("corrected a typo")
    CLOSE = message_id("closed a survey")
    REOPEN = message_id("reopened a survey")
    SET_PEOPLE = message_id("entered the number of people")
    GIVE_UP_LOST = message_id("agreed to seal without lost ballots")
    BEGIN_SEAL = message_id("began to seal a survey")
    GIVE_SEAL_UP = message_id("gave up sealing a survey")
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
    READ_RESULT = message_id("looked at the result")
    READ_REMARKS = message_id("read remarks")
    EXPORT_AUDIT = message_id("downloaded the audit trail")
    EXPORT_WORKBOOK = message_id("downloaded the workbook")
    EXPORT_TABLES = message_id("downloaded the tables of a result")
    PUBLISH_BULLETIN = message_id("published the bulletin")
    ANSWER_OBJECTION = message_id("answered an objection")
    WITHDRAW_BULLETIN = message_id("withdrew the bulletin")
    TAG_REMARKS = message_id("tagged remarks")
    UNTAG_REMARKS = message_id("took a tag off remarks")
    MARK_ABUSIVE = message_id("marked remarks as abusive")
    UNMARK_ABUSIVE = message_id("took the mark “abusive” off remarks")
    MASK_REMARK = message_id("masked names in a remark")
    MERGE_REMARKS = message_id("merged remarks")
    SPLIT_REMARKS = message_id("took merged remarks apart")
    REFUSE_ALIKE = message_id("said that remarks are not alike")
    PUBLISH_REMARKS = message_id("published remarks")
    WITHDRAW_REMARKS = message_id("withdrew published remarks")
    ERASE_REMARKS = message_id("deleted what was written in remarks")
    ADD_ACTIONS = message_id("added actions")
    CHANGE_ACTION = message_id("changed an action")
    MOVE_ACTION = message_id("moved an action on")
    MAKE_ACTION_LINK = message_id("made a link for an action")
    REVOKE_ACTION_LINK = message_id("revoked the link of an action")
    ANSWER_ACTION = message_id("answered an action by its link")
    REMIND_OF_ACTIONS = message_id("sent reminders of actions")
    REVIEW_UNIT = message_id("wrote the review of a unit")
    SAVE_CAMPAIGN = message_id("saved a campaign")
    DELETE_CAMPAIGN = message_id("removed a campaign")
    ADD_TO_CAMPAIGN = message_id("put a survey into a campaign")
    REMOVE_FROM_CAMPAIGN = message_id("took a survey out of a campaign")
    MAP_UNITS = message_id("said which units go on as which")
    MAKE_EVALUATION = message_id("began an evaluation")
    DISCARD_EVALUATION = message_id("discarded an evaluation")
    SET_POINTS = message_id("entered points")
    IMPORT_POINTS = message_id("imported points")
    SET_SCORE_DEADLINE = message_id("set the deadline of own scores")
    MAKE_SCORE_LINKS = message_id("made links for own scores")
    REVOKE_SCORE_LINK = message_id("revoked a link for an own score")
    HAND_IN_SCORE = message_id("handed in an own score by its link")
    DECIDE_QUOTA = message_id("decided who keeps a grade")
    SIGN_EVALUATION = message_id("signed an evaluation")
    SET_LETTERHEAD = message_id("changed the letterhead")
    SET_DOCUMENT_NUMBER = message_id("gave a result its number")
    EXPORT_REPORT = message_id("downloaded the printed report")
    EXPORT_UNIT_PAGES = message_id("downloaded pages of units")
    EXPORT_BRANCH_WORKBOOKS = message_id("downloaded general branches' workbooks")
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


READING_INTERVAL = 3600
"""Seconds for which reading the same again leaves no further entry."""


def record(account: str, action: Action, about: str = "") -> None:
    """Add an entry, in the transaction that is under way or in one of its own."""
    write(lambda: AuditEntry.create(at=int(time.time()), account=account[:60], action=action.value, about=about[:200]))


def record_reading(account: str, action: Action, about: str) -> None:
    """Add an entry of what was only read, once an hour: who turns pages reads one thing."""
    since = int(time.time()) - READING_INTERVAL
    if not find_entries(account[:60], action.value, about=about, since=since, limit=1):
        record(account, action, about)


def find_entries(
    account: str = "", action: str = "", *, about: str = "", since: int | None = None, until: int | None = None,
    skip: int = 0, limit: int = 100,
) -> list[AuditEntry]:  # fmt: skip
    """Entries, newest first: those of an account, of an action and about a survey (its address), where they are given.

    `since` and `until` bound their times, in seconds since 1970; the second is not in it.
    """
    entries = AuditEntry.select().order_by(AuditEntry.id.desc()).offset(skip).limit(limit)
    if account:
        entries = entries.where(AuditEntry.account == account)
    if action:
        entries = entries.where(AuditEntry.action == action)
    if about:
        entries = entries.where((AuditEntry.about == about) | AuditEntry.about.startswith(f"{about}:"))
    if since is not None:
        entries = entries.where(AuditEntry.at >= since)
    if until is not None:
        entries = entries.where(AuditEntry.at < until)
    return list(entries)


def acting_accounts() -> list[str]:
    """Everyone who stands in the audit trail, by name."""
    rows = AuditEntry.select(AuditEntry.account).distinct()
    return sorted(entry.account for entry in rows)
