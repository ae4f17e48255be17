"""Pasted texts in less orderly writings: what is a question, what an answer, what a mark; and what is refused with its line."""

import contextlib
import time

import pytest

from surveys.inputs.problems import InputError
from surveys.questionnaires.pasted.reader import read_pasted
from surveys.questionnaires.questionnaire import read_questionnaire
from tests.questionnaires.test_pasted import items, remarks

SEX, GRADE = ("choice", "性别", ["男", "女"]), ("choice", "年级", ["大一", "大二"])


def refusals(text):
    """The faults of a text, as (line, sentence)."""
    with pytest.raises(InputError) as error:
        read_pasted(text)
    return [(problem.row, problem.text()) for problem in error.value.problems]


def scale_of(text):
    """The words and points of the first rating of a text."""
    made = read_questionnaire(read_pasted(text).definition)
    scale = next(item for item in made.items if item.type == "rating").scale
    return [level.text["zh"] for level in scale.levels], list(scale.points)


@pytest.mark.parametrize("text", [
    "1. 性别： □男  □女\n2. 年级：A.大一 B.大二", "1. 性别□男□女\n2. 年级（ ）A、大一B、大二", "1. 性别\n○男○女\n2. 年级\nA.大一B.大二",
    "1. 性别：A男 B女\n2. 年级：A 大一 B 大二", "1. 性别\nA 男\nB 女\n2. 年级\nA大一\nB大二", "1. 性别 ①男 ②女\n2. 年级 ①大一 ②大二",
    "（1）性别\nA. 男\nB. 女\n（2）年级\nA. 大一\nB. 大二", "Q1：性别\nA. 男\nB. 女\nQ2. 年级\nA. 大一\nB. 大二", "Q1 性别\nA. 男\nB. 女\nQ2 年级\nA. 大一\nB. 大二",
    "1. 性别\nA. 男\nB. 女\n2) 年级\nA. 大一\nB. 大二", "1、性别\n1.男\n2.女\n2、年级\n1.大一\n2.大二", "一、性别？\n1. 男\n2. 女\n二、年级？\n1. 大一\n2. 大二",
    "1. 性别\nA. 男\nB. 女\n3. 年级\nA. 大一\nB. 大二", "1. 性别 [单选题]\n男 女\n2. 年级 [单选题]\n大一、大二", "1.\t性别\nA.\t男\nB.\t女\n2.\t年级\nA.\t大一\nB.\t大二",
], ids=range(15))  # fmt: skip
def test_manners_of_writing_two_questions(text):
    found = [(kind, words.strip("？（ ）"), answers) for kind, words, answers in items(f"标题\n{text}")]
    assert found == [SEX, GRADE]


def test_a_number_in_another_writing_or_out_of_order_is_said():
    said = remarks(
        "标题\n1. 性别\nA. 男\nB. 女\n2) 年级\nA. 大一\nB. 大二\n4. 学院\nA. 文\nB. 理\n4. 专业\nA. 文\nB. 理"
    )
    assert (5, "Numbered in another way than the questions before it; taken for the next question.") in said
    assert (8, "The number before this one is missing.") in said
    assert (11, "This number was there before; the line is taken for a question.") in said
    assert (2, "Numbered lines are taken for the answers of this question.") in remarks(
        "标题\n1. 学历\n1) 本科\n2) 硕士"
    )


@pytest.mark.parametrize("text, line", [
    ("标题\n1. 学历\n1. 本科\n2. 硕士\n2. 年龄", 3), ("标题\n1. 性别\n2. 说说\n评价部分\n1. 满意", 5), ("标题\n1. 甲\nA. 是\nB. 否\n3) 乙", 5),
])  # fmt: skip
def test_what_could_be_a_question_or_an_answer_is_refused(text, line):
    faults = refusals(text)
    assert faults[0][0] == line
    assert faults[0][1].startswith("This line could be a question or an answer.")


def test_decimals_and_times_are_no_numbers_of_questions():
    text = "标题\n1. 距离 [单选题]\n5.5公里以上\n12:30以后\n2. 完 [填空题]"
    assert items(text)[0] == ("choice", "距离", ["5.5公里以上", "12:30以后"])


