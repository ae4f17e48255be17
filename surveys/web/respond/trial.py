"""The trial run of a draft: its pages as respondents will see them. What is sent is checked as real ballots are, and thrown away."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request, url_for

from surveys.ballots.answers import read_answers
from surveys.campaigns.drafts import Draft
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import stored_state
from surveys.inputs.values import code_in_front
from surveys.web.limits import takes_form
from surveys.web.messages import sentence
from surveys.web.questionnaire_pages import Form, Tail, filled_page, questionnaire_page
from surveys.web.trial_links import draft_of_trial

blueprint = Blueprint("trial", __name__, url_prefix="/s/-/trial")


def _draft(token: str) -> tuple[Draft, SurveyPlan]:
    draft = draft_of_trial(token)
    if draft is None or draft.plan is None:
        abort(404)
    return draft, draft.plan


def _form_size(token: str, group: str) -> tuple[int, int]:
    return _draft(token)[1].largest_form


@blueprint.get("/<token>")
def begin(token: str) -> str:
    """Choose as which group to try it."""
    draft, plan = _draft(token)
    return render_template("respond/trial.html", plan=plan, token=token, survey=draft.survey, done=False)


@blueprint.route("/<token>/<group>", methods=["GET", "POST"])
@takes_form(_form_size)
def ballot(token: str, group: str) -> str | Response:
    """The questionnaire of a group, and what becomes of it when it is sent."""
    draft, plan = _draft(token)
    code = code_in_front(group)
    number = next((n for n, g in zip(plan.group_indices, plan.groups, strict=True) if g.code == code), None)
    if number is None:
        abort(404)
    units = plan.units_for_preview(number)
    form = Form(
        plan, draft.require().digest, draft.survey.slug, number, units, stored_state(draft.survey), "../../../..",
        trial=url_for("trial.ballot", token=token, group=code),
    )  # fmt: skip
    tail = Tail("trial", "")
    if request.method == "GET":
        return questionnaire_page(form, tail)
    fields = request.form.to_dict(flat=False)
    answers = read_answers(plan, number, units, fields)
    if answers.problems:
        problems = [(plan.slots[index], sentence(problem)) for index, problem in answers.problems]
        return Response(filled_page(form, tail, fields, problems), status=422, mimetype="text/html")
    return render_template("respond/trial.html", plan=plan, token=token, survey=draft.survey, done=True)
