"""The public bulletin of a sealed survey: turnout and digests, and all receipts, so that anyone can check."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, abort, render_template, stream_with_context

from surveys.publishing.machine import State
from surveys.reporting.models import StoredResult
from surveys.responding.box import read_receipts
from surveys.responding.views import Found, find

blueprint = Blueprint("bulletin", __name__, url_prefix="/s/<slug>")


def _sealed(slug: str) -> tuple[Found, StoredResult]:
    found = find(slug)
    if found.state is not State.SEALED:
        abort(404)
    return found, StoredResult.get_by_id(found.id)


@blueprint.get("/bulletin")
def show(slug: str) -> str:
    found, stored = _sealed(slug)
    command = f"(printf receipts; xxd -r -p {slug}-receipts.txt) | sha256sum"
    return render_template(
        "respond/bulletin.html", found=found, plan=found.plan, stored=stored, result=stored.result(), command=command
    )


@blueprint.get("/receipts.txt")
def receipts(slug: str) -> Response:
    """All receipts in their order, one a line: their digest can be computed without this service."""
    found, _stored = _sealed(slug)

    def lines() -> Iterator[str]:
        for batch in read_receipts(found.id):
            yield "".join(f"{number.hex()}\n" for number in batch)

    headers = {"Content-Disposition": f'attachment; filename="{slug}-receipts.txt"'}
    return Response(stream_with_context(lines()), mimetype="text/plain", headers=headers)
