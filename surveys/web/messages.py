"""Problems in the reader's language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.web.languages import format_datetime, language


def localised(problem: Problem) -> str:
    """A problem as a sentence, with its place where people who fill in a form know it."""
    text, place = sentence(problem), form_place(problem)
    return _("%(place)s: %(sentence)s", place=place, sentence=text) if place else text


_LISTS = {
    "criteria": _l("Criterion %(number)s"), "sources": _l("Source %(number)s"), "grades": _l("Grade %(number)s"),
    "gates": _l("Limit %(number)s"), "quotas": _l("Quota %(number)s"), "stage": _l("Stage %(number)s"),
}  # fmt: skip
_IN_LIST = re.compile(rf"(?:^|\.)({'|'.join(_LISTS)})(?:\[|-)([0-9]+)")
_INNER = re.compile(r"[a-z0-9_.\[\]-]*")


def form_place(problem: Problem) -> str:
    """Where a problem is, as a form shows it: row and column, or which row of a list. Nothing for the inner name of a field."""
    found = _IN_LIST.search(problem.where)
    if problem.row is None and found:
        return str(_LISTS[found[1]]) % {"number": found[2]}
    if problem.row is None and _INNER.fullmatch(problem.where):
        return ""
    return localised_place(problem)


def localised_place(problem: Problem) -> str:
    """Where a problem is in a file: row and column, or a name."""
    if problem.row is not None and problem.where:
        return _("Row %(row)s, %(column)s", row=problem.row, column=problem.where)
    if problem.row is not None:
        return _("Row %(row)s", row=problem.row)
    return problem.where


def sentence(problem: Problem) -> str:
    """A problem as a sentence without its place."""
    return _(problem.message, **{name: _shown(name, value) for name, value in problem.values.items()})


def _shown(name: str, value: object) -> object:
    """A value as it stands in a sentence."""
    if isinstance(value, datetime):
        return format_datetime(value.timestamp())
    if isinstance(value, Mapping):
        return pick(value, language())
    if isinstance(value, tuple):
        return _(", ").join(kind_name(word) for word in value)
    return _(value) if name == "state" else value


def kind_name(word: str) -> str:
    """The name of a kind of unit, such as general_branch, in the reader's language."""
    return _(word).replace("_", " ")


def actor_name(name: str) -> str:
    """Who did something, as the audit trail names them, in the reader's language."""
    found = re.fullmatch(r"command line \((?P<user>.*)\)", name)
    if found:
        return _("command line (%(user)s)", user=found["user"])
    unit = re.fullmatch(r"link of unit (?P<code>.*)", name)
    return _("link of unit %(code)s", code=unit["code"]) if unit else name


def _field_at(form: FlaskForm, where: str) -> Field | None:
    """The field that a place in a survey file is about; what stands in the rule is named by what comes behind "rule."."""
    return form._fields.get(where.removeprefix("rule.").split("[")[0].split(".")[0])


def add_to_form(form: FlaskForm, error: InputError) -> None:
    """Show the problems of an InputError at the fields they name, or above the form."""
    for problem in error.problems:
        field = _field_at(form, problem.where)
        if field is None:
            form.form_errors.append(localised(problem))
        else:
            field.errors = [*field.errors, sentence(problem)]
