"""Writing a survey step by step: each step is saved by itself, in any order, and nothing that was typed is lost."""

import json
import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from surveys.campaigns.draft_changes import delete_draft, save_part
from surveys.campaigns.drafts import PARTS, part_digest, read_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of, state_of
from surveys.questionnaires.library import load_definition
from surveys.storage.audit import AuditEntry
from surveys.units.importing import UnitRow
from tests.acting import TESTER, create_draft, move_survey, seal, store_units
from tests.helpers import ZONE, closed, post, published, survey_file
from tests.web.staff.steps import publish, save_step, step_fields

NEW = "/staff/surveys/new"


@pytest.fixture
def office(staff):
    store_units([
        UnitRow("Z1", "机电系党总支", "", "general_branch", ""),
        *(UnitRow(f"B{i:02}", f"{i}支部", "", "branch", "Z1") for i in (1, 2, 3)),
    ])  # fmt: skip
    return staff("publisher")


@pytest.fixture
def begun(office):
    """A draft as it is begun: a ready-made questionnaire, and all else proposed."""
    answer = post(office, NEW, questionnaire="public-response")
    assert answer.status_code == 302
    return Survey.get()


def draft_of(slug="spring"):
    return read_draft(Survey.get(Survey.slug == slug))


class TestBeginning:
    def test_all_but_the_questionnaire_is_proposed(self, begun):
        draft = read_draft(begun)
        assert draft.problems == ()
        assert re.fullmatch(r"public-response-\d{4}-\d{2}", begun.slug)
        assert [unit.code for unit in draft.plan.units] == ["B01", "B02", "B03"]
        assert [(group.code, group.weight) for group in draft.plan.groups] == [("students", 50), ("staff", 50)]
        assert draft.plan.rule.rate_item == "overall"
        opens, closes = (datetime.fromtimestamp(at) for at in (begun.opens_at, begun.closes_at))
        assert (opens.weekday(), closes.weekday()) == (0, 4)
        assert opens > datetime.now()

    def test_a_second_one_gets_an_address_of_its_own(self, office, begun):
        post(office, NEW, questionnaire="public-response")
        assert sorted(survey.slug for survey in Survey.select()) == [begun.slug, f"{begun.slug}-2"]

    def test_without_units_it_begins_and_says_what_is_missing(self, staff):
        browser = staff("publisher")
        page = post(browser, NEW, questionnaire="public-response", follow_redirects=True).text
        assert "请选择要评价的单位" in page
        assert "/draft/units" in page

    def test_a_questionnaire_that_is_none_is_refused(self, office):
        assert post(office, NEW, questionnaire="none").status_code == 200
        assert not Survey.select().exists()

    def test_a_questionnaire_that_asks_once_needs_no_units(self, office):
        post(office, NEW, questionnaire="suggestions")
        assert read_draft(Survey.get()).problems == ()


