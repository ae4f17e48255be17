"""Ballot tokens: signed, random, and units drawn so that each gets its share."""

import base64
from collections import Counter
from math import ceil

from hypothesis import given
from hypothesis import strategies as st

from surveys.ballots.drawing import POOL, UnitDrawer, new_token
from surveys.ballots.token import BallotToken, read_token, sign_token
from surveys.campaigns.plan import Group
from surveys.campaigns.surveys import plan_of
from tests.helpers import published

KEY = b"k" * 32
tokens = st.builds(
    BallotToken,
    survey_id=st.integers(1, 2**31),
    group=st.integers(0, 20),
    own_unit=st.one_of(st.none(), st.integers(0, 499)),
    number=st.binary(min_size=16, max_size=16),
    admission=st.one_of(st.just(b""), st.binary(min_size=16, max_size=16).filter(any)),
    drawn=st.lists(st.integers(0, 499), max_size=40, unique=True).map(sorted).map(tuple),
)


def group(fixed=(), own=False, draw=0, draw_from=()):
    return Group("g", {"zh": "群体"}, 1, "code", tuple(fixed), own, draw, tuple(draw_from), None, None)


@given(tokens)
def test_a_token_comes_back_as_it_was_signed(token):
    assert read_token(sign_token(token, KEY), KEY) == token


@given(tokens, st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_token_is_refused(token, place, change):
    raw = bytearray(base64.urlsafe_b64decode(sign_token(token, KEY) + "=="))
    raw[place % len(raw)] ^= change
    assert read_token(base64.urlsafe_b64encode(bytes(raw)).decode(), KEY) is None


@given(st.text(max_size=200))
def test_anything_else_is_refused(text):
    assert read_token(text, KEY) is None


def test_another_installations_token_is_refused():
    assert read_token(sign_token(BallotToken(1, 0, None, b"n" * 16, b"", ()), KEY), b"x" * 32) is None


@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 200))
def test_each_unit_is_drawn_its_share(units, draw, tokens):
    drawer, counts = UnitDrawer(), Counter()
    plan = group(draw=draw, draw_from=range(units))
    for _ in range(tokens):
        drawn = drawer.draw(1, 0, plan, None)
        assert len(set(drawn)) == len(drawn) == min(draw, units)
        counts.update(drawn)
    shares = [counts[unit] for unit in range(units)]
    # Whole decks are drawn; a unit put back because a ballot had it already can wait one deck longer.
    # All that were dealt differ by two at most; so many of a unit may still lie in the pool.
    assert max(shares) - min(shares) <= 2 + ceil(POOL * draw / units) + 2


@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 11))
def test_a_holders_own_unit_is_on_the_ballot_once(units, draw, own):
    own %= units
    plan = group(own=True, draw=draw, draw_from=range(units))
    drawer = UnitDrawer()
    for _ in range(10):
        drawn = drawer.draw(1, 0, plan, own)
        assert own not in drawn
        on_ballot = BallotToken(1, 0, own, b"n" * 16, b"", drawn).units(plan)
        assert own in on_ballot
        assert len(on_ballot) == 1 + min(draw, units - 1)


@given(tokens, st.text(alphabet='"><\n =+/.é', min_size=1, max_size=8), st.integers(0, 60))
def test_a_token_with_strange_characters_in_it_is_refused(token, strange, place):
    """Pages carry the text on as it came, so nothing but the alphabet may stand in it."""
    text = sign_token(token, KEY)
    assert read_token(text[:place] + strange + text[place:], KEY) is None


def test_the_own_unit_is_in_a_token_only_where_it_decides_what_is_rated(app):
    groups = [{"code": "own", "name": "甲", "own": True}, {"code": "other", "name": "乙"}]
    plan = plan_of(published(groups=groups))
    assert [new_token(UnitDrawer(), plan, 1, group, 2).own_unit for group in plan.group_indices] == [2, None]
