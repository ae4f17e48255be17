"""What may not be stored, logged or sent. See docs/decisions for what the mix adds."""

import io
import itertools
import logging
import re
import sqlite3
from contextlib import redirect_stderr
from pathlib import Path

import pytest

from surveys.admission.models import Admission
from surveys.ballots import mix as mixing
from surveys.ballots.models import Ballot, Receipt, Remark
from surveys.campaigns.surveys import plan_of
from surveys.storage.database import database
from tests.acting import seal
from tests.helpers import closed, fill_page, hand_out, one_code, published, vote


def test_a_ballot_holds_its_number_survey_group_channel_and_answers_and_nothing_else():
    assert set(Ballot._meta.columns) == {"survey_id", "number", "group_no", "channel", "answers"}
    assert set(Receipt._meta.columns) == {"survey_id", "number"}
    assert set(Remark._meta.columns) == {"survey_id", "number", "unit", "item", "body"}
    # The batch is that of all codes issued together; the draws are counted until the admission is used, and then 0.
    columns = {"survey_id", "code_hash", "group_no", "own_unit", "used", "batch", "draws"}
    assert set(Admission._meta.columns) == columns


def test_the_migrated_tables_have_just_these_columns(any_app):
    for model in (Ballot, Receipt, Remark, Admission):
        columns = {column.name for column in database.get_columns(model._meta.table_name)}
        assert columns == set(model._meta.columns)


def test_respondents_get_no_cookie_on_any_page(app, client):
    survey = published()
    code = one_code(app, survey)
    answers = [client.get("/"), client.get("/s/test"), client.get("/s/test/check"), hand_out(client, "test", "WRONG")]
    answers.append(hand_out(client, "test", code))
    page = answers[-1].text
    answers += [
        client.post("/s/test/submit", data={**fill_page(page), "lang": "en"}),
        client.post("/s/test/submit", data={}),
    ]
    answers += [client.post("/s/test/submit", data=fill_page(page)), client.get("/s/nothing")]
    for answer in answers:
        assert "Set-Cookie" not in answer.headers, answer.request.path


def test_nothing_of_a_respondents_request_is_logged(app, client, caplog, monkeypatch):
    survey = published()
    code = one_code(app, survey)
    caplog.set_level(logging.DEBUG)
    written = io.StringIO()
    with redirect_stderr(written):
        page = hand_out(client, "test", code).text
        for _ in range(80):
            hand_out(client, "test", "ACDEFGHJKLMNP")
        from surveys.web.respond import ballot as views

        monkeypatch.setattr(views, "submit_ballot", lambda *_: 1 / 0)
        opinion = dict.fromkeys(re.findall(r'<textarea id="f\d+" name="(\d+)"', page), "机密的话")
        failed = client.post(
            "/s/test/submit", data={**fill_page(page), **opinion}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
        )
    assert failed.status_code == 500
    log = caplog.text + written.getvalue()
    assert "ZeroDivisionError" in log  # the fault itself is reported
    for secret in (
        code,
        code.replace("-", ""),
        "ACDEFGHJKLMNP",
        "机密的话",
        "203.0.113.9",
        "127.0.0.1",
        fill_page(page)["token"],
    ):
        assert secret not in log


def test_the_access_log_is_off():
    settings = {}
    exec(Path("gunicorn.conf.py").read_text("utf-8"), settings)
    assert settings["accesslog"] is None


def test_the_code_is_read_behind_the_hash_and_never_put_into_an_address():
    script = Path("static/js/respond.js").read_text("utf-8")
    assert "location.hash" in script
    form = Path("templates/respond/code_form.html").read_text("utf-8")
    assert """method="post" action="{{ url_for('welcome.by_code', slug=survey.slug) }}\"""" in form


@pytest.mark.parametrize(("batch", "while_open"), [(1, (1.0, 1.0)), (10, (0.0, 0.6))])
def test_mix_and_seal_hide_the_order_in_which_ballots_came(app, monkeypatch, batch, while_open):
    """With a batch of one, which is no mix, the order is read back exactly: the attack can succeed."""
    monkeypatch.setattr(mixing, "BATCH_SIZE", batch)
    survey = published(slug="one")
    order: list[bytes] = []
    for _ in range(30):
        vote(survey, group=1)
        order += numbers_of(survey.id) - set(order)
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(app.instance_path) / "surveys.sqlite3"
    low, high = while_open
    assert low <= neighbours_kept(path, order) <= high
    closed(survey)
    seal("one")
    assert numbers_of(survey.id) == set(order)
    assert neighbours_kept(path, order) < 0.45  # chance is 2 in 30, give or take 0.05


def numbers_of(survey: int) -> set[bytes]:
    return {bytes(row[0]) for row in database.execute_sql("SELECT number FROM ballot WHERE survey_id = ?", (survey,))}


def neighbours_kept(path: Path, order: list[bytes]) -> float:
    """Of ballots whose cells lie next to each other in a page, the share that also came one after the other."""
    data = path.read_bytes()
    size = int.from_bytes(data[16:18], "big")
    position = {number: place for place, number in enumerate(order)}
    pairs = kept = 0
    for start in range(0, len(data), size):
        page = data[start : start + size]
        here = sorted((page.find(number), position[number]) for number in order if number in page)
        for (_, one), (_, following) in itertools.pairwise(here):
            pairs += 1
            kept += abs(one - following) == 1
    return kept / pairs


def test_what_one_person_wrote_is_nowhere_in_clear_until_it_moves_on_with_others(app):
    survey = published()
    text = "只有一个人会这样写的一句话".encode()
    slot = next(slot for slot in plan_of(survey).slots if slot.item.code == "opinion")
    vote(survey, group=1, extra={str(slot.index): [text.decode()]})
    folder = Path(app.instance_path)
    for name in ("surveys.sqlite3", "surveys.sqlite3-wal"):
        assert text not in (folder / name).read_bytes()
    closed(survey)
    seal("test")
    assert (folder / "surveys.sqlite3-wal").stat().st_size == 0
    assert (folder / "surveys.sqlite3").read_bytes().count(text) == 1


@pytest.mark.parametrize("pragma, value", [("secure_delete", 1), ("synchronous", 2), ("journal_mode", "wal")])
def test_sqlite_is_opened_for_durability_and_clean_deletes(app, pragma, value):
    assert database.execute_sql(f"PRAGMA {pragma}").fetchone()[0] == value


def test_key_and_database_are_readable_by_their_owner_only(app):
    published()
    for path in Path(app.instance_path).iterdir():
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    path = Path(app.instance_path) / "secret.key"
    assert len(path.read_bytes()) == 32


def test_codes_and_papers_are_not_in_the_database(app, client):
    survey = published()
    code = one_code(app, survey)
    client.post("/s/test/submit", data=fill_page(hand_out(client, "test", code).text))
    database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = sqlite3.connect(Path(app.instance_path) / "surveys.sqlite3")
    dump = "\n".join(copy.iterdump())
    assert code not in dump
    assert code.replace("-", "") not in dump