def test_signs_between_answers_are_no_part_of_them():
    assert items("标题\n1. 关心\nA.伙食；B.住宿；C.学习") == [("choice", "关心", ["伙食", "住宿", "学习"])]


@pytest.mark.parametrize(
    "written, asked",
    [
        ("您的年龄是____岁", "您的年龄是____岁"),
        ("您的专业____", "您的专业"),
        ("姓名____ 年龄____", "姓名____ 年龄____"),
    ],
)
def test_a_blank_within_a_question_stays(written, asked):
    assert items(f"标题\n1. {written} [填空题]") == [("text", asked, [])]


def test_letters_within_an_answer_begin_no_other_answer():
    text = "标题\n1. 选\nA. 维生素B、C\nB. 钙\nC. 维生素D、E"
    assert items(text) == [("choice", "选", ["维生素B、C", "钙", "维生素D、E"])]


@pytest.mark.parametrize("text, kind, required", [
    ("1. 喜欢什么？\n[多选题] *\nA. 书\nB. 球", "multi", True), ("1. 喜欢什么？\n（可多选）\nA. 书\nB. 球", "multi", False),
    ("1. 喜欢什么？\n【单选】【必填】\nA. 书\nB. 球", "choice", True), ("1. 喜欢什么？\n[排序题]\n书\n球", "ranking", False),
])  # fmt: skip
def test_marks_on_the_line_below_are_read(text, kind, required):
    item = read_pasted(text).definition["sections"][0]["items"][0]
    assert (item["type"], item["text"], item["required"]) == (kind, "喜欢什么？", required)


def test_parts_of_a_question_with_answers_of_their_own_are_questions():
    text = "1. 请评价：\n(1) 领导班子\nA.好 B.中 C.差\n(2) 党员队伍\nA.好 B.中 C.差\n2. 建议 [填空题]"
    assert items(text) == [
        ("note", "请评价：", []), ("choice", "领导班子", ["好", "中", "差"]), ("choice", "党员队伍", ["好", "中", "差"]), ("text", "建议", []),
    ]  # fmt: skip
    assert any(line == 1 and "taken for questions" in said for line, said in remarks(text))


def test_other_need_not_be_the_last_answer():
    reading = read_pasted("1. 您是\nA. 学生\nB. 其他，请说明____\nC. 教师")
    [item] = reading.definition["sections"][0]["items"]
    assert ([option["text"] for option in item["options"]], item["other"]) == (["学生", "教师"], True)
    assert any("stands last" in remark.text() for remark in reading.remarks)


@pytest.mark.parametrize("below", [
    "很不满意\t○1\t○2\t○3\t○4\t○5\t很满意", "很不满意 ○1 ○2 ○3 ○4 ○5 很满意", "很不满意 1 2 3 4 5 很满意", "很不满意○1○2○3○4○5很满意",
])  # fmt: skip
@pytest.mark.parametrize("mark", [" [量表题] *", ""])
def test_a_scale_of_numbers_between_two_words(below, mark):
    words, points = scale_of(f"问卷\n1. 满意程度{mark}\n{below}")
    assert words == ["1 很不满意", "2", "3", "4", "5 很满意"]
    assert points == [0, 25, 50, 75, 100]


def test_a_scale_of_numbers_whose_words_go_down():
    assert scale_of("1. 满意程度 [量表题]\n很满意 1 2 3 4 5 很不满意")[1] == [100, 75, 50, 25, 0]
    assert scale_of("1. 满意程度 [量表题]\n5 4 3 2 1")[1] == [100, 75, 50, 25, 0]


def test_whether_people_would_recommend_something_has_eleven_answers():
    below = "不可能\t" + "\t".join(f"○{number}" for number in range(11)) + "\t极有可能"
    words, points = scale_of(f"1. 推荐 [NPS量表题] *\n{below}")
    assert (words[0], words[-1], points) == ("0 不可能", "10 极有可能", [10 * n for n in range(11)])


