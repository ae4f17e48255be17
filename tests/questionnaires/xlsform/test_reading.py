"""XLSForms as questionnaires: what is understood, what is remarked, and what is refused row by row."""

import io

import openpyxl
import pytest
import xlwt

from surveys.inputs.problems import InputError
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.xlsform.reader import read_xlsform

HEADING = ["type", "name", "label"]
YES_NO = [["list_name", "name", "label"], ["yn", "yes", "Yes"], ["yn", "no", "No"]]


def workbook(survey, choices=None, settings=None, kind="xlsx"):
    """The bytes of a form with these sheets."""
    sheets = {"survey": survey, "choices": choices or [], "settings": settings or []}
    out = io.BytesIO()
    if kind == "xls":
        old = xlwt.Workbook()
        for title, rows in sheets.items():
            sheet = old.add_sheet(title)
            for at, row in enumerate(rows):
                for column, value in enumerate(row):
                    sheet.write(at, column, value)
        old.save(out)
    else:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(row)
        book.save(out)
    return out.getvalue()


def read(survey, choices=None, settings=None, kind="xlsx"):
    return read_xlsform(f"form.{kind}", workbook(survey, choices, settings, kind))


def items(survey, choices=None, **more):
    """The items of a form's sections, which a questionnaire can be made of."""
    reading = read(survey, choices, **more)
    read_questionnaire(reading.definition)
    return [item for section in reading.definition["sections"] for item in section["items"]]


def refused(survey, choices=None):
    """The faults of a form, as (row, sentence)."""
    with pytest.raises(InputError) as error:
        read(survey, choices)
    return [(problem.row, problem.text()) for problem in error.value.problems]


@pytest.mark.parametrize("kind", ["xlsx", "xls"])
def test_the_plain_kinds(kind):
    found = items([HEADING, ["text", "a", "A"], ["integer", "b", "B"], ["date", "c", "C"], ["note", "d", "D"],
                   ["select_one yn", "e", "E"], ["select_multiple yn", "f", "F"], ["rank yn", "g", "G"]], YES_NO, kind=kind)  # fmt: skip
    assert [item["type"] for item in found] == ["text", "number", "date", "note", "choice", "multi", "ranking"]
    assert [item["code"] for item in found] == list("abcdefg")
    assert found[4]["options"] == [{"code": "yes", "text": {"en": "Yes"}}, {"code": "no", "text": {"en": "No"}}]


@pytest.mark.parametrize("type_", [
    "select_one yn", "select one yn", "Select One from yn", "select1 yn", "SELECT_ONE  yn",
])  # fmt: skip
def test_old_and_odd_spellings_of_types(type_):
    assert items([HEADING, [type_, "a", "A"]], YES_NO)[0]["type"] == "choice"


@pytest.mark.parametrize("heading", [
    ["Type", "NAME", "Label"], [" type ", "name", "label"], ["type", "name", "label::English (en)"], ["type", "name", "label:English"],
    ["type", "name", "Label :: English"], ["command", "value", "caption"],
])  # fmt: skip
def test_headings_in_any_writing(heading):
    assert items([heading, ["text", "a", "Words"]])[0]["text"] == {"en": "Words"}


def test_both_languages_are_taken_and_others_named():
    reading = read([["type", "name", "label::English (en)", "label::中文 (zh)", "label::Français (fr)"],
                    ["text", "a", "Word", "话", "Mot"]])  # fmt: skip
    assert reading.definition["sections"][0]["items"][0]["text"] == {"en": "Word", "zh": "话"}
    assert [str(remark.values["names"]) for remark in reading.remarks] == ["français (fr)"]


def test_chinese_without_a_language_is_chinese():
    assert items([HEADING, ["text", "a", "您的意见"]])[0]["text"] == {"zh": "您的意见"}


def test_hints_are_hints():
    [item] = items([[*HEADING, "hint"], ["text", "a", "A", "as you like"]])
    assert (item["text"], item["hint"]) == ({"en": "A"}, {"en": "as you like"})


def test_a_hint_that_is_too_long_is_put_into_the_question():
    [item] = items([[*HEADING, "hint"], ["text", "a", "A", "b" * 301]])
    assert item["text"] == {"en": "A\n" + "b" * 301}
    assert "hint" not in item


def test_decimals_are_those_of_the_bounds_and_two_at_least():
    [item] = items([[*HEADING, "constraint"], ["decimal", "a", "A", ". > 0.125 and . <= 10"]])
    assert (item["decimals"], item["low"], item["high"]) == (3, 0.126, 10)
    assert items([HEADING, ["decimal", "a", "A"]])[0]["decimals"] == 2


