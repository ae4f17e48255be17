"""Staff pages of access codes: issuing them, and taking them as tables or slips."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectChoice

from surveys.admission.handouts import code_rows, codes_as_text, codes_from_text
from surveys.admission.issuing import (
    MAX_CODES,
    IssuedCode,
    batches_of,
    codes_for_groups,
    issue_all,
    issue_codes,
    revoke_codes,
)
from surveys.admission.printing import SLIPS_IN_A_FILE, code_slips
from surveys.admission.qr_codes import svgs_of
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.campaigns.states import UNTIL_THE_END
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean, pick
from surveys.scoring.totals import GroupTurnout
from surveys.storage.unit_of_work import RepeatedFormError
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.addresses import public_address, public_base
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised, sentence
from surveys.web.staff.downloads import slips_download, table_download
from surveys.web.staff.handouts import handout_of, proposed_codes, unprintable
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.survey_forms import EACH_UNIT, NO_UNIT, AllCodesForm, CodesForm
from surveys.web.staff.survey_path import short_of_access

blueprint = Blueprint("codes", __name__, url_prefix="/staff/surveys/<slug>/codes")


@blueprint.route("", methods=["GET", "POST"])
@allow(PUBLISHERS)
def index(slug: str) -> str:
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    form = CodesForm()
    form.group.choices = [
        SelectChoice(n, pick(group.text, language()))
        for n, group in enumerate(plan.groups)
        if group.admission == "code"
    ]
    names = [SelectChoice(str(n), pick(unit.text, language())) for n, unit in enumerate(plan.units)]
    form.unit.choices = [
        SelectChoice(NO_UNIT, _("not tied to a unit")),
        SelectChoice(EACH_UNIT, _("this many for each unit")),
        *names,
    ]
    if form.validate_on_submit():
        targets = {NO_UNIT: (None,), EACH_UNIT: plan.unit_indices}.get(form.unit.data or NO_UNIT)
        units: tuple[UnitIndex | None, ...] = (UnitIndex(int(form.unit.data)),) if targets is None else targets
        count = form.count.data or 0
        try:
            _check_number(len(units) * count)
            issued = issue_codes(
                actor(),
                survey,
                current_app.config["CODE_KEY"],
                GroupIndex(form.group.data),
                count,
                units,
                once=form.key,
            )
        except RepeatedFormError as error:
            _say_they_are_gone()
            add_to_form(form, error)
            form.renew()
        except InputError as error:
            add_to_form(form, error)
            form.renew()
        else:
            return _issued(survey, plan, issued)
    return render_template(
        "staff/surveys/codes.html", survey=survey, plan=plan, form=form, state=state_of(survey),
        batches=batches_of(survey.id), all_form=AllCodesForm(formdata=None), proposed=proposed_codes(plan), short=_short(survey, plan),
    )  # fmt: skip


@blueprint.post("/all")
@allow(PUBLISHERS)
def for_all(slug: str) -> str | BaseResponse:
    """Codes for all groups at once; those that rate their own unit get so many for each unit."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    form = AllCodesForm()
    try:
        counts = {group: _count(group) for group in plan.group_indices if plan.groups[group].admission == "code"}
        wanted = codes_for_groups(plan, counts)
        _check_number(sum(want.count * len(want.own_units) for want in wanted))
        issued = issue_all(actor(), survey, current_app.config["CODE_KEY"], wanted, once=form.key)
    except RepeatedFormError:
        _say_they_are_gone()
        return redirect(url_for("codes.index", slug=slug))
    except InputError as error:
        for problem in error.problems:
            flash(sentence(problem), "error")
        return redirect(url_for("codes.index", slug=slug))
    return _issued(survey, plan, issued)


def _check_number(codes: int) -> None:
    if codes > MAX_CODES:
        raise InputError(
            Problem("These are %(n)s codes, and at most %(most)s are issued at a time. Issue them for one group after the other.",
                    "count", n=codes, most=MAX_CODES)
        )  # fmt: skip


def _say_they_are_gone() -> None:
    """The page of issued codes was loaded again: they are nowhere any more, so it says how to come by others."""
    flash(_("These codes were issued already and are shown only once. If you have saved or printed them, all is well. If not: "
            "revoke the newest batch below, then issue new codes."), "error")  # fmt: skip


def _count(group: GroupIndex) -> int:
    """How many codes were typed for a group; nothing is none. Raises InputError for what is no number."""
    typed = clean(request.form.get(f"count-{group}", ""))
    if not typed:
        return 0
    if not typed.isdecimal() or len(typed) > 6:
        raise InputError(Problem("A number from %(low)s to %(high)s is expected.", "count", low=1, high=MAX_CODES))
    return int(typed)


def _short(survey: Survey, plan: SurveyPlan) -> list[tuple[Group, GroupTurnout]]:
    return short_of_access(plan, turnout_of(survey.id, plan)) if state_of(survey) in UNTIL_THE_END else []


def _issued(survey: Survey, plan: SurveyPlan, issued: list[IssuedCode]) -> str:
    rows = code_rows(plan, issued, public_base(), language())
    return render_template(
        "staff/surveys/issued.html", survey=survey, plan=plan, rows=rows, text=codes_as_text(issued),
        short=_short(survey, plan), unprintable=unprintable(survey), several=len(rows) > SLIPS_IN_A_FILE,
    )  # fmt: skip


@blueprint.post("/revoke/<int(max=32767):number>")
@allow(PUBLISHERS)
def revoke(slug: str, number: int) -> BaseResponse:
    """Take back the codes of a batch that were not used."""
    survey_or_404(slug)
    try:
        revoked = revoke_codes(actor(), slug, number)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("%(n)s unused codes of batch %(number)s are revoked. The turnout is of those that are left.",
                n=revoked, number=number))  # fmt: skip
    return redirect(url_for("codes.index", slug=slug))


@blueprint.post("/<kind>")
@allow(PUBLISHERS)
def handout(slug: str, kind: str) -> Response | str:
    """The codes that were just issued, which the page sends back: the server does not have them any more."""
    survey = survey_or_404(slug)
    plan = plan_of(survey)
    issued = codes_from_text(request.form.get("codes", ""), plan)
    if kind == "pdf":
        return slips_download(handout_of(survey), code_slips(plan, issued, language()), f"{slug}-slips")
    rows = code_rows(plan, issued, public_base(), language())
    if kind == "slips":
        codes = svgs_of([link for *_more, link in rows])
        slips = [(group, unit, code, qr) for (group, unit, code, _link), qr in zip(rows, codes, strict=True)]
        return render_template(
            "staff/surveys/slips.html",
            survey=survey,
            plan=plan,
            slips=slips,
            address=public_address("welcome.welcome", slug=slug),
        )
    return table_download([_("Group"), _("Own unit"), _("Code"), _("Link")], rows, f"{slug}-codes", kind)
