"""A ballot that fills a batch, cut off before its first step, before its second, and so on to the last: nothing is lost."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from surveys.admission.issuing import find_admission
from surveys.ballots import mix as mixing
from surveys.ballots.answers import read_answers
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.models import Ballot, Receipt
from surveys.ballots.receipts import has_receipt
from surveys.ballots.submission import Outcome
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.results import sealing
from surveys.results.models import StoredResult
from surveys.results.seal_run import SealRun
from surveys.results.verification import verify
from surveys.storage.database import database, disconnect
from tests.acting import mix, seal, submit_ballot
from tests.helpers import all_at, closed, is_used, one_code, published, vote

pytestmark = pytest.mark.fault

STEPS = ("pwrite", "fsync", "link", "unlink")


def paper_for(app, survey, code: str):
    """A ballot paper for a code, and answers to send with it."""
    admission = bytes(find_admission(survey.id, app.config["CODE_KEY"], code).code_hash)
    plan = plan_of(survey)
    return new_token(UnitDrawer(), plan, survey.id, 0, -1, admission), read_answers(
        plan, 0, (0, 1, 2), all_at(plan, (0, 1, 2), 1)
    )


def send_and_die(paper, answers, step: int) -> bool:
    """In a process of its own: send, and end at once before the step with this number. Whether it came to its end."""
    return end_at_step(lambda: submit_ballot(paper, answers), step)


def end_at_step(act, step: int) -> bool:
    """Do something in a process of its own that ends at once before its step of this number. Whether it came to its end."""
    disconnect()  # the two must not share a connection
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    left = step

    def counted(act):
        def wrapped(*arguments, **options):
            nonlocal left
            left -= 1
            if not left:
                os._exit(9)
            return act(*arguments, **options)

        return wrapped

    database.obj.execute_sql = counted(database.obj.execute_sql)
    for name in STEPS:
        setattr(os, name, counted(getattr(os, name)))
    try:
        act()
    except BaseException:
        os._exit(8)
    os._exit(0)


def test_cut_off_at_any_step_nothing_is_lost_and_nothing_twice(any_app):
    died = 0
    for step in range(1, 200):
        survey = published(slug=f"s{step}")
        for _ in range(mixing.BATCH_SIZE - 1):
            vote(survey)
        code = one_code(any_app, survey)
        paper, answers = paper_for(any_app, survey, code)
        whole = send_and_die(paper, answers, step)
        # All or nothing: admission, receipt and ballot.
        came = has_receipt(survey.id, paper.number)
        assert is_used(any_app, survey, code) == came
        assert Receipt.select().where(Receipt.survey_id == survey.id).count() == mixing.BATCH_SIZE - 1 + came
        again = submit_ballot(paper, answers)  # the phone tries again
        assert again is (Outcome.RECEIVED_BEFORE if came else Outcome.RECEIVED)
        other = new_token(UnitDrawer(), plan_of(survey), survey.id, 0, -1, paper.admission)
        assert submit_ballot(other, answers) is Outcome.ALREADY_ANSWERED
        vote(survey)
        closed(survey)
        stored = seal(survey.slug)
        assert (stored.ballots, stored.receipts) == (mixing.BATCH_SIZE + 1, mixing.BATCH_SIZE + 1)
        assert Ballot.select().where(Ballot.survey_id == survey.id).count() == mixing.BATCH_SIZE + 1
        assert verify(survey.slug).unchanged
        if whole:
            break
        died += 1
    assert whole
    assert died >= 15  # there are that many steps at least, and the last one was passed


def seal_and_die(slug: str, step: int) -> bool:
    """In a process of its own: seal, and end at once before the step with this number. Whether it came to its end."""
    return end_at_step(lambda: seal(slug), step)


def test_a_seal_cut_off_at_any_step_goes_on_and_counts_every_ballot_once(any_app, monkeypatch):
    for name, rows in {"_ROWS": 8, "_LEAST_ROWS": 8, "_MOST_ROWS": 8}.items():
        monkeypatch.setattr(sealing, name, rows)
    died = 0
    for step in range(1, 2000, 7):
        survey = published(slug=f"s{step}")
        for number in range(2 * mixing.BATCH_SIZE - 3):
            vote(survey, group=number % 2)
        one_code(any_app, survey)
        closed(survey)
        if seal_and_die(survey.slug, step):
            break
        died += 1
        if StoredResult.get_or_none(StoredResult.survey == survey.id) is None:
            assert survey_state(survey) in ("closed", "sealing")
            seal(survey.slug)
        else:
            assert survey_state(survey) == "sealed"
            sealing.clean_up_leftovers(mix())
        stored = StoredResult.get_by_id(survey.id)
        assert (stored.ballots, stored.receipts) == (17, 17)
        assert Ballot.select().where(Ballot.survey_id == survey.id).count() == 17
        assert verify(survey.slug).unchanged
        assert list(mix().keys.folder.glob(f"{survey.id}.*")) == []
        assert SealRun.select().count() == 0
    assert died >= 10
    assert StoredResult.get_by_id(survey.id).ballots == 17


def survey_state(survey: Survey) -> str:
    return str(Survey.get_by_id(survey.id).state if Survey.get_by_id(survey.id).state != "published" else "closed")


def test_a_second_ballot_racing_with_the_move_is_already_answered(any_app, monkeypatch):
    """The move takes admissions and receipts out and writes them anew; whoever comes in between must not slip through."""
    survey = published()
    code = one_code(any_app, survey)
    paper, answers = paper_for(any_app, survey, code)
    other = new_token(UnitDrawer(), plan_of(survey), survey.id, 0, -1, paper.admission)
    for _ in range(mixing.BATCH_SIZE - 2):
        vote(survey)
    assert submit_ballot(paper, answers) is Outcome.RECEIVED
    between, go_on = Event(), Event()
    insert = mixing.insert_many

    def slow(*arguments):
        if not between.is_set():
            between.set()  # receipts were just deleted
            go_on.wait(10)
        return insert(*arguments)

    monkeypatch.setattr(mixing, "insert_many", slow)

    def run(act):
        try:
            return act()
        finally:
            database.close()

    with ThreadPoolExecutor(3) as people:
        mover = people.submit(run, lambda: vote(survey))
        assert between.wait(10)
        second = people.submit(run, lambda: submit_ballot(other, answers))
        same = people.submit(run, lambda: submit_ballot(paper, answers))
        go_on.set()
        mover.result()
        assert second.result() is Outcome.ALREADY_ANSWERED
        assert same.result() is Outcome.RECEIVED_BEFORE
    assert Receipt.select().count() == mixing.BATCH_SIZE == Ballot.select().count()
