"""Points of scales that come without: from the words of their answers, in both languages."""

import pytest

from surveys.inputs.problems import InputError
from surveys.questionnaires.guessed_points import FALLING, RISING, UNKNOWN, direction, guess_points, outside_of

FROM_BAD_TO_GOOD = [
    "差 中 好", "很不满意 不满意 一般 满意 很满意", "完全不同意 不同意 同意 完全同意", "不合格 合格 良好 优秀", "从不 偶尔 有时 经常 总是",
    "不称职 基本称职 称职", "有待提高 一般 好", "一般 好 很好", "没有 有", "否 是", "不太满意 比较满意 非常满意", "变差 没有变化 改善",
    "很差 较差 还可以 不错", "一星 二星 三星", "1分 2分 3分", "1 2 3 4 5",
    "Strongly disagree|Disagree|Neutral|Agree|Strongly agree", "Poor|Fair|Good|Very good|Excellent", "Never|Sometimes|Always",
    "Very dissatisfied|Dissatisfied|Neither satisfied nor dissatisfied|Satisfied|Very satisfied",
    "Not at all important|Slightly important|Very important", "Below average|Average|Above average", "No|Yes", "Not good|Good",
    "不满意 Dissatisfied|满意 Satisfied", "1 很不满意|2|3 很满意",
]  # fmt: skip


def words_of(line):
    return line.split("|") if "|" in line else line.split()


@pytest.mark.parametrize("line", FROM_BAD_TO_GOOD)
def test_words_say_which_end_is_the_better_one(line):
    words = words_of(line)
    assert (direction(words), direction(words[::-1])) == (RISING, FALLING)
    assert guess_points([[word] for word in words])[0] == 0
    assert guess_points([[word] for word in words[::-1]])[0] == 100


@pytest.mark.parametrize("line", ["甲 乙 丙", "每天 每周 每月", "Red|Green", "A级 B级 C级"])
def test_where_words_say_nothing_the_first_is_taken_for_the_best(line):
    words = words_of(line)
    assert direction(words) == UNKNOWN
    assert guess_points([[word] for word in words])[0] == 100


def test_words_count_more_than_the_numbers_before_them():
    assert guess_points([["1 很满意"], ["2"], ["3 很不满意"]]) == [100, 50, 0]


@pytest.mark.parametrize("line", ["完全不同意 不同意 同意 无所谓", "满意 不满意 一般", "Good|Bad|Neutral"])
def test_words_that_contradict_their_order_are_refused(line):
    with pytest.raises(InputError, match="cannot be told from their words"):
        guess_points([[word] for word in words_of(line)])


def test_two_languages_that_say_the_opposite_are_refused():
    with pytest.raises(InputError, match="cannot be told"):
        guess_points([["好", "Bad"], ["差", "Good"]])


@pytest.mark.parametrize("line, at", [
    ("好 差 不了解", 2), ("赞成 反对 弃权", 2), ("好 差 说不清", 2), ("Good|Bad|Don’t know", 2), ("N/A|Good|Bad", 0), ("好 差", None),
    ("很了解 了解 不了解", None), ("很清楚 不清楚", None),
])  # fmt: skip
def test_the_answer_outside_the_order(line, at):
    assert outside_of([[word] for word in words_of(line)]) == at


def test_two_answers_outside_the_order_are_refused():
    with pytest.raises(InputError, match="only one answer without points"):
        outside_of([["好"], ["差"], ["不了解"], ["弃权"]])
