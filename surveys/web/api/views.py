"""The addresses of the API."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext
from werkzeug.exceptions import BadRequest, NotFound

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.followup.api_access import readable_facts, readable_survey, readable_surveys, readable_tables
from surveys.inputs.text import LANGUAGES, pick
from surveys.results.export.facts import survey_facts
from surveys.results.export.files import sealed_report
from surveys.results.export.formats import plain_rows
from surveys.results.export.specs import SPECS
from surveys.results.export.tables import make_table
from surveys.results.models import stored_result
from surveys.storage.audit import Action, record_reading
from surveys.version import __version__
from surveys.web.api.access import token_of_request
from surveys.web.api.documents import ColumnDocument, ListedSurvey, SurveyDocument, SurveyPage, TableLink, TablePage
from surveys.web.api.openapi import DEFAULT_ROWS, MAX_OFFSET, MAX_ROWS, description
from surveys.web.languages import language

blueprint = Blueprint("api", __name__, url_prefix="/api")


@dataclass(frozen=True)
class Part:
    """Which part of a list is asked for."""

    offset: int
    limit: int

    def next_address(self, total: int, endpoint: str, **values: str) -> str | None:
        """Where the next part is; None on the last one."""
        after = self.offset + self.limit
        if after >= total:
            return None
        return _address(endpoint, offset=after, limit=self.limit, **values)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """What this API offers, as OpenAPI 3.1. Open to everybody."""
    return _answer(description(request.root_path))


@blueprint.get("/surveys")
def surveys() -> Response:
    token, part = token_of_request(), _part()
    found = readable_surveys(token)
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    shown = [_listed(survey, zone) for survey in found[part.offset : part.offset + part.limit]]
    following = part.next_address(len(found), "api.surveys")
    return _answer(asdict(SurveyPage(len(found), part.offset, part.limit, following, shown)))


def _listed(survey: Survey, zone: ZoneInfo) -> ListedSurvey:
    plan, stored = plan_of(survey), stored_result(survey)
    return ListedSurvey(
        survey=survey.slug,
        title=pick(plan.title, language()),
        campaign=pick(plan.campaign, language()) if plan.campaign else "",
        sealed_at=datetime.fromtimestamp(stored.sealed_at, zone).isoformat(),
        digest=stored.digest,
        address=_address("api.survey", slug=survey.slug),
    )


@blueprint.get("/surveys/<slug>")
def survey(slug: str) -> Response:
    token = token_of_request()
    found = _survey_or_404(readable_survey(token, slug))
    _check_language()
    names = readable_tables(token, found)
    facts = survey_facts(found, sealed_report(found), current_app.config["TIMEZONE"], language())
    facts = readable_facts(token, found, facts)
    tag = _tag(found, *names, *(name for name, value in vars(facts).items() if value is None))
    if request.if_none_match.contains(tag):
        return _unchanged(tag)
    links = [
        TableLink(name, gettext(SPECS[name].meaning), _address("api.table", slug=slug, name=name)) for name in names
    ]
    return _answer(asdict(SurveyDocument(**vars(facts), tables=links)), tag)


@blueprint.get("/surveys/<slug>/<name>")
def table(slug: str, name: str) -> Response:
    """A table, or a part of it: the same rows as in the files that staff download."""
    token = token_of_request()
    found = _survey_or_404(readable_survey(token, slug))
    if name not in readable_tables(token, found):
        raise NotFound("There is no such table, or the token may not read it.")
    part = _part()
    tag = _tag(found, name, str(part))
    if request.if_none_match.contains(tag):
        return _unchanged(tag)
    record_reading(f"API token {token.name}", Action.READ_RESULT, slug)
    report = sealed_report(found)
    whole = make_table(report, name, language(), gettext)
    columns = [
        ColumnDocument(column.name, column.kind, column.unit, column.about, gettext(column.meaning))
        for column in whole.columns
    ]
    page = TablePage(
        survey=slug,
        table=name,
        digest=report.stored.digest,
        valid=report.valid,
        total=len(whole.rows),
        offset=part.offset,
        limit=part.limit,
        next=part.next_address(len(whole.rows), "api.table", slug=slug, name=name),
        columns=columns,
        rows=plain_rows(whole, part.offset, part.limit),
    )
    return _answer(asdict(page), tag)


def _survey_or_404(found: Survey | None) -> Survey:
    if found is None:
        raise NotFound("There is no such sealed survey, or the token is not for it.")
    return found


def _part() -> Part:
    """The part that the address asks for. Raises BadRequest."""
    _check_language()
    return Part(_whole("offset", 0, 0, MAX_OFFSET), _whole("limit", DEFAULT_ROWS, 1, MAX_ROWS))


def _whole(name: str, default: int, low: int, high: int) -> int:
    typed = request.args.get(name)
    if typed is None:
        return default
    if not (typed.isascii() and typed.isdigit() and len(typed) < 10 and low <= int(typed) <= high):
        raise BadRequest(f"{name} must be a whole number from {low} to {high}.")
    return int(typed)


def _check_language() -> None:
    if request.args.get("lang", LANGUAGES[0]) not in LANGUAGES:
        raise BadRequest(f"lang must be one of {', '.join(LANGUAGES)}.")


def _address(endpoint: str, **values: Any) -> str:
    """An address that goes on from this one, in the language that this one names."""
    return url_for(endpoint, **values, lang=request.args.get("lang"))


def _tag(survey: Survey, *more: str) -> str:
    """What stays the same while the answer does: the digest of the result, the program, and what is asked for."""
    parts = (stored_result(survey).digest, survey.plan_digest, __version__, language(), request.root_path, *more)
    return hashlib.sha256("\n".join((*parts, request.args.get("lang", ""))).encode()).hexdigest()[:32]


def _answer(data: dict[str, Any], tag: str = "") -> Response:
    body = json.dumps(data, ensure_ascii=False).encode()
    response = Response(body, mimetype="application/json")
    response.set_etag(tag or hashlib.sha256(body).hexdigest()[:32])
    _allow_keeping(response)
    return response.make_conditional(request)  # type: ignore[return-value]


def _unchanged(tag: str) -> Response:
    response = Response(status=304)
    response.set_etag(tag)
    _allow_keeping(response)
    return response


def _allow_keeping(response: Response) -> None:
    """Whoever asked may keep the answer, and asks each time whether it is still right."""
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.update(["Authorization", "Accept-Language"])
