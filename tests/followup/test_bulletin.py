"""The committee's bulletin: what is published, what is withdrawn, and what everybody reads."""

from __future__ import annotations

import lxml.html
import pytest

from surveys.followup import actions, treatment
from surveys.followup.bulletin import BEFORE, Part, publication_of, publish_bulletin, withdraw_bulletin
from surveys.inputs.problems import InputError
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.evaluation.signing import sign
from surveys.results.models import StoredResult
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.unit_of_work import Actor
from tests.acting import TESTER
from tests.followup.sealed import numbers, sealed_with
from tests.helpers import post, published
from tests.results.evaluating import begun, member, now, type_points
from tests.results.test_what_committees_sign import INVALID, report, sealed

STAFF = "/staff/surveys/test/bulletin/"
PUBLIC = "/s/test/bulletin?lang=zh"
SCORE = "100.00"


def visible(page: str) -> str:
    return " ".join(lxml.html.fromstring(page).find(".//main").text_content().split())


def words_of(client, lang="zh") -> str:
    return visible(client.get(f"/s/test/bulletin?lang={lang}").text)


class TestPublishing:
    def test_before_it_turnout_is_public_and_no_score(self, any_app):
        survey = sealed(level=1)
        assert publication_of(survey.id).parts == BEFORE
        assert not publication_of(survey.id).stands
        words = words_of(any_app.test_client())
        assert "16 份答卷" in words
        assert SCORE not in words

    def test_the_chosen_parts_are_shown_and_no_other(self, any_app):
        survey, client = sealed(students=8, staff=8, level=1, staff_level=1), any_app.test_client()
        marks = {Part.WINDOW: "开放", Part.TURNOUT: "教职工", Part.METHOD: "计分方法", Part.RANKING: SCORE,
                 Part.REMARKS: "意见", Part.ACTIONS: "您的反映", Part.EVALUATION: "综合评定"}  # fmt: skip
        digest = StoredResult.get_by_id(survey.id).digest
        for part in Part:
            publish_bulletin(TESTER, "test", [part])
            words = words_of(client)
            assert digest in words
            assert SCORE in words if part is Part.RANKING else SCORE not in words
            assert ("计分方法" in words) is (part is Part.METHOD)
            assert marks[part] in words

    def test_you_said_we_did_tells_checked_actions_with_a_public_answer_only(self, client):
        survey = sealed(students=8, staff=8, level=1, staff_level=1)
        publish_bulletin(TESTER, "test", [Part.ACTIONS])
        assert "尚无已办结并核实的事项" in words_of(client)
        fields = [("公布办事时限", "checked", "已张贴"), ("修网络", "done", "修好了"), ("开放教室", "checked", "")]
        for body, state, answer in fields:
            action = actions.add_action(TESTER, "test", 1, actions.ActionFields(body, "2026-12-31"))
            for step in ("under_way", "done", state):
                actions.answer_action(
                    TESTER, "test", action.id, actions.ActionAnswer(step, evidence="照片", answer=answer)
                )
        words = words_of(client)
        assert "公布办事时限" in words
        assert "已张贴" in words
        assert "修网络" not in words
        assert "开放教室" not in words
        assert actions.answered_actions(survey.id, with_figures=False)[0].body == "公布办事时限"

    def test_figures_of_low_scores_are_told_with_the_ranking_only(self, client):
        survey = sealed(students=8, staff=8, level=4, staff_level=4)
        gettext = gettext_of(load_translations("zh"))
        actions.add_low_figures(TESTER, "test", "2026-12-31", "zh", gettext)
        for action in actions.actions_of(survey.id):
            for state in ("under_way", "done", "checked"):
                actions.answer_action(
                    TESTER, "test", action.id, actions.ActionAnswer(state, evidence="照片", answer="已整改")
                )
        publish_bulletin(TESTER, "test", [Part.ACTIONS])
        assert "0.00" not in words_of(client)
        publish_bulletin(TESTER, "test", [Part.ACTIONS, Part.RANKING])
        assert "得分为 0.00" in words_of(client)

    @pytest.mark.parametrize(
        ("days", "taken"), [("７", True), (" 7 ", True), ("5.5", False), ("abc", False), ("-3", False), ("100", False)]
    )
    def test_the_notice_period_is_refused_rather_than_guessed(self, staff, days, taken):
        survey = sealed(level=1)
        post(staff("committee"), STAFF + "publish", form_on=STAFF, part="window", days=days)
        assert publication_of(survey.id).stands is taken
        if taken:
            assert publication_of(survey.id).objections_until

    def test_the_evaluation_is_told_once_two_have_signed_it(self, client):
        survey = begun()
        type_points(survey, "95", "92.5", "80")
        publish_bulletin(TESTER, "test", [Part.EVALUATION])
        words = words_of(client)
        assert "综合评定尚未签字" in words
        assert "总分" not in words
        for name in ("Zhao", "Qian"):
            member(name)
            sign(Actor(name), "test", name)
        words, signed = words_of(client), now(survey)
        assert signed.stored.digest in words
        for unit, found in zip(signed.plan.units, signed.composite.units, strict=True):
            assert (
                f"{found.rank}. {unit.text['zh']} · {signed.grade_name(found.grade, 'zh')} 总分 {found.printed}"
                in words
            )

    def test_published_remarks_stand_in_it_with_names_masked(self, client):
        survey = sealed_with("希望多开放图书馆", "王主任态度不好", ballots=6)
        (first,) = numbers(survey, "希望多开放图书馆")
        treatment.publish_remarks(TESTER, "test", [first], names_checked=True)
        publish_bulletin(TESTER, "test", [Part.REMARKS])
        words = words_of(client)
        assert "希望多开放图书馆" in words
        assert "王主任" not in words

    def test_the_ranking_is_that_of_the_result(self, client):
        sealed(level=[1, 2, 3, 4, 1, 2, 3, 4])
        publish_bulletin(TESTER, "test", Part)
        words, found = words_of(client), report()
        for unit in found.order:
            assert f"{found.result.rank[unit]}. {found.plan.units[unit].text['zh']}" in words
            assert found.figure(found.result.score[unit]) in words
            assert found.rate(found.result.rate[unit]) in words

    def test_what_is_withheld_stays_withheld(self, client):
        sealed(students=3, staff=2, rule={"minimum": 5})
        publish_bulletin(TESTER, "test", Part)
        words = words_of(client)
        assert words.count("n < 5") >= 3
        assert SCORE not in words

    def test_a_result_that_is_not_valid_says_so(self, client):
        groups = [{"code": "all", "name": "师生", "admission": "open", "expected": 100, "required_turnout": 90}]
        sealed(students=8, staff=0, groups=groups, rule={"minimum": 5, "turnout_required": True})
        publish_bulletin(TESTER, "test", [Part.RANKING])
        assert INVALID in words_of(client)

    def test_only_what_is_sealed_and_only_with_a_part(self, app):
        published()
        with pytest.raises(InputError):
            publish_bulletin(TESTER, "test", Part)
        sealed(slug="done")
        with pytest.raises(InputError):
            publish_bulletin(TESTER, "done", [])
        assert AuditEntry.select().where(AuditEntry.action == Action.PUBLISH_BULLETIN.value).count() == 0


