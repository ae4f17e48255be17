"""The mail with a personal link, in Chinese and English, and the mail server of the settings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from surveys.admission.mail import MailServer
from surveys.admission.models import Person
from surveys.campaigns.plan import SurveyPlan
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import LANGUAGES, pick
from surveys.inputs.translations import gettext_of, load_translations


def mail_server(config: Mapping[str, Any]) -> MailServer:
    """The mail server as the settings say. Raises InputError for a port that is none."""
    host, _colon, port = str(config["MAIL_SERVER"]).partition(":")
    if (port and not port.isdecimal()) or config["MAIL_SECURITY"] not in ("tls", "starttls", "none"):
        raise InputError(Problem("MAIL_SERVER is host:port, and MAIL_SECURITY is tls, starttls or none."))
    return MailServer(host, int(port or 587), config["MAIL_FROM"], config["MAIL_USER"], config["MAIL_PASSWORD"],
                      config["MAIL_SECURITY"])  # fmt: skip


def letter(
    plan: SurveyPlan, closes_at: int, timezone: str, organisation: str
) -> tuple[str, Callable[[Person, str], str]]:
    """The subject, and a function that writes a person's text with their link."""
    until = datetime.fromtimestamp(closes_at, ZoneInfo(timezone))
    parts = []
    for language in LANGUAGES:
        _ = gettext_of(load_translations(language))
        parts.append(
            _("{name}, you are asked to take part in “%(title)s”. It is open until %(time)s. This is your own link, "
              "good for one ballot; please do not pass it on:", title=pick(plan.title, language),
              time=f"{until:%Y-%m-%d %H:%M}")
            + "\n\n{link}\n\n"
            + _("The service notes that you have answered, and not what you answered.")
        )  # fmt: skip
    body = "\n\n— — —\n\n".join(parts) + f"\n\n{organisation}\n"

    def text(person: Person, link: str) -> str:
        return body.replace("{link}", link).replace("{name}", person.name)

    return pick(plan.title, "zh"), text
