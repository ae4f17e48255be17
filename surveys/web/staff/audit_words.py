"""Entries of the audit trail in the reader's language, with links to the surveys that they are about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import gettext as _

from surveys.accounts.models import Role
from surveys.campaigns.models import Survey
from surveys.followup.bulletin import Part
from surveys.inputs.translations import message_id
from surveys.storage.audit import Action, AuditEntry
from surveys.web.staff.account_forms import ROLE_NAMES
from surveys.web.staff.bulletin import PART_NAMES
from surveys.web.staff.survey_path import LABELS

_WITH_A_ROLE = frozenset({Action.CREATE_ACCOUNT, Action.INVITE, Action.CHANGE_ROLE, Action.REVOKE_LINK})

# What the domain writes behind the names: figures, and words for what was done.
_FIGURES = (
    (r"(?P<added>\d+) new, (?P<changed>\d+) changed, (?P<removed>\d+) removed",
     message_id("%(added)s new, %(changed)s changed, %(removed)s removed")),
    (r"(?P<added>\d+) new, (?P<changed>\d+) changed", message_id("%(added)s new, %(changed)s changed")),
    (r"batch (?P<batch>\d+): (?P<n>\d+)", message_id("batch %(batch)s, %(n)s codes")),
    (r"(?P<n>\d+) ballots, (?P<name>.+)", message_id("%(n)s ballots, %(name)s")),
    (r"(?P<n>\d+) ballots cannot be decrypted", message_id("%(n)s ballots cannot be decrypted")),
    (r"(?P<keys>\d+) keys; ballots: (?P<n>\d+) can be decrypted, (?P<lost>\d+) cannot",
     message_id("%(keys)s keys; ballots: %(n)s can be decrypted, %(lost)s cannot")),
    (r"survey (?P<number>\d+), group (?P<group>\d+)", message_id("survey no. %(number)s, group no. %(group)s")),
    (r"(?P<units>.+), (?P<n>\d+) cells", message_id("%(units)s, %(n)s cells")),
    (r"(?P<n>\d+) cells", message_id("%(n)s cells")),
    (r"(?P<stack>\d+), accept (?P<n>\d+) ballots", message_id("stack %(stack)s, %(n)s ballots")),
    (r"(?P<stack>\d+), finish", message_id("stack %(stack)s, an entry finished")),
    (r"(?P<stack>\d+), settle", message_id("stack %(stack)s, differences settled")),
    (r"(?P<stack>\d+), discard", message_id("stack %(stack)s")),
    (r"(?P<stack>\d+), count", message_id("stack %(stack)s, number of ballots corrected")),
    (r"(?P<stack>\d+), first-again", message_id("stack %(stack)s, first entry again")),
    (r"(?P<stack>\d+), second-again", message_id("stack %(stack)s, second entry again")),
)  # fmt: skip


@dataclass(frozen=True)
class EntryWords:
    """An entry as it is shown. `slug` is the address of a survey that is there; the page links it."""

    entry: AuditEntry
    slug: str
    about: str


def in_words(entries: list[AuditEntry]) -> list[EntryWords]:
    """What a page shows of these entries."""
    before = {entry.about.partition(":")[0] for entry in entries}
    there = {survey.slug for survey in Survey.select(Survey.slug).where(Survey.slug.in_(before))}
    return [_entry_words(entry, there) for entry in entries]


def _entry_words(entry: AuditEntry, there: set[str]) -> EntryWords:
    if entry.action in _WITH_A_ROLE:
        return EntryWords(entry, "", _role_named(entry.about))
    slug, colon, rest = entry.about.partition(": ")
    if slug in there and entry.action not in _NOT_SURVEYS:
        return EntryWords(
            entry, slug, _parts_named(rest) if entry.action == Action.PUBLISH_BULLETIN else figures_named(rest)
        )
    return EntryWords(entry, "", f"{slug}{colon}{figures_named(rest)}" if colon else figures_named(entry.about))


# What these are about is a unit, a questionnaire, a scale or a person, and may be written like the address of a survey.
_NOT_SURVEYS = frozenset({
    Action.SAVE_UNIT, Action.DELETE_UNIT, Action.SAVE_QUESTIONNAIRE, Action.ARCHIVE_QUESTIONNAIRE, Action.UNARCHIVE_QUESTIONNAIRE,
    Action.SAVE_SCALE, Action.ARCHIVE_SCALE, Action.UNARCHIVE_SCALE,
    Action.CHANGE_PASSWORD, Action.MAKE_PASSWORD_LINK,
    Action.ACTIVATE_ACCOUNT, Action.DEACTIVATE_ACCOUNT, Action.ADD_API_TOKEN, Action.REVOKE_API_TOKEN,
})  # fmt: skip


def _parts_named(rest: str) -> str:
    """The parts of a bulletin."""
    return _(", ").join(str(PART_NAMES[Part(word)]) if word in PART_NAMES else word for word in rest.split())


def _role_named(about: str) -> str:
    name, comma, role = about.rpartition(", ")
    return f"{name}{comma}{ROLE_NAMES[Role(role)]}" if role in ROLE_NAMES else about


def figures_named(text: str) -> str:
    """What was done, in the reader's language; what is not known stands as it was written."""
    part, arrow, address = text.partition(" → ")
    if part in LABELS:
        return f"{LABELS[part]}{arrow}{address}"
    for pattern, message in _FIGURES:
        if found := re.fullmatch(pattern, text):
            return _(message, **found.groupdict())
    return text
