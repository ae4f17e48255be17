"""Rosters: reading, preview, update, removal, personal codes, who has answered, erasing."""

import io
import re
from pathlib import Path

import openpyxl
import pytest
import xlwt

from surveys.admission.codes import personal_code
from surveys.admission.models import Admission, Person
from surveys.admission.roster import ClassTurnout, classes_of, compare, links_of, roster_of
from surveys.admission.roster_file import read_roster
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult
from surveys.storage.database import database, is_sqlite
from tests.acting import erase_roster, seal, store_roster
from tests.helpers import closed, csrf, fill_page, hand_out, post, published

GROUPS = [
    {"code": "students", "name": {"zh": "学生", "en": "Students"}, "admission": "roster"},
    {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "admission": "roster", "own": True},
    {"code": "guests", "name": "来宾", "admission": "open"},
]
FILE = """学号,姓名,群体,单位,班级,邮箱
2011001,张三,学生,,机电1班,zhang@example.edu.cn
2011002,李四,students,B02,机电1班,
T-7,王五,Staff,第3党支部,,wang@example.edu.cn
"""


@pytest.fixture
def survey(any_app):
    return published(groups=GROUPS)


def rows_of(survey, text: str = FILE):
    return read_roster(plan_of(survey), "roster.csv", text.encode()).rows


def store(app, survey, text: str = FILE, **options):
    return store_roster(survey.slug, app.config["CODE_KEY"], rows_of(survey, text), **options)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "xlsx", "xls"])
def test_a_roster_is_read_from_csv_and_workbooks(any_app, survey, encoding):
    if encoding == "xlsx":
        book = openpyxl.Workbook()
        for line in FILE.splitlines():
            book.active.append([int(cell) if cell.isdigit() else cell for cell in line.split(",")])
        out = io.BytesIO()
        book.save(out)
        data = out.getvalue()
    elif encoding == "xls":
        old = xlwt.Workbook()
        sheet = old.add_sheet("名单")
        for row, line in enumerate(FILE.splitlines()):
            for column, cell in enumerate(line.split(",")):
                sheet.write(row, column, int(cell) if cell.isdigit() else cell)
        out = io.BytesIO()
        old.save(out)
        data = out.getvalue()
    else:
        data = FILE.encode(encoding)
    rows = read_roster(plan_of(survey), "r", data).rows
    assert [(row.number, row.name, row.group, row.own_unit, row.class_name, row.email) for row in rows] == [
        ("2011001", "张三", 0, None, "机电1班", "zhang@example.edu.cn"),
        ("2011002", "李四", 0, 1, "机电1班", ""),
        ("T-7", "王五", 1, 2, "", "wang@example.edu.cn"),
    ]


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (",张三,学生,,,", "学号", "A number is 1 to 40"),
        ("2011 001,张三,学生,,,", "学号", "A number is 1 to 40"),
        ("2011001,赵六,学生,,,", "学号", "is also in row 2"),
        ("9,,学生,,,", "姓名", "A name has 1 to 60"),
        (f"9,{'长' * 61},学生,,,", "姓名", "A name has 1 to 60"),
        ("9,赵六,来宾,,,", "群体", "There is no group 来宾 with a roster"),
        ("9,赵六,学生,B99,,", "单位", "There is no unit B99"),
        ("9,赵六,教职工,,,", "单位", "each person must have one"),
        ("9,赵六,学生,,,not an address", "邮箱", "This is not an e-mail address"),
        (f"9,赵六,学生,,{'长' * 61},", "班级", "longer than 60"),
    ],
)
def test_each_fault_is_named_with_row_and_column(app, line, column, words):
    survey = published(groups=GROUPS)
    with pytest.raises(InputError) as refused:
        rows_of(survey, FILE + line + "\n")
    problem = refused.value.problems[0]
    assert (problem.row, problem.where) == (5, column)
    assert words in str(problem)


def test_a_survey_without_rosters_and_a_file_without_columns_are_refused(app):
    with pytest.raises(InputError, match="admitted by a roster"):
        rows_of(published(slug="other"))
    with pytest.raises(InputError, match="The column name / 姓名 is missing"):
        rows_of(published(groups=GROUPS), "学号\n1\n")


def test_with_one_group_the_file_needs_no_group(any_app):
    survey = published(groups=GROUPS[:1])
    assert [row.group for row in rows_of(survey, "学号,姓名\n1,张三\n")] == [0]


