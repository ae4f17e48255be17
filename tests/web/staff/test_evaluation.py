"""The pages of the committee's evaluation, and the one on which a unit hands in its own score."""

import html
import io
import re

import lxml.html
import openpyxl
import pytest

from surveys.results.evaluation.entries import begin_evaluation
from surveys.results.evaluation.models import Evaluation
from surveys.results.evaluation.overview import overview_of, revision_of
from surveys.results.evaluation.scheme import preset
from tests.helpers import PASSWORD, csrf, post, published
from tests.results.evaluating import TESTER, begun, member, sealed, type_points
from tests.results.test_evaluation import CHECK, OWN, TYPED

PAGE = "/staff/surveys/test/evaluation"
POINTS = f"{PAGE}/points"


@pytest.fixture
def committee(app, staff):
    return staff("committee")


def text_of(answer):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text)))


def test_before_the_seal_there_is_no_page(app, committee):
    published()
    assert committee.get(PAGE).status_code == 404


def test_it_begins_with_a_preset_and_shows_what_is_missing(committee):
    survey = sealed()
    page = post(committee, f"{PAGE}/begin", form_on=PAGE, preset="by_source", follow_redirects=True)
    assert page.status_code == 200
    assert overview_of(survey).scheme.source("check").weight == 50
    assert "还有 3 个单位缺少分数" in text_of(page)
    assert all(f'href="{PAGE}/{part}"' in page.text for part in ("points", "table", "links"))
    assert "总体 · 考核组评价" in text_of(page)


def test_judges_are_named_when_it_begins(committee):
    survey = sealed()
    post(committee, f"{PAGE}/begin", form_on=PAGE, preset="judges2025", judges="王\n\n李")
    assert overview_of(survey).scheme.source("judges").judges == ("王", "李")


def test_a_scheme_of_ones_own_is_stored_from_its_form(committee):
    survey = sealed()
    page = committee.get(f"{PAGE}/scheme?preset=indicators2012")
    assert page.text.count("上级评价") >= 8
    fields = {
        "s0-zh": "考核组", "s0-weight": "60", "s0-kind": "typed", "s1-zh": "测评", "s1-weight": "40", "s1-kind": "survey",
        "c0-zh": "工作", "c0-max": "70", "c1-zh": "群众", "c1-max": "３０", "c1-uses": "s2", "grades": "grading2012", "t0": "90", "t1": "75", "t2": "60", "gate": "90", "quota": "at_least", "share": "15",
    }  # fmt: skip
    post(committee, f"{PAGE}/scheme", **fields)
    scheme = overview_of(survey).scheme
    assert [(one.maximum, one.uses) for one in scheme.criteria] == [(70, ()), (30, ("s2",))]
    assert [(grade.name["zh"], grade.at) for grade in scheme.grades] == [
        ("好", 90),
        ("较好", 75),
        ("一般", 60),
        ("较差", 0),
    ]
    assert (scheme.gates[0].under, scheme.quotas[0].share, scheme.quotas[0].kind) == (90, 0.15, "at_least")


def test_what_is_wrong_with_a_scheme_is_said_at_its_row_and_what_was_typed_stays(committee):
    sealed()
    answer = post(
        committee, f"{PAGE}/scheme", **{"s0-zh": "考核组", "s0-weight": "x", "s0-kind": "typed", "c0-zh": "工作"}
    )
    assert answer.status_code == 422
    assert "来源 1" in text_of(answer)
    assert 'value="考核组"' in answer.text


def test_a_small_share_is_shown_as_it_is_typed(committee):
    begun({**TYPED, "quotas": [{"at_most": 0.00000001, "grade": 0}]})
    shown = lxml.html.fromstring(committee.get(f"{PAGE}/scheme").text).xpath('//input[@name="share"]/@value')
    assert shown == ["0.000001"]


