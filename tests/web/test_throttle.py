"""Guessing is bounded and slowed; nobody is shut out by what others do."""

import pytest

from surveys.accounts.models import Role
from surveys.ballots.proof_of_work import sender_of
from surveys.web import throttle
from tests.acting import create_account, invite
from tests.helpers import PASSWORD, fill_page, hand_out, one_code, post, published, token_of


def sign_in(app, name="Wang", password="wrong password", address="10.0.0.1"):
    browser = app.test_client()
    browser.environ_base["REMOTE_ADDR"] = address
    return post(browser, "/staff/login", name=name, password=password).status_code


@pytest.fixture
def pauses(app, monkeypatch):
    """Tries that were made to wait."""
    create_account("Wang", PASSWORD, Role.ADMINISTRATOR)
    app.config["WRONG_PASSWORDS_PER_MINUTE"] = 3
    made = []
    monkeypatch.setattr(throttle.time, "sleep", made.append)
    return made


@pytest.mark.parametrize(
    "addresses",
    [
        ["10.0.0.1"] * 4,
        [f"2001:db8:0:1::{n}" for n in range(1, 5)],
        ["2001:db8:0:1:a::1", "2001:0DB8:0000:0001::2", "2001:db8:0:1:ffff:ffff:ffff:ffff", "2001:db8:0:1::"],
        ["::ffff:10.0.0.1", "10.0.0.1", "::ffff:a00:1", "10.0.0.1"],
    ],
)
def test_one_sender_has_the_wrong_passwords_of_one_however_it_writes_its_address(app, pauses, addresses):
    assert [sign_in(app, address=address) for address in addresses] == [401, 401, 401, 429]


def test_spellings_of_a_name_share_its_wrong_passwords(app, pauses):
    assert [sign_in(app, name) for name in ("Wang", "WANG", "Ｗａｎｇ", "wa\u200bng")] == [401, 401, 401, 429]


def test_who_fails_on_a_name_from_elsewhere_does_not_lock_it_out(app, pauses):
    assert [sign_in(app, address="10.0.0.66") for _ in range(6)][-1] == 429
    assert sign_in(app, password=PASSWORD) == 302
    assert pauses == []


def test_who_fails_on_other_names_does_not_lock_out_those_behind_the_same_address(app, pauses):
    assert {sign_in(app, f"name{n}") for n in range(30)} == {401}
    assert pauses == []
    assert sign_in(app, password=PASSWORD) == 302
    assert pauses == [throttle.PAUSE]


def test_a_name_that_is_tried_from_many_addresses_is_slowed_and_opens_with_its_password(app, pauses):
    assert {sign_in(app, address=f"10.0.{n}.1") for n in range(30)} == {401}
    assert sign_in(app, address="10.9.9.9", password=PASSWORD) == 302
    assert pauses == [throttle.PAUSE]


def tried_from_everywhere(app) -> None:
    for n in range(30):
        sign_in(app, address=f"2001:db8:0:{n}::1")


def test_waiting_tries_never_take_all_threads(app, pauses):
    tried_from_everywhere(app)
    places = app.extensions["throttle_pauses"]
    assert [places.begin(name) for name in ("wang", "wang", "li", "zhao")] == [True, False, True, False]
    assert sign_in(app, address="10.9.9.9", password=PASSWORD) == 429
    places.end("wang")
    assert sign_in(app, address="10.9.9.9", password=PASSWORD) == 302
    assert places.begin("wang")  # it gave its place back


@pytest.fixture
def known(app, pauses):
    """A browser in which Wang signed in before, and signed out."""
    browser = app.test_client()
    assert post(browser, "/staff/login", name="Wang", password=PASSWORD).status_code == 302
    assert post(browser, "/staff/logout", form_on="/staff/").status_code == 302
    return browser


def again(browser, password=PASSWORD, name="Wang", address="10.9.9.9"):
    browser.environ_base["REMOTE_ADDR"] = address
    return post(browser, "/staff/login", name=name, password=password).status_code


def test_what_others_try_keeps_nobody_out_of_a_browser_that_signed_in_before(app, pauses, known):
    tried_from_everywhere(app)
    assert app.extensions["throttle_pauses"].begin("wang")  # another try for the name is always waiting
    for _ in range(3):
        sign_in(app, address="10.9.9.9")  # and the address is the one that tries
    assert again(known) == 302
    assert pauses == []


def test_such_a_browser_has_the_wrong_passwords_of_one(app, pauses, known):
    assert [again(known, "wrong password", address=f"10.0.{n}.1") for n in range(4)] == [401, 401, 401, 429]
    assert sign_in(app, password=PASSWORD) == 302  # and they count for nobody else


