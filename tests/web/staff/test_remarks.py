"""Remarks of a sealed survey, for the committee."""

from surveys.campaigns.surveys import plan_of
from tests.acting import seal
from tests.helpers import closed, published, vote


def test_remarks_are_counted_and_stand_by_unit_and_question(app, staff):
    survey = published()
    texts = [slot for slot in plan_of(survey).slots if slot.item.type == "text"]
    for number, slot in enumerate(texts[:3]):
        vote(survey, extra={slot.name: [f"意见 {number}"]})
    closed(survey)
    seal("test")
    page = staff("committee").get("/staff/surveys/test/remarks").text
    assert "3 条意见" in page
    assert [f"意见 {number}" in page for number in range(3)] == [True] * 3


def test_without_remarks_the_page_says_so(app, staff):
    closed(published())
    seal("test")
    page = staff("committee").get("/staff/surveys/test/remarks").text
    assert "没有人填写意见" in page
    assert "0 条意见" in page
