"""An attacker with the whole database, at every moment, its keys, the receipts and the order in which people came.

What is found is written to docs/anonymity.md by `python -m tests.attack`.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from scipy.stats import binom

from surveys.ballots import mix as mixes
from surveys.ballots.mix_keys import KindKeys
from surveys.results import sealing
from surveys.storage.database import is_sqlite
from tests.attack.campaign import MODES, Findings, Score, attack
from tests.conftest import _application

SIZES = {12: 12, 30: 8, 2000: 1}  # people, and how many such surveys


WEAK = 40
"""So many surveys of thirty show that a weakened copy gives way: in ten of a batch one is found, where chance finds one of 30."""


def beaten(score: Score) -> bool:
    """Whether the attacker did better than chance: the best of eight strategies, once in a million by luck."""
    chance = score.expected / score.guesses
    return bool(binom.sf(score.best - 1, score.guesses, chance) < 1e-6 / 8)


def run(app, mode: str, people: int, surveys: int, *, fresh_each: bool = False) -> Findings:
    """So many surveys one after the other; `fresh_each`: each in a database of its own where that is cheap."""
    findings = Findings()
    for number in range(surveys):
        if fresh_each and is_sqlite():
            app = _application(Path(app.instance_path).parent / f"{number}")
        every = people if fresh_each else 1 if people < 100 else 97
        attack(app, mode, people, slug=f"{mode.replace(' ', '-')}-{people}-{number}", findings=findings, every=every)
    return findings


@pytest.mark.fault
@pytest.mark.parametrize("people", SIZES)
@pytest.mark.parametrize("mode", MODES)
def test_the_attacker_does_no_better_than_chance(any_app, mode, people):
    found = run(any_app, mode, people, SIZES[people])
    assert found.ballots_open.guesses >= SIZES[people] * (people // 10 * 10)
    assert not beaten(found.ballots_open), found.ballots_open
    assert not beaten(found.remarks_open), found.remarks_open
    assert not beaten(found.ballots_sealed), found.ballots_sealed
    assert not beaten(found.remarks_sealed), found.remarks_sealed
    # With the keys as they are at that moment: what lies in the mix, and nothing that ever left it.
    assert found.opened == found.in_mix


@pytest.mark.fault
@pytest.mark.parametrize("mode", MODES)
def test_without_the_mix_everyone_is_found(any_app, mode, monkeypatch):
    monkeypatch.setattr(mixes, "BATCH_SIZE", 1)
    found = run(any_app, mode, 30, 1)
    assert found.ballots_open.best == found.remarks_open.best == 30


@pytest.mark.fault
def test_with_a_key_that_stays_everyone_is_found(any_app, monkeypatch):
    monkeypatch.setattr(KindKeys, "renew", lambda self, _used: max(self.all()))
    found = run(any_app, "code", 30, 1)
    assert found.opened == sum(range(1, 31)) > found.in_mix  # all who came so far, at every look


@pytest.mark.fault
def test_without_clearing_old_pages_at_the_seal_batches_show(any_app, monkeypatch):
    monkeypatch.setattr(sealing, "forget_old_pages", lambda *_: None)
    assert beaten(run(any_app, "code", 30, WEAK, fresh_each=True).ballots_sealed)


@pytest.mark.fault
def test_without_the_rewrite_at_the_seal_batches_show(any_app, monkeypatch):
    monkeypatch.setattr(sealing, "rewrite_part", lambda *_: (0, b""))
    assert beaten(run(any_app, "code", 30, WEAK, fresh_each=True).ballots_sealed)