class TestSteps:
    def test_each_step_opens_saves_and_leads_to_the_next(self, office, begun):
        at = begun.slug
        for part, following in zip(PARTS, [*list(PARTS)[1:], "check"], strict=True):
            answer = save_step(office, at, part)
            assert (answer.status_code, answer.location.rpartition("/")[2]) == (302, following)
        assert office.get(f"/staff/surveys/{at}/draft/check").status_code == 200

    @pytest.mark.parametrize(("go", "there"), [("rule", "draft/rule"), ("check", "draft/check"), ("survey", "")])
    def test_a_step_is_saved_on_the_way_to_another_one(self, office, begun, go, there):
        answer = save_step(office, begun.slug, "name", title="别的标题", go=go)
        assert answer.location == f"/staff/surveys/{begun.slug}/{there}"
        assert read_draft(Survey.get()).title["zh"] == "别的标题"

    def test_what_the_steps_say_is_what_is_published(self, office, begun):
        save_step(office, begun.slug, "name", title="春季测评", title_en="Spring", slug="spring", campaign="创先争优")
        save_step(office, "spring", "units", units=["B01", "B03"])
        save_step(office, "spring", "groups", **{
            "groups-0-weight": "60", "groups-0-rates": "own_draw", "groups-0-draw": "1",
            "groups-1-name": "教工", "groups-1-weight": "40", "groups-1-admission": "open", "groups-1-rates": "list",
            "groups-1-units": ["B03"], "groups-1-expected": "80",
        })  # fmt: skip
        save_step(office, "spring", "rule", preset="grading2012", minimum="7")
        now = datetime.now()
        window = {"opens": now - timedelta(days=1), "closes": now + timedelta(days=3)}
        save_step(office, "spring", "window", **{name: f"{at:%Y-%m-%dT%H:%M}" for name, at in window.items()})
        publish(office, "spring")
        survey = Survey.get()
        plan = plan_of(survey)
        assert state_of(survey).value == "open"
        assert (plan.title, plan.campaign["zh"]) == ({"zh": "春季测评", "en": "Spring"}, "创先争优")
        assert [(g.text["zh"], g.own, g.draw, g.fixed, g.weight, g.expected) for g in plan.groups] == [
            ("学生", True, 1, (), 60, None), ("教工", False, 0, (1,), 40, 80),
        ]  # fmt: skip
        assert (plan.rule.minimum, [gate.under for gate in plan.rule.gates]) == (7, [90])
        assert [part.survey for part in plan.rule.parts] == [False, True, False]

    @pytest.mark.parametrize(
        ("part", "changes", "message"),
        [
            ("name", {"slug": "two words"}, "An address is"),
            ("name", {"title": "长" * 101}, "100"),
            ("name", {"slug": ""}, "required"),
            ("window", {"closes": "2001-01-01T00:00"}, "end must be after"),
            ("window", {"closes": "tomorrow"}, "datetime"),
            ("groups", {"groups-0-weight": "many"}, "float|number"),
            ("groups", {"groups-0-code": "两 字"}, "A code is"),
            ("rule", {"minimum": "0"}, "2"),
            ("rule", {"minimum": "many"}, "integer"),
            ("questionnaire", {"questionnaire": "none"}, "choice"),
            ("units", {"units": ["X9"]}, "X9"),
        ],
    )
    def test_a_mistake_is_named_and_nothing_typed_is_lost(self, office, begun, part, changes, message):
        before = Survey.get().plan
        page = save_step(office, begun.slug, part, **changes)
        assert page.status_code == 200
        assert re.search(message, page.text)
        for name, value in changes.items():
            if name not in ("units", "questionnaire", "closes"):
                assert step_fields(page.text)[name] == value
        assert Survey.get().plan == before

    @pytest.mark.parametrize(
        ("part", "changes", "message"),
        [
            ("units", {"units": None}, "Choose the units"),
            ("groups", {"groups-0-name": "", "groups-1-name": ""}, "Say which groups"),
            ("groups", {"groups-0-weight": "0", "groups-1-weight": "0"}, "all zero"),
            ("name", {"title": "", "title_en": ""}, "no title"),
        ],
    )
    def test_what_is_still_missing_is_stored_and_named(self, office, begun, part, changes, message):
        assert save_step(office, begun.slug, part, **changes).location.endswith(f"draft/{part}")
        assert message in office.get(f"/staff/surveys/{begun.slug}/draft/{part}?lang=en").text
        assert message in office.get(f"/staff/surveys/{begun.slug}/?lang=en").text
        check = office.get(f"/staff/surveys/{begun.slug}/draft/check?lang=en").text
        assert message in check
        assert "move/publish" not in check
        assert save_step(office, begun.slug, part).status_code == 302  # it is saved again without a word

    def test_more_groups_than_one_can_count_on_two_hands(self, office, begun):
        many = {f"groups-{n}-{name}": value for n in range(12)
                for name, value in (("name", f"群体{n}"), ("admission", "code"), ("rates", "all"), ("weight", "1"))}  # fmt: skip
        save_step(office, begun.slug, "groups", **many)
        assert len(draft_of(begun.slug).plan.groups) == 12

    def test_groups_keep_their_codes_and_new_ones_get_codes_of_their_own(self, office, begun):
        save_step(office, begun.slug, "groups", **{
            "groups-0-name": "", "groups-1-name": "全体教职工", "groups-2-name": "学生", "groups-2-admission": "code",
            "groups-2-rates": "all", "groups-3-name": "离退休", "groups-3-admission": "code", "groups-3-rates": "all",
        })  # fmt: skip
        codes = [(group.code, group.text["zh"]) for group in draft_of(begun.slug).plan.groups]
        assert codes == [("staff", "全体教职工"), ("students", "学生"), ("g1", "离退休")]

    def test_what_a_survey_file_says_and_no_form_shows_stays(self, office):
        groups = [
            {"code": "a", "name": {"zh": "甲"}, "own": True, "units": ["B01"], "draw": 1, "draw_from": ["B02", "B03"]}
        ]
        rule = {"decimals": 1, "trim": {"drop_ends": 2}, "gates": [{"turnout_under": 10, "cap": 1}], "seed": 7,
                "quotas": [{"at_most": 0.2, "grade": 0}]}  # fmt: skip
        create_draft(survey_file(groups=groups, rule=rule, stage={"zh": "阶段", "en": "Stage"}), ZONE)
        before = draft_of("test")
        assert before.problems == ()
        for part in PARTS:
            assert save_step(office, "test", part).status_code == 302
        after = draft_of("test")
        assert after.plan == before.plan

    def test_rows_that_would_count_for_nothing_are_refused_and_kept(self, office, begun):
        page = save_step(office, begun.slug, "rule", **{"preset": "plain", "gates-0-under": "80"})
        assert "count only in a rule of your own" in page.text
        assert step_fields(page.text)["gates-0-under"] == "80"
        assert save_step(office, begun.slug, "rule", preset="own", grades="own").status_code == 200
        assert save_step(office, begun.slug, "rule", preset="grading2012").status_code == 302
        assert save_step(office, begun.slug, "rule", preset="plain").status_code == 302  # its limit was nobody's typing
        assert draft_of(begun.slug).plan.rule.gates == ()


