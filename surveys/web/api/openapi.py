"""The description of the API as OpenAPI 3.1, made from the classes of its documents and the specs of its tables."""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from surveys.accounts.models import Scope
from surveys.inputs.text import LANGUAGES
from surveys.results.export.specs import MISSING, SPECS, Column, TableSpec
from surveys.version import __version__
from surveys.web.api.documents import Problem, SurveyDocument, SurveyPage, TablePage

DEFAULT_ROWS, MAX_ROWS, MAX_OFFSET = 200, 1000, 999_999_999

Schema = dict[str, Any]
_PLAIN: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}
_ERRORS = {
    "400": "A parameter is wrong.",
    "401": "There is no token, or a wrong one.",
    "404": "There is no such sealed survey or table, or the token is not for it.",
    "429": "Too many wrong tokens were sent. Wait a minute.",
}


def description(root: str = "") -> Schema:
    """The OpenAPI document; `root`: the path that the service is mounted under."""
    schemas: dict[str, Schema] = {}
    paths = {
        "/api/surveys": _path("listSurveys", "Sealed surveys, those that opened last first.", SurveyPage, schemas, paged=True),
        "/api/surveys/{survey}": _path("getSurvey", "A sealed survey, and the tables that there are.", SurveyDocument, schemas),
        **{
            f"/api/surveys/{{survey}}/{name}": _table_path(spec, schemas) for name, spec in SPECS.items()
        },
    }  # fmt: skip
    schema_of(Problem, schemas)
    scopes = ", ".join(f"`{scope.value}`" for scope in Scope)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Results of sealed surveys",
            "version": __version__,
            "description": "Read only. Figures are those of the result page and the workbook; what is withheld is null, and "
            "a column says why.",
        },
        "servers": [{"url": root or "/"}],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": f"An API token. Its scopes: {scopes}."}
            },
        },
    }


def _path(name: str, summary: str, document: type, schemas: dict[str, Schema], *, paged: bool = False) -> Schema:
    return _operation(name, summary, schema_of(document, schemas), paged=paged, of_survey=not paged)


def _table_path(spec: TableSpec, schemas: dict[str, Schema]) -> Schema:
    """The path of a table: a page whose rows have the columns of the spec."""
    name = "".join(word.capitalize() for word in spec.name.split("_"))
    schemas[f"{name}Row"] = row_schema(spec)
    page = schema_of(TablePage, schemas)
    rows = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}Row"}}
    schema = {"allOf": [page, {"type": "object", "properties": {"table": {"const": spec.name}, "rows": rows}}]}
    return _operation(f"get{name}", spec.meaning, schema, paged=True, of_survey=True)


def _operation(name: str, summary: str, schema: Schema, *, paged: bool, of_survey: bool) -> Schema:
    languages = {"type": "string", "enum": list(LANGUAGES)}
    parameters = [
        _parameter("lang", "query", "The language of names and notes; else that of Accept-Language.", languages)
    ]
    if of_survey:
        slug = {"type": "string", "minLength": 1, "maxLength": 40, "pattern": "^[a-z0-9-]+$"}
        parameters.append(_parameter("survey", "path", "The address of the survey.", slug))
    if paged:
        rows = {"type": "integer", "minimum": 1, "maximum": MAX_ROWS, "default": DEFAULT_ROWS}
        first = {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}
        parameters.append(_parameter("limit", "query", "The most rows of an answer.", rows))
        parameters.append(_parameter("offset", "query", "So many rows are left out before the first.", first))
    tag = {"ETag": {"description": "Send it as If-None-Match.", "required": True, "schema": {"type": "string"}}}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses: Schema = {
        "200": {"description": summary, "headers": tag, "content": {"application/json": {"schema": schema}}},
        "304": {"description": "It is as it was.", "headers": tag},
    }
    for code, text in _ERRORS.items():
        if of_survey or code != "404":
            responses[code] = {"description": text, "content": problem}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": parameters,
            "security": [{"token": []}],
            "responses": responses,
        }
    }


def _parameter(name: str, place: str, text: str, schema: Schema) -> Schema:
    return {"name": name, "in": place, "required": place == "path", "description": text, "schema": schema}


def row_schema(spec: TableSpec) -> Schema:
    """The schema of a row: every column of the spec, and those that there are several of by the beginning of their names."""
    single = [column for column in spec.columns if not column.repeats]
    several = [column for column in spec.columns if column.repeats]
    schema: Schema = {
        "type": "object",
        "description": spec.meaning,
        "properties": {column.name: _column_schema(column) for column in single},
        "required": [column.name for column in single],
        "additionalProperties": False,
    }
    if several:
        schema["patternProperties"] = {f"^{column.name[:-2]}\\.": _column_schema(column) for column in several}
    return schema


def _column_schema(column: Column) -> Schema:
    kind = "string" if column.kind == "text" else column.kind
    text = f"{column.meaning} Unit: {column.unit}." if column.unit else column.meaning
    schema: Schema = {"type": kind if column.required else [kind, "null"], "description": text}
    if column.name.startswith("missing"):
        schema["enum"] = [*MISSING, None]
    return schema


def schema_of(document: type, schemas: dict[str, Schema]) -> Schema:
    """A reference to the schema of a dataclass, which is added to `schemas`, with those of the classes in it."""
    if document.__name__ not in schemas:
        hints = get_type_hints(document)
        schemas[document.__name__] = {
            "type": "object",
            "description": (document.__doc__ or "").strip(),
            "properties": {field.name: _schema(hints[field.name], schemas) for field in fields(document)},
            "required": [field.name for field in fields(document)],
        }
    return {"$ref": f"#/components/schemas/{document.__name__}"}


def _schema(hint: Any, schemas: dict[str, Schema]) -> Schema:
    if is_dataclass(hint):
        return schema_of(hint, schemas)  # type: ignore[arg-type]
    if get_origin(hint) is list:
        return {"type": "array", "items": _schema(get_args(hint)[0], schemas)}
    if get_origin(hint) is dict:
        return {"type": "object"}
    if get_origin(hint) is types.UnionType:
        return {"anyOf": [_schema(part, schemas) for part in get_args(hint)]}
    return _PLAIN.get(hint, {"type": "null"})
