"""Which pages are sent compressed."""

import gzip

import pytest

from surveys.web.joined_pages import join_page
from tests.helpers import fill_page, published, token_of

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.mark.parametrize(
    "path", ["/", "/s/test", "/s/test/check", "/s/test/ballot?group=none", "/s/none", "/anonymity"]
)
def test_public_pages_are_compressed_where_the_browser_takes_that(app, client, path):
    published()
    plain, packed = client.get(path), client.get(path, headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert plain.headers["Vary"] == packed.headers["Vary"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data)
    assert gzip.decompress(packed.data) == plain.data


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0", "identity"])
def test_a_browser_that_does_not_take_gzip_is_not_sent_it(app, client, accepted):
    published()
    for path in ("/s/test", "/s/test/ballot?group=staff"):
        assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": accepted}).headers
    packed = client.get("/s/test", headers={"Accept-Encoding": "gzip;q=0.5"})
    assert packed.headers["Content-Encoding"] == "gzip"


def test_pages_that_show_a_session_are_not_compressed(app, client, staff):
    published()
    assert "Content-Encoding" not in client.get("/staff/login", headers=GZIP).headers  # a session begins with it
    office = staff("publisher")
    for path in ("/staff/surveys/", "/staff/surveys/test/", "/", "/staff/surveys/none/"):
        answer = office.get(path, headers=GZIP)
        assert len(answer.text) > 500
        assert "Content-Encoding" not in answer.headers, path


def test_the_page_after_sending_is_compressed_and_the_same(app, client):
    published()
    page = client.get("/s/test/ballot?group=staff").text
    data = fill_page(page)
    packed = client.post("/s/test/submit", data=data, headers=GZIP)
    plain = client.post("/s/test/submit", data=data)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert token_of(page) in plain.text
    assert "已收到" in plain.text


def test_a_ballot_that_comes_back_is_compressed(app, client):
    published()
    data = {**fill_page(client.get("/s/test/ballot?group=staff").text), "0": ["9"]}
    packed = client.post("/s/test/submit", data=data, headers=GZIP)
    assert packed.status_code == 422
    assert gzip.decompress(packed.data) == client.post("/s/test/submit", data=data).data


@pytest.mark.parametrize("own", [{"a": "", "b": ""}, {"a": "x" * 65_535, "b": "中文"}])
def test_a_joined_page_is_one_gzip_stream(app, own):
    with app.app_context():
        page = join_page(["one 一 " * 100, "two 二 " * 100, "<"], ["|", ">\n"], ("a", "b"))
    wanted = "one 一 " * 100 + "two 二 " * 100 + f"<{own['a']}|{own['b']}>\n"
    assert page.plain(own).decode() == wanted
    assert gzip.decompress(page.packed(own)).decode() == wanted
