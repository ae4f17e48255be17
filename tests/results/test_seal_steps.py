"""The seal goes in steps: in between others work, nothing of the survey changes, and whoever comes back goes on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.admission.models import Admission
from surveys.ballots.answers import read_answers
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.mix_entries import MixKind
from surveys.ballots.models import Ballot, MixEntry, Receipt, Remark
from surveys.ballots.submission import Outcome
from surveys.campaigns.corrections import correct_texts
from surveys.campaigns.models import Survey
from surveys.campaigns.people import set_people
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.results import sealing
from surveys.results.models import StoredResult
from surveys.results.seal_run import TABLES, SealRun
from surveys.results.verification import verify
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.database import is_sqlite
from tests.acting import TESTER, mix, move_survey, seal, submit_ballot
from tests.helpers import all_at, closed, one_code, post, published, vote

STEPS = 60


@pytest.fixture
def small_steps(monkeypatch):
    """Two rows, or entries of the mix, at a time, with no pause between."""
    for name, value in {"_ROWS": 2, "_LEAST_ROWS": 2, "_MOST_ROWS": 2, "_ENTRIES": 2, "PAUSE_SECONDS": 0}.items():
        monkeypatch.setattr(sealing, name, value)
    monkeypatch.setattr(sealing, "BUSY_SECONDS", 60)


def answer_and_close(app):
    """A closed survey with 15 ballots, five of them in the mix, a remark and an unused code."""
    survey = published(rule={"minimum": 2})
    praise = next(slot for slot in plan_of(survey).slots if slot.item.code == "praise")
    for number in range(15):
        vote(survey, group=number % 3 // 2, level=1 + number % 4, extra={} if number else {str(praise.index): ["好"]})
    one_code(app, survey)
    assert MixEntry.select().count() == 5
    return closed(survey)


@pytest.fixture
def answered(any_app, small_steps):
    return answer_and_close(any_app)


class Stop(Exception):
    """The process ends here."""


def stop_after(monkeypatch, steps: int) -> None:
    """Let the seal end before the step behind so many."""
    count = iter(range(steps))
    change = sealing.change_survey

    def counted(*arguments, **more):
        if next(count, None) is None:
            raise Stop
        return change(*arguments, **more)

    monkeypatch.setattr(sealing, "change_survey", counted)


def begin(monkeypatch, steps: int) -> None:
    with monkeypatch.context() as patched:
        stop_after(patched, steps)
        with pytest.raises(Stop):
            seal("test")


def counts() -> tuple[int, ...]:
    return tuple(model.select().count() for model in (Ballot, Receipt, Remark, Admission))


def test_stopped_behind_each_step_it_goes_on_and_everything_is_counted_once(answered, monkeypatch):
    for steps in range(STEPS):  # each time a few steps more are done, then the seal is called again
        try:
            begin(monkeypatch, steps % 4)
        except pytest.fail.Exception:
            break
        assert StoredResult.select().count() == 0
        assert counts()[1:] == (15, Remark.select().count(), 1)
    else:
        seal("test")
    stored = StoredResult.get()
    assert (stored.ballots, stored.receipts, counts()) == (15, 15, (15, 15, 1, 1))
    assert (SealRun.select().count(), verify("test").unchanged) == (0, True)


def test_in_steps_the_result_is_the_same_as_at_once(answered, any_app, monkeypatch):
    begin(monkeypatch, 5)
    in_steps = seal("test").result().to_json()
    monkeypatch.undo()
    other = published(slug="other", rule={"minimum": 2})
    for number in range(15):
        vote(other, group=number % 3 // 2, level=1 + number % 4)
    closed(other)
    at_once = seal("other").result().to_json()
    for name in ("score", "ballots"):
        assert in_steps[name] == at_once[name]


@pytest.mark.parametrize("table", TABLES)
def test_all_rows_of_a_table_are_written_again_two_by_two(answered, table, monkeypatch):
    from surveys.results.sealing import rewrite_part

    written = {}

    def watched(survey_id, name, after, rows):
        number, last = rewrite_part(survey_id, name, after, rows)
        assert number <= rows
        written[name] = written.get(name, 0) + number
        return number, last

    monkeypatch.setattr(sealing, "rewrite_part", watched)
    seal("test")
    assert written[table] == {"ballot": 15, "receipt": 15, "remark": 1, "admission": 1}[table]


def test_while_it_is_sealed_nothing_of_the_survey_changes(answered, monkeypatch, any_app):
    survey = Survey.get()
    plan = plan_of(survey)
    token = new_token(UnitDrawer(), plan, survey.id, 1)
    answers = read_answers(plan, 1, token.units(plan.groups[1]), all_at(plan, (0, 1, 2), 1))
    begin(monkeypatch, 4)
    assert state_of(Survey.get()).value == "sealing"
    assert submit_ballot(token, answers) is Outcome.NOT_OPEN
    for refused in (
        lambda: move_survey("test", Move.REOPEN, closes_at=2**33),
        lambda: set_people(TESTER, "test", {"students": 10}),
        lambda: correct_texts(TESTER, "test", {"学生": "学 生"}, "a reason", "Asia/Shanghai"),
        lambda: one_code(any_app, Survey.get()),
    ):
        with pytest.raises(InputError):
            refused()
    other = published(slug="other")
    vote(other)  # others go on
    assert Receipt.select().where(Receipt.survey_id == other.id).count() == 1


def test_who_goes_on_takes_over_from_who_began(answered, monkeypatch):
    first = sealing._Steps(TESTER, mix(), "test", print) if sealing._begin(TESTER, mix(), "test") is None else None
    seal_of_second = sealing._Steps(TESTER, mix(), "test", lambda *_: None)
    with pytest.raises(sealing.TakenOverError):
        first.go_on(float("inf"))
    assert state_of(Survey.get()).value == "sealing"
    assert seal_of_second.go_on(float("inf")).ballots == 15


@pytest.mark.parametrize("steps", [1, 3, 8, 20])
def test_given_up_it_is_closed_as_before_and_can_be_opened_again(answered, monkeypatch, steps):
    begin(monkeypatch, steps)
    sealing.give_seal_up(TESTER, "test")
    assert (state_of(Survey.get()).value, SealRun.select().count()) == ("closed", 0)
    survey = move_survey("test", Move.REOPEN, closes_at=2**33)
    vote(survey)
    closed(survey)
    assert (seal("test").ballots, verify("test").unchanged) == (16, True)
    said = [entry.action for entry in AuditEntry.select().order_by(AuditEntry.id)]
    assert [one for one in said if "seal" in one] == [
        Action.BEGIN_SEAL, Action.GIVE_SEAL_UP, Action.BEGIN_SEAL, Action.SEAL
    ]  # fmt: skip


def test_only_what_is_being_sealed_can_be_given_up(any_app):
    closed(published())
    with pytest.raises(InputError, match="while the survey is closed"):
        sealing.give_seal_up(TESTER, "test")


@given(st.lists(st.integers(1, 900)))
def test_no_part_of_the_mix_moves_on_in_small_company(entries):
    waiting = [(MixKind(1, 0, unit, 896), count) for unit, count in enumerate(entries)]
    parts = sealing._parts_of(waiting)
    assert [kind for part in parts for kind in part] == [kind for kind, _count in waiting]
    known = dict(waiting)
    assert len(parts) < 2 or all(sum(known[kind] for kind in part) >= sealing._ENTRIES for part in parts)


def test_the_page_says_how_far_it_is_and_goes_on(staff, app, small_steps, monkeypatch):
    from surveys.web.staff import results

    answer_and_close(app)
    monkeypatch.setattr(results, "SEAL_SECONDS", -1)
    browser = staff("publisher")
    page = "/staff/surveys/test/seal"
    shown = post(browser, page, sure="y", aware="y").text
    assert ("已完成 0%" in shown, "data-auto" in shown) == (True, True)
    # Somebody else opens the page meanwhile: nothing goes on by itself.
    assert ("data-auto" in browser.get(page).text, "继续封存" in browser.get(page).text) == (False, True)
    assert "继续封存" in browser.get("/staff/surveys/test/").text
    assert post(browser, f"{page}/go-on", form_on=page).status_code == 200
    monkeypatch.setattr(results, "SEAL_SECONDS", 60)
    assert "评议已封存：15 份答卷" in post(browser, f"{page}/go-on", form_on=page, follow_redirects=True).text


def test_on_the_page_it_is_given_up(staff, app, small_steps, monkeypatch):
    answer_and_close(app)
    begin(monkeypatch, 4)
    browser = staff("publisher")
    page = "/staff/surveys/test/seal"
    done = post(browser, f"{page}/give-up", form_on=page, follow_redirects=True).text
    assert "没有封存" in done
    assert state_of(Survey.get()).value == "closed"


def test_by_command_it_is_given_up(answered, monkeypatch, any_app):
    begin(monkeypatch, 4)
    run = any_app.test_cli_runner().invoke
    assert run(args=["survey", "stop-sealing", "test"]).exit_code == 0
    refused = run(args=["survey", "stop-sealing", "test"])
    assert (refused.exit_code, "while the survey is closed" in refused.output) == (1, True)


class TestLargeTablesOfPostgresql:
    """Nobody can use a table while its old pages are removed, so large ones wait until no survey is open."""

    @pytest.fixture(autouse=True)
    def large(self, answered, monkeypatch):
        if is_sqlite():
            pytest.skip("SQLite keeps nobody waiting")
        monkeypatch.setattr(sealing, "forgets_quickly", lambda: False)

    def test_while_another_survey_is_open_only_dead_rows_go(self, answered, monkeypatch):
        other = published(slug="other")
        monkeypatch.setattr(sealing, "forget_old_pages", lambda *_: pytest.fail("somebody would wait"))
        assert seal("test").ballots == 15
        assert list(mix().keys.folder.glob(f"{answered.id}.*")) == []
        assert sealing.clean_up_leftovers(mix()) == 1
        monkeypatch.undo()
        monkeypatch.setattr(sealing, "forgets_quickly", lambda: False)
        closed(other)
        assert sealing.clean_up_leftovers(mix()) == 0
        assert SealRun.select().count() == 0

    def test_while_none_is_open_everything_goes_at_once(self, answered):
        seal("test")
        assert SealRun.select().count() == 0
