"""Surveys: from a file and from the page, frozen at publication; codes; turnout."""

import io
import re
from datetime import datetime, timedelta

import openpyxl
import pytest

from surveys.accounts.models import Role
from surveys.admission.codes import ALPHABET, LENGTH, new_code, normalise
from surveys.admission.issuing import find_admission
from surveys.admission.models import Admission
from surveys.ballots.turnout import turnout_of
from surveys.campaigns.models import Survey
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import delete_draft, plan_of, state_of, update_draft
from surveys.inputs.problems import InputError
from surveys.questionnaires.library import load_definition
from surveys.scoring.totals import GroupTurnout, UnitTurnout
from surveys.units.importing import UnitRow
from tests.acting import (
    TESTER,
    create_account,
    create_draft,
    issue_codes,
    move_survey,
    replace_draft,
    save_questionnaire,
    store_units,
)
from tests.helpers import PASSWORD, ZONE, csrf, hand_out, one_code, post, published, survey_file, units, vote

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


def revision(page: str) -> str:
    """The number of the draft that a form was filled with."""
    return re.search(r'name="revision"[^>]* value="(\d+)"', page)[1]


class TestPages:
    """The way of a publisher through the pages."""

    FIELDS = {
        "questionnaire": "public-response",
        "slug": "spring",
        "title": "春季测评",
        "units": ["B01", "B02", "B03"],
        "groups-0-name": "学生",
        "groups-0-weight": "60",
        "groups-0-admission": "code",
        "groups-0-rates": "own_draw",
        "groups-0-draw": "1",
        "groups-1-name": "教工",
        "groups-1-weight": "40",
        "groups-1-admission": "open",
        "groups-1-rates": "list",
        "groups-1-units": "B01，B03",
        "groups-2-name": "",
        "groups-2-admission": "code",
        "groups-2-rates": "all",
        "minimum": "5",
        "trim": "share5",
        "short_group": "reweigh",
        "grades": "quality",
        "gate": "60",
        "parts": "five_goods",
        "rate_overall": "y",
    }

    def fields(self, **changes):
        now = datetime.now()
        window = {
            "opens": f"{now - timedelta(days=1):%Y-%m-%dT%H:%M}",
            "closes": f"{now + timedelta(days=3):%Y-%m-%dT%H:%M}",
        }
        return {**self.FIELDS, **window, **changes}

    @pytest.fixture
    def browser(self, staff):
        store_units([UnitRow(f"B{i:02}", f"{i}支部", "", "branch", "") for i in (1, 2, 3)])
        return staff("publisher")

    def test_a_survey_is_made_published_and_gets_codes(self, browser, app):
        assert post(browser, "/staff/surveys/new", **self.fields()).status_code == 302
        survey = Survey.get(Survey.slug == "spring")
        plan = plan_of(survey)
        assert [(g.own, g.draw, g.fixed, g.weight) for g in plan.groups] == [
            (True, 1, (), 60.0),
            (False, 0, (0, 2), 40.0),
        ]
        assert plan.rule.rate_item == "overall"
        shown = browser.get("/staff/surveys/spring/").text
        assert "约 2 分钟" in shown
        post(browser, "/staff/surveys/spring/move/publish", form_on="/staff/surveys/spring/")
        assert state_of(Survey.get_by_id(survey.id)).value == "open"
        issued = post(browser, "/staff/surveys/spring/codes", group="0", unit="each", count="4")
        assert "已发放 12 个参评码" in issued.text
        assert Admission.select().count() == 12

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

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"slug": "两个 词"}, "编号由"),
            ({"units": []}, "请选择要评价的单位"),
            ({"minimum": "0"}, "2"),
            ({"minimum": "many"}, "整数|有效|integer"),
            ({"closes": "2001-01-01T00:00"}, "结束时间须晚于"),
            ({"closes": "tomorrow"}, "日期|datetime"),
            ({"groups-0-name": "", "groups-1-name": ""}, "应有 1 至"),
            ({"groups-1-units": "X9"}, "没有单位 X9"),
            ({"questionnaire": "none"}, "选择|choice"),
            ({"title": "长" * 101}, "100"),
        ],
    )
    def test_a_mistake_is_named_and_nothing_typed_is_lost(self, browser, changes, message):
        page = post(browser, "/staff/surveys/new", **self.fields(**changes))
        assert page.status_code == 200
        assert re.search(message, page.text)
        assert 'value="教工"' in page.text or "groups-1-name" in changes
        assert Survey.select().count() == 0

    def test_a_draft_can_be_edited_and_the_form_says_what_was_saved(self, browser):
        post(browser, "/staff/surveys/new", **self.fields())
        page = browser.get("/staff/surveys/spring/edit").text
        for value in ('value="春季测评"', 'value="学生"', 'value="60.0"', 'value="B01 B03"'):
            assert value in page
        assert '<option selected value="own_draw">' in page
        assert '<option selected value="share5">' in page
        before = plan_of(Survey.get(Survey.slug == "spring"))
        post(browser, "/staff/surveys/spring/edit", **self.fields(revision=revision(page)))
        assert plan_of(Survey.get(Survey.slug == "spring")) == before
        page = browser.get("/staff/surveys/spring/edit").text
        summer = self.fields(slug="summer", title="夏季测评", revision=revision(page))
        post(browser, "/staff/surveys/spring/edit", **summer)
        assert [(s.slug, plan_of(s).title["zh"]) for s in Survey.select()] == [("summer", "夏季测评")]

    def test_of_two_who_edit_a_draft_the_second_sees_both_and_can_save_then(self, browser, app):
        post(browser, "/staff/surveys/new", **self.fields())
        other = app.test_client()
        create_account("李四", PASSWORD, Role.PUBLISHER)
        post(other, "/staff/login", name="李四", password=PASSWORD)
        opened = {name: who.get("/staff/surveys/spring/edit").text for name, who in (("me", browser), ("her", other))}
        hers = self.fields(title="李四的标题", revision=revision(opened["her"]))
        assert post(other, "/staff/surveys/spring/edit", **hers).status_code == 302
        mine = self.fields(title="我的标题", minimum="7", revision=revision(opened["me"]))
        page = post(browser, "/staff/surveys/spring/edit", **mine)
        assert page.status_code == 409
        told = re.search(r'<div class="alert"[^>]*id="conflict">.*?</table>', page.text, re.S)[0]
        assert "李四" in told
        rows = [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", told, re.S)[1:]]
        assert [row[-2:] for row in rows] == [["我的标题", "李四的标题"], ["7", "5"]]
        assert 'value="我的标题"' in page.text
        assert plan_of(Survey.get()).title["zh"] == "李四的标题"
        again = {**mine, "revision": revision(page.text)}
        assert post(browser, "/staff/surveys/spring/edit", **again).status_code == 302
        assert plan_of(Survey.get()).title["zh"] == "我的标题"

    @pytest.mark.parametrize("act", ["delete", "move", "publish"])
    def test_a_draft_that_went_away_meanwhile_loses_nothing_that_was_typed(self, browser, act):
        post(browser, "/staff/surveys/new", **self.fields())
        mine = self.fields(
            slug="mine", title="我的标题", revision=revision(browser.get("/staff/surveys/spring/edit").text)
        )
        if act == "move":
            update_draft(TESTER, "spring", Survey.get().revision, survey_file(slug="elsewhere"), ZONE)
        elif act == "delete":
            delete_draft(TESTER, "spring")
        else:
            move_survey("spring", Move.PUBLISH)
        page = post(browser, "/staff/surveys/spring/edit", form_on="/staff/surveys/new", **mine)
        assert (page.status_code, 'value="我的标题"' in page.text) == (409, True)
        assert "草稿已不在这里" in page.text
        assert 'action="/staff/surveys/new"' in page.text
        assert post(browser, "/staff/surveys/new", **mine).status_code == 302
        assert plan_of(Survey.get(Survey.slug == "mine")).title["zh"] == "我的标题"

    @pytest.mark.parametrize("nonsense", ["", "x", "-1", "9" * 30, "²"])
    def test_a_revision_that_is_none_is_a_conflict(self, browser, nonsense):
        post(browser, "/staff/surveys/new", **self.fields())
        page = post(browser, "/staff/surveys/spring/edit", **self.fields(title="改", revision=nonsense))
        assert page.status_code == 409
        assert plan_of(Survey.get()).title["zh"] == "春季测评"

    def test_a_published_survey_cannot_be_edited(self, browser):
        published()
        assert browser.get("/staff/surveys/test/edit").status_code == 404

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
