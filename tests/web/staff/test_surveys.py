"""Surveys: from a file and from the page, frozen at publication; codes; turnout."""

import io
import re
from datetime import datetime

import openpyxl
import pytest

from surveys.admission.codes import ALPHABET, LENGTH, new_code, normalise
from surveys.admission.issuing import find_admission
from surveys.admission.models import Admission
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.models import Survey
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.questionnaires.library import load_definition
from surveys.scoring.totals import GroupTurnout, UnitTurnout
from surveys.units.importing import UnitRow
from tests.acting import (
    create_draft,
    issue_codes,
    move_survey,
    replace_draft,
    save_questionnaire,
    store_units,
)
from tests.helpers import ZONE, csrf, hand_out, one_code, post, published, survey_file, units, vote

GROUP = {"code": "g", "name": "学生"}


def test_the_example_in_the_docs_is_complete_and_works(app, runner):
    import tomllib
    from pathlib import Path

    text = Path("docs/survey-file.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.S)[1]
    survey = create_draft(tomllib.loads(example), ZONE)
    assert len(plan_of(survey).groups) >= 2
    for key in ("rule", "groups", "units", "questionnaire", "opens", "closes"):
        assert key in tomllib.loads(example)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"slug": ""}, "slug"),
        ({"slug": "a b"}, "slug"),
        ({"questionnaire": "nothing"}, "questionnaire"),
        ({"units": ["X1"]}, "units"),
        ({"units": []}, "units"),
        ({"units": units(2) + units(1)}, "units"),
        ({"groups": []}, "groups"),
        ({"groups": [GROUP, GROUP]}, "groups"),
        ({"groups": [{**GROUP, "weight": 0}]}, "groups"),
        ({"groups": [{**GROUP, "admission": "face"}]}, "groups[1].admission"),
        ({"groups": [{**GROUP, "units": ["X"]}]}, "groups[1].units"),
        ({"groups": [{**GROUP, "units": []}]}, "groups[1]"),
        ({"rule": {"minimum": 0}}, "rule.minimum"),
        ({"rule": {"trim": {"share": 0.5}}}, "rule.trim"),
        ({"rule": {"rate_item": "zzz"}}, "rule.rate_item"),
        ({"rule": {"grades": [{"name": "好", "at": 60}, {"name": "差", "at": 90}]}}, "rule.grades"),
        ({"rule": {"parts": [{"name": "自评", "weight": 1}]}}, "rule.parts"),
        ({"opens": "soon"}, "opens"),
        ({"closes": datetime(2001, 1, 1)}, "closes"),
    ],
)
def test_a_fault_in_a_survey_file_is_named_with_its_place(app, changes, place):
    with pytest.raises(InputError) as caught:
        create_draft(survey_file(**changes), ZONE)
    assert caught.value.problems[0].where.startswith(place)
    assert Survey.select().count() == 0


def test_publishing_freezes_questionnaire_and_units(app):
    store_units([UnitRow("B1", "甲支部", "", "branch", "")])
    survey = published(units=["B1"])
    changed = load_definition("public-response")
    changed["title"] = {"zh": "改过"}
    save_questionnaire(changed)
    store_units([UnitRow("B1", "乙支部", "", "branch", "")])
    again = Survey.get_by_id(survey.id)
    assert plan_of(again).units[0].text == {"zh": "甲支部"}
    assert plan_of(again).questionnaire.title["zh"] == "党组织群众反映测评"
    assert again.edition.number == 1


def test_a_published_survey_cannot_be_replaced_but_a_draft_can(app):
    create_draft(survey_file(), ZONE)
    replace_draft(survey_file(title="改"), ZONE)
    assert [plan_of(survey).title["zh"] for survey in Survey.select()] == ["改"]
    move_survey("test", Move.PUBLISH)
    with pytest.raises(InputError, match="already a published survey"):
        replace_draft(survey_file(), ZONE)


def test_a_draft_at_an_address_that_is_taken_is_refused(app):
    create_draft(survey_file(), ZONE)
    with pytest.raises(InputError, match="already a survey"):
        create_draft(survey_file(title="改"), ZONE)
    assert [plan_of(survey).title["zh"] for survey in Survey.select()] != ["改"]


def test_minutes_follow_from_what_is_asked():
    data = {
        **survey_file(),
        "questionnaire": {
            "key": "q",
            "title": "题",
            "sections": [
                {
                    "per": "unit",
                    "items": [{"code": f"i{n}", "type": "rating", "scale": "likert5", "text": "题"} for n in range(8)],
                }
            ],
        },
    }
    plan = read_plan({**data, "units": units(24)})
    assert plan.minutes(plan.groups[0]) == 12  # 15 s and 24 × (4 + 8 × 3) s
    assert plan.minutes(read_plan({**data, "units": units(24), "groups": [{**GROUP, "draw": 3}]}).groups[0]) == 2


def test_a_code_has_at_least_60_bits_and_no_look_alikes():
    assert len(ALPHABET) ** LENGTH >= 2**60
    assert not set(ALPHABET) & set("0O1I2Z5S8B")
    code = new_code()
    assert normalise(code) == code.replace("-", "")
    assert normalise(f" {code.lower().replace('-', ' ')}\n") == normalise(code)
    assert normalise("".join(chr(ord(c) + 0xFEE0) for c in code)) == normalise(code)
    for wrong in ("", "A" * 12, "A" * 14, "O" * 13, "A" * 500, "é" * 13):
        assert normalise(wrong) is None


