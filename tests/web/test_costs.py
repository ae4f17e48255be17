"""What a request may cost that nobody signed in for: about what the same request costs with a normal body."""

import io
import sys
import time
from functools import cache
from urllib.parse import parse_qsl, urlencode

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import create_environ

from surveys.ballots.models import Receipt
from surveys.web.limits import BoundedFormParser
from tests.helpers import fill_page, published, survey_file, token_of

MOST_SECONDS = 0.2
BIG = 4_000_000
FORM = "application/x-www-form-urlencoded"
PART = b'--b\r\nContent-Disposition: form-data; name="8"\r\n\r\n1\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="8"; filename="f"\r\n\r\n1\r\n'
MULTIPART = "multipart/form-data; boundary=b"

QUESTIONS = {
    "key": "all-kinds",
    "title": {"zh": "全部题型"},
    "sections": [
        {
            "per": "unit",
            "items": [
                {"type": "rating", "code": "a", "text": {"zh": "甲"}, "scale": "satisfaction4", "required": True},
                {"type": "text", "code": "b", "text": {"zh": "乙"}, "limit": 5000},
            ],
        },
        {
            "items": [
                {"type": "multi", "code": "c", "text": {"zh": "丙"},
                 "options": [{"code": f"o{i}", "text": {"zh": f"选项{i}"}} for i in range(10)]},
                {"type": "number", "code": "d", "text": {"zh": "丁"}, "low": 0, "high": 100},
                {"type": "date", "code": "e", "text": {"zh": "戊"}},
                {"type": "ranking", "code": "f", "text": {"zh": "己"},
                 "options": [{"code": f"o{i}", "text": {"zh": f"选项{i}"}} for i in range(4)]},
            ],
        },
    ],
}  # fmt: skip


