"""Ballots sent very fast: counted by group when they move on, and kept with no ballot."""

import pytest

from surveys.ballots import mix as mixing
from surveys.ballots.answers import read_answers
from surveys.ballots.box import pace_of
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.models import Ballot, Pace
from surveys.ballots.token import read_token, sign_token
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from tests.acting import seal, submit_ballot
from tests.helpers import all_at, closed, published


def send(survey, after: float, group: int = 0, extra=None):
    """A ballot of 24 ratings, so many seconds after its paper was handed out."""
    plan = plan_of(survey)
    paper = new_token(UnitDrawer(), plan, survey.id, group)
    fields = {**all_at(plan, (0, 1, 2), 1), **(extra or {})}
    submit_ballot(paper, read_answers(plan, 0, (0, 1, 2), fields), now=paper.issued_at + after)


def test_what_took_less_than_a_second_a_rating_is_fast(any_app):
    survey = published()
    for after in (5, 23.9, 24, 60, 3000):
        send(survey, after)
    closed(survey)
    seal("test")
    assert pace_of(survey.id, 2) == [(2, 5), (0, 0)]


def test_dont_knows_take_no_time(any_app):
    survey = published()
    unknown = {str(slot.index): ["0"] for slot in plan_of(survey).slots if slot.item.type == "rating" and slot.unit > 0}
    send(survey, 9, extra=unknown)
    closed(survey)
    seal("test")
    assert pace_of(survey.id, 1) == [(0, 1)]


def test_it_is_counted_by_whole_batches_and_stands_in_no_ballot(any_app):
    survey = published()
    for number in range(mixing.BATCH_SIZE):
        assert pace_of(survey.id, 2) == [(0, 0), (0, 0)]
        send(survey, 5 if number % 2 else 500, group=1)
    assert pace_of(survey.id, 2) == [(0, 0), (5, 10)]
    assert len({bytes(ballot.answers) for ballot in Ballot.select()}) == 1
    assert Pace.select().count() == 1


@pytest.mark.parametrize(("fast", "printed"), [(0, 0.0), (3, 0.3), (6, "> 50.0 %"), (10, "> 50.0 %")])
def test_the_share_is_shown_and_almost_all_only_as_such(app, fast, printed):
    survey = published()
    for number in range(10):
        send(survey, 5 if number < fast else 500)
    closed(survey)
    seal("test")
    survey = Survey.get_by_id(survey.id)
    report = report_of(plan_of(survey), StoredResult.get_by_id(survey.id))
    habits = {habit.name: habit.shares for habit in report.habits()}
    assert habits["fast"] == [printed, "n < 5"]
    assert habits["straight"] == ["> 50.0 %", "n < 5"]  # all ten say the same throughout
    assert habits["alike"][0] == 0


def test_the_moment_travels_with_the_paper_signed(app):
    survey = published()
    paper = new_token(UnitDrawer(), plan_of(survey), survey.id, 0)
    assert read_token(sign_token(paper, b"k" * 32), b"k" * 32) == paper
    assert paper.issued_at > 1_700_000_000