@pytest.mark.parametrize("constraint, expected", [
    (". >= 5 and . <= 72", (5, 72)), (".>4 and .<73", (5, 72)), ("(. >= 5) and (. <= 72)", (5, 72)),
])  # fmt: skip
def test_bounds_of_numbers(constraint, expected):
    item = items([[*HEADING, "constraint"], ["integer", "a", "A", constraint]])[0]
    assert (item["low"], item["high"]) == expected


def test_a_range():
    item = items([[*HEADING, "parameters"], ["range", "a", "A", "start=0 end=10 step=1"]])[0]
    assert (item["type"], item["low"], item["high"]) == ("number", 0, 10)


@pytest.mark.parametrize("relevant, answers", [
    ("${a} = 'yes'", ["yes"]), ("selected(${a}, 'no')", ["no"]), ("${a} != 'yes'", ["no"]), ("not(selected(${a}, 'yes'))", ["no"]),
    ("${a} = ‘yes’", ["yes"]), ("(${a}='yes')", ["yes"]), ("${a} != ''", ["yes", "no"]), ("${a}='yes' or ${a}='no'", ["yes", "no"]),
])  # fmt: skip
def test_conditions(relevant, answers):
    found = items([[*HEADING, "relevant"], ["select_one yn", "a", "A", ""], ["text", "b", "B", relevant]], YES_NO)
    assert found[1]["when"] == {"item": "a", "in": answers}


@pytest.mark.parametrize("relevant", [
    "${a} = 'yes' and ${b} = 'no'", "${a} = 'maybe'", "${c} = 'yes'", "${a} > 3", "position(..) = 1", "${a} = ''",
])  # fmt: skip
def test_conditions_that_cannot_be_said_are_refused(relevant):
    survey = [
        [*HEADING, "relevant"],
        ["select_one yn", "a", "A", ""],
        ["select_one yn", "b", "B", ""],
        ["text", "c", "C", relevant],
    ]
    assert refused(survey, YES_NO) == [(4, f"This condition cannot be represented: {relevant}.")]


def test_what_is_not_asked_after_one_of_several_answers_is_refused():
    survey = [
        [*HEADING, "relevant"],
        ["select_multiple yn", "a", "A", ""],
        ["text", "b", "B", "not(selected(${a}, 'yes'))"],
    ]
    assert [row for row, _ in refused(survey, YES_NO)] == [3]


def test_groups_are_sections_and_a_condition_over_them_joins_them():
    survey = [[*HEADING, "relevant"], ["begin group", "one", "One", ""], ["select_one yn", "a", "A", ""], ["end group", "", "", ""],
              ["begin_group", "two", "Two", ""], ["text", "b", "B", "${a} = 'yes'"], ["end_group", "", "", ""],
              ["begin_group", "three", "Three", ""], ["text", "c", "C", ""], ["end_group", "", "", ""]]  # fmt: skip
    sections = read(survey, YES_NO).definition["sections"]
    assert [section["title"] for section in sections] == [{"en": "One"}, {"en": "Three"}]
    assert [item["type"] for item in sections[0]["items"]] == ["choice", "note", "text"]


def test_or_other_asks_for_the_other_answer():
    [choice] = items([HEADING, ["select_one yn or_other", "a", "A"]], YES_NO)
    assert choice["other"] is True
    assert [option["code"] for option in choice["options"]] == ["yes", "no"]


def test_or_other_takes_the_place_of_an_answer_other_that_the_list_has():
    choices = [*YES_NO, ["yn", "oth", "Other"]]
    choice, why = items(
        [[*HEADING, "relevant"], ["select_one yn or_other", "a", "A", ""], ["text", "b", "B", "${a} = 'oth'"]], choices
    )
    assert [option["code"] for option in choice["options"]] == ["yes", "no"]
    assert why["when"] == {"item": "a", "in": ["other"]}


def test_a_condition_can_name_the_other_answer():
    _, why = items(
        [[*HEADING, "relevant"], ["select_one yn or_other", "a", "A", ""], ["text", "b", "B", "${a} = 'other'"]], YES_NO
    )
    assert why["when"] == {"item": "a", "in": ["other"]}


def test_in_a_ranking_nobody_writes_in_another_answer():
    assert [row for row, _ in refused([HEADING, ["rank yn or_other", "a", "A"]], YES_NO)] == [2]


@pytest.mark.parametrize("survey", [
    [[*HEADING, "appearance"], ["begin group", "g", "G", "table-list"], ["select_one s", "a", "A", ""], ["select_one s", "b", "B", ""],
     ["end group", "", "", ""]],
    [[*HEADING, "appearance"], ["select_one s", "a", "A", "likert"], ["select_one s", "b", "B", "likert"]],
], ids=["table-list", "likert"])  # fmt: skip
def test_a_matrix_becomes_ratings_with_points_to_look_over(survey):
    choices = [
        ["list_name", "name", "label"],
        ["s", "good", "好"],
        ["s", "fair", "一般"],
        ["s", "bad", "差"],
        ["s", "dk", "不了解"],
    ]
    reading = read(survey, choices)
    made = read_questionnaire(reading.definition)
    assert [item.type for item in made.items] == ["rating", "rating"]
    assert made.items[0].scale.points == (100, 50, 0)
    assert made.items[0].scale.dont_know == {"zh": "不了解"}
    assert any(
        "are a guess, please look them over: 好 = 100, 一般 = 50, 差 = 0." in one.text() for one in reading.remarks
    )


