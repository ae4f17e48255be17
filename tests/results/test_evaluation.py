"""The committee's evaluation: entries with their history, own scores by link, the offline table, decisions, two signatures."""

import io
import time
from decimal import Decimal

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.accounts.models import Role
from surveys.inputs.problems import InputError
from surveys.inputs.translations import gettext_of, load_translations
from surveys.results.evaluation.entries import begin_evaluation, discard_evaluation, points_text, read_points
from surveys.results.evaluation.importing import import_points, points_template, read_points_file
from surveys.results.evaluation.models import EvaluationEntry
from surveys.results.evaluation.overview import changes_of, links_of, revision_of
from surveys.results.evaluation.own_scores import (
    LinkState,
    find_by_link,
    hand_in,
    link_state,
    make_links,
    note_opened,
    revoke_link,
    set_deadline,
)
from surveys.results.evaluation.scheme import preset, read_scheme
from surveys.results.evaluation.signing import decide, sign, verify_evaluation
from surveys.scoring.composite import Column
from surveys.storage.audit import Action, find_entries
from surveys.storage.unit_of_work import Actor
from tests.helpers import published
from tests.results.evaluating import TESTER, begun, member, now, save_unit, sealed, type_points

OWN, CHECK = Column("overall", "own"), Column("overall", "check")
TYPED = {
    "criteria": [{"code": "a", "name": "指标甲", "maximum": 60}, {"code": "b", "name": "指标乙", "maximum": 40}],
    "sources": [{"code": "check", "name": "考核组"}],
    "quotas": [{"at_most": 0.34, "grade": 0}],
}
"""Two criteria by one source, all typed in."""


def refused(act, *words):
    with pytest.raises(InputError) as caught:
        act()
    text = str(caught.value)
    assert all(word in text for word in words), text


class TestEntries:
    def test_an_evaluation_belongs_to_a_sealed_survey(self, any_app):
        published()
        refused(lambda: begin_evaluation(TESTER, "test", preset("by_source")), "not sealed")

    def test_points_make_totals_with_the_survey(self, any_app):
        survey = begun()
        type_points(survey, "95", "92.5", "80")
        units = now(survey).composite.units
        score = Decimal(str(now(survey).report.result.score[0]))
        assert [unit.rank for unit in units] == [1, 2, 3]
        assert float(units[0].total) == pytest.approx(float(Decimal("0.7") * 95 + Decimal("0.3") * score))

    def test_who_and_why_are_kept_with_each_change(self, app):
        survey = begun()
        save_unit(Actor("li"), "test", 0, {CHECK: "90"}, "")
        save_unit(Actor("zhao"), "test", 0, {CHECK: "85.5"}, "核对档案")
        after, before = changes_of(survey.id)
        assert (before.old, before.new, before.changed_by) == ("", "90", "li")
        assert (after.old, after.new, after.reason, after.changed_by) == ("90", "85.5", "核对档案", "zhao")
        assert find_entries(action=Action.SET_POINTS)[0].about == "test: B01, 1 cells"

    def test_a_change_needs_a_reason(self, app):
        begun()
        save_unit(TESTER, "test", 0, {CHECK: "90"}, "")
        refused(lambda: save_unit(TESTER, "test", 0, {CHECK: "91"}, ""), "Say why", "overall/check")

    def test_what_is_typed_for_a_unit_itself_needs_one_from_the_beginning(self, app):
        begun()
        refused(lambda: save_unit(TESTER, "test", 0, {OWN: "91"}, ""), "Say why")

    @pytest.mark.parametrize("points", ["100.5", "-1", "ninety", "1e2", "NaN", "9" * 30, "1.23456"])
    def test_points_out_of_range_are_refused_and_nothing_is_stored(self, app, points):
        begun()
        refused(lambda: save_unit(TESTER, "test", 0, {OWN: "90", CHECK: points}, "档案"), "0 to 100", "overall/check")
        assert not EvaluationEntry.select().exists()

    def test_nobody_overwrites_what_another_one_saved_meanwhile(self, app):
        survey = begun()
        seen = revision_of(survey.id)
        save_unit(Actor("li"), "test", 0, {CHECK: "90"}, "")
        save_unit(Actor("li"), "test", 1, {CHECK: "70"}, "")
        refused(
            lambda: save_unit(Actor("zhao"), "test", 0, {CHECK: "60"}, "档案", seen), "B01/overall/check", "stored 90"
        )
        assert save_unit(Actor("zhao"), "test", 0, {OWN: "60", CHECK: ""}, "档案", seen) == 1, (
            "what nobody touched is left alone"
        )
        assert now(survey).entry(0, CHECK).points == "90"

    def test_a_withheld_survey_score_gives_no_total(self, app):
        survey = begun(rule={"minimum": 30})
        type_points(survey, "95", "90", "80")
        assert {(unit.total, unit.lacks_survey) for unit in now(survey).composite.units} == {(None, True)}

    def test_the_scheme_can_be_replaced_until_there_are_points(self, app):
        survey = begun()
        begin_evaluation(TESTER, "test", TYPED)
        type_points(survey, "30")
        refused(lambda: begin_evaluation(TESTER, "test", preset("by_source")), "points already")
        discard_evaluation(TESTER, "test")
        begin_evaluation(TESTER, "test", preset("by_source"))
        assert len(changes_of(survey.id)) == 4, "the history stays: entered, and taken out"

    @pytest.mark.parametrize("scheme, place", [
        ({**TYPED, "criteria": [{"code": "a", "name": "甲", "maximum": 0}]}, "criteria[1].maximum"),
        ({**TYPED, "sources": [{"code": "s", "name": "评委", "kind": "judges"}]}, "sources[1].judges"),
        ({**TYPED, "sources": [{"code": "s", "name": "评", "weight": 0}]}, "criteria.a"),
        ({**TYPED, "criteria": [{"code": "a", "name": "甲"}, {"code": "a", "name": "乙"}]}, "criteria"),
        ({**TYPED, "criteria": [{"code": "a", "name": "甲", "uses": ["x"]}]}, "criteria[1].uses"),
        ({**TYPED, "sources": [{"code": "s", "name": "评", "kind": "survey"}]}, "criteria"),
    ])  # fmt: skip
    def test_a_scheme_that_cannot_be_is_refused_with_its_place(self, app, scheme, place):
        sealed()
        refused(lambda: begin_evaluation(TESTER, "test", scheme), place)


