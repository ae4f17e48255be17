"""The tray: sealed ballots, moved on in batches of ten of a kind, on both databases."""

import json
import random
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from surveys.database import database
from surveys.publishing.models import Admission
from surveys.publishing.operations import find_admission, issue_codes, plan_of
from surveys.reporting.sealing import seal, verify
from surveys.responding import tray
from surveys.responding.answers import Remarks, read_answers
from surveys.responding.box import Outcome, count_ballots, put_in
from surveys.responding.models import Ballot, Receipt, Remark
from surveys.responding.paper import Dealer, new_paper
from surveys.responding.tray import Kind, SealedBallot, TrayEntry, kind_of, open_entry, seal_entry
from surveys.responding.tray_keys import KindKeys, TrayKeys
from surveys.text import InputError
from tests.helpers import all_at, closed, fill_page, hand_out, one_code, published, vote

BY_UNIT = [
    {"code": "s", "name": "学生", "own": True, "admission": "code"},
    {"code": "t", "name": "教工", "admission": "open"},
]

ballots = st.builds(
    SealedBallot,
    admission=st.one_of(st.just(b""), st.binary(min_size=16, max_size=16).filter(any)),
    receipt=st.binary(min_size=16, max_size=16),
    channel=st.sampled_from([1, 2]),
    packed=st.binary(max_size=800),
    remarks=st.lists(st.builds(Remarks, st.integers(-1, 99), st.just("say"), st.text(max_size=500)), max_size=4).map(
        tuple
    ),
)


KIND = Kind(1, 2, 3, 896)


@given(ballots)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_a_sealed_ballot_is_opened_as_it_was(app, ballot):
    kind = kind_of(1, 2, 3, ballot.body())
    sealed = seal_entry(ballot.body(), kind)
    assert open_entry(sealed, kind, kind.keys.all()) == ballot
    assert len(sealed) == kind.size + 4 + 12 + 16


def test_an_entry_cannot_be_moved_to_another_kind_or_changed(app):
    sealed = seal_entry(SealedBallot(b"", b"r" * 16, 1, False, b"abc", ()).body(), KIND)
    known = KIND.keys.all()
    for other in (
        KIND._replace(survey=2),
        KIND._replace(group=1),
        KIND._replace(own_unit=-1),
        KIND._replace(size=1792),
    ):
        with pytest.raises(InputError, match="cannot be opened"):
            open_entry(sealed, other, known)
    with pytest.raises(InputError, match="cannot be opened"):
        open_entry(sealed[:-1] + bytes([sealed[-1] ^ 1]), KIND, known)


def test_the_length_of_an_entry_does_not_tell_how_much_was_written(any_app):
    """Those who wrote much wait for others who did: else the one long remark of a batch would have an author."""
    survey = published()
    plan = plan_of(survey)
    texts = [slot for slot in plan.slots if slot.item.type == "text"]
    vote(survey, group=1)
    vote(survey, group=1, extra={str(texts[0].index): ["多听意见" * 50]})
    assert {len(bytes(entry.sealed)) for entry in TrayEntry.select()} == {928}
    long = {str(texts[0].index): ["\U0001f600" * texts[0].item.limit]}
    for _ in range(9):
        vote(survey, group=1, extra=long)
        vote(survey, group=1)
    assert (Ballot.select().count(), Remark.select().count()) == (10, 1)
    vote(survey, group=1, extra=long)
    assert (Ballot.select().count(), Remark.select().count()) == (20, 11)


def test_nine_wait_and_the_tenth_moves_all_on(any_app):
    survey = published()
    for number in range(9):
        vote(survey, group=1)
        assert (Ballot.select().count(), TrayEntry.select().count()) == (0, number + 1)
    vote(survey, group=1)
    assert (Ballot.select().count(), TrayEntry.select().count(), Receipt.select().count()) == (10, 0, 10)


