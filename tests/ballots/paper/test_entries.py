"""How two entries of a stack become ballots."""

import random
import re

import pytest

from surveys.ballots.answers import describe_answer
from surveys.ballots.models import PAPER, Ballot, Receipt, Remark
from surveys.ballots.paper.keypad import answers_of
from surveys.ballots.paper.stages import Act, Stage
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult
from surveys.results.verification import verify
from tests.acting import seal
from tests.ballots.paper import clerks
from tests.ballots.paper.typing_in import keys_for, type_in, typed_twice
from tests.helpers import closed, published


class TestTwoEntries:
    """From a stack to ballots."""

    def test_alike_entries_become_ballots_with_receipts(self, any_app):
        survey = published()
        plan = plan_of(survey)
        stack = typed_twice(survey, ["1", "2", keys_for(plan, "9", text="写在纸上"), "0"])
        assert clerks.differences(plan, stack) == []
        assert clerks.accept("test", stack.number) == 4
        assert (Ballot.select().count(), Receipt.select().count(), Remark.get().body) == (4, 4, "写在纸上")
        assert {ballot.channel for ballot in Ballot.select()} == {PAPER}
        words = sorted(describe_answer(plan.slots[0], bytes(ballot.answers)) for ballot in Ballot.select())
        codes = [level.code for level in plan.slots[0].item.scale.levels]
        assert words == sorted([codes[0], codes[1], "-", "?"])
        kept = clerks.get_stack(survey.id, stack.number)
        assert (kept.first, kept.second, kept.settled, kept.stage) == ("[]", "[]", "{}", "accepted")
        assert Survey.get().state == "published"
        closed(survey)
        seal("test")
        assert verify("test").unchanged
        assert StoredResult.get().ballots == 4
        assert [row.paper for row in StoredResult.get().result().turnout.groups] == [4, 0]

    def test_differences_are_found_and_the_paper_decides(self, any_app):
        survey = published()
        plan = plan_of(survey)
        other = keys_for(plan, "1") | {str(plan.slots[1].index): "3", str(plan.slots[2].index): "4"}
        stack = typed_twice(survey, ["1", "1"], ["1", other])
        found = clerks.differences(plan, stack)
        assert [(one.ballot, one.typed.slot.index, one.first, one.second) for one in found] == [
            (1, 1, "1", "3"), (1, 2, "1", "4"),
        ]  # fmt: skip
        with pytest.raises(InputError, match="2 differences are not settled"):
            clerks.accept("test", stack.number)
        assert Ballot.select().count() == 0
        assert clerks.settle("test", stack.number, {"1/1": "3", "1/2": "x", "0/0": "4"}) == ["1/2"]
        with pytest.raises(InputError, match="1 differences"):
            clerks.accept("test", stack.number)
        assert clerks.settle("test", stack.number, {"1/2": "9"}) == []
        clerks.accept("test", stack.number)
        packed = {bytes(ballot.answers)[:3] for ballot in Ballot.select()}
        assert packed == {bytes([1, 1, 1]), bytes([1, 3, 255])}
        assert clerks.get_stack(survey.id, stack.number).differences == 2

    def test_the_second_entry_is_somebody_elses(self, any_app):
        survey = published()
        stack = clerks.begin_stack("test", 0, "A", None, 1)
        type_in(survey, stack, "Wang", ["1"])
        with pytest.raises(InputError, match="Wang is typing"):
            type_in(survey, stack, "Li", ["1"])
        clerks.finish("test", 1, "Wang")
        stack = clerks.get_stack(survey.id, 1)
        assert (clerks.may_type(stack, "Wang"), clerks.may_type(stack, "Li")) == (False, True)
        with pytest.raises(InputError, match="Somebody other than Wang"):
            type_in(survey, stack, "Wang", ["1"])

    def test_all_papers_must_be_typed_and_no_more(self, any_app):
        survey = published()
        stack = clerks.begin_stack("test", 0, "A", None, 2)
        type_in(survey, stack, "Wang", ["1"])
        with pytest.raises(InputError, match="1 of 2 paper ballots"):
            clerks.finish("test", 1, "Wang")
        type_in(survey, stack, "Wang", ["1", "2"])
        with pytest.raises(InputError, match="All 2 paper ballots"):
            clerks.enter("test", 1, "Wang", 2, keys_for(plan_of(survey)))
        with pytest.raises(InputError, match="2 paper ballots are already typed in"):
            clerks.set_papers("test", 1, 1)
        clerks.set_papers("test", 1, 3)
        type_in(survey, stack, "Wang", ["1", "2", "3"])
        clerks.finish("test", 1, "Wang")

    def test_a_paper_that_was_passed_over_is_put_in_its_place(self, any_app):
        survey = published()
        plan = plan_of(survey)
        stack = typed_twice(survey, ["1", "2", "3"], ["1", "3", "4"])  # Li passed the second over and typed a stray one
        assert len(clerks.differences(plan, stack)) == 48
        clerks.again("test", 1, Act.SECOND_AGAIN)
        clerks.change_order("test", 1, "Li", Act.REMOVE_BALLOT, 2)
        clerks.change_order("test", 1, "Li", Act.INSERT_BALLOT, 1)
        assert clerks.enter("test", 1, "Li", 1, keys_for(plan, "2")) == []
        clerks.finish("test", 1, "Li")
        stack = clerks.get_stack(survey.id, 1)
        assert (stack.stage, clerks.differences(plan, stack)) == (Stage.COMPARE, [])

    def test_a_paper_that_both_missed_goes_into_both_entries(self, any_app):
        survey = published()
        typed_twice(survey, ["1"])
        clerks.again("test", 1, Act.FIRST_AGAIN)
        clerks.set_papers("test", 1, 2)
        stack = clerks.get_stack(survey.id, 1)
        type_in(survey, stack, "Wang", ["1", "2"])
        clerks.finish("test", 1, "Wang")
        stack = clerks.get_stack(survey.id, 1)
        assert stack.stage == Stage.SECOND
        type_in(survey, stack, "Li", ["1", "2"])
        clerks.finish("test", 1, "Li")
        assert clerks.accept("test", 1) == 2

    @pytest.mark.parametrize("position", [-1, -5, 2, 10**9])
    def test_a_paper_has_its_place_at_the_end_or_where_one_was_typed(self, app, position):
        survey = published()
        stack = clerks.begin_stack("test", 0, "A", None, 5)
        type_in(survey, stack, "Wang", ["1"])
        with pytest.raises(InputError, match="There is no ballot"):
            clerks.enter("test", 1, "Wang", position, keys_for(plan_of(survey), "2"))
        assert [typed["0"] for typed in clerks.get_stack(survey.id, 1).first_typed] == ["1"]

    def test_the_same_paper_sent_twice_is_typed_once(self, any_app):
        survey = published()
        stack = clerks.begin_stack("test", 0, "A", None, 5)
        for _ in range(2):
            clerks.enter("test", 1, "Wang", 0, keys_for(plan_of(survey), "3"))
        assert len(clerks.get_stack(survey.id, stack.number).first_typed) == 1

    def test_a_stack_is_accepted_once(self, any_app):
        survey = published()
        typed_twice(survey, ["1", "2"])
        clerks.accept("test", 1)
        for act in (clerks.accept, clerks.discard):
            with pytest.raises(InputError, match="changed in the meantime"):
                act("test", 1)
        assert (Ballot.select().count(), survey.slug) == (2, "test")

    def test_the_seal_waits_for_stacks(self, any_app):
        survey = published()
        typed_twice(survey, ["1"])
        clerks.begin_stack("test", 1, "A", None, 3)
        closed(survey)
        with pytest.raises(InputError, match="not accepted yet: 1, 2"):
            seal("test")
        clerks.accept("test", 1)
        clerks.discard("test", 2)
        seal("test")
        with pytest.raises(InputError, match="before the seal"):
            clerks.begin_stack("test", 0, "A", None, 1)

    @pytest.mark.parametrize(
        ("group", "form", "papers", "words"),
        [
            (7, "A", 1, "no such group"),
            (0, "B", 1, "no form B"),
            (0, "A", 0, "from 1 to 200"),
            (0, "A", 201, "from 1 to 200"),
        ],
    )
    def test_a_wrong_beginning_is_refused(self, app, group, form, papers, words):
        published()
        with pytest.raises(InputError, match=words):
            clerks.begin_stack("test", group, form, None, papers)

    def test_ballots_do_not_lie_as_they_were_typed(self, any_app):
        """Of 30 papers, the order of the stack cannot be read back: hits are as many as chance gives."""
        survey = published()
        plan = plan_of(survey)
        chance = random.Random(5)
        papers = [{**keys_for(plan), **{str(i): str(chance.randint(1, 4)) for i in range(8)}} for _ in range(30)]
        stack = typed_twice(survey, papers)
        clerks.accept("test", stack.number)
        in_table = [bytes(ballot.answers) for ballot in Ballot.select()]
        typed = [answers_of(plan, 0, (0, 1, 2), paper).packed for paper in papers]
        assert sorted(in_table) == sorted(typed)
        assert sum(a == b for a, b in zip(in_table, typed, strict=True)) < 10


def test_where_the_words_of_a_scale_are_digits_these_are_typed_and_printed(app, staff):
    levels = [
        {"code": f"l{n}", "text": f"{n} 分" if n in (1, 5) else str(n), "points": 25 * (n - 1)} for n in (5, 4, 3, 2, 1)
    ]
    question = {"key": "q", "title": "问卷", "scales": {"five": {"levels": levels, "dont_know": "不了解"}}, "sections": [
        {"per": "unit", "items": [{"code": "a", "type": "rating", "scale": "five", "text": "甲"}]}]}  # fmt: skip
    item = plan_of(published(questionnaire=question)).rated_items[0]
    assert item.scale.keys == ("5", "4", "3", "2", "1")
    typed = {key: item.typed_fields(item.canonical(key), "0") for key in ("5", "1", "0", ".")}
    assert typed == {"5": {"0": ["1"]}, "1": {"0": ["5"]}, "0": {"0": ["0"]}, ".": {}}
    with pytest.raises(ValueError, match="6"):
        item.canonical("6")
    page = staff("publisher").get("/staff/surveys/test/paper/print?form=A&group=0").text
    assert re.findall(r"<i>(\d)</i>", page)[:6] == ["5", "4", "3", "2", "1", "0"]