def test_everyone_on_the_roster_gets_in_once_by_the_personal_code(any_app, survey):
    store(any_app, survey)
    browser = any_app.test_client()
    links = links_of(survey, any_app.config["CODE_KEY"], "https://s.example")
    assert [one.person.number for one in links] == ["2011001", "2011002", "T-7"]
    code = links[2].code
    assert links[2].link == f"https://s.example/s/test#{code}"
    page = hand_out(browser, "test", code).text
    assert "已收到" in browser.post("/s/test/submit", data=fill_page(page)).text
    assert "已经参评" in hand_out(browser, "test", code).text
    assert [(one.person.name, one.answered) for one in roster_of(survey)] == [
        ("张三", False), ("李四", False), ("王五", True),
    ]  # fmt: skip
    assert len(links_of(survey, any_app.config["CODE_KEY"], "")) == 2
    assert classes_of(survey.id) == [ClassTurnout("", 3, 1, classes=2)]


def test_classes_of_fewer_than_five_are_counted_together_with_the_next_one_if_need_be(any_app, survey):
    sizes = {"10班": 6, "9班": 5, "博士班": 1, "进修班": 2}
    lines = [f"{at}-{n},某,学生,,{name}," for at, (name, size) in enumerate(sizes.items()) for n in range(size)]
    store(any_app, survey, "学号,姓名,群体,单位,班级,邮箱\n" + "\n".join(lines) + "\n")
    assert classes_of(survey.id) == [ClassTurnout("10班", 6, 0), ClassTurnout("", 8, 0, classes=3)]


def test_codes_are_bound_to_key_survey_and_person_and_stored_nowhere(any_app, survey):
    store(any_app, survey)
    key = any_app.config["CODE_KEY"]
    codes = {
        personal_code(k, s, n) for k in (key, b"x" * 32) for s in (survey.id, survey.id + 1) for n in ("2011001", "T-7")
    }
    assert len(codes) == 8
    bare = personal_code(key, survey.id, "T-7").replace("-", "")
    assert all(bare.encode() not in bytes(person.code_hash) for person in Person.select())


def test_a_second_import_says_what_changes_and_changes_it(any_app, survey):
    store(any_app, survey)
    later = FILE.replace("李四", "李思").replace("T-7,王五,Staff,第3党支部,,wang@example.edu.cn\n", "9,赵六,学生,,,\n")
    found = compare(survey, rows_of(survey, later))
    assert [(row.number, change) for row, change in found.rows] == [
        ("2011001", "same"), ("2011002", "changed"), ("9", "new"),
    ]  # fmt: skip
    assert found.missing == ["T-7"]
    done = store(any_app, survey, later)
    assert (done.added, done.changed, done.removed) == (1, 1, 0)
    assert Admission.select().count() == Person.select().count() == 4
    done = store(any_app, survey, later, remove_missing=True)
    assert (done.added, done.changed, done.removed, done.kept) == (0, 0, 1, 0)
    assert Admission.select().count() == Person.select().count() == 3


def answer(app, survey, number: str) -> None:
    browser = app.test_client()
    page = hand_out(browser, "test", personal_code(app.config["CODE_KEY"], survey.id, number)).text
    assert "已收到" in browser.post("/s/test/submit", data=fill_page(page)).text


def test_who_has_answered_cannot_be_moved_or_removed(any_app, survey):
    store(any_app, survey)
    answer(any_app, survey, "2011002")
    with pytest.raises(InputError, match="2011002 has answered"):
        store(any_app, survey, FILE.replace("李四,students,B02", "李四,students,B03"))
    store(any_app, survey, FILE.replace("李四", "李思"))  # a name may be mended
    assert Person.get(Person.number == "2011002").name == "李思"
    done = store(any_app, survey, "学号,姓名,群体\n2011001,张三,学生\n", remove_missing=True)
    assert (done.removed, done.kept) == (1, 1)
    assert sorted(person.number for person in Person.select()) == ["2011001", "2011002"]


def test_who_has_not_answered_can_be_moved_to_another_unit(any_app, survey):
    store(any_app, survey)
    store(any_app, survey, FILE.replace("第3党支部", "B01"))
    answer(any_app, survey, "T-7")
    closed(survey)
    seal("test")
    assert [(a.own_unit, a.used) for a in Admission.select().where(Admission.group == 1)] == [(0, True)]


def test_a_roster_is_imported_between_publication_and_close(any_app, survey):
    rows = rows_of(survey)
    closed(survey)
    with pytest.raises(InputError, match="until it closes"):
        store_roster("test", any_app.config["CODE_KEY"], rows)


