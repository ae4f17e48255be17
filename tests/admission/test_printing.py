"""Slips with cover sheets and posters as PDF, with the font that comes with the service."""

import io
import re
from zipfile import ZipFile

import pypdf
import pytest

from surveys.admission.handouts import codes_from_text
from surveys.admission.issuing import codes_for_groups, issue_all
from surveys.admission.models import Admission
from surveys.admission.printing import Handout, Slip, code_slips, personal_slips, poster_pdf, slips_files, slips_pdf
from surveys.admission.roster import links_of
from surveys.admission.roster_file import read_roster
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from tests.acting import TESTER, store_roster
from tests.helpers import csrf, post, published, units

GROUPS = [
    {"code": "students", "name": {"zh": "学生", "en": "Students"}, "own": True},
    {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}},
    {"code": "guests", "name": "来宾", "admission": "open"},
]


@pytest.fixture
def survey(app):
    return published(groups=GROUPS)


def handout(survey, language="zh"):
    return Handout(
        plan_of(survey),
        survey.closes_at,
        "Asia/Shanghai",
        "https://vote.example.edu/s/test",
        "党委办公室",
        "电话 0123",
        language,
    )


def text_of(data: bytes, page: int | None = None) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "\n".join(one.extract_text() for one in (pages if page is None else [pages[page - 1]]))


def pages_of(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


def test_codes_for_all_groups_are_issued_at_once_each_group_as_a_batch(app, survey):
    plan = plan_of(survey)
    issued = issue_all(TESTER, survey, app.config["CODE_KEY"], codes_for_groups(plan, {0: 2, 1: 5}))
    assert [(one.group, one.own_unit) for one in issued] == [
        (0, 0),
        (0, 0),
        (0, 1),
        (0, 1),
        (0, 2),
        (0, 2),
        *[(1, None)] * 5,
    ]
    assert sorted({(row.group, row.batch) for row in Admission.select()}) == [(0, 1), (1, 2)]


@pytest.mark.parametrize("counts", [{}, {0: 0, 1: 0}, {2: 3}])
def test_no_codes_or_those_of_a_group_without_are_refused_and_none_is_issued(app, survey, counts):
    with pytest.raises(InputError):
        issue_all(TESTER, survey, app.config["CODE_KEY"], codes_for_groups(plan_of(survey), counts))
    assert not Admission.select().exists()


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ("学生", "截止", "分钟", "张参评条")), ("en", ("Students", "Until", "min", "slips"))]
)
def test_every_pile_has_a_cover_sheet_and_every_slip_says_what_one_needs(app, survey, language, words):
    plan = plan_of(survey)
    issued = issue_all(TESTER, survey, app.config["CODE_KEY"], codes_for_groups(plan, {0: 2, 1: 12}))
    data = slips_pdf(handout(survey, language), code_slips(plan, issued, language))
    assert pages_of(data) == 3 * 2 + 3  # a cover and a page for each unit; a cover and two pages for the staff
    text = text_of(data)
    assert all(one.code in text for one in issued)
    assert all(word in text for word in words)
    slips = text_of(data, 2)
    assert slips.count("0123") == 2
    assert "vote.example.edu/s/test" in slips.replace("\n", "")


def test_a_text_that_is_too_long_for_a_slip_is_cut_and_rare_characters_are_printed(survey):
    slip = Slip(("学生", "x"), "学生", "长" * 300 + "龘", "ABCD-EFGH-JKLMN", 2)
    assert "…" in text_of(slips_pdf(handout(survey), [slip], covers=False))
    assert "喆堃" in text_of(slips_pdf(handout(survey), [Slip(("学生", ""), "张喆堃", "", "ABCD-EFGH-JKLMN", 2)]))


@pytest.mark.parametrize(("size", "box"), [("A4", b"595.28 841.89"), ("A3", b"841.89 1190.55")])
def test_a_poster_is_one_page_of_its_size(survey, size, box):
    data = poster_pdf(handout(survey), size)
    assert pages_of(data) == 1
    assert box in data
    assert "vote.example.edu/s/test" in text_of(data)


