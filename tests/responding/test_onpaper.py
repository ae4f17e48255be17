"""Paper ballots: what is printed, what is typed, and how two entries become ballots."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from surveys.publishing.models import Survey
from surveys.publishing.operations import plan_of
from surveys.publishing.plan import read_plan
from surveys.reporting.models import StoredResult
from surveys.reporting.sealing import seal, verify
from surveys.responding.answers import answer_words
from surveys.responding.models import PAPER, Ballot, Receipt, Remark
from surveys.responding.onpaper import entry
from surveys.responding.onpaper.entry import Act, Stage
from surveys.responding.onpaper.forms import printed_forms
from surveys.responding.onpaper.keys import answers_of, canonical, keys_of, read_typed
from surveys.text import InputError
from tests.conftest import _application
from tests.helpers import all_at, closed, csrf, post, published, survey_file, units, vote
from tests.reporting.test_workbook import DIRECT


def keys_for(plan, level="1", text=""):
    """What a clerk types for a paper with one level throughout."""
    found = {}
    for key in keys_of(plan, tuple(range(len(plan.units)))):
        if key.slot.item.scale is not None:
            found[str(key.slot.index)] = level
        elif key.text and text:
            found[str(key.slot.index)] = text
            text = ""
    return found


def type_in(survey, stack, clerk, levels):
    for position, level in enumerate(levels):
        raw = level if isinstance(level, dict) else keys_for(plan_of(survey), level)
        assert entry.enter(survey.slug, stack.number, clerk, position, raw) == []


def typed_twice(survey, first, second=None):
    """A stack that Wang and Li typed; at the stage of comparing."""
    stack = entry.begin_stack(survey.slug, 0, "A", -1, len(first))
    type_in(survey, stack, "Wang", first)
    entry.finish(survey.slug, stack.number, "Wang")
    type_in(survey, stack, "Li", second or first)
    entry.finish(survey.slug, stack.number, "Li")
    return entry.get_stack(survey.id, stack.number)


class TestForms:
    """Which units a printed form lists."""

    def plan(self, **group):
        groups = [{"code": "students", "name": "学生", **group}]
        plan = survey_file(units=units(7), groups=groups, opens="2036-12-01T08:00", closes="2036-12-02T08:00")
        plan["questionnaire"] = DIRECT
        return read_plan(plan)

    def test_a_list_is_one_form(self):
        assert [(f.letters, f.units) for f in printed_forms(self.plan(), 0)] == [("A", tuple(range(7)))]

    def test_drawn_units_are_dealt_so_that_each_stands_on_a_form(self):
        forms = printed_forms(self.plan(draw=3), 0)
        assert [form.letters for form in forms] == ["A", "B", "C"]
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
        assert [form.letters for form in printed_forms(plan, 0)][24:] == ["Y", "Z", "AA", "AB", "AC", "AD"]


class TestKeys:
    """What a clerk types."""

    @pytest.fixture
    def plan(self, app):
        return plan_of(published())

    def key(self, plan, code):
        return next(key for key in keys_of(plan, (0, 1, 2)) if key.slot.item.code == code)

    def test_a_rating_is_one_key(self, plan):
        ratings = [key for key in keys_of(plan, (0, 1, 2)) if key.slot.item.scale]
        assert len(ratings) == 24
        assert all(key.one for key in ratings)

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [("1", "1"), ("4", "4"), ("0", "0"), ("9", "."), (".", "."), ("３", "3"), ("。", "."), (" 2 ", "2")],
    )
    def test_digits_of_a_rating(self, plan, typed, kept):
        assert canonical(plan, self.key(plan, "listen"), typed) == kept

    @pytest.mark.parametrize("typed", ["", "5", "8", "x", "12", "-1", "一", "1" * 50])
    def test_what_is_no_rating(self, plan, typed):
        with pytest.raises(ValueError):
            canonical(plan, self.key(plan, "listen"), typed)

    @pytest.mark.parametrize(("typed", "kept"), [("135", "1 3 5"), ("5,3, 3", "3 5"), ("", ""), (".", "")])
    def test_digits_of_a_multi_choice(self, plan, typed, kept):
        assert canonical(plan, self.key(plan, "why"), typed) == kept

    def test_a_missing_rating_is_marked_and_a_missing_choice_is_not(self, plan):
        raw = keys_for(plan)
        first = next(iter(raw))
        del raw[first]
        typed, wrong = read_typed(plan, (0, 1, 2), raw)
        assert wrong == [int(first)]
        assert len(typed) == 23

    def test_numbers_that_are_their_own_points(self, app):
        plan = plan_of(published(slug="direct", questionnaire=DIRECT))
        key = keys_of(plan, (0,))[0]
        assert (key.one, key.size) == (False, 2)
        assert [canonical(plan, key, typed) for typed in ("99", "050", ".")] == ["99", "50", "."]
        for typed in ("49", "100", "9", ""):
            with pytest.raises(ValueError):
                canonical(plan, key, typed)

    @given(st.dictionaries(st.integers(0, 40).map(str), st.text(max_size=12)))
    @settings(max_examples=200, deadline=None)
    def test_whatever_is_typed_is_read_or_marked(self, raw):
        plan = read_plan({**survey_file(), "opens": None, "closes": None, "questionnaire": DIRECT})
        typed, wrong = read_typed(plan, (0, 1), raw)
        if not wrong:
            assert answers_of(plan, (0, 1), typed).problems == ()
            assert read_typed(plan, (0, 1), typed) == (typed, [])

    def test_a_typed_ballot_is_the_ballot_that_a_phone_would_send(self, app):
        survey = published()
        plan = plan_of(survey)
        typed, wrong = read_typed(plan, (0, 1, 2), keys_for(plan, "2", text="一条意见"))
        assert wrong == []
        vote(survey, 0, 2)
        mine = answers_of(plan, (0, 1, 2), typed)
        from surveys.responding.answers import read_answers

        assert mine.packed == read_answers(plan, (0, 1, 2), all_at(plan, (0, 1, 2), 2)).packed
        assert [remark.body for remark in mine.remarks] == ["一条意见"]


class TestTwoEntries:
    """From a stack to ballots."""

    def test_alike_entries_become_ballots_with_receipts(self, any_app):
        survey = published()
        plan = plan_of(survey)
        stack = typed_twice(survey, ["1", "2", keys_for(plan, "9", text="写在纸上"), "0"])
        assert entry.differences(plan, stack) == []
        assert entry.accept("test", stack.number) == 4
        assert (Ballot.select().count(), Receipt.select().count(), Remark.get().body) == (4, 4, "写在纸上")
        assert {ballot.channel for ballot in Ballot.select()} == {PAPER}
        words = sorted(answer_words(plan, plan.slots[0], bytes(ballot.answers)) for ballot in Ballot.select())
        codes = [level.code for level in plan.slots[0].item.scale.levels]
        assert words == sorted([codes[0], codes[1], "-", "?"])
        kept = entry.get_stack(survey.id, stack.number)
        assert (kept.first, kept.second, kept.settled, kept.stage) == ("[]", "[]", "{}", "accepted")
        assert Survey.get().state == "published"
        closed(survey)
        seal("test")
        assert verify("test").sound
        assert StoredResult.get().ballots == 4

    def test_differences_are_found_and_the_paper_decides(self, any_app):
        survey = published()
        plan = plan_of(survey)
        other = keys_for(plan, "1") | {str(plan.slots[1].index): "3", str(plan.slots[2].index): "4"}
        stack = typed_twice(survey, ["1", "1"], ["1", other])
        found = entry.differences(plan, stack)
        assert [(one.ballot, one.key.slot.index, one.first, one.second) for one in found] == [
            (1, 1, "1", "3"), (1, 2, "1", "4"),
        ]  # fmt: skip
        with pytest.raises(InputError, match="2 differences are not settled"):
            entry.accept("test", stack.number)
        assert Ballot.select().count() == 0
        assert entry.settle("test", stack.number, {"1/1": "3", "1/2": "x", "0/0": "4"}) == ["1/2"]
        with pytest.raises(InputError, match="1 differences"):
            entry.accept("test", stack.number)
        assert entry.settle("test", stack.number, {"1/2": "9"}) == []
        entry.accept("test", stack.number)
        packed = {bytes(ballot.answers)[:3] for ballot in Ballot.select()}
        assert packed == {bytes([1, 1, 1]), bytes([1, 3, 255])}
        assert entry.get_stack(survey.id, stack.number).differences == 2

    def test_the_second_entry_is_somebody_elses(self, any_app):
        survey = published()
        stack = entry.begin_stack("test", 0, "A", -1, 1)
        type_in(survey, stack, "Wang", ["1"])
        with pytest.raises(InputError, match="Wang is typing"):
            type_in(survey, stack, "Li", ["1"])
        entry.finish("test", 1, "Wang")
        stack = entry.get_stack(survey.id, 1)
        assert (entry.may_type(stack, "Wang"), entry.may_type(stack, "Li")) == (False, True)
        with pytest.raises(InputError, match="somebody else than Wang"):
            type_in(survey, stack, "Wang", ["1"])

    def test_all_papers_must_be_typed_and_no_more(self, any_app):
        survey = published()
        stack = entry.begin_stack("test", 0, "A", -1, 2)
        type_in(survey, stack, "Wang", ["1"])
        with pytest.raises(InputError, match="1 of 2 papers"):
            entry.finish("test", 1, "Wang")
        type_in(survey, stack, "Wang", ["1", "2"])
        with pytest.raises(InputError, match="All 2 papers"):
            entry.enter("test", 1, "Wang", 2, keys_for(plan_of(survey)))
        with pytest.raises(InputError, match="2 papers are typed already"):
            entry.set_papers("test", 1, 1)
        entry.set_papers("test", 1, 3)
        type_in(survey, stack, "Wang", ["1", "2", "3"])
        entry.finish("test", 1, "Wang")

    def test_a_paper_that_was_passed_over_is_put_in_its_place(self, any_app):
        survey = published()
        plan = plan_of(survey)
        stack = typed_twice(survey, ["1", "2", "3"], ["1", "3", "4"])  # Li passed the second over and typed a stray one
        assert len(entry.differences(plan, stack)) == 48
        entry.again("test", 1, Act.SECOND_AGAIN)
        entry.change_order("test", 1, "Li", Act.REMOVE_BALLOT, 2)
        entry.change_order("test", 1, "Li", Act.INSERT_BALLOT, 1)
        assert entry.enter("test", 1, "Li", 1, keys_for(plan, "2")) == []
        entry.finish("test", 1, "Li")
        stack = entry.get_stack(survey.id, 1)
        assert (stack.stage, entry.differences(plan, stack)) == (Stage.COMPARE, [])

    def test_a_paper_that_both_missed_goes_into_both_entries(self, any_app):
        survey = published()
        typed_twice(survey, ["1"])
        entry.again("test", 1, Act.FIRST_AGAIN)
        entry.set_papers("test", 1, 2)
        stack = entry.get_stack(survey.id, 1)
        type_in(survey, stack, "Wang", ["1", "2"])
        entry.finish("test", 1, "Wang")
        stack = entry.get_stack(survey.id, 1)
        assert stack.stage == Stage.SECOND
        type_in(survey, stack, "Li", ["1", "2"])
        entry.finish("test", 1, "Li")
        assert entry.accept("test", 1) == 2

    def test_the_same_paper_sent_twice_is_typed_once(self, any_app):
        survey = published()
        stack = entry.begin_stack("test", 0, "A", -1, 5)
        for _ in range(2):
            entry.enter("test", 1, "Wang", 0, keys_for(plan_of(survey), "3"))
        assert len(entry.get_stack(survey.id, stack.number).typed("first")) == 1

    def test_a_stack_is_accepted_once(self, any_app):
        survey = published()
        typed_twice(survey, ["1", "2"])
        entry.accept("test", 1)
        for act in (entry.accept, entry.discard):
            with pytest.raises(InputError, match="moved on meanwhile"):
                act("test", 1)
        assert (Ballot.select().count(), survey.slug) == (2, "test")

    def test_the_seal_waits_for_stacks(self, any_app):
        survey = published()
        typed_twice(survey, ["1"])
        entry.begin_stack("test", 1, "A", -1, 3)
        closed(survey)
        with pytest.raises(InputError, match="not accepted yet: 1, 2"):
            seal("test")
        entry.accept("test", 1)
        entry.discard("test", 2)
        seal("test")
        with pytest.raises(InputError, match="before the seal"):
            entry.begin_stack("test", 0, "A", -1, 1)

    @pytest.mark.parametrize(
        ("group", "letters", "papers", "words"),
        [
            (7, "A", 1, "no such group"),
            (0, "B", 1, "no form B"),
            (0, "A", 0, "from 1 to 200"),
            (0, "A", 201, "from 1 to 200"),
        ],
    )
    def test_a_wrong_beginning_is_refused(self, app, group, letters, papers, words):
        published()
        with pytest.raises(InputError, match=words):
            entry.begin_stack("test", group, letters, -1, papers)

    def test_ballots_do_not_lie_as_they_were_typed(self, any_app):
        """Of 30 papers, the order of the stack cannot be read back: hits are as many as chance gives."""
        survey = published()
        plan = plan_of(survey)
        chance = random.Random(5)
        papers = [{**keys_for(plan), **{str(i): str(chance.randint(1, 4)) for i in range(8)}} for _ in range(30)]
        stack = typed_twice(survey, papers)
        entry.accept("test", stack.number)
        in_table = [bytes(ballot.answers) for ballot in Ballot.select()]
        typed = [answers_of(plan, (0, 1, 2), paper).packed for paper in papers]
        assert sorted(in_table) == sorted(typed)
        assert sum(a == b for a, b in zip(in_table, typed, strict=True)) < 10


class Stacks(RuleBasedStateMachine):
    """Two clerks and a stack of three, in any order: nothing is lost, and what is accepted is what both typed last."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        _application(Path(self.folder.name))
        self.survey = published()
        self.plan = plan_of(self.survey)
        entry.begin_stack("test", 0, "A", -1, 3)
        self.typed = {"first": [], "second": []}
        self.accepted = 0

    def teardown(self) -> None:
        from surveys.database import database

        database.close()
        self.folder.cleanup()

    @property
    def stack(self):
        return entry.get_stack(self.survey.id, 1)

    def clerk(self) -> str:
        return {"first": "Wang", "second": "Li"}.get(self.stack.stage, "Wang")

    @rule(position=st.integers(0, 3), level=st.sampled_from("1234"))
    @precondition(lambda self: not self.accepted)
    def type_one(self, position, level):
        stage = self.stack.stage
        try:
            entry.enter("test", 1, self.clerk(), position, keys_for(self.plan, level))
        except InputError:
            assert stage == Stage.COMPARE or position >= 3 or position > len(self.typed[stage])
        else:
            self.typed[stage][position : position + 1] = [level]

    @rule()
    @precondition(lambda self: not self.accepted)
    def finish(self):
        stage = self.stack.stage
        try:
            entry.finish("test", 1, self.clerk())
        except InputError:
            assert stage == Stage.COMPARE or len(self.typed[stage]) < 3
        else:
            assert len(self.typed[stage]) == 3

    @rule(which=st.sampled_from([Act.FIRST_AGAIN, Act.SECOND_AGAIN]))
    @precondition(lambda self: not self.accepted and self.stack.stage == Stage.COMPARE)
    def again(self, which):
        entry.again("test", 1, which)

    @rule(choice=st.sampled_from(["first", "second"]))
    @precondition(lambda self: not self.accepted and self.stack.stage == Stage.COMPARE)
    def settle(self, choice):
        found = entry.differences(self.plan, self.stack)
        decided = {f"{one.ballot}/{one.key.slot.index}": getattr(one, choice) for one in found}
        assert entry.settle("test", 1, decided) == []

    @rule()
    @precondition(lambda self: not self.accepted)
    def accept(self):
        whole = self.stack.stage == Stage.COMPARE
        left = whole and [one for one in entry.differences(self.plan, self.stack) if one.settled is None]
        try:
            self.accepted = entry.accept("test", 1)
        except InputError:
            assert not whole or left
        else:
            assert whole and not left

    @invariant()
    def nothing_is_lost(self):
        if self.accepted:
            assert Ballot.select().count() == Receipt.select().count() == 3
        else:
            assert Ballot.select().count() == 0
            for name in ("first", "second"):
                assert [one["0"] for one in self.stack.typed(name)] == self.typed[name]


