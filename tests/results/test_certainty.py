"""What pages say of how sure a result is: the sentence on top, the ranks that units may have, and the comparison of two units."""

from __future__ import annotations

import io
import json
import random

import openpyxl
import pytest

from surveys.campaigns.surveys import plan_of
from surveys.results.models import StoredResult, UnitDraw
from tests.acting import seal
from tests.helpers import closed, published, units, vote
from tests.results.test_what_committees_sign import workbook


@pytest.fixture
def sealed(app):
    """Seal a survey of units whose ratings are drawn from these levels: sealed([[0], [0, 1], [3]], people=12)."""

    def make(levels, people=12, groups=None, **changes):
        own = {"groups": groups} if groups else {}
        survey = published(units=units(len(levels)), rule={"minimum": 5, **changes}, **own)
        drawn = random.Random(5)
        ratings = [slot for slot in plan_of(survey).asked(0, tuple(range(len(levels)))) if slot.item.type == "rating"]
        for _ in range(people):
            vote(survey, 0, extra={str(slot.index): [str(drawn.choice(levels[slot.unit]))] for slot in ratings})
        closed(survey)
        seal("test")

    return make


RESULT = "/staff/surveys/test/result"


def test_units_that_are_alike_are_said_to_be(sealed, staff):
    sealed([[1, 2, 3]] * 4)
    page = staff("committee").get(RESULT).text
    assert "任何两个单位都区分不开" in page
    assert "≈" in page


def test_the_ranks_that_cannot_be_told_apart_are_named(sealed, staff):
    sealed([[1], [4], [4], [4]])
    page = staff("committee").get(RESULT).text
    assert "可以确定有一个单位居第一" in page
    assert "第 2 至第 2 名" not in page
    stored = StoredResult.get().result()
    assert (stored.rank, stored.rank_high) == ([1, 2, 2, 2], [1.0, 4.0, 4.0, 4.0])
    assert "第 2 至第 4 名" in page


def test_two_units_are_compared(sealed, staff):
    sealed([[1], [4], [1, 2]])
    browser = staff("committee")
    page = browser.get(f"{RESULT}?one=B01&other=B02").text
    assert "高 100.00 分" in page
    assert "可以区分开" in page
    assert "请选择两个不同的单位" in browser.get(f"{RESULT}?one=B01&other=B01").text
    assert browser.get(f"{RESULT}?one=B99&other=").status_code == 200


def test_a_pair_that_differs_by_itself_alone_is_not_told_apart_among_all(sealed, staff):
    """Of many pairs some differ by chance: the comparison must not say what the sentence on top denies."""
    sealed([[1, 1, 2, 3]] * 9 + [[1, 2, 2, 3]], people=25)
    result = StoredResult.get().result()
    best = max(range(10), key=lambda unit: result.score[unit])
    page = staff("committee").get(f"{RESULT}?one=B{best + 1:02}&other=B10&lang=en").text
    assert "No two of the units can be told apart" in page
    assert "That holds if this pair was chosen before the result was known" in page
    assert "can be told apart, among all units" not in page


def test_a_mark_stands_beside_the_unit_that_the_next_row_of_the_table_is_like(sealed, staff):
    """B10 and B02 have equal scores, B30 none like them: the table lists B02, B10, B30."""
    survey = published(
        units=[{"code": code, "name": {"zh": code}} for code in ("B10", "B02", "B30")], rule={"minimum": 5}
    )
    plan = plan_of(survey)
    for person in range(12):
        extra = {
            slot.name: [str(4 if slot.unit == 2 else 1 + (person + slot.unit) % 2)]
            for slot in plan.slots if slot.item.type == "rating"
        }  # fmt: skip
        vote(survey, 0, extra=extra)
    closed(survey)
    seal("test")
    result = StoredResult.get().result()
    assert result.score[0] == result.score[1]
    assert result.differs_from_next == [True, False, None]


def test_a_comparison_says_the_same_whichever_unit_comes_first(sealed, staff):
    sealed([[1, 2, 3], [1, 2, 3]])
    browser = staff("committee")
    for pair in ("one=B01&other=B02", "one=B02&other=B01"):
        assert "区分不开这两个单位" in browser.get(f"{RESULT}?{pair}").text


def test_a_result_of_the_first_method_stays_as_it_was_and_says_so(sealed, staff):
    sealed([[1], [4], [1, 2]])
    row = StoredResult.get()
    old = json.loads(row.body)
    StoredResult.update(method="1", body=json.dumps({**old, "method": "1"})).execute()
    UnitDraw.delete().execute()
    page = staff("committee").get(RESULT).text
    assert "区间重叠的相邻单位" in page
    assert "贝叶斯自助法" not in page
    assert 'id="comparison"' not in page
    assert 'id="certainty"' not in page


@pytest.mark.parametrize(("expected", "certain"), [(12, True), (24, False), (None, False)])
def test_of_a_finite_population_that_answered_whole_nothing_is_uncertain(sealed, staff, expected, certain):
    group = {"code": "students", "name": "学生", "admission": "open", **({"expected": expected} if expected else {})}
    sealed([[1, 2], [3, 4]], people=12, population="finite", groups=[group])
    stored = StoredResult.get().result()
    assert (stored.low == stored.score == stored.high) is certain
    assert (stored.rate_low == stored.rate == stored.rate_high) is certain
    assert "有参评资格的全体人员" in staff("committee").get(RESULT).text


def test_the_cut_of_a_broken_quota_is_named_with_who_stands_at_it(sealed, staff):
    quota = [{"at_most": 0.5, "grade": 0}]
    sealed([[1], [1, 1, 1, 1, 1, 2], [1, 1, 1, 1, 2], [4]], people=10, quotas=quota)
    page = staff("committee").get(RESULT).text
    scores = StoredResult.get().result().score
    assert f"分界在第2党支部（{scores[1]:.2f}）与第3党支部（{scores[2]:.2f}）之间" in page
    assert "本次评议区分不开这两者" in page
    summary = openpyxl.load_workbook(io.BytesIO(workbook()))["汇总"]
    written = "\n".join(str(cell.value) for row in summary for cell in row)
    for sentence in ("分界在第2党支部", "本次评议区分不开这两者", "彼此区分不开的有", "与受访者相似的人群"):
        assert sentence in written


def test_a_quota_that_is_kept_has_no_cut(sealed, staff):
    sealed([[1], [4]], people=10, quotas=[{"at_most": 0.5, "grade": 0}])
    assert "分界在" not in staff("committee").get(RESULT).text
