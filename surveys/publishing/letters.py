"""The letter with a personal link, in Chinese and English, and the mail server of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import force_locale
from flask_babel import gettext as _

from surveys.publishing.mail import MailServer
from surveys.publishing.plan import SurveyPlan
from surveys.publishing.roster import Person
from surveys.text import InputError, Problem, pick

LANGUAGES_OF_A_LETTER = ("zh", "en")


def mail_server(config: Mapping[str, Any]) -> MailServer:
    """The mail server as the settings say. Raises InputError for a port that is none."""
    host, _colon, port = str(config["MAIL_SERVER"]).partition(":")
    if (port and not port.isdecimal()) or config["MAIL_SECURITY"] not in ("tls", "starttls", "none"):
        raise InputError(Problem("MAIL_SERVER is host:port, and MAIL_SECURITY is tls, starttls or none."))
    return MailServer(host, int(port or 587), config["MAIL_FROM"], config["MAIL_USER"], config["MAIL_PASSWORD"],
                      config["MAIL_SECURITY"])  # fmt: skip


def letter(plan: SurveyPlan, closes_at: int) -> tuple[str, Callable[[Person, str], str]]:
    """The subject, and what makes a person's text of their link."""
    until = datetime.fromtimestamp(closes_at, ZoneInfo(current_app.config["TIMEZONE"]))
    parts = []
    for name in LANGUAGES_OF_A_LETTER:
        with force_locale(name):
            parts.append(
                _("{name}, you are asked to take part in “%(title)s”. It is open until %(moment)s. This is your own link, "
                  "good for one ballot; please do not pass it on:", title=pick(plan.title, name),
                  moment=f"{until:%Y-%m-%d %H:%M}")
                + "\n\n{link}\n\n"
                + _("The service notes that you have answered, and not what you answered.")
            )  # fmt: skip
    end = f"\n\n{current_app.config['ORGANISATION']}\n"
    body = "\n\n— — —\n\n".join(parts) + end

    def text(person: Person, link: str) -> str:
        return body.replace("{link}", link).replace("{name}", person.name)

    return pick(plan.title, "zh"), text
