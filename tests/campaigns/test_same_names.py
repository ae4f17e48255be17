"""Names that two things have, and identifiers that differ only in case or width: told apart, found, or refused."""

import io

import openpyxl
import pytest

from surveys.admission.roster import classes_of, find_person
from surveys.admission.roster_file import read_roster
from surveys.ballots.importing import read_paper_ballots
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.survey_file import read_survey_file
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.questionnaires.library import load_definition
from surveys.units.importing import UnitRow, read_units
from surveys.units.models import Unit, all_units
from tests.acting import delete_unit, issue_codes, mark_on_paper, seal, store_roster, store_units
from tests.helpers import ZONE, closed, csrf, published, survey_file, vote

SAME = "学生第一党支部"
UNITS = [
    {"code": "B11", "name": SAME, "parent": "机电系党总支"},
    {"code": "B21", "name": SAME, "parent": "信息系党总支"},
    {"code": "B31", "name": "教师党支部"},
]
GROUPS = [
    {"code": "stu", "name": "学生", "admission": "roster", "own": True},
    {"code": "staff", "name": "教职工", "admission": "code"},
]
TOLD_APART = [f"{SAME}（机电系党总支）", f"{SAME}（信息系党总支）", "教师党支部"]


@pytest.fixture
def survey(app):
    return published(units=UNITS, groups=GROUPS, rule={"minimum": 2})


def names(plan):
    return [unit.text["zh"] for unit in plan.units]


class TestUnitsOfOneName:
    """Two units of the same name, under different parents."""

    def test_a_roster_row_that_names_one_of_them_is_refused_with_the_codes(self, survey):
        with pytest.raises(InputError) as refused:
            read_roster(plan_of(survey), "r.csv", f"学号,姓名,单位\n1,张三,{SAME}\n".encode())
        assert str(refused.value) == (
            f"row 2, 单位: “{SAME}” may be B11 (机电系党总支), B21 (信息系党总支). Give the code."
        )

    @pytest.mark.parametrize("word", ["B21", "b21", "Ｂ２１", f"{SAME}（信息系党总支）", f"{SAME}(信息系党总支)"])
    def test_a_code_or_the_name_as_it_is_shown_leads_to_it(self, survey, word):
        rows = read_roster(plan_of(survey), "r.csv", f"学号,姓名,单位\n1,张三,{word}\n".encode()).rows
        assert [row.own_unit for row in rows] == [1]

    def test_they_are_told_apart_by_the_unit_above_or_by_the_code(self, app):
        assert names(plan_of(published(units=UNITS))) == TOLD_APART
        alike = [{**unit, "parent": "机电系党总支"} for unit in UNITS]
        assert names(plan_of(published(slug="b", units=alike)))[:2] == [f"{SAME}（B11）", f"{SAME}（B21）"]
        english = [
            {"code": "A", "name": {"zh": "甲", "en": "First"}},
            {"code": "B", "name": {"zh": "乙", "en": "First"}},
        ]
        plan = plan_of(published(slug="c", units=english))
        assert [unit.text for unit in plan.units] == [{"zh": "甲", "en": "First (A)"}, {"zh": "乙", "en": "First (B)"}]

    def test_all_pages_and_the_workbook_show_them_so(self, app, staff, client, survey):
        office = staff("publisher")
        store_roster(
            "test",
            app.config["CODE_KEY"],
            read_roster(plan_of(survey), "r.csv", "学号,姓名,单位\n1,张三,B21\n".encode()).rows,
        )
        assert TOLD_APART[1] in office.get("/staff/surveys/test/roster/").text
        assert TOLD_APART[1] in office.get("/staff/surveys/test/codes").text
        code = issue_codes(survey, app.config["CODE_KEY"], 1, 1)[0].code
        page = client.post("/s/test/ballot", data={"code": code}).text
        assert all(name in page for name in TOLD_APART)
        for _ in range(6):
            vote(survey, group=1)
        closed(survey)
        seal("test")
        assert all(name in office.get("/staff/surveys/test/result").text for name in TOLD_APART)
        book = openpyxl.load_workbook(io.BytesIO(office.get("/staff/surveys/test/workbook.xlsx").data))
        cells = {cell.value for sheet in book for row in sheet.iter_rows() for cell in row}
        assert set(TOLD_APART) <= cells
        assert SAME not in cells

    def test_a_parent_that_is_named_by_a_name_of_two_units_is_refused(self, app):
        store_units([UnitRow("Z1", "总支", "", "general_branch", ""), UnitRow("Z2", "总支", "", "general_branch", "")])
        with pytest.raises(InputError, match="“总支” may be Z1, Z2"):
            read_units("u.csv", "编号,名称,类型,上级\nB1,甲,支部,总支\n".encode())
        rows = read_units("u.csv", "编号,名称,类型,上级\nB1,甲,支部,z2\nB2,乙,支部,甲\n".encode()).rows
        assert [row.parent for row in rows] == ["Z2", "B1"]


