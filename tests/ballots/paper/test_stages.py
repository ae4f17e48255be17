"""Two clerks and a stack, in any order."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from surveys.ballots.models import Ballot, Receipt
from surveys.ballots.paper.stages import Act, Stage
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from tests.acting import close_running
from tests.ballots.paper import clerks
from tests.ballots.paper.typing_in import keys_for
from tests.conftest import _application
from tests.helpers import published


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
        clerks.begin_stack("test", 0, "A", None, 3)
        self.typed = {"first": [], "second": []}
        self.accepted = 0

    def teardown(self) -> None:
        close_running()
        self.folder.cleanup()

    @property
    def stack(self):
        return clerks.get_stack(self.survey.id, 1)

    def clerk(self) -> str:
        return {"first": "Wang", "second": "Li"}.get(self.stack.stage, "Wang")

    @rule(position=st.integers(0, 3), level=st.sampled_from("1234"))
    @precondition(lambda self: not self.accepted)
    def type_one(self, position, level):
        stage = self.stack.stage
        try:
            clerks.enter("test", 1, self.clerk(), position, keys_for(self.plan, level))
        except InputError:
            assert stage == Stage.COMPARE or position >= 3 or position > len(self.typed[stage])
        else:
            self.typed[stage][position : position + 1] = [level]

    @rule()
    @precondition(lambda self: not self.accepted)
    def finish(self):
        stage = self.stack.stage
        try:
            clerks.finish("test", 1, self.clerk())
        except InputError:
            assert stage == Stage.COMPARE or len(self.typed[stage]) < 3
        else:
            assert len(self.typed[stage]) == 3

    @rule(which=st.sampled_from([Act.FIRST_AGAIN, Act.SECOND_AGAIN]))
    @precondition(lambda self: not self.accepted and self.stack.stage == Stage.COMPARE)
    def again(self, which):
        clerks.again("test", 1, which)

    @rule(choice=st.sampled_from(["first", "second"]))
    @precondition(lambda self: not self.accepted and self.stack.stage == Stage.COMPARE)
    def settle(self, choice):
        found = clerks.differences(self.plan, self.stack)
        decided = {f"{one.ballot}/{one.typed.slot.index}": getattr(one, choice) for one in found}
        assert clerks.settle("test", 1, decided) == []

    @rule()
    @precondition(lambda self: not self.accepted)
    def accept(self):
        whole = self.stack.stage == Stage.COMPARE
        left = whole and [one for one in clerks.differences(self.plan, self.stack) if one.settled is None]
        try:
            self.accepted = clerks.accept("test", 1)
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
                typed = {"first": self.stack.first_typed, "second": self.stack.second_typed}[name]
                assert [one["0"] for one in typed] == self.typed[name]


Stacks.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestStacks = Stacks.TestCase
