"""What the committee reads and signs: each figure with what it rests on, the same wherever it stands."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import openpyxl
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.models import StoredResult
from surveys.results.report import report_of
from surveys.results.score_table import score_rows
from surveys.results.workbook import write_workbook
from surveys.scoring.grading import check_grade_quota
from surveys.scoring.rule import GradeQuota
from tests.acting import issue_codes, mark_on_paper, seal, store_roster
from tests.ballots.paper import clerks
from tests.ballots.paper.typing_in import keys_for
from tests.helpers import ZONE, closed, published, units, vote
from tests.results.independent_cases import cases
from tests.results.test_independent import survey_of
from tests.results.test_workbook import evaluate, rows_of

INVALID = "按本评议的规则，结果无效"


def report(slug="test"):
    survey = Survey.get(Survey.slug == slug)
    return report_of(plan_of(survey), StoredResult.get_by_id(survey.id))


def workbook(slug="test", language="zh"):
    survey = Survey.get(Survey.slug == slug)
    window = (survey.opens_at, survey.closes_at)
    return write_workbook(report(slug), window, ZONE, language, load_translations(language))


def sheet_rows(data, sheet):
    return [
        list(row) for row in openpyxl.load_workbook(io.BytesIO(data), data_only=True)[sheet].iter_rows(values_only=True)
    ]


def table(language="zh"):
    head, *rows = score_rows(report(), language, gettext_of(load_translations(language)))
    return [dict(zip(head, row, strict=True)) for row in rows]


def sealed(students=8, staff=8, level=1, staff_level=1, **changes):
    survey = published(**changes)
    for _ in range(students):
        vote(survey, 0, level)
    for _ in range(staff):
        vote(survey, 1, staff_level)
    closed(survey)
    seal(survey.slug)
    return survey


class TestAGroupWithRatingsOfAnItemWithoutWeightOnly:
    """It has no score for the unit, so it is not included; what it has is said, and nothing is called too few that is not."""

    @pytest.fixture(autouse=True)
    def survey(self, app):
        self.case = cases()["a group with ratings of an item without weight only"]
        survey_of(*self.case)

    def test_n_and_score_are_those_of_the_group_that_counts(self):
        found = report()
        assert (found.result.n[0], found.figure(found.result.score[0])) == (16, "80.00")
        assert found.result.included == [[True] * 3, [False] * 3]

    def test_the_note_names_the_weights_used(self):
        assert "教职工：有效评价太少。 实际权重：学生 50。" in table()[0]["备注"]

    def test_only_what_is_too_few_is_called_so(self):
        rows = [
            row for row in sheet_rows(workbook(), "题目得分") if row[0] == "教职工" and str(row[1]).startswith("第")
        ]
        assert {tuple(row[2:]) for row in rows} == {("不计入", "n < 5", "n < 5", "n < 5")}
        together = [
            row for row in sheet_rows(workbook(), "题目得分") if row[0] == "全部群体" and str(row[1]).startswith("第")
        ]
        assert {row[2] for row in together} == {100}

    def test_the_formulas_find_a_number_everywhere(self, tmp_path):
        cells = evaluate(workbook(), tmp_path)
        assert not [place for place, value in cells.items() if str(value).startswith("#")]


def test_a_group_without_ballots_is_not_called_withheld(staff):
    sealed(staff=0)
    assert [row["教职工"] for row in table()] == ["无答卷"] * 3
    assert "教职工：没有答卷。" in table()[0]["备注"]
    page = staff("committee").get("/staff/surveys/test/result").text
    ranking = re.search(r'id="ranking".*?</section>', page, re.S)[0]
    assert "n &lt; 5" not in ranking
    assert "有效评价太少" not in ranking
    assert ranking.count("无答卷") == 3


def test_a_group_that_was_not_drawn_for_a_unit_is_not_called_withheld(app):
    groups = [{"code": "students", "name": "学生"}, {"code": "staff", "name": "教职工", "units": ["B01"]}]
    sealed(groups=groups, rule={"minimum": 5})
    assert [row["教职工"] for row in sorted(table(), key=lambda row: row["单位编号"])] == ["100.00", "—", "—"]


def test_a_group_of_weight_zero_is_shown_with_the_reason(app):
    groups = [{"code": "students", "name": "学生", "weight": 1}, {"code": "staff", "name": "教职工", "weight": 0}]
    sealed(groups=groups, staff_level=3, rule={"minimum": 5})
    assert [(row["得分"], row["教职工"], row["n"]) for row in table()] == [("100.00", "60.00", "8")] * 3
    text = " ".join(str(cell) for row in sheet_rows(workbook(), "说明") for cell in row)
    assert "教职工：单独列出，不计入得分、满意率和排名。" in text
    assert any("教职工 （单列）" in row for row in sheet_rows(workbook(), "群体对比"))


class TestQuotas:
    """Of the units that have a score; those whom a gate lowered hold no place."""

    def check(self, kind, grade, share, grades, figures):
        printed = [None if figure is None else Decimal(figure) for figure in figures]
        found = check_grade_quota(GradeQuota(kind, grade, share), grades, printed)
        return found.limit, found.found, found.kept, found.tied

    def test_a_tie_below_a_unit_that_a_gate_lowered_is_shown(self):
        assert self.check("at_most", 0, 0.5, [2, 0, 0, 0], ["96", "94", "92", "92"]) == (2, 3, False, (2, 3))

    def test_units_under_the_lowest_threshold_are_in_the_base(self):
        assert self.check("at_most", 0, 0.25, [0, None, None, None], ["95", "50", "40", "30"])[:3] == (1, 1, True)

    def test_units_under_the_lowest_threshold_count_as_lower(self):
        assert self.check("at_least", 1, 0.5, [0, 0, None, None], ["95", "90", "40", "30"])[:3] == (2, 2, True)

    def test_units_without_a_score_are_left_out(self):
        assert self.check("at_least", 1, 0.5, [0, 1, None], ["95", "80", None])[:3] == (1, 1, True)

    def test_a_tie_among_those_who_may_have_to_be_lowered_is_shown(self):
        assert self.check("at_least", 1, 0.5, [0, 0, 0, 1], ["95", "92", "92", "80"]) == (2, 1, False, (1, 2))


class TestEvaluation:
    RULE = {
        "minimum": 3, "grades": "quality", "parts": [{"name": "自评", "weight": 1}, {"name": "群众反映", "weight": 1, "survey": True}],
        "gates": [{"turnout_under": 90, "cap": 2}],
    }  # fmt: skip
    GROUPS = [{"code": "students", "name": "学生", "own": True}, {"code": "staff", "name": "教职工"}]

    def survey(self, app, used, **changes):
        survey = published(groups=self.GROUPS, rule={**self.RULE, **changes}, units=units(2))
        issue_codes(survey, app.config["CODE_KEY"], 0, 10, 0)
        for _ in range(5):
            vote(survey, 1)
        for _ in range(used):
            vote(survey, 0, own_unit=0)
        return survey

    def test_the_turnout_gate_of_the_survey_holds_there_too_and_both_grades_stand(self, app, tmp_path):
        survey = self.survey(app, used=5)
        closed(survey)
        seal("test")
        data = workbook()
        rows = rows_of(openpyxl.load_workbook(io.BytesIO(data)), "综合评定", "B", {"第1党支部", "第2党支部"})
        cells = evaluate(data, tmp_path, {("综合评定", f"C{row}"): 100 for row in rows.values()})
        grades = {
            name: (str(cells["综合评定", f"G{row}"]), str(cells["综合评定", f"H{row}"])) for name, row in rows.items()
        }
        assert grades == {"第1党支部": ("优秀", "一般"), "第2党支部": ("优秀", "优秀")}, (
            "unit 2 has no turnout of its own"
        )
        assert {row["单位编号"]: (row["按得分的等级"], row["等级"]) for row in table()} == {
            "B01": ("优秀", "一般"),
            "B02": ("优秀", "优秀"),
        }

    def test_paper_ballots_count_in_the_turnout_of_their_unit(self, app):
        survey = self.survey(app, used=0)
        stack = clerks.begin_stack("test", 0, "A", 0, 10)
        for clerk in ("Wang", "Li"):
            for position in range(10):
                assert clerks.enter("test", stack.number, clerk, position, keys_for(plan_of(survey))) == []
            clerks.finish("test", stack.number, clerk)
        clerks.accept("test", stack.number)
        closed(survey)
        seal("test")
        assert report().result.turnout.of_unit(0) == (10, 10)
        assert [row["等级"] for row in table()] == ["优秀"] * 2
        rows = [row for row in sheet_rows(workbook(), "参评情况") if row[0] == "第1党支部"]
        assert [row[2:6] for row in rows] == [[10, 0, 10, 1], [10, 0, 10, 1]]

    def test_ranks_go_by_totals_as_they_are_printed(self, app, tmp_path):
        survey = self.survey(app, used=0, gates=[])
        closed(survey)
        seal("test")
        data = workbook()
        first, second = rows_of(
            openpyxl.load_workbook(io.BytesIO(data)), "综合评定", "B", {"第1党支部", "第2党支部"}
        ).values()
        # 74.235 and 74.2349…: both are printed as 74.24, so they share a rank.
        typed = {("综合评定", f"C{first}"): 48.47, ("综合评定", f"C{second}"): 48.469999999999985}
        cells = evaluate(data, tmp_path, typed)
        assert {float(cells["综合评定", f"E{row}"]) for row in (first, second)} == {74.24}
        assert {int(float(cells["综合评定", f"F{row}"])) for row in (first, second)} == {1}


def test_every_interval_of_a_rank_holds_the_rank_where_units_are_drawn(app):
    groups = [{"code": "all", "name": "师生", "draw": 3}]
    survey = published(units=units(12), groups=groups, rule={"minimum": 2, "resamples": 400})
    for number in range(30):
        vote(survey, 0, [1 + (number + item) % 4 for item in range(8)])
    closed(survey)
    seal("test")
    result = report().result
    ranked = [unit for unit in range(12) if result.rank[unit] is not None]
    assert len(ranked) > 6
    for unit in ranked:
        assert 1 <= result.rank_low[unit] <= result.rank[unit] <= result.rank_high[unit] <= len(ranked)


def test_a_gate_on_a_turnout_that_nobody_knows_is_said_not_to_apply(app):
    sealed(rule={"minimum": 5, "gates": [{"turnout_under": 60, "cap": 3}]})
    assert {row["等级"] for row in table()} == {"优秀"}
    assert all("本单位人员的参评率未知" in row["备注"] for row in table())


def test_persons_marked_on_the_roster_are_not_counted_twice_with_their_papers(app):
    from surveys.admission.roster_file import read_roster

    groups = [{"code": "staff", "name": "教职工", "admission": "roster", "own": True}]
    survey = published(groups=groups, rule={"minimum": 2})
    text = "学号,姓名,单位\n1,甲,B01\n2,乙,B01\n3,丙,B01\n"
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", text.encode()).rows)
    mark_on_paper("test", ["1"])
    stack = clerks.begin_stack("test", 0, "A", 0, 2)
    for clerk in ("Wang", "Li"):
        for position in range(2):
            clerks.enter("test", stack.number, clerk, position, keys_for(plan_of(survey)))
        clerks.finish("test", stack.number, clerk)
    clerks.accept("test", stack.number)
    closed(survey)
    seal("test")
    assert report().result.turnout.of_unit(0) == (2, 3)


def test_rates_have_two_decimals_everywhere_as_gates_compare_them(staff):
    """Of 250 ratings 149 are satisfied: 59.6 % is under a gate at 60, and must not look like 60."""
    levels = [
        {"code": "y", "text": "满意", "points": 100, "satisfied": True},
        {"code": "n", "text": "不满意", "points": 0, "satisfied": False},
    ]
    question = {"key": "q", "title": "问卷", "scales": {"two": {"levels": levels}}, "sections": [
        {"per": "unit", "items": [{"code": "a", "type": "rating", "scale": "two", "text": "甲"}]}]}  # fmt: skip
    rule = {"minimum": 5, "decimals": 0, "gates": [{"rate_under": 60, "cap": 3}]}
    survey = published(questionnaire=question, units=units(1), rule=rule, groups=[{"code": "all", "name": "师生"}])
    for number in range(250):
        vote(survey, 0, 1 if number < 149 else 2)
    closed(survey)
    seal("test")
    assert (table()[0]["得分"], table()[0]["满意率"], table()[0]["等级"]) == ("60", "59.60 %", "较差")
    assert "59.60 %" in staff("committee").get("/staff/surveys/test/result").text
    summary = next(row for row in sheet_rows(workbook(), "汇总") if row[1] == "第1党支部")
    assert 0.596 in summary


class TestARequiredTurnout:
    GROUPS = [
        {"code": "students", "name": "学生", "weight": 50, "expected": 100, "required_turnout": 10},
        {"code": "staff", "name": "教职工", "weight": 50, "admission": "open"},
    ]

    def test_a_result_that_is_not_valid_says_so_on_every_sheet_and_in_every_row(self, staff):
        sealed(groups=self.GROUPS, rule={"minimum": 5, "turnout_required": True})
        book = openpyxl.load_workbook(io.BytesIO(workbook()))
        for sheet in book:
            assert any(INVALID in str(cell.value) for row in sheet.iter_rows(max_row=3) for cell in row), sheet.title
            assert INVALID in sheet.oddHeader.center.text, sheet.title
        assert all(INVALID in row["备注"] for row in table())
        assert INVALID in staff("committee").get("/staff/surveys/test/result").text

    def test_one_that_is_reached_to_the_printed_digit_is_valid(self, app):
        groups = [{**self.GROUPS[0], "expected": 80_001}, self.GROUPS[1]]
        sealed(
            groups=[{**groups[0], "required_turnout": 0.01}, groups[1]], rule={"minimum": 5, "turnout_required": True}
        )
        found = report()
        assert found.result.turnout.groups[0].percent < 0.01
        assert found.valid, "0.01 % as it is printed"
        assert not any(INVALID in row["备注"] for row in table())


class TestAllGroupsTogether:
    def test_counts_are_added_up_on_page_and_sheet(self, staff):
        sealed(students=8, staff=6, staff_level=2, rule={"minimum": 5})
        rows = [row for row in sheet_rows(workbook(), "分布") if row[2] == "全部群体"]
        assert len(rows) == 3 * 8
        assert {tuple(row[3:10]) for row in rows} == {(8, 6, 0, 0, 0, 0, 14)}
        page = staff("committee").get("/staff/surveys/test/result").text
        distribution = re.search(r'id="distribution".*?</section>', page, re.S)[0]
        assert distribution.count("全部群体") == 3 * 8
        assert "57.1 %" in distribution

    def test_who_is_withheld_is_left_out_and_named(self, staff):
        sealed(students=8, staff=3, staff_level=2, rule={"minimum": 5})
        rows = [row for row in sheet_rows(workbook(), "分布") if str(row[2]).startswith("全部群体")]
        assert {(row[2], row[3], row[9]) for row in rows} == {("全部群体（不含教职工）", 8, 8)}
        assert "全部群体（不含教职工）" in staff("committee").get("/staff/surveys/test/result").text

    def test_groups_that_are_reported_apart_are_not_in_it(self, app):
        sealed(rule={"minimum": 5, "open_apart": True})
        assert {row[9] for row in sheet_rows(workbook(), "分布") if row[2] == "全部群体"} == {8}


def test_items_of_one_criterion_have_different_headings(staff):
    items = [{"code": code, "type": "rating", "scale": "satisfaction4", "text": text, "criterion": "群众反映好"}
             for code, text in (("a", "听取意见"), ("b", "解决问题"))]  # fmt: skip
    sealed(
        questionnaire={"key": "q", "title": "问卷", "sections": [{"per": "unit", "items": items}]}, rule={"minimum": 5}
    )
    headings = next(row for row in sheet_rows(workbook(), "题目得分") if row[1] == "单位")
    assert headings[2:4] == ["群众反映好 · 听取意见", "群众反映好 · 解决问题"]
    page = staff("committee").get("/staff/surveys/test/result").text
    assert "<th>群众反映好 · 听取意见</th>" in page


def test_intervals_of_rates_and_of_groups_are_shown(staff):
    sealed(level=[1, 2, 3, 4, 1, 2, 3, 1], rule={"minimum": 5})
    found = report()
    summary = next(row for row in sheet_rows(workbook(), "汇总") if row[0] == 1)
    assert summary[10:12] == [
        round(found.result.rate_low[found.order[0]] / 100, 4),
        round(found.result.rate_high[found.order[0]] / 100, 4),
    ]
    groups = [row for row in sheet_rows(workbook(), "群体对比") if row[1] == "学生"]
    assert [row[3] for row in groups] == [float(found.figure(found.result.group_low[0][unit])) for unit in found.order]
    page = staff("committee").get("/staff/surveys/test/result").text
    assert found.rate(found.result.rate_low[0]) in page
    assert f"{found.figure(found.result.group_low[0][0])} – {found.figure(found.result.group_high[0][0])}" in page


def test_the_csv_of_scores_speaks_the_language_asked_for(runner, tmp_path):
    sealed(staff=0, rule={"minimum": 5})
    path = tmp_path / "scores.csv"
    assert runner.invoke(args=["scores", "export", "test", "--language", "en", "--out", str(path)]).exit_code == 0
    head, first, *_ = path.read_text("utf-8-sig").splitlines()
    assert head.startswith("Rank,Unit code,Unit,General branch,Students,Staff,Score")
    assert "Excellent" in first
    assert "Staff: no ballots. Weights used: Students 50." in first
