"""Finding questionnaires: by words of titles and items, which ones, in which order, page by page."""

import pytest

from surveys.questionnaires import search
from surveys.questionnaires.editing import begin_questionnaire
from surveys.questionnaires.library import archive_questionnaire
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.questionnaires.search import READY_MADE_KEYS, search_questionnaires
from surveys.storage.unit_of_work import Actor

WANG = Actor("Wang")


def begin(title, *texts, at=0):
    items = [{"code": f"q{n}", "type": "text", "text": text} for n, text in enumerate(texts, 1)]
    key = begin_questionnaire(WANG, {"title": title, "sections": [{"per": "survey", "items": items}]}).key
    if at:
        StoredQuestionnaire.update(changed_at=at).where(StoredQuestionnaire.key == key).execute()
    return key


def keys(*wanted, **more):
    return [one.stored.key for one in search_questionnaires(*wanted, **more).found]


@pytest.mark.parametrize("words", ["食堂", "canteen", "ＣＡＮＴＥＥＮ", "Steamed B", "馒头", "  食堂 "])
def test_titles_and_texts_of_items_are_searched_in_both_languages_whatever_their_case_and_width(app, words):
    key = begin({"zh": "食堂", "en": "Canteen"}, {"zh": "馒头好吃吗？", "en": "Steamed buns?"})
    begin({"zh": "宿舍"}, {"zh": "热水够吗？"})
    assert keys(words) == [key]


def test_the_items_that_have_the_words_are_named(app):
    begin({"zh": "食堂"}, {"zh": "馒头一"}, {"zh": "米饭"}, "馒头二", {"zh": "馒头三"})
    (found,) = search_questionnaires("馒头").found
    assert [text["zh"] for text in found.matches] == ["馒头一", "馒头二"]
    assert (found.items, found.problems, found.ready_made) == (4, 0, False)


def test_it_is_narrowed_to_ready_made_ones_own_ones_or_archived_ones(app):
    own, away = begin({"zh": "甲"}, "甲"), begin({"zh": "乙"}, "乙")
    archive_questionnaire(WANG, away, True)
    archive_questionnaire(WANG, "suggestions", True)
    assert set(keys(shown="ready-made")) == READY_MADE_KEYS - {"suggestions"}
    assert keys(shown="own") == [own]
    assert set(keys(shown="archived")) == {away, "suggestions"}
    assert set(keys()) == (READY_MADE_KEYS - {"suggestions"}) | {own}
    assert search_questionnaires("乙").archived == 1


def test_the_last_changed_come_first_or_they_stand_by_title(app):
    begin({"zh": "b甲"}, "一", at=9_000_000_000)
    begin({"zh": "a乙"}, "二", at=9_000_000_001)
    assert [one.title["zh"] for one in search_questionnaires().found][:2] == ["a乙", "b甲"]
    assert [one.title["zh"] for one in search_questionnaires(order="title", shown="own").found] == ["a乙", "b甲"]


def test_a_long_list_has_pages_and_a_page_that_is_none_is_the_last(app, monkeypatch):
    monkeypatch.setattr(search, "PAGE", 3)
    for n in range(7):
        begin({"zh": f"问卷{n}"}, "问", at=9_000_000_000 - n)
    first, last = search_questionnaires(shown="own"), search_questionnaires(shown="own", page=99)
    assert (first.total, first.pages, len(first.found)) == (7, 3, 3)
    assert (last.page, [one.title["zh"] for one in last.found]) == (3, ["问卷6"])


def test_minutes_grow_with_the_units(app):
    by_key = {one.stored.key: one for one in search_questionnaires().found}
    assert by_key["public-response"].minutes(10) > by_key["public-response"].minutes(1) >= 1
    begin({"zh": "空"})
    assert search_questionnaires("空").found[0].minutes(10) == 1
