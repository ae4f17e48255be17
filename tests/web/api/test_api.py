"""The API: results of sealed surveys for other programs, by token."""

from __future__ import annotations

import time

import pytest

from surveys.accounts.api_tokens import TokenWish, revoke_token
from surveys.accounts.models import ApiToken, Scope
from surveys.followup.api_access import make_token
from surveys.followup.bulletin import Part, publish_bulletin, withdraw_bulletin
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.export.formats import plain_rows
from surveys.results.export.specs import SPECS
from surveys.results.export.tables import make_table
from tests.acting import TESTER
from tests.helpers import published, vote
from tests.results.test_what_committees_sign import report, sealed

RESULTS, PUBLIC = frozenset({Scope.RESULTS}), frozenset({Scope.PUBLIC})


def bearer(name="program", scopes=RESULTS, **more):
    """Headers with a new token."""
    return {"Authorization": f"Bearer {make_token(TESTER, TokenWish(name, scopes, **more))}"}


class TestWhoMayRead:
    @pytest.mark.parametrize("address", ["/api/surveys", "/api/surveys/test", "/api/surveys/test/summary"])
    @pytest.mark.parametrize(
        "headers",
        [{}, {"Authorization": "Bearer srv_wrong"}, {"Authorization": "Bearer"}, {"Authorization": "Basic YTpi"}],
    )
    def test_nobody_without_a_token_of_ours(self, client, address, headers):
        sealed()
        answer = client.get(address, headers=headers)
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_a_session_of_the_staff_is_no_token(self, staff):
        sealed()
        assert staff("administrator").get("/api/surveys").status_code == 401

    def test_a_token_is_revoked_at_once(self, any_app):
        client = any_app.test_client()
        sealed()
        headers = bearer()
        assert client.get("/api/surveys", headers=headers).status_code == 200
        revoke_token(TESTER, "Program")
        assert client.get("/api/surveys", headers=headers).status_code == 401

    def test_a_token_ends_with_its_day(self, client, monkeypatch):
        sealed()
        headers = bearer(expires_at=int(time.time()) + 100)
        assert client.get("/api/surveys", headers=headers).status_code == 200
        ApiToken.update(expires_at=int(time.time()) - 1).execute()
        assert client.get("/api/surveys", headers=headers).status_code == 401

    def test_a_token_for_some_surveys_reads_no_other(self, client):
        sealed()
        sealed(slug="other")
        headers = bearer(surveys=("other",))
        assert [one["survey"] for one in client.get("/api/surveys", headers=headers).json["surveys"]] == ["other"]
        assert client.get("/api/surveys/other/summary", headers=headers).status_code == 200
        for address in ("/api/surveys/test", "/api/surveys/test/summary"):
            assert client.get(address, headers=headers).status_code == 404

    def test_what_is_not_sealed_is_not_there(self, client):
        vote(published())
        headers = bearer()
        assert client.get("/api/surveys", headers=headers).json["surveys"] == []
        for address in ("/api/surveys/test", "/api/surveys/test/turnout"):
            assert client.get(address, headers=headers).status_code == 404

    def test_a_public_token_learns_no_facts_that_the_bulletin_does_not_show(self, client):
        sealed()
        public, whole = bearer(scopes=PUBLIC), bearer("all")
        everything = client.get("/api/surveys/test", headers=whole).json
        hidden = {
            Part.WINDOW: {"opens_at", "closes_at"}, Part.TURNOUT: {"ballots", "receipts", "lost"},
            Part.METHOD: {"minimum", "decimals", "method"},
        }  # fmt: skip
        tags = set()
        for part in hidden:
            publish_bulletin(TESTER, "test", [part])
            answer = client.get("/api/surveys/test", headers=public)
            tags.add(answer.headers["ETag"])
            empty = set().union(*(names for other, names in hidden.items() if other is not part))
            assert {name for name, value in answer.json.items() if value is None} == empty
            assert all(answer.json[name] == everything[name] for name in hidden[part])
            assert (answer.json["groups"] == everything["groups"]) is (part is Part.METHOD)
        assert len(tags) == 3

    def test_a_public_token_reads_what_a_published_bulletin_shows(self, client):
        sealed()
        headers = bearer(scopes=PUBLIC)
        assert client.get("/api/surveys", headers=headers).json["surveys"] == []
        assert client.get("/api/surveys/test", headers=headers).status_code == 404
        for parts, shown in (
            ([Part.TURNOUT, Part.METHOD], ["turnout"]),
            ([Part.WINDOW], []),
            (Part, ["turnout", "ranking"]),
        ):
            publish_bulletin(TESTER, "test", parts)
            tables = client.get("/api/surveys/test", headers=headers).json["tables"]
            assert [one["name"] for one in tables] == shown
            for name in SPECS:
                status = client.get(f"/api/surveys/test/{name}", headers=headers).status_code
                assert status == (200 if name in shown else 404), name
        withdraw_bulletin(TESTER, "test", "a mistake")
        for address in ("/api/surveys/test", "/api/surveys/test/turnout"):
            assert client.get(address, headers=headers).status_code == 404

    def test_only_the_day_of_the_last_use_is_kept(self, client):
        headers = bearer()
        assert ApiToken.get().used_on == ""
        client.get("/api/surveys", headers=headers)
        assert len(ApiToken.get().used_on) == len("2026-01-31")

    def test_many_wrong_tokens_are_refused_and_right_ones_pass(self, app, client):
        headers = bearer()
        app.config["WRONG_CODES_PER_MINUTE"] = 3
        wrong = {"Authorization": "Bearer srv_x"}
        answers = [client.get("/api/surveys", headers=wrong) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429, 429]
        assert answers[-1].headers["Retry-After"] == "60"
        assert client.get("/api/surveys", headers=headers).status_code == 200


