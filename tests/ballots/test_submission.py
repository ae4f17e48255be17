"""The ballot box: nothing lost, nothing twice; on both databases."""

from concurrent.futures import ThreadPoolExecutor

import peewee
import psycopg
import pytest

from surveys import create_app
from surveys.admission.issuing import find_admission
from surveys.admission.models import Admission
from surveys.ballots.answers import read_answers
from surveys.ballots.box import count_ballots, read_ballots
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.models import Receipt, Remark
from surveys.ballots.receipts import has_receipt
from surveys.ballots.submission import Outcome
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.storage.database import database
from surveys.storage.locks import Kind
from tests.acting import close_running, submit_ballot, use
from tests.helpers import (
    all_at,
    ballots_stored,
    closed,
    fill_page,
    flush_mix,
    hand_out,
    one_code,
    published,
    vote,
    wait_until,
)


def sheet(app, survey, code=None, group=0):
    plan = plan_of(survey)
    admission = bytes(find_admission(survey.id, app.config["CODE_KEY"], code).code_hash) if code else b""
    paper = new_token(UnitDrawer(), plan, survey.id, group, -1, admission)
    units = paper.units(plan.groups[group])
    text = next(slot for slot in plan.slots if slot.item.code == "opinion")
    return paper, read_answers(plan, 0, units, {**all_at(plan, units, 2), str(text.index): ["多听意见"]})


def tables():
    return (
        ballots_stored(),
        Receipt.select().count(),
        Remark.select().count(),
        Admission.select().where(Admission.used).count(),
    )


def test_a_ballot_uses_its_admission_and_leaves_a_receipt(any_app):
    survey = published()
    paper, answers = sheet(any_app, survey, one_code(any_app, survey))
    assert submit_ballot(paper, answers) is Outcome.RECEIVED
    assert tables() == (1, 1, 1, 1)
    assert has_receipt(survey.id, paper.number)


def test_the_same_paper_again_stores_nothing(any_app):
    survey = published()
    paper, answers = sheet(any_app, survey, one_code(any_app, survey))
    outcomes = [submit_ballot(paper, answers) for _ in range(3)]
    assert outcomes == [Outcome.RECEIVED, Outcome.RECEIVED_BEFORE, Outcome.RECEIVED_BEFORE]
    assert tables() == (1, 1, 1, 1)


@pytest.mark.postgres
@pytest.mark.parametrize("any_app", ["postgres"], indirect=True)
def test_what_no_replica_has_yet_is_not_said_to_be_received(any_app):
    survey = published()
    paper, answers = sheet(any_app, survey, one_code(any_app, survey))
    submit_ballot(paper, answers)

    def again() -> Outcome:
        try:
            return submit_ballot(paper, answers)
        finally:
            database.close()

    with psycopg.connect(any_app.config["DATABASE_URL"], autocommit=True) as other, ThreadPoolExecutor(1) as phone:
        other.execute("ALTER SYSTEM SET synchronous_standby_names = 'away'")
        other.execute("SELECT pg_reload_conf()")
        try:
            wait_until(lambda: other.execute("SHOW synchronous_standby_names").fetchone() == ("away",))
            sent = phone.submit(again)
            with pytest.raises(TimeoutError):
                sent.result(1)
        finally:
            other.execute("ALTER SYSTEM RESET synchronous_standby_names")
            other.execute("SELECT pg_reload_conf()")
        assert sent.result(20) is Outcome.RECEIVED_BEFORE


@pytest.mark.postgres
@pytest.mark.parametrize("any_app", ["postgres"], indirect=True)
def test_whoever_waits_too_long_for_a_lock_is_asked_to_send_again(any_app):
    close_running()
    settings = {name: any_app.config[name] for name in ("INSTANCE", "DATABASE_URL")}
    app = use(create_app(**settings, DATABASE_LOCK_SECONDS=1, BASE_URL=""))
    form = fill_page(hand_out(app.test_client(), published().slug, one_code(app, get_survey("test"))).text)
    with psycopg.connect(any_app.config["DATABASE_URL"]) as other:
        other.execute("SELECT pg_advisory_xact_lock(%s, %s)", (int(Kind.SURVEY), get_survey("test").id))
        answer = app.test_client().post("/s/test/submit", data=form)
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
    assert app.test_client().post("/s/test/submit", data=form).status_code == 200
    assert ballots_stored() == 1


