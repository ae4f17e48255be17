"""What a printed ballot shows, for the page and for a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app, render_template
from markupsafe import Markup

from surveys.publishing.plan import SurveyPlan
from surveys.responding.blocks import blocks, is_list
from surveys.responding.onpaper.forms import printed_forms
from surveys.responding.pages import quota_words


def sheet_values(plan: SurveyPlan, group: int, letters: str, own_unit: int) -> dict[str, Any] | None:
    """The values of the template: sections in order, each a list or cards. None where there is no such form."""
    form = next((form for form in printed_forms(plan, group, own_unit) if form.letters == letters), None)
    if form is None:
        return None
    found = blocks(plan, form.units)
    parts = []
    for number, section in enumerate(plan.questionnaire.sections):
        of_section = [block for block in found if block.section == number]
        if of_section:
            parts.append((section, is_list(section), of_section))
    return {
        "plan": plan, "group": plan.groups[group], "form": form, "parts": parts, "own_unit": own_unit,
        "quotas": quota_words(plan, form.units),
    }  # fmt: skip


def sheet_file(values: dict[str, Any]) -> str:
    """A printed ballot as one HTML file, with its style sheets in it."""
    folder = Path(current_app.static_folder or "") / "css"
    css = "\n".join((folder / name).read_text("utf-8") for name in ("tokens.css", "staff.css"))
    styles = Markup("<style>") + Markup(css) + Markup("</style>")  # noqa: S704  our own files; a file has no page's policy
    return render_template("onpaper/sheet_file.html", styles=styles, **values)
