"""What an XLSForm says and a questionnaire here cannot: refused or named by row, never dropped; and scales the right way round."""

import time

import pytest

from surveys.inputs.problems import InputError
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.xlsform.reader import read_xlsform
from tests.questionnaires.xlsform.test_reading import HEADING, YES_NO, items, read, refused, workbook

SCALE = [["list_name", "name", "label"], ["s", "1", "差"], ["s", "2", "中"], ["s", "3", "好"]]


def remarks(survey, choices=None, settings=None):
    """The remarks on a form, as (row, sentence)."""
    return [(one.row, one.text()) for one in read(survey, choices, settings).remarks]


def points_of(labels, heading="label", names=None):
    """The points of a likert of these answers, with what is said about them."""
    names = names or [str(number) for number in range(1, len(labels) + 1)]
    choices = [["list_name", "name", heading], *(["s", name, label] for name, label in zip(names, labels, strict=True))]
    reading = read([["type", "name", heading, "appearance"], ["select_one s", "a", "甲", "likert"]], choices)
    [rating] = read_questionnaire(reading.definition).items
    return list(rating.scale.points), [one.text() for one in reading.remarks]


@pytest.mark.parametrize("labels, points", [
    (["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"], [0, 25, 50, 75, 100]), (["差", "中", "好"], [0, 50, 100]),
    (["Excellent", "Good", "Poor"], [100, 50, 0]), (["很满意", "满意", "不满意"], [100, 50, 0]), (["甲", "乙", "丙"], [100, 50, 0]),
    (["1", "2", "3"], [0, 50, 100]),
])  # fmt: skip
def test_a_scale_is_scored_the_way_its_words_go(labels, points):
    found, said = points_of(labels)
    assert found == points
    expected = ", ".join(f"{label} = {worth}" for label, worth in zip(labels, points, strict=True))
    assert said == [
        f"The points are a guess, please look them over: {expected}. Answers above 50 points count as satisfied."
    ]


def test_names_tell_the_direction_where_words_do_not():
    assert points_of(["Malo", "Regular", "Bueno"], names=["bad", "fair", "good"])[0] == [0, 50, 100]


def test_a_scale_whose_words_contradict_its_order_is_refused_by_row():
    choices = [["list_name", "name", "label"], ["s", "1", "同意"], ["s", "2", "不同意"], ["s", "3", "无所谓"]]
    [(row, said)] = refused([[*HEADING, "appearance"], ["select_one s", "a", "A", "likert"]], choices)
    assert (row, "cannot be told from their words" in said) == (2, True)


@pytest.mark.parametrize("type_, constraint", [
    ("select_multiple yn", "count-selected(.) <= 1"), ("select_one yn", "not(.='no')"), ("rank yn", "x > 1"), ("note", ". > 1"),
    ("begin group", ". > 1"),
])  # fmt: skip
def test_rules_for_answers_of_any_kind_are_refused(type_, constraint):
    survey = [[*HEADING, "constraint"], ["text", "a", "A", ""], [type_, "b", "B", constraint]]
    if type_ == "begin group":
        survey += [["text", "c", "C", ""], ["end group", "", "", ""]]
    assert refused(survey, YES_NO) == [(3, f"This rule for answers cannot be represented: {constraint}.")]


def test_rows_that_are_switched_off_are_left_out_and_named():
    survey = [[*HEADING, "disabled"], ["text", "a", "A", "yes"], ["text", "b", "B", "no"]]
    assert [item["code"] for item in items(survey)] == ["b"]
    assert remarks(survey) == [(2, "Left out, because the form switches this row off: a.")]


@pytest.mark.parametrize(
    "column",
    ["guidance_hint", "constraint_message", "required_message", "trigger", "my own column", "bind::odk:length"],
)
def test_columns_that_are_not_read_are_named_with_their_rows(column):
    survey = [[*HEADING, column], ["text", "a", "A", "one"], ["text", "b", "B", ""], ["text", "c", "C", "two"]]
    [(row, said)] = remarks(survey)
    assert (row, said.endswith("is left out (rows 2, 4).")) == (2, True)