def test_guessed_points_are_said_with_their_answers():
    said = remarks("标题\n1. 支部 [量表题]\nA. 差\nB. 中\nC. 好\nD. 弃权")
    assert said == [
        (2, "The points are a guess, please look them over: 差 = 0, 中 = 50, 好 = 100. Answers above 50 points count as satisfied."),
        (2, "“弃权” has no points: it stands outside the order."),
    ]  # fmt: skip


def test_answers_in_no_order_are_refused_with_their_line():
    [(line, said)] = refusals("标题\n1. 支部 [量表题]\nA.完全不同意\nB.不同意\nC.同意\nD.无所谓")
    assert (line, "cannot be told from their words" in said) == (2, True)


@pytest.mark.parametrize("mark, kind, columns", [
    ("[矩阵多选题]", "multi", ["读书", "跑步"]), ("[矩阵单选题]", "choice", ["读书", "跑步"]),
])  # fmt: skip
def test_a_matrix_keeps_its_kind(mark, kind, columns):
    text = f"1. 参加 {mark}\n\t读书\t跑步\n甲\t□\t□\n乙\t□\t□"
    assert items(text) == [("note", "参加", []), (kind, "甲", columns), (kind, "乙", columns)]


def test_a_matrix_with_one_answer_is_a_rating_where_its_columns_are_a_scale():
    assert scale_of("1. 评价 [矩阵单选题]\n\t差\t中\t好\n甲\t○\t○\t○") == (["差", "中", "好"], [0, 50, 100])


def test_a_matrix_of_texts_asks_a_text_for_each_row():
    text = "1. 填写 [矩阵填空题]\n甲\t________\n乙____\n丙"
    assert items(text) == [("note", "填写", []), ("text", "甲", []), ("text", "乙", []), ("text", "丙", [])]


def test_the_heading_of_the_rows_is_no_column():
    assert scale_of("1. 评价 [矩阵量表题]\n项目\t好\t中\t差\n甲\t○\t○\t○")[0] == ["好", "中", "差"]


@pytest.mark.parametrize("text, line, said", [
    ("标题\n1. 评价 [矩阵量表题]\n\t好\t中\t差\n甲\t○\t○", 4, "This row does not fit the 3 columns"),
    ("标题\n1. 支部（单选）：\n2. 完 [填空题]", 2, "This question has no answers"),
    ("标题\n1. 文件 [上传文件题]", 2, "A question of the type “上传文件题” cannot be represented."),
    ("标题\n1. 分数 [矩阵滑动条]\n甲\t○", 2, "A question of the type “矩阵滑动条” cannot be represented."),
    ("标题\n1. 评价 [量表题]\n" + "\n".join(f"A. 答{n}" for n in range(13)), 2, "A scale has 2 to 11 answers; here are 13."),
    ("标题\n1. 甲\nA. 是\nB. 是", 2, "Two answers are called 是."),
    ("标题\n1. 甲 [量表题]\nA. " + "好" * 30 + "\nB. 差", 2, "The text is longer than 20 characters."),
    ("标题\n1. " + "长" * 4001, 2, "This line has more than 4000 characters."),
])  # fmt: skip
def test_refusals_name_their_line(text, line, said):
    faults = refusals(text)
    assert faults[0][0] == line
    assert said in faults[0][1]


def test_all_faults_are_named_at_once_and_at_most_a_hundred():
    assert [line for line, _ in refusals("标题\n1. 甲（单选）\n2. 乙 [滑动条]\n3. 丙（多选）")] == [2, 3, 4]
    many = refusals("标题\n" + "\n".join(f"{n}. 题（单选）" for n in range(1, 151)))
    assert (len(many), many[-1][1]) == (101, "50 more faults are not listed.")


@pytest.mark.parametrize(
    "size, said", [("长\n" * 5001, "more than 5000 lines"), ("长" * 200_001, "more than 200000 characters")]
)
def test_texts_are_bounded(size, said):
    assert said in refusals(f"1. 甲\n{size}")[0][1]


PIECES = ["_", "＿", "\t", "\u3000", " ", "\xa0", "[", "(（", "[a", "[单选题]", "*", "A.", "A. ", "B.", "①", "○ ", "( )", "1. ", "一、", "_年", "其他_", "| ",
          "e\u0301", "\u200b"]  # fmt: skip
