"""Groups of remarks that may say the same: measured on 300 remarks in 60 known groups."""

from itertools import combinations

import pytest

from surveys.followup import treatment
from surveys.followup.alike import alike_groups, propose_groups
from surveys.followup.remarks import read_remarks
from tests.followup.alike_remarks import alike_remarks
from tests.followup.sealed import TESTER, numbers, sealed_with


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_of_the_proposed_pairs_nearly_all_are_alike_and_most_alike_pairs_are_proposed(seed):
    remarks = alike_remarks(seed)
    assert len(remarks) == 300
    truth = [group for group, _text in remarks]
    proposed = [pair for group in alike_groups([text for _group, text in remarks]) for pair in combinations(group, 2)]
    right = sum(truth[one] == truth[other] for one, other in proposed)
    assert right / len(proposed) >= 0.95
    assert right / (60 * 10) >= 0.7


@pytest.mark.parametrize("texts", [[], ["一"], ["", "。", "！！"], ["希望", "谢谢"]])
def test_too_few_words_make_no_group(texts):
    assert alike_groups(texts) == []


def test_the_same_words_with_other_punctuation_and_politeness_are_alike():
    assert alike_groups(["食堂排队太久", "您好，食堂排队太久！谢谢", "宿舍没有热水"]) == [[0, 1]]


def test_nothing_is_merged_by_itself_and_a_refused_group_is_not_proposed_again(any_app):
    survey = sealed_with("食堂排队太久", "食堂排队太久了！", "宿舍没有热水")
    (group,) = propose_groups(read_remarks(survey), survey.id)
    alike = {remark.number for remark in group.remarks}
    assert alike == set(numbers(survey, "食堂排队太久", "食堂排队太久了！"))
    treatment.refuse_group(TESTER, "test", sorted(alike))
    assert propose_groups(read_remarks(survey), survey.id) == []


def test_only_open_remarks_about_the_same_unit_and_question_are_compared(app):
    from surveys.ballots.models import Remark

    survey = sealed_with("食堂排队太久", "食堂排队太久了")
    item = Remark.get().item
    Remark.create(survey_id=survey.id, number=b"1" * 16, unit=1, item=item, body="食堂排队太久")
    (group,) = propose_groups(read_remarks(survey), survey.id)
    assert group.unit == 0
    treatment.mark_abusive(TESTER, "test", numbers(survey, "食堂排队太久了"))
    assert propose_groups(read_remarks(survey), survey.id) == []
