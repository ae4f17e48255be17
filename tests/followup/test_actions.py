"""Actions: who does what about remarks and low figures, until when."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.admission.mail import MailServer
from surveys.campaigns.models import Survey
from surveys.followup import actions
from surveys.followup.action_states import NEXT, ActionState, move_action
from surveys.followup.actions import ActionAnswer, ActionFields, actions_of
from surveys.followup.models import ActionItem
from surveys.followup.reminders import remind
from surveys.inputs.problems import InputError
from surveys.inputs.translations import gettext_of, load_translations
from surveys.storage.audit import Action, AuditEntry
from tests.acting import seal
from tests.followup.sealed import TESTER, sealed_with
from tests.helpers import closed, published, vote

FIELDS = ActionFields("多开窗口", "2026-12-31", "王建国", "wang@example.edu.cn")


@pytest.fixture
def survey(any_app):
    return sealed_with("食堂排队太久")


def the_action(survey: Survey) -> ActionItem:
    (action,) = actions_of(survey.id)
    return action


def add(**changes: str) -> ActionItem:
    return actions.add_action(TESTER, "test", 0, ActionFields(**{**FIELDS.__dict__, **changes}))


class TestStates:
    @given(st.sampled_from(ActionState), st.sampled_from(ActionState))
    def test_a_step_is_taken_where_one_leads_there_and_nowhere_else(self, state, to):
        if to in NEXT[state]:
            assert move_action(state, to, reason="x", evidence="x") is to
        else:
            with pytest.raises(InputError, match="does not go"):
                move_action(state, to, reason="x", evidence="x")

    def test_no_state_is_a_dead_end_and_each_can_be_reached(self):
        assert all(NEXT.values())
        assert {to for steps in NEXT.values() for to in steps} == set(ActionState)

    @pytest.mark.parametrize(("to", "match"), [("refused", "why"), ("done", "shows")])
    def test_a_refusal_needs_a_reason_and_what_is_done_evidence(self, to, match):
        with pytest.raises(InputError, match=match):
            move_action(ActionState.OPEN, ActionState(to), reason="", evidence="")


def test_an_action_is_added_and_goes_its_way(survey):
    add()
    action = the_action(survey)
    assert (action.body, action.person, action.state, action.due_on) == ("多开窗口", "王建国", "open", "2026-12-31")
    actions.answer_action(TESTER, "test", action.id, ActionAnswer("under_way"))
    actions.answer_action(TESTER, "test", action.id, ActionAnswer("done", evidence="照片", answer="已增开两个窗口"))
    actions.answer_action(TESTER, "test", action.id, ActionAnswer("checked", evidence="照片", answer="已增开两个窗口"))
    assert (the_action(survey).state, the_action(survey).answer) == ("checked", "已增开两个窗口")
    entries = [(e.action, e.about) for e in AuditEntry.select().order_by(AuditEntry.id)][-4:]
    assert entries == [
        (Action.ADD_ACTIONS, f"test: no. {action.id}"), *[(Action.MOVE_ACTION, f"test: no. {action.id}")] * 3,
    ]  # fmt: skip


def test_all_faults_are_named_and_nothing_is_stored(survey):
    with pytest.raises(InputError) as found:
        add(body=" ", due_on="soon", email="nobody", person="长" * 61)
    assert {problem.where for problem in found.value.problems} == {"body", "due_on", "email", "person"}
    assert actions_of(survey.id) == []


def test_before_the_seal_there_are_no_actions(app):
    published()
    with pytest.raises(InputError, match="not sealed"):
        add()


@pytest.mark.parametrize(
    ("state", "overdue"), [("open", True), ("under_way", True), ("done", False), ("refused", False)]
)
def test_what_is_still_to_be_done_after_its_day_is_overdue(state, overdue):
    action = ActionItem(state=state, due_on="2026-12-31")
    assert actions.is_overdue(action, date(2027, 1, 1)) is overdue
    assert not actions.is_overdue(action, date(2026, 12, 31))


def test_every_shown_item_under_60_becomes_an_action_once(app):
    survey = published()
    for _ in range(6):
        vote(survey, level=[4, 1, 1, 1, 1, 1, 1, 1])  # the lowest level of the first item
    for _ in range(4):
        vote(survey, group=1, level=4)  # too few: withheld
    closed(survey)
    seal("test")

    gettext = gettext_of(load_translations("en"))
    assert actions.add_low_figures(TESTER, "test", "2026-12-31", "en", gettext) == 3
    assert actions.add_low_figures(TESTER, "test", "2026-12-31", "en", gettext) == 0
    assert sorted(action.unit for action in actions_of(survey.id)) == [0, 1, 2]
    assert all("has a score of" in action.body for action in actions_of(survey.id))
    assert len({action.item for action in actions_of(survey.id)}) == 1


def test_a_low_score_and_a_low_rate_become_actions_too(app):
    survey = published(rule={"minimum": 5, "rate_item": "listen", "improve_under": 70})
    for number in range(10):
        low = number < 4  # the first item: 6 of 10 are satisfied, 60 points; the others have 36 points
        vote(survey, level=[4 if low else 1, *[3 if number < 6 else 4] * 7])
    closed(survey)
    seal("test")
    gettext = gettext_of(load_translations("en"))
    actions.add_low_figures(TESTER, "test", "2026-12-31", "en", gettext)
    of_first = {action.item: action.body for action in actions_of(survey.id) if action.unit == 0}
    assert len(of_first) == 9  # the score, the rate and seven items; the first item has 60.00
    assert of_first["*score"].startswith("The score is 39.00")
    assert of_first["*rate"].startswith("The satisfaction rate is 60.00 %")
    assert "listen" not in of_first


class TestLinks:
    def test_the_unit_answers_by_its_link_and_checks_nothing_itself(self, survey):
        number = add().id
        token = actions.make_link(TESTER, "test", number)
        actions.answer_by_link(token, ActionAnswer("done", evidence="照片", answer="已办"))
        assert (the_action(survey).state, the_action(survey).answer) == ("done", "已办")
        with pytest.raises(InputError, match="Only the office"):
            actions.answer_by_link(token, ActionAnswer("checked", evidence="照片"))
        actions.answer_action(TESTER, "test", number, ActionAnswer("checked", evidence="照片"))
        with pytest.raises(InputError, match="checked already"):
            actions.answer_by_link(token, ActionAnswer(evidence="别的"))
        assert AuditEntry.select().where(AuditEntry.account == f"link of action {number}").count() == 1

    def test_only_its_hash_is_stored(self, survey):
        token = actions.make_link(TESTER, "test", add().id)
        assert token not in str(list(ActionItem.select().dicts()))
        assert len(token) >= 32

    def test_a_revoked_or_replaced_link_answers_nothing(self, survey):
        number = add().id
        old = actions.make_link(TESTER, "test", number)
        new = actions.make_link(TESTER, "test", number)
        assert actions.find_by_link(old) is None
        actions.revoke_link(TESTER, "test", number)
        for token in (old, new, ""):
            with pytest.raises(InputError, match="revoked"):
                actions.answer_by_link(token, ActionAnswer("done", evidence="x"))
        assert the_action(survey).state == "open"


def test_the_review_of_a_unit_has_three_headings_and_can_be_written_again(survey):
    actions.review_unit(TESTER, "test", 1, "成绩", "问题", "方向")
    actions.review_unit(TESTER, "test", 1, "成绩", "问题二", "方向")
    (review,) = actions.reviews_of(survey.id).values()
    assert (review.unit, review.achievements, review.problems, review.direction) == (1, "成绩", "问题二", "方向")


def test_a_link_holds_until_the_mail_with_another_one_has_gone(survey):
    action = actions.add_action(TESTER, "test", 0, ActionFields("公布时限", "2026-01-01", email="owner@example.edu"))
    token = actions.make_link(TESTER, "test", action.id)
    nobody = MailServer("127.0.0.1", 9, sender="office@example.edu")
    with pytest.raises(InputError):
        remind(TESTER, "test", date(2026, 11, 1), nobody, lambda new: new, "党委办公室")
    assert actions.find_by_link(token).id == action.id
