"""Beginning a questionnaire: empty, or as a copy of a stored one or of what a survey asked."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import RadioField, SelectChoice, StringField
from wtforms.validators import Length

from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError
from surveys.inputs.text import clean, pick
from surveys.questionnaires.editing import begin_questionnaire
from surveys.questionnaires.library import list_questionnaires, load_definition, title_of
from surveys.questionnaires.models import Edition
from surveys.storage.unit_of_work import RepeatedFormError
from surveys.web.access import PUBLISHERS, actor, allow
from surveys.web.languages import language
from surveys.web.messages import sentence
from surveys.web.staff.once import OnceForm

blueprint = Blueprint("new_questionnaire", __name__, url_prefix="/staff/questionnaires")

EMPTY: dict[str, Any] = {"title": {}, "sections": [{"per": "survey", "items": []}]}


class NewForm(OnceForm):
    """What a new questionnaire begins as."""

    title = StringField(_l("Title"), [Length(max=100)], description=_l("Can be left empty for now."))
    source = RadioField(_l("Begin with"))


@blueprint.route("/new", methods=["GET", "POST"])
@allow(PUBLISHERS)
def new() -> str | Response:
    """Choose what it begins as."""
    form = NewForm()
    stored = [one for one in list_questionnaires() if not one.stored.archived]
    editions = list(
        Edition.select().where(Edition.id.in_(Survey.select(Survey.edition))).order_by(Edition.id.desc()).limit(50)
    )
    form.source.choices = [
        SelectChoice("empty", _("An empty questionnaire")),
        *(SelectChoice(f"stored:{one.stored.key}", pick(one.title, language())) for one in stored),
        *(SelectChoice(f"edition:{edition.id}", _edition_name(edition)) for edition in editions),
    ]
    known = [choice.value for choice in form.source.choices]
    if request.method == "GET":
        wanted = request.args.get("source", "")
        form.source.data = wanted if wanted in known else "empty"
    if form.validate_on_submit():
        try:
            made = begin_questionnaire(actor(), _definition(form), once=form.key)
        except RepeatedFormError:
            return redirect(url_for("questionnaires.index"))
        except InputError as error:
            flash(sentence(error.problems[0]), "error")
            form.renew()
        else:
            return redirect(url_for("editor.edit", key=made.key))
    return render_template("staff/questionnaires/new.html", form=form)


def _edition_name(edition: Edition) -> str:
    title = pick(title_of(json.loads(edition.definition)), language())
    return _("%(title)s (edition %(number)s, as it was asked)", title=title, number=edition.number)


def _definition(form: NewForm) -> dict[str, Any]:
    kind, _colon, name = (form.source.data or "").partition(":")
    source = EMPTY
    if kind == "stored":
        source = load_definition(name) or EMPTY
    elif kind == "edition":
        source = json.loads(Edition.get_by_id(int(name)).definition)
    typed = clean(form.title.data or "")
    if typed:
        return {**source, "title": {language(): typed} if kind == "empty" else {"zh": typed}}
    if kind == "empty":
        return source
    title = title_of(source)
    copied = {"zh": "（副本）", "en": " (copy)"}
    return {**source, "title": {name: text[:90] + copied[name] for name, text in title.items()}}