def test_columns_of_choices_and_settings_are_named_too():
    choices = [["list_name", "name", "label", "media::image"], ["yn", "yes", "Yes", "a.png"], ["yn", "no", "No", ""]]
    said = remarks([HEADING, ["select_one yn", "a", "A"]], choices, [["form_title", "style"], ["T", "pages"]])
    assert said == [
        (2, "What stands in the column “image” is left out (rows 2)."), (2, "What stands in the column “style” is left out (rows 2)."),
    ]  # fmt: skip


def test_how_questions_look_is_named_and_what_changes_them_is_refused():
    survey = [[*HEADING, "appearance"], ["text", "a", "A", "multiline"], ["select_one yn", "b", "B", "minimal"]]
    assert remarks(survey, YES_NO) == [(2, "How questions look (appearance) is left out (rows 2, 3).")]
    for type_, look in (("date", "month-year"), ("select_one yn", "search('file')"), ("text", "ex:org.example")):
        assert [row for row, _ in refused([[*HEADING, "appearance"], [type_, "a", "A", look]], YES_NO)] == [2]


def test_random_order_and_other_parameters_are_named():
    survey = [[*HEADING, "parameters"], ["select_one yn", "a", "A", "randomize=true"], ["text", "b", "B", "rows=5"]]
    assert remarks(survey, YES_NO) == [
        (2, "The form puts the answers in random order; here they stand as in the list."), (3, "These parameters are left out: rows=5."),
    ]  # fmt: skip


def test_traditional_signs_beside_simplified_ones_are_named():
    survey = [["type", "name", "label::繁體中文 (zh-Hant)", "label::简体中文 (zh-Hans)"], ["text", "a", "繁", "简"]]
    assert items(survey)[0]["text"] == {"zh": "简"}
    assert remarks(survey) == [(None, "Texts in other languages are left out: 繁體中文 (zh-hant).")]
    assert items([["type", "name", "label::繁體中文 (zh-Hant)"], ["text", "a", "繁"]])[0]["text"] == {"zh": "繁"}


def test_a_form_in_other_languages_only_is_refused():
    [(_, said)] = refused([["type", "name", "label::Español (es)"], ["text", "a", "Qué"], ["text", "b", "Qué"]])
    assert said.startswith("The texts are in español (es) only.")


def test_texts_without_a_language_beside_others_are_named():
    survey = [["type", "name", "label", "label::English (en)"], ["text", "a", "Word", "Other word"]]
    assert items(survey)[0]["text"] == {"en": "Other word"}
    assert [row for row, _ in remarks(survey)] == [2]


def test_the_heading_of_a_table_is_no_question():
    survey = [
        [*HEADING, "appearance"], ["begin_group", "g", "Rate", ""], ["select_one s", "h", "How good?", "label"],
        ["select_one s", "a", "Food", "list-nolabel"], ["select_one s", "b", "Rooms", "list-nolabel"], ["end_group", "", "", ""],
    ]  # fmt: skip
    assert [(item["type"], item["text"]["en"]) for item in items(survey, SCALE)] == [
        ("note", "How good?"), ("rating", "Food"), ("rating", "Rooms"),
    ]  # fmt: skip


def test_a_table_within_a_group_ends_with_its_own_group():
    survey = [
        [*HEADING, "appearance"], ["begin group", "g", "G", ""], ["begin group", "t", "T", "table-list"], ["select_one s", "a", "A", ""],
        ["end group", "", "", ""], ["select_one s", "b", "B", ""], ["end group", "", "", ""],
    ]  # fmt: skip
    assert [item["type"] for item in items(survey, SCALE)] == ["rating", "choice"]


@pytest.mark.parametrize("survey, choices", [
    ([[*HEADING, "hint"], ["text", "a", "A", "As in ${b}"]], None), ([HEADING, ["begin group", "g", "${b}"], ["text", "a", "A"], ["end group"]], None),
    ([HEADING, ["select_one l", "a", "A"]], [["list_name", "name", "label"], ["l", "x", "As ${b}"]]),
])  # fmt: skip
def test_other_answers_within_any_text_are_refused(survey, choices):
    assert [(row, said) for row, said in refused(survey, choices)] == [
        (2, "A text with another answer in it cannot be represented.")
    ]