class TestTwoPersons:
    def test_two_who_work_on_different_steps_do_not_meet(self, office, begun):
        seen = part_digest(begun, "name")
        save_step(office, begun.slug, "units", units=["B01"])
        save_part(TESTER, begun.slug, "name", {"title": {"zh": "新"}}, seen, ZONE)
        assert [unit.code for unit in draft_of(begun.slug).plan.units] == ["B01"]

    def test_of_two_in_one_step_the_second_sees_both_and_can_save_then(self, office, begun):
        seen = part_digest(begun, "name")
        save_part(TESTER, begun.slug, "name", {"title": {"zh": "她的标题"}}, seen, ZONE)
        page = save_step(office, begun.slug, "name", seen=seen, title="我的标题")
        assert page.status_code == 409
        conflict = page.text[page.text.index('id="conflict"') :]
        assert "tester" in conflict
        assert conflict.index("我的标题") < conflict.index("她的标题")
        assert step_fields(page.text)["title"] == "我的标题"
        assert draft_of(begun.slug).title["zh"] == "她的标题"
        again = office.post(f"/staff/surveys/{begun.slug}/draft/name", data=step_fields(page.text))
        assert again.status_code == 302
        assert draft_of(begun.slug).title["zh"] == "我的标题"

    @pytest.mark.parametrize("part", ["groups", "rule", "window", "units"])
    def test_the_difference_is_shown_for_every_step(self, office, begun, part):
        changes = {"groups": {"groups-0-name": "本科生"}, "rule": {"minimum": "9"}, "units": {"units": ["B02"]},
                   "window": {"grace_minutes": "30"}}[part]  # fmt: skip
        page = save_step(office, begun.slug, part, seen="0" * 16, **changes)
        assert page.status_code == 409
        assert re.search("本科生|>9<|2支部|>30<", page.text[page.text.index('id="conflict"') :])

    @pytest.mark.parametrize("act", ["delete", "move", "publish"])
    def test_a_draft_that_went_away_meanwhile_shows_what_was_typed(self, office, begun, act):
        fields = {**step_fields(office.get(f"/staff/surveys/{begun.slug}/draft/name").text), "title": "我的标题"}
        if act == "delete":
            delete_draft(TESTER, begun.slug)
        elif act == "publish":
            move_survey(begun.slug, Move.PUBLISH)
        else:
            save_part(TESTER, begun.slug, "name", {"slug": "elsewhere"}, part_digest(begun, "name"), ZONE)
        page = office.post(f"/staff/surveys/{begun.slug}/draft/name?lang=zh", data=fields)
        assert (page.status_code, "我的标题" in page.text) == (409, True)
        assert "草稿已不在这里" in page.text

    def test_a_published_survey_has_no_steps(self, office):
        published()
        for part in PARTS:
            assert office.get(f"/staff/surveys/test/draft/{part}").status_code == 404
        assert office.get("/staff/surveys/test/draft/nonsense").status_code == 404
        assert office.get("/staff/surveys/test/draft/check").status_code == 302

    def test_each_save_is_in_the_audit_trail_with_its_step(self, office, begun):
        save_step(office, begun.slug, "units", units=["B01"])
        assert AuditEntry.select().order_by(AuditEntry.id.desc()).first().about == f"{begun.slug}: units"


