"""What staff do at the same moment comes out as if one had done it after the other, on both databases."""

import time

import pytest

from surveys.accounts import links, operations
from surveys.accounts.models import Account, Role
from surveys.accounts.operations import StaffActor
from surveys.admission import issuing, roster_changes
from surveys.admission.models import Admission, Person
from surveys.admission.roster_file import PersonRow
from surveys.ballots.paper import stacks
from surveys.ballots.paper.models import PaperStack
from surveys.campaigns import draft_changes
from surveys.campaigns.draft_changes import DraftConflictError
from surveys.campaigns.models import Survey
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import plan_of, state_of
from surveys.inputs.problems import InputError
from surveys.results.models import StoredResult
from surveys.results.verification import verify
from surveys.storage import unit_of_work
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.database import is_sqlite
from surveys.storage.unit_of_work import Actor
from surveys.units.importing import read_units
from tests.acting import (
    create_account,
    create_draft,
    delete_unit,
    issue_codes,
    move_survey,
    seal,
    set_active,
    store_roster,
    store_units,
)
from tests.ballots.paper import clerks
from tests.helpers import PASSWORD, ZONE, closed, published, survey_file, vote
from tests.storage.interleaving import interleave

WANG, LI = Actor("Wang"), Actor("Li")


def refused(outcome, words: str) -> bool:
    return isinstance(outcome, InputError) and words in str(outcome)


class TestSeal:
    """While a survey is being sealed, nobody else changes anything about it."""

    @pytest.fixture
    def survey(self, any_app):
        survey = published(
            groups=[
                {"code": "students", "name": "学生", "admission": "code"},
                {"code": "staff", "name": "教职工", "admission": "roster"},
            ]
        )
        vote(survey)
        return closed(survey)

    def reopen(self):
        return move_survey("test", Move.REOPEN, closes_at=int(time.time()) + 3600)

    def test_it_cannot_be_reopened(self, survey, monkeypatch):
        sealed, reopened = interleave(monkeypatch, lambda: seal("test"), self.reopen)
        assert isinstance(sealed, StoredResult)
        assert refused(reopened, "while the survey is seal")  # sealing, or sealed
        assert state_of(Survey.get_by_id(survey.id)).value == "sealed"
        assert verify("test").unchanged
        assert Action.REOPEN not in {entry.action for entry in AuditEntry.select()}

    def test_while_it_is_being_reopened_it_is_not_sealed(self, survey, monkeypatch):
        reopened, sealed = interleave(monkeypatch, self.reopen, lambda: seal("test"))
        assert isinstance(reopened, Survey)
        assert refused(sealed, "while the survey is open")
        assert state_of(Survey.get_by_id(survey.id)).value == "open"
        assert StoredResult.select().count() == 0

    def test_two_do_not_seal_it_twice(self, survey, monkeypatch):
        outcomes = interleave(monkeypatch, lambda: seal("test"), lambda: seal("test"))
        assert sorted(isinstance(one, StoredResult) for one in outcomes) == [False, True]
        assert any(
            refused(one, "Somebody else goes on") or refused(one, "while the survey is seal") for one in outcomes
        )
        assert (StoredResult.select().count(), verify("test").unchanged) == (1, True)

    @pytest.mark.parametrize("what", ["codes", "persons", "stack"])
    def test_nothing_is_added_to_it(self, any_app, survey, monkeypatch, what):
        key = any_app.config["CODE_KEY"]
        person = PersonRow("1", "张三", 1, None, "", "")
        second, model = {
            "codes": (lambda: issue_codes(survey, key, 0, 1), Admission),
            "persons": (lambda: store_roster("test", key, [person]), Person),
            "stack": (lambda: clerks.begin_stack("test", 0, "A", None, 3), PaperStack),
        }[what]
        before = model.select().count()
        sealed, added = interleave(monkeypatch, lambda: seal("test"), second)
        assert isinstance(sealed, StoredResult)
        assert isinstance(added, InputError)
        assert model.select().count() == before

    def test_without_the_lock_both_would_happen(self, survey, monkeypatch):
        """The interleaving is a real one: SQLite has one writer at a time, on PostgreSQL the lock alone prevents it."""
        if is_sqlite():
            pytest.skip("SQLite needs no lock")
        monkeypatch.setattr(unit_of_work, "lock", lambda _subject: None)
        _sealed, reopened = interleave(monkeypatch, lambda: seal("test"), self.reopen)
        assert isinstance(reopened, Survey)
        done = {entry.action for entry in AuditEntry.select()}
        assert {Action.BEGIN_SEAL, Action.REOPEN} <= done


