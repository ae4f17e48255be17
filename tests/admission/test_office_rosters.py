"""Tables of persons as offices have them: read, guessed, mended on the page, previewed and imported."""

import html
import io
import logging
from datetime import date

import lxml.html
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.admission.models import Admission, Person
from surveys.admission.roster_file import COLUMNS
from surveys.admission.roster_guessing import PATTERNS, RosterChoices, guess_roster
from surveys.campaigns.surveys import plan_of
from surveys.inputs.mapped_tables import Mending, guess_columns, read_unmapped
from surveys.storage.audit import AuditEntry
from surveys.units.importing import UnitRow
from tests.acting import store_units
from tests.helpers import csrf, published
from tests.inputs.files import book

GROUPS = [
    {"code": "students", "name": {"zh": "在校学生", "en": "Students"}, "admission": "roster"},
    {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "admission": "roster", "own": True},
]
UNITS = [
    {"code": "B1", "name": {"zh": "机电系学生第一党支部", "en": "Mechanics Students 1"}},
    {"code": "B2", "name": {"zh": "机电系学生第二党支部", "en": "Mechanics Students 2"}},
    {"code": "B12", "name": {"zh": "机电系学生第十二党支部", "en": "Mechanics Students 12"}},
    {"code": "B3", "name": {"zh": "机关党支部", "en": "Administration"}},
]
NATURAL = [
    ["机电学院参评人员名单（2026年11月）"],
    ["序号", "姓名", "学号/工号（必填）", "班级", "所在支部", "电子邮箱地址", "人员类别", "备注"],
    [1, "张三", "2011001", "机电1班", "机电系学生第一党支部", "zhang@example.edu.cn", "学生", "组长"],
    [2, "李四", "2011002", "机电1班", "机电学生二支部", "", "学生", ""],
    [3, "王五", "T-7", "", "B3", "wang@example.edu.cn", "教师", ""],
]
EXPECTED = [
    ("2011001", "张三", 0, 0, "机电1班", "zhang@example.edu.cn"),
    ("2011002", "李四", 0, 1, "机电1班", ""),
    ("T-7", "王五", 1, 3, "", "wang@example.edu.cn"),
]
PAGE = "/staff/surveys/test/roster/"


def read(survey, rows, choices=None):
    table = read_unmapped("名单.xlsx", book(rows), COLUMNS, PATTERNS)
    return guess_roster(plan_of(survey), table, guess_columns(table, COLUMNS, PATTERNS), choices or RosterChoices())


def told(found):
    return [
        (row.number, row.name, row.group, row.own_unit, row.class_name, row.email) for row in found.file.rows
    ]  # fmt: skip


@pytest.fixture
def survey(app):
    return published(groups=GROUPS, units=UNITS)


def test_a_natural_table_is_understood(survey):
    found = read(survey, NATURAL)
    assert [str(problem) for problem in found.problems] == []
    assert told(found) == EXPECTED


def test_the_order_of_columns_does_not_matter(survey):
    plan = plan_of(survey)

    @given(order=st.permutations(range(8)))
    def shuffled(order):
        rows = [[row[place] for place in order] for row in NATURAL[1:]]
        text = "\n".join("\t".join(map(str, row)) for row in [NATURAL[0], *rows])
        table = read_unmapped("pasted", text.encode(), COLUMNS, PATTERNS)
        found = guess_roster(plan, table, guess_columns(table, COLUMNS, PATTERNS), RosterChoices())
        assert told(found) == EXPECTED

    shuffled()


def test_what_is_not_read_and_what_was_guessed_is_said(survey):
    remarks = "\n".join(str(remark) for remark in read(survey, NATURAL).remarks)
    assert "These columns are not read: 序号, 备注." in remarks
    assert "机电学生二支部 → 机电系学生第二党支部" in remarks
    assert "教师 → 教职工" in remarks