class TestWithdrawing:
    def test_it_leaves_the_reason_digests_and_receipts(self, any_app):
        survey, client = sealed(level=1, staff_level=1), any_app.test_client()
        publish_bulletin(TESTER, "test", Part)
        withdraw_bulletin(TESTER, "test", "等级有误")
        words = words_of(client)
        assert "等级有误" in words
        assert SCORE not in words
        assert "16 份答卷" not in words
        assert StoredResult.get_by_id(survey.id).digest in words
        assert client.get("/s/test/receipts.txt").status_code == 200

    def test_it_takes_a_reason_and_a_bulletin(self, app):
        sealed()
        with pytest.raises(InputError):
            withdraw_bulletin(TESTER, "test", "nothing is published")
        publish_bulletin(TESTER, "test", Part)
        with pytest.raises(InputError):
            withdraw_bulletin(TESTER, "test", "  ")
        with pytest.raises(InputError):
            withdraw_bulletin(TESTER, "test", "x" * 121)

    def test_published_again_it_is_there_again(self, client):
        survey = sealed()
        publish_bulletin(TESTER, "test", Part)
        withdraw_bulletin(TESTER, "test", "等级有误")
        publish_bulletin(TESTER, "test", [Part.WINDOW])
        assert publication_of(survey.id).stands
        assert "等级有误" not in words_of(client)


class TestThePageOfTheCommittee:
    def test_it_previews_publishes_and_withdraws(self, staff, client):
        sealed(level=1, staff_level=1)
        browser = staff("committee")
        assert "还没有公示" in browser.get(f"{STAFF}?lang=zh").text
        page = browser.get(f"{STAFF}?part=ranking&part=turnout")
        assert 'src="/staff/surveys/test/bulletin/preview?part=turnout&amp;part=ranking"' in page.text
        preview = browser.get(f"{STAFF}preview?part=ranking")
        assert SCORE in visible(preview.text)
        assert "frame-ancestors 'self'" in preview.headers["Content-Security-Policy"]
        assert SCORE not in words_of(client), "a preview publishes nothing"
        post(browser, f"{STAFF}publish", form_on=STAFF + "?part=ranking", part=["ranking", "turnout"])
        assert SCORE in words_of(client)
        post(browser, f"{STAFF}withdraw", form_on=STAFF, reason="复核")
        assert "复核" in words_of(client)
        entries = [
            (entry.action, entry.about) for entry in AuditEntry.select() if "bulletin" in entry.action
        ]  # fmt: skip
        assert entries == [
            (Action.PUBLISH_BULLETIN, "test: turnout ranking"), (Action.WITHDRAW_BULLETIN, "test: 复核"),
        ]  # fmt: skip

    def test_the_audit_trail_names_the_parts_in_the_language_of_the_reader(self, staff):
        sealed()
        publish_bulletin(TESTER, "test", [Part.WINDOW, Part.RANKING])
        page = visible(staff("administrator").get("/staff/audit?lang=zh").text)
        assert "test 评议的起止时间、排名（含得分和等级）" in page

    def test_before_the_seal_there_is_none(self, staff):
        published()
        browser = staff("committee")
        assert browser.get(STAFF).status_code == 404
        assert browser.get(f"{STAFF}preview?part=ranking").status_code == 404

    def test_the_public_page_sets_no_cookie(self, client):
        sealed()
        publish_bulletin(TESTER, "test", Part)
        assert "Set-Cookie" not in client.get("/s/test/bulletin?lang=en").headers


def test_bulletins_by_command(app, runner, client):
    sealed(level=1, staff_level=1)
    assert "nothing" in runner.invoke(args=["bulletin", "show", "test"]).output
    assert runner.invoke(args=["bulletin", "publish", "test", "--part", "ranking"]).exit_code == 0
    assert SCORE in words_of(client)
    assert runner.invoke(args=["bulletin", "show", "test"]).output.startswith("ranking\t")
    assert runner.invoke(args=["bulletin", "withdraw", "test", "--reason", "x"]).exit_code == 0
    assert "withdrawn" in runner.invoke(args=["bulletin", "show", "test"]).output
    assert runner.invoke(args=["bulletin", "withdraw", "test", "--reason", "x"]).exit_code == 1