def test_two_papers_of_one_code_give_one_ballot(any_app):
    survey = published()
    code = one_code(any_app, survey)
    (one, answers), (other, _) = sheet(any_app, survey, code), sheet(any_app, survey, code)
    assert submit_ballot(one, answers) is Outcome.RECEIVED
    assert submit_ballot(other, answers) is Outcome.ALREADY_ANSWERED
    assert tables() == (1, 1, 1, 1)
    assert not has_receipt(survey.id, other.number)


def test_a_closed_survey_takes_nothing(any_app):
    survey = published()
    paper, answers = sheet(any_app, survey, one_code(any_app, survey))
    closed(survey)
    assert submit_ballot(paper, answers) is Outcome.NOT_OPEN
    assert tables() == (0, 0, 0, 0)


def test_a_ballot_begun_before_the_end_is_taken_until_the_grace_is_over(any_app):
    survey = published()
    (one, answers), (other, _) = (sheet(any_app, survey, one_code(any_app, survey)) for _ in range(2))
    end = survey.closes_at + 60 * survey.grace_minutes
    assert submit_ballot(one, answers, now=end - 1) is Outcome.RECEIVED
    assert submit_ballot(other, answers, now=end) is Outcome.NOT_OPEN
    assert tables() == (1, 1, 1, 1)


def test_after_the_end_a_used_code_is_told_already_answered(any_app):
    survey = published()
    code = one_code(any_app, survey)
    (one, answers), (other, _) = sheet(any_app, survey, code), sheet(any_app, survey, code)
    submit_ballot(one, answers)
    closed(survey)
    assert submit_ballot(other, answers) is Outcome.ALREADY_ANSWERED


def test_a_paper_that_came_back_before_the_end_is_still_received_after_it(any_app):
    survey = published()
    paper, answers = sheet(any_app, survey, group=1)
    submit_ballot(paper, answers)
    closed(survey)
    assert submit_ballot(paper, answers) is Outcome.RECEIVED_BEFORE


def test_a_failure_in_the_middle_leaves_nothing_behind(any_app, monkeypatch):
    from surveys.ballots import mix as mixing
    from surveys.ballots import submission

    survey = published()
    paper, answers = sheet(any_app, survey, one_code(any_app, survey))
    monkeypatch.setattr(mixing, "INSERT", "SELECT nothing FROM nowhere")
    monkeypatch.setattr(submission, "_ALL_IN_ONE", "SELECT nothing FROM nowhere")
    with pytest.raises(peewee.PeeweeException):
        submit_ballot(paper, answers)
    assert tables() == (0, 0, 0, 0)
    monkeypatch.undo()
    assert submit_ballot(paper, answers) is Outcome.RECEIVED


def test_numbers_do_not_follow_from_each_other(any_app):
    survey = published()
    papers = [vote(survey, group=1).number for _ in range(20)]
    flush_mix()
    numbers = [bytes(number) for batch in read_ballots(survey.id) for number, *_ in batch.rows]
    assert len(set(numbers) | set(papers)) == 40
    assert all(len(number) == 16 for number in numbers)


def test_ballots_are_read_in_the_order_of_their_numbers(any_app, monkeypatch):
    from surveys.ballots import box

    monkeypatch.setattr(box, "_BATCH", 3)
    survey = published()
    for _ in range(10):
        vote(survey, group=1)
    flush_mix()
    numbers = [bytes(number) for batch in read_ballots(survey.id) for number, *_ in batch.rows]
    assert numbers == sorted(numbers)
    assert len(numbers) == 10
    assert count_ballots(survey.id) == {1: 10}
