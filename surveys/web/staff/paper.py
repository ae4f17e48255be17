"""Staff pages of paper ballots: sheets to print, stacks, typing them in, comparing two entries."""

from __future__ import annotations

import re

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import IntegerField, SelectChoice, SelectField
from wtforms.validators import InputRequired, NumberRange

from surveys.ballots.blocks import blocks
from surveys.ballots.paper import entries, stacks
from surveys.ballots.paper.keypad import typed_slots
from surveys.ballots.paper.models import PaperStack
from surveys.ballots.paper.printed import PrintedForm, printed_forms
from surveys.ballots.paper.sheets import printed_sheet
from surveys.ballots.paper.stages import TYPING, Act, Stage
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.inputs.text import pick
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.once import OnceForm

_FIELD = re.compile(r"[0-9]+(\.other)?")
"""An answer that is typed, or the text beside it."""

blueprint = Blueprint("paper", __name__, url_prefix="/staff/surveys/<slug>/paper")


class StackForm(OnceForm):
    """A new stack. `unit` is empty where no own unit matters."""

    form = SelectField(_l("Form"))
    unit = SelectField(_l("Own unit"))
    papers = IntegerField(_l("How many paper ballots"), [InputRequired(), NumberRange(1, stacks.MAX_PAPERS)])


def _survey(slug: str) -> tuple[Survey, SurveyPlan]:
    survey = survey_or_404(slug)
    return survey, plan_of(survey)


def _stack(slug: str, number: int) -> tuple[Survey, SurveyPlan, PaperStack]:
    survey, plan = _survey(slug)
    try:
        return survey, plan, stacks.get_stack(survey.id, number)
    except InputError:
        abort(404)


def _forms(plan: SurveyPlan, group: GroupIndex) -> tuple[PrintedForm, ...]:
    """The forms of a group; their labels are the same whatever the own unit is."""
    return printed_forms(plan, group, plan.unit_indices[0] if plan.groups[group].own else None)


