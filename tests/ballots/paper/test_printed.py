"""What is printed, and what is typed of it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from surveys.ballots.paper.keypad import answers_of, read_typed, typed_slots
from surveys.ballots.paper.printed import printed_forms
from surveys.campaigns.plan_file import read_plan
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.questionnaires.items.rating import RatingItem
from tests.ballots.paper.typing_in import keys_for
from tests.helpers import all_at, published, survey_file, units, vote
from tests.results.test_workbook import DIRECT


class TestForms:
    """Which units a printed form lists."""

    def plan(self, **group):
        groups = [{"code": "students", "name": "学生", **group}]
        plan = survey_file(units=units(7), groups=groups, opens="2036-12-01T08:00", closes="2036-12-02T08:00")
        plan["questionnaire"] = DIRECT
        return read_plan(plan)

    def test_a_list_is_one_form(self):
        assert [(f.label, f.units) for f in printed_forms(self.plan(), 0)] == [("A", tuple(range(7)))]

    def test_drawn_units_are_dealt_so_that_each_stands_on_a_form(self):
        forms = printed_forms(self.plan(draw=3), 0)
        assert [form.label for form in forms] == ["A", "B", "C"]
        assert all(len(form.units) == 3 for form in forms)
        assert {unit for form in forms for unit in form.units} == set(range(7))
        assert forms == printed_forms(self.plan(draw=3), 0)

    def test_an_own_unit_is_on_every_form_and_must_be_chosen(self):
        forms = printed_forms(self.plan(own=True, draw=2), 0, own_unit=4)
        assert len(forms) == 4
        assert all(4 in form.units for form in forms)
        with pytest.raises(InputError, match="choose it"):
            printed_forms(self.plan(own=True), 0)

    def test_there_are_letters_for_many_forms(self):
        many = {"units": units(60), "groups": [{"code": "g", "name": "群", "draw": 2}], "questionnaire": DIRECT}
        plan = read_plan(survey_file(opens="2036-12-01T08:00", closes="2036-12-02T08:00", **many))
        assert [form.label for form in printed_forms(plan, 0)][24:] == ["Y", "Z", "AA", "AB", "AC", "AD"]


class TestKeys:
    """What a clerk types."""

    @pytest.fixture
    def plan(self, app):
        return plan_of(published())

    def key(self, plan, code):
        return next(key for key in typed_slots(plan, 0, (0, 1, 2)) if key.slot.item.code == code)

    def test_a_rating_is_one_key(self, plan):
        ratings = [key for key in typed_slots(plan, 0, (0, 1, 2)) if isinstance(key.slot.item, RatingItem)]
        assert len(ratings) == 24
        assert all(key.keys.one for key in ratings)

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("1", "1"), ("4", "4"), ("0", "0"), ("9", "."), (".", "."), ("３", "3"), ("。", "."), (" 2 ", "2")],
    )
    def test_digits_of_a_rating(self, plan, typed, kept):
        assert self.key(plan, "listen").slot.item.canonical(typed) == kept

    @pytest.mark.parametrize("typed", ["", "5", "8", "x", "12", "-1", "一", "1" * 50])
    def test_what_is_no_rating(self, plan, typed):
        with pytest.raises(ValueError):
            self.key(plan, "listen").slot.item.canonical(typed)

    @pytest.mark.parametrize(("typed", "kept"), [("135", "1 3 5"), ("5,3, 3", "3 5"), ("", ""), (".", "")])
    def test_digits_of_a_multi_choice(self, plan, typed, kept):
        assert self.key(plan, "why").slot.item.canonical(typed) == kept

    def test_a_missing_rating_is_marked_and_a_missing_choice_is_not(self, plan):
        raw = keys_for(plan)
        first = next(iter(raw))
        del raw[first]
        typed, wrong = read_typed(plan, 0, (0, 1, 2), raw)
        assert wrong == [int(first)]
        assert len(typed) == 23

    def test_numbers_that_are_their_own_points(self, app):
        plan = plan_of(published(slug="direct", questionnaire=DIRECT))
        key = typed_slots(plan, 0, (0,))[0]
        assert (key.keys.one, key.keys.size) == (False, 2)
        assert [key.slot.item.canonical(typed) for typed in ("99", "050", ".")] == ["99", "50", "."]
        for typed in ("49", "100", "9", ""):
            with pytest.raises(ValueError):
                key.slot.item.canonical(typed)

    @given(st.dictionaries(st.integers(0, 40).map(str), st.text(max_size=12)))
    @settings(max_examples=200, deadline=None)
    def test_whatever_is_typed_is_read_or_marked(self, raw):
        plan = read_plan({**survey_file(), "opens": None, "closes": None, "questionnaire": DIRECT})
        typed, wrong = read_typed(plan, 0, (0, 1), raw)
        if not wrong:
            assert answers_of(plan, 0, (0, 1), typed).problems == ()
            assert read_typed(plan, 0, (0, 1), typed) == (typed, [])

    def test_a_typed_ballot_is_the_ballot_that_a_phone_would_send(self, app):
        survey = published()
        plan = plan_of(survey)
        typed, wrong = read_typed(plan, 0, (0, 1, 2), keys_for(plan, "2", text="一条意见"))
        assert wrong == []
        vote(survey, 0, 2)
        mine = answers_of(plan, 0, (0, 1, 2), typed)
        from surveys.ballots.answers import read_answers

        assert mine.packed == read_answers(plan, 0, (0, 1, 2), all_at(plan, (0, 1, 2), 2)).packed
        assert [remark.body for remark in mine.remarks] == ["一条意见"]
