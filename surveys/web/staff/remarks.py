"""The remarks of a sealed survey: search, tags, merging, masking, publication."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from surveys.campaigns.models import Survey
from surveys.campaigns.states import State
from surveys.followup.alike import propose_groups
from surveys.followup.names import known_names, mask_names, propose_names
from surveys.followup.remarks import GENERAL, ReadRemark, Remarks, RemarkState, Wanted, find_remarks, read_remarks
from surveys.followup.treatment import (
    mark_abusive,
    mask_remark,
    merge_remarks,
    publish_remarks,
    refuse_group,
    split_remarks,
    tag_remarks,
    withdraw_remarks,
)
from surveys.inputs.problems import InputError
from surveys.results.models import stored_result
from surveys.storage.audit import Action, record_reading
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.messages import localised
from surveys.web.staff.lookup import survey_or_404

A_PAGE, GROUPS_A_PAGE, MOST_CHOSEN = 50, 20, 2000

blueprint = Blueprint("remarks", __name__, url_prefix="/staff/surveys/<slug>/remarks")


@blueprint.get("")
@allow(EVERYONE)
def index(slug: str) -> str:
    """Remarks that are looked for, fifty on a page, in their random order."""
    survey = _sealed_or_404(slug)
    found, wanted = read_remarks(survey), _wanted()
    record_reading(actor().name, Action.READ_REMARKS, slug)
    every = find_remarks(found, wanted)
    pages = max(1, -(-len(every) // A_PAGE))
    page = max(1, min(request.args.get("page", 1, int), pages))
    return render_template(
        "staff/remarks/index.html", survey=survey, plan=found.plan, found=found, wanted=wanted, asked=_asked(wanted, page),
        shown=every[(page - 1) * A_PAGE : page * A_PAGE], count=len(every), page=page, pages=pages, items=_items(found), general=GENERAL,
        states=RemarkState, minimum=found.plan.rule.minimum, deleted_at=_deleted_at(survey),
    )  # fmt: skip


@blueprint.post("")
@allow(EVERYONE)
def treat(slug: str) -> Response:
    """Do something with the remarks that are ticked."""
    _sealed_or_404(slug)
    act = _ACTS.get(request.form.get("act", ""))
    if act is None:
        abort(400)
    try:
        act(slug, [_number(key) for key in request.form.getlist("number")[:MOST_CHOSEN]])
    except InputError as error:
        for problem in error.problems:
            flash(localised(problem), "error")
    asked: dict[str, Any] = {
        name: value for name, value in request.form.items() if name in {*asdict(Wanted()), "page"} and value
    }
    if one := request.form.get("one"):
        return redirect(url_for("remarks.remark", slug=slug, number=_number(one).hex()))
    return redirect(url_for("remarks.index", slug=slug, **asked))


@blueprint.route("/<number>", methods=["GET", "POST"])
@allow(EVERYONE)
def remark(slug: str, number: str) -> str | tuple[str, int] | Response:
    """One remark: the names in it that may be masked, as it was written and as it would be published."""
    survey = _sealed_or_404(slug)
    found = read_remarks(survey)
    record_reading(actor().name, Action.READ_REMARKS, slug)
    one = found.by_number.get(_number(number))
    if one is None:
        abort(404)
    proposals = propose_names(one.body, known_names())
    words = request.form.getlist("word")[:50]
    typed = [
        word for word in request.form.get("more", "").replace("，", ",").replace("、", ",").split(",") if word.strip()
    ]
    problems: list[str] = []
    if request.method == "POST":
        try:
            mask_remark(actor(), slug, one.number, [*words, *typed])
            if "publish" in request.form:
                publish_remarks(actor(), slug, [one.number], names_checked=True)
                flash(_("The remark is published."))
            else:
                flash(_("Saved."))
            return redirect(url_for("remarks.remark", slug=slug, number=one.key))
        except InputError as error:
            problems = [localised(problem) for problem in error.problems]
    before = one.masked is not None or request.method == "POST"
    ticked = [
        proposal.word for proposal in proposals if proposal.word in words or (before and _is_masked(one, proposal.word))
    ]
    page = render_template(
        "staff/remarks/remark.html", survey=survey, plan=found.plan, one=one, items=_items(found), proposals=proposals,
        ticked=ticked if before else [proposal.word for proposal in proposals], more=request.form.get("more", ""), problems=problems,
        proposed=mask_names(one.body, [proposal.word for proposal in proposals]), states=RemarkState,
        merged=[other for other in found.remarks if other.merged_into == one.number], into=found.by_number.get(one.merged_into or b""),
    )  # fmt: skip
    return page, 422 if problems else 200


@blueprint.route("/alike", methods=["GET", "POST"])
@allow(EVERYONE)
def alike(slug: str) -> str | Response:
    """Groups of remarks that may say the same: each is accepted, in part or whole, or refused."""
    survey = _sealed_or_404(slug)
    if request.method == "POST":
        _decide(slug)
        return redirect(url_for("remarks.alike", slug=slug))
    found = read_remarks(survey)
    record_reading(actor().name, Action.READ_REMARKS, slug)
    groups = propose_groups(found, survey.id)
    return render_template(
        "staff/remarks/alike.html", survey=survey, plan=found.plan, groups=groups[:GROUPS_A_PAGE], count=len(groups), items=_items(found),
    )  # fmt: skip


def _decide(slug: str) -> None:
    """Merge what is ticked of a proposed group, or refuse the group."""
    try:
        if "refuse" in request.form:
            refuse_group(actor(), slug, [_number(key) for key in request.form.getlist("proposed")[:MOST_CHOSEN]])
            flash(_("These are not proposed together again."))
        else:
            _merge(slug, [_number(key) for key in request.form.getlist("number")[:MOST_CHOSEN]])
    except InputError as error:
        flash(localised(error.problems[0]), "error")


def _sealed_or_404(slug: str) -> Survey:
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    return survey


def _number(key: str) -> bytes:
    try:
        return bytes.fromhex(key)
    except ValueError:
        abort(404)


def _wanted() -> Wanted:
    return Wanted(**{name: request.args.get(name, "")[:60] for name in asdict(Wanted())})


def _asked(wanted: Wanted, page: int) -> dict[str, str]:
    """What is asked for, as it stands in an address."""
    asked: dict[str, Any] = {name: value for name, value in asdict(wanted).items() if value}
    return {**asked, "page": str(page)} if page > 1 else asked


def _items(found: Remarks) -> dict[str, Any]:
    return {item.code: item for item in found.plan.questionnaire.items}


def _is_masked(one: ReadRemark, word: str) -> bool:
    return one.masked is not None and word not in one.masked


def _deleted_at(survey: Survey) -> int:
    """When what was written is deleted."""
    return int(stored_result(survey).sealed_at + current_app.config["REMARK_DAYS"] * 86_400)


def _tag(slug: str, numbers: list[bytes], *, remove: bool = False) -> None:
    _say(tag_remarks(actor(), slug, numbers, request.form.get("tag_name", ""), remove=remove))


def _merge(slug: str, numbers: list[bytes]) -> None:
    merge_remarks(actor(), slug, numbers)
    flash(_("Merged: one remark now stands for them, and the others can be taken out again."))


def _publish(slug: str, numbers: list[bytes]) -> None:
    done = publish_remarks(actor(), slug, numbers)
    flash(ngettext("%(num)s remark is published.", "%(num)s remarks are published.", done.published))
    if done.with_names:
        flash(
            ngettext(
                "%(num)s may hold a name and is not published: open it, and mask or keep the name.",
                "%(num)s may hold names and are not published: open each, and mask or keep the names.",
                len(done.with_names),
            ),
            "error",
        )


def _say(changed: int) -> None:
    flash(ngettext("%(num)s remark is changed.", "%(num)s remarks are changed.", changed))


_ACTS: dict[str, Callable[[str, list[bytes]], None]] = {
    "tag": _tag,
    "untag": lambda slug, numbers: _tag(slug, numbers, remove=True),
    "abusive": lambda slug, numbers: _say(mark_abusive(actor(), slug, numbers)),
    "not-abusive": lambda slug, numbers: _say(mark_abusive(actor(), slug, numbers, undo=True)),
    "merge": _merge,
    "split": lambda slug, numbers: _say(split_remarks(actor(), slug, numbers)),
    "publish": _publish,
    "withdraw": lambda slug, numbers: _say(withdraw_remarks(actor(), slug, numbers)),
}
