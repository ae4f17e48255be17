"""The commands for scales."""

import json

from surveys.questionnaires.editing import begin_questionnaire
from surveys.questionnaires.library import load_definition
from surveys.storage.unit_of_work import Actor


def run(runner, *words):
    answer = runner.invoke(args=["scales", *map(str, words)])
    return answer.exit_code, answer.output + answer.stderr


def test_a_scale_goes_out_as_json_and_comes_in_changed(runner, tmp_path):
    file = tmp_path / "scale.json"
    code, text = run(runner, "show", "quality4")
    file.write_text(text, "utf-8")
    assert run(runner, "save", file) == (0, "scale quality-four-levels stored\n")  # a preset's file makes a new one
    key = "quality-four-levels"
    data = json.loads(run(runner, "show", key)[1])
    assert (data["revision"], data["levels"][0]["colour"]) == (1, "deep-green")
    item = {"code": "q1", "type": "rating", "text": {"zh": "服务"}, "scale": key}
    copy = {name: value for name, value in data.items() if name not in ("key", "name", "revision")}
    definition = {"title": {"zh": "食堂"}, "sections": [{"per": "unit", "items": [item]}], "scales": {key: copy}}
    one, other = (begin_questionnaire(Actor("Wang"), definition).key for _ in range(2))
    data["levels"][1]["points"] = 90
    file.write_text(json.dumps(data), "utf-8")
    assert run(runner, "save", file, "--take", one) == (
        0, f"scale {key} stored\nquestionnaire {one} changed\nquestionnaire {other} keeps another copy\n",
    )  # fmt: skip
    assert [load_definition(name)["scales"][key]["levels"][1]["points"] for name in (one, other)] == [90, 85]
    data["levels"][1]["points"] = 80
    file.write_text(json.dumps(data), "utf-8")
    code, text = run(runner, "save", file, "--take-all")  # the file says revision 1
    assert (code, "in the meantime" in text) == (1, True)
    assert load_definition(one)["scales"][key]["levels"][1]["points"] == 90


def test_the_list_has_presets_first_and_says_what_is_archived(runner, tmp_path):
    file = tmp_path / "scale.json"
    data = {"key": "service", "name": {"zh": "服务"}, "direct": {"low": 0, "high": 10}}
    file.write_text(json.dumps(data), "utf-8")
    run(runner, "save", file)
    run(runner, "archive", "service")
    lines = run(runner, "list")[1].splitlines()
    assert lines[0] == "satisfaction4\t满意度（四级）\tpreset"
    assert lines[-1] == "service\t服务\tarchived"
    assert run(runner, "show", "nothing")[0] == 1