@blueprint.route("/", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str | Response:
    survey, plan = _survey(slug)
    form = StackForm()
    names = [pick(group.text, language()) for group in plan.groups]
    form.form.choices = [
        SelectChoice(f"{number}/{one.label}", f"{name} · {one.label}")
        for number, name in zip(plan.group_indices, names, strict=True)
        for one in _forms(plan, number)
    ]
    form.unit.choices = [
        SelectChoice("", "—"),
        *(SelectChoice(str(n), pick(unit.text, language())) for n, unit in enumerate(plan.units)),
    ]
    if form.validate_on_submit():
        group, _slash, label = str(form.form.data).partition("/")
        own_unit = UnitIndex(int(form.unit.data)) if form.unit.data else None
        try:
            stack = stacks.begin_stack(
                actor(), survey, GroupIndex(int(group)), label, own_unit, form.papers.data or 0, once=form.key
            )
        except InputError as error:
            add_to_form(form, error)
            form.renew()
        else:
            return redirect(url_for("paper.typing", slug=slug, number=stack.number))
    return render_template(
        "staff/paper/index.html", survey=survey, plan=plan, form=form, state=state_of(survey), forms=_forms,
        stacks=stacks.stacks_of(survey.id), own=any(group.own for group in plan.groups),
    )  # fmt: skip


@blueprint.get("/print")
@allow(PUBLISHERS)
def sheet(slug: str) -> str:
    """A ballot to print and copy; it bears no number."""
    survey, plan = _survey(slug)
    group = request.args.get("group", None, int)
    if group is None or not 0 <= group < len(plan.groups):
        abort(404)
    unit = request.args.get("unit", None, int) if plan.groups[group].own else None
    own_unit = None if unit is None else UnitIndex(unit)
    printed = printed_sheet(plan, GroupIndex(group), request.args.get("form", "A"), own_unit, language(), gettext)
    if printed is None:
        abort(404)
    return render_template("staff/paper/sheet.html", survey=survey, plan=plan, sheet=printed)


@blueprint.route("/<int(max=2147483647):number>/type", methods=["GET", "POST"])
@allow(PUBLISHERS)
def typing(slug: str, number: int) -> str | Response | tuple[str, int]:
    """One ballot after the other; each is kept as soon as it is sent."""
    survey, plan, stack = _stack(slug, number)
    if stack.stage not in TYPING:
        return redirect(_next_page(slug, stack))
    entry = entries.current_entry(stack)
    at = request.args.get("at", len(entry.typed) + 1, int) - 1
    typed = entry.typed[at] if 0 <= at < len(entry.typed) else {}
    wrong: list[int] = []
    problem = ""
    if request.method == "POST":
        typed = {name: value for name, value in request.form.items() if _FIELD.fullmatch(name)}
        at = request.form.get("position", at, int)
        try:
            replace = request.form.get("correcting", "1") == "1"
            wrong = entries.type_ballot(actor(), slug, number, at, typed, replace=replace)
        except InputError as error:
            problem = localised(error.problems[0])
        else:
            if not wrong:
                return redirect(url_for("paper.typing", slug=slug, number=number))
    units = stacks.units_of(plan, stack)
    page = render_template(
        "staff/paper/type.html", survey=survey, plan=plan, stack=stack, at=at, typed=typed, wrong=wrong,
        problem=problem, done=len(entry.typed), blocks=blocks(plan, stack.group, units), second=entry.stage is Stage.SECOND,
        keys={one.slot.index: one.keys for one in typed_slots(plan, stack.group, units)},
        mine=entries.may_type(stack, actor().name), gettext=gettext,
    )  # fmt: skip
    return page, 422 if wrong or problem else 200


def _next_page(slug: str, stack: PaperStack) -> str:
    if stack.stage == Stage.COMPARE:
        return url_for("paper.compare", slug=slug, number=stack.number)
    return url_for("paper.index", slug=slug)


@blueprint.post("/<int(max=2147483647):number>/<act>")
@allow(PUBLISHERS)
def change(slug: str, number: int, act: str) -> Response:
    _stack(slug, number)
    at = request.form.get("at", 0, int) - 1
    try:
        match act:
            case Act.REMOVE_BALLOT | Act.INSERT_BALLOT:
                entries.change_order(actor(), slug, number, Act(act), at)
            case Act.FINISH:
                entries.finish(actor(), slug, number)
            case Act.COUNT:
                stacks.set_papers(actor(), slug, number, request.form.get("papers", 0, int))
            case Act.FIRST_AGAIN | Act.SECOND_AGAIN:
                entries.type_again(actor(), slug, number, Act(act))
            case Act.ACCEPT:
                count = stacks.accept(actor(), slug, number)
                flash(_("Stack %(number)s is accepted: %(n)s ballots are stored.", number=number, n=count))
            case Act.DISCARD:
                stacks.discard(actor(), slug, number)
                flash(_("Stack %(number)s is removed.", number=number))
                return redirect(url_for("paper.index", slug=slug))
            case _:
                abort(404)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    return _after(slug, number, act, at)


def _after(slug: str, number: int, act: str, at: int) -> Response:
    """The page to go on with after a change."""
    *_unused, stack = _stack(slug, number)
    if act == Act.INSERT_BALLOT:
        return redirect(url_for("paper.typing", slug=slug, number=number, at=at + 1))
    if act == Act.FINISH and stack.stage == Stage.SECOND and stack.second_clerk != actor().name:
        flash(_("The first entry is complete. Somebody else types the stack in once more."))
        return redirect(url_for("paper.index", slug=slug))
    if stack.stage in TYPING:
        return redirect(url_for("paper.typing", slug=slug, number=number))
    return redirect(_next_page(slug, stack))


@blueprint.route("/<int(max=2147483647):number>/compare", methods=["GET", "POST"])
@allow(PUBLISHERS)
def compare(slug: str, number: int) -> str | Response | tuple[str, int]:
    survey, plan, stack = _stack(slug, number)
    if stack.stage != Stage.COMPARE:
        return redirect(url_for("paper.index", slug=slug))
    wrong: list[str] = []
    if request.method == "POST":
        try:
            wrong = stacks.settle(actor(), slug, number, _decisions())
        except InputError as error:
            flash(localised(error.problems[0]), "error")
            return redirect(url_for("paper.index", slug=slug))
        if not wrong:
            return redirect(url_for("paper.compare", slug=slug, number=number))
        stack = stacks.get_stack(survey.id, number)
    different = stacks.differences(plan, stack)
    totals = [stacks.key_totals(plan, stack, typed) for typed in (stack.first_typed, stack.second_typed)]
    page = render_template(
        "staff/paper/compare.html", survey=survey, plan=plan, stack=stack, differences=different, wrong=wrong,
        left=sum(one.settled is None for one in different), totals=totals,
    )  # fmt: skip
    return page, 422 if wrong else 200


def _decisions() -> dict[str, str]:
    """What was decided of each difference. A number typed beside wins over the choice of one of the two."""
    form = request.form
    chosen = {name: value for name, value in form.items() if "/" in name and not name.startswith("other/")}
    typed = {name.removeprefix("other/"): value for name, value in form.items()
             if name.startswith("other/") and value.strip()}  # fmt: skip
    return {**chosen, **typed}
