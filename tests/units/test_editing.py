"""One unit: added and changed by a page and by a command, with all faults at once and an entry in the audit trail."""

import lxml.html
import pytest

from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, AuditEntry
from surveys.units.changes import save_unit
from surveys.units.editing import add_unit, change_unit
from surveys.units.importing import UnitRow
from surveys.units.models import Unit
from tests.acting import TESTER, store_units
from tests.helpers import post

TREE = [
    UnitRow("P", "院党委", "Committee", "committee", ""),
    UnitRow("Z001", "机电系党总支", "", "general_branch", "P"),
    UnitRow("B1", "机电系教师党支部", "", "branch", "Z001"),
]


@pytest.fixture
def tree(app):
    store_units(TREE)


def stored(code):
    unit = Unit.get(Unit.code == code)
    return (unit.name, unit.name_en, unit.kind, unit.parent.code if unit.parent_id else "")


def test_a_code_is_made_where_none_is_typed(tree):
    assert add_unit(TESTER, {"name": "信息系党总支", "kind": "general_branch", "parent": "P"}).code == "Z002"
    assert add_unit(TESTER, {"name": "信息系党总支", "kind": "党总支", "parent": "院党委"}).code == "Z003"
    assert stored("Z002") == ("信息系党总支", "", "general_branch", "P")


def test_all_faults_are_named_at_once_each_at_its_field(tree):
    with pytest.raises(InputError) as refused:
        add_unit(TESTER, {"code": "b1", "name": "", "kind": "village", "parent": "X9", "name_en": "x" * 201})
    assert {(problem.where, problem.row) for problem in refused.value.problems} == {
        ("code", None), ("name", None), ("kind", None), ("parent", None), ("name_en", None),
    }  # fmt: skip
    assert Unit.select().count() == 3


def test_what_is_not_said_stays(tree):
    change_unit(TESTER, "p", {"name": "学院党委"})
    assert stored("P") == ("学院党委", "Committee", "committee", "")
    change_unit(TESTER, "B1", {"parent": ""})
    assert stored("B1")[3] == ""


@pytest.mark.parametrize("below", ["B1", "Z001", "机电系教师党支部"])
def test_a_unit_is_not_moved_below_itself(tree, below):
    with pytest.raises(InputError) as refused:
        change_unit(TESTER, "Z001", {"parent": below})
    assert [problem.where for problem in refused.value.problems] == ["parent"]
    assert stored("Z001")[3] == "P"


def test_a_unit_that_came_or_went_meanwhile_is_not_overwritten(tree):
    with pytest.raises(InputError, match="already a unit with the code B1"):
        save_unit(TESTER, lambda: UnitRow("B1", "甲", "", "branch", ""), new=True)
    with pytest.raises(InputError, match="There is no unit B9"):
        save_unit(TESTER, lambda: UnitRow("B9", "甲", "", "branch", ""), new=False)
    with pytest.raises(InputError, match="There is no unit B9"):
        change_unit(TESTER, "B9", {"name": "甲"})


def test_each_leaves_an_entry_in_the_audit_trail(tree):
    add_unit(TESTER, {"name": "工会", "kind": "union"})
    change_unit(TESTER, "B1", {"name": "甲支部"})
    entries = [(entry.action, entry.about) for entry in AuditEntry.select().order_by(AuditEntry.id)]
    assert entries[-2:] == [(Action.SAVE_UNIT, "G001"), (Action.SAVE_UNIT, "B1")]


