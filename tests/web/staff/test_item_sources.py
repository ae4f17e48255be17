"""What the editor may take questions from: stored questionnaires and editions, as JSON."""

import json

import pytest

from surveys.questionnaires import sources
from surveys.questionnaires.editing import begin_questionnaire, save_edit
from surveys.questionnaires.library import archive_questionnaire, find_questionnaire, load_definition
from surveys.questionnaires.models import Edition
from surveys.questionnaires.sources import item_sources
from surveys.storage.unit_of_work import Actor
from tests.helpers import published
from tests.questionnaires.test_search import begin

PAGE = "/staff/questionnaires/"
WANG = Actor("Wang")


def names(words="", **more):
    return [one.of for one in item_sources(words, **more)[0]]


def test_all_questionnaires_with_items_are_sources_but_the_one_that_is_edited(app):
    key, away = begin({"zh": "食堂"}, {"zh": "馒头"}), begin({"zh": "宿舍"}, {"zh": "热水"})
    begin_questionnaire(WANG, {"title": {"zh": "空"}, "sections": [{"items": []}]})
    archive_questionnaire(WANG, away, True)
    assert {f"stored:{key}", "stored:five-goods"} < set(names())
    assert names()[-1] == f"stored:{away}"  # archived ones come last
    assert f"stored:{key}" not in names(leave_out=key)
    assert names("馒头") == [f"stored:{key}"]
    assert item_sources("馒头")[0][0].matches == ({"zh": "馒头"},)


def test_an_edition_is_a_source_once_its_questionnaire_says_something_else(app):
    published(questionnaire="five-leads")
    edition = Edition.get()
    assert names("five-leads") == ["stored:five-leads"]
    definition = load_definition("five-leads")
    definition["title"] = {"zh": "改过"}
    save_edit(WANG, "five-leads", find_questionnaire("five-leads").revision, definition)
    assert names("five-leads") == ["stored:five-leads", f"edition:{edition.id}"]


def test_there_are_at_most_so_many_at_once(app, monkeypatch):
    monkeypatch.setattr(sources, "MOST", 2)
    found, more = item_sources("")
    assert (len(found), more) == (2, True)


def test_they_come_as_json_with_their_definition(staff):
    published(questionnaire="suggestions")
    office = staff("publisher")
    found = office.get(f"{PAGE}sources?q=意见征集").json
    assert found["more"] is False
    (one,) = found["sources"]
    assert (one["of"], one["about"]) == ("stored:suggestions", "系统自带 · 7 题")
    given = office.get(f"{PAGE}source?of={one['of']}").json
    assert given == {"key": "suggestions", "definition": load_definition("suggestions")}
    edition = office.get(f"{PAGE}source?of=edition:{Edition.get().id}").json
    assert edition["definition"] == json.loads(Edition.get().definition)


@pytest.mark.parametrize(
    "of", ["", "stored:", "stored:nothing", "edition:", "edition:x", "edition:99999999999", "edition:٣", "x:1"]
)
def test_what_is_none_is_not_found(staff, of):
    assert staff("publisher").get(f"{PAGE}source", query_string={"of": of}).status_code == 404