class TestPages:
    PAGE = "/staff/surveys/test/codes"

    def test_one_form_issues_for_all_and_hands_out_the_pdf(self, staff, survey):
        office = staff("publisher")
        page = office.get(f"{self.PAGE}?lang=en").text
        fields = dict(re.findall(r'name="(count-\d)"[^>]*value="(\d+)"', page, re.S))
        assert sorted(fields) == ["count-0", "count-1"]
        once = re.search(r'id="all".*?name="once"[^>]*value="([^"]+)"', page, re.S)[1]
        issued = post(office, f"{self.PAGE}/all", form_on=self.PAGE, once=once, **{"count-0": "2", "count-1": "3"}).text
        assert "已发放 9 个参评码" in issued or "9 codes issued" in issued
        codes = re.search(r'name="codes" value="([^"]+)"', issued)[1]
        pdf = post(office, f"{self.PAGE}/pdf", form_on=self.PAGE, codes=codes)
        assert pdf.mimetype == "application/pdf"
        assert pages_of(pdf.data) == 8
        again = post(
            office, f"{self.PAGE}/all", form_on=self.PAGE, once=once, follow_redirects=True, **{"count-0": "2"}
        )
        assert Admission.select().count() == 9
        assert again.status_code == 200

    @pytest.mark.parametrize("count", ["many", "-1", "1.5", "9" * 7, "", "0"])
    def test_numbers_that_are_none_are_refused(self, staff, survey, count):
        office = staff("publisher")
        page = post(office, f"{self.PAGE}/all", form_on=self.PAGE, follow_redirects=True, **{"count-0": count}).text
        assert 'class="alert"' in page
        assert not Admission.select().exists()

    def test_the_poster_comes_as_pdf(self, staff, survey):
        office = staff("committee")
        for size in ("a3", "a4"):
            assert office.get(f"/staff/surveys/test/poster-{size}.pdf").data.startswith(b"%PDF")
        assert office.get("/staff/surveys/test/poster-a9.pdf").status_code == 404

    def test_what_is_sent_back_damaged_is_refused(self, staff, survey):
        office = staff("publisher")
        data = {"csrf_token": csrf(office, self.PAGE), "codes": "0 0 nonsense"}
        assert office.post(f"{self.PAGE}/pdf", data=data).status_code == 400
        assert Survey.select().count() == 1


def test_personal_slips_are_in_piles_of_a_class_with_a_cover_sheet_each(app):
    survey = published(groups=[{"code": "students", "name": "学生", "admission": "roster"}])
    rows = "学号,姓名,班级\n10,张三,机电2班\n9,李四,机电2班\n1,王五,机电1班\n"
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", rows.encode()).rows)
    links = links_of(survey, app.config["CODE_KEY"], "https://vote.example.edu")
    slips = personal_slips(plan_of(survey), links, "zh")
    assert [(slip.pile, slip.title) for slip in slips] == [
        (("学生", "机电1班"), "王五 1"), (("学生", "机电2班"), "李四 9"), (("学生", "机电2班"), "张三 10"),
    ]  # fmt: skip
    data = slips_pdf(handout(survey), slips)
    assert pages_of(data) == 4
    assert "机电2班" in text_of(data, 3)
    assert links[0].code in text_of(data, 2)


def test_the_page_of_a_roster_gives_slips_as_pdf(app, staff):
    survey = published(groups=[{"code": "students", "name": "学生", "admission": "roster"}])
    rows = "学号,姓名,班级\n1,张三,机电2班\n2,李四,机电2班\n"
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", rows.encode()).rows)
    office = staff("publisher")
    page = "/staff/surveys/test/roster/"
    answer = post(office, f"{page}links/pdf", form_on=page)
    assert answer.mimetype == "application/pdf"
    assert "李四" in text_of(answer.data)