@pytest.mark.parametrize("word", ["机电学生支部", "机电系", "机电学生三支部", "学生第一党支部", "机电系学生"])
def test_a_short_name_that_may_mean_two_units_or_none_is_not_guessed(survey, word):
    found = read(survey, [["学号", "姓名", "类别", "支部"], ["1", "张三", "学生", word]])
    assert found.file is None
    assert found.problems[0].message == "There is no unit %(code)s in this survey."
    assert [(one.column, one.word, one.rows) for one in found.unknown] == [("unit", word, 1)]


def test_a_short_name_that_may_mean_a_unit_outside_the_survey_is_not_guessed(survey):
    store_units([UnitRow("X", "机关服务党支部", "", "branch", "")])
    found = read(survey, [["学号", "姓名", "类别", "支部"], ["1", "张三", "学生", "机关支部"]])
    assert found.file is None


def test_a_word_for_people_that_two_groups_stand_for_is_not_guessed(app):
    groups = [*GROUPS, {"code": "teachers", "name": "教师", "admission": "code"}]
    survey = published(groups=groups, units=UNITS)
    found = read(survey, [["学号", "姓名", "类别", "支部"], ["1", "张三", "教工", "B1"]])
    assert [one.word for one in found.unknown] == ["教工"]
    told_apart = read(survey, [["学号", "姓名", "类别", "支部"], ["1", "张三", "教师", "B1"]])
    assert told_apart.file is None


def test_what_a_word_means_is_said_once_for_all_rows(survey):
    rows = [["学号", "姓名", "类别", "支部"], ["1", "张三", "行政", "B1"], ["2", "李四", "行政", "一支部"]]
    words = {("group", "行政"): "staff", ("unit", "一支部"): "B2"}
    assert [(row.group, row.own_unit) for row in read(survey, rows, RosterChoices(words=words)).file.rows] == [
        (1, 0), (1, 1),
    ]  # fmt: skip


def test_one_group_holds_for_all_rows_of_a_table_that_names_none(survey):
    rows = [["学号", "姓名"], ["1", "张三"], ["2", "李四"]]
    assert "does not say to which group" in str(read(survey, rows).problems[0])
    found = read(survey, rows, RosterChoices(group="students"))
    assert [row.group for row in found.file.rows] == [0, 0]


def test_cells_are_changed_and_rows_left_out_and_added(survey):
    mending = Mending({(3, "name"): "张散", (6, "number"): "9", (6, "name"): "赵六", (6, "group"): "students"},
                      without=frozenset({4}), added=2)  # fmt: skip
    found = read(survey, NATURAL, RosterChoices(mending))
    assert [(row.number, row.name) for row in found.file.rows] == [("2011001", "张散"), ("T-7", "王五"), ("9", "赵六")]


def test_a_cell_that_was_filled_in_counts_although_the_file_has_no_such_column(survey):
    rows = [["工号", "姓名", "类别"], ["1", "张三", "教师"], ["2", "李四", "学生"]]
    assert read(survey, rows).problems[0].where == "unit"
    found = read(survey, rows, RosterChoices(Mending({(2, "unit"): "机关党支部"})))
    assert [row.own_unit for row in found.file.rows] == [3, None]
    assert ["own_unit" in row.unsaid for row in found.file.rows] == [False, True]


def test_an_identity_number_is_never_taken_for_the_number(survey):
    table = read_unmapped("x", "姓名,身份证号,手机号\n张三,11010119900307123X,138\n".encode(), COLUMNS, PATTERNS)
    assert guess_columns(table, COLUMNS, PATTERNS) == {0: "name"}


