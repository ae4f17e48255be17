"""Do the units that a ballot was asked about tell whose it is? An attacker with the database and the order of arrival."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import pytest
from scipy.stats import binom

from surveys.admission.codes import hash_code, normalise
from surveys.admission.models import Admission
from surveys.ballots import drawing
from surveys.ballots.answers import describe_answer
from surveys.ballots.box import read_ballots
from surveys.campaigns.surveys import plan_of
from tests.acting import issue_codes
from tests.helpers import fill_page, flush_mix, hand_out, published, units

QUESTIONNAIRE = {
    "key": "drawn", "title": "评议",
    "sections": [
        {"per": "unit", "items": [{"code": "a", "type": "rating", "text": "评", "scale": "satisfaction4"}]},
        {"items": [{"code": "who", "type": "number", "text": "谁"}]},
    ],
}  # fmt: skip
"""The number says whose ballot it is. The attacker does not look at it; it tells what he got right."""
SIZES = {30: 16, 2000: 1}  # people, and how many such surveys
Pattern = tuple[int, ...]


def campaign(app: Any, slug: str, people: int, *, look: bool = True) -> tuple[list[bytes], list[tuple[int, Pattern]]]:
    """Run a survey; returns the admissions in the order of arrival, and (whose, units) of the ballots as they lie."""
    survey = published(
        slug=slug, questionnaire=QUESTIONNAIRE, units=units(24), groups=[{"code": "s", "name": "学生", "draw": 3}]
    )
    key, plan, client = app.config["CODE_KEY"], plan_of(survey), app.test_client()
    codes = [one.code for one in issue_codes(survey, key, 0, people)]
    who = str(next(slot.index for slot in plan.slots if slot.item.code == "who"))
    for number, code in enumerate(codes):
        # Some look for units that they like.
        for _ in range(random.choices([1, 2, 3, 6], [70, 12, 8, 10])[0] if look else 1):
            page = hand_out(client, slug, code).text
        answer = client.post(f"/s/{slug}/submit", data={**fill_page(page), who: str(number)})
        assert "已收到" in answer.text
    flush_mix()
    last = next(slot for slot in plan.slots if slot.item.code == "who")
    rated = [slot for slot in plan.slots if slot.unit is not None]
    ballots = [
        (int(describe_answer(last, row)), tuple(slot.unit for slot in rated if row[slot.offset]))
        for batch in read_ballots(survey.id)
        for row in (plan.packing.unpack(group, packed) for _, group, _, packed in batch.rows)
    ]  # fmt: skip
    return [hash_code(key, survey.id, normalise(code) or "") for code in codes], ballots


def by_pattern(admissions: list[bytes], ballots: list[tuple[int, Pattern]]) -> dict[str, list[int]]:
    """Ballots put into an order that may be that of arrival, by the units asked: the answers to who is whose."""
    common = Counter(pattern for _, pattern in ballots).most_common(1)[0][0]
    draws = {bytes(row.code_hash): row.draws for row in Admission.select()}
    often = sorted(range(len(admissions)), key=lambda person: -draws[admissions[person]])
    counted = sorted(range(len(ballots)), key=lambda place: ballots[place][1] != common)
    by_count = [0] * len(ballots)
    for person, place in zip(often, counted, strict=True):
        by_count[person] = place
    return {
        "units": sorted(range(len(ballots)), key=lambda place: ballots[place][1]),
        "number": list(range(len(ballots))),
        "admission": _along(sorted(range(len(admissions)), key=admissions.__getitem__), ballots),
        "count": by_count,
        "deck": _decks(ballots),
    }


def _along(order: list[int], ballots: list[tuple[int, Pattern]]) -> list[int]:
    places = [0] * len(ballots)
    for person, place in zip(order, sorted(range(len(ballots)), key=lambda p: ballots[p][1]), strict=True):
        places[person] = place
    return places


def _decks(ballots: list[tuple[int, Pattern]]) -> list[int]:
    """Ballots without a unit in common stand together, as they would if a deck were dealt from top to bottom."""
    left, order, seen = list(range(len(ballots))), [], set()
    while left:
        place = next((p for p in left[:200] if not seen & set(ballots[p][1])), None)
        if place is None:
            seen, place = set(), left[0]
        seen |= set(ballots[place][1])
        order.append(place)
        left.remove(place)
    return order


def within_batches(people: int, ballots: list[tuple[int, Pattern]]) -> tuple[int, int]:
    """Right and all guesses of one who has a copy after each batch of ten, and the order of arrival.

    If eight draws made a deck, dealt from top to bottom, a batch would hold the end of one deck and the beginning of the
    next: he looks for the ballots that can have come before the change, those without a unit in common.
    """
    pattern_of = dict(ballots)
    right = guesses = 0
    for start in range(0, people // 10 * 10, 10):
        first = 8 - start % 8  # so many of the batch came before the change of the deck
        batch = random.sample(range(start, start + 10), 10)
        splits = [
            chosen for chosen in combinations(batch, first)
            if _disjoint(chosen, pattern_of) and _disjoint([p for p in batch if p not in chosen][:8], pattern_of)
        ]  # fmt: skip
        before = random.choice(splits) if splits else batch[:first]
        guessed = [*random.sample(before, first), *(person for person in batch if person not in before)]
        right += sum(one == person for one, person in zip(guessed, range(start, start + 10), strict=True))
        guesses += 10
    return right, guesses


def _disjoint(persons: Sequence[int], pattern_of: dict[int, Pattern]) -> bool:
    rated = [unit for person in persons for unit in pattern_of[person]]
    return len(set(rated)) == len(rated)


@pytest.mark.fault
@pytest.mark.parametrize("people", SIZES)
def test_the_units_asked_tie_nobody_to_a_ballot(any_app, people):
    right: Counter[str] = Counter()
    for number in range(SIZES[people]):
        admissions, ballots = campaign(any_app, f"draws-{people}-{number}", people)
        for name, places in by_pattern(admissions, ballots).items():
            right[name] += sum(ballots[place][0] == person for person, place in enumerate(places))
    guesses = SIZES[people] * people
    for name, count in right.items():
        assert binom.sf(count - 1, guesses, 1 / people) > 1e-6, (name, count, guesses)
    print(f"{people} people: {dict(right)} of {guesses}")


@pytest.mark.fault
@pytest.mark.parametrize("pool", [drawing.POOL, 1])
def test_only_draws_that_are_dealt_one_after_the_other_would_tell_the_order(any_app, monkeypatch, pool):
    """Without the pool, eight draws cover all units once, and where a deck changes can be seen."""
    monkeypatch.setattr(drawing, "POOL", pool)
    people = 1500 if pool == 1 else 600  # he finds one in six there; so many that it cannot be taken for luck
    _, ballots = campaign(any_app, "dealt", people, look=False)
    right, guesses = within_batches(people, ballots)
    by_luck = binom.sf(right - 1, guesses, 0.1)
    assert by_luck < 1e-4 if pool == 1 else by_luck > 1e-6, (right, guesses)


def test_each_unit_gets_its_share(app):
    survey = published(units=units(24), groups=[{"code": "s", "name": "学生", "draw": 3}])
    plan = plan_of(survey)
    drawer = drawing.UnitDrawer()
    drawn = Counter(unit for _ in range(800) for unit in drawer.draw(survey.id, 0, plan.groups[0], None))
    assert set(drawn) == set(plan.unit_indices)
    assert max(drawn.values()) - min(drawn.values()) <= 24  # 100 each; drawn independently, 40 and more are usual


def test_few_units_are_all_drawn_but_for_the_own_one(app):
    group = [{"code": "s", "name": "学生", "own": True, "draw": 3}]
    survey = published(units=units(4), groups=group)
    drawer, plan = drawing.UnitDrawer(), plan_of(survey)
    assert drawer.draw(survey.id, 0, plan.groups[0], 2) == (0, 1, 3)
    assert re.fullmatch("[0-3]{3}", "".join(map(str, drawer.draw(survey.id, 0, plan.groups[0], None))))
