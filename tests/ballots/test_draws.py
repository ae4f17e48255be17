"""Whom one rates is drawn, and cannot be chosen by asking again and again."""

import re

import pytest

from surveys.admission.models import Admission
from surveys.ballots.drawing import MAX_DRAWS
from tests.acting import issue_codes
from tests.helpers import fill_page, flush_mix, hand_out, published, units

GROUPS = [
    {"code": "s", "name": "学生", "draw": 3},
    {"code": "o", "name": "本单位", "own": True, "draw": 3},
    {"code": "open", "name": "来宾", "admission": "open", "draw": 3},
]


@pytest.fixture
def survey(any_app):
    return published(units=units(24), groups=GROUPS, rule={"minimum": 5})


def asked(page: str) -> tuple[str, ...]:
    return tuple(re.findall(r"<h2[^>]*>\s*(第\d+党支部)", page))


def test_a_code_is_offered_three_draws_and_then_always_the_same(any_app, client, survey):
    codes = [one.code for one in issue_codes(survey, any_app.config["CODE_KEY"], 0, 4)]
    draws = [[asked(hand_out(client, "test", code).text) for _ in range(8)] for code in codes]
    assert all(len(one) == 3 for of_code in draws for one in of_code)
    common = {of_code[-1] for of_code in draws}
    assert len(common) == 1
    assert all(set(of_code[MAX_DRAWS:]) == common for of_code in draws)
    assert len({one for of_code in draws for one in of_code[:MAX_DRAWS]}) > 6
    assert "已收到" in client.post("/s/test/submit", data=fill_page(hand_out(client, "test", codes[0]).text)).text


def test_the_own_unit_is_not_drawn_again(any_app, client, survey):
    code = issue_codes(survey, any_app.config["CODE_KEY"], 1, 1, 5)[0].code
    for _ in range(5):
        names = asked(hand_out(client, "test", code).text)
        assert len(set(names)) == 4
        assert "第6党支部" in names


def test_of_an_admission_only_the_count_is_kept_and_none_once_it_is_used(any_app, client, survey):
    codes = [one.code for one in issue_codes(survey, any_app.config["CODE_KEY"], 0, 12)]
    for code in codes:
        for _ in range(5):
            page = hand_out(client, "test", code).text
    assert {row.draws for row in Admission.select()} == {MAX_DRAWS}
    for code in codes:
        client.post("/s/test/submit", data=fill_page(hand_out(client, "test", code).text))
    assert page
    assert {(row.used, row.draws) for row in Admission.select()} == {(True, 0)}
    flush_mix()
    assert {(row.used, row.draws) for row in Admission.select()} == {(True, 0)}


def test_where_nothing_is_drawn_nothing_is_counted(any_app, client):
    survey = published(slug="plain")
    code = issue_codes(survey, any_app.config["CODE_KEY"], 0, 1)[0].code
    for _ in range(4):
        hand_out(client, "plain", code)
    assert [row.draws for row in Admission.select()] == [0]


def test_by_an_open_link_everybody_is_drawn_units(client, survey):
    pages = {asked(client.get("/s/test/ballot?group=open").text) for _ in range(8)}
    assert len(pages) > 3
