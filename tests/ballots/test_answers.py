"""From form fields to a packed ballot: don't know, blank and not asked; required items, follow-ups, quotas, bounds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ballots.answers import describe_answer, read_answers
from surveys.campaigns.plan_file import read_plan
from tests.helpers import survey_file, units

SECTIONS = [
    {
        "per": "unit",
        "items": [
            {"code": "a", "type": "rating", "scale": "satisfaction4", "text": "甲"},
            {"code": "b", "type": "rating", "scale": "satisfaction4", "text": "乙", "required": False},
            {"code": "why", "type": "multi", "text": "原因", "required": True, "when": {"item": "*", "in": ["not"]},
             "options": [{"code": "slow", "text": "慢"}, {"code": "rude", "text": "态度"}, {"code": "far", "text": "远"}]},
            {"code": "say", "type": "text", "text": "意见", "limit": 10},
        ],
    },
    {
        "per": "survey",
        "items": [
            {"code": "who", "type": "choice", "text": "身份", "options": [{"code": "s", "text": "学生"}, {"code": "t", "text": "教师"}]},
            {"code": "where", "type": "choice", "text": "单位", "options": "units"},
            {"code": "years", "type": "number", "text": "年数", "low": 1, "high": 50},
            {"code": "fine", "type": "note", "text": "谢谢"},
        ],
    },
]  # fmt: skip


def plan_with(sections=SECTIONS, quotas=(), scales=None, count=2):
    questionnaire = {"key": "q", "title": "题", "sections": sections, "quotas": list(quotas), "scales": scales or {}}
    return read_plan({**survey_file(), "units": units(count), "questionnaire": questionnaire})


PLAN = plan_with()
SLOT = {PLAN.slot_name(slot): slot for slot in PLAN.slots}


def fields(**values):
    return {str(SLOT[name.replace("__", "/")].index): v if isinstance(v, list) else [v] for name, v in values.items()}


def words(answers, plan=PLAN):
    return {plan.slot_name(slot): describe_answer(slot, answers.row) for slot in plan.slots if slot.width}


def test_every_kind_of_answer_is_packed_and_read_back():
    given_fields = fields(B01__a="4", B01__b="0", B01__why=["1", "3"], who="2", where="1", years="12", B01__say="不错")
    answers = read_answers(PLAN, 0, (0,), given_fields)
    assert answers.problems == ()
    assert words(answers) == {
        "B01/a": "not", "B01/b": "?", "B01/why": "slow+far", "B02/a": "", "B02/b": "", "B02/why": "",
        "who": "t", "where": "B01", "years": "12",
    }  # fmt: skip
    assert [(r.unit, r.item, r.body) for r in answers.remarks] == [(0, "say", "不错")]


def test_dont_know_blank_and_not_asked_are_three_different_things():
    answers = read_answers(PLAN, 0, (0,), fields(B01__a="0"))
    found = words(answers)
    assert (found["B01/a"], found["B01/b"], found["B02/b"]) == ("?", "-", "")


def test_a_missing_required_answer_is_named_and_others_may_stay_blank():
    answers = read_answers(PLAN, 0, (0, 1), fields(B01__a="1"))
    assert [(PLAN.slot_name(PLAN.slots[index]), str(p)) for index, p in answers.problems] == [
        ("B02/a", "Please answer this question.")
    ]


def test_a_follow_up_is_required_only_where_it_is_shown():
    assert read_answers(PLAN, 0, (0,), fields(B01__a="1")).problems == ()
    shown = read_answers(PLAN, 0, (0,), fields(B01__a="4"))
    assert [index for index, _ in shown.problems] == [SLOT["B01/why"].index]


def test_a_follow_up_that_is_no_longer_shown_is_dropped():
    answers = read_answers(PLAN, 0, (0,), fields(B01__a="1", B01__why=["2"]))
    assert words(answers)["B01/why"] == "-"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("B01__a", "5", "not one of the answers"),
        ("B01__a", "-1", "not one of the answers"),
        ("B01__a", "x" * 1000, "not one of the answers"),
        ("who", "3", "not one of the answers"),
        ("where", "9", "not one of the answers"),
        ("years", "0", "whole number from 1 to 50"),
        ("years", "51", "whole number from 1 to 50"),
        ("years", "1e3", "whole number"),
        ("years", "9" * 500, "whole number"),
        ("B01__say", "长" * 11, "longer than 10"),
    ],
)
def test_a_wrong_value_is_named(name, value, message):
    answers = read_answers(PLAN, 0, (0,), {**fields(B01__a="1"), **fields(**{name: value})})
    assert message in str(answers.problems[0][1])


def test_remarks_are_normalised_and_formula_like_text_is_kept_as_text():
    answers = read_answers(PLAN, 0, (0,), fields(B01__a="1", B01__say="=1+1\x00\x07\u202e"))
    assert answers.remarks[0].body == "=1+1"


def test_answers_about_units_that_are_not_on_the_paper_are_not_read():
    answers = read_answers(PLAN, 0, (0,), fields(B01__a="1", B02__a="4", B02__say="偷"))
    assert words(answers)["B02/a"] == ""
    assert answers.remarks == ()


DIRECT = {"direct": {"low": 50, "high": 99}, "dont_know": "不了解", "dont_know_at": 50}
TWO = [{"per": "unit", "items": [{"code": "n", "type": "rating", "scale": "points", "text": "分"}]}]


@pytest.mark.parametrize(
    ("typed", "stored"), [("51", "51"), ("99", "99"), ("50", "?"), ("７５", "75"), (" 80 ", "80"), ("", "-")]
)
def test_whole_numbers_are_their_own_points_and_one_can_mean_dont_know(typed, stored):
    plan = plan_with(TWO, scales={"points": DIRECT})
    answers = read_answers(plan, 0, (0,), {"0": [typed]}, enforce=False)
    assert answers.problems == ()
    assert describe_answer(plan.slots[0], answers.row) == stored


@pytest.mark.parametrize("typed", ["49", "100", "75.5", "abc", "-60"])
def test_numbers_outside_the_range_are_refused(typed):
    plan = plan_with(TWO, scales={"points": DIRECT})
    assert "50 to 99" in str(read_answers(plan, 0, (0,), {"0": [typed]}).problems[0][1])


QUOTA = [{"item": "a", "levels": ["satisfied"], "at_most": 1, "at_least": 1}]


@pytest.mark.parametrize(("levels", "message"), [("11", "at most 1"), ("22", "at least 1"), ("12", "")])
def test_quotas_are_checked_on_the_form(levels, message):
    plan = plan_with(SECTIONS[:1], QUOTA)
    slots = [slot for slot in plan.slots if slot.item.code == "a"]
    answers = read_answers(
        plan, 0, (0, 1), {str(slot.index): [level] for slot, level in zip(slots, levels, strict=True)}
    )
    assert (message in str(answers.problems[0][1])) if message else not answers.problems


@given(st.dictionaries(st.integers(0, 20).map(str), st.lists(st.text(max_size=12), max_size=3), max_size=20))
def test_no_form_however_strange_breaks_the_reading(anything):
    answers = read_answers(PLAN, 0, (0, 1), anything)
    assert len(answers.row) == PLAN.width
    words(answers)


@given(st.data())
def test_what_the_form_offers_is_packed_without_loss(data):
    chosen, expected = {}, {}
    for slot in PLAN.slots:
        name, item = PLAN.slot_name(slot), slot.item
        if item.type == "rating":
            value = data.draw(st.sampled_from(["1", "2", "3", "0"]))
            chosen[str(slot.index)] = [value]
            expected[name] = {"1": "satisfied", "2": "fairly", "3": "just", "0": "?"}[value]
        elif item.type == "number":
            value = data.draw(st.integers(1, 50))
            chosen[str(slot.index)], expected[name] = [str(value)], str(value)
        elif item.code == "who":
            value = data.draw(st.integers(1, 2))
            chosen[str(slot.index)], expected[name] = [str(value)], "st"[value - 1]
    found = words(read_answers(PLAN, 0, (0, 1), chosen))
    assert {name: found[name] for name in expected} == expected
