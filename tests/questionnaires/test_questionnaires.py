"""Questionnaires: the ready-made ones, reading with every check, editions that never change."""

import copy
import json

import pytest

from surveys.inputs.problems import InputError
from surveys.questionnaires.editions import freeze
from surveys.questionnaires.library import all_questionnaires, load_definition
from surveys.questionnaires.models import Edition
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.quotas import Quota
from tests.acting import save_questionnaire

KEYS = ["public-response", "five-goods", "five-leads", "suggestions"]


def definition(**changes):
    data = {
        "key": "q",
        "title": {"zh": "问卷"},
        "sections": [
            {"per": "unit", "items": [{"code": "a", "type": "rating", "scale": "satisfaction4", "text": {"zh": "甲"}}]}
        ],
    }
    data.update(changes)
    return data


def with_item(**item):
    data = definition()
    kind = {} if item.get("type", "rating") != "rating" else {"scale": "satisfaction4"}
    data["sections"][0]["items"].append({"code": "b", "type": "rating", "text": "乙", **kind, **item})
    return data


def test_the_four_ready_made_ones_come_with_the_installation_in_both_languages(app):
    shipped = {q.key: q for q in all_questionnaires()}
    assert list(shipped) == KEYS
    for questionnaire in shipped.values():
        assert set(questionnaire.title) == {"zh", "en"}
        for item in questionnaire.items:
            assert set(item.text) == {"zh", "en"}, item.code
    assert len(shipped["public-response"].rated) == 8
    assert [item.criterion["zh"] for item in shipped["five-goods"].rated][-1] == "群众反映好"
    assert shipped["five-leads"].quotas == (Quota("overall", ("excellent",), at_most_share=0.3),)


def test_an_edition_is_made_once_and_a_correction_is_a_new_one(app):
    first = freeze(definition())
    assert freeze(copy.deepcopy(definition())).id == first.id
    second = freeze(definition(title={"zh": "改"}))
    assert (first.number, second.number) == (1, 2)
    assert Edition.get_by_id(first.id).questionnaire().title == {"zh": "问卷"}


@pytest.mark.parametrize(
    ("data", "place"),
    [
        ([], "questionnaire"),
        (definition(key="两 个"), "key"),
        (definition(title={}), "title"),
        (definition(title={"fr": "x"}), "title"),
        (definition(title="长" * 101), "title"),
        (definition(sections=[]), "sections"),
        (with_item(type="slider"), "sections[1].items[2].type"),
        (with_item(code="a"), "sections[1].items[2]"),
        (with_item(scale="stars"), "sections[1].items[2].scale"),
        (with_item(weight=-1), "sections[1].items[2].weight"),
        (with_item(weight=True), "sections[1].items[2].weight"),
        (with_item(required="yes"), "sections[1].items[2].required"),
        (with_item(type="choice", options=[]), "sections[1].items[2].options"),
        (with_item(type="multi", options="units"), "sections[1].items[2].options"),
        (with_item(when={"item": "zzz", "in": ["not"]}), "sections[1].items[2].when"),
        (with_item(type="text", when={"item": "*", "in": []}), "sections[1].items[2].when.in"),
        (with_item(type="text", when={"item": "*", "in": ["rotten"]}), "sections[1].items[2].when.in"),
        (with_item(scale={"direct": {"low": 9, "high": 1}}), "sections[1].items[2].scale.direct"),
        (definition(scales={"x": {"levels": [{"code": "1", "text": "一", "points": 100}]}}), "scales.x"),
        (
            definition(scales={"x": {"levels": [{"code": "1", "text": "一", "points": 101}]}}),
            "scales.x.levels[1].points",
        ),
        (definition(quotas=[{"item": "nothing"}]), "quotas[1].item"),
        (definition(quotas=[{"item": "a", "levels": ["excellent"]}]), "quotas[1].levels"),
    ],
)
def test_a_fault_is_named_with_its_place(data, place):
    with pytest.raises(InputError) as caught:
        read_questionnaire(data)
    assert caught.value.problems[0].where == place


def test_points_can_be_edited_before_publication():
    scales = {
        "satisfaction4": {
            "levels": [
                {"code": "y", "text": "好", "points": 90, "satisfied": True},
                {"code": "n", "text": "差", "points": 10},
            ]
        }
    }
    assert read_questionnaire(definition(scales=scales)).rated[0].scale.points == (90.0, 10.0)


def test_quotas_are_counts_for_the_units_on_the_ballot():
    assert Quota("a", ("x",), at_most_share=0.3).bounds(10) == (0, 3)
    assert Quota("a", ("x",), at_most_share=0.3).bounds(3) == (0, 0)
    assert Quota("a", ("x",), at_most=3, at_least=2).bounds(1) == (1, 3)


def test_questionnaires_go_in_and_out_by_command(runner, tmp_path):
    exported = runner.invoke(args=["questionnaire", "export", "five-goods"]).output
    data = json.loads(exported)
    data["key"] = "mine"
    (tmp_path / "q.json").write_text(json.dumps(data), "utf-8")
    assert runner.invoke(args=["questionnaire", "import", str(tmp_path / "q.json")]).exit_code == 0
    assert load_definition("mine")["title"] == data["title"]
    (tmp_path / "bad.json").write_text("{", "utf-8")
    failed = runner.invoke(args=["questionnaire", "import", str(tmp_path / "bad.json")])
    assert failed.exit_code == 1
    assert "cannot be read" in failed.stderr


def test_what_staff_changed_survives_the_next_start(app):
    from surveys.questionnaires.library import install_ready_made

    data = load_definition("five-goods")
    data["title"] = {"zh": "改过"}
    save_questionnaire(data)
    install_ready_made()
    assert load_definition("five-goods")["title"] == {"zh": "改过"}
