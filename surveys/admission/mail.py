"""Personal links by mail, over SMTP."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from enum import StrEnum

from surveys.admission.models import Person
from surveys.admission.roster import PersonalLink
from surveys.inputs.addresses import read_address
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean


@dataclass(frozen=True)
class MailServer:
    """Where mails are handed over. `security`: "tls" (from the first byte), "starttls" or "none"."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = ""
    security: str = "starttls"


class MailOutcome(StrEnum):
    """What became of a mail."""

    SENT = "sent"
    REFUSED = "refused"
    """The server will not take it for this address."""
    RETRY = "retry"
    """The server did not take it this time."""


Record = Callable[[Person, MailOutcome, str], None]
"""Is told what became of each mail as it happens, with the server's words where it was not taken."""


class DeliveryError(InputError):
    """The mail server failed; what was sent before it stays sent."""


def send_links(
    server: MailServer,
    links: Iterable[PersonalLink],
    subject: str,
    text: Callable[[Person, str], str],
    record: Record,
) -> None:
    """Send each person the text with their link (see roster.links_of). Raises DeliveryError where the server fails."""
    if not server.host or not server.sender:
        raise InputError(Problem("No mail server is set up. Set MAIL_SERVER and MAIL_FROM."))
    if read_address(parseaddr(server.sender)[1]) is None:
        raise InputError(Problem("MAIL_FROM is no e-mail address."))
    sent, person = 0, None
    try:
        with _connect(server) as smtp:
            for link in links:
                person = link.person
                outcome, reply = _send(smtp, server, person, subject, text(person, link.link))
                record(person, outcome, reply)
                sent += outcome is MailOutcome.SENT
                person = None
    except (OSError, smtplib.SMTPException) as error:
        if person is not None:
            record(person, MailOutcome.RETRY, _words(error))
        raise DeliveryError(
            Problem("The mail server %(name)s failed (%(reason)s) after %(n)s mails. Go on later: nobody is sent a "
                    "mail twice.", name=server.host, reason=_words(error), n=sent)
        ) from None  # fmt: skip


def send_one(server: MailServer, address: str, subject: str, text: str) -> None:
    """Send one mail. Raises DeliveryError where the server does not take it."""
    if not server.host or not server.sender:
        raise InputError(Problem("No mail server is set up. Set MAIL_SERVER and MAIL_FROM."))
    try:
        with _connect(server) as smtp:
            smtp.send_message(_message(server, address, subject, text))
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise DeliveryError(
            Problem("The mail to %(address)s was not sent: %(reason)s", address=address, reason=_words(error))
        ) from None


def _send(smtp: smtplib.SMTP, server: MailServer, person: Person, subject: str, text: str) -> tuple[MailOutcome, str]:
    """Hand one mail over. Raises what ends the connection."""
    try:
        smtp.send_message(_message(server, str(person.email), subject, text))
    except smtplib.SMTPRecipientsRefused as error:
        code, reply = next(iter(error.recipients.values()))
        outcome = MailOutcome.RETRY if 400 <= code < 500 else MailOutcome.REFUSED
        return outcome, f"{code} {_text(reply)}"
    except smtplib.SMTPDataError as error:
        if error.smtp_code == 421:  # the server is going down
            raise
        outcome = MailOutcome.RETRY if 400 <= error.smtp_code < 500 else MailOutcome.REFUSED
        return outcome, f"{error.smtp_code} {_text(error.smtp_error)}"
    except (ValueError, UnicodeError, smtplib.SMTPNotSupportedError) as error:
        return MailOutcome.REFUSED, type(error).__name__
    return MailOutcome.SENT, ""


def _words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    return type(error).__name__


def _text(reply: bytes | str) -> str:
    return clean(reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply)


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


def _message(server: MailServer, address: str, subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    # The library refuses line breaks in headers, and would do so for each mail.
    message["From"], message["To"], message["Subject"] = clean(server.sender), address, clean(subject)
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=parseaddr(server.sender)[1].rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text)
    return message
