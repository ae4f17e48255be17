"""Reminders of actions by mail, each with a new link for the answer: only hashes of links are stored."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from surveys.admission.mail import MailServer, send_one
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.followup.action_states import WAITING, ActionState
from surveys.followup.actions import actions_of, make_link, new_token
from surveys.followup.models import ActionItem
from surveys.inputs.text import LANGUAGES, pick
from surveys.inputs.translations import gettext_of, load_translations
from surveys.storage.audit import Action, record
from surveys.storage.unit_of_work import Actor

DAYS_BEFORE = 3
"""So many days before its day, somebody is reminded of an action."""


def due_for_reminder(slug: str, today: date) -> list[ActionItem]:
    """The actions that are overdue or due soon, and have an address to write to."""
    until = (today + timedelta(days=DAYS_BEFORE)).isoformat()
    return [
        action
        for action in actions_of(get_survey(slug).id)
        if action.email and ActionState(action.state) in WAITING and str(action.due_on) <= until
    ]


def remind(
    actor: Actor, slug: str, today: date, server: MailServer, address: Callable[[str], str], organisation: str
) -> int:
    """Write to those whose actions are overdue or due soon; how many. `address` makes a link of a token.

    Raises InputError where the mail server fails: what was sent stays sent.
    """
    plan, sent = plan_of(get_survey(slug)), 0
    try:
        for action in due_for_reminder(slug, today):
            token = new_token()
            parts = []
            for language in LANGUAGES:
                _ = gettext_of(load_translations(language))
                parts.append(
                    _("%(unit)s is to answer this until %(day)s:", unit=pick(plan.units[action.unit].text, language),
                      day=action.due_on)
                    + f"\n\n{action.body}\n\n"
                    + _("Write the answer here; earlier links no longer work:") + f"\n\n{address(token)}"
                )  # fmt: skip
            text = "\n\n— — —\n\n".join(parts) + f"\n\n{organisation}\n"
            send_one(server, str(action.email), pick(plan.title, "zh"), text)
            # Only now: a link that was handed out before holds until another one has arrived.
            make_link(actor, slug, action.id, token)
            sent += 1
    finally:
        if sent:
            record(actor.name, Action.REMIND_OF_ACTIONS, f"{slug}: {sent}")
    return sent
