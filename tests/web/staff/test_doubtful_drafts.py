"""What somebody would regret later is refused or said: by pages and by commands."""

import json
from datetime import datetime, timedelta

import pytest

from surveys.campaigns.drafts import delete_unit
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of
from surveys.inputs.hosts import is_local_address
from surveys.inputs.problems import InputError
from surveys.units.importing import UnitRow
from surveys.units.models import Unit
from tests.acting import TESTER, create_draft, move_survey, store_units
from tests.admission.test_mail import Catcher, catcher  # noqa: F401
from tests.helpers import ZONE, post, published, survey_file

PAGE = "/staff/surveys/test/"
CODE = {"code": "students", "name": "学生", "weight": 60, "admission": "code"}
STAFF = {"code": "staff", "name": "教职工", "weight": 50, "admission": "open"}


def draft(**changes):
    return create_draft(survey_file(**changes), ZONE)


def stored_units(*names):
    store_units([UnitRow(f"B{i:02}", name, "", "branch", "") for i, name in enumerate(names, 1)])


class TestUnitsOfDrafts:
    @pytest.fixture(autouse=True)
    def units(self, app):
        stored_units("甲支部", "乙支部")

    def test_a_unit_that_a_draft_uses_is_not_removed(self, staff, runner):
        draft(units=["B01"])
        browser = staff("publisher")
        page = post(browser, "/staff/units/delete", form_on="/staff/units/", code="b01", follow_redirects=True).text
        assert "test" in page
        assert "B01" in page
        refused = runner.invoke(args=["units", "delete", "B01"])
        assert (refused.exit_code, "Drafts use the unit B01: test" in refused.stderr) == (1, True)
        assert runner.invoke(args=["units", "delete", "B02"]).exit_code == 0
        assert [unit.code for unit in Unit.select()] == ["B01"]

    def test_a_unit_of_a_published_survey_can_be_removed(self):
        published(units=["B01"])
        delete_unit(TESTER, "B01")
        assert [unit.code for unit in Unit.select()] == ["B02"]

    def test_a_draft_has_its_units_as_they_are_stored_until_it_is_published(self):
        created = draft(units=["B01", "B02"])
        stored_units("甲一支部", "乙支部")
        assert [unit.name["zh"] for unit in plan_of(created).units] == ["甲一支部", "乙支部"]
        survey = move_survey("test", Move.PUBLISH)
        stored_units("甲二支部", "乙支部")
        assert [unit.name["zh"] for unit in plan_of(survey).units] == ["甲一支部", "乙支部"]

    def test_units_that_a_survey_file_brings_along_stay(self):
        created = draft()
        Unit.delete().execute()
        assert [unit.code for unit in plan_of(created).units] == ["B01", "B02", "B03"]

    def test_without_units_in_the_file_a_draft_keeps_the_branches_there_are(self):
        created = draft(units=None)
        stored_units("甲支部", "乙支部", "丙支部")
        assert [unit.code for unit in plan_of(created).units] == ["B01", "B02"]


class TestWhatCannotBePublished:
    @pytest.mark.parametrize(
        ("group", "pool"),
        [
            ({"draw": 4}, 3),
            ({"draw": 3, "draw_from": ["B01"]}, 1),
            ({"draw": 3, "own": True}, 2),
            ({"draw": 3, "units": ["B01"]}, 2),
        ],
    )
    def test_drawing_more_units_than_there_are(self, staff, runner, tmp_path, group, pool):
        data = survey_file(groups=[{**CODE, **group}, STAFF])
        create_draft(data, ZONE)
        with pytest.raises(InputError, match=f"only {pool} to draw from"):
            move_survey("test", Move.PUBLISH)
        page = staff("publisher").get(f"{PAGE}?lang=en").text
        assert f"only {pool} to draw from" in page[page.index("cannot be published") :]
        (tmp_path / "s.json").write_text(json.dumps({**data, "slug": "other"}, default=str), "utf-8")
        assert f"only {pool} to draw from" in runner.invoke(args=["survey", "create", str(tmp_path / "s.json")]).stderr

    def test_drawing_as_many_units_as_there_are_is_published(self, app):
        assert published(groups=[{**CODE, "draw": 2, "own": True}]).state == "published"

    def test_a_window_in_the_past(self, staff, runner, tmp_path):
        now = datetime.now()
        data = survey_file(opens=now - timedelta(days=9), closes=now - timedelta(days=2))
        create_draft(data, ZONE)
        page = staff("publisher").get(f"{PAGE}?lang=en").text
        assert "in the future" in page[page.index("cannot be published") :]
        with pytest.raises(InputError, match="in the future"):
            move_survey("test", Move.PUBLISH)
        (tmp_path / "s.json").write_text(json.dumps({**data, "slug": "other"}, default=str), "utf-8")
        assert "in the future" in runner.invoke(args=["survey", "create", str(tmp_path / "s.json")]).stderr

    def test_a_draft_without_faults_says_nothing(self, staff):
        draft()
        assert 'id="faults"' not in staff("publisher").get(PAGE).text