@pytest.mark.parametrize(
    "quotas, said", [([{"at_most": 0.2, "grade": 0}], False), ([{"at_most": 0.2, "grade": 1}], True)]
)
def test_the_form_of_a_scheme_says_what_it_cannot_show(committee, quotas, said):
    begun({**TYPED, "quotas": quotas})
    assert ("表单无法显示" in committee.get(f"{PAGE}/scheme").text) == said


def test_points_of_all_units_are_typed_into_a_grid(committee):
    survey = begun()
    fields = {"B01/overall/own": "95", "B01/overall/check": "92.5", "B02/overall/check": "80"}
    post(committee, POINTS, **fields, reason="考核表", revision="0")
    now = overview_of(survey)
    assert [now.entry(0, column).points for column in (OWN, CHECK)] == ["95", "92.5"]
    assert now.entry(0, CHECK).changed_by == "committee-1"
    assert "92.5" in committee.get(PAGE).text


def test_faults_are_named_with_unit_and_cell_and_what_was_typed_stays(committee):
    begun()
    assert post(committee, POINTS, **{"B01/overall/check": "50"}, revision="9" * 30).status_code in (302, 422)
    answer = post(committee, POINTS, **{"B01/overall/check": "120", "B02/overall/check": "good"}, revision="0")
    assert answer.status_code == 422
    assert all(word in answer.text for word in ("B01/overall/check", "B02/overall/check", 'value="120"'))


def test_two_members_never_overwrite_each_other_silently(committee):
    survey = begun()
    seen = revision_of(survey.id)
    post(committee, f"{POINTS}/B01", **{"B01/overall/check": "90"}, revision=str(seen))
    answer = post(committee, f"{POINTS}/B01", **{"B01/overall/check": "70"}, reason="x", revision=str(seen))
    assert (answer.status_code, "90" in text_of(answer)) == (422, True)
    assert overview_of(survey).entry(0, CHECK).points == "90"


def test_one_unit_follows_another_and_shows_its_history(committee):
    begun()
    answer = post(committee, f"{POINTS}/B01", **{"B01/overall/check": "90"}, revision="0", next="1")
    assert answer.headers["Location"].endswith("/points/B02")
    assert all(word in text_of(committee.get(f"{POINTS}/B01")) for word in ("committee-1", "90"))


