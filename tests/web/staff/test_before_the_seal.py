"""Figures are honest before they are final: what is missing is said before the seal, and what a turnout is a share of."""

import re

import pytest

from surveys.ballots.turnout import turnout_of
from surveys.campaigns.models import Survey
from surveys.campaigns.people import set_people
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.before_seal import seal_warnings
from surveys.results.method import turnout_notes
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.storage.audit import Action, AuditEntry
from tests.acting import TESTER, create_draft, issue_codes, move_survey, seal
from tests.helpers import ZONE, closed, post, published, survey_file, vote

SEAL, PEOPLE = "/staff/surveys/test/seal", "/staff/surveys/test/people"


def groups(students=60, staff=40, **more):
    return [
        {"code": "students", "name": {"zh": "学生", "en": "Students"}, "weight": students, "admission": "code", **more},
        {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "weight": staff, "admission": "open"},
    ]


def filled(students: int, staff: int, **changes):
    survey = published(**{"groups": groups(), **changes})
    for group, count in enumerate((students, staff)):
        for _ in range(count):
            vote(survey, group)
    return closed(survey)


def warnings(survey) -> str:
    plan = plan_of(survey)
    return " | ".join(
        " ".join(problem.text() for problem in warning) for warning in seal_warnings(plan, turnout_of(survey.id, plan))
    )


class TestWarnings:
    @pytest.mark.parametrize(
        ("students", "staff", "short_group", "said"),
        [
            (0, 0, "reweigh", ["There are no ballots", "No unit will have a score"]),
            (
                0,
                6,
                "reweigh",
                ["Students, which has 60.00 % of the weight, has sent no ballots", "from the other groups"],
            ),
            (0, 6, "no_score", ["has sent no ballots", "will have no score"]),
            (4, 6, "reweigh", ["has sent 4 ballots, fewer than the 5", "from the other groups"]),
            (4, 0, "reweigh", ["Students", "Staff", "No unit will have a score"]),
        ],
    )
    def test_a_group_without_enough_ballots_is_named_with_its_weight(self, app, students, staff, short_group, said):
        survey = filled(students, staff, rule={"minimum": 5, "short_group": short_group})
        for words in said:
            assert words in warnings(survey), words

    def test_nothing_is_said_where_every_group_has_enough(self, app):
        assert warnings(filled(5, 5)) == ""

    def test_a_group_that_counts_in_no_score_is_named_only_where_its_few_figures_are_withheld(self, app):
        assert warnings(filled(5, 0, groups=groups(100, 0))) == ""
        other = filled(5, 3, slug="other", groups=groups(100, 0))
        assert "Staff: 3 ballots, fewer than the 5" in warnings(other)

    def test_the_page_asks_for_a_second_tick(self, staff):
        survey = filled(0, 6)
        browser = staff("publisher")
        page = browser.get(f"{SEAL}?lang=en").text
        assert 'id="aware"' in page
        assert "has sent no ballots" in page
        assert "has sent no ballots" in browser.get("/staff/surveys/test/").text
        assert "Tick this box, too." in post(browser, SEAL, sure="y").text
        assert Survey.get_by_id(survey.id).state != "sealed"
        assert post(browser, SEAL, sure="y", aware="y").status_code == 302
        assert Survey.get_by_id(survey.id).state == "sealed"

    def test_the_page_asks_for_one_tick_where_nothing_is_missing(self, staff):
        filled(5, 5)
        browser = staff("publisher")
        assert 'id="aware"' not in browser.get(SEAL).text
        assert post(browser, SEAL, sure="y").status_code == 302
        assert Survey.get().state == "sealed"

    def test_the_command_says_it_too(self, app, runner):
        filled(0, 6)
        done = runner.invoke(args=["survey", "seal", "test"])
        assert "which has 60.00 % of the weight, has sent no ballots" in done.stderr


