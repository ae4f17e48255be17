"""The seal on both databases: states, the result, the digest, and what verify finds."""

import pytest

from surveys.ballots.answers import read_answers
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.models import Ballot, Receipt, Remark
from surveys.ballots.submission import Outcome
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult
from surveys.results.verification import verify
from surveys.storage.database import database
from tests.acting import seal, submit_ballot
from tests.helpers import all_at, ballots_stored, closed, flush_mix, post, published, vote


def sealed(ballots=8, **changes):
    survey = published(**changes)
    for i in range(ballots):
        vote(survey, group=i % 2, level=[1, 2, 1, 1, 3, 1, 4, 2], extra=None if i else remark(survey))
    closed(survey)
    seal(survey.slug)
    return Survey.get_by_id(survey.id)


def remark(survey):
    slot = next(slot for slot in plan_of(survey).slots if slot.item.code == "praise")
    return {str(slot.index): ["好"]}


SIX = {"rule": {"minimum": 2}}


def test_only_a_closed_survey_is_sealed_and_only_once(any_app):
    survey = published()
    with pytest.raises(InputError, match="while the survey is open"):
        seal("test")
    closed(survey)
    seal("test")
    with pytest.raises(InputError, match="while the survey is sealed"):
        seal("test")


def test_the_result_is_computed_once_and_stored(any_app):
    survey = sealed(**SIX)
    result = StoredResult.get_by_id(survey.id).result()
    assert state_of(survey).value == "sealed"
    assert result.score[0] == pytest.approx((100 + 80 + 100 + 100 + 60 + 100 + 0 + 80) / 8)
    assert result.ballots == [4, 4]
    assert (result.method, result.seed, result.resamples) == ("2", 20100401, 2000)


def test_nothing_is_lost_by_the_rewriting(any_app):
    survey = sealed(**SIX)
    assert (ballots_stored(), Receipt.select().count(), Remark.select().count()) == (8, 8, 1)
    stored = StoredResult.get_by_id(survey.id)
    assert (stored.ballots, stored.receipts) == (8, 8)


def test_no_ballot_enters_after_the_seal(any_app):
    survey = published()
    plan = plan_of(survey)
    paper = new_token(UnitDrawer(), plan, survey.id, 1)
    answers = read_answers(plan, 1, paper.units(plan.groups[1]), all_at(plan, (0, 1, 2), 1))
    closed(survey)
    seal("test")
    assert submit_ballot(paper, answers) is Outcome.NOT_OPEN
    assert verify("test").unchanged


def test_verify_finds_everything_as_sealed(any_app):
    sealed()
    found = verify("test")
    assert found.unchanged
    assert found.digest == StoredResult.get().digest


TAMPERING = {
    "a ballot changed": "UPDATE ballot SET answers = (SELECT answers FROM ballot ORDER BY number DESC LIMIT 1) WHERE number = (SELECT MIN(number) FROM ballot)",
    "a ballot moved to another group": "UPDATE ballot SET group_no = 1 - group_no WHERE number = (SELECT MIN(number) FROM ballot)",
    "a ballot removed": "DELETE FROM ballot WHERE number = (SELECT MIN(number) FROM ballot)",
    "a receipt removed": "DELETE FROM receipt WHERE number = (SELECT MIN(number) FROM receipt)",
    "a receipt changed": "UPDATE receipt SET number = (SELECT MAX(number) FROM ballot) WHERE number = (SELECT MIN(number) FROM receipt)",
    "two ballots' answers exchanged": "UPDATE ballot SET answers = CASE number WHEN (SELECT MIN(number) FROM ballot) THEN (SELECT answers FROM ballot ORDER BY number DESC LIMIT 1) ELSE (SELECT answers FROM ballot ORDER BY number LIMIT 1) END WHERE number IN ((SELECT MIN(number) FROM ballot), (SELECT MAX(number) FROM ballot))",
    "a ballot cut short": "UPDATE ballot SET answers = SUBSTR(answers, 1, 5) WHERE number = (SELECT MIN(number) FROM ballot)",
    "a score in the result changed": "UPDATE result SET body = REPLACE(body, '\"score\":[', '\"score\":[99.5,')",
    "the rule changed": "UPDATE survey SET plan = REPLACE(plan, '50', '51')",
}


@pytest.mark.parametrize("tampering", TAMPERING)
def test_verify_finds_what_was_done_to_the_database_by_hand(any_app, tampering):
    survey = published()
    for i in range(8):
        vote(survey, group=i % 2, level=[1 + (i >> bit) % 2 for bit in range(8)])  # no two alike
    closed(survey)
    seal("test")
    database.execute_sql(TAMPERING[tampering])
    assert not verify("test").unchanged


@pytest.mark.parametrize("table", ["ballot", "receipt"])
def test_verify_finds_what_was_added(any_app, table):
    survey = sealed()
    model = {"ballot": Ballot, "receipt": Receipt}[table]
    row = {"survey_id": survey.id, "number": b"n" * 16}
    if table == "ballot":
        row |= {"group": 0, "channel": 1, "answers": bytes(Ballot.get().answers)}
    model.insert(row).execute()
    assert not verify("test").unchanged


def test_ballots_and_receipts_that_do_not_match_are_not_sealed(any_app):
    survey = published()
    vote(survey)
    flush_mix()
    Receipt.delete().execute()
    closed(survey)
    with pytest.raises(InputError, match="1 ballots but 0 receipts"):
        seal("test")
    assert state_of(Survey.get_by_id(survey.id)).value == "closed"
    assert ballots_stored() == 1


def test_an_empty_survey_can_be_sealed(any_app):
    survey = published()
    closed(survey)
    stored = seal("test")
    assert stored.result().score == [None, None, None]
    assert verify("test").unchanged


def test_sealing_by_page_asks_first(staff):
    browser = staff("publisher")
    survey = published()
    vote(survey)
    closed(survey)
    post(browser, "/staff/surveys/test/seal")
    assert state_of(Survey.get_by_id(survey.id)).value == "closed"
    done = post(browser, "/staff/surveys/test/seal", sure="y", aware="y", follow_redirects=True)
    assert "评议已封存：1 份答卷" in done.text


def test_verify_by_command_says_what_changed(runner):
    sealed()
    assert runner.invoke(args=["survey", "verify", "test"]).exit_code == 0
    database.execute_sql(TAMPERING["a receipt removed"])
    found = runner.invoke(args=["survey", "verify", "test"])
    assert found.exit_code == 1
    assert "receipts: CHANGED" in found.output
    assert "ballots: as sealed" in found.output
