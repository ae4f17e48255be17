"""Names in remarks: which are proposed, and how they are masked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.followup.names import known_names, mask_names, propose_names
from tests.acting import store_roster
from tests.followup.alike_remarks import alike_remarks
from tests.helpers import published

ROSTER = frozenset({"陈思远", "阿依古丽", "Anna Smith"})
NAMED = [
    ("张伟老师讲课很好", "某某老师讲课很好"), ("李书记平易近人", "某书记平易近人"), ("希望王建国同志改进态度", "希望某某同志改进态度"),
    ("欧阳老师很负责", "某某老师很负责"), ("诸葛明很认真", "某某很认真"), ("陈思远经常迟到", "某某经常迟到"),
    ("老张师傅修水管很快", "某某师傅修水管很快"), ("小李同学乐于助人", "某某同学乐于助人"), ("办公室刘芳态度不好", "办公室某某态度不好"),
    ("找王强办事要排队", "找某某办事要排队"), ("周主任和钱处长都来过", "某主任和某处长都来过"), ("于海涛在窗口打电话", "某某在窗口打电话"),
    ("成教授的课", "某教授的课"), ("阿依古丽帮助同学", "某某帮助同学"), ("Prof. Zhang never answers.", "Prof. N. N. never answers."),
    ("Ask Anna Smith about it", "Ask N. N. about it"),
]  # fmt: skip
NAMELESS = [
    "任课老师不负责", "主管领导很少来", "建议安排时间周末开会", "高度重视，方便群众", "请领导多到基层", "支部书记很少来", "许多同学反映",
    "有的同志不来", "党员同志带头", "校医院医生太少", "向辅导员问事情", "各位老师辛苦了", "马上就办", "办事方便", "文明礼貌", "关心同学",
]  # fmt: skip


@pytest.mark.parametrize(("text", "masked"), NAMED)
def test_names_are_proposed_and_masked(text, masked):
    assert mask_names(text, [proposal.word for proposal in propose_names(text, ROSTER)]) == masked


@pytest.mark.parametrize("text", NAMELESS)
def test_ordinary_words_are_not_proposed(text):
    assert propose_names(text, ROSTER) == []


def test_of_300_remarks_without_names_none_is_held_up():
    assert [text for _group, text in alike_remarks() if propose_names(text, frozenset())] == []


def test_a_name_on_a_roster_is_said_to_be_on_it():
    assert [proposal.on_roster for proposal in propose_names("陈思远和李书记", ROSTER)] == [True, False]


def test_rosters_are_read_from_the_database(app):
    from surveys.admission.roster_file import PersonRow

    survey = published(groups=[{"code": "t", "name": "教师", "admission": "roster"}])
    row = PersonRow(number="1", name="陈思远", group=0, own_unit=None, class_name="", email="")
    store_roster(survey.slug, app.config["CODE_KEY"], [row])
    assert known_names() == {"陈思远"}


@given(st.text(max_size=60), st.lists(st.text(min_size=1, max_size=4), max_size=4))
def test_of_a_masked_word_nothing_is_left_and_the_rest_stays(text, words):
    masked = mask_names(text, words)
    if not any(word in text for word in words):
        assert masked == text
    for proposal in propose_names(text, ROSTER):
        assert proposal.word in text
