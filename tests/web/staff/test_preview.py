"""The preview of a survey: for each group, said to be one, in a frame that sends nothing, and with a way back."""

import lxml.html
import pytest

from surveys.ballots.models import Receipt
from tests.helpers import fill_page, published

GROUPS = [
    {"code": "students", "name": {"zh": "学生", "en": "Students"}, "admission": "code"},
    {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "admission": "open", "own": True},
]
PAGE = "/staff/surveys/test/preview"


@pytest.fixture
def committee(staff):
    published(groups=GROUPS)
    return staff("committee")


def test_each_group_has_its_own_and_the_page_says_which_one(committee):
    for group, name, count in (("students", "Students", 3), ("staff", "Staff", 1)):
        page = lxml.html.fromstring(committee.get(f"{PAGE}?lang=en&group={group}").text)
        assert page.find(".//nav[@class='tabs']/a[@aria-current='page']").text == name
        assert f"“{name}”" in page.text_content()
        frame = page.find(".//iframe")
        assert "allow-forms" not in frame.get("sandbox")
        shown = committee.get(frame.get("src"))
        assert shown.headers["Content-Security-Policy"].endswith("frame-ancestors 'self'")
        assert "Branch 1" in shown.text
        assert ("Branch 3" in shown.text) == (count == 3)


def test_it_leads_back(committee):
    page = lxml.html.fromstring(committee.get(PAGE).text)
    assert "/staff/surveys/test/" in [link.get("href") for link in page.findall(".//div[@class='actions']/a")]


def test_what_is_sent_from_it_is_refused(committee, client):
    fields = fill_page(committee.get(f"{PAGE}/page").text)
    assert client.post("/s/test/submit", data=fields).status_code == 400
    assert not Receipt.select().count()