def test_kinds_do_not_mix(any_app):
    survey = published(groups=BY_UNIT)
    for _ in range(9):
        vote(survey, group=1)
        vote(survey, group=0, own_unit=0)
        vote(survey, group=0, own_unit=1)
    assert Ballot.select().count() == 0
    vote(survey, group=0, own_unit=1)
    assert Ballot.select().count() == 10
    assert {(kind.group, kind.own_unit): n for kind, n in tray.waiting()} == {(0, 0): 9, (1, -1): 9}


def test_turnout_counts_what_lies_in_the_tray(any_app):
    survey = published()
    for _ in range(13):
        vote(survey, group=1)
    assert count_ballots(survey.id) == {1: 13}


def test_nothing_waits_after_the_seal(any_app):
    survey = published(groups=BY_UNIT)
    for unit in (0, 1, 1, 2):
        vote(survey, group=0, own_unit=unit)
    closed(survey)
    assert seal("test").ballots == 4
    assert TrayEntry.select().count() == 0
    assert verify("test").sound


def test_moving_keeps_admissions_used_and_receipts_known(any_app):
    survey = published(groups=BY_UNIT)
    plan, key = plan_of(survey), any_app.config["CODE_KEY"]
    papers = []
    for one in issue_codes(survey, key, 0, 10, 2):
        admission = find_admission(survey.id, key, one.code)
        paper = new_paper(Dealer(), plan, survey.id, 0, 2, bytes(admission.code_hash))
        answers = read_answers(plan, (2,), all_at(plan, (2,), 1))
        assert put_in(paper, answers) is Outcome.RECEIVED
        papers.append((paper, answers, one.code))
    assert Ballot.select().count() == 10
    rows = list(Admission.select())
    assert [(row.used, row.group, row.own_unit) for row in rows] == [(True, 0, 2)] * 10
    for paper, answers, code in papers:
        assert put_in(paper, answers) is Outcome.RECEIVED_BEFORE
        again = new_paper(Dealer(), plan, survey.id, 0, 2, bytes(find_admission(survey.id, key, code).code_hash))
        assert put_in(again, answers) is Outcome.ALREADY_ANSWERED


def test_a_move_that_fails_loses_nothing_and_the_next_one_does_it(any_app, monkeypatch):
    survey = published()
    monkeypatch.setattr(tray, "insert_ballots", lambda *_: 1 / 0)
    for _ in range(10):
        vote(survey, group=1)
    monkeypatch.undo()
    assert (Ballot.select().count(), TrayEntry.select().count(), Receipt.select().count()) == (0, 10, 10)
    vote(survey, group=1)
    assert (Ballot.select().count(), TrayEntry.select().count()) == (11, 0)


def key_file(app, survey, group=1, own_unit=-1) -> Path:
    return Path(app.instance_path) / "tray" / f"{survey.id}.{group}.{own_unit}.896"


def test_a_lost_key_refuses_the_seal_and_loses_nothing(any_app):
    survey = published()
    vote(survey, group=1)
    closed(survey)
    path = key_file(any_app, survey)
    kept = path.read_bytes()
    for damaged in (bytes(80), b"", kept[:20], bytes(byte ^ 1 for byte in kept)):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="Restore the folder tray"):
            seal("test")
    path.write_bytes(kept)
    assert seal("test").ballots == 1


def test_a_lost_key_does_not_turn_respondents_away(app):
    survey = published()
    for _ in range(9):
        vote(survey, group=1)
    key_file(app, survey).unlink()
    vote(survey, group=1)
    key_file(app, survey).write_bytes(b"damaged")
    vote(survey, group=1)
    assert TrayEntry.select().count() == Receipt.select().count() == 11


def test_each_move_replaces_the_key_and_forgets_the_old_one(any_app):
    survey = published()
    keys = Kind(survey.id, 1, -1, 896).keys
    gone = []
    for move in range(3):
        vote(survey, group=1)
        gone.append(keys.all())
        sealed = bytes(TrayEntry.get().sealed)
        for _ in range(9):
            vote(survey, group=1)
        assert len(keys.all()) == 1
        for old in gone:
            assert not keys.all().keys() & old.keys()
        with pytest.raises(InputError):
            open_entry(sealed, Kind(survey.id, 1, -1, 896), keys.all())
        on_disk = key_file(any_app, survey).read_bytes()
        assert not any(key in on_disk for old in gone for key in old.values()), move
    assert key_file(any_app, survey).stat().st_mode & 0o777 == 0o600


