"""The page that tells whether a sealed survey is still what was sealed."""

import pytest

from surveys.ballots.models import Ballot
from surveys.results import computing, digest
from surveys.results.models import StoredResult
from surveys.web.staff import results
from tests.acting import seal
from tests.helpers import closed, post, published, vote

PAGE = "/staff/surveys/test/verify"


@pytest.fixture
def sealed(app):
    survey = published(rule={"minimum": 1})
    for _ in range(3):
        vote(survey)
    closed(survey)
    return seal("test")


def test_opening_a_page_about_a_sealed_survey_reads_no_ballot(staff, sealed, monkeypatch):
    browser = staff("committee")

    def never(*_, **__):
        raise AssertionError("ballots are read")

    for module, name in ((results, "verify"), (computing, "score_ballots"), (digest, "read_receipts")):
        monkeypatch.setattr(module, name, never)
    for page in ("verify", "result", "remarks", "workbook.xlsx"):
        assert browser.get(f"/staff/surveys/test/{page}").status_code == 200, page
    text = browser.get(PAGE).text
    assert StoredResult.get().digest in text
    assert "立即核对" in text
    assert "全部与封存时一致" not in text


def test_the_button_computes_everything_again_and_says_when(staff, sealed):
    browser = staff("committee")
    answer = post(browser, PAGE)
    assert answer.status_code == 200
    assert "全部与封存时一致" in answer.text
    assert " 年 " in answer.text.split("已根据存储的答卷")[0]
    assert answer.text.count(sealed.digest) == 2
    Ballot.update(answers=b"\x01" * len(Ballot.get().answers)).execute()
    assert "有存储内容被改动" in post(browser, PAGE).text


def test_before_the_seal_there_is_nothing_to_check(staff, app):
    published()
    browser = staff("publisher")
    assert browser.get(PAGE).status_code == 404
    assert post(browser, PAGE, form_on="/staff/").status_code == 404
