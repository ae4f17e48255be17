"""Rounds of mails to the persons on a roster: what became of each mail is kept, so that a round can go on where it ended.

In a round everybody who has not answered is sent their link once. Persons who come onto the roster during a round, or
whose address changes, belong to it, too. Another round reminds whoever has not answered by then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from surveys.admission.mail import MailOutcome, MailServer, send_links
from surveys.admission.models import Person
from surveys.admission.roster import PersonalLink, check_links_are_good, links_of
from surveys.campaigns.models import Survey
from surveys.storage.audit import Action, record
from surveys.storage.transactions import write
from surveys.storage.unit_of_work import Actor


@dataclass(frozen=True)
class Mailing:
    """The present round, of those who have not answered."""

    round: int
    """Its number; 0 where none has begun."""
    waiting: list[PersonalLink]
    """Who is still to be written to, by number."""
    retry: list[PersonalLink]
    """Whose mail the server did not take that time."""
    sent: int
    refused: list[Person]
    without_address: int

    @property
    def total(self) -> int:
        """How many have an address."""
        return len(self.waiting) + len(self.retry) + self.sent + len(self.refused)


def mailing_of(survey: Survey, key: bytes, base: str, *, again: bool = False) -> Mailing:
    """How far the present round is; with `again` a new one, in which nobody was written to yet."""
    links = links_of(survey, key, base)
    number = max((link.person.mail_round for link in links), default=0)
    if again:
        number += 1

    addressed = [link for link in links if link.person.email]
    by_outcome: dict[str, list[PersonalLink]] = {}
    for link in addressed:
        outcome = str(link.person.mail_outcome) if number and link.person.mail_round == number else ""
        by_outcome.setdefault(outcome, []).append(link)
    return Mailing(
        number,
        by_outcome.get("", []),
        by_outcome.get(MailOutcome.RETRY, []),
        len(by_outcome.get(MailOutcome.SENT, [])),
        [link.person for link in by_outcome.get(MailOutcome.REFUSED, [])],
        len(links) - len(addressed),
    )


def send_round(
    actor: Actor,
    survey: Survey,
    mailing: Mailing,
    server: MailServer,
    letter: tuple[str, Callable[[Person, str], str]],
    *,
    limit: int | None = None,
    progress: Callable[[], None] | None = None,
) -> int:
    """Write to those who wait, and then to whom it is to be tried again; returns how many were sent.

    Raises InputError: the survey is not open, or (DeliveryError) the server failed. What was sent is kept either way.
    """
    check_links_are_good(survey)
    sent = 0

    def keep(person: Person, outcome: MailOutcome, reply: str) -> None:
        nonlocal sent
        sent += outcome is MailOutcome.SENT
        write(partial(_keep, person, max(1, mailing.round), outcome, reply))
        if progress:
            progress()

    try:
        send_links(server, islice([*mailing.waiting, *mailing.retry], limit), *letter, keep)
    finally:
        if sent:
            record(actor.name, Action.SEND_LINKS, f"{survey.slug}: {sent}")
    return sent


def _keep(person: Person, number: int, outcome: MailOutcome, reply: str) -> Any:
    change = {"mail_round": number, "mail_outcome": outcome.value, "mail_reply": reply[:200]}
    same = (Person.survey_id == person.survey_id) & (Person.number_key == person.number_key)
    return Person.update(change).where(same, Person.email == person.email).execute()