class TestAdministrators:
    """At least one is always left."""

    @pytest.fixture
    def two(self, any_app):
        one, other = (create_account(name, PASSWORD, Role.ADMINISTRATOR) for name in ("Wang", "Li"))
        return one, other

    def left(self):
        return [account.name for account in Account.select().where(Account.active)]

    def test_two_who_remove_each_other_by_page(self, two, monkeypatch):
        one, other = two
        by = {account.name: StaffActor(account.name, account.id) for account in two}
        done, failed = interleave(
            monkeypatch,
            lambda: operations.set_active(by["Wang"], other.id, False),
            lambda: operations.set_active(by["Li"], one.id, False),
        )
        assert isinstance(done, Account)
        assert refused(failed, "deactivated in the meantime")
        assert self.left() == ["Wang"]

    def test_two_who_are_removed_by_others(self, two, monkeypatch):
        one, other = two
        done, failed = interleave(
            monkeypatch, lambda: set_active(one.id, False), lambda: set_active(other.id, False)
        )  # fmt: skip
        assert isinstance(done, Account)
        assert refused(failed, "last administrator")
        assert self.left() == ["Li"]

    def test_one_who_is_demoted_while_the_other_is_removed(self, two, monkeypatch):
        one, other = two
        done, failed = interleave(
            monkeypatch,
            lambda: operations.set_role(WANG, one.id, Role.PUBLISHER),
            lambda: set_active(other.id, False),
        )
        assert isinstance(done, Account)
        assert refused(failed, "last administrator")
        assert Account.get_by_id(other.id).active

    def test_two_new_accounts_of_one_name(self, any_app, monkeypatch):
        done, failed = interleave(
            monkeypatch,
            lambda: create_account("Wang", PASSWORD, Role.PUBLISHER),
            lambda: create_account("wang", PASSWORD, Role.COMMITTEE),
        )
        assert isinstance(done, Account)
        assert refused(failed, "already an account")

    def test_one_invitation_makes_one_account(self, any_app, monkeypatch):
        token = links.invite(WANG, Role.PUBLISHER)
        done, failed = interleave(
            monkeypatch,
            lambda: links.accept_invitation(token, "Wang", PASSWORD),
            lambda: links.accept_invitation(token, "Li", PASSWORD),
        )
        assert isinstance(done, Account)
        assert isinstance(failed, InputError)
        assert self.left() == ["Wang"]


