"""How ballots are stored: all slots, or only the units that were asked about, whichever is smaller."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.campaigns.plan_file import read_plan
from tests.helpers import survey_file, units

GROUPS = [
    {"code": "all", "name": "all", "admission": "open"},
    {"code": "some", "name": "some", "admission": "open", "draw": 2, "own": True},
]
ITEMS = [{"code": "a", "type": "rating", "text": "a", "scale": "likert5"},
         {"code": "why", "type": "multi", "text": "why", "options": [{"code": "x", "text": "x"}, {"code": "y", "text": "y"}]}]  # fmt: skip
ONCE = [{"code": "years", "type": "number", "text": "years", "low": 0, "high": 50}]
SECTIONS = [{"per": "unit", "items": ITEMS}, {"items": ONCE}, {"per": "unit", "items": [{**ITEMS[0], "code": "b"}]}]


def plan():
    data = survey_file(units=units(30), groups=GROUPS, questionnaire={"key": "q", "title": "q", "sections": SECTIONS})
    return read_plan({name: value for name, value in data.items() if name not in ("opens", "closes")})


PLAN = plan()


def test_a_ballot_about_all_units_holds_every_slot_and_one_about_a_few_only_those():
    assert PLAN.packing.entries == (None, 3)
    row = bytes(PLAN.width)
    assert len(PLAN.packing.pack(0, row, tuple(range(30)))) == PLAN.width == 30 * 4 + 4
    assert len(PLAN.packing.pack(1, row, (1, 2, 3))) == 4 + 3 * (2 + 4)


@given(st.data())
def test_what_was_answered_is_read_back(data):
    listed = tuple(sorted(data.draw(st.sets(st.integers(0, 29), max_size=3))))
    row = bytearray(PLAN.width)
    for slot in PLAN.asked(1, listed):
        row[slot.offset : slot.offset + slot.width] = data.draw(st.binary(min_size=slot.width, max_size=slot.width))
    packed = PLAN.packing.pack(1, row, listed)
    assert PLAN.packing.unpack(1, packed) == bytes(row)
    # The size says nothing of how many units were listed, nor of what was answered.
    assert len(packed) == len(PLAN.packing.pack(1, bytes(PLAN.width), ()))


@pytest.mark.parametrize("packed", [b"", b"\0" * 21, b"\0" * 4 + b"\0\x1e" + b"\1" * 4 + b"\xff\xff" * 6])
def test_what_is_no_ballot_is_refused(packed):
    with pytest.raises(ValueError):
        PLAN.packing.unpack(1, packed)
