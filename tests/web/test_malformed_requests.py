"""Requests that no browser sends: refused as faults of theirs, never reported as a fault of the service."""

import io

import pytest

from surveys.ballots.models import Receipt
from tests.helpers import fill_page, published

MULTIPART = "multipart/form-data; boundary=b"
FORM = "application/x-www-form-urlencoded"
PARTS = {
    "no name": b'Content-Disposition: form-data\r\n\r\n1',
    "an empty name": b'Content-Disposition: form-data; name=""\r\n\r\n1',
    "no disposition": b"Content-Type: text/plain\r\n\r\n1",
    "no headers": b"\r\n1",
    "a file without a name": b'Content-Disposition: form-data; filename="f"\r\n\r\n1',
    "an unknown charset": b'Content-Disposition: form-data; name="a"\r\nContent-Type: text/plain; charset=none\r\n\r\n1',
    "a header in the middle of itself": b'Content-Disposition: form-data; name="a\r\nb"\r\n\r\n1',
    "bytes that are no text": b'Content-Disposition: form-data; name="\xff\xfe"\r\n\r\n\xff',
    "a name in another charset": b"Content-Disposition: form-data; name*=none''%ff\r\n\r\n1",
}  # fmt: skip
ADDRESSES = [
    "http://[x",
    "http://[::1",
    "http://]",
    "http://a:b:c",
    "\xff",
    "http://\u2100",
    "//[",
    "http://x\\y",
    "null",
]


class Broken(io.BytesIO):
    """A body that breaks off, as servers report it: gunicorn raises what is neither an OSError nor a ValueError."""

    def __init__(self, error: Exception):
        super().__init__(b"lang=en&x")
        self.error = error

    def read(self, *_):
        raise self.error

    readinto = readline = read


@pytest.fixture
def survey(app):
    return published()


def posts(app):
    """Every address that takes a form."""
    values = {"slug": "test", "kind": "oidc", "token": "x", "number": 1, "filename": "none.css"}
    adapter = app.url_map.bind("localhost")
    found = [
        adapter.build(rule.endpoint, {name: values.get(name, "x") for name in rule.arguments}, method="POST")
        for rule in app.url_map.iter_rules()
        if "POST" in (rule.methods or ())
    ]
    assert {"/s/test/submit", "/staff/login", "/staff/units/import"} <= {*found}
    return found


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_part_of_a_form_that_is_none_is_refused(app, survey, staff, part):
    body = b"--b\r\n" + part + b"\r\n--b--\r\n"
    for browser in (app.test_client(), staff("publisher")):
        for path in posts(app):
            answer = browser.post(path, data=body, content_type=MULTIPART)
            assert answer.status_code < 500, (path, answer.status_code)


@pytest.mark.parametrize("error", [Exception("a chunk"), OSError("no more data"), ValueError("x")], ids=type)
def test_a_body_that_breaks_off_is_refused(app, survey, staff, error):
    for browser in (app.test_client(), staff("publisher")):
        for path in posts(app):
            for kind in (FORM, MULTIPART):
                answer = browser.post(path, input_stream=Broken(error), content_type=kind,
                                      headers={"Transfer-Encoding": "chunked"},
                                      environ_overrides={"wsgi.input_terminated": True})  # fmt: skip
                assert 300 <= answer.status_code < 500, (path, kind, answer.status_code)
    assert Receipt.select().count() == 0


def test_a_ballot_is_refused_as_such_where_a_field_has_no_name(app, client, survey):
    fields = fill_page(client.get("/s/test/ballot?group=staff").text)
    named = b"".join(b'--b\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (name.encode(), value.encode())
                     for name, value in fields.items())  # fmt: skip
    nameless = b"--b\r\nContent-Disposition: form-data\r\n\r\n1\r\n--b--\r\n"
    assert client.post("/s/test/submit", data=named + nameless, content_type=MULTIPART).status_code == 400
    assert Receipt.select().count() == 0
    assert client.post("/s/test/submit", data=named + b"--b--\r\n", content_type=MULTIPART).status_code == 200


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_origin_that_is_no_address_is_that_of_another_site(app, staff, address):
    for browser in (app.test_client(), staff("publisher")):
        for header in ("Origin", "Referer"):
            answer = browser.post("/staff/units/import", data={"data": "x", "name": "u.csv"}, headers={header: address})
            assert 300 <= answer.status_code < 500, (header, answer.status_code)


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [("gzip", True), ("gzip;q=0", False), ("gzip; q=0.0, br", False), ("br, gzip;q=0.5", True), ("*", True), ("", False),
     ("*;q=0", False), ("identity", False), ("not-gzip", False)],
)  # fmt: skip
def test_a_page_is_compressed_for_those_who_take_it_so(client, survey, accepted, packed):
    answer = client.get("/s/test/ballot?group=staff", headers={"Accept-Encoding": accepted})
    assert ("Content-Encoding" in answer.headers) == packed
    assert answer.data.startswith(b"\x1f\x8b") == packed
