"""Identifiers: what makes two of them the same, and in which order they stand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.inputs.addresses import read_address
from surveys.inputs.identifiers import Lookup, alike, differ_by_zeros, fold, identifier
from surveys.inputs.ordering import name_key, natural_key
from surveys.inputs.text import clean

SAME = ["1班", "１班", "1班\u200e", " 1 班", "1\u200b班", "\ufeff1班", "1班\u2060", "1班\ufe0f", "1班\u3164"]


@pytest.mark.parametrize("written", SAME)
def test_width_white_space_and_invisible_characters_do_not_matter(written):
    assert fold(written) == fold("1班")
    assert fold(identifier(written)) == fold("1班")


@pytest.mark.parametrize(("one", "other"), [("b1", "B1"), ("ａ１２", "A12"), ("STRASSE", "straße"), ("ⅱ", "Ⅱ")])
def test_case_does_not_matter(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("01", "1"), ("B1", "B11"), ("一班", "1班"), ("a-1", "a1")])
def test_other_differences_do(one, other):
    assert fold(one) != fold(other)


@given(st.text(max_size=30))
def test_folding_again_changes_nothing_and_what_is_stored_is_the_same_identifier(text):
    assert fold(fold(text)) == fold(text)
    assert fold(identifier(text)) == fold(clean(text))
    assert identifier(identifier(text)) == identifier(text)


def test_an_identifier_is_stored_in_half_width_and_a_text_as_it_is():
    assert identifier("２０１１－Ａ班") == "2011-A班"
    assert clean("２０１１－Ａ班") == "２０１１－Ａ班"


def test_invisible_characters_leave_texts_but_emoji_stay_whole():
    assert clean("张\u200b三\u200d") == "张三"
    assert clean("👨\u200d👩\u200d👧 好 ❤\ufe0f", lines=True) == "👨\u200d👩\u200d👧 好 ❤\ufe0f"
    assert clean("\u3164\u2800\u200b") == ""


def test_a_name_of_two_things_leads_to_neither_and_says_which_codes_it_may_be():
    names: Lookup[int] = Lookup()
    names.add(1, "B11 (机电)", ("B11", "学生第一党支部"))
    names.add(2, "B21 (信息)", ("B21", "学生第一党支部 "))
    assert (names.find("b１1"), names.find("学生第一党支部"), names.find("B3")) == (1, None, None)
    problem = names.problem("学生第一党支部", "There is no unit %(code)s.", code="x")
    assert str(problem) == "“学生第一党支部” may be B11 (机电), B21 (信息). Give the code."
    assert str(names.problem("B3", "There is no unit %(code)s.", code="B3")) == "There is no unit B3."


def test_identifiers_that_differ_only_by_zeros_in_front_are_found():
    assert alike(["123", "0456", "9"], ["00123", "456", "9", "09"]) == [("123", "00123"), ("0456", "456")]


def test_classes_are_in_the_order_of_their_numbers():
    classes = ["10班", "2班", "三班", "1班", "十一班", "二班", "机电10班", "机电2班", "一百二十班"]
    ordered = sorted(classes, key=natural_key)
    assert ordered == ["1班", "2班", "二班", "三班", "10班", "十一班", "一百二十班", "机电2班", "机电10班"]


def test_names_are_in_the_order_of_pinyin():
    names = ["张三", "李四", "阿明", "曾国", "陈一", "单雄", "西安", "先进", "万三"]
    assert sorted(names, key=name_key) == ["阿明", "陈一", "李四", "单雄", "万三", "西安", "先进", "曾国", "张三"]


@given(st.lists(st.text(max_size=8), max_size=8), st.randoms())
def test_the_order_does_not_depend_on_the_order_before(texts, random):
    shuffled = random.sample(texts, len(texts))
    assert sorted(shuffled, key=natural_key) == sorted(texts, key=natural_key)


@pytest.mark.parametrize(
    "typed", ["ａ@qq.com", "张三@例子.中国", "x@y..com", "x@", "x", "a@b", "a b@c.com", "a@b.com\nBcc: c@d.com", ""]
)
def test_what_no_mail_server_takes_is_no_address(typed):
    assert read_address(typed) is None


def test_an_address_is_kept_in_ascii():
    assert read_address("Zhang.San+1@Example.edu.cn") == "Zhang.San+1@example.edu.cn"
    assert read_address("x@例子.中国") == "x@xn--fsqu00a.xn--fiqs8s"


def test_identifiers_of_one_file_that_differ_by_zeros_are_asked_about():
    found = [remark.text() for remark in differ_by_zeros(["001", "2", "1", "０1", "B1", "b1", "0"])]
    assert found == [
        "001 and 1 differ only by zeros in front: are they two?",
        "001 and ０1 differ only by zeros in front: are they two?",
    ]
    assert differ_by_zeros(["10", "100", "2"]) == []
