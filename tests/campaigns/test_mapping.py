"""Following units from one round to the next."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.campaigns.mapping import Followed, alike_pairs, as_codes, follow_units, pairs_of_file, read_pairs
from surveys.inputs.problems import InputError

OLD, NEW = ["A", "B", "C", "D", "E"], ["A", "BC", "D1", "D2", "E", "F"]


def test_a_unit_goes_on_under_its_code():
    following = follow_units(OLD, NEW, [])
    assert following.sources["A"] == (Followed.SAME, ("A",))
    assert following.sources["F"] == (Followed.NEW, ())
    assert following.ended == ("B", "C", "D")


def test_units_are_renamed_merged_and_split_by_pairs():
    pairs = read_pairs([("B", "BC"), ("C", "BC"), ("D", "D1"), ("D", "D2"), ("", ""), ("E", "F"), ("", "E")], OLD, NEW)
    following = follow_units(OLD, NEW, pairs)
    assert following.sources == {
        "A": (Followed.SAME, ("A",)), "BC": (Followed.MERGED, ("B", "C")), "D1": (Followed.SPLIT, ("D",)),
        "D2": (Followed.SPLIT, ("D",)), "E": (Followed.NEW, ()), "F": (Followed.RENAMED, ("E",)),
    }  # fmt: skip
    assert following.ended == ()


def test_a_unit_that_ended_does_not_go_on_although_its_code_is_there_again():
    following = follow_units(OLD, NEW, read_pairs([("A", "")], OLD, NEW))
    assert following.sources["A"] == (Followed.NEW, ())
    assert "A" in following.ended


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("X", "A")], "The earlier round has no unit X."),
        ([("A", "X")], "The later round has no unit X."),
        ([("A", "F"), ("A", "F")], "The line A → F stands there twice."),
        ([("A", "F"), ("A", "")], "The unit A cannot have ended and go on."),
        ([("A", "F"), ("", "F")], "The unit F cannot be new and have been another one."),
        ([("B", "F"), ("B", "BC"), ("C", "BC")], "B → BC would be a merger and a split at once."),
    ],
)
def test_contradictions_are_refused(pairs, said):
    with pytest.raises(InputError) as refused:
        read_pairs(pairs, OLD, NEW)
    assert said in str(refused.value)


def test_all_faults_are_named_at_once():
    with pytest.raises(InputError) as refused:
        read_pairs([("X", "A"), ("A", "Y"), ("C", "F"), ("C", "")], OLD, NEW)
    assert len(refused.value.problems) == 3


NAMES = {"A": {"zh": "甲党支部", "en": "First"}, "B": {"zh": "乙党支部"}, "B2": {"zh": "乙党支部"}}


def test_units_are_named_by_code_by_name_and_by_both():
    written = ["A", " 甲党支部 ", "First", "甲党支部 (A)", "First (A)", "乙党支部 (B)", "nobody", ""]
    found = as_codes([(one, "") for one in written], NAMES, {})
    assert [one for one, _ in found] == ["A", "A", "A", "A", "A", "B", "nobody", ""]


def test_a_name_of_several_units_is_refused_with_their_codes():
    with pytest.raises(InputError) as refused:
        as_codes([("乙党支部", "")], NAMES, {})
    assert "Several units are called 乙党支部: B, B2." in str(refused.value)


def test_alike_are_units_of_one_round_each_with_a_name_that_is_there_once():
    after = {"A": {"zh": "甲党支部"}, "C": {"zh": "乙党支部"}, "D": {"zh": "丙党支部"}}
    assert alike_pairs(NAMES, after) == []  # 乙党支部 is twice in the round before
    assert alike_pairs({"A": NAMES["A"], "B": NAMES["B"]}, after) == [("B", "C")]


@given(st.lists(st.tuples(st.sampled_from(["", *OLD]), st.sampled_from(["", *NEW])), max_size=8))
def test_what_is_taken_follows_each_unit_to_one_place_and_no_unit_is_merged_and_split(pairs):
    try:
        kept = read_pairs(pairs, OLD, NEW)
    except InputError:
        return
    following = follow_units(OLD, NEW, kept)
    assert list(following.sources) == NEW
    uses = [code for _, was in following.sources.values() for code in was]
    assert set(uses) | set(following.ended) == set(OLD)
    assert not set(uses) & set(following.ended)
    for how, was in following.sources.values():
        assert (len(was) > 1) == (how is Followed.MERGED)
        assert not was or how is Followed.MERGED or (uses.count(was[0]) > 1) == (how is Followed.SPLIT)
        assert how is not Followed.MERGED or all(uses.count(code) == 1 for code in was)


def test_a_unit_that_goes_on_by_its_code_and_is_said_to_be_another_one_counts_as_said():
    """A → F says where A goes; then the A of the later round is a new unit."""
    following = follow_units(OLD, NEW, read_pairs([("A", "F")], OLD, NEW))
    assert following.sources["A"] == (Followed.NEW, ())
    assert following.sources["F"] == (Followed.RENAMED, ("A",))


def test_pairs_come_from_a_table():
    assert pairs_of_file("m.csv", "原编码,新编码\nB,BC\nC,BC\n,F\n".encode()) == [("B", "BC"), ("C", "BC"), ("", "F")]


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(InputError):
        pairs_of_file("m.csv", b"a,b\nB,BC\n")