def test_weights_are_shown_with_their_percentages(staff, runner, tmp_path):
    groups = [CODE, STAFF]
    draft(groups=groups)
    page = staff("publisher").get(PAGE).text
    assert "60 (54.55 %)" in page
    assert "50 (45.45 %)" in page
    (tmp_path / "s.json").write_text(json.dumps(survey_file(slug="other", groups=groups), default=str), "utf-8")
    assert "60 (54.55 %)" in runner.invoke(args=["survey", "create", str(tmp_path / "s.json")]).output


def test_a_draft_has_no_link_and_no_qr_code_until_it_is_published(staff):
    draft()
    browser = staff("publisher")
    page = browser.get(PAGE).text
    assert "data-copy" not in page
    assert 'class="qr"' not in page
    move_survey("test", Move.PUBLISH)
    assert "data-copy" in browser.get(PAGE).text


@pytest.mark.parametrize(
    ("base", "local"),
    [
        ("http://127.0.0.1:8000", True), ("http://localhost", True), ("http://[::1]:8000", True), ("http://10.0.0.7", True),
        ("http://192.168.1.5/survey", True), ("http://172.16.3.4", True), ("http://pc7.local", True), ("http://0.0.0.0", True),
        ("http://169.254.1.1", True), ("https://vote.example.edu.cn", False), ("https://college.edu/survey", False),
        ("http://localhost.example.edu", False), ("http://202.112.0.36", False),
    ],
)  # fmt: skip
def test_addresses_that_phones_elsewhere_cannot_reach(base, local):
    assert is_local_address(base) is local


class TestLinks:
    """A warning stands wherever links are handed out, and nowhere once BASE_URL is set."""

    @pytest.fixture
    def pages(self, app, staff):
        published(groups=[CODE, {"code": "teachers", "name": "教师", "weight": 40, "admission": "roster"}])
        browser = staff()
        from surveys.admission.handouts import codes_as_text
        from surveys.admission.roster_file import PersonRow
        from tests.acting import issue_codes, store_roster

        issued = issue_codes(Survey.get(), app.config["CODE_KEY"], 0, 2)
        store_roster("test", app.config["CODE_KEY"], [PersonRow("1", "张三", 1, None, "", "z@example.edu.cn")])
        once = "/staff/surveys/test/codes"
        return {
            "survey": lambda: browser.get(PAGE).text,
            "slips": lambda: post(
                browser, f"{PAGE}codes/slips", form_on=once, codes=codes_as_text(issued)
            ).text,
            "issued": lambda: post(browser, f"{PAGE}codes", group="0", unit="none", count="2", once="").text,
            "roster": lambda: browser.get(f"{PAGE}roster/").text,
            "slips of a roster": lambda: post(browser, f"{PAGE}roster/links/slips", form_on=f"{PAGE}roster/").text,
            "mail": lambda: browser.get(f"{PAGE}roster/mail").text,
            "invitation": lambda: post(browser, "/staff/accounts", role="committee", follow_redirects=True).text,
        }  # fmt: skip

    @pytest.mark.parametrize("name", ["survey", "slips", "issued", "roster", "slips of a roster", "mail", "invitation"])
    def test_on_pages(self, app, pages, name):
        assert "BASE_URL" in pages[name]()
        app.config["BASE_URL"] = "https://vote.example.edu.cn"
        assert "BASE_URL" not in pages[name]()

    def test_by_commands(self, app, runner, catcher, tmp_path):  # noqa: F811
        app.config.update(MAIL_SERVER=catcher.address, MAIL_FROM="office@example.edu.cn", MAIL_SECURITY="none")
        published(groups=[CODE, {"code": "teachers", "name": "教师", "weight": 40, "admission": "roster"}])
        for *words, files in (
            ("codes", "issue", "test", "students", "2", True),
            ("roster", "links", "test", True),
            ("account", "invite", "committee", False),
            ("roster", "mail", "test", False),
        ):
            near, far = (["--out", str(tmp_path / f"{words[0]} {name}.csv")] if files else [] for name in "ab")
            assert "set BASE_URL" in runner.invoke(args=[*words, *near]).stderr, words
            far += ["--base", "https://vote.example.edu.cn"]
            assert "BASE_URL" not in runner.invoke(args=[*words, *far]).stderr, words
