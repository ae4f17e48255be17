"""The published JSON Schema says of a questionnaire what reading it says."""

import copy
import json
from pathlib import Path

import jsonschema
import pytest

from surveys.inputs.problems import InputError
from surveys.questionnaires.questionnaire import read_questionnaire
from tests.questionnaires.xlsform.test_writing import ALL, EVERYTHING

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/questionnaire.schema.json").read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


def test_it_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", ALL)
def test_what_can_be_read_is_valid(name):
    read_questionnaire(ALL[name])
    VALIDATOR.validate(ALL[name])


FAULTS = {
    "no key": lambda top: top.pop("key"),
    "a key with spaces": lambda top: top.update(key="a b"),
    "no title": lambda top: top.pop("title"),
    "a title that is a number": lambda top: top.update(title=3),
    "a title in another language": lambda top: top.update(title={"fr": "Titre"}),
    "an unknown setting": lambda top: top.update(colour="red"),
    "no sections": lambda top: top.update(sections=[]),
    "an unknown section": lambda top: top["sections"][0].update(per="week"),
    "an unknown kind": lambda top: top["sections"][1]["items"][0].update(type="picture"),
    "an item without a text": lambda top: top["sections"][1]["items"][0].pop("text"),
    "a rating without a scale": lambda top: top["sections"][0]["items"][0].pop("scale"),
    "a setting of another kind": lambda top: top["sections"][1]["items"][0].update(limit=3),
    "a choice without options": lambda top: top["sections"][1]["items"][1].update(options=[]),
    "a ranking of one": lambda top: top["sections"][1]["items"][3]["options"].pop(),
    "an option without a code": lambda top: top["sections"][1]["items"][1]["options"][0].pop("code"),
    "a limit of 0": lambda top: top["sections"][0]["items"][2].update(limit=0),
    "a weight below 0": lambda top: top["sections"][0]["items"][0].update(weight=-1),
    "required as a text": lambda top: top["sections"][0]["items"][0].update(required="yes"),
    "a condition without answers": lambda top: top["sections"][0]["items"][2].update(when={"item": "*", "in": []}),
    "a scale of one level": lambda top: top["scales"]["own"]["levels"].pop(),
    "points over 100": lambda top: top["scales"]["own"]["levels"][0].update(points=101),
    "a colour that is none": lambda top: top["scales"]["own"]["levels"][0].update(colour="pink"),
    "a share over 1": lambda top: top["quotas"][0].update(at_most_share=1.5),
    "a hint of too many characters": lambda top: top["sections"][1]["items"][1].update(hint="长" * 301),
    "other as a text": lambda top: top["sections"][1]["items"][1].update(other="yes"),
    "other beside the units": lambda top: top["sections"][1]["items"][4].update(other=True),
    "five decimals": lambda top: top["sections"][1]["items"][7].update(decimals=5),
    "a bound with decimals of a whole number": lambda top: top["sections"][1]["items"][6].update(low=0.5),
    "no groups": lambda top: top["sections"][1]["items"][7].update(groups=[]),
    "a group twice": lambda top: top["sections"][1]["items"][7].update(groups=["a", "a"]),
    "a date that is none": lambda top: top["sections"][1]["items"][5].update(first="soon"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_read_is_not_valid(fault):
    broken = copy.deepcopy(EVERYTHING)
    FAULTS[fault](broken)
    assert not VALIDATOR.is_valid(broken)
    with pytest.raises(InputError):
        read_questionnaire(broken)
