"""Pages that several respondents' views answer with."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _

from surveys.admission.codes import ALPHABET
from surveys.campaigns.states import State
from surveys.web.languages import format_datetime
from surveys.web.published import PublishedSurvey


def message(
    survey: PublishedSurvey,
    title: str,
    text: str,
    *,
    late: bool = False,
    holder: str = "",
    kept: bool = False,
    login_again: str = "",
) -> str:
    """A page that says one thing. `login_again` is the sign-on service by which somebody else can sign in.

    `late`: a draft of `holder` (empty: any) can still be sent; `kept`: the page says so if the phone keeps a draft.
    """
    return render_template(
        "respond/message.html",
        survey=survey,
        plan=survey.plan,
        title=title,
        text=text,
        sealed=survey.state is State.SEALED,
        late=late,
        holder=holder,
        kept=kept,
        login_again=login_again,
    )


def not_open(survey: PublishedSurvey, holder: str = "") -> str:
    """What is said while a survey is not open. A draft on the phone can still be sent while late ballots are taken.

    `holder` is of whom came with a code: a draft of somebody else is not offered.
    """
    late = False
    if survey.state is State.PUBLISHED:
        title = _("Not open yet")
        text = _("It opens on %(time)s.", time=format_datetime(survey.stored.opens_at))
    elif survey.state is State.PAUSED:
        title = _("The survey is paused")
        text = _(
            "It goes on later, until %(time)s. Come back then; a draft on this phone stays.",
            time=format_datetime(survey.stored.closes_at),
        )
    elif survey.state in (State.CLOSED, State.SEALING):
        title = _("This survey has ended")
        text = _("It ended on %(time)s. Thank you for coming.", time=format_datetime(survey.stored.closes_at))
        late = survey.takes_late
    else:
        title, text = _("This survey has ended"), _("The ballots are counted and sealed.")
    return message(survey, title, text, late=late, holder=holder)


def not_counted(survey: PublishedSurvey) -> tuple[str, int]:
    """What is said to somebody whose answers came when none were taken any more."""
    stored = survey.stored
    title = _("This survey has ended: your answers were not counted")
    if survey.state is State.PUBLISHED:
        title = _("Not open yet: your answers were not counted")
        text = _("It opens on %(time)s.", time=format_datetime(stored.opens_at))
    elif survey.state is State.PAUSED:
        title = _("The survey is paused: your answers were not counted yet")
        text = _("It goes on later, until %(time)s. Send them then.", time=format_datetime(stored.closes_at))
    elif survey.state is State.SEALED:
        text = _("The ballots are counted and sealed.")
    else:
        text = _("The survey ended on %(time)s.", time=format_datetime(stored.closes_at))
        if stored.late_until > stored.closes_at:
            text = _(
                "The survey ended on %(time)s; answers that were begun before were taken until %(until)s.",
                time=format_datetime(stored.closes_at),
                until=format_datetime(stored.late_until),
            )
    return message(survey, title, text, kept=survey.state is not State.SEALED), 409


def already_answered(survey: PublishedSurvey, holder: str, *, code: str = "", token: str = "") -> str:
    """What is said to somebody whose admission was used. `holder` is what its tokens have in common."""
    text = _("A ballot was received for this code. Each code is good for one ballot, so there is nothing left to do.")
    return render_template(
        "respond/already.html",
        survey=survey,
        plan=survey.plan,
        title=_("Already answered"),
        text=text,
        code=code,
        token=token,
        holder=holder,
    )


def welcome(survey: PublishedSurvey, sign_on: dict[str, object], problem: str = "", *, typed: str | None = None) -> str:
    """The page on which people begin: a field for a code, sign-on, open links.

    `typed`: the code that `problem` is about; None: it is about something else.
    """
    plan = survey.plan
    return render_template(
        "respond/welcome.html",
        survey=survey,
        plan=plan,
        coded=[group for group in plan.groups if group.admission != "open"],
        opened=[(number, group) for number, group in enumerate(plan.groups) if group.admission == "open"],
        minutes=sorted({plan.minutes(group) for group in plan.groups}),
        problem=problem,
        typed=typed or "",
        wrong_code=typed is not None,
        alphabet=ALPHABET,
        sign_on=sign_on if any(group.admission == "roster" for group in plan.groups) else {},
    )