class TestCaseAndWidth:
    """Identifiers that differ only in case, width or invisible characters are the same."""

    def test_units_in_one_file(self, app):
        with pytest.raises(InputError, match="The code b1 is also in row 2"):
            read_units("u.csv", "编号,名称,类型\nB1,甲,支部\nｂ1,乙,支部\n".encode())

    def test_a_known_unit_is_updated_and_keeps_its_code(self, app):
        store_units(read_units("u.csv", "编号,名称,类型\nB1,甲,支部\n".encode()).rows)
        store_units(read_units("u.csv", "编号,名称,类型\nｂ1\u200e,乙,支部\n".encode()).rows)
        assert [(unit.code, unit.name) for unit in all_units()] == [("B1", "乙")]
        delete_unit("b1")
        assert not Unit.select().exists()

    def test_files_that_were_read_at_the_same_time_do_not_make_two_of_one(self, app):
        first, second = (
            read_units("u.csv", f"编号,名称,类型\n{code},甲,支部\n".encode()).rows for code in ("B1", "b1")
        )
        store_units(first)
        with pytest.raises(InputError, match="The codes b1 and B1 are the same"):
            store_units(second)

    def test_units_of_a_survey_file(self, app):
        store_units([UnitRow("B1", "甲", "", "branch", "")])
        file = read_survey_file(survey_file(units=["ｂ1"]), ZONE)
        assert [unit.code for unit in file.plan.units] == ["B1"]
        with pytest.raises(InputError, match="The unit b1 is listed twice"):
            read_survey_file(survey_file(units=[{"code": "B1", "name": "甲"}, {"code": "b1", "name": "乙"}]), ZONE)

    def test_persons_in_one_file_and_against_the_roster(self, app, survey):
        plan = plan_of(survey)
        with pytest.raises(InputError, match="The number A12 is also in row 2"):
            read_roster(plan, "r.csv", "学号,姓名,单位\na12,甲,B11\nA12,乙,B11\n".encode())
        for number in ("a12", "Ａ12", "A12\u200b"):
            rows = read_roster(plan, "r.csv", f"学号,姓名,单位\n{number},甲,B11\n".encode()).rows
            done = store_roster("test", app.config["CODE_KEY"], rows)
        assert (done.added, done.changed, done.removed) == (0, 0, 0)
        assert find_person(survey.id, "ａ12").number == "a12"
        assert mark_on_paper("test", ["A12"]) == 1

    def test_classes(self, app, survey):
        writings = ["１班", "1班", "1班\u200e", "1 班", "1班", "a班", "A班", "ａ班", "a班", "Ａ班"]
        text = "学号,姓名,单位,班级\n" + "".join(f"{n},甲,B11,{one}\n" for n, one in enumerate(writings))
        store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", text.encode()).rows)
        assert [(one.name, one.persons) for one in classes_of(survey.id)] == [("1班", 5), ("a班", 5)]

    def test_columns_of_ballots(self, survey):
        plan = plan_of(survey)
        item = plan.rated_items[0].code
        [(group, answers)] = read_paper_ballots(plan, "b.csv", f"group,b11/{item.upper()}\n教职工,1\n".encode()).ballots
        assert (group, answers.packed[0]) == (1, 1)
        with pytest.raises(InputError, match="There are two columns"):
            read_paper_ballots(plan, "b.csv", f"group,b11/{item},B11/{item}\n教职工,1,2\n".encode())

    @pytest.mark.parametrize("word", ["STAFF", "ｓtaff", "教职 工"])
    def test_groups(self, survey, word):
        assert plan_of(survey).group_lookup.find(word) == 1

    def test_codes_of_items_answers_and_levels(self):
        def items(*codes):
            return {
                "key": "k",
                "title": "题",
                "sections": [{"items": [{"code": c, "type": "text", "text": "问"} for c in codes]}],
            }

        def plan(questionnaire, **more):
            return read_plan({"slug": "s", "title": "t", "questionnaire": questionnaire, "groups": GROUPS[1:], **more})

        with pytest.raises(InputError, match="The code A is used twice"):
            plan(items("a", "A"))
        with pytest.raises(InputError, match="No item can have the code Group"):
            plan(items("Group"))
        options = [{"code": "x", "text": "甲"}, {"code": "X", "text": "乙"}]
        choice = {"code": "c", "type": "choice", "text": "问", "options": options}
        with pytest.raises(InputError, match="with different codes"):
            plan({"key": "k", "title": "题", "sections": [{"items": [choice]}]})
        options[1] = {"code": "y", "text": "甲 "}
        with pytest.raises(InputError, match="Two answers are called 甲"):
            plan({"key": "k", "title": "题", "sections": [{"items": [choice]}]})
        with pytest.raises(InputError, match="Two groups have the same code or name"):
            plan(items("a"), groups=[*GROUPS[1:], {"code": "g", "name": "教职工"}])


