"""Personal links by mail, over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from surveys.admission.models import Person
from surveys.admission.roster import PersonalLink
from surveys.inputs.problems import InputError, Problem


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over. `security`: "tls" (from the first byte), "starttls" or "none"."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: str = "starttls"


@dataclass(frozen=True)
class Delivery:
    """What became of the mails; `refused` are the numbers of persons whose address the server did not take,
    `last` that of the last person whose mail was handed over or refused."""

    sent: int
    without_address: int
    refused: list[str]
    last: str


class DeliveryError(InputError):
    """The mail server failed. `done` is what was sent before, to persons up to `done.last`."""

    def __init__(self, done: Delivery, problem: Problem) -> None:
        self.done = done
        super().__init__(problem)


def send_links(
    server: MailServer,
    links: list[PersonalLink],
    subject: str,
    text: Callable[[Person, str], str],
    progress: Callable[[int, int], None] | None = None,
) -> Delivery:
    """Send each person the text with their link (see roster.links_of). Raises DeliveryError where the server fails."""
    if not server.host or not server.sender:
        raise InputError(Problem("No mail server is set up. Set MAIL_SERVER and MAIL_FROM."))
    addressed = [(one.person, one.link) for one in links if one.person.email]
    sent, refused, last = 0, [], ""
    try:
        with _connect(server) as smtp:
            for done, (person, link) in enumerate(addressed, 1):
                try:
                    smtp.send_message(_message(server, person, subject, text(person, link)))
                    sent += 1
                except smtplib.SMTPRecipientsRefused:
                    refused.append(person.number)
                last = person.number
                if progress:
                    progress(done, len(addressed))
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(
            Delivery(sent, 0, refused, last),
            Problem("The mail server %(name)s failed (%(reason)s) after %(n)s mails. Who has not answered can be sent "
                    "the link again.", name=server.host, reason=type(error).__name__, n=sent)
        ) from None  # fmt: skip
    return Delivery(sent, len(links) - len(addressed), refused, last)


def _connect(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    smtp: smtplib.SMTP
    if server.security == "tls":
        smtp = smtplib.SMTP_SSL(server.host, server.port, timeout=30, context=context)
    else:
        smtp = smtplib.SMTP(server.host, server.port, timeout=30)
        if server.security == "starttls":
            smtp.starttls(context=context)
    if server.user:
        smtp.login(server.user, server.password)
    return smtp


def _message(server: MailServer, person: Person, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, person.email, subject
    message["Date"], message["Message-ID"] = (
        formatdate(),
        make_msgid(domain=server.sender.rpartition("@")[2].strip("> ")),
    )
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
