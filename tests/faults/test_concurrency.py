"""Many people at once, the same ballot sent twice, the power cut in the middle: exactly the right count."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from surveys.admission.models import Admission
from surveys.ballots.models import Receipt
from surveys.results.verification import verify
from tests.acting import issue_codes, seal
from tests.helpers import ballots_stored, closed, fill_page, published, wait_until
from tests.serving import Service

pytestmark = pytest.mark.fault


def send(url: str, fields: dict[str, str]) -> tuple[int, str]:
    """Send a form as a phone would."""
    body = urllib.parse.urlencode(fields).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.fixture
def service(any_app):
    """The real service on the same database as the test."""
    running = Service(Path(any_app.instance_path), any_app.config["DATABASE_URL"])
    yield running
    running.stop()


def test_400_concurrent_ballots_with_every_tenth_sent_twice(any_app, service):
    survey = published()
    codes = [one.code for one in issue_codes(survey, any_app.config["CODE_KEY"], 0, 400)]

    def answer(number: int) -> list[str]:
        status, page = send(f"{service.base}/s/test/ballot", {"code": codes[number]})
        assert status == 200
        fields = fill_page(page, str(1 + number % 4))
        if number % 10:
            return [send(f"{service.base}/s/test/submit", fields)[1]]
        with ThreadPoolExecutor(2) as twins:
            return [page for _, page in twins.map(lambda _: send(f"{service.base}/s/test/submit", fields), (1, 2))]

    with ThreadPoolExecutor(16) as people:
        pages = [page for pages in people.map(answer, range(400)) for page in pages]
    assert len(pages) == 440
    assert all("已收到，谢谢" in page for page in pages)
    assert (ballots_stored(), Receipt.select().count()) == (400, 400)
    assert Admission.select().where(Admission.used).count() == 400
    closed(survey)
    stored = seal("test")
    assert stored.result().ballots == [400, 0]
    assert stored.result().counts[0][0][0] == [100, 100, 100, 100]
    assert verify("test").unchanged


def test_one_code_sent_from_many_phones_at_once_gives_one_ballot(any_app, service):
    survey = published()
    code = issue_codes(survey, any_app.config["CODE_KEY"], 0, 1)[0].code
    papers = [send(f"{service.base}/s/test/ballot", {"code": code})[1] for _ in range(12)]
    with ThreadPoolExecutor(12) as people:
        pages = list(people.map(lambda page: send(f"{service.base}/s/test/submit", fill_page(page)), papers))
    assert sorted("已收到，谢谢" in page for _, page in pages) == [False] * 11 + [True]
    assert all(status == 200 for status, _ in pages)
    assert (ballots_stored(), Receipt.select().count()) == (1, 1)


def test_sealing_while_ballots_come_in_counts_exactly_those_that_were_received(any_app, service):
    survey = published()
    pages = []
    for _ in range(120):
        with urllib.request.urlopen(f"{service.base}/s/test/ballot?group=staff", timeout=30) as answer:
            pages.append(answer.read().decode())
    received = []

    def answer_one(page: str) -> None:
        received.append("已收到" in send(f"{service.base}/s/test/submit", fill_page(page))[1])

    with ThreadPoolExecutor(8) as people:
        work = [people.submit(answer_one, page) for page in pages]
        wait_until(lambda: len(received) >= 30)
        closed(survey)
        stored = seal("test")
        for one in work:
            one.result()
    assert stored.ballots == sum(received) < 120
    assert ballots_stored() == sum(received)
    assert verify("test").unchanged


def test_what_was_said_to_be_received_survives_a_power_cut(any_app, service):
    survey = published()
    codes = [one.code for one in issue_codes(survey, any_app.config["CODE_KEY"], 0, 150)]
    received: list[str] = []

    def answer(code: str) -> None:
        try:
            _, page = send(f"{service.base}/s/test/ballot", {"code": code})
            if "已收到" in send(f"{service.base}/s/test/submit", fill_page(page))[1]:
                received.append(code)
        except (OSError, TypeError, http.client.HTTPException):
            pass  # the service is gone

    with ThreadPoolExecutor(8) as people:
        work = [people.submit(answer, code) for code in codes]
        wait_until(lambda: len(received) >= 40)
        service.kill()
        for one in work:
            one.result()
    service.start()
    stored = ballots_stored()
    assert len(received) <= stored <= len(received) + 8  # an answer can be lost on the way, a ballot cannot
    assert stored == Receipt.select().count() == Admission.select().where(Admission.used).count()
    for code in received:
        assert "已经参评" in send(f"{service.base}/s/test/ballot", {"code": code})[1]