class TestColumnsThatAreLeftOut:
    """What a file has no column for stays as it is stored."""

    def test_of_a_roster(self, app, survey):
        plan, key = plan_of(survey), app.config["CODE_KEY"]
        text = "学号,姓名,单位,班级,邮箱\n1,张三,B11,一班,a@b.cn\n"
        store_roster("test", key, read_roster(plan, "r.csv", text.encode()).rows)
        done = store_roster("test", key, read_roster(plan, "r.csv", "学号,姓名,单位\n1,张三,B11\n".encode()).rows)
        assert (done.changed, find_person(survey.id, "1").email, find_person(survey.id, "1").class_name) == (
            0,
            "a@b.cn",
            "一班",
        )

    def test_of_units(self, app):
        store_units([UnitRow("P", "委", "C", "committee", ""), UnitRow("B", "甲", "A", "branch", "P")])
        store_units(read_units("u.csv", "编号,名称,类型\nB,乙,支部\n".encode()).rows)
        unit = Unit.get(Unit.code == "B")
        assert (unit.name, unit.name_en, unit.parent.code) == ("乙", "A", "P")


class TestZerosInFront:
    """Numbers that a spreadsheet made shorter."""

    def test_they_are_called_out_before_anything_is_removed(self, app, survey, staff, runner, tmp_path):
        plan, key = plan_of(survey), app.config["CODE_KEY"]
        store_roster("test", key, read_roster(plan, "r.csv", "学号,姓名,单位\n0012,张三,B11\n".encode()).rows)
        file = tmp_path / "r.csv"
        file.write_text("学号,姓名,单位\n12,张三,B11\n", "utf-8")
        preview = runner.invoke(args=["roster", "import", "test", str(file), "--preview"])
        assert "12 differs from the known 0012 only by zeros in front" in preview.stderr
        refused = runner.invoke(args=["roster", "import", "test", str(file), "--remove-missing"])
        assert (refused.exit_code, "only by zeros in front" in refused.stderr) == (1, True)
        assert find_person(survey.id, "0012") is not None
        office, address = staff("publisher"), "/staff/surveys/test/roster/"
        fields = {"csrf_token": csrf(office, address), "file": (io.BytesIO(file.read_bytes()), "r.csv")}
        page = office.post(address, data=fields).text
        assert "文件中为 12，已存的为 0012" in page

    def test_of_units_too(self, app, runner, tmp_path):
        store_units([UnitRow("01", "甲", "", "branch", "")])
        file = tmp_path / "u.csv"
        file.write_text("编号,名称,类型\n1,甲,支部\n", "utf-8")
        assert "1 differs from the known 01" in runner.invoke(args=["units", "import", str(file), "--preview"]).stderr


def test_every_fault_of_a_roster_is_named_at_once_and_of_a_doubtful_cell_only_the_doubt(survey):
    text = f"学号,姓名,单位\n1.00E+11,张三,{SAME}\n2 2,,B99\n3,丙,B11\n３,丁,B11\n"
    with pytest.raises(InputError) as refused:
        read_roster(plan_of(survey), "r.csv", text.encode())
    assert [(problem.row, problem.where) for problem in refused.value.problems] == [
        (2, "学号"), (2, "单位"), (3, "学号"), (3, "姓名"), (3, "单位"), (5, "学号"),
    ]  # fmt: skip
    assert "digits are lost" in str(refused.value.problems[0])


def test_a_roster_without_a_column_is_checked_as_far_as_it_can_be(survey):
    with pytest.raises(InputError) as refused:
        read_roster(plan_of(survey), "r.csv", "姓名,单位,邮箱\n张三,B99,a@1.2.3.4\n,B11,\n".encode())
    assert [(problem.row, problem.where) for problem in refused.value.problems] == [
        (1, ""), (2, "单位"), (2, "邮箱"), (3, "姓名"),
    ]  # fmt: skip