class TestDrafts:
    """No draft disappears under another one."""

    def titles(self):
        return {survey.slug: plan_of(survey).title["zh"] for survey in Survey.select()}

    def save(self, actor, revision, **changes):
        return draft_changes.update_draft(actor, "test", revision, survey_file(**changes), ZONE)

    def test_two_new_drafts_at_one_address(self, any_app, monkeypatch):
        made, failed = interleave(
            monkeypatch,
            lambda: draft_changes.create_draft(WANG, survey_file(title="甲"), ZONE),
            lambda: draft_changes.create_draft(LI, survey_file(title="乙"), ZONE),
        )
        assert isinstance(made, Survey)
        assert refused(failed, "already a survey")
        assert self.titles() == {"test": "甲"}

    def test_a_draft_that_moves_to_where_another_one_is_being_made(self, any_app, monkeypatch):
        draft = create_draft(survey_file(title="甲"), ZONE)
        made, failed = interleave(
            monkeypatch,
            lambda: draft_changes.create_draft(LI, survey_file(slug="other", title="乙"), ZONE),
            lambda: self.save(WANG, draft.revision, slug="other", title="甲"),
        )
        assert isinstance(made, Survey)
        assert refused(failed, "already a survey")
        assert self.titles() == {"test": "甲", "other": "乙"}

    def test_two_drafts_that_move_to_one_address(self, any_app, monkeypatch):
        draft = create_draft(survey_file(title="甲"), ZONE)
        second = create_draft(survey_file(slug="second", title="乙"), ZONE)
        moved, failed = interleave(
            monkeypatch,
            lambda: self.save(WANG, draft.revision, slug="third", title="甲"),
            lambda: draft_changes.update_draft(
                LI, "second", second.revision, survey_file(slug="third", title="乙"), ZONE
            ),
        )
        assert isinstance(moved, Survey)
        assert refused(failed, "already a survey")
        assert self.titles() == {"third": "甲", "second": "乙"}

    def test_a_draft_is_not_moved_onto_another_one(self, any_app):
        draft = create_draft(survey_file(title="甲"), ZONE)
        create_draft(survey_file(slug="other", title="乙"), ZONE)
        with pytest.raises(InputError, match="already a survey"):
            self.save(WANG, draft.revision, slug="other", title="甲")
        assert self.titles() == {"test": "甲", "other": "乙"}

    def test_of_two_who_edit_one_the_second_is_told_and_gets_what_is_stored(self, any_app, monkeypatch):
        draft = create_draft(survey_file(), ZONE)
        saved, failed = interleave(
            monkeypatch,
            lambda: self.save(WANG, draft.revision, title="甲"),
            lambda: self.save(LI, draft.revision, title="乙"),
        )
        assert isinstance(saved, Survey)
        assert isinstance(failed, DraftConflictError)
        assert (failed.stored.changed_by, plan_of(failed.stored).title["zh"]) == ("Wang", "甲")
        assert self.titles() == {"test": "甲"}
        assert self.save(LI, failed.stored.revision, title="乙").revision == draft.revision + 2

    def test_a_draft_that_was_made_again_at_the_address_is_not_overwritten(self, any_app):
        old = create_draft(survey_file(title="甲"), ZONE)
        draft_changes.delete_draft(LI, "test")
        create_draft(survey_file(title="乙"), ZONE)
        with pytest.raises(DraftConflictError):
            self.save(WANG, old.revision, title="丙")
        assert self.titles() == {"test": "乙"}

    def test_a_plan_that_was_read_before_a_change_is_the_plan_that_was_read(self, any_app):
        draft = create_draft(survey_file(title="甲"), ZONE)
        saved = self.save(LI, draft.revision, title="乙")
        assert [plan_of(one).title["zh"] for one in (draft, saved, draft)] == ["甲", "乙", "甲"]

    def test_a_draft_that_is_being_published_is_not_changed(self, any_app, monkeypatch):
        draft = create_draft(survey_file(title="甲"), ZONE)
        moved, failed = interleave(
            monkeypatch, lambda: move_survey("test", Move.PUBLISH), lambda: self.save(LI, draft.revision, title="乙")
        )
        assert isinstance(moved, Survey)
        assert refused(failed, "already a published survey")
        assert self.titles() == {"test": "甲"}

    def test_a_draft_that_is_being_removed_is_not_published(self, any_app, monkeypatch):
        create_draft(survey_file(), ZONE)
        _, failed = interleave(
            monkeypatch, lambda: draft_changes.delete_draft(WANG, "test"), lambda: move_survey("test", Move.PUBLISH)
        )
        assert refused(failed, "no survey test")
        assert self.titles() == {}


class TestReadBefore:
    """What was read by an older plan, or beside units that are gone, is not stored by positions that mean others."""

    GROUPS = [
        {"code": "x", "name": "甲", "admission": "roster"},
        {"code": "y", "name": "乙", "admission": "roster"},
        {"code": "z", "name": "丙", "admission": "code"},
        {"code": "w", "name": "丁", "admission": "code"},
    ]

    @pytest.mark.parametrize("what", ["persons", "codes", "stack"])
    def test_groups_in_another_order_by_the_time_it_is_published(self, any_app, what):
        draft = create_draft(survey_file(groups=self.GROUPS), ZONE)
        key = any_app.config["CODE_KEY"]
        draft_changes.update_draft(LI, "test", draft.revision, survey_file(groups=self.GROUPS[::-1]), ZONE)
        move_survey("test", Move.PUBLISH)
        with pytest.raises(InputError, match="changed in the meantime"):
            if what == "persons":
                roster_changes.store_roster(WANG, draft, key, [PersonRow("1", "张三", 0, None, "", "")])
            elif what == "codes":
                issuing.issue_codes(WANG, draft, key, 2, 1)
            else:
                stacks.begin_stack(WANG, draft, 2, "A", None, 3)

    def test_a_parent_that_was_removed_since_the_table_was_read(self, any_app):
        store_units(read_units("u.csv", "code,name,kind\nP,系,general_branch\n".encode()).rows)
        rows = read_units("u.csv", "code,name,kind,parent\nB1,支部,branch,P\n".encode()).rows
        delete_unit("P")
        with pytest.raises(InputError, match="There is no unit P"):
            store_units(rows)


def test_what_is_refused_leaves_no_audit_entry(any_app):
    create_draft(survey_file(), ZONE)
    before = AuditEntry.select().count()
    with pytest.raises(InputError):
        create_draft(survey_file(), ZONE)
    assert AuditEntry.select().count() == before
