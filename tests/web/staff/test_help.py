"""Help: a sentence on every staff page, and the pages of docs/ behind it."""

import json
import re

import lxml.html
import pytest

from surveys.campaigns.campaigns import CampaignFields, create_campaign
from surveys.web.staff.help import DOCS, OF_PAGES, PAGES, anchors_of, source_of
from tests.acting import TESTER, create_draft, seal
from tests.helpers import ZONE, closed, published, survey_file, vote
from tests.web.staff.test_roles import requests

WITHOUT = {"help.index", "accounts.login", "running.projector", "running.poster"}
"""The manual itself, and what others look at."""


def test_every_staff_page_says_in_a_sentence_what_it_is_for(app, staff):
    survey = published()
    create_draft(survey_file(slug="draft"), ZONE)
    create_campaign(TESTER, "B01", CampaignFields("党建活动"))
    browser = staff("administrator")
    seen = {}

    def look():
        for endpoint, method, path in requests(app):
            for address in {path, path.replace("/test/", "/draft/")} if method == "GET" else ():
                if "<" in address or not address.startswith("/staff/") or endpoint == "accounts.logout":
                    continue
                page = browser.get(f"{address}{'&' if '?' in address else '?'}lang=en")
                if page.status_code == 200 and page.mimetype == "text/html" and 'class="top"' in page.text:
                    seen[endpoint] = 'class="help"' in page.text

    look()
    for _ in range(6):
        vote(survey)
    closed(survey)
    look()
    seal("test")
    look()
    assert len(seen) > 20
    assert {endpoint for endpoint, found in seen.items() if not found} <= WITHOUT


@pytest.mark.parametrize("help", OF_PAGES.values(), ids=list(OF_PAGES))
def test_the_link_leads_to_where_it_is_explained(help):
    assert help.anchor in anchors_of(help.page)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_manual_and_all_its_links_and_pictures(staff, page, language):
    browser = staff("committee")
    answer = browser.get(f"/staff/help/{page}?lang={language}")
    assert answer.status_code == 200
    article = lxml.html.fromstring(answer.text).find(".//article")
    assert article.text_content().strip()
    for link in article.findall(".//a"):
        name, _hash, anchor = link.get("href").partition("#")
        if name.startswith("/staff/help/"):
            assert not anchor or anchor in anchors_of(name.rpartition("/")[2]), link.get("href")
        else:
            assert name == "" or name.startswith("https://")
    for image in article.findall(".//img"):
        assert browser.get(image.get("src")).mimetype == "image/png"
        assert image.get("alt")


def test_the_chinese_pages_have_the_headings_of_the_english_ones(app):
    for path in DOCS.glob("*.zh.md"):
        page = path.name.removesuffix(".zh.md")
        levels = [re.findall(r"^(#+) ", source_of(page, lang), re.M) for lang in ("zh", "en")]
        assert levels[0] == levels[1], page
        assert page in PAGES


def test_what_clerk_and_committee_read_is_there_in_chinese(staff):
    browser = staff("committee")
    for page, said in (("office", "从零到封存"), ("committee", "怎样看结果"), ("imports", "标识列中的数字")):
        assert said in browser.get(f"/staff/help/{page}?lang=zh").text


def test_the_schema_of_questionnaires_is_served_and_linked(staff):
    browser = staff("committee")
    answer = browser.get("/staff/help/questionnaire.schema.json")
    assert (answer.status_code, answer.mimetype) == (200, "application/schema+json")
    assert answer.json == json.loads((DOCS / "questionnaire.schema.json").read_text("utf-8"))
    for page in ("/staff/help/survey-file", "/staff/help/imports?lang=zh", "/staff/help/imports?lang=en"):
        assert 'href="/staff/help/questionnaire.schema.json"' in browser.get(page).text, page
    assert 'href="/staff/help/questionnaire.schema.json"' in staff("publisher").get("/staff/questionnaires/").text


def test_no_other_file_is_served(staff):
    browser = staff("administrator")
    for name in ("developers", "../README", "x", "office.zh", "decisions"):
        assert browser.get(f"/staff/help/{name}").status_code == 404
    assert browser.get("/staff/help/screenshots/x.png").status_code == 404
