"""Rankings: how they are defined, filled in, typed, stored and counted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.ballots.importing import read_paper_ballots
from surveys.ballots.paper.keypad import answers_of, read_typed
from surveys.inputs.problems import InputError
from surveys.questionnaires.items.base import Option
from surveys.questionnaires.items.ranking import MAX_OPTIONS, RankingItem
from tests.helpers import published, token_of
from tests.questionnaires.items.asking import (
    answer,
    item_of,
    plan_with,
    questionnaire,
    sealed_with,
    sheet_rows,
    typing_page,
)

OPTIONS = [
    {"code": "net", "text": {"zh": "校园网", "en": "Network"}},
    {"code": "room", "text": {"zh": "宿舍", "en": "Dormitories"}},
    {"code": "food", "text": {"zh": "食堂", "en": "Canteen"}},
]
WISHES = {"code": "wishes", "type": "ranking", "text": {"zh": "最该改进什么", "en": "What first"}, "options": OPTIONS}
PLAN = plan_with(WISHES)
ITEM = PLAN.slots[0].item


def plain(message: str, **values: object) -> str:
    return message % values if values else message


def ranks(*typed: str, name: str = "0") -> dict[str, list[str]]:
    """The fields of a form with a rank for each option; empty ones are sent empty, as a browser does."""
    return {f"{name}.{position}": [rank] for position, rank in enumerate(typed, 1)}


def item_with(options: int) -> RankingItem:
    return RankingItem(
        code="one", text={"zh": "题"}, options=tuple(Option(f"o{i}", {"zh": f"项{i}"}) for i in range(options))
    )


rankings = st.integers(2, MAX_OPTIONS).flatmap(lambda k: st.permutations(range(1, k + 1)))


class TestDefinition:
    """2 to 10 options."""

    @pytest.mark.parametrize("options", [None, [], OPTIONS[:1], [OPTIONS[0], OPTIONS[0]], "units"])
    def test_wrong_options_are_named(self, options):
        with pytest.raises(InputError) as caught:
            item_of(type="ranking", options=options)
        assert caught.value.problems[0].where == "sections[1].items[1].options"

    def test_no_more_than_ten(self):
        options = [{"code": f"o{i}", "text": f"项{i}"} for i in range(11)]
        assert item_of(type="ranking", options=options[:10]).width == 10
        with pytest.raises(InputError, match="2 to 10 options"):
            item_of(type="ranking", options=options)


class TestForm:
    """A rank for each option, all of them or none."""

    def test_a_whole_ranking(self):
        answers, words = answer(PLAN, ranks("2", "3", "1"))
        assert (answers.problems, answers.packed, words) == ((), bytes([2, 3, 1]), ["food>net>room"])

    def test_blank_and_not_asked_are_two_different_things(self):
        assert answer(PLAN, {})[1] == answer(PLAN, ranks("", "", ""))[1] == ["-"]
        assert ITEM.describe(bytes(3)) == ""

    @pytest.mark.parametrize(
        ("typed", "message"),
        [
            (("1", "", ""), "Each rank from 1 to 3 is given once. Missing: 2, 3."),
            (("1", "3", ""), "Each rank from 1 to 3 is given once. Missing: 2."),
            (("1", "1", "2"), "Each rank from 1 to 3 is given once. Given more than once: 1. Missing: 3."),
            (("2", "2", "2"), "Each rank from 1 to 3 is given once. Given more than once: 2. Missing: 1, 3."),
            (("1", "2", "4"), "This is not one of the answers."),
            (("1", "2", "0"), "This is not one of the answers."),
            (("1", "2", "x" * 999), "This is not one of the answers."),
        ],
    )
    def test_anything_else_says_which_ranks_are_wrong(self, typed, message):
        answers, words = answer(PLAN, ranks(*typed))
        assert [str(problem) for _, problem in answers.problems] == [message]
        assert words == ["-"]

    def test_a_required_one_must_be_answered(self):
        answers, _ = answer(plan_with({**WISHES, "required": True}), {})
        assert [str(problem) for _, problem in answers.problems] == ["Please answer this question."]

    def test_a_follow_up_looks_at_the_option_put_first(self):
        why = {
            "code": "why",
            "type": "number",
            "text": "几次",
            "required": True,
            "when": {"item": "wishes", "in": ["food"]},
        }
        plan = plan_with(WISHES, why)
        assert answer(plan, {**ranks("2", "3", "1"), "1": ["4"]})[1] == ["food>net>room", "4"]
        assert answer(plan, {**ranks("1", "3", "2"), "1": ["4"]})[1] == ["net>food>room", "-"]
        assert len(answer(plan, ranks("2", "3", "1"))[0].problems) == 1
        assert ITEM.fields_given(frozenset({"food", "net"}), "7") == [("7.1", "1"), ("7.3", "1")]

    def test_a_condition_shows_it(self):
        choice = {"code": "home", "type": "choice", "text": "住校", "options": [{"code": "yes", "text": "是"}, {"code": "no", "text": "否"}]}  # fmt: skip
        plan = plan_with(choice, {**WISHES, "required": True, "when": {"item": "home", "in": ["yes"]}})
        given_ranks = ranks("1", "2", "3", name="1")
        assert answer(plan, {"0": ["2"], **given_ranks})[1] == ["no", "-"]
        assert answer(plan, {"0": ["1"], **given_ranks})[1] == ["yes", "net>room>food"]
        assert len(answer(plan, {"0": ["1"]})[0].problems) == 1

    @given(rankings)
    def test_a_ranking_is_stored_without_loss(self, order):
        item = item_with(len(order))
        reading = item.read_form(ranks(*map(str, order)), "0")
        assert (list(reading.packed), reading.blank, reading.problem) == (order, False, None)
        assert item.read_form(item.read_cell(item.describe(reading.packed), "0"), "0") == reading

    @given(st.lists(st.sampled_from(["", "1", "2", "3", "4", "x", "２"]), min_size=3, max_size=3))
    def test_whatever_comes_is_a_whole_ranking_or_a_blank(self, typed):
        reading = ITEM.read_form(ranks(*typed), "0")
        whole = sorted(reading.packed) == [1, 2, 3]
        assert whole or reading.packed == ITEM.blank
        assert whole is (sorted(typed) == ["1", "2", "3"])
        assert reading.blank is not whole
        assert (reading.problem is None) is (whole or not any(typed))

    def test_a_faulty_ranking_comes_back_as_it_was_sent(self, app, client):
        published(questionnaire=questionnaire(WISHES), groups=[{"code": "all", "name": "师生", "admission": "open"}])
        page = client.get("/s/test/ballot?group=all&lang=en").text
        answer_page = client.post("/s/test/submit?lang=en", data={**ranks("1", "1", ""), "token": token_of(page)})
        assert answer_page.status_code == 422
        assert "Given more than once: 1. Missing: 2, 3." in answer_page.text
        assert answer_page.text.count("<option selected>1</option>") == 2
        assert page.count("js/ranking.") == answer_page.text.count("js/ranking.") == 1


class TestPaper:
    """A clerk types the ranks in the order of the boxes; a cell has the options in their order."""

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("213", "2 1 3"), ("2 1 3", "2 1 3"), ("２、１、３", "2 1 3"), ("", ""), (".", ""), ("。", "")],
    )
    def test_what_is_typed(self, typed, kept):
        found, wrong = read_typed(PLAN, 0, (), {"0": typed})
        assert (found.get("0", ""), wrong) == (kept, [])
        assert answers_of(PLAN, 0, (), found).problems == ()

    @pytest.mark.parametrize("typed", ["21", "2113", "113", "214", "2>1>3", "x", "0"])
    def test_what_is_no_ranking_is_marked(self, typed):
        assert read_typed(PLAN, 0, (), {"0": typed})[1] == [0]

    @given(rankings)
    def test_a_typed_ranking_is_the_one_that_a_phone_would_send(self, order):
        item = item_with(len(order))
        typed = item.canonical(" ".join(map(str, order)))
        assert len(typed) <= item.keys().size
        assert item.read_form(item.typed_fields(typed, "0"), "0") == item.read_form(ranks(*map(str, order)), "0")

    def test_a_column_of_a_table_takes_codes_words_and_positions(self):
        cells = "group,wishes\n学生,food>net>room\n学生,食堂＞校园网＞宿舍\n学生,3 > Network > 2\n学生,\n".encode()
        ballots = read_paper_ballots(PLAN, "p.csv", cells).ballots
        assert [ITEM.describe(answers.packed) for _, answers in ballots] == ["food>net>room"] * 3 + ["-"]

    @pytest.mark.parametrize(
        ("cell", "message"),
        [("food>net", "Missing: 3"), ("food>net>net", "not one of the answers"), ("food>net>gym", "not one of the answers"),
         ("food+net+room", "not one of the answers")],
    )  # fmt: skip
    def test_a_wrong_cell_is_named_with_its_row(self, cell, message):
        with pytest.raises(InputError) as caught:
            read_paper_ballots(PLAN, "p.csv", f"group,wishes\n学生,net>room>food\n学生,{cell}\n".encode())
        assert str(caught.value).startswith("row 3, wishes: ")
        assert message in str(caught.value)

    def test_it_is_printed_with_a_box_for_each_option(self, staff):
        sealed_with([], WISHES)
        page = staff("publisher").get("/staff/surveys/test/paper/print?group=0&lang=en").text
        assert page.count('class="box digit"') == 3
        assert "from 1 for the first to 3 for the last" in page

    def test_the_typing_page_says_how_it_is_typed(self, staff):
        assert "The ranks in the order of the boxes, such as 2\N{NO-BREAK SPACE}1\N{NO-BREAK SPACE}3" in typing_page(
            staff("publisher"), WISHES
        )


def tallied(item, orders, groups=None, group_count=1):
    packed = b"".join(item.blank if order is None else bytes(order) for order in orders)
    raw = np.frombuffer(packed, np.uint8).reshape(len(orders), item.width)
    return item.tally(raw, np.array(groups or [0] * len(orders), np.int64), group_count)


class TestResult:
    """Of each option the mean rank, and how often it had each rank."""

    @given(st.integers(2, MAX_OPTIONS).flatmap(
        lambda k: st.tuples(st.just(k), st.lists(st.none() | st.permutations(range(1, k + 1)), min_size=1, max_size=30))
    ))  # fmt: skip
    def test_each_option_has_a_rank_and_each_rank_an_option_in_every_ranking(self, drawn):
        k, orders = drawn
        groups = [number % 2 for number in range(len(orders))]
        totals = tallied(item_with(k), orders, groups, 2)
        for group in range(2):
            of_group = [order for order, where in zip(orders, groups, strict=True) if where == group and order]
            table = totals.counts[group].reshape(k, k)
            assert totals.n[group] == len(of_group)
            assert table.sum(axis=0).tolist() == table.sum(axis=1).tolist() == [len(of_group)] * k
            assert totals.sums[group].tolist() == [sum(order[i] for order in of_group) for i in range(k)]
            assert totals.sums[group].sum() == len(of_group) * k * (k + 1) / 2

    def test_not_asked_and_blank_are_not_counted(self):
        raw = np.array([[1, 2, 3], [0, 0, 0], [255, 255, 255]], np.uint8)
        totals = ITEM.tally(raw, np.zeros(3, np.int64), 1)
        assert (totals.n.tolist(), totals.sums.tolist()) == ([1], [[1.0, 2.0, 3.0]])

    def test_the_result_page_and_the_workbook_show_mean_ranks_and_counts(self, staff):
        orders = [("2", "3", "1")] * 3 + [("1", "2", "3")] * 2
        sealed_with([*(ranks(*order) for order in orders), {}], WISHES)
        browser = staff("committee")
        page = " ".join(browser.get("/staff/surveys/test/result?lang=en").text.split())
        assert "<li> Canteen · mean rank: 1.80 </li> <li> Canteen · rank 1: 3 (60.0 %) </li>" in page
        assert "校园网 · 平均名次: 1.60" in " ".join(browser.get("/staff/surveys/test/result?lang=zh").text.split())
        rows = sheet_rows(browser)
        assert len(rows) == 12
        assert rows[8:10] == [
            ["", "What first", "Canteen · mean rank", "—", 5, "—", 1.8],
            ["", "What first", "Canteen · rank 1", 3, 5, 0.6, "—"],
        ]

    def test_with_few_answers_it_is_withheld(self, staff):
        sealed_with([ranks("1", "2", "3")] * 4 + [{}] * 4, WISHES)
        browser = staff("committee")
        assert "mean rank" not in browser.get("/staff/surveys/test/result?lang=en").text
        assert sheet_rows(browser) == []

    def test_the_dump_says_the_order(self, runner, tmp_path):
        sealed_with([ranks("2", "3", "1"), {}], WISHES)
        assert runner.invoke(args=["ballots", "dump", "test", str(tmp_path / "d.csv")]).exit_code == 0
        rows = [line.split(",") for line in (tmp_path / "d.csv").read_text("utf-8-sig").splitlines()]
        assert sorted(row[3] for row in rows) == ["-", "food>net>room", "wishes"]