def test_a_choice_that_is_there_twice_is_refused():
    choices = [["list_name", "name", "label"], ["l", "x", "One"], ["l", "x", "Two"]]
    assert refused([HEADING, ["select_one l", "a", "A"]], choices) == [
        (2, "The choice x is there twice in the list l.")
    ]


def test_other_sheets_are_named():
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(workbook([HEADING, ["text", "a", "A"]])))
    book.create_sheet("entities").append(["list_name"])
    out = io.BytesIO()
    book.save(out)
    assert [one.text() for one in read_xlsform("f.xlsx", out.getvalue()).remarks] == [
        "These sheets are not read: entities."
    ]


CONDITION = "${a} = 'yes'"
COSTLY = {
    "brackets": ("relevant", "text", "(" * 4900 + CONDITION + ")" * 4900),
    "negations": ("relevant", "text", "not(" * 1900 + CONDITION + ")" * 1900),
    "spaces": ("relevant", "text", CONDITION + " " * 9000 + "x"),
    "a long number": ("constraint", "integer", ". >= " + "9" * 9000),
    "many zeros": ("constraint", "decimal", ". >= 0." + "0" * 9000 + "1"),
    "a long range": ("parameters", "range", "start=" + "1" * 5000),
    "a long text": ("constraint", "text", "string-length(.) <= " + "9" * 9000),
    "deep data": ("x_groups", "text", "[" * 9000),
    "a long type": ("hint", "select_one " + " x or" * 1900, "h"),
    "a long appearance": ("appearance", "text", "ex:" + "(" * 9000),
}


@pytest.mark.parametrize("name", COSTLY)
def test_odd_cells_are_refused_and_cost_no_more_than_their_length(name):
    column, type_, cell = COSTLY[name]
    survey = [[*HEADING, column], ["select_one yn", "a", "A", ""], *([type_, f"b{n}", "B", cell] for n in range(150))]
    data = workbook(survey, YES_NO)
    started = time.process_time()
    with pytest.raises(InputError) as error:
        read_xlsform("form.xlsx", data)
    assert (len(error.value.problems), error.value.problems[-1].text()) == (101, "50 more faults are not listed.")
    assert time.process_time() - started < 5


def test_parameters_that_are_none_cost_no_more_than_their_length():
    survey = [[*HEADING, "parameters"], *(["text", f"a{n}", "A", "a" * 9000] for n in range(100))]
    started = time.process_time()
    assert len(remarks(survey)) == 100
    assert time.process_time() - started < 5


@pytest.mark.parametrize("survey, choices, said", [
    ([HEADING, *(["text", f"a{n}", "A"] for n in range(201))], None, "There are more than 200 items."),
    ([HEADING, *(["start", f"a{n}", ""] for n in range(2001))], None, "The sheet has more than 2000 rows."),
    ([HEADING, ["text", "a", "x" * 10_001]], None, "A cell is longer than 10000 characters."),
    ([HEADING, ["select_one l", "a", "A"]], [["list_name", "name", "label"], *(["l", str(n), str(n)] for n in range(5000))],
     "The list l has more than 250 choices."),
    ([[*HEADING, *(f"c{n}" for n in range(300))], ["text", "a", "A"]], None, "The sheet has more than 300 columns."),
])  # fmt: skip
def test_forms_are_bounded(survey, choices, said):
    assert refused(survey, choices)[0][1] == said


def test_a_long_heading_costs_no_more_than_its_length():
    started = time.process_time()
    assert (
        len(
            items(
                [
                    ["type", "name", "label" + " " * 9000, ":" + " " * 9000 + ":"],
                    *(["text", f"a{n}", "A", ""] for n in range(100)),
                ]
            )
        )
        == 100
    )
    assert time.process_time() - started < 5
