"""Questionnaires pasted as text, in the manners in which people write them."""

import pytest

from surveys.inputs.problems import InputError
from surveys.questionnaires.pasted.reader import read_pasted
from surveys.questionnaires.questionnaire import read_questionnaire


def items(text):
    """The items of a text that a questionnaire can be made of: (type, text, answers)."""
    definition = read_pasted(text).definition
    read_questionnaire(definition)
    return [(item["type"], item["text"] if isinstance(item["text"], str) else item["text"]["zh"],
             [option["text"] for option in item.get("options", [])])
            for section in definition["sections"] for item in section["items"]]  # fmt: skip


def remarks(text):
    return [(remark.row, remark.text()) for remark in read_pasted(text).remarks]


GRADE = ("choice", "您的年级是？", ["大一", "大二", "大三"])


@pytest.mark.parametrize("text", [
    "标题\n1. 您的年级是？ [单选题]\nA. 大一\nB. 大二\nC. 大三",
    "标题\n1、您的年级是？【单选题】\nA、大一\nB、大二\nC、大三",
    "标题\n1．您的年级是？（单选）\nA．大一\nB．大二\nC．大三",
    "标题\nQ1: 您的年级是？ [单选题]\nA: 大一\nB: 大二\nC: 大三",
    "标题\n一、您的年级是？ [单选题]\nA. 大一\nB. 大二\nC. 大三",
    "标题\n第1题 您的年级是？ [单选题]\n○大一\n○大二\n○大三",
    "标题\n1. 您的年级是？ [单选题]\n○ 大一 ○ 大二 ○ 大三",
    "标题\n1. 您的年级是？ [单选题]\nA.大一  B.大二  C.大三",
    "标题\n1. 您的年级是？ [单选题]\nA.大一 B.大二 C.大三",
    "标题\n1. 您的年级是？ [单选题]\n(A) 大一\n(B) 大二\n(C) 大三",
    "标题\n1. 您的年级是？ [单选题]\n（ ）大一\n（ ）大二\n（ ）大三",
    "标题\n1. 您的年级是？ [单选题]\n□大一\n□大二\n□大三",
    "标题\n1. 您的年级是？ [单选题]\n①大一\n②大二\n③大三",
    "标题\n1. 您的年级是？ [单选题]\n- 大一\n- 大二\n- 大三",
    "标题\n1. 您的年级是？ [单选题]\n1) 大一\n2) 大二\n3) 大三",
    "标题\n1. 您的年级是？ [单选题]\n大一\n大二\n大三",
    "标题\r\n\r\n1.\u00a0您的年级是？\u3000[单选题]\r\n\u3000\u3000A.\u00a0大一\r\n\u3000\u3000B.\u00a0大二\r\n\u3000\u3000C.\u00a0大三\r\n",
    "标题\n１．您的年级是？［单选题］\nＡ．大一\nＢ．大二\nＣ．大三",
    "标题\n1. 您的年级是？\nA. 大一\nB. 大二\nC. 大三",
    "标题\n*1. 您的年级是？ [单选题]\nA. 大一\nB. 大二\nC. 大三",
], ids=range(20))  # fmt: skip
def test_manners_of_writing_one_question(text):
    assert items(text) == [GRADE]


@pytest.mark.parametrize("mark, kind", [
    ("[单选题]", "choice"), ("[多选题]", "multi"), ("【多选】", "multi"), ("(可多选)", "multi"), ("[排序题]", "ranking"), ("[下拉题]", "choice"),
])  # fmt: skip
def test_marks_of_kinds_with_answers(mark, kind):
    assert items(f"1. 问题 {mark}\nA. 甲\nB. 乙") == [(kind, "问题", ["甲", "乙"])]


@pytest.mark.parametrize(
    "mark, kind", [("[填空题]", "text"), ("[简答题]", "text"), ("[数字]", "number"), ("[日期]", "date"), ("", "text")]
)
def test_marks_of_kinds_without_answers(mark, kind):
    assert items(f"1. 问题 {mark}\n__________") == [(kind, "问题", [])]


@pytest.mark.parametrize("text, required", [
    ("1. 问题 [单选题] *", True), ("*1. 问题 [单选题]", True), ("1. 问题 [单选题]（必答）", True), ("1. 问题 [单选题]（选填）", False),
    ("1. 问题 [单选题]", False),
])  # fmt: skip
def test_required_answers(text, required):
    item = read_pasted(f"{text}\nA. 甲\nB. 乙").definition["sections"][0]["items"][0]
    assert (item["text"], item["required"]) == ("问题", required)


def test_a_matrix_becomes_ratings_of_its_rows():
    text = "1. 请评价 [矩阵量表题] *\n\t满意\t一般\t不满意\t不了解\n口味\t○\t○\t○\t○\n服务\t○\t○\t○\t○"
    definition = read_pasted(text).definition
    made = read_questionnaire(definition)
    assert [(item.type, item.text["zh"]) for item in made.items] == [
        ("note", "请评价"),
        ("rating", "口味"),
        ("rating", "服务"),
    ]
    assert made.items[1].scale.points == (100, 50, 0)
    assert made.items[1].scale.dont_know == {"zh": "不了解"}
    assert made.items[1].required


def test_a_matrix_without_a_mark_is_seen_by_its_boxes():
    assert [kind for kind, _, _ in items("1. 请评价\n\t好\t中\t差\n口味\t○\t○\t○\n服务\t○\t○\t○")] == [
        "note",
        "rating",
        "rating",
    ]


def test_a_scale_from_one_end_to_the_other():
    made = read_questionnaire(read_pasted("1. 总体评价 [量表题]\n很不满意 1 2 3 4 5 很满意").definition)
    assert [level.text["zh"] for level in made.items[0].scale.levels] == ["1 很不满意", "2", "3", "4", "5 很满意"]
    assert made.items[0].scale.points == (0, 25, 50, 75, 100)