@pytest.mark.parametrize(
    "text",
    [
        "参评码：%s，请尽快", "http://127.0.0.1/s/second-half#%s请尽快", "my code is\u3000%s.", "%s。", "【%s】", "\u200b%s\ufeff",
        "%s (%s)", "letme %s thx",
    ],
)  # fmt: skip
def test_a_code_is_found_in_the_text_that_was_pasted_with_it(text):
    code = "ACDE-FGHJ-KLMNP"
    for written in (code, code.lower(), code.replace("-", ""), code.replace("-", "\u2014"), code.replace("-", " ")):
        pasted = text.replace("%s", written)
        assert normalise(pasted) == code.replace("-", "")
        assert normalise("".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in pasted)) == normalise(code)


def test_of_two_codes_or_half_a_word_none_is_guessed():
    for text in ("ACDE-FGHJ-KLMNP ACDE-FGHJ-KLMNQ", "ACDE-FGHJ-KLMNPlease", "xACDE-FGHJ-KLMNP", "ACDE-FGHJ 参 KLMNP"):
        assert normalise(text) is None


def test_codes_are_stored_as_keyed_hashes_only(any_app):
    survey = published()
    code = one_code(any_app, survey)
    row = Admission.select().where(Admission.survey_id == survey.id).get()
    assert len(bytes(row.code_hash)) == 16
    assert code.replace("-", "").encode() not in bytes(row.code_hash)
    assert find_admission(survey.id, any_app.config["CODE_KEY"], code.lower()) is not None
    assert find_admission(survey.id, b"another installation's key, 32 by", code) is None
    assert find_admission(survey.id + 1, any_app.config["CODE_KEY"], code) is None


def test_codes_of_a_group_that_rates_its_own_unit_must_name_it(app):
    survey = published(groups=[{**GROUP, "own": True}])
    with pytest.raises(InputError, match="must name the unit"):
        issue_codes(survey, app.config["CODE_KEY"], 0, 1)
    with pytest.raises(InputError, match="no such unit"):
        issue_codes(survey, app.config["CODE_KEY"], 0, 1, 99)


def test_turnout_counts_ballots_against_admissions(any_app):
    survey = published(
        groups=[{**GROUP, "own": True, "expected": 10}, {"code": "h", "name": "教工", "admission": "open"}]
    )
    codes = issue_codes(survey, any_app.config["CODE_KEY"], 0, 4, 1)
    browser = any_app.test_client()
    page = hand_out(browser, "test", codes[0].code).text
    from tests.helpers import fill_page

    assert browser.post("/s/test/submit", data=fill_page(page)).status_code == 200
    vote(survey, group=1)
    turnout = turnout_of(survey.id, plan_of(survey))
    assert turnout.groups == (GroupTurnout(4, 10, 1), GroupTurnout(0, None, 1))
    assert turnout.by_unit == (UnitTurnout(group=0, unit=1, admissions=4, used=1),)


class TestPages:
    """The way of a publisher through the pages."""

    @pytest.fixture
    def browser(self, staff):
        store_units([UnitRow(f"B{i:02}", f"{i}支部", "", "branch", "") for i in (1, 2, 3)])
        return staff("publisher")

    def test_issued_codes_can_be_taken_as_xlsx_csv_and_slips(self, browser, app):
        survey = published()
        issued = post(browser, "/staff/surveys/test/codes", group="0", unit="none", count="3")
        text = re.search(r'name="codes" value="([^"]+)"', issued.text)[1]
        code = re.search(r'<td class="codes">([^<]+)', issued.text)[1]

        def take(kind):
            return post(browser, f"/staff/surveys/test/codes/{kind}", form_on="/staff/surveys/test/", codes=text)

        rows = list(openpyxl.load_workbook(io.BytesIO(take("xlsx").data)).active.values)
        assert rows[1][2] == code
        assert rows[1][3].endswith(f"/s/test#{code}")
        assert code in take("csv").data.decode("utf-8-sig")
        slips = take("slips").text
        assert slips.count('class="slip"') == 3
        assert slips.count("<svg") == 3
        assert find_admission(survey.id, app.config["CODE_KEY"], code) is not None
        assert (
            post(browser, "/staff/surveys/test/codes/xlsx", form_on="/staff/surveys/test/", codes="1 2").status_code
            == 400
        )

    def test_a_draft_can_be_removed_and_a_published_one_cannot(self, browser):
        create_draft(survey_file(), ZONE)
        post(browser, "/staff/surveys/test/delete", form_on="/staff/surveys/test/")
        assert Survey.select().count() == 0
        published()
        page = browser.post(
            "/staff/surveys/test/delete",
            data={"csrf_token": csrf(browser, "/staff/surveys/test/")},
            follow_redirects=True,
        )
        assert "只能删除草稿" in page.text
        assert Survey.select().count() == 1

    def test_a_form_without_its_token_is_refused(self, browser):
        published()
        assert browser.post("/staff/surveys/test/move/close").status_code == 400
        assert state_of(Survey.get(Survey.slug == "test")).value == "open"