@given(st.text(max_size=12) | st.decimals(-10, 200).map(str))
def test_whatever_is_typed_is_points_up_to_the_maximum_or_refused(text):
    scheme = read_scheme(TYPED)
    try:
        points = read_points(scheme, Column("a", "check"), text, "a")
    except InputError:
        return
    assert points is None or (0 <= points <= 60 and Decimal(points_text(points)) == points)


class TestOwnScores:
    @pytest.fixture
    def survey(self, app):
        survey = begun()
        set_deadline(TESTER, "test", int(time.time()) + 3600)
        return survey

    def state(self, survey, later=0):
        stored = now(survey).stored
        return link_state(links_of(survey.id).get(0), stored.own_until, time.time() + later)

    def test_a_unit_hands_in_by_its_link(self, survey):
        token = make_links(TESTER, "test", [0, 1])[0]
        assert self.state(survey) is LinkState.NOT_OPENED
        note_opened(find_by_link(token))
        assert (self.state(survey), self.state(survey, 7200)) == (LinkState.OPENED, LinkState.LATE)
        hand_in(token, {"overall": "95.5"}, {"overall": "全年工作总结"})
        assert self.state(survey, 7200) is LinkState.HANDED_IN
        entry = now(survey).entry(0, OWN)
        assert (entry.points, entry.reason, entry.changed_by) == ("95.5", "全年工作总结", "link of unit B01")
        assert find_entries()[0].about == "test: B01"

    @pytest.mark.parametrize("points, reason", [("", "总结"), ("101", "总结"), ("95", "")])
    def test_it_is_all_or_nothing_and_with_a_reason(self, survey, points, reason):
        token = make_links(TESTER, "test", [0])[0]
        refused(lambda: hand_in(token, {"overall": points}, {"overall": reason}), "总体")
        assert now(survey).entry(0, OWN) is None

    def test_after_the_deadline_only_the_committee_can(self, survey):
        token = make_links(TESTER, "test", [0])[0]
        set_deadline(TESTER, "test", int(time.time()) - 1)
        refused(lambda: hand_in(token, {"overall": "95"}, {"overall": "总结"}), "time for own scores is over")
        save_unit(TESTER, "test", 0, {OWN: "90"}, "电话补报")
        assert now(survey).entry(0, OWN).points == "90"

    def test_what_the_committee_has_corrected_the_link_changes_no_more(self, survey):
        token = make_links(TESTER, "test", [0])[0]
        hand_in(token, {"overall": "95"}, {"overall": "总结"})
        hand_in(token, {"overall": "96"}, {"overall": "总结"})
        save_unit(TESTER, "test", 0, {OWN: "90"}, "材料不符")
        refused(lambda: hand_in(token, {"overall": "96"}, {"overall": "总结"}), "committee has entered")
        assert now(survey).entry(0, OWN).points == "90"

    def test_a_renewed_and_a_revoked_link_end(self, survey):
        first = make_links(TESTER, "test", [0])[0]
        second = make_links(TESTER, "test", [0])[0]
        assert (find_by_link(first), find_by_link(second).unit) == (None, 0)
        revoke_link(TESTER, "test", 0)
        assert find_by_link(second) is None
        refused(lambda: hand_in(second, {"overall": "95"}, {"overall": "总结"}), "revoked")

    def test_without_own_scores_in_the_scheme_or_a_deadline_there_are_no_links(self, app):
        begun(TYPED)
        refused(lambda: make_links(TESTER, "test", [0]), "No unit hands in")
        begin_evaluation(TESTER, "test", preset("by_source"))
        refused(lambda: make_links(TESTER, "test", [0]), "until when")


