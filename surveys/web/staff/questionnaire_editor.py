"""The editor of questionnaires: its page, saving while somebody types, the preview beside it, and old versions."""

from __future__ import annotations

import json
import time
from typing import Any

from flask import Blueprint, Response, abort, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as BaseResponse

from surveys.campaigns.drafts import rename_questionnaire
from surveys.campaigns.indices import GroupIndex
from surveys.campaigns.sample import for_everybody, sample_plan, sample_units
from surveys.campaigns.states import State, StoredState
from surveys.inputs.problems import InputError
from surveys.inputs.text import LANGUAGES
from surveys.inputs.values import load_data
from surveys.questionnaires.editing import EditConflictError, bring_back, note_presence, save_edit
from surveys.questionnaires.library import archive_questionnaire, find_questionnaire, find_renamed, title_of
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.scales import PRESETS
from surveys.questionnaires.stored_scales import PRESET_NAMES
from surveys.questionnaires.unfinished import MAX_BYTES, ReadablePart
from surveys.questionnaires.versions import versions_of
from surveys.web.access import EVERYONE, PUBLISHERS, actor, allow, may_publish
from surveys.web.errors import FRAMED_POLICY
from surveys.web.languages import language, set_locale
from surveys.web.messages import sentence
from surveys.web.questionnaire_pages import Form, Tail, page_to_look_at
from surveys.web.staff.editor_state import state_of
from surveys.web.staff.editor_words import KIND_CHOICES, criteria, editor_words
from surveys.web.staff.item_fields import fields_shown, names_by_kind
from surveys.web.staff.scale_form import COLOUR_NAMES, offered_scales

blueprint = Blueprint("editor", __name__, url_prefix="/staff/questionnaires")

_MOST_SENT = MAX_BYTES + 16 * 1024
_WEEK = 7 * 86400


def _stored_or_404(key: str) -> StoredQuestionnaire:
    """The questionnaire of a key; or the one that had it before, as a page that is open since then asks for it."""
    stored = find_questionnaire(key) or find_renamed(key)
    if stored is None:
        abort(404)
    return stored


def _exact_or_404(key: str) -> StoredQuestionnaire:
    """The questionnaire of a key, for what is saved: an editor asks itself where one is that was renamed."""
    stored = find_questionnaire(key)
    if stored is None:
        abort(404)
    return stored


@blueprint.get("/<key>/edit")
@allow(EVERYONE)
def edit(key: str) -> str | BaseResponse:
    """The editor; those who may not change it see the preview."""
    stored = _stored_or_404(key)
    if stored.key != key:
        flash(_("The questionnaire is called %(name)s now.", name=stored.key))
        return redirect(url_for("editor.edit", key=stored.key))
    settings = _settings(stored) if may_publish() else None
    return render_template(
        "staff/questionnaires/edit.html", stored=stored, title=title_of(json.loads(stored.definition)),
        settings=settings, fields=fields_shown(), kinds=KIND_CHOICES, criteria=criteria(), colours=COLOUR_NAMES,
    )  # fmt: skip


def _settings(stored: StoredQuestionnaire) -> dict[str, Any]:
    return {
        "state": state_of(stored),
        "account": current_user.name,
        "language": language(),
        "kinds": {kind.name: {"type": kind.type, "label": str(kind.label), "more": kind.more} for kind in KIND_CHOICES},
        "names": names_by_kind(),
        "presets": PRESETS,
        "presetNames": PRESET_NAMES,
        "scales": offered_scales(),
        "criteria": criteria(),
        "words": editor_words(),
        "addresses": {
            **_addresses(stored),
            "where": url_for("editor.where", number=stored.id),
            "login": url_for("accounts.login"),
            "sources": url_for("item_sources.sources"),
            "source": url_for("item_sources.source"),
            "keepScale": url_for("scales.keep"),
        },
    }


def _addresses(stored: StoredQuestionnaire) -> dict[str, str]:
    return {name: url_for(f"editor.{name}", key=stored.key) for name in ("edit", "state", "presence", "preview")}


@blueprint.get("/by-number/<int(max=2147483647):number>")
@allow(PUBLISHERS)
def where(number: int) -> Response:
    """Where a questionnaire is now, for an editor that does not find it: somebody gave it another key."""
    stored = StoredQuestionnaire.get_or_none(StoredQuestionnaire.id == number)
    if stored is None:
        abort(404)
    return jsonify({"key": stored.key, "addresses": _addresses(stored)})