class TestPages:
    @pytest.fixture
    def office(self, tree, staff):
        return staff("publisher")

    def test_a_unit_is_added_below_another_one(self, office):
        page = office.get("/staff/units/new?below=Z001").text
        assert '<option selected value="Z001">' in page
        done = post(office, "/staff/units/new", name="机电系学生党支部", kind="branch", parent="Z001")
        assert done.headers["Location"] == "/staff/units/?q=B001"
        assert stored("B001") == ("机电系学生党支部", "", "branch", "Z001")
        more = post(office, "/staff/units/new", name="机电系退休党支部", kind="branch", parent="Z001", more="1")
        assert more.headers["Location"] == "/staff/units/new?below=Z001&kind=branch"

    def test_a_unit_is_changed(self, office):
        page = office.get("/staff/units/edit/b1").text
        assert 'value="机电系教师党支部"' in page
        assert 'value="B1"' in page  # to be removed
        post(office, "/staff/units/edit/B1", name="教师支部", name_en="Teachers", kind="branch", parent="P", code="X")
        assert stored("B1") == ("教师支部", "Teachers", "branch", "P")

    def test_what_was_typed_stays_beside_its_faults(self, office):
        page = post(office, "/staff/units/edit/Z001?lang=en", name="", name_en="Typed", kind="", parent="B1")
        assert page.status_code == 422
        for words in ("1 to 100 characters", "must be one of", "below itself", 'value="Typed"'):
            assert words in page.text
        assert stored("Z001") == ("机电系党总支", "", "general_branch", "P")

    def test_a_unit_is_not_offered_below_itself(self, office):
        page = office.get("/staff/units/edit/Z001").text
        assert 'value="P"' in page
        assert '<option value="B1">' not in page

    def test_an_unknown_unit_has_no_page(self, office):
        assert office.get("/staff/units/edit/B9").status_code == 404

    def test_removing_asks_first(self, office):
        page = office.get("/staff/units/edit/B1").text
        assert 'data-confirm="' in page
        post(office, "/staff/units/delete", form_on="/staff/units/edit/B1", code="B1")
        assert Unit.select().count() == 2

    def test_the_committee_looks_and_changes_nothing(self, tree, staff):
        page = staff("committee").get("/staff/units/").text
        assert "机电系教师党支部" in page
        assert "/staff/units/edit/" not in page


class TestCommands:
    def test_a_unit_is_added_and_changed(self, tree, runner):
        added = runner.invoke(args=["units", "add", "信息系党支部", "--kind", "branch", "--parent", "机电系党总支"])
        assert added.output == "unit B001 added\n"
        changed = runner.invoke(args=["units", "set", "B001", "--name-en", "Information", "--parent", ""])
        assert changed.output == "unit B001 changed\n"
        assert stored("B001") == ("信息系党支部", "Information", "branch", "")

    def test_faults_are_printed_with_their_fields(self, tree, runner):
        refused = runner.invoke(args=["units", "add", "甲", "--kind", "village", "--parent", "X9"])
        assert refused.exit_code == 1
        assert [line.partition(":")[0] for line in refused.stderr.splitlines()] == ["kind", "parent"]
        assert "below itself" in runner.invoke(args=["units", "set", "P", "--parent", "B1"]).stderr


class TestTwoAtOnce:
    """Both had the form of one unit open."""

    PAGE = "/staff/units/edit/B1"

    def form(self, office):
        page = lxml.html.fromstring(office.get(f"{self.PAGE}?lang=en").text)
        return dict(page.find(".//main").xpath(".//form[@data-unsaved]")[0].form_values())

    def test_changes_of_different_fields_are_both_kept(self, tree, staff):
        office = staff("publisher")
        mine = self.form(office)
        change_unit(TESTER, "B1", {"name_en": "Teachers"})
        assert office.post(self.PAGE, data={**mine, "name": "机电系第一党支部"}).status_code == 302
        assert stored("B1")[:2] == ("机电系第一党支部", "Teachers")

    def test_a_change_of_the_same_field_is_shown_and_takes_saving_again(self, tree, staff):
        office = staff("publisher")
        mine = self.form(office)
        change_unit(TESTER, "B1", {"name": "甲"})
        answer = office.post(self.PAGE, data={**mine, "name": "乙"})
        assert answer.status_code == 422
        assert "Somebody changed this in the meantime to “甲”" in answer.text
        assert stored("B1")[0] == "甲"
        again = dict(lxml.html.fromstring(answer.text).xpath("//main//form[@data-unsaved]")[0].form_values())
        assert again["name"] == "乙"
        assert office.post(self.PAGE, data=again).status_code == 302
        assert stored("B1")[0] == "乙"

    def test_a_form_without_what_was_seen_is_refused_where_it_would_change_something(self, tree, staff):
        office = staff("publisher")
        mine = self.form(office)
        for seen in ("", "x", "[]", "[" * 100_000):
            assert office.post(self.PAGE, data={**mine, "name": "乙", "seen": seen}).status_code == 422
