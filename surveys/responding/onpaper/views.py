"""Staff pages of paper ballots: sheets to print, stacks, typing them in, comparing two entries."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectField
from wtforms.validators import InputRequired, NumberRange

from surveys.accounts.access import PUBLISHERS, allow
from surveys.accounts.models import record
from surveys.publishing.models import Survey
from surveys.publishing.operations import get_survey, plan_of, state_of
from surveys.publishing.plan import SurveyPlan
from surveys.responding.blocks import blocks
from surveys.responding.onpaper import entry
from surveys.responding.onpaper.entry import MAX_PAPERS, Act, Stage
from surveys.responding.onpaper.forms import PrintedForm, printed_forms
from surveys.responding.onpaper.keys import keys_of
from surveys.responding.onpaper.models import PaperStack
from surveys.responding.onpaper.sheets import sheet_values
from surveys.text import InputError, pick
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised

blueprint = Blueprint("onpaper", __name__, url_prefix="/staff/surveys/<slug>/paper")


class StackForm(FlaskForm):
    """A new stack."""

    form = SelectField(_l("Form"))
    unit = SelectField(_l("Own unit"), coerce=int)
    papers = IntegerField(_l("How many papers"), [InputRequired(), NumberRange(1, MAX_PAPERS)])


def _survey(slug: str) -> tuple[Survey, SurveyPlan]:
    try:
        survey = get_survey(slug)
    except InputError:
        abort(404)
    return survey, plan_of(survey)


def _stack(slug: str, number: int) -> tuple[Survey, SurveyPlan, PaperStack]:
    survey, plan = _survey(slug)
    try:
        return survey, plan, entry.get_stack(survey.id, number)
    except InputError:
        abort(404)


def _forms(plan: SurveyPlan, group: int) -> tuple[PrintedForm, ...]:
    """The forms of a group; their letters are the same whatever the own unit is."""
    return printed_forms(plan, group, 0 if plan.groups[group].own else -1)


@blueprint.route("/", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str | Response:
    survey, plan = _survey(slug)
    form = StackForm()
    names = [pick(group.text, language()) for group in plan.groups]
    form.form.choices = [
        (f"{number}/{one.letters}", f"{name} · {one.letters}")
        for number, name in enumerate(names)
        for one in _forms(plan, number)
    ]
    form.unit.choices = [(-1, "—"), *((n, pick(unit.text, language())) for n, unit in enumerate(plan.units))]
    if form.validate_on_submit():
        group, _slash, letters = str(form.form.data).partition("/")
        try:
            stack = entry.begin_stack(slug, int(group), letters, form.unit.data, form.papers.data or 0)
        except InputError as error:
            add_to_form(form, error)
        else:
            record(current_user.name, "began a stack", f"{slug}: {stack.number}")
            return redirect(url_for("onpaper.typing", slug=slug, number=stack.number))
    return render_template(
        "onpaper/index.html", survey=survey, plan=plan, form=form, state=state_of(survey), forms=_forms,
        stacks=entry.stacks_of(survey.id), own=any(group.own for group in plan.groups),
    )  # fmt: skip


@blueprint.get("/print")
@allow(PUBLISHERS)
def sheet(slug: str) -> str:
    """A ballot to print and copy; it bears no number."""
    survey, plan = _survey(slug)
    group = request.args.get("group", -1, int)
    if not 0 <= group < len(plan.groups):
        abort(404)
    unit = request.args.get("unit", -1, int) if plan.groups[group].own else -1
    values = sheet_values(plan, group, request.args.get("form", "A"), unit)
    if values is None:
        abort(404)
    return render_template("onpaper/sheet.html", survey=survey, **values)


@blueprint.route("/<int:number>/type", methods=["GET", "POST"])
@allow(PUBLISHERS)
def typing(slug: str, number: int) -> str | Response | tuple[str, int]:
    """One ballot after the other; each is kept as soon as it is sent."""
    survey, plan, stack = _stack(slug, number)
    if stack.stage not in (Stage.FIRST, Stage.SECOND):
        return redirect(_next_page(slug, stack))
    name = stack.stage
    done = stack.typed(name)
    at = request.args.get("at", len(done) + 1, int) - 1
    typed = done[at] if 0 <= at < len(done) else {}
    wrong: list[int] = []
    problem = ""
    if request.method == "POST":
        typed = {key: value for key, value in request.form.items() if key.isdecimal()}
        at = request.form.get("position", at, int)
        try:
            wrong = entry.enter(slug, number, current_user.name, at, typed)
        except InputError as error:
            problem = localised(error.problems[0])
        else:
            if not wrong:
                return redirect(url_for("onpaper.typing", slug=slug, number=number))
    units = entry.units_of(plan, stack)
    keys = {key.slot.index: key for key in keys_of(plan, units)}
    page = render_template(
        "onpaper/type.html", survey=survey, plan=plan, stack=stack, at=at, typed=typed, wrong=wrong, problem=problem,
        done=len(done), blocks=blocks(plan, units), keys=keys, second=name == Stage.SECOND,
        mine=entry.may_type(stack, current_user.name),
    )  # fmt: skip
    return page, 422 if wrong or problem else 200


def _next_page(slug: str, stack: PaperStack) -> str:
    if stack.stage == Stage.COMPARE:
        return url_for("onpaper.compare", slug=slug, number=stack.number)
    return url_for("onpaper.index", slug=slug)


@blueprint.post("/<int:number>/<act>")
@allow(PUBLISHERS)
def change(slug: str, number: int, act: str) -> Response:
    *_unused, stack = _stack(slug, number)
    clerk, at = current_user.name, request.form.get("at", 0, int) - 1
    try:
        match act:
            case Act.REMOVE_BALLOT | Act.INSERT_BALLOT:
                entry.change_order(slug, number, clerk, Act(act), at)
            case Act.FINISH:
                entry.finish(slug, number, clerk)
            case Act.COUNT:
                entry.set_papers(slug, number, request.form.get("papers", 0, int))
            case Act.FIRST_AGAIN | Act.SECOND_AGAIN:
                entry.again(slug, number, Act(act))
            case Act.ACCEPT:
                count = entry.accept(slug, number)
                record(clerk, "accepted a stack", f"{slug}: {number}, {count} ballots")
                flash(_("Stack %(number)s is accepted: %(n)s ballots are in the box.", number=number, n=count))
            case Act.DISCARD:
                entry.discard(slug, number)
                record(clerk, "removed a stack", f"{slug}: {number}")
                flash(_("Stack %(number)s is removed.", number=number))
                return redirect(url_for("onpaper.index", slug=slug))
            case _:
                abort(404)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    *_unused, stack = _stack(slug, number)
    if act == Act.INSERT_BALLOT:
        return redirect(url_for("onpaper.typing", slug=slug, number=number, at=at + 1))
    if act == Act.FINISH and stack.stage == Stage.SECOND and stack.second_clerk != clerk:
        flash(_("The first entry is complete. Somebody else types the stack once more."))
        return redirect(url_for("onpaper.index", slug=slug))
    if stack.stage in (Stage.FIRST, Stage.SECOND):
        return redirect(url_for("onpaper.typing", slug=slug, number=number))
    return redirect(_next_page(slug, stack))


@blueprint.route("/<int:number>/compare", methods=["GET", "POST"])
@allow(PUBLISHERS)
def compare(slug: str, number: int) -> str | Response | tuple[str, int]:
    survey, plan, stack = _stack(slug, number)
    if stack.stage != Stage.COMPARE:
        return redirect(url_for("onpaper.index", slug=slug))
    wrong: list[str] = []
    if request.method == "POST":
        # A number typed beside wins over the choice of one of the two.
        decisions = {
            name: value for name, value in request.form.items() if "/" in name and not name.startswith("other/")
        }
        typed = {name.removeprefix("other/"): value for name, value in request.form.items()
                 if name.startswith("other/") and value.strip()}  # fmt: skip
        try:
            wrong = entry.settle(slug, number, {**decisions, **typed})
        except InputError as error:
            flash(localised(error.problems[0]), "error")
            return redirect(url_for("onpaper.index", slug=slug))
        if not wrong:
            return redirect(url_for("onpaper.compare", slug=slug, number=number))
        stack = entry.get_stack(survey.id, number)
    found = entry.differences(plan, stack)
    totals = [entry.key_totals(plan, stack, name) for name in ("first", "second")]
    page = render_template("onpaper/compare.html", survey=survey, plan=plan, stack=stack, found=found, wrong=wrong,
                           left=sum(one.settled is None for one in found), totals=totals)  # fmt: skip
    return page, 422 if wrong else 200