def test_what_asks_nobody_is_left_out_and_named():
    reading = read([HEADING, ["start", "start", ""], ["calculate", "x", ""], ["deviceid", "d", ""], ["text", "a", "A"]])
    assert [remark.row for remark in reading.remarks] == [2, 3, 4]
    assert len(reading.definition["sections"][0]["items"]) == 1


@pytest.mark.parametrize("type_", [
    "geopoint", "image", "audio", "barcode", "time", "dateTime", "file", "trigger", "select_one_external c", "osm", "gps",
    "select_one_from_file a.csv", "acknowledge", "something else",
])  # fmt: skip
def test_types_that_cannot_be_asked_are_refused_by_row(type_):
    assert [row for row, _ in refused([HEADING, ["text", "a", "A"], [type_, "b", "B"]], YES_NO)] == [3]


@pytest.mark.parametrize("column, value", [
    ("choice_filter", "${a}=x"), ("calculation", "1+1"), ("readonly", "yes"), ("constraint", "regex(., '[a-z]')"), ("required", "${a}='yes'"),
])  # fmt: skip
def test_columns_that_change_what_is_asked_are_refused_by_row(column, value):
    assert [row for row, _ in refused([[*HEADING, column], ["text", "a", "A", value]])] == [2]


def test_all_faults_are_named_at_once():
    survey = [HEADING, ["geopoint", "a", "A"], ["begin repeat", "r", "R"], ["text", "b", "B ${a}"], ["end repeat", "", ""],
              ["select_one none", "c", "C"], ["text", "d", ""], ["text", "b", "B"], ["begin group", "g", "G"]]  # fmt: skip
    assert [row for row, _ in refused(survey)] == [2, 3, 4, 6, 7, 8, 9]


def test_two_columns_of_one_meaning_are_refused_where_they_differ():
    same = [["type", "name", "label", "Label"], ["text", "a", "A", "A"], ["text", "b", "", "B"]]
    assert len(items(same)) == 2
    assert [row for row, _ in refused([same[0], ["text", "a", "A", "B"]])] == [2]


def test_names_that_are_no_codes_become_codes():
    choices = [["list name", "name", "label"], ["a:b", "1", "One"], ["a:b", "two words", "Two"], ["a:b", "三", "Three"]]
    found = items(
        [HEADING, ["select_one a:b", "my field", "A"], ["text", "群体", "B"], ["text", "group", "C"]], choices
    )
    assert [item["code"] for item in found] == ["my_field", "q2", "group_2"]
    assert [one["code"] for one in found[0]["options"]] == ["1", "two_words", "q3"]


def test_faults_of_the_questionnaire_are_told_by_row():
    long = [["list_name", "name", "label"], *(["l", f"c{n}", f"C{n}"] for n in range(20))]
    assert [row for row, _ in refused([HEADING, ["text", "a", "A"], ["select_multiple l", "b", "B"]], long)] == [3]


def test_another_workbook_is_told_to_be_none():
    book = openpyxl.Workbook()
    book.active.append(["姓名", "学号"])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(InputError, match="no XLSForm"):
        read_xlsform("a.xlsx", out.getvalue())


def test_the_command_stores_or_previews_a_form(runner, tmp_path):
    path = tmp_path / "lunch.xlsx"
    path.write_bytes(
        workbook(
            [HEADING, ["start", "s", ""], ["select_one yn", "a", "A"]],
            YES_NO,
            [["form_title", "form_id"], ["Lunch", "lunch"]],
        )
    )
    seen = runner.invoke(args=["questionnaire", "import", str(path), "--preview"])
    assert (seen.exit_code, '"title": "Lunch"' in seen.stdout, "note: row 2" in seen.stderr) == (0, True, True)
    assert "lunch" not in runner.invoke(args=["questionnaire", "list"]).stdout
    assert runner.invoke(args=["questionnaire", "import", str(path)]).exit_code == 0
    assert "lunch\tLunch" in runner.invoke(args=["questionnaire", "list"]).stdout
    path.write_bytes(workbook([HEADING, ["geopoint", "a", "A"]]))
    failed = runner.invoke(args=["questionnaire", "import", str(path)])
    assert (failed.exit_code, "row 2" in failed.stderr) == (1, True)
