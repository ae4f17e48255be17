"""Dates: how they are defined, written, typed, stored and counted."""

import datetime
import io

import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ballots.importing import read_paper_ballots
from surveys.ballots.paper.keypad import answers_of, read_typed
from surveys.inputs.problems import InputError
from surveys.questionnaires.items.date import HIGHEST, LOWEST, MOST_PERIODS, DateItem, read_day
from tests.questionnaires.items.asking import answer, item_of, plan_with, sealed_with, sheet_rows, typing_page

DAY = {"code": "day", "type": "date", "text": {"zh": "哪天方便", "en": "Which day suits you"},
       "first": "2026-11-01", "last": "2026-11-30"}  # fmt: skip
ITEM = DateItem(code="day", text={"zh": "哪天"}, first=datetime.date(2026, 11, 1), last=datetime.date(2026, 11, 30))


def plain(message: str, **values: object) -> str:
    return message % values if values else message


class TestDefinition:
    """Bounds are texts, so that they are the same in TOML and JSON."""

    def test_without_bounds_it_takes_any_date_of_two_centuries(self):
        item = item_of(type="date")
        assert (item.first, item.last, item.bounded) == (LOWEST, HIGHEST, False)

    def test_bounds(self):
        item = item_of(**{**DAY, "code": "one"})
        assert (item.first, item.last, item.bounded) == (ITEM.first, ITEM.last, True)

    @pytest.mark.parametrize(
        ("bounds", "place"),
        [
            ({"first": "1.11.2026"}, "first"),
            ({"first": 20261101}, "first"),
            ({"first": "2026-W45-4"}, "first"),
            ({"first": datetime.date(2026, 11, 1)}, "first"),
            ({"last": "2026-02-30"}, "last"),
            ({"last": "2101-01-01"}, "last"),
            ({"first": "2026-11-30", "last": "2026-11-01"}, ""),
        ],
    )
    def test_a_wrong_bound_is_named(self, bounds, place):
        with pytest.raises(InputError) as caught:
            item_of(type="date", **bounds)
        assert caught.value.problems[0].where == f"sections[1].items[1]{'.' + place if place else ''}"

    def test_no_condition_can_name_its_answers(self):
        follow_up = {"code": "why", "type": "text", "text": "原因", "when": {"item": "day", "in": ["2026-11-05"]}}
        with pytest.raises(InputError, match="item before it with levels or options"):
            plan_with(DAY, follow_up)


class TestForm:
    """A form brings 2026-11-05 from a phone's calendar, and what people type where there is none."""

    PLAN = plan_with(DAY)

    @pytest.mark.parametrize(
        "typed",
        ["2026-11-05", "2026-11-5", "2026/11/5", "2026.11.05", "2026年11月5日", "2026 年 11 月 5 日", "20261105",
         "２０２６－１１－０５", " 2026-11-05 ", "2026 11 5", "2026。11。5"],
    )  # fmt: skip
    def test_ways_of_writing(self, typed):
        assert answer(self.PLAN, {"0": [typed]}) == (answer(self.PLAN, {"0": ["2026-11-05"]})[0], ["2026-11-05"])

    @pytest.mark.parametrize(
        "typed",
        ["5/11/2026", "11/5", "2026-11/5", "26-11-05", "2026-11-31", "2026-13-01", "2026-10-31", "2026-12-01", "tomorrow",
         "0", "-", "2026-11-05T10:00", "٢٠٢٦-١١-٠٥", "2026-11-05" * 99],
    )  # fmt: skip
    def test_anything_else_is_refused_with_the_bounds(self, typed):
        answers, words = answer(self.PLAN, {"0": [typed]})
        assert [str(problem) for _, problem in answers.problems] == [
            "A date from 2026-11-01 to 2026-11-30 is expected."
        ]
        assert words == ["-"]

    def test_blank_and_not_asked_are_two_different_things(self):
        assert answer(self.PLAN, {"0": [""]})[1] == answer(self.PLAN, {})[1] == ["-"]
        assert ITEM.describe(bytes(4)) == ""

    def test_a_required_one_must_be_answered(self):
        answers, _ = answer(plan_with({**DAY, "required": True}), {})
        assert [str(problem) for _, problem in answers.problems] == ["Please answer this question."]

    def test_a_condition_shows_it(self):
        choice = {"code": "come", "type": "choice", "text": "参加", "options": [{"code": "yes", "text": "是"}, {"code": "no", "text": "否"}]}  # fmt: skip
        plan = plan_with(choice, {**DAY, "required": True, "when": {"item": "come", "in": ["yes"]}})
        assert answer(plan, {"0": ["2"], "1": ["2026-11-05"]})[1] == ["no", "-"]
        assert answer(plan, {"0": ["1"], "1": ["2026-11-05"]})[1] == ["yes", "2026-11-05"]
        assert len(answer(plan, {"0": ["1"]})[0].problems) == 1

    @given(st.dates(LOWEST, HIGHEST))
    def test_a_date_is_stored_without_loss(self, day):
        item = DateItem(code="day", text={"zh": "哪天"})
        reading = item.read_form({"7": [day.isoformat()]}, "7")
        assert (len(reading.packed), reading.blank, item.describe(reading.packed)) == (
            item.width,
            False,
            day.isoformat(),
        )

    @given(st.text(max_size=14))
    def test_no_text_however_strange_breaks_the_reading(self, typed):
        reading = ITEM.read_form({"7": [typed]}, "7")
        assert (reading.packed == ITEM.blank) is (reading.blank or reading.problem is not None)