def test_every_fault_of_a_survey_file_is_named_at_once(app):
    data = survey_file(
        slug="a b", titel="x", opens="tomorrow", units=["B99", "B98"],
        groups=[{"code": "a b", "name": "", "weight": -1}, {"code": "x", "name": "甲", "units": ["B97"]}],
        rule={"minimun": 3, "decimals": 9, "gates": [{"cap": 0}], "item_weights": {"none": 1}},
    )  # fmt: skip
    with pytest.raises(InputError) as refused:
        read_survey_file(data, ZONE)
    text = str(refused.value)
    for fault in (
        "slug: An address is", "survey: There is no setting titel here; do you mean title?", "opens: A time is written",
        "units: There is no unit B99", "units: There is no unit B98", "groups[1].code: ", "groups[1].name: ",
        "groups[1].weight: ", "rule: There is no setting minimun here; do you mean minimum?", "rule.decimals: ",
        "rule.gates[1]: ", "rule.item_weights: There is no rating none",
    ):  # fmt: skip
        assert fault in text, fault
    data["questionnaire"] = "nothing"
    with pytest.raises(InputError, match="There is no questionnaire nothing") as refused:
        read_survey_file(data, ZONE)
    assert "rule.decimals" in str(refused.value)


def test_a_rule_that_can_give_no_score_is_refused(app):
    weights = {
        item["code"]: 0
        for s in load_definition("public-response")["sections"]
        for item in s["items"]
        if item["type"] == "rating"
    }
    with pytest.raises(InputError, match="so no unit could have a score"):
        published(rule={"item_weights": weights})
    definition = load_definition("public-response")
    for section in definition["sections"]:
        for item in section["items"]:
            if item["type"] == "rating":
                item["weight"] = 0
    with pytest.raises(InputError, match="so no unit could have a score"):
        published(questionnaire=definition)
    own = {**survey_file()["groups"][0], "weight": 0}
    some = {**survey_file()["groups"][1], "units": ["B01", "B02"]}
    with pytest.raises(InputError, match="No group with a weight rates the unit B03"):
        published(groups=[own, some])
    few = [{**group, "expected": 4} for group in survey_file()["groups"]]
    with pytest.raises(InputError, match="fewer people than the 5 ratings"):
        published(groups=few)
    with pytest.raises(InputError, match="fewer people than the 5 ratings"):
        published(groups=[few[0], survey_file()["groups"][1]], rule={"short_group": "no_score"})
    assert published(groups=[few[0], survey_file()["groups"][1]])


def test_a_rate_that_no_answer_counts_for_is_no_gate(app):
    definition = {
        "key": "k", "title": "题",
        "sections": [{"per": "unit", "items": [{"code": "a", "type": "rating", "text": "评", "scale": {"direct": {"low": 50, "high": 99}}}]}],
    }  # fmt: skip
    with pytest.raises(InputError, match="No answer counts as satisfied"):
        published(questionnaire=definition, rule={"gates": [{"rate_under": 60, "cap": 2}]})


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"rule": {"rate_item": ["overall"]}}, "rule.rate_item"),
        ({"rule": {"rate_item": {}}}, "rule.rate_item"),
        ({"units": [{"code": "B1", "name": "甲", "kind": [1]}]}, "units[1].kind"),
        ({"units": [{"code": "B1", "name": "甲", "kind": "分党委"}]}, "units[1].kind"),
    ],
)
def test_values_of_a_wrong_type_are_named(app, change, place):
    with pytest.raises(InputError) as refused:
        read_survey_file(survey_file(**change), ZONE)
    assert place in {problem.where for problem in refused.value.problems}


def test_codes_are_not_written_over_other_ones(app, runner, tmp_path, survey):
    out = str(tmp_path / "c.csv")
    assert runner.invoke(args=["codes", "issue", "test", "staff", "2", "--out", out]).exit_code == 0
    refused = runner.invoke(args=["codes", "issue", "test", "staff", "2", "--out", out])
    assert (refused.exit_code, "is there already" in refused.stderr) == (1, True)
    assert runner.invoke(args=["codes", "list", "test"]).output == "1\tstaff\t2\t0\n"


def test_persons_are_removed_only_by_numbers_that_are_known_and_after_a_question(app, runner, tmp_path, survey):
    text = "学号,姓名,单位\n1,张三,B11\n2,李四,B11\n"
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", text.encode()).rows)
    refused = runner.invoke(args=["roster", "remove", "test", "1", "nosuch"])
    assert (refused.exit_code, "nosuch is not on the roster" in refused.stderr) == (1, True)
    file = tmp_path / "r.csv"
    file.write_text("学号,姓名,单位\n1,张三,B11\n", "utf-8")
    words = ["roster", "import", "test", str(file), "--remove-missing"]
    assert runner.invoke(args=words, input="n\n").exit_code == 1
    assert find_person(survey.id, "2") is not None
    assert "1 removed" in runner.invoke(args=[*words, "--yes"]).output