def repeated(piece: bytes, size: int = BIG) -> bytes:
    return piece * (size // len(piece))


RUNS = (
    "\u200d",
    "\u200c",
    "\ufe0f",
    "\u200d\ufe0f",
    "\u200dx",
    "\u2028",
    "\u3000",
    "\n",
    "-",
    "0 ",
    "\xaf",
    "\ufdfa",
    "1,",
)
"""What a regular expression or a normalisation may read over and over where many stand in a row."""


@cache
def bodies(token: str) -> dict[str, tuple[str, bytes]]:
    """The worst bodies of each shape: the type of content and the content."""
    start = f"token={token}&".encode()
    marks = "".join("a" + "\u0315\u0300" * 9_000 for _ in range(8)).encode()
    runs = {f"{len(piece)} {piece!a}": ("\u00e9" + piece * (12_000 // len(piece)) + "\u00e9") for piece in RUNS}
    return {
        "one field over and over": (FORM, start + repeated(b"8=x&")),
        "one field over and over, within the size": (FORM, start + repeated(b"8=x&", 14_000)),
        "many fields": (FORM, start + b"&".join(b"%d=x" % n for n in range(400_000))),
        "every slot wrong": (FORM, start + b"&".join(b"%d=x" % n for n in range(16))),
        "nothing but separators": (FORM, start + repeated(b"&")),
        "one long value": (FORM, start + b"8=" + repeated(b"x")),
        "one escaped value": (FORM, start + b"1=" + repeated(b"%41x", 400_000)),
        "heaps of accents in what is read elsewhere": (
            FORM, urlencode(dict.fromkeys(("receipt", "code", "name", "login-name", "unit"), marks[:36_000])).encode()
        ),
        **{
            f"a run of {name}": (FORM, start + "&".join(f"{n}={text}" for n in (*range(6), "receipt")).encode())
            for name, text in runs.items()
        },
        "heaps of accents": (FORM, start + b"&".join(b"%d=" % n + marks[:36_000] for n in range(12))),
        "what grows when it is escaped": (FORM, start + b"1=" + repeated(b'"', 19_000) + b"&8=" + repeated(b'"', 9_000)),
        "a long token": (FORM, b"token=" + repeated(b"A") + b"&code=" + repeated(b"3") + b"&receipt=" + repeated(b"0")),
        "many parts": (MULTIPART, repeated(PART) + b"--b--\r\n"),
        "many files": (MULTIPART, repeated(FILE) + b"--b--\r\n"),
        "one long part": (MULTIPART, PART[:-3] + repeated(b"\r\n-") + b"\r\n--b--\r\n"),
        "a part of headers": (MULTIPART, b"--b\r\n" + repeated(b"a: b\r\n")),
        "no part at all": (MULTIPART, repeated(b"\r")),
        "a long boundary": ("multipart/form-data; boundary=" + "b" * 1_000_000, repeated(PART)),
        "a type of many parameters": (FORM + ';a="\\"' * 200_000, start + b"8=x"),
        "another type": ("application/json", repeated(b"[")),
    }  # fmt: skip


HEADERS = {
    "many languages": {"HTTP_ACCEPT_LANGUAGE": "zh-a,en;q=0.1," * 80_000},
    "a deep language": {"HTTP_ACCEPT_LANGUAGE": "a-" * 500_000},
    "many cookies": {"HTTP_COOKIE": "a=b;" * 250_000},
    "a long session": {"HTTP_COOKIE": "session=" + ".A" * 500_000},
    "many tags": {"HTTP_IF_NONE_MATCH": '"a",' * 250_000},
    "many ranges": {"HTTP_RANGE": "bytes=" + "1-2," * 250_000},
    "a long host": {"HTTP_HOST": "a." * 500_000},
    "a long date": {"HTTP_IF_MODIFIED_SINCE": "(" * 1_000_000},
    "many codings": {"HTTP_ACCEPT_ENCODING": "a," * 500_000},
    "many forwarded addresses": {"HTTP_X_FORWARDED_FOR": "1.1.1.1," * 100_000},
}
QUERIES = {
    "many parameters": "group=staff&" + "a=b&" * 500_000,
    "one long parameter": "unit=" + "x" * 2_000_000,
    "an escaped parameter": "state=" + "%41" * 600_000,
}


@pytest.fixture
def survey(app):
    app.config["FLOOD_BALLOTS_PER_MINUTE"] = 1_000_000
    return published(questionnaire=QUESTIONS, groups=[survey_file()["groups"][1]])


@pytest.fixture
def endpoints(app, survey):
    """Every address with its methods; whoever is not signed in may ask for staff pages too."""
    values = {"slug": "test", "kind": "oidc", "token": "x", "number": 1, "filename": "none.css"}
    adapter = app.url_map.bind("localhost")
    found = []
    for rule in app.url_map.iter_rules():
        path = adapter.build(rule.endpoint, {name: values.get(name, "x") for name in rule.arguments})
        found.extend((path, method) for method in sorted({"GET", "POST"} & (rule.methods or set())))
    assert len(found) > 40
    assert {("/s/test/submit", "POST"), ("/s/test/ballot", "POST"), ("/s/test/check", "GET"), ("/", "GET")} <= {*found}
    return found


class Asked:
    """A request, as the server hands it to the application: what it costs is measured without a client's work."""

    def __init__(self, app, path: str, method: str, body: bytes = b"", **environ):
        self.app, self.path, self.body = app, path, body
        self.environ = {**create_environ(path, method=method), "CONTENT_LENGTH": str(len(body)), **environ}
        self.status, self.size = "", 0

    def seconds(self) -> float:
        """CPU time of asking once; that of a tracer, which notes what lines are run, is not the service's."""
        environ = {**self.environ, "wsgi.input": io.BytesIO(self.body)}
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            start = time.process_time()
            parts = self.app(environ, lambda status, headers, _=None: setattr(self, "status", status))
            self.size = sum(map(len, parts))
            parts.close()
            return time.process_time() - start
        finally:
            sys.settrace(tracer)

    def excess(self, normal: "Asked") -> float:
        """How much more it costs than a normal one: the least of some tries, for a machine that does other things."""
        least = float("inf")
        for _ in range(4):
            least = min(least, self.seconds() - normal.seconds())
            if least < MOST_SECONDS / 2:
                break
        return least


CHUNKED = {"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


def test_no_body_costs_much_more_than_a_normal_one(app, client, endpoints):
    page = client.get("/s/test/ballot?group=staff").text
    fields = {**fill_page(page), "code": "3467-9ACD-EFGHJ", "receipt": "0123"}
    filled = urlencode(fields).encode()
    most = 10 * 3 * 5000 + 2 * len(client.post("/s/test/submit", data={"token": token_of(page)}).data)
    for path, method in endpoints:
        normal = Asked(app, path, method, filled + b"&1=" + b"x" * 5001, CONTENT_TYPE=FORM)
        for shape, (kind, body) in bodies(token_of(page)).items():
            for more in ({}, CHUNKED):
                worst = Asked(app, path, method, body, CONTENT_TYPE=kind, **more)
                assert worst.excess(normal) < MOST_SECONDS, (method, path, shape, more)
                assert worst.status[0] < "5", (method, path, shape, worst.status)
                assert worst.size < most, (method, path, shape, worst.size)
    assert Receipt.select().count() == 0


@pytest.mark.parametrize("headers", HEADERS.values(), ids=HEADERS)
def test_no_header_costs_much(app, endpoints, headers):
    for path, method in endpoints:
        worst = Asked(app, path, method, **headers)
        assert worst.excess(Asked(app, path, method)) < MOST_SECONDS, (method, path)
        assert worst.status[0] < "5", (method, path, worst.status)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_no_query_costs_much(app, endpoints, query):
    for path, method in endpoints:
        worst = Asked(app, path, method, QUERY_STRING=query)
        assert worst.excess(Asked(app, path, method)) < MOST_SECONDS, (method, path)
        assert worst.status[0] < "5", (method, path, worst.status)


def test_a_form_that_is_too_large_is_told_so(client, survey):
    for path in ("/s/test/ballot", "/s/test/check", "/s/test/resume", "/s/test/picture", "/s/test/submit", "/nothing"):
        answer = client.post(path, data=b"8=x&" * 300_000, content_type=FORM)
        assert answer.status_code == 413, path
        assert "提交的内容太大" in answer.text, path


def test_full_texts_in_every_place_are_taken_as_either_kind_of_form(client, survey):
    for options in ({}, {"content_type": "multipart/form-data"}):
        page = client.get("/s/test/ballot?group=staff").text
        fields = {**fill_page(page), **dict.fromkeys(("1", "3", "5"), "👍" * 5000), "6": [str(n) for n in range(1, 11)]}
        assert client.post("/s/test/submit", data=fields, **options).status_code == 200
    assert Receipt.select().count() == 2


def test_two_answers_to_one_rating_are_refused_and_named_once(client, survey):
    page = client.get("/s/test/ballot?group=staff").text
    answer = client.post("/s/test/submit", data={**fill_page(page), "0": ["1", "2"]})
    assert answer.status_code == 422
    assert answer.text.count('href="#q0"') == 1
    assert Receipt.select().count() == 0


def test_the_first_languages_of_a_long_list_still_count(client, survey):
    answer = client.get("/s/test", headers={"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9," + "fr;q=0.1," * 1000})
    assert 'lang="en"' in answer.text


def test_accents_that_no_language_writes_are_left_out_of_a_text(client, survey):
    from surveys.ballots.models import Remark
    from surveys.questionnaires.items.text import TextItem

    read = TextItem(code="b", text={"zh": "乙"}).read_form({"1": ["cafe\u0301 " + "a" + "\u0315" * 400]}, "1")
    assert read.remark == "café a" + "\u0315" * 30
    assert Remark.select().count() == 0


def test_whoever_signed_in_may_send_large_forms_and_who_was_signed_out_is_told_so(app, staff):
    large = {"data": "x" * 100_000, "name": "u.csv"}
    assert app.test_client().post("/staff/units/import", data=large).status_code == 400
    assert "页面打开时间太长" in app.test_client().post("/staff/units/import", data=large).text
    browser = staff("publisher")
    from tests.helpers import csrf

    answer = browser.post("/staff/units/import", data={**large, "csrf_token": csrf(browser, "/staff/units/")})
    assert answer.status_code != 413


@pytest.mark.parametrize(
    "body",
    [
        "",
        "a=1&b=2",
        "a=1&a=2&b",
        "&&a=1&",
        "=x&a==b",
        "a=%E4%BD%A0&b=1+2",
        "a=你&b=%zz",
        "a=1;b=2",
        "0=1&1=2&token=Ab-_9",
    ],
)
def test_forms_without_escapes_are_read_as_all_others(body):
    sent = body.encode()
    wanted = MultiDict(parse_qsl(body, keep_blank_values=True))
    parser = BoundedFormParser(max_form_memory_size=1000, max_form_parts=100)
    _stream, form, files = parser.parse(io.BytesIO(sent), "application/x-www-form-urlencoded", len(sent))
    assert list(form.items(multi=True)) == list(wanted.items(multi=True))
    assert not files
