"""The pictures of a sealed result: numbers for the script that draws them, and the tables behind them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, abort, render_template
from flask_babel import gettext
from flask_babel import gettext as _

from surveys.campaigns.states import State
from surveys.campaigns.surveys import plan_of
from surveys.inputs.text import pick
from surveys.results.models import stored_result
from surveys.results.notes import not_valid
from surveys.results.pictures import Pictures, pictures_of
from surveys.results.report import report_of
from surveys.results.rounds import rounds_until
from surveys.results.workbook.colours import SCALE_COLOURS
from surveys.storage.audit import Action, record_reading
from surveys.web.access import EVERYONE, actor, allow
from surveys.web.languages import language
from surveys.web.staff.lookup import survey_or_404

blueprint = Blueprint("pictures", __name__, url_prefix="/staff/surveys/<slug>/result/pictures")


@blueprint.get("")
@allow(EVERYONE)
def index(slug: str) -> str:
    """All pictures of a result. Before the seal there is nothing to see."""
    survey = survey_or_404(slug)
    if survey.state != State.SEALED:
        abort(404)
    report = report_of(plan_of(survey), stored_result(survey))
    record_reading(actor().name, Action.READ_RESULT, slug)
    pictures = pictures_of(report, rounds_until(survey), language(), gettext)
    invalid = not_valid(report, gettext)
    title = pick(report.plan.title, language())
    return render_template(
        "staff/results/pictures/index.html", survey=survey, plan=report.plan, pictures=pictures, invalid=invalid,
        drawn=_drawn(pictures, slug, f"{title} · {invalid}" if invalid else title),
    )  # fmt: skip


def _drawn(pictures: Pictures, slug: str, title: str) -> dict[str, Any]:
    """What the script draws, with the words that stand in the pictures."""
    return {
        **asdict(pictures),
        "slug": slug,
        "title": title,
        "paper": SCALE_COLOURS,
        "words": {
            "ranks": _("Rank 95 percent"), "mean": _("Mean of the units"), "score": _("Score"),
            "difference": _("Difference"),
        },
    }  # fmt: skip