class TestMoreThanOneFile:
    """So many slips that a printer takes them in parts: a zip of PDFs by group, which is sent while it is made."""

    PAGE = "/staff/surveys/test/codes"

    @pytest.fixture(autouse=True)
    def few_in_a_file(self, monkeypatch):
        monkeypatch.setattr("surveys.admission.printing.SLIPS_IN_A_FILE", 4)
        monkeypatch.setattr("surveys.web.staff.codes.SLIPS_IN_A_FILE", 4)

    def test_each_group_has_files_of_its_own_and_no_pile_is_torn(self, app, survey):
        plan = plan_of(survey)
        issued = issue_all(TESTER, survey, app.config["CODE_KEY"], codes_for_groups(plan, {0: 2, 1: 5}))
        files = list(slips_files(handout(survey), code_slips(plan, issued, "zh")))
        assert [(name, number) for name, number, _ in files] == [
            ("01-学生.pdf", 4),
            ("02-学生.pdf", 2),
            ("03-教职工.pdf", 5),
        ]
        text = "".join(text_of(body) for *_more, body in files)
        assert all(text.count(one.code) == 1 for one in issued)

    def test_the_page_gives_a_zip_and_says_how_much_will_come(self, staff, survey):
        office = staff("publisher")
        once = re.search(r'id="all".*?name="once"[^>]*value="([^"]+)"', office.get(self.PAGE).text, re.S)[1]
        issued = post(office, f"{self.PAGE}/all", form_on=self.PAGE, once=once, **{"count-0": "2", "count-1": "3"}).text
        assert "PDF" in re.search(r'<button class="primary">(.*?)</button>', issued, re.S)[1]
        codes = re.search(r'name="codes" value="([^"]+)"', issued)[1]
        answer = post(office, f"{self.PAGE}/pdf", form_on=self.PAGE, codes=codes)
        assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
            "application/zip",
            'attachment; filename="test-slips.zip"',
        )
        expected = int(answer.headers["X-Expected-Bytes"])
        with ZipFile(io.BytesIO(answer.data)) as archive:
            assert archive.testzip() is None
            assert archive.namelist() == ["01-学生.pdf", "02-学生.pdf", "03-教职工.pdf"]
        assert 0.5 < expected / len(answer.data) < 2

    def test_so_are_those_of_a_roster(self, app, staff):
        survey = published(slug="roster", groups=[{"code": "students", "name": "学生", "admission": "roster"}])
        rows = "学号,姓名,班级\n" + "".join(f"{n},张{n},机电{n % 3}班\n" for n in range(1, 10))
        store_roster("roster", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", rows.encode()).rows)
        page = "/staff/surveys/roster/roster/"
        answer = post(staff("publisher"), f"{page}links/pdf", form_on=page)
        with ZipFile(io.BytesIO(answer.data)) as archive:
            assert len(archive.namelist()) == 3


def test_the_number_that_a_page_proposes_for_three_hundred_units_is_issued(app, staff):
    survey = published(
        units=units(300), groups=[{**GROUPS[0], "code": code, "name": code} for code in ("students", "staff")]
    )
    office = staff("publisher")
    page = office.get("/staff/surveys/test/").text
    fields = dict(re.findall(r'name="(count-\d)"[^>]*value="(\d+)"', page, re.S))
    assert fields == {"count-0": "50", "count-1": "50"}
    once = re.search(r'id="all".*?name="once"[^>]*value="([^"]+)"', page, re.S)[1]
    answer = post(office, "/staff/surveys/test/codes/all", form_on="/staff/surveys/test/", once=once, **fields)
    assert "已发放 30000 个参评码" in answer.text
    assert Admission.select().count() == 30_000
    codes = re.search(r'name="codes" value="([^"]+)"', answer.text)[1]
    assert len(codes_from_text(codes, plan_of(survey))) == 30_000


def test_more_than_are_issued_at_a_time_are_refused_with_what_to_do(staff, survey):
    page = "/staff/surveys/test/codes"
    said = post(staff("publisher"), f"{page}/all", form_on=page, follow_redirects=True, **{"count-0": "99999"}).text
    assert "299997" in said
    assert "分群体" in said
    assert not Admission.select().exists()
