"""The states of a survey as one named machine."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.campaigns.states import ALLOWED, Move, State, StoredState, move
from surveys.inputs.problems import InputError


def test_a_survey_waits_opens_and_closes_by_the_clock():
    standing = StoredState(State.PUBLISHED, 100, 200)
    assert [standing.at(t) for t in (99, 100, 199.9, 200)] == [State.PUBLISHED, State.OPEN, State.OPEN, State.CLOSED]


def test_the_clock_moves_neither_drafts_nor_surveys_since_the_seal_began():
    for stored in (State.DRAFT, State.SEALING, State.SEALED):
        assert {StoredState(stored, 100, 200).at(t) for t in (0, 150, 300)} == {stored}


@given(
    st.sampled_from([State.DRAFT, State.PUBLISHED, State.PAUSED, State.SEALING, State.SEALED]),
    st.sampled_from(list(Move)),
    st.integers(0, 300),
    st.integers(0, 400),
)
def test_every_move_is_allowed_or_refused_by_the_table(stored, act, now, closes):
    before = StoredState(stored, 100, 200)
    now = max(now, 200) if stored is State.SEALING else now  # which begins after the end
    try:
        after = move(before, act, now, closes_at=closes)
    except InputError:
        assert before.at(now) not in ALLOWED[act] or act in (Move.PUBLISH, Move.REOPEN, Move.EXTEND)
        return
    assert before.at(now) in ALLOWED[act]
    expected = {Move.OPEN: State.OPEN, Move.CLOSE: State.CLOSED, Move.REOPEN: State.OPEN, Move.SEAL: State.SEALED,
                Move.BEGIN_SEAL: State.SEALING, Move.GIVE_SEAL_UP: State.CLOSED,
                Move.PAUSE: State.PAUSED, Move.RESUME: State.OPEN}  # fmt: skip
    assert after.at(now) is expected.get(act, after.at(now))


@given(st.lists(st.tuples(st.sampled_from(list(Move)), st.integers(1, 50)), max_size=25))
def test_nothing_leads_out_of_the_seal_and_only_a_closed_survey_gets_there(steps):
    standing, now = StoredState(State.DRAFT, 100, 200), 0
    for act, wait in steps:
        now += wait
        before = standing.at(now)
        try:
            standing = move(standing, act, now, closes_at=now + 30)
        except InputError:
            continue
        assert before is not State.SEALED
        if standing.state is State.SEALING:
            assert before is State.CLOSED
        if standing.state is State.SEALED:
            assert before is State.SEALING


def test_after_a_planned_end_ballots_begun_before_are_taken_and_the_seal_waits():
    stored = StoredState(State.PUBLISHED, 100, 200, 260)
    assert [stored.takes_ballots(t) for t in (99, 100, 200, 259.9, 260)] == [False, True, True, True, False]
    assert [stored.takes_late(t) for t in (199.9, 200, 259.9, 260)] == [False, True, True, False]
    assert stored.at(200) is State.CLOSED
    with pytest.raises(InputError, match="taken until"):
        move(stored, Move.BEGIN_SEAL, 259)
    assert move(stored, Move.BEGIN_SEAL, 260).state is State.SEALING


def test_who_closes_by_hand_ends_it_without_a_grace():
    stored = move(StoredState(State.PUBLISHED, 100, 200, 260), Move.CLOSE, 150)
    assert (stored.closes_at, stored.late_until, stored.takes_ballots(150)) == (150, 150, False)
    again = move(stored, Move.REOPEN, 160, closes_at=300, grace_minutes=2)
    assert (again.closes_at, again.late_until) == (300, 420)


def test_a_pause_takes_no_ballots_and_ends_with_the_survey():
    paused = move(StoredState(State.PUBLISHED, 100, 200, 260), Move.PAUSE, 150)
    assert [paused.at(t) for t in (150, 199, 200)] == [State.PAUSED, State.PAUSED, State.CLOSED]
    assert not any(paused.takes_ballots(t) for t in (150, 199, 210, 259))
    assert move(paused, Move.BEGIN_SEAL, 201).state is State.SEALING  # nobody can have begun in the last minutes
    again = move(paused, Move.RESUME, 160)
    assert (again.at(160), again.closes_at, again.late_until) == (State.OPEN, 200, 260)
    assert move(paused, Move.REOPEN, 210, closes_at=300).at(210) is State.OPEN
    assert move(paused, Move.CLOSE, 170).at(170) is State.CLOSED


def test_an_extension_moves_the_end_and_never_forward():
    stored = StoredState(State.PUBLISHED, 100, 200, 260)
    longer = move(stored, Move.EXTEND, 150, closes_at=300, grace_minutes=1)
    assert (longer.closes_at, longer.late_until, longer.at(250)) == (300, 360, State.OPEN)
    assert move(stored, Move.EXTEND, 50, closes_at=300).at(50) is State.PUBLISHED
    paused = move(stored, Move.PAUSE, 150)
    assert move(paused, Move.EXTEND, 160, closes_at=300).at(250) is State.PAUSED
    for closes_at, message in (
        (180, "later than the planned"),
        (200, "later than the planned"),
        (None, "end must be after"),
    ):
        with pytest.raises(InputError, match=message):
            move(stored, Move.EXTEND, 150, closes_at=closes_at)


def test_drafts_and_sealed_surveys_take_no_ballots():
    for state in (State.DRAFT, State.SEALED):
        assert not any(StoredState(state, 100, 200, 260).takes_ballots(t) for t in (50, 150, 230, 300))


def test_publishing_needs_an_end_after_now():
    with pytest.raises(InputError, match="end must be after"):
        move(StoredState(State.DRAFT, 100, 200), Move.PUBLISH, 250)


def test_a_seal_that_is_given_up_leaves_the_survey_closed_for_good():
    for stored in (StoredState(State.PUBLISHED, 100, 200, 260), StoredState(State.PAUSED, 100, 200, 260)):
        sealing = move(stored, Move.BEGIN_SEAL, 260)
        assert not any(sealing.takes_ballots(t) for t in (150, 210, 300))
        assert move(sealing, Move.SEAL, 261).state is State.SEALED
        given_up = move(sealing, Move.GIVE_SEAL_UP, 261)
        assert given_up.at(261) is State.CLOSED
        assert not given_up.takes_ballots(262)