@blueprint.route("/<key>/state", methods=["GET", "PUT"])
@allow(PUBLISHERS)
def state(key: str) -> Response | tuple[Response, int]:
    """The stored state; saving it (PUT) over a newer one is refused with that one."""
    stored = _exact_or_404(key)
    if request.method == "GET":
        return jsonify(state_of(stored))
    if (request.content_length or 0) > _MOST_SENT:
        raise RequestEntityTooLarge
    request.max_content_length = _MOST_SENT
    try:
        sent = load_data("sent.json", request.get_data())
        if not isinstance(sent, dict) or not isinstance(sent.get("revision"), int):
            abort(400)
        if sent.get("id", stored.id) != stored.id:
            abort(404)  # another questionnaire has this key by now
        stored = save_edit(actor(), key, sent["revision"], sent.get("definition"))
    except EditConflictError as error:
        return jsonify(state_of(error.stored)), 409
    except InputError as error:
        return jsonify({"problem": " ".join(sentence(problem) for problem in error.problems[:3])}), 422
    return jsonify(state_of(stored))


@blueprint.post("/<key>/presence")
@allow(PUBLISHERS)
def presence(key: str) -> Response:
    """Who else has it open, and whether it was saved meanwhile; notes that the caller has."""
    stored = _exact_or_404(key)
    others = note_presence(stored, current_user.name)
    return jsonify({"others": others, "revision": stored.revision, "id": stored.id})


@blueprint.get("/<key>/preview")
@allow(EVERYONE)
def preview(key: str) -> Response:
    """What is complete of it, as respondents will see it, in a frame of the editor."""
    part = ReadablePart(for_everybody(json.loads(_stored_or_404(key).definition)))
    if request.args.get("in") in LANGUAGES:  # not "lang", which would be that of the editor from now on
        set_locale(request.args["in"])
    if part.questionnaire is None:
        body: str | bytes = render_template("staff/questionnaires/nothing_yet.html")
    else:
        plan = sample_plan(part.questionnaire, sample_units())
        closes = (int(time.time()) // 86400 + 1) * 86400 + _WEEK
        window = StoredState(State.DRAFT, closes - _WEEK, closes)
        address = url_for("editor.preview", key=key)
        form = Form(plan, "", "sample", GroupIndex(0), plan.unit_indices, window, "../../..", trial=address)
        body = page_to_look_at(form, Tail("preview", ""))
    response = Response(body, mimetype="text/html")
    response.headers["Content-Security-Policy"] = FRAMED_POLICY
    return response


@blueprint.get("/<key>/versions")
@allow(EVERYONE)
def versions(key: str) -> str:
    """Who changed what when."""
    stored = _stored_or_404(key)
    title = title_of(json.loads(stored.definition))
    return render_template(
        "staff/questionnaires/versions.html", stored=stored, title=title, versions=versions_of(stored)
    )


@blueprint.post("/<key>/versions/<int(max=2147483647):number>")
@allow(PUBLISHERS)
def bring_back_version(key: str, number: int) -> BaseResponse:
    """Make an old version the present one."""
    key = _stored_or_404(key).key
    try:
        bring_back(actor(), key, number)
    except InputError as error:
        flash(sentence(error.problems[0]), "error")
        return redirect(url_for("editor.versions", key=key))
    flash(_("The earlier version is back. What was there before stays in the list of versions."))
    return redirect(url_for("editor.edit", key=key))


@blueprint.post("/<key>/rename")
@allow(PUBLISHERS)
def rename(key: str) -> BaseResponse:
    """Give it another key."""
    key = _stored_or_404(key).key
    try:
        key = rename_questionnaire(actor(), key, request.form.get("key", "").strip()).key
    except InputError as error:
        flash(sentence(error.problems[0]), "error")
    else:
        flash(_("The questionnaire is called %(name)s now.", name=key))
    return redirect(url_for("editor.edit", key=key))


@blueprint.post("/<key>/archive")
@allow(PUBLISHERS)
def archive(key: str) -> BaseResponse:
    """Take it out of what new surveys can use, or (`back`) into it again."""
    key = _stored_or_404(key).key
    back = bool(request.form.get("back"))
    archive_questionnaire(actor(), key, not back)
    flash(_("New surveys can use it again.") if back else _("Archived: new surveys cannot use it any more."))
    return redirect(url_for("questionnaires.index"))
