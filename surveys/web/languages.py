"""Which language a page is in, and how times and texts are shown in it."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import get_timezone_name
from flask import Flask, current_app, g, request, session
from flask_babel import Babel, ngettext
from flask_babel import gettext as _
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from surveys.inputs.text import LANGUAGES, Text, pick
from surveys.inputs.values import plain_number


def select_locale() -> str:
    """zh or en. Respondents' pages keep no cookie: the address says it, or the phone's own setting."""
    asked = _requested()
    if not (for_respondents() or for_programs()):
        if asked in LANGUAGES:
            session["lang"] = asked
        else:
            asked = session.get("lang", "")
    if asked in LANGUAGES:
        return asked
    return request.accept_languages.best_match(LANGUAGES) or "zh"


def for_respondents() -> bool:
    """Whether a page is for everyone, with no session: all under /s/, the front page, and what is not found."""
    return request.path.startswith("/s/") or request.blueprint in ("home", None)


def for_programs() -> bool:
    """Whether another program asks, by the API."""
    return request.path.startswith("/api/")


def _requested() -> str:
    """The language that the address or the form names."""
    if "lang" in request.args or request.method != "POST":
        return request.args.get("lang", "")
    try:
        return request.form.get("lang", "")
    except HTTPException:
        return ""  # a form too large to be read still gets its error page


def language() -> str:
    """The language of the page that is being made, chosen once a request."""
    try:
        return g.language  # asked for some hundred times on a page
    except AttributeError:
        g.language = select_locale()
        return g.language


def set_locale(name: str) -> None:
    """Make this page in a language that was chosen before."""
    g.language = name if name in LANGUAGES else "zh"


def format_datetime(seconds: int | float | None) -> str:
    """A time as shown to people, in the installation's time zone, with its weekday."""
    if seconds is None:
        return ""
    at = datetime.fromtimestamp(seconds, ZoneInfo(current_app.config["TIMEZONE"]))
    if language() == "zh":
        return f"{at.year} 年 {at.month} 月 {at.day} 日（周{'一二三四五六日'[at.weekday()]}）{at:%H:%M}"
    return f"{at:%a} {at.day} {at:%B} {at.year}, {at:%H:%M}"


def format_short(seconds: int | float) -> str:
    """A time in few characters, for tables with many of them."""
    at = datetime.fromtimestamp(seconds, ZoneInfo(current_app.config["TIMEZONE"]))
    return f"{at:%Y-%m-%d %H:%M}" if language() == "zh" else f"{at.day} {at:%b %Y, %H:%M}"


def zone_name() -> str:
    """The installation's time zone as people call it."""
    zone = current_app.config["TIMEZONE"]
    if zone in ("Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "PRC"):
        return _("Beijing time")
    return get_timezone_name(ZoneInfo(zone), locale=language())


def format_duration(seconds: int) -> str:
    """A length of time in days, hours and minutes."""
    minutes = max(0, round(seconds / 60))
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = [
        (days, ngettext("%(num)s day", "%(num)s days", days)),
        (hours, ngettext("%(num)s hour", "%(num)s hours", hours)),
        (rest, ngettext("%(num)s minute", "%(num)s minutes", rest)),
    ]
    return " ".join(text for count, text in parts if count) or parts[-1][1]


def init_languages(app: Flask) -> None:
    """Set Flask-Babel up, and the filters that templates use."""
    app.config["BABEL_DEFAULT_LOCALE"] = "zh"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=language)

    @app.template_filter("pick")
    def pick_filter(text: Text | None) -> str:
        return pick(text, language()) if text else ""

    @app.template_filter("paragraphs")
    def paragraphs(text: str) -> Markup:
        return Markup("").join(Markup("<p>{}</p>").format(part) for part in text.split("\n") if part.strip())

    app.template_filter("plain_number")(plain_number)
    app.template_filter("format_datetime")(format_datetime)
    app.template_filter("format_short")(format_short)
    app.template_filter("format_duration")(format_duration)
    app.jinja_env.globals.update(language=language, zone_name=zone_name, for_respondents=for_respondents, now=time.time)