def test_a_move_that_failed_after_making_its_key_is_done_again(any_app, monkeypatch):
    survey = published()
    keys = Kind(survey.id, 1, -1, 896).keys
    monkeypatch.setattr(tray, "insert_ballots", lambda *_: 1 / 0)
    for _ in range(12):
        vote(survey, group=1)
    assert len(keys.all()) == 2  # nine ballots need the old one, the others were sealed with the new one
    monkeypatch.undo()
    vote(survey, group=1)
    assert (Ballot.select().count(), TrayEntry.select().count(), len(keys.all())) == (13, 0, 1)


def test_a_power_cut_before_the_old_key_was_forgotten_is_made_good_by_the_next_move(any_app, monkeypatch):
    survey = published()
    keys = Kind(survey.id, 1, -1, 896).keys
    monkeypatch.setattr(KindKeys, "forget_before", lambda *_: None)
    for _ in range(10):
        vote(survey, group=1)
    assert len(keys.all()) == 2
    monkeypatch.undo()
    for _ in range(10):
        vote(survey, group=1)
    assert (Ballot.select().count(), len(keys.all())) == (20, 1)


def test_the_seal_erases_the_keys(any_app):
    survey = published()
    for _ in range(11):
        vote(survey, group=1)
    closed(survey)
    left = key_file(any_app, survey).read_bytes()
    seal("test")
    assert not key_file(any_app, survey).exists()
    key_file(any_app, survey).write_bytes(left)  # as a power cut right after the seal would leave it
    assert any_app.test_cli_runner().invoke(args=["db", "migrate"]).exit_code == 0
    assert not key_file(any_app, survey).exists()


def test_the_key_can_be_changed_while_a_survey_runs(any_app):
    survey = published()
    keys = Kind(survey.id, 1, -1, 896).keys
    for _ in range(5):
        vote(survey, group=1)
    before = keys.all()
    assert any_app.test_cli_runner().invoke(args=["db", "change-tray-key"]).output == "new keys: 1\n"
    assert len(keys.all()) == 1
    assert not before.keys() & keys.all().keys()
    assert TrayEntry.select().count() == 5
    for _ in range(5):
        vote(survey, group=1)
    assert Ballot.select().count() == 10
    assert any_app.test_cli_runner().invoke(args=["db", "change-tray-key"]).output == "new keys: 0\n"


