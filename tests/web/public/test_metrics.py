"""What Prometheus is told: nothing without the token, and nothing about a respondent with it."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.helpers import published, vote

TOKEN = "a token of a test"


@pytest.fixture
def read(app, client):
    app.config["METRICS_TOKEN"] = TOKEN

    def get():
        answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
        assert answer.status_code == 200
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in text_string_to_metric_families(answer.text)
            for sample in family.samples
        }

    return get


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer"}, {"Authorization": f"Bearer {TOKEN}x"}, {"Authorization": "Bearer ü"}]
)
def test_without_the_token_there_is_no_such_page(app, client, headers):
    assert client.get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404
    app.config["METRICS_TOKEN"] = TOKEN
    assert client.get("/metrics", headers=headers).status_code == 404


def test_ballots_are_told_in_tens(read):
    survey = published()
    for _ in range(9):
        vote(survey, group=1)
    assert (read()[("surveys_ballots", "test")], read()[("surveys_mix_entries",)]) == (0, 9)
    for _ in range(4):
        vote(survey, group=1)
    assert read()[("surveys_ballots", "test")] == 10


def test_what_waits_and_what_is_kept(read, app):
    found = read()
    assert found[("surveys_keys_belong",)] == 1
    assert found[("surveys_free_bytes",)] > 0
    assert found[("surveys_database_bytes",)] > 100_000
    assert found[("surveys_backup_timestamp_seconds",)] == 0


def test_no_code_and_no_number_is_in_it(read, app, client):
    survey = published()
    token = vote(survey)
    text = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert token.number.hex() not in text
    assert not re.search(r"[0-9a-f]{16}", text)
