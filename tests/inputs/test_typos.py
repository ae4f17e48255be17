"""Whether one text is another one with its typos corrected."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.inputs.misspelt import MISSPELT
from surveys.inputs.typos import around_the_difference, is_typo, sounds_of

CORRECTED = [
    ("群众平议表", "群众评议表"), ("教帅", "教师"), ("您对支部的服务满意吗", "您对支部的服务满意吗？"), ("工作作分", "工作作风"),
    ("认真的听取意见", "认真地听取意见"), ("认真听取的的意见", "认真听取的意见"), ("做好帐目公开", "做好账目公开"),
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
    ("评分满十分", "评分满百分"), ("10.5", "105"), ("每周1、2次", "每周12次"), ("第1 2党支部", "第12党支部"), ("3-5", "35"), ("It is now open", "It is not open"), ("60.5", "65.0"),
]  # fmt: skip


OTHER_WORDS = [
    ("您对教师是否满意？", "您对教室是否满意？"), ("优", "忧"), ("是否参与买课", "是否参与卖课"), ("晚上办公", "网上办公"), ("学生权利", "学生权力"),
    ("支部的思想政治表现", "支部的思想正直表现"), ("公示财务", "公式财务"), ("处理及时", "处理即使"), ("他是党员", "她是党员"), ("近三年", "今三年"),
    ("升职", "生职"), ("院领导", "原领导"), ("评价期中表现", "评价期终表现"), ("老师关心学生", "老实关心学生"), ("本科生", "本课生"), ("工会", "公会"),
    ("领导授课次数", "领导受课次数"), ("人情", "情人"), ("和平", "平和"), ("生产", "产生"), ("人人平等", "人平等"), ("工地", "工"), ("土地", "土的"),
    ("目的", "目"), ("学生得意见", "学生的意见"), ("每月开会", "每约开会"), ("较好", "叫好"), ("今年", "近年"), ("您对支部的服务", "您对支部的服物"),
    ("accept", "except"), ("affect the result", "effect the result"), ("United", "Untied"), ("to serve", "to severe"), ("trial", "trail"),
    ("later", "latter"), ("I trust the branch", "I trust the branches"), ("the branch's units", "the branch's unit"),
]  # fmt: skip
"""Other words for the same sound, the same look or nearly the same letters."""


@pytest.mark.parametrize(("old", "new"), OTHER_WORDS)
def test_a_character_that_may_make_another_word_is_no_typo(old, new):
    assert not is_typo(old, new)
    assert not is_typo(new, old)


def test_no_known_misspelling_holds_another_one_or_changes_numbers_and_negations():
    for wrong, right in MISSPELT.items():
        assert len(wrong) == len(right)
        assert not any(other in right for other in MISSPELT)
        assert is_typo(f"您认为{wrong}如何", f"您认为{right}如何")


@pytest.mark.parametrize(("old", "new"), CORRECTED[:10] + CORRECTED[11:])
def test_a_typo_is_corrected_and_could_be_made_again(old, new):
    assert is_typo(old, new)
    assert is_typo(new, old)


@pytest.mark.parametrize(("old", "new"), [*OTHERS, CORRECTED[10]])
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
