"""Survey files: what is no text, no code or no name is a fault that is named, never passed over."""

import copy

import pytest

from surveys.campaigns.survey_file import read_survey_file
from surveys.inputs.problems import InputError
from surveys.questionnaires.library import load_definition
from tests.helpers import ZONE, survey_file, units


def faults(**changes) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_survey_file(survey_file(**changes), ZONE)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("value", [False, 0, [], {}, 1.5])
@pytest.mark.parametrize("name", ["campaign", "stage"])
def test_what_is_no_text_is_not_taken_for_one_left_out(app, name, value):
    assert faults(**{name: value}) == [f"{name}: A text is missing."]


@pytest.mark.parametrize("value", [None, ""])
def test_an_empty_text_is_left_out(app, value):
    assert read_survey_file(survey_file(campaign=value), ZONE).plan.campaign is None


@pytest.mark.parametrize("value", [False, 0, []])
def test_what_is_no_text_is_a_fault_in_a_questionnaire_too(app, value):
    definition = copy.deepcopy(load_definition("public-response"))
    definition["introduction"] = value
    definition["sections"][0]["title"] = value
    definition["sections"][0]["items"][0]["criterion"] = value
    found = faults(questionnaire=definition)
    assert [one.split(":")[0] for one in found] == [
        "introduction",
        "sections[1].title",
        "sections[1].items[1].criterion",
    ]


def test_a_number_is_no_code_of_a_unit(app):
    group = {"code": "s", "name": "学生", "units": [11, "B01", None], "draw": 1, "draw_from": [True, "B99"]}
    assert faults(units=[*units(2), {"code": "11", "name": "甲"}], groups=[group]) == [
        "groups[1].draw_from[1]: A code is 1 to 40 letters, digits, - and _.",
        "groups[1].draw_from: There is no unit B99 in this survey.",
        "groups[1].units[1]: A code is 1 to 40 letters, digits, - and _.",
        "groups[1].units[3]: A code is 1 to 40 letters, digits, - and _.",
    ]


def test_units_of_all_sorts_are_each_named_with_their_fault(app):
    assert faults(
        units=["B99", {"code": "B 1", "name": "", "knid": "branch"}, 5, "B98", {"code": "C1", "name": "丙"}]
    ) == [
        "units: There is no unit B99.",
        "units: There is no unit B98.",
        "units[2]: There is no setting knid here; do you mean kind?",
        "units[2].code: A code is 1 to 40 letters, digits, - and _.",
        "units[2].name: A text is missing.",
        "units[3]: A table of names and values is expected here.",
    ]


def questionnaire(**parts):
    definition = {
        "key": "q", "title": "问卷",
        "scales": {"own": {"levels": [{"code": "a", "text": "甲", "points": 100}, {"code": "b", "text": "乙", "points": 0}]}},
        "sections": [{"per": "unit", "items": [{"type": "rating", "code": "r", "text": "评", "scale": "own"}]},
                     {"per": "survey", "items": [{"type": "choice", "code": "c", "text": "选",
                                                  "options": [{"code": "x", "text": "子"}, {"code": "y", "text": "丑"}]},
                                                 {"type": "text", "code": "t", "text": "说", "when": {"item": "c", "in": ["x"]}}]}],
        "quotas": [{"item": "r", "levels": ["a"], "at_most": 1}],
    }  # fmt: skip
    definition.update(parts)
    return definition


def tables(value, path=()):
    """Every table in the data, with the way to it."""
    if isinstance(value, dict):
        yield path
    for name, entry in (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    ):
        yield from tables(entry, (*path, name))


WHOLE = survey_file(
    questionnaire=questionnaire(),
    rule={
        "minimum": 3, "trim": {"share": 0.1}, "item_weights": {"r": 1}, "void": {"same_over": 5},
        "grades": [{"name": "好", "at": 50}, {"name": "差", "at": 0}], "gates": [{"turnout_under": 50, "cap": 1}],
        "quotas": [{"grade": 0, "at_most": 0.5}], "parts": [{"name": "评议", "weight": 1, "survey": True}],
    },
)  # fmt: skip


def test_the_file_with_every_table_is_read(app):
    assert read_survey_file(WHOLE, ZONE).plan.slug == "test"


@pytest.mark.parametrize("path", list(tables(WHOLE)), ids=lambda path: ".".join(map(str, path)) or "survey")
def test_a_name_that_means_nothing_is_a_fault_in_every_table(app, path):
    data = copy.deepcopy(WHOLE)
    table = data
    for name in path:
        table = table[name]
    table["mistypd"] = table.get("zh", 1)
    with pytest.raises(InputError, match="mistypd"):
        read_survey_file(data, ZONE)


@pytest.mark.parametrize(
    ("rule", "fault"),
    [
        ({"minimun": 3}, "rule: There is no setting minimun here; do you mean minimum?"),
        ({"void": {"same_ovr": 3}}, "rule.void: There is no setting same_ovr here; do you mean same_over?"),
        ({"trim": {"shar": 0.1}}, "rule.trim: There is no setting shar here; do you mean share?"),
    ],
)
def test_the_nearest_known_name_is_said(app, rule, fault):
    assert fault in faults(rule=rule)


def test_a_number_is_no_code_of_an_answer_or_an_item(app):
    definition = questionnaire()
    definition["sections"][1]["items"][1]["when"] = {"item": 5, "in": ["x", 1]}
    definition["quotas"] = [{"item": "r", "levels": [1], "at_most": 1}, {"item": 5, "levels": ["a"], "at_most": 1}]
    found = [one.split(": ")[0] for one in faults(questionnaire=definition)]
    assert found[:2] == ["sections[2].items[2].when.item", "sections[2].items[2].when.in[2]"]
    definition["sections"][1]["items"][1].pop("when")
    assert [one.split(": ")[0] for one in faults(questionnaire=definition)] == ["quotas[1].levels[1]", "quotas[2].item"]
