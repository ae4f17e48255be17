"""Which questions need no answer is said alike for all kinds, and none of those is counted as missing."""

import pytest

from surveys.questionnaires.items import KINDS
from tests.helpers import hand_out, one_code, published
from tests.questionnaires.items.asking import questionnaire

OPTIONS = [{"code": "a", "text": "甲"}, {"code": "b", "text": "乙"}]
ITEMS = {
    "rating": [{"scale": "satisfaction4"}, {"scale": {"direct": {"low": 0, "high": 100}}}],
    "choice": [{"options": OPTIONS}, {"options": "units"}],
    "multi": [{"options": OPTIONS}],
    "ranking": [{"options": OPTIONS}],
    "number": [{"low": 1, "high": 9}],
    "date": [{}],
    "text": [{}],
}
KIND_AND_MORE = [(kind, more) for kind, several in ITEMS.items() for more in several]
MARK = '<span class="hint optional">选填</span>'


def page_with(app, client, kind, more, *, required):
    item = {"code": "one", "type": kind, "text": "题目", "required": required, **more}
    survey = published(questionnaire=questionnaire(item))
    return hand_out(client, "test", one_code(app, survey)).text


def test_every_kind_of_question_is_tried():
    assert set(ITEMS) == {kind for kind, item in KINDS.items() if kind != "note"}


@pytest.mark.parametrize(("kind", "more"), KIND_AND_MORE)
def test_an_optional_question_says_so(app, client, kind, more):
    page = page_with(app, client, kind, more, required=False)
    assert page.count(MARK) == 1
    assert "data-required" not in page


@pytest.mark.parametrize(("kind", "more"), KIND_AND_MORE)
def test_a_question_that_must_be_answered_does_not(app, client, kind, more):
    page = page_with(app, client, kind, more, required=True)
    assert MARK not in page
    assert page.count("data-required") == 1


def test_a_note_is_no_question(app, client):
    page = published(
        questionnaire=questionnaire(
            {"code": "n", "type": "note", "text": "说明"}, {"code": "q", "type": "text", "text": "问"}
        )
    )
    assert hand_out(client, "test", one_code(app, page)).text.count(MARK) == 1
