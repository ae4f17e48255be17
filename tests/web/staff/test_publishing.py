"""What is published is what was looked at: if somebody saves something meanwhile, the page of the check comes again."""

import json
import re

import pytest

from surveys.campaigns.draft_changes import save_part
from surveys.campaigns.drafts import part_digest
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.editing import save_edit
from surveys.questionnaires.library import require_questionnaire
from surveys.storage.unit_of_work import Actor
from surveys.units.importing import UnitRow
from tests.acting import create_draft, store_units
from tests.helpers import ZONE, survey_file
from tests.web.staff.steps import publish_form

BERT = Actor("bert")
CHECK = "/staff/surveys/test/draft/check"


@pytest.fixture
def anna(staff):
    store_units([UnitRow(f"B{i:02}", f"{i}支部", "", "branch", "") for i in (1, 2, 3)])
    create_draft(survey_file(units=["B01", "B02"]), ZONE)
    return staff("publisher")


def send(browser, form):
    return browser.post("/staff/surveys/test/move/publish", data=form)


def shorten_the_first_question(text="认"):
    stored = require_questionnaire("public-response")
    definition = json.loads(stored.definition)
    definition["sections"][0]["items"][0]["text"]["zh"] = text
    save_edit(BERT, "public-response", stored.revision, definition)


def save(part, **values):
    save_part(BERT, "test", part, values, part_digest(Survey.get(), part), ZONE)


def test_what_was_looked_at_is_published(anna):
    assert send(anna, publish_form(anna.get(CHECK).text)).status_code == 302
    assert Survey.get().state == "published"


def test_a_question_that_is_being_typed_is_not_published(anna):
    form = publish_form(anna.get(CHECK).text)
    shorten_the_first_question()
    answer = send(anna, form)
    assert (answer.status_code, Survey.get().state) == (409, "draft")
    changed = re.search(r'id="changed".*?</div>', answer.text, re.S)[0]
    assert "bert" in changed
    assert "<li>认</li>" in changed
    assert changed.count("<li>") == 2  # the questionnaire, and the one question
    # What the page shows now can be published.
    assert send(anna, publish_form(answer.text)).status_code == 302
    assert plan_of(Survey.get()).questionnaire.items[0].text["zh"] == "认"


@pytest.mark.parametrize(
    ("part", "change"),
    [
        ("name", lambda: save("name", title={"zh": "别的"}, slug="test")),
        ("units", lambda: save("units", units=["B01", "B02", "B03"])),
        ("units", lambda: store_units([UnitRow("B01", "改名支部", "", "branch", "")])),
        ("groups", lambda: save("groups", groups=[{"code": "a", "name": "甲", "admission": "open"}])),
        ("window", lambda: Survey.update(closes_at=Survey.closes_at + 3600).execute()),
        ("rule", lambda: save("rule", rule={"minimum": 9})),
    ],
)  # fmt: skip
def test_each_part_that_was_saved_meanwhile_is_named(anna, part, change):
    form = publish_form(anna.get(CHECK).text)
    change()
    answer = send(anna, form)
    assert (answer.status_code, Survey.get().state) == (409, "draft")
    changed = re.search(r'id="changed".*?</div>', answer.text, re.S)[0]
    assert re.findall(r"draft/(\w+)", changed) == [part]


def test_without_having_looked_nothing_is_published(anna):
    form = publish_form(anna.get(CHECK).text)
    del form["seen"]
    assert send(anna, form).status_code == 409
    assert send(anna, {**form, "seen": "[1"}).status_code == 409
    assert Survey.get().state == "draft"


def test_publishing_and_opening_at_once_does_not_publish_what_nobody_saw(anna):
    Survey.update(opens_at=Survey.opens_at + 86400, closes_at=Survey.closes_at + 2 * 86400).execute()
    form = publish_form(anna.get(CHECK).text, open_now=True)
    shorten_the_first_question()
    assert (send(anna, form).status_code, Survey.get().state) == (409, "draft")


def test_from_the_page_of_the_draft_it_is_the_same(anna):
    form = publish_form(anna.get("/staff/surveys/test/").text)
    shorten_the_first_question()
    assert (send(anna, form).status_code, Survey.get().state) == (409, "draft")
