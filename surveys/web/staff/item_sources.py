"""Questionnaires and editions from which the editor takes questions, as JSON."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request
from flask_babel import gettext as _

from surveys.inputs.text import pick
from surveys.questionnaires.sources import ItemSource, find_source, item_sources
from surveys.web.access import PUBLISHERS, allow
from surveys.web.languages import language

blueprint = Blueprint("item_sources", __name__, url_prefix="/staff/questionnaires")


@blueprint.get("/sources")
@allow(PUBLISHERS)
def sources() -> Response:
    """The questionnaires and editions with these words, but the one that is edited (`not`)."""
    found, more = item_sources(request.args.get("q", "")[:100], leave_out=request.args.get("not", ""))
    return jsonify({"sources": [_shown(one) for one in found], "more": more})


def _shown(one: ItemSource) -> dict[str, Any]:
    if one.edition is not None:
        kind = _("edition %(number)s, as it was asked", number=one.edition)
    else:
        kind = _("archived") if one.archived else _("ready-made") if one.ready_made else _("of the college")
    return {
        "of": one.of,
        "title": pick(one.title, language()),
        "about": _("%(kind)s · %(n)s questions", kind=kind, n=one.items),
        "matches": [pick(text, language()) for text in one.matches],
    }


@blueprint.get("/source")
@allow(PUBLISHERS)
def source() -> Response:
    """The definition of one of them (`of`)."""
    found = find_source(request.args.get("of", ""))
    if found is None:
        abort(404)
    return jsonify({"key": found.get("key", ""), "definition": found})