def filled_in(committee, **cells):
    book = openpyxl.load_workbook(io.BytesIO(committee.get(f"{PAGE}/table/template.xlsx").data))
    for cell, value in cells.items():
        book.active[cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def upload(committee, data):
    fields = {"csrf_token": csrf(committee, f"{PAGE}/table"), "reason": "考核表", "file": (io.BytesIO(data), "p.xlsx")}
    return committee.post(f"{PAGE}/table", data=fields, content_type="multipart/form-data")


def test_a_table_is_previewed_and_then_imported(committee):
    survey = begun()
    page = upload(committee, filled_in(committee, D2=91)).text
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
    assert overview_of(survey).entry(0, CHECK) is None
    committee.post(f"{PAGE}/table/import", data=hidden)
    assert (overview_of(survey).entry(0, CHECK).points, overview_of(survey).entry(0, CHECK).reason) == ("91", "考核表")


def test_faults_of_a_table_are_listed_with_row_and_column(committee):
    begun()
    answer = upload(committee, filled_in(committee, D2="好"))
    assert answer.status_code == 422
    assert "总体 · 考核组评价" in answer.text


class TestOwnScore:
    @pytest.fixture
    def link(self, app, committee):
        begun()
        post(committee, f"{PAGE}/links", until="2099-12-31T17:00")
        page = post(committee, f"{PAGE}/links/make", form_on=f"{PAGE}/links", unit="B01").text
        return re.search(r"/own-score/[\w-]+", page)[0]

    def test_a_unit_hands_in_without_an_account(self, app, committee, link):
        unit = app.test_client()
        assert "第1党支部" in unit.get(link).text
        answer = post(unit, link, **{"points-overall": "95.5", "reason-overall": "全年总结"})
        assert (answer.status_code, "已提交" in text_of(answer)) == (200, True)
        page = text_of(committee.get(f"{PAGE}/links"))
        assert all(word in page for word in ("95.5", "已提交"))

    def test_faults_stay_on_the_page_with_what_was_typed(self, app, link):
        answer = post(app.test_client(), link, **{"points-overall": "101", "reason-overall": "全年总结"})
        assert (answer.status_code, 'value="101"' in answer.text, "全年总结" in answer.text) == (422, True, True)

    def test_guessing_links_is_slowed_down(self, app, link):
        app.config["WRONG_CODES_PER_MINUTE"] = 20
        answers = {app.test_client().get(f"/own-score/{number}").status_code for number in range(100)}
        assert answers == {404, 429}

    def test_links_come_as_a_table_and_are_revoked(self, app, committee, link):
        table = post(committee, f"{PAGE}/links/make", form_on=f"{PAGE}/links", unit="B02", csv="1").data.decode(
            "utf-8-sig"
        )
        assert re.search(r"B02,第2党支部,http\S+/own-score/", table)
        post(committee, f"{PAGE}/links/revoke/B01", form_on=f"{PAGE}/links")
        assert app.test_client().get(link).status_code == 404

    def test_each_state_is_said_alone(self, app, committee, link):
        unit = app.test_client()
        over, signed = "自评时间已过", "综合评定已签字"
        page = text_of(unit.get(link))
        assert over not in page
        assert signed not in page
        Evaluation.update(own_until=1.0).execute()
        page = text_of(unit.get(link))
        assert over in page
        assert signed not in page
        Evaluation.update(digest="0" * 64, first_signer="a", second_signer="b").execute()
        page = text_of(unit.get(link))
        assert over not in page
        assert signed in page


class TestSigning:
    @pytest.fixture
    def survey(self, app):
        survey = begun(TYPED)
        type_points(survey, "38", "37", "36")
        return survey

    def test_the_cut_is_decided_by_the_committee_and_two_members_sign(self, app, committee, survey):
        text = text_of(committee.get(PAGE))
        assert "第1党支部" in text
        post(committee, f"{PAGE}/decide/0", form_on=PAGE, unit="B01", reason="表决")
        self.signed_by(committee)
        assert overview_of(survey).stored.first_signer == "committee-1"
        member("zhao")
        other = app.test_client()
        post(other, "/staff/login", name="zhao", password=PASSWORD)
        self.signed_by(other)
        now = overview_of(survey)
        page = committee.get(PAGE)
        assert now.is_signed
        assert now.stored.digest in page.text
        assert "discard" not in page.text
        assert "readonly" in committee.get(POINTS).text
        checked = post(committee, f"{PAGE}/verify", form_on=PAGE, follow_redirects=True)
        assert "与签字时一致" in text_of(checked)

    @pytest.mark.parametrize(
        "seen", [{}, {"seen": ""}, {"seen": "0" * 64}], ids=["left out", "empty", "of another state"]
    )
    def test_only_what_the_page_showed_is_signed(self, committee, survey, seen):
        post(committee, f"{PAGE}/decide/0", form_on=PAGE, unit="B01", reason="表决")
        post(committee, f"{PAGE}/sign", form_on=PAGE, **seen)
        assert overview_of(survey).stored.first_signer == ""

    def signed_by(self, browser):
        seen = re.search(r'name="seen" value="(\w+)"', browser.get(PAGE).text)[1]
        assert post(browser, f"{PAGE}/sign", form_on=PAGE, seen=seen).status_code == 302

    def test_whoever_publishes_surveys_cannot_sign(self, staff, survey):
        publisher = staff("publisher")
        assert post(publisher, f"{PAGE}/sign", form_on=PAGE).status_code == 403

    def test_it_is_discarded_after_a_confirmation(self, committee, survey):
        assert "data-confirm" in committee.get(PAGE).text
        post(committee, f"{PAGE}/discard", form_on=PAGE)
        begin_evaluation(TESTER, "test", preset("by_source"))
        assert overview_of(survey).entries == {}
