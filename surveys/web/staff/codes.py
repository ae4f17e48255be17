"""Staff pages of access codes: issuing them, and taking them as tables or slips."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse
from wtforms import SelectChoice

from surveys.admission.handouts import code_rows, codes_as_text, codes_from_text, qr_svg
from surveys.admission.issuing import batches_of, issue_codes, revoke_codes
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.addresses import public_address, public_base
from surveys.web.languages import language
from surveys.web.messages import add_to_form, localised
from surveys.web.staff.downloads import table_download
from surveys.web.staff.lookup import survey_or_404
from surveys.web.staff.survey_forms import EACH_UNIT, NO_UNIT, CodesForm

MAX_CODES_BY_PAGE = 20_000

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
            if len(units) * count > MAX_CODES_BY_PAGE:
                raise InputError(
                    Problem("More than %(n)s codes at a time are issued by the command “codes issue”.", "count",
                            n=MAX_CODES_BY_PAGE)
                )  # fmt: skip
            issued = issue_codes(
                actor(),
                survey,
                current_app.config["CODE_KEY"],
                GroupIndex(form.group.data),
                count,
                units,
                once=form.key,
            )
        except InputError as error:
            add_to_form(form, error)
            form.renew()
        else:
            rows = code_rows(plan, issued, public_base(), language())
            return render_template(
                "staff/surveys/issued.html", survey=survey, plan=plan, rows=rows, text=codes_as_text(issued)
            )
    return render_template(
        "staff/surveys/codes.html", survey=survey, plan=plan, form=form, state=state_of(survey),
        batches=batches_of(survey.id),
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
    rows = code_rows(plan, codes_from_text(request.form.get("codes", ""), plan), public_base(), language())
    if kind == "slips":
        slips = [(group, unit, code, qr_svg(link)) for group, unit, code, link in rows]
        return render_template(
            "staff/surveys/slips.html",
            survey=survey,
            plan=plan,
            slips=slips,
            address=public_address("welcome.welcome", slug=slug),
        )
    return table_download([_("Group"), _("Own unit"), _("Code"), _("Link")], rows, f"{slug}-codes", kind)