class TestPages:
    """What the party office does in the browser."""

    @pytest.fixture
    def office(self, survey, staff):
        return staff("publisher")

    def send(self, office, data=b"", name="名单.xlsx", text="", lang="en"):
        fields = {"csrf_token": csrf(office, PAGE), **({"text": text} if text else {"file": (io.BytesIO(data), name)})}
        return office.post(f"{PAGE}?lang={lang}", data=fields, content_type="multipart/form-data")

    def form_of(self, page, name="grid"):
        form = lxml.html.fromstring(page).get_element_by_id(name)
        return {name: value for name, value in form.form_values() if value is not None}

    def again(self, office, page, **changes):
        fields = self.form_of(page.text) | changes
        return office.post(f"{PAGE}table/?lang=en", data={name: value for name, value in fields.items() if value != ""})

    def confirm(self, office, page, **more):
        return office.post(f"{PAGE}import?lang=en", data={**self.form_of(page.text, "confirm"), **more})

    def stored(self):
        return sorted((one.number, one.name, one.group, one.own_unit) for one in Person.select())

    def test_a_natural_table_is_mapped_then_previewed_then_imported(self, office):
        page = self.send(office, book(NATURAL))
        assert (page.status_code, 'id="problems"' in page.text) == (200, False)
        preview = self.again(office, page, preview="1")
        assert preview.text.count(">new<") == 3
        assert not Person.select().exists()
        assert self.confirm(office, preview).status_code == 302
        assert self.stored() == [("2011001", "张三", 0, 0), ("2011002", "李四", 0, 1), ("T-7", "王五", 1, 3)]
        assert Admission.select().count() == 3
        assert self.again(office, self.send(office, book(NATURAL)), preview="1").text.count(">as it was<") == 3

    def test_a_table_with_the_right_headings_goes_to_the_preview_at_once(self, office):
        page = self.send(office, "学号,姓名,群体,备注\n1,张三,students,x\n".encode(), "r.csv")
        assert 'id="confirm"' in page.text
        assert "These columns are not read: 备注" in page.text
        assert self.confirm(office, page).status_code == 302

    def test_a_column_that_only_a_guess_reads_is_not_lost(self, office):
        page = self.send(office, "学号,姓名,群体,所在支部\n1,张三,students,B1\n".encode(), "r.csv")
        assert 'id="grid"' in page.text

    def test_it_can_be_pasted(self, office):
        page = self.send(office, text="\n".join("\t".join(map(str, row)) for row in NATURAL[1:]))
        assert self.again(office, page, preview="1").text.count(">new<") == 3

    def test_a_fault_is_mended_in_its_cell(self, office):
        rows = [*NATURAL, [4, "赵六", "x y", "", "B1", "", "学生", ""]]
        page = self.send(office, book(rows))
        assert page.status_code == 422
        assert "A number is 1 to 40" in page.text
        assert 'id="grid"' in self.again(office, page, preview="1").text
        assert self.again(office, page, preview="1", **{"e-6-number": "88"}).text.count(">new<") == 4

    def test_a_number_that_a_spreadsheet_changed_is_typed_again(self, office):
        rows = [["学号", "姓名", "类别"], [date(2026, 3, 1), "张三", "学生"]]
        page = self.send(office, book(rows))
        assert "become a date" in html.unescape(page.text)
        assert self.again(office, page, preview="1", **{"e-2-number": "3-1"}).text.count(">new<") == 1

    def test_rows_are_left_out_and_taken_again(self, office):
        page = self.send(office, book(NATURAL))
        without = self.again(office, page, **{"x-4": "1"})
        assert "<s>李四</s>" in without.text
        assert "李四" not in self.again(office, without, preview="1").text
        assert "李四" in self.again(office, without, preview="1", **{"x-4": ""}).text

    def test_a_row_is_added(self, office):
        page = self.again(office, self.send(office, book(NATURAL)), add="1")
        cells = {"e-6-number": "9", "e-6-name": "赵六", "e-6-group": "students"}
        preview = self.again(office, page, preview="1", **cells)
        self.confirm(office, preview)
        assert ("9", "赵六", 0, None) in self.stored()

    def test_columns_are_assigned_and_two_for_one_keep_the_page(self, office):
        rows = [["甲", "乙", "丙"], ["1", "张三", "学生"]]
        page = self.send(office, book(rows))
        assert "Say which column holds the numbers" in page.text
        page = self.again(office, page, **{"m-0": "number", "m-1": "name", "m-2": "name", "heading": "1"})
        assert "assigned to the same" in page.text
        page = self.again(office, page, **{"m-2": "group"})
        assert self.again(office, page, preview="1").text.count(">new<") == 1

    def test_a_group_is_chosen_for_all_rows(self, office):
        page = self.send(office, book([["学号", "姓名"], ["1", "张三"]]))
        assert "does not say to which group" in page.text
        page = self.again(office, page, group="students")
        preview = self.again(office, page, preview="1")
        self.confirm(office, preview)
        assert self.stored() == [("1", "张三", 0, None)]

    def test_another_sheet_is_chosen(self, office):
        def add(made):
            other = made.create_sheet("教工")
            for row in [["姓名", "工号"], ["王五", "T-7"]]:
                other.append(row)

        page = self.send(office, book([["姓名", "编号", "备注说明"], ["张三", "日期：3月", "李"]], add))
        assert "<option>教工</option>" in page.text
        page = self.again(office, page, sheet="教工")
        assert "王五" in page.text
        page = self.again(office, page, group="students")
        preview = self.again(office, page, preview="1")
        self.confirm(office, preview)
        assert self.stored() == [("T-7", "王五", 0, None)]
        assert self.again(office, page, sheet="没有").status_code == 302

    @pytest.mark.parametrize("cover", [[["说明"], ["请看第二张表"]], [["填表单位", "填表人"], ["机电系", "李"]], []])
    def test_behind_a_cover_sheet_or_an_empty_one_the_persons_are_found(self, office, cover):
        def add(made):
            for name, row in (("学生名册", ["张三", "2011001"]), ("教师名册", ["王五", "T-7"])):
                other = made.create_sheet(name)
                for cells in (["姓名", "工号"], row):
                    other.append(cells)

        page = self.send(office, book(cover, add))
        assert "张三" in page.text
        assert 'name="sheet-was" value="学生名册"' in page.text
        assert "<option>教师名册</option>" in page.text

    def test_a_word_is_explained_for_all_its_rows(self, office):
        rows = [["学号", "姓名", "类别"], ["1", "张三", "走读"], ["2", "李四", "走读"]]
        page = self.send(office, book(rows))
        assert "What these words mean" in page.text
        preview = self.again(office, page, preview="1", **{"w-group-走读": "students"})
        assert preview.text.count(">new<") == 2

    def test_of_a_long_table_only_rows_with_faults_are_shown_and_mended_ones_stay(self, office):
        rows = [["学号", "姓名", "类别"], *([f"{n:04}", "张三", "学生"] for n in range(300)), ["x y", "李四", "学生"]]
        page = self.send(office, book(rows))
        assert page.text.count('class="grid-row bad"') == 1
        assert "300 rows without a fault" in page.text
        page = self.again(office, page, **{"e-302-number": "7777"})
        assert 'value="7777"' in page.text
        assert self.again(office, page, preview="1").text.count(">new<") == 301

    def test_the_preview_leads_back_to_the_cells(self, office):
        page = self.send(office, book(NATURAL))
        preview = self.again(office, page, preview="1", **{"e-3-name": "张散"})
        back = office.post(f"{PAGE}table/?lang=en", data=self.form_of(preview.text, "confirm"))
        assert 'value="张散"' in back.text

    def test_what_is_no_table_is_refused_with_what_to_do(self, office):
        page = self.send(office, b"\x00\x01", name="x.xlsx")
        assert 'id="problems"' in page.text
        assert f"{PAGE}table/" not in page.text
        assert "Choose a file, or paste a table." in self.send(office, text=" ").text

    @pytest.mark.parametrize("lang", ["zh", "en"])
    def test_the_template_holds_the_surveys_own_choices_and_is_read_as_it_is(self, office, lang):
        data = office.get(f"{PAGE}template.xlsx?lang={lang}").data
        made = openpyxl.load_workbook(io.BytesIO(data))
        assert [made.worksheets[1].sheet_state, made.worksheets[1]["C1"].value] == [
            "hidden", {"zh": "在校学生", "en": "Students"}[lang],
        ]  # fmt: skip
        assert {str(one.sqref).split(":")[0] for one in made.active.data_validations.dataValidation} == {"C2", "D2"}
        for place, cell in enumerate(
            ["9", "赵六", made.worksheets[1]["C2"].value, made.worksheets[1]["D4"].value, "", ""], 1
        ):
            made.active.cell(2, place, cell)
        out = io.BytesIO()
        made.save(out)
        page = self.send(office, out.getvalue())
        assert 'id="confirm"' in page.text
        self.confirm(office, page)
        assert self.stored() == [("9", "赵六", 1, 3)]

    def test_who_has_answered_and_would_be_moved_is_named_and_can_be_left_out(self, office):
        self.confirm(office, self.again(office, self.send(office, book(NATURAL)), preview="1"))
        Admission.update(used=True).execute()
        moved = [row if "李四" not in row else [*row[:4], "B1", *row[5:]] for row in NATURAL]
        preview = self.again(office, self.send(office, book(moved)), preview="1")
        page = self.confirm(office, preview)
        assert page.status_code == 422
        assert "2011002 has answered" in page.text
        with office.session_transaction() as session:
            assert "2011002" not in str(dict(session))
        preview = self.again(office, page, preview="1", **{"x-4": "1"})
        assert self.confirm(office, preview).status_code == 302

    def test_neither_the_log_nor_the_audit_trail_nor_the_session_names_anybody(self, office, caplog):
        caplog.set_level(logging.INFO)
        page = self.send(office, book([*NATURAL, [4, "赵六", "x y", "", "B1", "", "学生", ""]]))
        preview = self.again(office, page, preview="1", **{"e-6-number": "88001"})
        self.confirm(office, preview)
        kept = caplog.text + " ".join(f"{entry.action} {entry.about}" for entry in AuditEntry.select())
        with office.session_transaction() as session:
            kept += str(dict(session))
        assert not [word for word in ("2011001", "88001", "张三", "赵六", "zhang@") if word in kept]