class TestWhatIsRead:
    @pytest.mark.parametrize("name", SPECS)
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_tables_are_those_of_the_exports(self, client, name, language):
        sealed(staff=3)
        headers = bearer()
        answer = client.get(f"/api/surveys/test/{name}?lang={language}&limit=1000", headers=headers).json
        expected = make_table(report(), name, language, gettext_of(load_translations(language)))
        assert answer["rows"] == plain_rows(expected)
        assert [column["name"] for column in answer["columns"]] == [column.name for column in expected.columns]
        assert (answer["total"], answer["next"]) == (len(expected.rows), None)
        assert answer["digest"] == report().stored.digest

    def test_a_long_table_comes_in_parts(self, client):
        sealed()
        headers = bearer()
        whole = client.get("/api/surveys/test/items?limit=1000", headers=headers).json["rows"]
        address, rows = "/api/surveys/test/items?limit=7&lang=en", []
        while address:
            part = client.get(address, headers=headers).json
            assert len(part["rows"]) <= 7
            rows += [row["score"] for row in part["rows"]]
            address = part["next"]
        assert rows == [row["score"] for row in whole]

    def test_a_survey_names_its_tables_and_each_address_works(self, client):
        sealed()
        headers = bearer()
        listed = client.get("/api/surveys", headers=headers).json["surveys"]
        found = client.get(listed[0]["address"], headers=headers).json
        assert found["digest"] == report().stored.digest
        assert [link["name"] for link in found["tables"]] == list(SPECS)
        for link in found["tables"]:
            assert client.get(link["address"], headers=headers).status_code == 200

    def test_an_answer_that_is_still_right_is_not_sent_again(self, client):
        sealed()
        headers = bearer()
        for address in ("/api/surveys", "/api/surveys/test", "/api/surveys/test/items", "/api/openapi.json"):
            tag = client.get(address, headers=headers).headers["ETag"]
            again = client.get(address, headers={**headers, "If-None-Match": tag})
            assert (again.status_code, again.data) == (304, b"")
        other = client.get("/api/surveys/test/items?lang=en", headers=headers).headers["ETag"]
        assert other != client.get("/api/surveys/test/items?lang=zh", headers=headers).headers["ETag"]

    def test_what_is_withheld_is_not_in_it(self, client):
        sealed(students=8, staff=3, rule={"minimum": 5})
        rows = client.get("/api/surveys/test/distribution?limit=1000", headers=bearer()).json["rows"]
        hidden = [row for row in rows if row["group_code"] == "staff"]
        assert hidden
        assert all(row["n"] is None and row["count.1"] is None and row["missing"] == "few" for row in hidden)


@pytest.mark.parametrize("query", ["lang=fr", "limit=0", "limit=1001", "limit=x", "offset=-1", "offset=9999999999"])
def test_a_wrong_parameter_is_named(client, query):
    sealed()
    answer = client.get(f"/api/surveys/test/items?{query}", headers=bearer())
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert query.partition("=")[0] in answer.json["detail"]


@pytest.mark.parametrize(("method", "path", "code"), [
    ("GET", "/api/", 404), ("GET", "/api/none", 404), ("POST", "/api/surveys", 405), ("DELETE", "/api/surveys/test", 405),
    ("GET", "/api/surveys/a/b/c", 404),
])  # fmt: skip
def test_whatever_is_wrong_is_said_as_problem_details(client, method, path, code):
    answer = client.open(path, method=method)
    assert (answer.status_code, answer.mimetype, answer.json["status"]) == (code, "application/problem+json", code)
    if code == 405:
        assert "GET" in answer.headers["Allow"]


def test_no_answer_sets_a_cookie(client):
    sealed()
    headers = bearer()
    for path in ("/api/surveys", "/api/surveys/test?lang=en", "/api/none", "/api/openapi.json", "/api/surveys/x"):
        assert "Set-Cookie" not in client.get(path, headers=headers).headers
