"""The description of the API holds: whatever it allows is asked, and every answer is as it says."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from surveys.results.export.specs import SPECS
from surveys.web.api.openapi import description
from tests.results.test_what_committees_sign import sealed
from tests.web.api.test_api import bearer

OPERATIONS = list(description()["paths"])


@pytest.fixture
def schema(app):
    schemathesis = pytest.importorskip("schemathesis")
    return schemathesis.openapi.from_wsgi("/api/openapi.json", app)


QUIET = settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_answer_to_what_is_allowed_is_as_described(schema, path):
    sealed(staff=3)
    headers = bearer()
    codes = set()

    @given(case=schema[path]["GET"].as_strategy())
    @QUIET
    def ask(case):
        if case.path_parameters:
            case.path_parameters["survey"] = "test"
        codes.add(case.call_and_validate(headers=headers).status_code)

    ask()
    assert codes == {200}


@pytest.mark.parametrize("path", OPERATIONS)
def test_every_answer_to_what_is_not_allowed_is_as_described(schema, path):
    from schemathesis import GenerationMode, checks

    sealed()
    headers = bearer()
    codes = set()
    described = [
        checks.not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]

    def ask(case):
        if case.path_parameters:
            case.path_parameters["survey"] = "test"  # other addresses may be those of no operation
        answer = case.call(headers=headers)
        codes.add(answer.status_code)
        case.validate_response(answer, checks=described)

    ask(schema[path]["GET"].Case(query={"nonsense": "1"}, path_parameters={"survey": "x"}))
    given(schema[path]["GET"].as_strategy(generation_mode=GenerationMode.NEGATIVE))(QUIET(ask))()
    assert 400 in codes


@pytest.mark.parametrize("name", SPECS)
def test_every_row_of_every_table_fits_its_schema(client, name):
    sealed(staff=3)
    document = client.get("/api/openapi.json").json
    schema = document["paths"][f"/api/surveys/{{survey}}/{name}"]["get"]["responses"]["200"]["content"]
    validator = Draft202012Validator({**schema["application/json"]["schema"], "components": document["components"]})
    answer = client.get(f"/api/surveys/test/{name}?limit=1000", headers=bearer()).json
    validator.validate(answer)
    for row in answer["rows"]:
        for column in row:
            broken = {**answer, "rows": [{**row, column: ["no such value"]}]}
            assert not validator.is_valid(broken), column
        break


def test_the_description_is_open_and_says_how_to_send_the_token(client):
    document = client.get("/api/openapi.json").json
    assert document["openapi"] == "3.1.0"
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_addresses_in_the_description_are_those_that_are_served(app):
    served = {rule.rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("api.")}
    assert served == {"/api/openapi.json", "/api/surveys", "/api/surveys/<slug>", "/api/surveys/<slug>/<name>"}
    described = {path.replace("{survey}", "<slug>") for path in OPERATIONS}
    assert described == {"/api/surveys", "/api/surveys/<slug>", *(f"/api/surveys/<slug>/{name}" for name in SPECS)}