def test_another_answer_to_write_in():
    reading = read_pasted("1. 原因 [多选题]\nA. 近\nB. 其他（请注明）____")
    [item] = reading.definition["sections"][0]["items"]
    assert (item["type"], [option["text"] for option in item["options"]], item["other"]) == ("multi", ["近"], True)
    assert [(remark.row, remark.text()) for remark in reading.remarks if "write in" in remark.text()] == [
        (1, "“其他（请注明）____” is taken for an answer that people write in themselves.")
    ]


@pytest.mark.parametrize("last", ["其他____", "其他：", "其它", "Other (please specify)"])
def test_other_is_known_in_many_writings(last):
    assert read_questionnaire(read_pasted(f"1. 原因 [单选题]\nA. 近\nB. {last}").definition).items[0].other


def test_headings_are_sections_where_questions_have_digits():
    text = (
        "标题\n欢迎。\n请如实填写。\n一、基本情况\n1. 甲 [填空题]\n二、评价\n2. 乙 [填空题]\n三、其他\n1. 丙 [填空题]"
    )
    definition = read_pasted(text).definition
    assert (definition["title"], definition["introduction"]) == ("标题", "欢迎。\n请如实填写。")
    assert [section["title"] for section in definition["sections"]] == ["基本情况", "评价", "其他"]


def test_what_was_guessed_is_said_with_its_line():
    assert remarks("标题\n1. 甲\nA. 是\nB. 否\n2. 乙，可多选\nA. 是\nB. 否\n3. 丙") == [
        (2, "No kind is named; taken for a question with one answer."),
        (5, "No kind is named; taken for a question with several answers."),
        (8, "No kind is named; taken for a question with a text."),
    ]
    assert remarks("标题\n1. 甲 [填空题]\n请写下来\n3. 乙 [填空题]") == [
        (3, "This line is taken for a part of the question above it: 请写下来."),
        (4, "The number before this one is missing."),
    ]


@pytest.mark.parametrize("text, sentence", [
    ("只有一句话", "No numbered question was found"), ("1. 评价 [矩阵题]\n口味\n服务", "A matrix needs a line with its columns"),
    ("1. 问题 [单选题]\nA. 甲\nB. 甲", "Two answers are called 甲"), ("1. 问题 [排序题]\nA. 甲", "There must be 2 to 10 options"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(text, sentence):
    with pytest.raises(InputError, match=sentence):
        read_pasted(text)


def test_the_command_stores_a_text(runner, tmp_path):
    path = tmp_path / "canteen.txt"
    path.write_text("食堂\n1. 您满意吗？\nA. 是\nB. 否\n", "utf-8")
    seen = runner.invoke(args=["questionnaire", "import", str(path), "--preview"])
    assert ("note: row 2" in seen.stderr, '"title": "食堂"' in seen.stdout) == (True, True)
    assert runner.invoke(args=["questionnaire", "import", str(path), "--key", "food"]).exit_code == 0
    assert "food\t食堂" in runner.invoke(args=["questionnaire", "list"]).stdout


def test_texts_without_a_latin_name_do_not_replace_each_other(runner, tmp_path):
    for name in ("食堂", "宿舍"):
        path = tmp_path / f"{name}.txt"
        path.write_text(f"{name}\n1. 建议\n", "utf-8")
        assert runner.invoke(args=["questionnaire", "import", str(path)]).exit_code == 0
    listed = runner.invoke(args=["questionnaire", "list"]).stdout
    assert ("\t食堂\n" in listed, "\t宿舍\n" in listed) == (True, True)


TWO_SCALES = """1. 教学服务 [量表题]
○ 很满意 ○ 满意 ○ 一般 ○ 不满意
2. 后勤保障 [量表题]
○ 很满意 ○ 满意 ○ 一般 ○ 不满意
3. 食堂 [量表题]
○ 好 ○ 差 ○ 不了解
4. 宿舍 [量表题]
○ 好 ○ 差 ○ 不了解
"""


def test_questions_of_one_scale_share_it():
    items = read_pasted(TWO_SCALES).definition["sections"][0]["items"]
    assert [item["scale"] for item in items] == ["scale1", "scale1", "scale2", "scale2"]


@pytest.mark.parametrize(
    ("question", "kind", "text"),
    [
        ("您不满意的地方（请说明原因）", "text", "您不满意的地方（请说明原因）"),
        ("参加活动的频率（时间按学期计）\nA. 一次\nB. 两次", "choice", "参加活动的频率（时间按学期计）"),
        ("对评分的看法（评分仅供参考）\nA. 同意\nB. 反对", "choice", "对评分的看法（评分仅供参考）"),
        ("喜欢的菜（可多选，必填）\nA. 甲\nB. 乙", "multi", "喜欢的菜"),
        ("要改进的方面（最多选3项） [多选题]\nA. 甲\nB. 乙", "multi", "要改进的方面（最多选3项）"),
        ("要改进的方面 [最多选3项]\nA. 甲\nB. 乙", "multi", "要改进的方面 [最多选3项]"),
        ("入党日期：____年__月__日", "date", "入党日期"),
        ("入学时间____年__月", "date", "入学时间"),
    ],
)
def test_words_in_brackets_and_blanks(question, kind, text):
    item = read_pasted(f"1. {question}").definition["sections"][0]["items"][0]
    assert (item["type"], item["text"]) == (kind, text)
    if "最多" in question:
        remarks = [remark.text() for remark in read_pasted(f"1. {question}").remarks]
        assert "How many answers may be ticked is said in the question, but not checked." in remarks