class TestPaper:
    """A clerk types eight digits; a table has a cell."""

    PLAN = plan_with(DAY)

    @pytest.mark.parametrize(
        ("typed", "kept"), [("20261105", "2026-11-05"), ("2026.11.5", "2026-11-05"), ("", ""), (".", ""), ("。", "")]
    )
    def test_what_is_typed(self, typed, kept):
        found, wrong = read_typed(self.PLAN, 0, (), {"0": typed})
        assert (found.get("0", ""), wrong) == (kept, [])
        assert answers_of(self.PLAN, 0, (), found).problems == ()

    @pytest.mark.parametrize("typed", ["20261131", "20251105", "5112026", "9", "x"])
    def test_what_is_no_date_of_the_question_is_marked(self, typed):
        assert read_typed(self.PLAN, 0, (), {"0": typed})[1] == [0]

    @given(st.dates(ITEM.first, ITEM.last))
    def test_a_typed_date_is_the_one_that_a_phone_would_send(self, day):
        typed, _ = read_typed(self.PLAN, 0, (), {"0": day.strftime("%Y%m%d")})
        assert answers_of(self.PLAN, 0, (), typed).packed == answer(self.PLAN, {"0": [day.isoformat()]})[0].packed

    def test_a_column_of_a_table(self):
        cells = "group,day\n学生,2026/11/5\n学生,\n学生,2026年11月30日\n".encode()
        ballots = read_paper_ballots(self.PLAN, "p.csv", cells).ballots
        assert [ITEM.describe(answers.packed) for _, answers in ballots] == ["2026-11-05", "-", "2026-11-30"]

    def test_a_cell_that_excel_made_a_date(self):
        book, data = openpyxl.Workbook(), io.BytesIO()
        for row in (["group", "day"], ["学生", datetime.datetime(2026, 11, 5)], ["学生", datetime.date(2026, 11, 6)]):
            book.active.append(row)
        book.save(data)
        ballots = read_paper_ballots(self.PLAN, "p.xlsx", data.getvalue()).ballots
        assert [ITEM.describe(answers.packed) for _, answers in ballots] == ["2026-11-05", "2026-11-06"]

    def test_a_wrong_cell_is_named_with_its_row(self):
        with pytest.raises(InputError) as caught:
            read_paper_ballots(self.PLAN, "p.csv", "group,day\n学生,2026-11-05\n学生,5.11.\n".encode())
        assert str(caught.value) == "row 3, day: A date from 2026-11-01 to 2026-11-30 is expected."

    def test_it_is_printed_with_a_box_for_each_digit(self, staff):
        sealed_with([], DAY)
        page = staff("publisher").get("/staff/surveys/test/paper/print?group=0&lang=en").text
        assert page.count('class="box digit"') == 8
        assert "From 2026-11-01 to 2026-11-30" in page

    def test_the_typing_page_says_how_it_is_typed(self, staff):
        assert "Year, month and day, such as 20261105" in typing_page(staff("publisher"), DAY)