PLACES = ["1. 日期{}x", "1. 您好\nA. a{}b", "1. 您好 [量表题]\n{}", "1. 您好 [矩阵题]\n{}\n甲\t○", "{}"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("piece", PIECES)
def test_reading_takes_no_longer_than_the_text_is_long(piece, place):
    lines = [place.format(piece * (3900 // len(piece))).replace("1.", f"{n}.", 1) for n in range(1, 26)]
    for text in ("标题\n" + place.format(piece * (100_000 // len(piece))), "标题\n" + "\n".join(lines)):
        started = time.process_time()
        with contextlib.suppress(InputError):
            read_pasted(text[:200_000])
        assert time.process_time() - started < 5


FOOD = "食堂调查\n一、基本情况\n1. 性别\nA. 男\nB. 女\n"


@pytest.mark.parametrize("last", ["二、您还有什么建议？____", "二、其他意见：______", "二、您还有什么建议？"])
def test_a_question_that_is_numbered_as_headings_are_is_not_lost(last):
    made = items(FOOD + last)
    assert [words for _kind, words, _answers in made][-1].startswith(last[2:6])
    assert any(row == 6 for row, _text in remarks(FOOD + last))


def test_a_heading_without_questions_is_named_when_it_is_passed_over():
    assert (6, "This heading has no questions below it and is passed over: 其他.") in remarks(
        FOOD + "二、其他\n三、意见\n2. 建议"
    )


def test_a_letter_behind_a_box_is_no_part_of_the_answer():
    assert items("问卷\n1. 年级\n○A.大一\n○B.大二") == [("choice", "年级", ["大一", "大二"])]


def test_a_heading_that_is_a_kind_says_it_of_its_questions():
    text = "一、单选题\n1. 性别\nA. 男 B. 女\n二、多选题\n2. 活动\nA. 学习 B. 志愿\n3. 建议 [填空题]\n三、多样的活动\n4. 年级\nA. 大一 B. 大二"
    assert [kind for kind, _words, _answers in items(text)] == ["choice", "multi", "text", "choice"]
    assert [row for row, words in remarks(text) if "No kind is named" in words] == [9]


@pytest.mark.parametrize(
    "line", ["（1）学生 （2）教师 （3）职工", "1) 学生  2) 教师  3) 职工", "(1) 学生；(2) 教师；(3) 职工"]
)
def test_numbered_answers_on_one_line_are_parted(line):
    assert items(f"问卷\n1. 身份\n{line}") == [("choice", "身份", ["学生", "教师", "职工"])]


def test_numbers_that_do_not_go_on_are_part_of_an_answer():
    assert items("问卷\n1. 身份\n（1）学生（2 年级）\n（2）教师") == [("choice", "身份", ["学生（2 年级）", "教师"])]


def test_empty_brackets_at_the_end_of_a_question_go():
    assert items("问卷\n1. 年级（  ）\nA. 大一 B. 大二") == [("choice", "年级", ["大一", "大二"])]


SHEET = "群众满意度测评表\n请打“√”\n序号\t测评内容\t满意\t基本满意\t不满意\t不了解\n1\t领导班子\t \t \t \t \n2\t党员队伍\n3\t工作机制\t□\t□\t□\t□"


def test_a_printed_form_that_is_one_table_is_rated_row_by_row():
    assert [(kind, words) for kind, words, _answers in items(SHEET)] == [
        ("rating", "领导班子"), ("rating", "党员队伍"), ("rating", "工作机制")
    ]  # fmt: skip
    assert scale_of(SHEET) == (["满意", "基本满意", "不满意"], [100, 50, 0])
    assert read_pasted(SHEET).definition["introduction"] == "请打“√”"
    assert any(row == 3 and "each row of this table" in words for row, words in remarks(SHEET))


@pytest.mark.parametrize("text", [SHEET + "\n备注", "表\n序号\t姓名\t班级\n1\t张三\t一班", "表\n内容\t满意\t不满意"])
def test_other_tables_are_no_questions(text):
    assert refusals(text)[0][1] == "No numbered question was found. Number the questions: 1. 2. 3."
