"""Questionnaires as XLSForms: other programs take them, and reading one again gives the same questionnaire."""

import json
from pathlib import Path

import pytest

from surveys.questionnaires.library import READY_MADE
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.xlsform.reader import read_xlsform
from surveys.questionnaires.xlsform.writer import write_xlsform

OPTIONS = [{"code": "a", "text": {"zh": "甲", "en": "A"}}, {"code": "2", "text": {"zh": "乙", "en": "B"}}]
EVERYTHING = {
    "key": "everything", "title": {"zh": "全部", "en": "Everything"}, "introduction": {"zh": "请填写。\n谢谢。"},
    "scales": {
        "own": {"levels": [{"code": "y", "text": "好", "points": 100, "satisfied": True}, {"code": "n", "text": "差", "points": 12.5, "colour": "orange"}],
                "dont_know": "不清楚"},
        "points": {"direct": {"low": 50, "high": 99}, "dont_know": "不了解", "dont_know_at": 50, "satisfied_from": 80},
    },
    "sections": [
        {"per": "unit", "items": [
            {"code": "listen", "type": "rating", "scale": "own", "text": "倾听", "criterion": "群众反映好", "weight": 2},
            {"code": "solve", "type": "rating", "scale": "own", "text": "解决", "required": False},
            {"code": "why", "type": "text", "text": "为什么", "limit": 200, "when": {"item": "*", "in": ["n"]}},
        ]},
        {"title": {"zh": "其他", "en": "Other"}, "items": [
            {"code": "note", "type": "note", "text": "说明"},
            {"code": "one", "type": "choice", "text": "单选", "options": OPTIONS, "required": True, "other": True,
             "hint": {"zh": "选一个。\n没有就写。", "en": "One."}},
            {"code": "some", "type": "multi", "text": "多选", "options": OPTIONS, "other": True, "when": {"item": "one", "in": ["2", "other"]}},
            {"code": "order", "type": "ranking", "text": "排序", "options": OPTIONS, "when": {"item": "some", "in": ["a"]}},
            {"code": "best", "type": "choice", "text": "最好的", "options": "units"},
            {"code": "day", "type": "date", "text": "日期", "first": "2026-01-01", "last": "2026-12-31", "when": {"item": "order", "in": ["2"]}},
            {"code": "5", "type": "number", "text": "数字", "low": 3, "high": 9},
            {"code": "hours", "type": "number", "text": "时数", "low": 0.5, "high": 24, "decimals": 2, "groups": ["staff", "students"]},
            {"code": "mark", "type": "rating", "scale": "points", "text": "打分"},
        ]},
    ],
    "quotas": [{"item": "listen", "levels": ["y"], "at_most_share": 0.3}],
}  # fmt: skip
ALL = {path.stem: json.loads(path.read_text("utf-8")) for path in Path(READY_MADE).glob("*.json")} | {
    "everything": EVERYTHING
}


@pytest.mark.parametrize("name", ALL)
def test_an_export_that_is_read_again_is_the_same_questionnaire(name):
    reading = read_xlsform("form.xlsx", write_xlsform(ALL[name]))
    assert read_questionnaire(reading.definition) == read_questionnaire(ALL[name])
    assert not [remark.text() for remark in reading.remarks]


@pytest.mark.parametrize("name", ALL)
def test_an_export_is_a_form_for_other_programs(name, tmp_path):
    from pyxform.xls2xform import convert

    path = tmp_path / "form.xlsx"
    path.write_bytes(write_xlsform(ALL[name]))
    form = convert(str(path)).xform
    for item in read_questionnaire(ALL[name]).items:
        assert item.text["zh"].split("\n")[0] in form


@pytest.mark.parametrize("words", ["每人 ${30} 元", "${name} 是什么", "开头 ${", "$${a}}", "${a}"])
def test_signs_of_references_in_texts_are_kept_and_other_programs_see_none(words, tmp_path):
    from pyxform.xls2xform import convert

    scales = {
        "own": {"levels": [{"code": "y", "text": words, "points": 100}, {"code": "n", "text": "差", "points": 0}], "dont_know": f"不{words}"},
        "direct": {"direct": {"low": 0, "high": 10}, "dont_know": f"不{words}"},
    }  # fmt: skip
    definition = {
        "key": "signs", "title": words, "introduction": words, "scales": scales,
        "sections": [{"title": words, "items": [
            {"code": "a", "type": "choice", "text": words, "hint": words, "options": [{"code": "x", "text": words}], "groups": [words]},
            {"code": "b", "type": "rating", "text": "乙", "scale": "own", "criterion": words},
            {"code": "c", "type": "rating", "text": "丙", "scale": "direct"},
        ]}],
    }  # fmt: skip
    path = tmp_path / "form.xlsx"
    path.write_bytes(write_xlsform(definition))
    reading = read_xlsform("form.xlsx", path.read_bytes())
    assert read_questionnaire(reading.definition) == read_questionnaire(definition)
    assert not reading.remarks
    convert(str(path))


def test_names_of_groups_may_have_spaces():
    definition = {
        "key": "groups",
        "title": "群体",
        "sections": [{"items": [{"code": "a", "type": "text", "text": "甲", "groups": ["Teaching staff", "学生"]}]}],
    }
    made = read_questionnaire(read_xlsform("form.xlsx", write_xlsform(definition)).definition)
    assert made.items[0].groups == ("Teaching staff", "学生")


def test_the_command_writes_one(runner, tmp_path):
    path = tmp_path / "form.xlsx"
    assert runner.invoke(args=["questionnaire", "export", "public-response", "--out", str(path)]).exit_code == 0
    assert runner.invoke(args=["questionnaire", "import", str(path), "--key", "again"]).exit_code == 0
    assert "again\t党组织群众反映测评" in runner.invoke(args=["questionnaire", "list"]).stdout