def test_erasing_after_the_seal_forgets_persons_and_keeps_turnout(any_app, survey):
    store(any_app, survey)
    answer(any_app, survey, "T-7")
    with pytest.raises(InputError, match="erased after the seal"):
        erase_roster("test")
    closed(survey)
    seal("test")
    before = StoredResult.get_by_id(survey.id).result().turnout
    assert erase_roster("test") == 3
    assert Person.select().count() == 0
    assert StoredResult.get_by_id(survey.id).result().turnout == before
    assert Survey.get_by_id(survey.id).state == "sealed"


def test_an_erased_roster_is_gone_from_the_files_of_the_database(any_app, survey):
    store(any_app, survey)
    closed(survey)
    seal("test")
    if is_sqlite():
        database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        assert "张三".encode() in (Path(any_app.instance_path) / "surveys.sqlite3").read_bytes()
        erase_roster("test")
        for file in Path(any_app.instance_path).glob("surveys.sqlite3*"):
            assert "张三".encode() not in file.read_bytes(), file
    else:
        assert database.execute_sql("SELECT pg_relation_size('person')").fetchone()[0] > 0
        erase_roster("test")
        assert database.execute_sql("SELECT pg_relation_size('person')").fetchone()[0] == 0


def test_a_set_time_after_the_seal_the_roster_is_erased_by_itself(any_app, survey):
    store(any_app, survey)
    closed(survey)
    seal("test")
    runner = any_app.test_cli_runner()
    assert runner.invoke(args=["db", "erase-rosters"]).output == "0 persons erased\n"
    sealed = StoredResult.get_by_id(survey.id)
    sealed.sealed_at -= 31 * 86_400
    sealed.save()
    other = published(slug="other", groups=GROUPS)
    store(any_app, other)
    assert runner.invoke(args=["db", "migrate"]).exit_code == 0
    assert {person.survey_id for person in Person.select()} == {other.id}


def test_by_command(app, runner, tmp_path):
    published(groups=GROUPS)
    file = tmp_path / "r.csv"
    file.write_text(FILE, "utf-8")
    seen = runner.invoke(args=["roster", "import", "test", str(file), "--preview"]).output
    assert seen.splitlines()[0] == "new\t2011001\t张三"
    assert Person.select().count() == 0
    assert "3 persons added" in runner.invoke(args=["roster", "import", "test", str(file)]).output
    assert "2011001\t张三\t-" in runner.invoke(args=["roster", "list", "test"]).output
    assert "2 small classes\t0\t3" in runner.invoke(args=["roster", "list", "test", "--classes"]).output
    for ending in ("csv", "xlsx"):
        out = tmp_path / f"links.{ending}"
        done = runner.invoke(args=["roster", "links", "test", "--base", "https://s.example", "--out", str(out)])
        assert (done.exit_code, out.exists()) == (0, True), done.output
    assert "https://s.example/s/test#" in (tmp_path / "links.csv").read_text("utf-8-sig")
    sheet = openpyxl.load_workbook(tmp_path / "links.xlsx").active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} == {"s"}  # no number loses zeros in front
    file.write_text("学号,姓名\n1,甲\n", "utf-8")
    refused = runner.invoke(args=["roster", "import", "test", str(file)])
    assert (refused.exit_code, "The column group / 群体 / 类别 is missing" in refused.stderr) == (1, True)


