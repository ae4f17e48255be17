"""Numbers with decimals: how they are typed, stored, shown and averaged."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ballots.paper.keypad import answers_of, read_typed
from surveys.inputs.problems import InputError
from tests.helpers import hand_out, one_code, published
from tests.questionnaires.items.asking import answer, item_of, plan_with, questionnaire, sealed_with, sheet_rows

HOURS = {"code": "hours", "type": "number", "text": {"zh": "时数", "en": "Hours"}, "decimals": 1, "high": 24}
PLAN = plan_with(HOURS)


@pytest.mark.parametrize("typed, stored", [
    ("3.5", "3.5"), ("３．５", "3.5"), ("3。5", "3.5"), ("3,5", "3.5"), ("3，5", "3.5"), ("7", "7.0"), ("07.50", "7.5"),
    (".5", "0.5"), ("0,500", "0.5"), ("24", "24.0"),
])  # fmt: skip
def test_it_is_read_as_people_write_it(typed, stored):
    assert answer(PLAN, {"0": [typed]})[1] == [stored]


@pytest.mark.parametrize(
    "typed", ["3.55", "1,500", "24.1", "-1", "3.5.1", "3,5,1", "drei", "1e1", "3.", ",5", "1 5", "..."]
)
def test_what_is_no_such_number_is_refused(typed):
    answers, stored = answer(PLAN, {"0": [typed]})
    assert stored == ["-"]
    assert [str(problem) for _, problem in answers.problems] == [
        "A number from 0 to 24 is expected, decimals: at most 1."
    ]


def test_without_decimals_a_point_is_refused():
    plan = plan_with({**HOURS, "decimals": 0})
    assert answer(plan, {"0": ["7"]})[1] == ["7"]
    assert answer(plan, {"0": ["7.0"]})[0].problems


@pytest.mark.parametrize("bounds", [
    {"low": 0.25}, {"decimals": 5}, {"decimals": 1.5}, {"low": 5, "high": 4.5}, {"high": 10**9}, {"decimals": 0, "low": 0.5},
])  # fmt: skip
def test_bounds_that_cannot_be_kept_are_refused(bounds):
    with pytest.raises(InputError):
        plan_with({**HOURS, **bounds})


decimals = st.integers(0, 4)


@given(decimals, st.data())
def test_what_is_typed_on_a_form_on_paper_or_in_a_table_is_the_same_number(places, data):
    low = data.draw(st.integers(0, 10**5)) / 10**places
    high = data.draw(st.integers(0, 10**5)) / 10**places + low
    item = item_of(type="number", decimals=places, low=round(low, places), high=round(high, places))
    steps = data.draw(st.integers(item.low, item.high))
    typed = str(Decimal(steps).scaleb(-places))
    packed = item.read_form({"0": [typed]}, "0").packed
    assert item.describe(packed) == item.canonical(typed) == typed
    assert item.read_form(item.read_cell(item.describe(packed), "0"), "0").packed == packed
    assert item.read_form(item.typed_fields(item.canonical(typed), "0"), "0").packed == packed
    assert packed not in (item.blank, bytes(item.width))


def test_a_clerk_types_it_with_a_point_and_leaves_it_with_a_dot():
    typed, wrong = read_typed(PLAN, 0, (), {"0": "３.5"})
    assert (typed, wrong) == ({"0": "3.5"}, [])
    assert PLAN.slots[0].item.describe(answers_of(PLAN, 0, (), typed).packed) == "3.5"
    assert read_typed(PLAN, 0, (), {"0": "."}) == ({}, [])


def test_its_mean_has_its_decimals(app, staff):
    sealed_with([{"0": ["1.5001"]}, *[{"0": ["2"]}] * 4], {**HOURS, "decimals": 4})
    browser = staff("committee")
    assert [row[6] for row in sheet_rows(browser)] == [1.9]
    assert "1.9000" in browser.get("/staff/surveys/test/result?lang=en").text


def test_a_phone_shows_a_pad_with_a_point(app, client):
    survey = published(questionnaire=questionnaire(HOURS, {**HOURS, "code": "whole", "decimals": 0}))
    page = hand_out(client, "test", one_code(app, survey)).text
    assert [page.count(f'inputmode="{pad}"') for pad in ("decimal", "numeric")] == [1, 1]
