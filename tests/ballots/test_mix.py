"""The mix: encrypted ballots, moved on in batches of ten of a kind, on both databases."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.admission.issuing import find_admission
from surveys.admission.models import Admission
from surveys.ballots import mix as mixing
from surveys.ballots.answers import RemarkText, read_answers
from surveys.ballots.box import count_ballots
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.mix_entries import EntryBody, MixKind, decrypt_entry, encrypt_entry, kind_of
from surveys.ballots.mix_keys import KindKeys
from surveys.ballots.models import Ballot, MixEntry, Receipt, Remark
from surveys.ballots.submission import Outcome
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.verification import verify
from surveys.storage.database import database
from tests.acting import issue_codes, mix, seal, submit_ballot
from tests.helpers import all_at, closed, fill_page, hand_out, one_code, published, vote

BY_UNIT = [
    {"code": "s", "name": "学生", "own": True, "admission": "code"},
    {"code": "t", "name": "教工", "admission": "open"},
]

ballots = st.builds(
    EntryBody,
    admission=st.one_of(st.just(b""), st.binary(min_size=16, max_size=16).filter(any)),
    receipt=st.binary(min_size=16, max_size=16),
    channel=st.sampled_from([1, 2]),
    packed=st.binary(max_size=800),
    remarks=st.lists(
        st.builds(RemarkText, st.one_of(st.none(), st.integers(0, 99)), st.just("say"), st.text(max_size=500)),
        max_size=4,
    ).map(tuple),
)


KIND = MixKind(1, 2, 3, 896)


@given(ballots)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
def test_an_encrypted_ballot_is_decrypted_as_it_was(app, ballot):
    kind = kind_of(1, 2, 3, ballot.encode())
    sealed = encrypt_entry(ballot.encode(), kind, mix().keys_of(kind).newest())
    assert decrypt_entry(sealed, kind, mix().keys_of(kind).all()) == ballot
    assert len(sealed) == kind.size + 4 + 12 + 16


def test_an_entry_cannot_be_moved_to_another_kind_or_changed(app):
    sealed = encrypt_entry(EntryBody(b"", b"r" * 16, 1, False, b"abc", ()).encode(), KIND, mix().keys_of(KIND).newest())
    known = mix().keys_of(KIND).all()
    for other in (
        KIND._replace(survey_id=2),
        KIND._replace(group=1),
        KIND._replace(own_unit=-1),
        KIND._replace(size=1792),
    ):
        with pytest.raises(InputError, match="cannot be decrypted"):
            decrypt_entry(sealed, other, known)
    with pytest.raises(InputError, match="cannot be decrypted"):
        decrypt_entry(sealed[:-1] + bytes([sealed[-1] ^ 1]), KIND, known)


def test_the_length_of_an_entry_does_not_tell_how_much_was_written(any_app):
    """Those who wrote much wait for others who did: else the one long remark of a batch would have an author."""
    survey = published()
    plan = plan_of(survey)
    texts = [slot for slot in plan.slots if slot.item.type == "text"]
    vote(survey, group=1)
    vote(survey, group=1, extra={str(texts[0].index): ["多听意见" * 50]})
    assert {len(bytes(entry.ciphertext)) for entry in MixEntry.select()} == {928}
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
        assert (Ballot.select().count(), MixEntry.select().count()) == (0, number + 1)
    vote(survey, group=1)
    assert (Ballot.select().count(), MixEntry.select().count(), Receipt.select().count()) == (10, 0, 10)


def test_kinds_do_not_mix(any_app):
    survey = published(groups=BY_UNIT)
    for _ in range(9):
        vote(survey, group=1)
        vote(survey, group=0, own_unit=0)
        vote(survey, group=0, own_unit=1)
    assert Ballot.select().count() == 0
    vote(survey, group=0, own_unit=1)
    assert Ballot.select().count() == 10
    assert {(kind.group, kind.own_unit): n for kind, n in mixing.waiting()} == {(0, 0): 9, (1, -1): 9}


def test_turnout_counts_what_is_in_the_mix(any_app):
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
    assert MixEntry.select().count() == 0
    assert verify("test").unchanged


def test_moving_keeps_admissions_used_and_receipts_known(any_app):
    survey = published(groups=BY_UNIT)
    plan, key = plan_of(survey), any_app.config["CODE_KEY"]
    papers = []
    for one in issue_codes(survey, key, 0, 10, 2):
        admission = find_admission(survey.id, key, one.code)
        paper = new_token(UnitDrawer(), plan, survey.id, 0, 2, bytes(admission.code_hash))
        answers = read_answers(plan, 0, (2,), all_at(plan, (2,), 1))
        assert submit_ballot(paper, answers) is Outcome.RECEIVED
        papers.append((paper, answers, one.code))
    assert Ballot.select().count() == 10
    rows = list(Admission.select())
    assert [(row.used, row.group, row.own_unit) for row in rows] == [(True, 0, 2)] * 10
    for paper, answers, code in papers:
        assert submit_ballot(paper, answers) is Outcome.RECEIVED_BEFORE
        again = new_token(UnitDrawer(), plan, survey.id, 0, 2, bytes(find_admission(survey.id, key, code).code_hash))
        assert submit_ballot(again, answers) is Outcome.ALREADY_ANSWERED


def test_a_move_that_fails_loses_nothing_and_the_next_one_does_it(any_app, monkeypatch):
    survey = published()
    monkeypatch.setattr(mixing, "insert_ballots", lambda *_: 1 / 0)
    for _ in range(10):
        vote(survey, group=1)
    monkeypatch.undo()
    assert (Ballot.select().count(), MixEntry.select().count(), Receipt.select().count()) == (0, 10, 10)
    vote(survey, group=1)
    assert (Ballot.select().count(), MixEntry.select().count()) == (11, 0)


def key_file(app, survey, group=1, own_unit=-1) -> Path:
    return Path(app.instance_path) / "mix" / f"{survey.id}.{group}.{own_unit}.896"


def test_a_lost_key_refuses_the_seal_and_loses_nothing(any_app):
    survey = published()
    vote(survey, group=1)
    closed(survey)
    path = key_file(any_app, survey)
    kept = path.read_bytes()
    for damaged in (bytes(80), b"", kept[:20], bytes(byte ^ 1 for byte in kept)):
        path.write_bytes(damaged)
        with pytest.raises(InputError, match="Restore the folder mix"):
            seal("test")
    path.write_bytes(kept)
    assert seal("test").ballots == 1


def test_beside_ballots_whose_key_is_lost_or_damaged_none_is_acknowledged(app):
    survey = published()
    for _ in range(9):
        vote(survey, group=1)
    path = key_file(app, survey)
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(mixing.MissingKeyError):
        vote(survey, group=1)
    path.write_bytes(b"damaged")
    with pytest.raises(mixing.MissingKeyError):
        vote(survey, group=1)
    assert MixEntry.select().count() == Receipt.select().count() == 9
    path.write_bytes(kept)
    vote(survey, group=1)
    assert MixEntry.select().count() == 0


def test_each_move_replaces_the_key_and_forgets_the_old_one(any_app):
    survey = published()
    keys = mix().keys_of(MixKind(survey.id, 1, -1, 896))
    gone = []
    for move in range(3):
        vote(survey, group=1)
        gone.append(keys.all())
        sealed = bytes(MixEntry.get().ciphertext)
        for _ in range(9):
            vote(survey, group=1)
        assert len(keys.all()) == 1
        for old in gone:
            assert not keys.all().keys() & old.keys()
        with pytest.raises(InputError):
            decrypt_entry(sealed, MixKind(survey.id, 1, -1, 896), keys.all())
        on_disk = key_file(any_app, survey).read_bytes()
        assert not any(key in on_disk for old in gone for key in old.values()), move
    assert key_file(any_app, survey).stat().st_mode & 0o777 == 0o600


def test_a_move_that_failed_after_making_its_key_is_done_again(any_app, monkeypatch):
    survey = published()
    keys = mix().keys_of(MixKind(survey.id, 1, -1, 896))
    monkeypatch.setattr(mixing, "insert_ballots", lambda *_: 1 / 0)
    for _ in range(12):
        vote(survey, group=1)
    assert len(keys.all()) == 4  # ten ballots need the first one, each other was encrypted with the next one
    monkeypatch.undo()
    vote(survey, group=1)
    assert (Ballot.select().count(), MixEntry.select().count(), len(keys.all())) == (13, 0, 1)


def test_a_power_cut_before_the_old_key_was_forgotten_is_made_good_by_the_next_move(any_app, monkeypatch):
    survey = published()
    keys = mix().keys_of(MixKind(survey.id, 1, -1, 896))
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
    keys = mix().keys_of(MixKind(survey.id, 1, -1, 896))
    for _ in range(5):
        vote(survey, group=1)
    before = keys.all()
    assert any_app.test_cli_runner().invoke(args=["mix", "change-keys"]).output == "new keys: 1\n"
    assert len(keys.all()) == 1
    assert not before.keys() & keys.all().keys()
    assert MixEntry.select().count() == 5
    for _ in range(5):
        vote(survey, group=1)
    assert Ballot.select().count() == 10
    assert any_app.test_cli_runner().invoke(args=["mix", "change-keys"]).output == "new keys: 0\n"


def test_in_a_crowd_batches_grow_and_the_last_one_out_moves_them_on(any_app):
    survey = published()
    with mix().submission(MixKind(survey.id, 1, -1, 896)):  # somebody is still putting a ballot in
        for _ in range(mixing.BUSY_BATCH_SIZE - 1):
            vote(survey, group=1)
        assert Ballot.select().count() == 0
        vote(survey, group=1)
        assert Ballot.select().count() == mixing.BUSY_BATCH_SIZE
        for _ in range(12):
            vote(survey, group=1)
        assert Ballot.select().count() == mixing.BUSY_BATCH_SIZE
    assert Ballot.select().count() == mixing.BUSY_BATCH_SIZE + 12


def test_one_refused_on_the_way_does_not_keep_others_waiting(any_app):
    survey = published()
    paper = vote(survey, group=1)
    with mix().submission(MixKind(survey.id, 1, -1, 896)):
        for _ in range(12):
            vote(survey, group=1)
    assert Ballot.select().count() == 13
    plan = plan_of(survey)
    assert submit_ballot(paper, read_answers(plan, 0, (0, 1, 2), all_at(plan, (0, 1, 2), 1))) is Outcome.RECEIVED_BEFORE


def test_two_who_move_the_same_batch_move_it_once(any_app):
    survey = published()
    for _ in range(9):
        vote(survey, group=1)
    with mix().submission(MixKind(survey.id, 1, -1, 896)):
        vote(survey, group=1)
        kind = MixKind(survey.id, 1, -1, 896)

        def one(_: int) -> int:
            try:
                return mix().flush_batch(kind)
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
        assert Remark.select().where(Remark.survey_id == survey.id).count() == 10
        rows = Remark.select().where(Remark.survey_id == survey.id)
        orders.add(json.dumps([row.body for row in rows]))
    assert len(orders) == 4


def test_the_thief_of_the_database_reads_nothing_in_the_mix(app):
    survey = published()
    plan = plan_of(survey)
    chance = random.Random(5)
    for _ in range(9):
        vote(survey, group=1, level=[chance.randint(1, 4) for _ in plan.rated_items])
    entries = [bytes(row[0]) for row in database.execute_sql("SELECT ciphertext FROM mix_entry")]
    assert len({len(entry) for entry in entries}) == 1
    assert len({entry[:4] for entry in entries}) == 1  # the key's number; the rest is random
    assert len({entry[4:] for entry in entries}) == 9


def test_code_group_and_unit_decide_the_kind(any_app):
    survey = published(groups=BY_UNIT)
    code = one_code(any_app, survey, own_unit=1)
    admission = find_admission(survey.id, any_app.config["CODE_KEY"], code)
    plan = plan_of(survey)
    paper = new_token(UnitDrawer(), plan, survey.id, 0, 1, bytes(admission.code_hash))
    submit_ballot(paper, read_answers(plan, 0, (1,), all_at(plan, (1,), 2)))
    assert [(kind.group, kind.own_unit, n) for kind, n in mixing.waiting()] == [(0, 1, 1)]


def test_units_that_do_not_decide_what_is_rated_wait_together_and_admissions_keep_theirs(any_app):
    survey = published()
    browser = any_app.test_client()
    for number in range(10):
        page = hand_out(browser, "test", one_code(any_app, survey, own_unit=number % 3)).text
        assert "已收到" in browser.post("/s/test/submit", data=fill_page(page)).text
    assert Ballot.select().count() == 10
    assert sorted(row.own_unit for row in Admission.select().where(Admission.used)) == [0] * 4 + [1] * 3 + [2] * 3
