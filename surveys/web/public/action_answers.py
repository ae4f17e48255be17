"""The page on which a unit answers an action by its link, without an account."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.followup.action_states import BY_OWNER, NAMES, NEXT, ActionState
from surveys.followup.actions import ActionAnswer, answer_by_link, find_by_link
from surveys.inputs.problems import InputError
from surveys.web.messages import localised
from surveys.web.throttle import may_be_wrong_again

blueprint = Blueprint("action_answers", __name__)


@blueprint.route("/answer/<token>", methods=["GET", "POST"])
def answer(token: str) -> tuple[str, int]:
    """What is to be done, until when, and a form for the answer."""
    if find_by_link(token) is None:
        abort(404 if may_be_wrong_again() else 429)
    problems: list[str] = []
    if request.method == "POST":
        typed = {name: request.form.get(name, "") for name in ("state", "reason", "evidence", "answer")}
        try:
            answer_by_link(token, ActionAnswer(**typed))
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
    one = find_by_link(token)
    if one is None:
        abort(404)
    page = render_template(
        "public/action.html", one=one, plan=plan_of(Survey.get_by_id(one.survey_id)), names=NAMES, problems=problems, typed=request.form,
        steps=[step for step in NEXT[ActionState(one.state)] if step in BY_OWNER], saved=request.method == "POST" and not problems,
    )  # fmt: skip
    return page, 422 if problems else 200
