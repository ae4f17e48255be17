"""A survey as a path: its steps from questionnaire to result, which are done, and the one next thing to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from surveys.campaigns.drafts import PARTS, Draft
from surveys.campaigns.indices import GroupIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.campaigns.states import UNCHANGEABLE, State
from surveys.campaigns.surveys import late_until
from surveys.inputs.text import pick
from surveys.scoring.totals import GroupTurnout, Turnout
from surveys.web.languages import format_datetime, format_short, language

LABELS = {
    "questionnaire": _l("Questionnaire"), "name": _l("Title and address"), "units": _l("Units"), "groups": _l("Who answers"),
    "window": _l("When"), "rule": _l("How it is scored"), "check": _l("Check and publish"),
    "admission": _l("Hand out access"), "answering": _l("Answering"), "seal": _l("Seal"), "result": _l("Result"), "evaluation": _l("Evaluation"),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A step: "done", "now" (the next thing to do), "open" (something is missing) or "later"; `link` may be empty."""

    name: str
    state: str
    text: str
    link: str = ""

    @property
    def label(self) -> str:
        """What it is called."""
        return str(LABELS[self.name])


def steps_of_draft(draft: Draft) -> list[Step]:
    """The steps of a draft: those of its parts, then what comes after."""
    slug = draft.survey.slug
    texts = _texts_of_parts(draft)
    steps, complete = [], True
    for part in PARTS:
        missing = bool(draft.problems_of(part))
        state = "done" if not missing else "open" if not complete else "now"
        complete = complete and not missing
        text = _("something is missing") if missing else texts[part]
        steps.append(Step(part, state, text, url_for("drafts.step", slug=slug, part=part)))
    check = Step("check", "now" if complete else "later", "", url_for("drafts.check", slug=slug))
    return [
        *steps,
        check,
        *(Step(name, "later", "") for name in ("admission", "answering", "seal", "result", "evaluation")),
    ]


def _texts_of_parts(draft: Draft) -> dict[str, str]:
    survey, data = draft.survey, draft.data
    groups = [group.get("name") or "" for group in data.get("groups") or []]
    names = [pick(name, language()) if isinstance(name, dict) else name for name in groups]
    return {
        "questionnaire": pick(draft.questionnaire.title, language()) if draft.questionnaire else "",
        "name": survey.slug,
        "units": _units(len(data.get("units") or [])),
        "groups": _(", ").join(names),
        "window": f"{format_short(survey.opens_at)} – {format_short(survey.closes_at)}",
        "rule": _("becomes fixed when you publish"),
    }


def _units(count: int) -> str:
    return ngettext("%(num)s unit", "%(num)s units", count)


def short_of_access(plan: SurveyPlan, turnout: Turnout) -> list[tuple[Group, GroupTurnout]]:
    """The groups in which fewer people have access than the group has people: the others cannot answer."""
    return [
        (group, row) for group, row in zip(plan.groups, turnout.groups, strict=True)
        if row.missing and group.admission != "open"
    ]  # fmt: skip


def steps_of_survey(
    survey: Survey, plan: SurveyPlan, state: State, turnout: Turnout, without: Sequence[GroupIndex]
) -> list[Step]:
    """The steps of a published survey. `without`: the groups that have no codes, no roster and no open link yet."""
    may_seal = state is State.SEALING or (state is State.CLOSED and late_until(survey) is None)
    slug = survey.slug
    ballots = sum(group.ballots for group in turnout.groups)
    fixed = [
        Step("questionnaire", "done", pick(plan.questionnaire.title, language()), url_for("survey.preview", slug=slug)),
        Step("units", "done", _units(len(plan.units))),
        Step("groups", "done", _(", ").join(pick(group.text, language()) for group in plan.groups)),
        Step("check", "done", ""),
    ]
    answered = ngettext("%(num)s ballot", "%(num)s ballots", ballots)
    ended = state in (State.CLOSED, *UNCHANGEABLE)
    answering = Step(
        "answering",
        "done" if ended else "now" if state is State.OPEN and not without else "later",
        answered if state is not State.PUBLISHED else _("opens %(time)s", time=format_datetime(survey.opens_at)),
    )
    names = _(", ").join(pick(plan.groups[group].text, language()) for group in without)
    short = [] if ended else short_of_access(plan, turnout)
    fewer = _(", ").join(
        _("%(group)s %(n)s of %(all)s", group=pick(group.text, language()), n=row.admissions, all=row.base)
        for group, row in short
    )
    access = Step(
        "admission",
        "now" if without and not ended else "open" if short else "done",
        _("not yet: %(groups)s", groups=names) if without else fewer,
    )
    seal = Step(
        "seal", "done" if state is State.SEALED else "now" if may_seal else "later", "",
        url_for("results.seal_page", slug=slug) if may_seal else "",
    )  # fmt: skip
    result = Step(
        "result", "now" if state is State.SEALED else "later", "",
        url_for("results.result", slug=slug) if state is State.SEALED else "",
    )  # fmt: skip
    evaluation = Step(
        "evaluation", "later", "", url_for("evaluation.index", slug=slug) if state is State.SEALED else "",
    )  # fmt: skip
    return [*fixed, access, answering, seal, result, evaluation]


def next_step(steps: Sequence[Step]) -> Step | None:
    """The one next thing to do."""
    return next((step for step in steps if step.state == "now"), None)
