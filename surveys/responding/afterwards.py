"""What respondents do once they have answered: check a receipt, show that they took part."""

from __future__ import annotations

import binascii

from flask import Blueprint, current_app, render_template, request
from flask_babel import gettext as _

from surveys.publishing.machine import State
from surveys.publishing.operations import find_admission
from surveys.publishing.roster import class_of
from surveys.responding.box import has_receipt
from surveys.responding.paper import unsign
from surveys.responding.views import Found, find, message

blueprint = Blueprint("afterwards", __name__, url_prefix="/s")


@blueprint.route("/<slug>/check", methods=["GET", "POST"])
def check(slug: str) -> str:
    """After the seal anyone can see whether a receipt was counted."""
    found = find(slug)
    typed = request.form.get("receipt", "")[:100]
    counted = None
    if found.state is State.SEALED and typed.strip():
        try:
            number = binascii.unhexlify("".join(c for c in typed.lower() if c.isalnum()))
        except (binascii.Error, ValueError):
            number = b""
        counted = len(number) == 16 and has_receipt(found.id, number)
    return render_template("respond/check.html", found=found, plan=found.plan, typed=typed, counted=counted)


@blueprint.post("/<slug>/picture")
def picture(slug: str) -> str | tuple[str, int]:
    """A picture for the class monitor: the same for everyone of the class, so it tells of nobody and ties to nothing."""
    found = find(slug)
    took_part = _who_took_part(found)
    if took_part is None:
        text = _("No ballot was received for this paper or code, so there is nothing to show yet.")
        return message(found, _("This did not work"), text), 400
    group, admission = took_part
    of_class = class_of(found.id, admission) if admission else ""
    return render_template("respond/picture.html", found=found, plan=found.plan, group=group, of_class=of_class)


def _who_took_part(found: Found) -> tuple[int, bytes] | None:
    """Group and admission of whoever sends a paper that came back, or a code that was used."""
    paper = unsign(request.form.get("paper", ""), current_app.config["PAPER_KEY"])
    if paper is not None and paper.survey == found.id and paper.group < len(found.plan.groups):
        admission = paper.admission
        known = has_receipt(found.id, paper.number)
        return (paper.group, admission) if known else None
    held = find_admission(found.id, current_app.config["CODE_KEY"], request.form.get("code", "")[:100])
    return (held.group, bytes(held.code_hash)) if held is not None and held.used else None