class TestCheck:
    @pytest.mark.parametrize(
        ("changes", "doubt"),
        [
            ({"groups": [{"code": "a", "name": "学生", "weight": 1, "expected": 9}, {"code": "b", "name": "教工", "weight": 0}]},
             "no weight"),
            ({"groups": [{"code": "a", "name": "学生"}]}, "number of people is not given"),
            ({"groups": [{"code": "a", "name": "学生", "admission": "open", "expected": 9}]}, "open link"),
            ({"groups": [{"code": "a", "name": "学生", "expected": 4}, {"code": "b", "name": "教工", "expected": 90}]},
             "fewer people"),
            ({"closes": datetime.now() + timedelta(hours=23)}, "less than a day"),
            ({"closes": datetime.now() + timedelta(days=90)}, "more than 60 days"),
        ],
    )  # fmt: skip
    def test_what_is_unusual_is_said_and_can_be_published(self, staff, changes, doubt):
        create_draft(survey_file(**{"opens": datetime.now(), **changes}), ZONE)
        page = staff("publisher").get("/staff/surveys/test/draft/check?lang=en").text
        assert doubt in page[page.index('id="doubts"') :]
        assert 'id="faults"' not in page
        assert "move/publish" in page

    def test_a_long_ballot_is_named_with_its_minutes(self, office):
        store_units([UnitRow(f"C{i:02}", f"丙{i}支部", "", "branch", "") for i in range(24)])
        units = [f"C{i:02}" for i in range(24)]
        create_draft(survey_file(units=units, questionnaire="public-response"), ZONE)
        assert re.search(r"about \d+ minutes", office.get("/staff/surveys/test/draft/check?lang=en").text)

    def test_a_draft_with_nothing_unusual_says_so(self, office, begun):
        save_step(office, begun.slug, "groups", **{f"groups-{n}-expected": "900" for n in (0, 1)})
        page = office.get(f"/staff/surveys/{begun.slug}/draft/check?lang=en").text
        assert "nothing is unusual" in page