class TestPages:
    """What the party office does with a roster in the browser."""

    @pytest.fixture
    def office(self, app, staff):
        published(groups=GROUPS)
        return staff("publisher")

    def upload(self, office, text: str):
        return office.post(
            "/staff/surveys/test/roster/",
            data={
                "csrf_token": csrf(office, "/staff/surveys/test/roster/"),
                "file": (io.BytesIO(text.encode()), "名单.csv"),
            },
        )

    def bring_in(self, office, text: str, **fields):
        page = self.upload(office, text).text
        data = re.search(r'name="data" value="([^"]*)"', page)[1]
        return post(
            office, "/staff/surveys/test/roster/import", form_on="/staff/surveys/test/roster/", follow_redirects=True,
            name="名单.csv", data=data, **fields,
        )  # fmt: skip

    def test_an_empty_roster_says_what_to_do(self, office):
        assert "请导入人员表" in office.get("/staff/surveys/test/roster/").text
        assert 'href="/staff/surveys/test/roster/"' in office.get("/staff/surveys/test/").text

    def test_preview_then_import_then_who_has_answered(self, app, office):
        page = self.upload(office, FILE).text
        assert page.count(">新增<") == 3
        assert Person.select().count() == 0
        assert "新增 3 人" in self.bring_in(office, FILE).text
        answer(app, Survey.get(), "2011002")
        page = office.get("/staff/surveys/test/roster/").text
        assert "3 人中已有 1 人参评" in page
        assert re.search(r"2011002</td>\s*<th>李四</th>\s*<td>是</td>", page)
        again = self.upload(office, "学号,姓名,群体\n2011001,张三,学生\n").text
        assert "移除文件中没有的 2 人" in again
        done = self.bring_in(office, "学号,姓名,群体\n2011001,张三,学生\n", remove="1").text
        assert "移除 1 人" in done
        assert "1 人已参评，予以保留" in done

    def test_a_large_roster_is_shown_in_pages_and_searched(self, app, office):
        lines = [f"{i:05},学生{i},学生,,{'甲' if i % 2 else '乙'}班," for i in range(450)]
        text = "学号,姓名,群体,单位,班级,邮箱\n" + "\n".join(lines)
        self.bring_in(office, text)
        page = office.get("/staff/surveys/test/roster/").text
        assert "450 人中已有 0 人参评" in page
        assert page.count('name="number"') == 200
        assert "第 1 页，共 3 页" in page
        last = office.get("/staff/surveys/test/roster/?page=99").text
        assert last.count('name="number"') == 50
        assert office.get("/staff/surveys/test/roster/?q=00044").text.count('name="number"') == 1
        assert office.get("/staff/surveys/test/roster/?q=甲班").text.count('name="number"') == 200
        answer(app, Survey.get(), "00044")
        waiting = office.get("/staff/surveys/test/roster/?q=0004&show=waiting").text
        assert waiting.count('name="number"') == 10  # 00004 and 00040 to 00049, without who has answered
        assert "没有符合的人员" in office.get("/staff/surveys/test/roster/?q=%3Cb%3E").text

    def test_faults_are_listed_and_nothing_is_imported(self, office):
        page = self.upload(office, FILE + "x y,赵六,学生,,,\n").text
        assert "编号为 1 至 40 个字母" in page
        assert Person.select().count() == 0
        broken = post(
            office, "/staff/surveys/test/roster/import", form_on="/staff/surveys/test/roster/", follow_redirects=True,
            name="x", data="%%%",
        )  # fmt: skip
        assert "请重新选择" in broken.text or "未完整" in broken.text

    def test_links_as_tables_and_slips(self, app, office):
        self.bring_in(office, FILE)
        code = personal_code(app.config["CODE_KEY"], Survey.get().id, "T-7")
        for kind in ("csv", "xlsx", "slips"):
            answered = post(office, f"/staff/surveys/test/roster/links/{kind}", form_on="/staff/surveys/test/roster/")
            assert answered.status_code == 200
            assert kind == "xlsx" or code in answered.get_data(as_text=True)
        assert (
            post(office, "/staff/surveys/test/roster/links/exe", form_on="/staff/surveys/test/roster/").status_code
            == 404
        )

    def test_the_picture_class_namees_names_nobody_and_is_the_same_for_everyone(self, app, office, staff):
        more = [f"3{n},某,学生,,机电{1 if n < 4 else 2}班,\n" for n in range(9)]
        self.bring_in(office, FILE + "".join(more))
        before = office.get("/staff/surveys/test/roster/classes").text
        assert "机电1班" in before
        assert not [word for word in ("张三", "李四", "王五", "2011001", "zhang@") if word in before]
        answer(app, Survey.get(), "2011001")
        figures = r'机电1班\s*</th>\s*<td class="num">1</td>\s*<td class="num">6</td>\s*<td class="num">16.67 %'
        assert re.search(figures, office.get("/staff/surveys/test/roster/classes").text)
        assert "机电1班" in staff("committee").get("/staff/surveys/test/roster/classes").text

    def test_erasing_asks_and_is_offered_after_the_seal_only(self, office):
        self.bring_in(office, FILE)
        assert "清除名单" not in office.get("/staff/surveys/test/roster/").text
        closed(Survey.get())
        seal("test")
        page = office.get("/staff/surveys/test/roster/").text
        assert "data-confirm" in page
        done = post(office, "/staff/surveys/test/roster/erase", form_on="/staff/surveys/test/roster/",
                    follow_redirects=True).text  # fmt: skip
        assert "已清除 3 人" in done
        assert "名单已清除" in done