class KeyFile(RuleBasedStateMachine):
    """Sealing, moves that fail, power cuts at any step: what lies in the tray can always be opened."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.keys = TrayKeys(self.folder).of(1, 0, -1, 896)
        self.tray: list[tuple[int, bytes]] = []
        self.spent: set[bytes] = set()

    @rule()
    def lay_in(self):
        self.tray.append(self.keys.newest())

    @precondition(lambda self: self.tray)
    @rule(commits=st.booleans(), forgets=st.booleans())
    def move(self, commits, forgets):
        number = self.keys.renew({number for number, _ in self.tray})
        if commits:
            self.spent |= {key for n, key in self.tray if n < number}
            self.tray = []
            if forgets:
                self.keys.forget_before(number)
                assert not self.spent & set(self.keys.all().values())

    @invariant()
    def everything_opens(self):
        known = self.keys.all()
        assert all(known.get(number) == key for number, key in self.tray)
        assert len(known) <= 2

    def teardown(self):
        self.keys.erase()
        shutil.rmtree(self.folder)


TestKeyFile = KeyFile.TestCase


def test_in_a_crowd_batches_grow_and_the_last_one_out_moves_them_on(any_app):
    survey = published()
    with tray.Visit(Kind(survey.id, 1, -1, 896)):  # somebody is still putting a ballot in
        for _ in range(tray.CROWD - 1):
            vote(survey, group=1)
        assert Ballot.select().count() == 0
        vote(survey, group=1)
        assert Ballot.select().count() == tray.CROWD
        for _ in range(12):
            vote(survey, group=1)
        assert Ballot.select().count() == tray.CROWD
    assert Ballot.select().count() == tray.CROWD + 12


def test_one_refused_on_the_way_does_not_keep_others_waiting(any_app):
    survey = published()
    paper = vote(survey, group=1)
    with tray.Visit(Kind(survey.id, 1, -1, 896)):
        for _ in range(12):
            vote(survey, group=1)
    assert Ballot.select().count() == 13
    plan = plan_of(survey)
    assert put_in(paper, read_answers(plan, (0, 1, 2), all_at(plan, (0, 1, 2), 1))) is Outcome.RECEIVED_BEFORE


def test_two_who_move_the_same_batch_move_it_once(any_app):
    survey = published()
    for _ in range(9):
        vote(survey, group=1)
    with tray.Visit(Kind(survey.id, 1, -1, 896)):
        vote(survey, group=1)
        kind = Kind(survey.id, 1, -1, 896)

        def one(_: int) -> int:
            try:
                return tray.move_on(kind)
            finally:
                database.close()

        with ThreadPoolExecutor(4) as movers:
            assert sorted(movers.map(one, range(4))) == [0, 0, 0, 10]
    assert Ballot.select().count() == Receipt.select().count() == 10


def test_remarks_are_shuffled_apart_from_their_ballots(any_app):
    """Were they stored in the order of their ballots, the physical order would tie them together."""
    orders = set()
    for attempt in range(4):
        survey = published(slug=f"s{attempt}")
        text = next(slot for slot in plan_of(survey).slots if slot.item.code == "opinion")
        for i in range(10):
            vote(survey, group=1, level=1 + i % 4, extra={str(text.index): [f"意见{i}"]})
        assert Remark.select().where(Remark.survey == survey.id).count() == 10
        rows = Remark.select().where(Remark.survey == survey.id)
        orders.add(json.dumps([row.body for row in rows]))
    assert len(orders) == 4


def test_the_thief_of_the_database_reads_nothing_in_the_tray(app):
    survey = published()
    plan = plan_of(survey)
    chance = random.Random(5)
    for _ in range(9):
        vote(survey, group=1, level=[chance.randint(1, 4) for _ in plan.rated_items])
    entries = [bytes(row[0]) for row in database.execute_sql("SELECT sealed FROM tray")]
    assert len({len(entry) for entry in entries}) == 1
    assert len({entry[:4] for entry in entries}) == 1  # the key's number; the rest is random
    assert len({entry[4:] for entry in entries}) == 9


def test_code_group_and_unit_decide_the_kind(any_app):
    survey = published(groups=BY_UNIT)
    code = one_code(any_app, survey, own_unit=1)
    admission = find_admission(survey.id, any_app.config["CODE_KEY"], code)
    plan = plan_of(survey)
    paper = new_paper(Dealer(), plan, survey.id, 0, 1, bytes(admission.code_hash))
    put_in(paper, read_answers(plan, (1,), all_at(plan, (1,), 2)))
    assert [(kind.group, kind.own_unit, n) for kind, n in tray.waiting()] == [(0, 1, 1)]


def test_units_that_do_not_decide_what_is_rated_wait_together_and_admissions_keep_theirs(any_app):
    survey = published()
    browser = any_app.test_client()
    for number in range(10):
        page = hand_out(browser, "test", one_code(any_app, survey, own_unit=number % 3)).text
        assert "已收到" in browser.post("/s/test/submit", data=fill_page(page)).text
    assert Ballot.select().count() == 10
    assert sorted(row.own_unit for row in Admission.select().where(Admission.used)) == [0] * 4 + [1] * 3 + [2] * 3
