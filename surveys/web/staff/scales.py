"""Scales: the presets and the college's own, and which questionnaires take a change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from surveys.campaigns.uses import Use, drafts_with_own_scale, uses_by_questionnaire
from surveys.inputs.problems import InputError
from surveys.inputs.text import pick
from surveys.inputs.values import load_data
from surveys.questionnaires.models import StoredScale
from surveys.questionnaires.scales import COLOURS, Scale, read_scale
from surveys.questionnaires.stored_scales import (
    NamedScale,
    SavedScale,
    ScaleConflictError,
    ScaleUse,
    archive_scale,
    begin_scale,
    count_uses,
    find_scale,
    named_of,
    preset_scales,
    save_scale,
    says,
    stored_scales,
    uses_of,
)
from surveys.storage.unit_of_work import RepeatedFormError
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow
from surveys.web.languages import language
from surveys.web.messages import sentence
from surveys.web.staff.once import OnceForm
from surveys.web.staff.scale_form import COLOUR_NAMES, ScaleForm, empty_form, filled_form, offered_scales, typed_form

blueprint = Blueprint("scales", __name__, url_prefix="/staff/scales")

_MOST_SENT = 16 * 1024


@dataclass(frozen=True)
class UseRow:
    """A questionnaire that has a copy: whether it is ticked, and the drafts of surveys that refer to it."""

    use: ScaleUse
    ticked: bool
    drafts: list[Use]


@dataclass
class ScalePage:
    """What the page of a scale shows. `versions`: what somebody else stored meanwhile."""

    form: ScaleForm
    uses: list[UseRow] = field(default_factory=list)
    others: list[Use] = field(default_factory=list)
    versions: NamedScale | None = None
    revision: int = 0

    @property
    def shown(self) -> Scale | None:
        """What was typed, if it is a scale."""
        try:
            return read_scale("scale", {n: value for n, value in self.form.data().items() if n != "name"}, "scale")
        except InputError:
            return None

    @property
    def colours(self) -> list[tuple[str, Any]]:
        """The colours that a level can have."""
        return [(name, COLOUR_NAMES[name]) for name in COLOURS]


@blueprint.get("/")
@allow(EVERYONE)
def index() -> str:
    """All scales."""
    wanted = request.args.get("q", "").strip()[:100]
    return render_template(
        "staff/scales/index.html", wanted=wanted, presets=[one for one in preset_scales() if says(one, wanted)],
        scales=stored_scales(wanted, archived=True), uses=count_uses(),
    )  # fmt: skip


@blueprint.route("/new", methods=["GET", "POST"])
@allow(PUBLISHERS)
def new() -> str | tuple[str, int] | BaseResponse:
    """A new scale: empty, or (`source`) a copy of a preset or a stored one."""
    once = OnceForm()
    form = typed_form(request.form) if request.method == "POST" else _copy_of(request.args.get("source", ""))
    if request.method == "POST" and once.validate():
        act = request.form.get("act", "save")
        if act != "save":
            form.arrange(act)
        else:
            try:
                stored = begin_scale(actor(), form.data(), once=once.key)
            except RepeatedFormError:
                return redirect(url_for("scales.index"))
            except InputError as error:
                form.refuse(error)
                once.renew()
            else:
                flash(_("The scale “%(name)s” is stored.", name=pick(named_of(stored).name, language())))
                return redirect(url_for("scales.index"))
    page = ScalePage(form)
    body = render_template("staff/scales/edit.html", page=page, title=_("New scale"), once=once, stored=None)
    return (body, 422) if form.problems else body


def _copy_of(key: str) -> ScaleForm:
    found = next((one for one in preset_scales() if one.key == key), None)
    if found is None and (stored := find_scale(key)) is not None:
        found = named_of(stored)
    if found is None:
        return empty_form()
    copied = {"zh": "（副本）", "en": " (copy)"}
    form = filled_form({name: text[:50] + copied[name] for name, text in found.name.items()}, found.data)
    if not form.levels:
        form.levels = empty_form().levels
    return form


@blueprint.route("/<key>", methods=["GET", "POST"])
@allow(PUBLISHERS)
def edit(key: str) -> str | tuple[str, int] | BaseResponse:
    """Change a scale of the college, and say which questionnaires take the change."""
    stored = _stored_or_404(key)
    if request.method == "GET":
        named = named_of(stored)
        form = filled_form(named.name, named.data)
        return _edit_page(stored, form, {use.stored.key for use in uses_of(stored) if not use.altered})
    form, act = typed_form(request.form), request.form.get("act", "save")
    take = dict(part.rpartition(":")[::2] for part in request.form.getlist("take"))
    revision = request.form.get("revision", type=int) or 0
    if act != "save":
        form.arrange(act)
        return _edit_page(stored, form, set(take), revision=revision)
    try:
        done = save_scale(actor(), key, revision, form.data(), take)
    except ScaleConflictError as error:
        form.refuse(error)
        named = named_of(error.stored)
        return _edit_page(error.stored, form, _still(error.stored, take), versions=named), 409
    except InputError as error:
        form.refuse(error)
        return _edit_page(stored, form, _still(stored, take), revision=revision), 422
    _tell(done)
    return redirect(url_for("scales.index"))


def _stored_or_404(key: str) -> StoredScale:
    stored = find_scale(key)
    if stored is None:
        abort(404)
    return stored


def _still(stored: StoredScale, take: dict[str, str]) -> set[str]:
    """What was ticked and is as it was when it was ticked."""
    return {use.stored.key for use in uses_of(stored) if take.get(use.stored.key) == use.digest}


def _edit_page(
    stored: StoredScale, form: ScaleForm, ticked: set[str], *, revision: int = 0, versions: NamedScale | None = None
) -> str:
    drafts = uses_by_questionnaire()
    rows = [
        UseRow(
            use, use.stored.key in ticked, [one for one in drafts.get(use.stored.key, []) if one.draft and not one.own]
        )
        for use in uses_of(stored)
    ]
    page = ScalePage(form, rows, drafts_with_own_scale(stored.key), versions, revision or stored.revision)
    title = pick(named_of(stored).name, language())
    return render_template("staff/scales/edit.html", page=page, title=title, once=None, stored=stored)


def _tell(done: SavedScale) -> None:
    name = pick(named_of(done.stored).name, language())
    if done.taken:
        flash(_("The scale “%(name)s” is saved, also in: %(names)s.", name=name, names=", ".join(done.taken)))
    else:
        flash(_("The scale “%(name)s” is saved.", name=name))
    if done.unfinished:
        names = ", ".join(done.unfinished)
        flash(_("Something is to finish now in: %(names)s. Open them to see what.", names=names), "error")


@blueprint.post("/<key>/archive")
@allow(PUBLISHERS)
def archive(key: str) -> BaseResponse:
    """Offer it no longer, or (`back`) again."""
    _stored_or_404(key)
    back = bool(request.form.get("back"))
    try:
        archive_scale(actor(), key, not back)
    except InputError as error:
        flash(sentence(error.problems[0]), "error")
    else:
        flash(_("The scale is offered again.") if back else _("Archived: the scale is no longer offered."))
    return redirect(url_for("scales.index"))


@blueprint.post("/keep")
@allow(PUBLISHERS)
def keep() -> Response | tuple[Response, int]:
    """Store a scale that the editor of a questionnaire sends as JSON; answers with all that are offered."""
    request.max_content_length = _MOST_SENT
    try:
        stored = begin_scale(actor(), load_data("sent.json", request.get_data()))
    except InputError as error:
        form = ScaleForm()
        form.refuse(error)
        return jsonify({"problem": " ".join(form.problems[:3])}), 422
    return jsonify({"key": stored.key, "scales": offered_scales()})