class TestExample:
    def example(self, office, slug, **changes):
        fields = {**step_fields(office.get(f"/staff/surveys/{slug}/draft/rule").text), **changes}
        page = office.post(f"/staff/surveys/{slug}/draft/rule/example?lang=en", data=fields).text
        return [re.sub(r"<[^>]+>", " ", row).split() for row in re.findall(r"<tr>(.*?)</tr>", page, re.S)[1:]]

    def test_it_is_scored_by_the_rule_in_the_form(self, office, begun):
        plain = self.example(office, begun.slug, preset="plain")
        careful = self.example(office, begun.slug, preset="own", trim="drop_ends")
        # The first unit has five times the best, once the second and once the worst: (5·100 + 80 + 0) / 7 and 480 / 5.
        assert plain[0][2] == "82.86"
        assert careful[0][2] == "96.00"

    def test_a_gate_is_seen_in_it(self, office, begun):
        rows = self.example(office, begun.slug, preset="grading2012")
        assert any("lowered" in row for row in rows)

    def test_a_rule_that_cannot_be_read_has_none(self, office, begun):
        assert self.example(office, begun.slug, minimum="0") == []
        post(office, NEW, questionnaire="suggestions")
        slug = Survey.get(Survey.slug.startswith("suggestions")).slug
        assert self.example(office, slug) == []


class TestNextRound:
    def test_two_clicks_from_the_last_round(self, office):
        whole = datetime.now(ZoneInfo(ZONE)).replace(second=0, microsecond=0)
        published(
            units=["B01", "B02"], questionnaire="public-response", opens=whole, closes=whole + timedelta(hours=30)
        )
        page = office.get(NEW).text
        assert "/staff/surveys/test/again" in page
        post(office, "/staff/surveys/test/again", form_on=NEW)
        draft = draft_of("test-2")
        last = Survey.get(Survey.slug == "test")
        assert draft.problems == ()
        assert draft.plan.groups == plan_of(last).groups
        assert draft.plan.rule == plan_of(last).rule
        assert draft.data["questionnaire"] == "public-response"
        length = draft.survey.closes_at - draft.survey.opens_at
        assert length == last.closes_at - last.opens_at == 30 * 3600

    def test_of_a_round_that_was_closed_by_hand_the_window_is_proposed_anew(self, office):
        whole = datetime.now(ZoneInfo(ZONE)).replace(second=0, microsecond=0)
        survey = published(
            units=["B01"], questionnaire="public-response", opens=whole, closes=whole + timedelta(hours=30)
        )
        Survey.update(closes_at=survey.opens_at + 481).where(Survey.id == survey.id).execute()
        post(office, "/staff/surveys/test/again", form_on=NEW)
        draft = draft_of("test-2").survey
        assert draft.closes_at - draft.opens_at == (4 * 24 + 14) * 3600

    def test_of_a_sealed_survey_too_and_units_that_are_gone_are_named(self, office):
        closed(published(units=["B01", "B02"], questionnaire="public-response"))
        seal("test")
        from surveys.campaigns.drafts import delete_unit

        delete_unit(TESTER, "B02")
        page = post(office, "/staff/surveys/test/again", form_on=NEW, follow_redirects=True).text
        assert "B02" in page
        assert [unit.code for unit in draft_of("test-2").plan.units] == ["B01"]

    def test_where_the_questionnaire_changed_the_draft_asks_what_was_asked(self, office):
        from tests.acting import save_questionnaire

        published(units=["B01"], questionnaire="public-response")
        changed = json.loads(json.dumps(load_definition("public-response")))
        changed["title"] = {"zh": "改"}
        save_questionnaire(changed)
        post(office, "/staff/surveys/test/again", form_on=NEW)
        draft = draft_of("test-2")
        assert draft.questionnaire.title["zh"] != "改"
        page = office.get("/staff/surveys/test-2/draft/questionnaire?lang=en").text
        assert "as this draft brought it along" in page
        save_step(office, "test-2", "questionnaire", questionnaire="public-response")
        assert draft_of("test-2").questionnaire.title["zh"] == "改"