Stacks.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestStacks = Stacks.TestCase


class TestPages:
    """What two clerks do in the browser."""

    @pytest.fixture
    def clerks(self, app, staff):
        self.survey = published()
        self.plan = plan_of(self.survey)
        return staff("publisher"), staff("administrator")

    def begin(self, browser, papers=2):
        return post(browser, "/staff/surveys/test/paper/", form="0/A", unit="-1", papers=str(papers))

    def type_one(self, browser, level, position, **more):
        return post(
            browser, "/staff/surveys/test/paper/1/type", position=str(position), **keys_for(self.plan, level), **more
        )

    def act(self, browser, act, **fields):
        return post(browser, f"/staff/surveys/test/paper/1/{act}", form_on="/staff/surveys/test/paper/", follow_redirects=True,
                    **fields)  # fmt: skip

    def test_from_an_empty_page_to_ballots_in_the_box(self, clerks):
        one, other = clerks
        page = one.get("/staff/surveys/test/paper/").text
        assert "还没有批次" in page
        assert self.begin(one).status_code == 302
        assert "第 1 份，共 2 份" in one.get("/staff/surveys/test/paper/1/type").text
        assert self.type_one(one, "1", 0).status_code == 302
        assert self.type_one(one, "2", 1).status_code == 302
        assert "2 份均已录入" in one.get("/staff/surveys/test/paper/1/type").text
        assert "请由另一人再录一遍" in self.act(one, "finish").text
        assert "须由另一人录入" in one.get("/staff/surveys/test/paper/1/type").text
        self.type_one(other, "1", 0)
        self.type_one(other, "3", 1)
        page = self.act(other, "finish").text
        assert "共 24 处不一致，24 处待核定" in page
        assert "disabled" in page
        decisions = {f"1/{key.slot.index}": "2" for key in keys_of(self.plan, (0, 1, 2)) if key.slot.item.scale}
        first = next(iter(decisions))
        wrong = post(other, "/staff/surveys/test/paper/1/compare", **{**decisions, f"other/{first}": "7"})
        assert (wrong.status_code, "其余已保存" in wrong.text) == (422, True)
        post(other, "/staff/surveys/test/paper/1/compare", **{f"other/{first}": "4"})
        assert "第 1 批已入库：2 份答卷" in self.act(other, "accept").text
        assert Ballot.select().count() == 2
        assert sorted(bytes(b.answers)[0] for b in Ballot.select()) == [1, 4]

    def test_the_second_clerk_sees_nothing_of_the_first_entry(self, clerks):
        one, other = clerks
        self.begin(one, 1)
        post(one, "/staff/surveys/test/paper/1/type", position="0", **keys_for(self.plan, "3", text="秘密的意见"))
        self.act(one, "finish")
        page = other.get("/staff/surveys/test/paper/1/type").text
        assert "秘密的意见" not in page
        assert 'value="3"' not in page
        assert "<textarea" not in page

    def test_what_is_no_answer_is_marked_and_everything_typed_stays(self, clerks):
        one, _ = clerks
        self.begin(one)
        raw = keys_for(self.plan, "2")
        raw["3"] = "7"
        page = post(one, "/staff/surveys/test/paper/1/type", position="0", **raw)
        assert (page.status_code, page.text.count('aria-invalid="true"'), page.text.count('value="2" inputmode')) == (
            422,
            1,
            23,
        )
        assert entry.get_stack(self.survey.id, 1).typed("first") == []

    def test_a_paper_is_mended_taken_out_and_put_in(self, clerks):
        one, _ = clerks
        self.begin(one, 3)
        for position, level in enumerate("12"):
            self.type_one(one, level, position)
        assert 'value="1"' in one.get("/staff/surveys/test/paper/1/type?at=1").text
        self.type_one(one, "4", 0)
        self.act(one, "insert-ballot", at="1")
        self.act(one, "remove-ballot", at="3")
        assert [t["0"] for t in entry.get_stack(self.survey.id, 1).typed("first")] == [".", "4"]
        assert "第 1 批已删除" in self.act(one, "discard").text

    def test_the_printed_ballot_has_units_items_and_no_number(self, app, staff):
        published(slug="drawn", units=units(5), groups=[{"code": "s", "name": "学生", "own": True, "draw": 2}])
        browser = staff("publisher")
        page = browser.get("/staff/surveys/drawn/paper/print?group=0&unit=3&form=B").text
        assert "第4党支部" in page
        assert "票样 B" in page
        assert "认真倾听师生意见和诉求" in page
        assert page.count("<section>") == 3
        assert page == browser.get("/staff/surveys/drawn/paper/print?group=0&unit=3&form=B").text
        for query in ("group=0&form=A", "group=0&unit=9", "group=0&unit=3&form=Z", "group=9", ""):
            assert browser.get(f"/staff/surveys/drawn/paper/print?{query}").status_code in (400, 404)

    def test_only_known_acts_and_stacks(self, clerks):
        one, _ = clerks
        self.begin(one)
        token = csrf(one, "/staff/")
        assert one.post("/staff/surveys/test/paper/1/explode", data={"csrf_token": token}).status_code == 404
        assert one.post("/staff/surveys/test/paper/9/accept", data={"csrf_token": token}).status_code == 404
        assert one.get("/staff/surveys/nothing/paper/").status_code == 404