def tallied(item, days, groups=None, group_count=1):
    packed = b"".join(item.blank if day is None else item.read_form({"0": [str(day)]}, "0").packed for day in days)
    raw = np.frombuffer(packed, np.uint8).reshape(len(days), item.width)
    return item.tally(raw, np.array(groups or [0] * len(days), np.int64), group_count)


class TestResult:
    """Counted by day, month or year, whichever is not too many; never the earliest or latest answer."""

    @pytest.mark.parametrize(
        ("first", "last", "periods", "named"),
        [
            ("2026-11-01", "2026-11-30", 30, "2026-11-05"),
            ("2026-11-01", "2026-12-06", 36, "2026-11-05"),
            ("2026-11-01", "2026-12-07", 2, "2026-11"),
            ("2024-01-31", "2026-12-01", 36, "2026-11"),
            ("2024-01-01", "2027-01-01", 4, "2026"),
            ("1900-01-01", "2100-12-31", 201, "2026"),
        ],
    )
    def test_periods(self, first, last, periods, named):
        item = item_of(type="date", first=first, last=last)
        totals = tallied(item, [datetime.date(2026, 11, 5)])
        assert totals.counts.shape == (1, periods)
        assert [(line.text, line.count) for line in item.lines(totals.counts[0].tolist(), [], "zh", plain)] == [
            (named, 1)
        ]

    @given(
        st.lists(st.none() | st.dates(LOWEST, HIGHEST), max_size=40), st.dates(LOWEST, HIGHEST), st.integers(0, 2000)
    )
    def test_each_date_is_counted_once_in_the_period_it_lies_in(self, days, first, span):
        last = min(HIGHEST, first + datetime.timedelta(days=span))
        item = DateItem(code="day", text={"zh": "哪天"}, first=first, last=last)
        days = [day for day in days if day is None or first <= day <= last] + [first, last]
        groups = [number % 3 for number in range(len(days))]
        totals = tallied(item, days, groups, 3)
        given_days = [day for day in days if day is not None]
        assert totals.counts.sum(axis=1).tolist() == totals.n.tolist()
        assert totals.n.sum() == len(given_days)
        lines = item.lines(totals.counts.sum(axis=0).tolist(), [], "zh", plain)
        assert sum(line.count for line in lines) == len(given_days)
        assert {line.text: line.count for line in lines} == {
            line.text: sum(str(day).startswith(line.text) for day in given_days) for line in lines
        }
        assert totals.counts.shape[1] <= max(MOST_PERIODS, 201)

    def test_the_result_page_and_the_workbook_show_the_counts(self, staff):
        days = ["2026-11-05", "2026-11-05", "2026-11-07", "2026-11-07", "2026-11-07", ""]
        sealed_with([{"0": [day]} for day in days], DAY)
        browser = staff("committee")
        page = " ".join(browser.get("/staff/surveys/test/result?lang=en").text.split())
        assert "<li> 2026-11-05: 2 (40.0 %) </li> <li> 2026-11-07: 3 (60.0 %) </li>" in page
        assert sheet_rows(browser) == [
            ["", "Which day suits you", "2026-11-05", 2, 5, 0.4, "—"],
            ["", "Which day suits you", "2026-11-07", 3, 5, 0.6, "—"],
        ]

    def test_with_few_answers_it_is_withheld(self, staff):
        sealed_with([{"0": ["2026-11-05"]}] * 4 + [{}] * 4, DAY)
        browser = staff("committee")
        assert "2026-11-05" not in browser.get("/staff/surveys/test/result?lang=en").text
        assert sheet_rows(browser) == []

    def test_the_dump_says_the_date(self, runner, tmp_path):
        sealed_with([{"0": ["2026-11-05"]}, {}], DAY)
        assert runner.invoke(args=["ballots", "dump", "test", str(tmp_path / "d.csv")]).exit_code == 0
        rows = [line.split(",") for line in (tmp_path / "d.csv").read_text("utf-8-sig").splitlines()]
        assert sorted(row[3] for row in rows) == ["-", "2026-11-05", "day"]


def test_the_year_comes_first():
    with pytest.raises(ValueError):
        read_day("05-11-2026")
