"""Whether one text is another one with its typos corrected."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.inputs.typos import around_the_difference, is_typo, sounds_of

CORRECTED = [
    ("群众平议表", "群众评议表"), ("教帅", "教师"), ("您对支部的服务满意吗", "您对支部的服务满意吗？"), ("工作作分", "工作作风"),
    ("认真的听取意见", "认真地听取意见"), ("认真听取的的意见", "认真听取的意见"), ("学生得意见", "学生的意见"), ("做好帐目公开", "做好账目公开"),
    ("支部织组生活", "支部组织生活"), ("机关党总枝", "机关党总支"), ("ＱＱ群，通知及时", "QQ群通知及时"), ("听取意见、建议", "听取意见和建议"),
    ("Does it recieve advice?", "Does it receive advice?"), ("Comunication with students", "Communication with students"),
    ("Listens to what studentss say", "Listens to what students say"), ("branch committee", "Branch Committee"),
]  # fmt: skip
OTHERS = [
    ("满意", "不满意"), ("不满意", "满意"), ("满意", "反感"), ("还行", "很行"), ("非常赞成", "非常反对"), ("较差", "较强"), ("Good", "Poor"),
    ("教师代表", "学生代表"), ("男生", "女生"), ("同学", "同事"), ("机电工程系教师第一党支部", "信息工程系教师第一党支部"), ("第1党支部", "第2党支部"),
    ("第一党支部", "第二党支部"), ("张建国", "张建军"), ("李明华", "王明华"), ("甲班", "乙班"), ("A班", "B班"), ("第I党支部", "第V党支部"),
    ("东校区党支部", "西校区党支部"), ("每周一次", "每月一次"), ("工龄（年）", "工龄（月）"), ("经常参加", "偶尔参加"), ("工作机制好", "工作业绩好"),
    ("该支部", "该支书"), ("学生", "党员"), ("It is legal", "It is illegal"), ("a regular meeting", "an irregular meeting"),
    ("You are satisfied", "You are dissatisfied"), ("serve you well", "serve you ill"), ("better than before", "bitter than before"),
    ("Good", "Gooр"), ("Teaching staff A", "Teaching staff Α"), ("支部", "=支部"), ("支部", "支部+"), ("满意", ""), ("您对支部的服务满意吗", "您对党员的作风满意吗"),
    ("评分满十分", "评分满百分"), ("It is now open", "It is not open"), ("60.5", "65.0"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new"), CORRECTED[:11] + CORRECTED[12:])
def test_a_typo_is_corrected_and_could_be_made_again(old, new):
    assert is_typo(old, new)
    assert is_typo(new, old)


@pytest.mark.parametrize(("old", "new"), [*OTHERS, CORRECTED[11]])
def test_anything_else_is_no_typo(old, new):
    assert not is_typo(old, new)
    assert not is_typo(new, old)


TEXT = st.text(alphabet="不一满意支部服务师帅的地ab1 ，=Ab", max_size=30)


@given(TEXT, TEXT)
def test_numbers_negations_and_signs_are_as_many_as_before(old, new):
    if is_typo(old, new):
        for sign in "不一1=":
            assert old.count(sign) == new.count(sign)
        assert is_typo(new, old)


@given(TEXT)
def test_a_text_is_itself(text):
    assert is_typo(text, text)
    assert around_the_difference(text, text)[0] == around_the_difference(text, text)[1]


def test_what_sounds_the_same_is_known():
    assert sounds_of("教师代表") == sounds_of("教師代表") == sounds_of("教施，代表！")
    assert sounds_of("教师代表") != sounds_of("学生代表")


def test_the_longest_texts_are_compared_in_no_time():
    started = time.process_time()
    assert not is_typo("甲乙丙丁" * 500, "丁丙乙甲" * 500)
    assert not is_typo("的" * 2000, "地得" * 1000 + "x")
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("满意", "满亿", ("满意", "满亿")),
        ("甲" * 40 + "帅" + "乙" * 40, "甲" * 40 + "师" + "乙" * 40,
         ("…" + "甲" * 12 + "帅" + "乙" * 12 + "…", "…" + "甲" * 12 + "师" + "乙" * 12 + "…")),
    ],
)  # fmt: skip
def test_the_place_where_two_texts_differ_is_shown(old, new, shown):
    assert around_the_difference(old, new) == shown