class TestCommand:
    """The same by a command."""

    @pytest.fixture
    def run(self, survey, runner, tmp_path):
        def command(rows, *more):
            (tmp_path / "r.xlsx").write_bytes(book(rows))
            return runner.invoke(args=["roster", "import", "test", str(tmp_path / "r.xlsx"), *more])

        return command

    def test_columns_are_assigned_by_heading_or_number(self, run):
        rows = [["甲", "乙", "姓名", "类别"], ["1", "x", "张三", "学生"]]
        assert "no column 丁" in run(rows, "--column", "丁=number").stderr
        assert "no column phone" in run(rows, "--column", "甲=phone").stderr
        done = run(rows, "--column", "甲=number", "--column", "2=class")
        assert done.output.splitlines()[-1] == "1 persons added, 0 changed, 0 removed", done.output
        assert [(one.number, one.class_name) for one in Person.select()] == [("1", "x")]

    def test_one_group_is_named_for_all(self, run):
        rows = [["学号", "姓名"], ["1", "张三"]]
        assert "group" in run(rows).stderr
        assert run(rows, "--group", "teachers").exit_code == 1
        assert run(rows, "--group", "学生", "--preview").exit_code == 1
        assert "1 persons added" in run(rows, "--group", "students").output

    def test_words_are_explained(self, run):
        rows = [["学号", "姓名", "类别", "支部"], ["1", "张三", "走读", "一支部"]]
        assert run(rows).exit_code == 1
        done = run(rows, "--word", "走读=students", "--word", "一支部=B2")
        assert "1 persons added" in done.output, done.stderr
        assert [(one.group, one.own_unit) for one in Person.select()] == [(0, 1)]

    def test_a_sheet_is_named(self, run, runner, tmp_path):
        def add(made):
            made.create_sheet("教工").append(["姓名", "学号"])
            made["教工"].append(["王五", "7"])

        (tmp_path / "s.xlsx").write_bytes(book([["说明"], ["见第二张表"]], add))
        words = ["roster", "import", "test", str(tmp_path / "s.xlsx"), "--group", "students", "--sheet"]
        assert "no sheet of this name" in runner.invoke(args=[*words, "学生"]).stderr
        assert "1 persons added" in runner.invoke(args=[*words, "教工"]).output

    def test_without_any_of_it_headings_are_exact_as_before(self, run):
        done = run(NATURAL)
        assert done.exit_code == 1
        assert "所在支部" in done.stderr or "is missing" in done.stderr
        assert not Person.select().exists()