def workbook(survey, **cells):
    """The table that is filled in offline, with these cells changed."""
    book = openpyxl.load_workbook(io.BytesIO(points_template(now(survey), "zh", gettext_of(load_translations("zh")))))
    for cell, value in cells.items():
        book.active[cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class TestImport:
    def test_what_is_filled_in_offline_is_imported_and_empty_cells_change_nothing(self, app):
        survey = begun()
        save_unit(TESTER, "test", 2, {CHECK: "70"}, "")
        data = workbook(survey, C2=95.5, D2=90, D3=88)
        file = read_points_file(now(survey), "p.xlsx", data, "考核表")
        assert [(change.unit, change.column, change.new) for change in file.changes] == [
            (0, OWN, "95.5"), (0, CHECK, "90"), (1, CHECK, "88"),
        ]  # fmt: skip
        assert import_points(TESTER, "test", "p.xlsx", data, "考核表") == 3
        assert [now(survey).entry(unit, CHECK).points for unit in range(3)] == ["90", "88", "70"]

    def test_every_fault_is_named_with_row_and_column_and_nothing_is_stored(self, app):
        survey = begun()
        data = workbook(survey, C2=101, D3="很好", D4=80, A4="B99")
        refused(
            lambda: import_points(TESTER, "test", "p.xlsx", data, "考核表"),
            "row 2, 总体 · 自评", "row 3, 总体 · 考核组评价", "row 4, 单位编号: There is no unit B99",
        )  # fmt: skip
        assert not EvaluationEntry.select().exists()

    def test_names_that_were_sorted_away_from_their_codes_are_refused(self, app):
        survey = begun()
        data = workbook(survey, B2="第2党支部", D2=90, B3="第1党支部", D3=10)
        refused(
            lambda: import_points(TESTER, "test", "p.xlsx", data, "考核表"),
            "row 2",
            "row 3",
            "called 第1党支部, not 第2党支部",
        )
        assert not EvaluationEntry.select().exists()

    def test_cells_are_open_with_validation(self, app):
        book = openpyxl.load_workbook(io.BytesIO(workbook(begun(TYPED))))
        rules = {str(rule.sqref): float(rule.formula2) for rule in book.active.data_validations.dataValidation}
        assert rules == {"C2:C4": 60, "D2:D4": 40}

    def test_it_is_refused_where_somebody_saved_since_the_preview(self, app):
        survey = begun()
        data, seen = workbook(survey, D2=90), revision_of(survey.id)
        save_unit(TESTER, "test", 1, {CHECK: "70"}, "")
        refused(lambda: import_points(TESTER, "test", "p.xlsx", data, "考核表", seen), "meanwhile")


class TestDecisionsAndSignatures:
    @pytest.fixture
    def survey(self, any_app):
        survey = begun(TYPED)
        for unit in range(3):
            save_unit(TESTER, "test", unit, {Column("a", "check"): "58", Column("b", "check"): "38"}, "")
        member("li")
        member("zhao", Role.ADMINISTRATOR)
        member("office", Role.PUBLISHER)
        return survey

    def test_the_committee_says_who_keeps_the_grade_at_the_cut(self, survey):
        (quota,) = now(survey).composite.quotas
        assert (quota.places, quota.allowed, quota.check.tied) == ((0, 1, 2), 1, (0, 1, 2))
        refused(lambda: decide(TESTER, "test", 0, ["B01", "B02"], "表决"), "At most 1")
        refused(lambda: decide(TESTER, "test", 0, ["B09"], "表决"), "Only units")
        refused(lambda: decide(TESTER, "test", 0, ["B02"], ""), "Say why")
        decide(TESTER, "test", 0, ["B02"], "表决 5:2")
        assert [unit.grade for unit in now(survey).composite.units] == [1, 0, 1]

    def test_a_decision_is_void_when_points_change(self, survey):
        decide(TESTER, "test", 0, ["B02"], "表决")
        save_unit(TESTER, "test", 0, {Column("a", "check"): "57"}, "更正")
        assert (now(survey).decisions, now(survey).composite.is_complete) == ({}, False)

    def test_two_different_members_sign_what_is_complete(self, survey):
        refused(lambda: sign(TESTER, "test", "li"), "not complete")
        decide(TESTER, "test", 0, ["B02"], "表决")
        refused(lambda: sign(TESTER, "test", "office"), "no member of the committee")
        sign(TESTER, "test", "li")
        refused(lambda: sign(TESTER, "test", "li"), "A second member")
        sign(TESTER, "test", "zhao")
        assert now(survey).is_signed
        assert verify_evaluation("test") == (True, now(survey).stored.digest)
        assert len(now(survey).stored.digest) == 64

    def test_the_first_signature_is_void_if_anything_changes(self, survey):
        decide(TESTER, "test", 0, ["B02"], "表决")
        sign(TESTER, "test", "li")
        decide(TESTER, "test", 0, ["B01"], "重新表决")
        assert now(survey).stored.first_signer == ""

    def test_what_changes_nothing_that_is_signed_leaves_the_first_signature(self, survey):
        decide(TESTER, "test", 0, ["B02"], "表决")
        sign(TESTER, "test", "li")
        set_deadline(TESTER, "test", 1)
        save_unit(TESTER, "test", 0, {Column("a", "check"): "58.0"}, "")
        assert now(survey).stored.first_signer == "li"

    def test_after_the_second_signature_nothing_changes(self, survey):
        decide(TESTER, "test", 0, ["B02"], "表决")
        sign(TESTER, "test", "li")
        sign(TESTER, "test", "zhao")
        for act in (
            lambda: save_unit(TESTER, "test", 0, {Column("a", "check"): "1"}, "x"),
            lambda: decide(TESTER, "test", 0, ["B01"], "x"),
            lambda: discard_evaluation(TESTER, "test"),
            lambda: set_deadline(TESTER, "test", 1),
            lambda: sign(TESTER, "test", "li"),
        ):
            refused(act, "signed by two")

    @pytest.mark.parametrize("column, value", [("points", "59"), ("reason", "x"), ("changed_by", "x")])
    def test_what_is_changed_past_the_program_shows_in_the_digest(self, survey, column, value):
        decide(TESTER, "test", 0, ["B02"], "表决")
        sign(TESTER, "test", "li")
        sign(TESTER, "test", "zhao")
        EvaluationEntry.update(**{column: value}).where(
            EvaluationEntry.unit == 0, EvaluationEntry.criterion == "a"
        ).execute()
        assert not verify_evaluation("test")[0]

    def test_nobody_signs_what_has_changed_since_they_looked(self, survey):
        decide(TESTER, "test", 0, ["B02"], "表决")
        refused(lambda: sign(TESTER, "test", "li", seen="another"), "changed meanwhile")


@pytest.mark.parametrize(
    ("sources", "words"),
    [
        ([{"code": "a", "name": "甲", "kind": "own"}, {"code": "b", "name": "乙", "kind": "own"}], "one own score"),
        ([{"code": "a", "name": "甲", "kind": "judges", "judges": ["王Ａ", "王a"]}], "used twice"),
    ],
)
def test_a_scheme_in_which_points_would_be_mixed_up_is_refused(sources, words):
    refused(
        lambda: read_scheme({"criteria": [{"code": "c", "name": "指标", "maximum": 100}], "sources": sources}), words
    )
