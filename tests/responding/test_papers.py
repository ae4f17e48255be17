"""Ballot papers: signed, random, and units dealt so that each gets its share."""

import base64
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from surveys.publishing.plan import Group
from surveys.responding.paper import BallotPaper, Dealer, sign, unsign

KEY = b"k" * 32
papers = st.builds(
    BallotPaper,
    survey=st.integers(1, 2**31),
    group=st.integers(0, 20),
    own_unit=st.integers(-1, 499),
    number=st.binary(min_size=16, max_size=16),
    admission=st.one_of(st.just(b""), st.binary(min_size=16, max_size=16).filter(any)),
    drawn=st.lists(st.integers(0, 499), max_size=40, unique=True).map(sorted).map(tuple),
)


def group(fixed=(), own=False, draw=0, draw_from=()):
    return Group("g", {"zh": "群体"}, 1, "code", tuple(fixed), own, draw, tuple(draw_from), None, None)


@given(papers)
def test_a_paper_comes_back_as_it_was_signed(paper):
    assert unsign(sign(paper, KEY), KEY) == paper


@given(papers, st.integers(0, 10_000), st.integers(1, 255))
def test_a_changed_paper_is_refused(paper, place, change):
    raw = bytearray(base64.urlsafe_b64decode(sign(paper, KEY) + "=="))
    raw[place % len(raw)] ^= change
    assert unsign(base64.urlsafe_b64encode(bytes(raw)).decode(), KEY) is None


@given(st.text(max_size=200))
def test_anything_else_is_refused(text):
    assert unsign(text, KEY) is None


def test_another_installations_paper_is_refused():
    assert unsign(sign(BallotPaper(1, 0, -1, b"n" * 16, b"", ()), KEY), b"x" * 32) is None


@given(st.integers(1, 30), st.integers(1, 8), st.integers(1, 200))
def test_dealing_gives_each_unit_its_share(units, draw, papers):
    dealer, counts = Dealer(), Counter()
    plan = group(draw=draw, draw_from=range(units))
    for _ in range(papers):
        dealt = dealer.deal(1, 0, plan, -1)
        assert len(set(dealt)) == len(dealt) == min(draw, units)
        counts.update(dealt)
    shares = [counts[unit] for unit in range(units)]
    # Whole decks are dealt; a unit put back because a paper had it already can wait one deck longer.
    assert max(shares) - min(shares) <= 2


@given(st.integers(2, 12), st.integers(1, 6), st.integers(0, 11))
def test_a_holders_own_unit_is_on_the_paper_once(units, draw, own):
    own %= units
    plan = group(own=True, draw=draw, draw_from=range(units))
    dealer = Dealer()
    for _ in range(10):
        drawn = dealer.deal(1, 0, plan, own)
        assert own not in drawn
        on_paper = BallotPaper(1, 0, own, b"n" * 16, b"", drawn).units(plan)
        assert own in on_paper
        assert len(on_paper) == 1 + min(draw, units - 1)


@given(papers, st.text(alphabet='"><\n =+/.é', min_size=1, max_size=8), st.integers(0, 60))
def test_a_paper_with_strange_characters_in_it_is_refused(paper, strange, place):
    """Pages carry the text on as it came, so nothing but the alphabet may stand in it."""
    text = sign(paper, KEY)
    assert unsign(text[:place] + strange + text[place:], KEY) is None