class TestTurnout:
    def test_a_turnout_of_codes_issued_says_so_and_revoking_raises_it(self, app, staff):
        survey = published(groups=groups())
        issue_codes(survey, app.config["CODE_KEY"], 0, 120)
        page = staff("publisher").get("/staff/surveys/test/?lang=en").text
        assert "of 120 codes issued" in page
        assert 'href="/staff/surveys/test/codes"' in page[page.index("issued by mistake") :]
        assert f'href="{PEOPLE}"' in page

    def test_the_number_of_people_is_entered_and_is_the_base_from_then_on(self, app, staff):
        survey = published(groups=groups())
        issue_codes(survey, app.config["CODE_KEY"], 0, 120)
        browser = staff("publisher")
        assert post(browser, PEOPLE, students="４0", staff="").status_code == 302
        assert [row.base for row in turnout_of(survey.id, plan_of(survey)).groups] == [40, None]
        assert "of 120 codes issued" not in browser.get("/staff/surveys/test/?lang=en").text
        entry = AuditEntry.select().order_by(AuditEntry.id.desc()).get()
        assert (entry.action, entry.about) == (Action.SET_PEOPLE, "test: students 40, staff —")
        post(browser, PEOPLE, students="", staff="7")
        assert [row.base for row in turnout_of(survey.id, plan_of(survey)).groups] == [120, 7]

    @pytest.mark.parametrize("typed", ["-1", "0", "x", "1.5", "9" * 12])
    def test_what_is_no_number_of_people_is_refused_and_stays_typed(self, staff, typed):
        published(groups=groups())
        page = post(staff("publisher"), PEOPLE, students=typed, staff="5").text
        assert "Students" in page or "学生" in page
        assert f'value="{typed}"' in page
        assert Survey.get().people == "{}"

    def test_what_was_fixed_at_publication_stays(self, app):
        published(groups=groups(expected=100))
        with pytest.raises(InputError, match="fixed at publication"):
            set_people(TESTER, "test", {"students": 5})

    def test_after_the_seal_the_number_of_people_stays_as_it_is(self, app):
        survey = filled(5, 5)
        set_people(TESTER, "test", {"students": 50})
        seal("test")
        with pytest.raises(InputError, match="until the seal"):
            set_people(TESTER, "test", {"students": 5})
        assert stored_result(survey).result().turnout.groups[0].base == 50

    def test_by_command(self, app, runner):
        survey = published(groups=groups())
        assert runner.invoke(args=["survey", "people", "test", "students", "80"]).exit_code == 0
        assert turnout_of(survey.id, plan_of(survey)).groups[0].base == 80
        assert runner.invoke(args=["survey", "people", "test", "nobody", "80"]).exit_code == 1


class TestRequiredTurnout:
    def test_an_open_link_without_a_number_of_people_is_refused_at_publication(self, staff):
        create_draft(
            survey_file(groups=[{"code": "a", "name": "甲", "admission": "open", "required_turnout": 30}]), ZONE
        )
        browser = staff("publisher")
        page = post(browser, "/staff/surveys/test/move/publish", form_on="/staff/surveys/test/", follow_redirects=True)
        assert "应参评人数" in page.text
        assert Survey.get().state == "draft"

    def test_with_the_number_of_people_it_is_published(self, app):
        group = {"code": "a", "name": "甲", "admission": "open", "required_turnout": 30, "expected": 50}
        assert published(groups=[group]).state == "published"

    def test_a_rule_that_demands_a_turnout_of_no_group_is_refused_at_publication(self, app):
        create_draft(survey_file(rule={"minimum": 5, "turnout_required": True}), ZONE)
        with pytest.raises(InputError, match="no group says which one"):
            move_survey("test", Move.PUBLISH)

    def test_a_result_whose_turnout_nobody_knows_is_not_valid_and_says_why(self, app):
        survey = filled(6, 6, groups=groups(required_turnout=30), rule={"minimum": 5, "turnout_required": True})
        assert "cannot be checked" in warnings(survey)
        assert "will not be valid" in warnings(survey)
        seal("test")
        report = report_of(plan_of(survey), stored_result(survey))
        assert not report.valid
        notes = turnout_notes(report, "en", lambda text, **values: text % values)
        assert re.search(r"Students: .* 30 % cannot be checked", notes[0])

    def test_a_turnout_that_is_known_and_short_is_said_before_the_seal(self, app):
        survey = filled(6, 6, groups=groups(required_turnout=30, expected=100))
        assert "turnout 6.00 %, short of the required 30 %" in warnings(survey)
