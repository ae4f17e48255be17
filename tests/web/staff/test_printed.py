"""The pages with what is printed of a result, the letterhead, and the downloads."""

import io

import pytest
from PIL import Image

from surveys.results.printed import files
from surveys.results.printed.letterhead import letterhead
from surveys.storage.audit import AuditEntry
from surveys.web.staff import printed
from tests.acting import seal
from tests.helpers import closed, csrf, post, published, vote
from tests.results.printing import pages_of, unzipped

PAGE = "/staff/surveys/test/report"


@pytest.fixture
def survey(app):
    survey = published()
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    return survey


def last_entry():
    entry = AuditEntry.select().order_by(AuditEntry.id.desc()).first()
    return entry.action, entry.about


def test_the_result_leads_to_it_and_it_to_all_files(survey, staff):
    browser = staff("committee")
    assert f'href="{PAGE}"' in browser.get("/staff/surveys/test/result").text
    page = browser.get(PAGE).text
    for name in ("report.pdf", "report.docx", "workbooks.zip", "units.zip", "units/B01.pdf"):
        assert f"/staff/surveys/test/{name}" in page
        assert browser.get(f"/staff/surveys/test/{name}").status_code == 200


@pytest.mark.parametrize(("language", "said"), [("zh", "本单位的数据"), ("en", "its own figures")])
def test_it_speaks_both_languages(survey, staff, language, said):
    assert said in staff("committee").get(f"{PAGE}?lang={language}").text


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("report.pdf", ("downloaded the printed report", "test: pdf")),
        ("report.docx", ("downloaded the printed report", "test: docx")),
        ("units/B02.pdf", ("downloaded pages of units", "test: B02")),
        ("units.zip", ("downloaded pages of units", "test: 3")),
        ("workbooks.zip", ("downloaded general branches' workbooks", "test: 1")),
    ],
)
def test_each_download_leaves_an_entry(survey, staff, name, entry):
    assert staff("committee").get(f"/staff/surveys/test/{name}").status_code == 200
    assert last_entry() == entry


def test_the_archive_has_a_page_for_each_unit(survey, staff):
    made = unzipped(staff("committee").get("/staff/surveys/test/units.zip").data)
    assert sorted(made) == [f"B0{n}-第{n}党支部.pdf" for n in (1, 2, 3)]
    assert all(name[4:-4] in pages_of(data)[0] for name, data in made.items())


def test_more_pages_than_a_browser_waits_for_are_left_to_the_command(survey, staff, monkeypatch):
    monkeypatch.setattr(printed, "MOST_BY_PAGE", 2)
    browser = staff("committee")
    assert "units.zip" not in browser.get(PAGE).text
    answer = browser.get("/staff/surveys/test/units.zip", follow_redirects=True)
    assert "scores units" in answer.text
    answer = browser.get("/staff/surveys/test/report.docx", follow_redirects=True)
    assert "scores report" in answer.text
    assert browser.get("/staff/surveys/test/report.pdf").status_code == 200
    assert files.MOST_BY_PAGE > 2


def test_what_is_not_there_is_not_found(survey, staff):
    browser = staff("committee")
    for name in ("report.odt", "units/NONE.pdf"):
        assert browser.get(f"/staff/surveys/test/{name}").status_code == 404


def test_before_the_seal_there_is_nothing_to_print(app, staff):
    published()
    browser = staff("administrator")
    for name in ("report", "report.pdf", "report.docx", "units/B01.pdf", "units.zip", "workbooks.zip"):
        assert browser.get(f"/staff/surveys/test/{name}").status_code == 404


def test_the_number_is_given_on_the_page_and_printed(survey, staff):
    browser = staff("committee")
    assert "文号已保存" in post(browser, PAGE, number="学院〔2026〕3号", follow_redirects=True).text
    assert last_entry() == ("gave a result its number", "test: 学院〔2026〕3号")
    assert "学院〔2026〕3号" in pages_of(browser.get("/staff/surveys/test/report.pdf").data)[0]
    assert post(browser, PAGE, number="9" * 21).status_code == 200
    assert last_entry()[0] == "downloaded the printed report"


def picture():
    out = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    out.seek(0)
    return out


def test_an_administrator_sets_the_letterhead_and_sees_the_logo(app, staff):
    browser = staff("administrator")
    data = {
        "csrf_token": csrf(browser, "/staff/letterhead"), "organisation": "某某学院", "pattern": "{number}号",
        "logo": (picture(), "logo.png"),
    }  # fmt: skip
    answer = browser.post("/staff/letterhead", data=data, content_type="multipart/form-data", follow_redirects=True)
    assert "抬头已保存" in answer.text
    assert 'src="/staff/letterhead/logo.png"' in answer.text
    assert browser.get("/staff/letterhead/logo.png").data == letterhead().logo
    data = {"csrf_token": csrf(browser, "/staff/letterhead"), "organisation": "", "pattern": "", "remove_logo": "y"}
    browser.post("/staff/letterhead", data=data)
    assert letterhead().logo is None
    assert browser.get("/staff/letterhead/logo.png").status_code == 404


def test_a_wrong_letterhead_is_refused_with_all_that_is_wrong_and_what_was_typed_stays(app, staff):
    browser = staff("administrator")
    data = {
        "csrf_token": csrf(browser, "/staff/letterhead"), "organisation": "某某学院", "pattern": "第几号",
        "logo": (io.BytesIO(b"no picture"), "logo.png"),
    }  # fmt: skip
    page = browser.post("/staff/letterhead", data=data, content_type="multipart/form-data").text
    assert "须用 {number} 标明编号的位置" in page
    assert "无法读取标志图片" in page
    assert 'value="某某学院"' in page
    assert letterhead().organisation == ""