def test_a_browser_is_known_for_those_who_signed_in_in_it_alone(app, pauses, known):
    create_account("Li", PASSWORD, Role.ADMINISTRATOR)
    for n in range(30):
        sign_in(app, "Li", address=f"2001:db8:0:{n}::1")
    assert again(known, name="Li") == 302
    assert pauses == [throttle.PAUSE]


def test_a_mark_of_a_browser_that_was_changed_is_none(app, pauses, known):
    tried_from_everywhere(app)
    value = known.get_cookie("device", path="/staff").value
    known.set_cookie("device", ("A" if value[0] != "A" else "B") + value[1:], path="/staff")
    assert again(known) == 302
    assert pauses == [throttle.PAUSE]


def test_the_mark_of_a_browser_is_for_staff_pages_and_holds_no_name(app, pauses, known):
    cookie = known.get_cookie("device", path="/staff")
    assert (cookie.path, cookie.http_only, cookie.same_site) == ("/staff", True, "Lax")
    import base64

    body = cookie.value.split(".")[0]
    assert b"wang" not in base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).lower()


def test_every_page_that_says_whether_something_is_good_counts_wrong_ones(app, client):
    survey = published()
    app.config["WRONG_CODES_PER_MINUTE"] = 2
    good = one_code(app, survey)
    page = hand_out(client, "test", good).text
    tries = {
        "ballot": lambda address: client.post("/s/test/ballot", data={"code": "AAAA-CCCC-DDDDD"}, environ_base=address),
        "picture": lambda address: client.post(
            "/s/test/picture", data={"code": "AAAA-CCCC-DDDDD"}, environ_base=address
        ),
        "picture by token": lambda address: client.post("/s/test/picture", data={"token": "x"}, environ_base=address),
        "resume": lambda address: client.post("/s/test/resume", data={"token": "x"}, environ_base=address),
        "submit": lambda address: client.post("/s/test/submit", data={"token": "x"}, environ_base=address),
        "invitation": lambda address: client.get("/staff/welcome/x", environ_base=address),
    }
    for number, (name, attempt) in enumerate(tries.items()):
        address = {"REMOTE_ADDR": f"10.1.{number}.1"}
        statuses = [attempt(address).status_code for _ in range(4)]
        assert 429 not in statuses[:2], name
        assert statuses[2:] == [429, 429], name
        # Right ones pass from there all the same.
        assert client.post("/s/test/resume", data={"token": token_of(page)}, environ_base=address).status_code == 200
        assert client.get(f"/staff/welcome/{invite(Role.COMMITTEE)}", environ_base=address).status_code == 200
    assert (
        client.post("/s/test/submit", data=fill_page(page), environ_base={"REMOTE_ADDR": "10.1.1.1"}).status_code == 200
    )
    assert (
        client.post("/s/test/picture", data={"code": good}, environ_base={"REMOTE_ADDR": "10.1.1.1"}).status_code == 200
    )


def test_wrong_receipts_are_counted_and_right_ones_pass(app, client):
    from tests.acting import seal
    from tests.helpers import closed, vote

    survey = published(rule={"minimum": 1})
    token = vote(survey)
    closed(survey)
    seal("test")
    app.config["WRONG_CODES_PER_MINUTE"] = 2
    statuses = [client.post("/s/test/check", data={"receipt": "00" * 16}).status_code for _ in range(4)]
    assert statuses == [200, 200, 429, 429]
    assert client.post("/s/test/check", data={"receipt": token.number.hex()}).status_code == 200


def test_counts_hold_no_address_and_no_name(app, pauses):
    for _ in range(3):
        sign_in(app, address="10.0.0.66")
    held = repr(vars(app.extensions["throttle"].limiter.storage))
    assert "password" in held
    assert "10.0.0.66" not in held
    assert "wang" not in held.lower()


def test_a_store_of_counts_that_fails_lets_staff_and_respondents_in(app, client, pauses, monkeypatch):
    survey = published()

    def broken(*_, **__):
        raise ConnectionError

    for name in ("test", "hit"):
        monkeypatch.setattr(app.extensions["throttle"].limiter, name, broken)
    assert sign_in(app, password=PASSWORD) == 302
    assert sign_in(app) == 401
    assert hand_out(client, "test", "AAAA-CCCC-DDDDD").status_code == 422
    assert "data-holder" in hand_out(client, "test", one_code(app, survey)).text


@pytest.mark.parametrize(
    ("written", "sender"),
    [
        ("10.1.2.3:4711", "10.1.2.3"),
        ("[2001:db8:0:1::5]:4711", "2001:0db8:0000:0001"),
        ("[2001:db8:0:1::5]", "2001:0db8:0000:0001"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
        ("::ffff:10.1.2.3", "10.1.2.3"),
        ("unix:", "unix:"),
    ],
)
def test_a_sender_is_read_from_every_way_of_writing_an_address(written, sender):
    assert sender_of(written) == sender
