"""A ballot that fills the tray, cut off before its first step, before its second, and so on to the last: nothing is lost."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from surveys.database import database
from surveys.publishing.operations import find_admission, plan_of
from surveys.reporting.sealing import seal, verify
from surveys.responding import tray
from surveys.responding.answers import read_answers
from surveys.responding.box import Outcome, has_receipt, put_in
from surveys.responding.models import Ballot, Receipt
from surveys.responding.paper import Dealer, new_paper
from tests.helpers import all_at, closed, is_used, one_code, published, vote

pytestmark = pytest.mark.fault

STEPS = ("pwrite", "fsync", "link", "unlink")


def paper_for(app, survey, code: str):
    """A ballot paper for a code, and answers to send with it."""
    admission = bytes(find_admission(survey.id, app.config["CODE_KEY"], code).code_hash)
    plan = plan_of(survey)
    return new_paper(Dealer(), plan, survey.id, 0, -1, admission), read_answers(
        plan, (0, 1, 2), all_at(plan, (0, 1, 2), 1)
    )


def send_and_die(paper, answers, step: int) -> bool:
    """In a process of its own: send, and end at once before the step with this number. Whether it came to its end."""
    database.close()
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
        put_in(paper, answers)
    except BaseException:
        os._exit(8)
    os._exit(0)


def test_cut_off_at_any_step_nothing_is_lost_and_nothing_twice(any_app):
    died = 0
    for step in range(1, 200):
        survey = published(slug=f"s{step}")
        for _ in range(tray.BATCH - 1):
            vote(survey)
        code = one_code(any_app, survey)
        paper, answers = paper_for(any_app, survey, code)
        whole = send_and_die(paper, answers, step)
        # All or nothing: admission, receipt and ballot.
        came = has_receipt(survey.id, paper.number)
        assert is_used(any_app, survey, code) == came
        assert Receipt.select().where(Receipt.survey == survey.id).count() == tray.BATCH - 1 + came
        again = put_in(paper, answers)  # the phone tries again
        assert again is (Outcome.RECEIVED_BEFORE if came else Outcome.RECEIVED)
        other = new_paper(Dealer(), plan_of(survey), survey.id, 0, -1, paper.admission)
        assert put_in(other, answers) is Outcome.ALREADY_ANSWERED
        vote(survey)
        closed(survey)
        stored = seal(survey.slug)
        assert (stored.ballots, stored.receipts) == (tray.BATCH + 1, tray.BATCH + 1)
        assert Ballot.select().where(Ballot.survey == survey.id).count() == tray.BATCH + 1
        assert verify(survey.slug).sound
        if whole:
            break
        died += 1
    assert whole
    assert died >= 15  # there are that many steps at least, and the last one was passed


def test_a_second_ballot_racing_with_the_move_is_already_answered(any_app, monkeypatch):
    """The move takes admissions and receipts out and writes them anew; whoever comes in between must not slip through."""
    survey = published()
    code = one_code(any_app, survey)
    paper, answers = paper_for(any_app, survey, code)
    other = new_paper(Dealer(), plan_of(survey), survey.id, 0, -1, paper.admission)
    for _ in range(tray.BATCH - 2):
        vote(survey)
    assert put_in(paper, answers) is Outcome.RECEIVED
    between, go_on = Event(), Event()
    insert = tray.insert_many

    def slow(*arguments):
        if not between.is_set():
            between.set()  # receipts were just deleted
            go_on.wait(10)
        return insert(*arguments)

    monkeypatch.setattr(tray, "insert_many", slow)

    def run(act):
        try:
            return act()
        finally:
            database.close()

    with ThreadPoolExecutor(3) as people:
        mover = people.submit(run, lambda: vote(survey))
        assert between.wait(10)
        second = people.submit(run, lambda: put_in(other, answers))
        same = people.submit(run, lambda: put_in(paper, answers))
        go_on.set()
        mover.result()
        assert second.result() is Outcome.ALREADY_ANSWERED
        assert same.result() is Outcome.RECEIVED_BEFORE
    assert Receipt.select().count() == tray.BATCH == Ballot.select().count()
