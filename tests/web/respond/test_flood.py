"""Open links on a campus behind one address: a lecture hall gets in, a flood is slowed, nobody is shut out."""

from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ballots.models import Receipt
from surveys.ballots.proof_of_work import has_proof, sender_of
from tests.helpers import ballots_stored, fill_page, hand_out, one_code, published, token_of

LINK = "/s/test/ballot?group=staff"


def solve(token: str, bits: int) -> str:
    return next(str(n) for n in count() if has_proof(token, str(n), bits))


def send(client, page: str | None = None, **more):
    page = page or client.get(LINK).text
    return client.post("/s/test/submit", data={**fill_page(page), **more})


@pytest.fixture
def flooded(app):
    """A survey whose network has sent its share for this minute."""
    app.config.update(FLOOD_BALLOTS_PER_MINUTE=3, FLOOD_WORK_BITS=8)
    survey = published()
    for _ in range(3):
        assert send(app.test_client()).status_code == 200
    return survey


def test_a_thousand_ballots_in_a_minute_from_one_address_pass(app, client):
    published()
    page = client.get(LINK).text
    for _ in range(1000):
        page_now = page.replace(token_of(page), token_of(client.get(LINK).text))
        assert "已收到" in send(client, page_now).text
    assert ballots_stored() == 1000


def test_above_the_limit_a_ballot_waits_and_keeps_what_was_typed(app, client, flooded):
    page = client.get(LINK).text
    refused = send(client, page)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60")
    assert "一分钟后" in refused.text
    assert refused.text.count(" checked") == 24
    assert token_of(refused.text) == token_of(page)
    assert 'data-proof-bits="8"' in refused.text
    assert Receipt.select().count() == 3


def test_a_proof_of_work_gets_past(client, flooded):
    page = client.get(LINK).text
    assert send(client, page).status_code == 429
    assert "已收到" in send(client, page, proof=solve(token_of(page), 8)).text
    assert Receipt.select().count() == 4


def test_work_for_another_token_and_made_up_work_are_worth_nothing(client, flooded):
    page, other = client.get(LINK).text, client.get(LINK).text
    proof = solve(token_of(other), 8)
    wrong = next(str(n) for n in count() if not has_proof(token_of(page), str(n), 8))
    assert has_proof(token_of(page), proof, 8) or send(client, page, proof=proof).status_code == 429
    for made_up in (wrong, "", "x" * 100, "☃"):
        assert send(client, page, proof=made_up).status_code == 429


def test_without_work_to_do_one_waits_and_the_next_minute_lets_in(app, client, flooded, monkeypatch):
    app.config["FLOOD_WORK_BITS"] = 0
    page = client.get(LINK).text
    refused = send(client, page, proof="1")
    assert (refused.status_code, "data-proof-bits" in refused.text) == (429, False)
    app.extensions["throttle"].limiter.storage.reset()
    assert send(client, page).status_code == 200


def test_admitted_people_are_never_asked(app, client, flooded):
    code = one_code(app, flooded)
    page = hand_out(client, "test", code).text
    assert "已收到" in client.post("/s/test/submit", data=fill_page(page)).text


def test_a_ballot_that_is_in_already_is_told_so_in_a_flood_too(app, client):
    app.config.update(FLOOD_BALLOTS_PER_MINUTE=1)
    published()
    page = client.get(LINK).text
    assert send(client, page).status_code == 200
    assert send(client, page).status_code == 200
    assert send(client).status_code == 429


def test_other_addresses_and_other_surveys_are_not_touched(app, client, flooded):
    assert client.post("/s/test/submit", data=fill_page(client.get(LINK).text),
                       environ_base={"REMOTE_ADDR": "10.0.0.9"}).status_code == 200  # fmt: skip
    published(slug="other")
    page = client.get("/s/other/ballot?group=staff").text
    assert client.post("/s/other/submit", data=fill_page(page)).status_code == 200


def test_a_store_of_counts_that_fails_stops_nobody(app, client, monkeypatch):
    published()

    def broken(*_, **__):
        raise ConnectionError

    monkeypatch.setattr(app.extensions["throttle"].limiter.storage, "incr", broken)
    assert send(client).status_code == 200


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3", "10.1.2.4", False),
        ("2001:db8:0:1::5", "2001:db8:0:1:ffff::9", True),
        ("2001:db8:0:1::5", "2001:db8:0:2::5", False),
        ("::ffff:10.1.2.3", "10.1.2.3", True),
        ("", "", True),
    ],
)
def test_who_counts_as_one_sender(one, other, same):
    assert (sender_of(one) == sender_of(other)) is same


@given(st.text(max_size=40), st.text(max_size=40), st.integers(1, 20))
def test_anything_may_be_sent_as_work(paper, work, bits):
    paper = paper.encode("ascii", "ignore").decode()
    assert has_proof(paper, work, bits) in (True, False)
    assert not has_proof(paper, work, 250)
