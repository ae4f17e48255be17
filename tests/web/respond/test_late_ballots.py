"""After the planned end: what was begun before is still taken for a while, and what comes later is told so plainly."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from surveys.campaigns.states import Move
from tests.acting import move_survey, seal
from tests.helpers import (
    ZONE,
    ballots_stored,
    closed,
    ended,
    fill_page,
    hand_out,
    is_used,
    one_code,
    published,
    token_of,
)


def reopened():
    """Open the survey again for an hour."""
    end = datetime.now(ZoneInfo(ZONE)) + timedelta(hours=1)
    return move_survey("test", Move.REOPEN, closes_at=int(end.timestamp()))


def test_answers_that_come_too_late_are_not_counted_whatever_is_wrong_with_them(app, client):
    survey = published()
    page = client.get("/s/test/ballot?group=staff").text
    ended(survey, ago=700, grace=600)
    for path, data in (
        ("submit", {"token": token_of(page)}),
        ("submit", fill_page(page)),
        ("resume", {"token": token_of(page)}),
    ):
        answer = client.post(f"/s/test/{path}", data={**data, "lang": "en"})
        assert answer.status_code == 409
        assert "your answers were not counted" in answer.text
        assert "were taken until" in answer.text
    closed(reopened())
    seal("test")
    sealed = client.post("/s/test/submit", data={**fill_page(page), "lang": "en"})
    assert (sealed.status_code, "your answers were not counted" in sealed.text) == (409, True)
    assert "data-kept" not in sealed.text
    assert ballots_stored() == 0


def test_after_the_planned_end_a_token_is_still_taken_and_none_is_handed_out(app, client):
    survey = published()
    code, other = one_code(app, survey), one_code(app, survey)
    begun, missing = hand_out(client, "test", code).text, client.get("/s/test/ballot?group=staff").text
    ended(survey)
    for late in (hand_out(client, "test", other), client.get("/s/test/ballot?group=staff"), client.get("/s/test")):
        assert 'name="token" value' not in late.text
        assert "本评议已结束" in late.text
        assert "此前已开始填写的" in late.text
    assert token_of(client.post("/s/test/resume", data={"token": token_of(begun)}).text) == token_of(begun)
    assert client.post("/s/test/submit", data={"token": token_of(missing)}).status_code == 422
    assert "已收到，谢谢" in client.post("/s/test/submit", data=fill_page(begun)).text
    assert is_used(app, survey, code)
    assert ballots_stored() == 1


def test_the_ended_page_offers_a_draft_to_whom_it_belongs_and_tells_nothing_of_codes(app, client):
    survey = published()
    code = one_code(app, survey)
    holder = re.search(r'data-holder="(\w+)"', hand_out(client, "test", code).text)[1]
    ended(survey)
    offered = [
        re.search(r'data-of="(\w*)"', hand_out(client, "test", typed).text)[1]
        for typed in (code, "AAAA-CCCC-DDDDD", "x")
    ]
    assert offered[0] == holder
    assert len({*offered, ""}) == 4
    assert 'data-of=""' in client.get("/s/test").text
    closed_early = closed(reopened())
    assert closed_early.late_until == closed_early.closes_at
    assert "data-late" not in client.get("/s/test").text


def test_pages_say_when_the_survey_ends_and_how_long_late_answers_are_taken(app, client):
    end = datetime(2036, 12, 10, 12, 0, tzinfo=ZoneInfo(ZONE))
    published(closes=end, grace_minutes=25)
    for path in ("/s/test", "/s/test/ballot?group=staff"):
        page = client.get(path, headers={"Accept-Language": "en"}).text
        assert "Open until Wed 10 December 2036, 12:00." in page
        assert "Answers that were begun before are taken until Wed 10 December 2036, 12:25." in page
    published(slug="strict", closes=end, grace_minutes=0)
    assert "begun before" not in client.get("/s/strict", headers={"Accept-Language": "en"}).text
