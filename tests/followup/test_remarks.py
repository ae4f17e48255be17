"""Reading, searching and treating the remarks of a sealed survey."""

import time

import pytest

from surveys.ballots.models import Remark
from surveys.followup import treatment
from surveys.followup.models import PublishedRemark, RefusedGroup, RemarkTag, RemarkTreatment
from surveys.followup.remark_retention import erase_due_remarks
from surveys.followup.remarks import (
    GENERAL,
    PublicRemark,
    RemarkState,
    Wanted,
    find_remarks,
    published_remarks,
    read_remarks,
)
from surveys.inputs.problems import InputError
from surveys.results.verification import verify
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.statements import insert_many
from tests.followup.sealed import TESTER, numbers, read, sealed_with
from tests.helpers import published, vote

BODIES = ("食堂排队太久", "希望多开窗口", "会议太多 ＷｉＦｉ慢", "张伟老师很负责")


def bodies(remarks) -> set[str]:
    return {remark.body for remark in remarks}


class TestReading:
    def test_before_the_seal_nothing_can_be_read(self, app):
        survey = published()
        vote(survey)
        with pytest.raises(InputError, match="not sealed"):
            read_remarks(survey)

    def test_the_order_is_that_of_the_random_numbers(self, any_app):
        survey = sealed_with(*BODIES)
        read = read_remarks(survey).remarks
        assert [remark.number for remark in read] == sorted(numbers(survey))
        assert bodies(read) == set(BODIES)

    def test_remarks_about_a_unit_with_too_few_ratings_are_withheld(self, app):
        found = read_remarks(sealed_with(*BODIES, ballots=4))
        assert found.remarks == []
        assert [unit for unit, _item in found.withheld] == [0]

    def test_a_group_that_is_not_asked_does_not_make_them_readable(self, app):
        items = [{"code": "a", "type": "rating", "scale": "satisfaction4", "text": "甲"},
                 {"code": "say", "type": "text", "text": "说", "groups": ["staff"]}]  # fmt: skip
        questionnaire = {"key": "q", "title": "问卷", "sections": [{"per": "unit", "items": items}]}
        survey = published(questionnaire=questionnaire)
        from surveys.campaigns.surveys import plan_of
        from tests.acting import seal
        from tests.helpers import closed

        for _ in range(8):
            vote(survey)
        say = next(slot for slot in plan_of(survey).slots if slot.item.code == "say")
        vote(survey, group=1, extra={say.name: ["只有我"]})
        closed(survey)
        seal("test")
        assert read_remarks(type(survey).get_by_id(survey.id)).remarks == []

    @pytest.mark.parametrize(("ballots", "readable"), [(4, 0), (5, 1)])
    def test_general_remarks_need_the_minimum_of_ballots(self, app, ballots, readable):
        items = [{"code": "say", "type": "text", "text": "说"},
                 {"code": "x", "type": "number", "text": "次数", "low": 0, "high": 9, "required": False}]  # fmt: skip
        sections = [{"per": "survey", "items": items}]
        questionnaire = {"key": "q", "title": "问卷", "sections": sections}
        found = read_remarks(sealed_with("总体不错", unit=None, ballots=ballots, questionnaire=questionnaire))
        assert len(found.remarks) == readable

    def test_what_is_withheld_cannot_be_treated(self, app):
        survey = sealed_with(*BODIES, ballots=4)
        with pytest.raises(InputError, match="withheld"):
            treatment.publish_remarks(TESTER, "test", numbers(survey)[:1], names_checked=True)
        assert published_remarks(survey.id) == []


class TestSearching:
    @pytest.mark.parametrize(
        ("wanted", "expected"),
        [
            (Wanted(), set(BODIES)),
            (Wanted(words="排队"), {BODIES[0]}),
            (Wanted(words="多"), {BODIES[1], BODIES[2]}),
            (Wanted(words="wifi 会议"), {BODIES[2]}),
            (Wanted(words="排队 会议"), set()),
            (Wanted(words="100%_"), set()),
            (Wanted(unit="B01"), set(BODIES)),
            (Wanted(unit="B02"), set()),
            (Wanted(unit=GENERAL), set()),
            (Wanted(tag="食堂"), {BODIES[0]}),
            (Wanted(state="abusive"), {BODIES[1]}),
            (Wanted(state="open", words="窗口"), set()),
        ],
    )
    def test_words_unit_tag_and_state(self, app, wanted, expected):
        survey = sealed_with(*BODIES)
        treatment.tag_remarks(TESTER, "test", numbers(survey, BODIES[0]), "食堂")
        treatment.mark_abusive(TESTER, "test", numbers(survey, BODIES[1]))
        assert bodies(find_remarks(read_remarks(survey), wanted)) == expected

    def test_one_of_ten_thousand_remarks_is_found(self, any_app):
        survey = sealed_with("一")
        item = Remark.get().item
        rows = [
            (survey.id, i.to_bytes(16, "big"), i % 3, item, f"{i} 食堂排队太久，希望多开几个窗口。" * 3)
            for i in range(10_000)
        ]
        insert_many("remark", "survey_id, number, unit, item, body", rows)
        assert len(find_remarks(read_remarks(survey), Wanted(words="9999 窗口"))) == 1


class TestTreating:
    def test_a_tag_is_put_on_once_and_taken_off(self, any_app):
        survey = sealed_with(*BODIES)
        both = numbers(survey, BODIES[0], BODIES[1])
        assert treatment.tag_remarks(TESTER, "test", both, " 食堂 ") == 2
        assert treatment.tag_remarks(TESTER, "test", both, "食堂") == 0
        assert read_remarks(survey).tags == ["食堂"]
        assert treatment.tag_remarks(TESTER, "test", both[:1], "食堂", remove=True) == 1
        assert [read(survey)[body].tags for body in BODIES[:2]] == [(), ("食堂",)]

    @pytest.mark.parametrize("tag", ["", "  ", "长" * 31])
    def test_a_tag_that_is_none_is_refused(self, app, tag):
        survey = sealed_with(*BODIES)
        with pytest.raises(InputError, match="1 to 30"):
            treatment.tag_remarks(TESTER, "test", numbers(survey), tag)

    def test_what_was_written_never_changes(self, any_app):
        survey = sealed_with(*BODIES)
        before = list(Remark.select().order_by(Remark.number).tuples())
        treatment.mask_remark(TESTER, "test", numbers(survey, BODIES[3])[0], ["张伟老师"])
        treatment.merge_remarks(TESTER, "test", numbers(survey, *BODIES[:2]))
        treatment.publish_remarks(TESTER, "test", numbers(survey, BODIES[3]))
        assert list(Remark.select().order_by(Remark.number).tuples()) == before
        assert verify("test").unchanged

    def test_one_remark_stands_for_those_merged_into_it_and_is_published_with_their_number(self, any_app):
        survey = sealed_with(*BODIES)
        first, second, third = numbers(survey, *BODIES[:3])
        assert treatment.merge_remarks(TESTER, "test", [first, second], first) == first
        treatment.publish_remarks(TESTER, "test", [first])
        assert treatment.merge_remarks(TESTER, "test", [first, third]) == first
        assert published_remarks(survey.id)[0].items[0].remarks == [PublicRemark(BODIES[0], 2)]
        assert read(survey)[BODIES[2]].state is RemarkState.MERGED
        assert treatment.split_remarks(TESTER, "test", [third]) == 1
        assert published_remarks(survey.id)[0].items[0].remarks == [PublicRemark(BODIES[0], 1)]
        assert treatment.split_remarks(TESTER, "test", [first]) == 1
        assert {remark.state for remark in read(survey).values()} == {RemarkState.OPEN, RemarkState.PUBLISHED}

    def test_what_was_merged_into_one_goes_with_it(self, app):
        survey = sealed_with(*BODIES)
        first, second, third = numbers(survey, *BODIES[:3])
        treatment.merge_remarks(TESTER, "test", [first, second], first)
        treatment.merge_remarks(TESTER, "test", [first, third], third)
        assert read(survey)[BODIES[2]].stands_for == 2

    def test_only_remarks_about_the_same_unit_and_question_are_merged(self, app):
        survey = sealed_with(*BODIES)
        item = Remark.get().item
        Remark.create(survey_id=survey.id, number=b"1" * 16, unit=1, item=item, body="别的")
        with pytest.raises(InputError, match="same unit"):
            treatment.merge_remarks(TESTER, "test", [b"1" * 16, *numbers(survey, BODIES[0])])

    def test_abusive_and_merged_remarks_are_not_published(self, app):
        survey = sealed_with(*BODIES)
        first, second, third = numbers(survey, *BODIES[:3])
        treatment.mark_abusive(TESTER, "test", [first])
        treatment.merge_remarks(TESTER, "test", [second, third], second)
        for number, match in ((first, "Abusive"), (third, "stands for")):
            with pytest.raises(InputError, match=match):
                treatment.publish_remarks(TESTER, "test", [number])
        with pytest.raises(InputError, match="taken apart"):
            treatment.mark_abusive(TESTER, "test", [second])
        assert published_remarks(survey.id) == []

    def test_what_is_published_is_not_marked_as_abusive_before_it_is_withdrawn(self, app):
        survey = sealed_with(*BODIES)
        first = numbers(survey, BODIES[0])
        treatment.publish_remarks(TESTER, "test", first)
        with pytest.raises(InputError, match="Withdraw"):
            treatment.mark_abusive(TESTER, "test", first)
        assert treatment.withdraw_remarks(TESTER, "test", first) == 1
        assert treatment.mark_abusive(TESTER, "test", first) == 1

    def test_a_remark_that_may_hold_a_name_is_published_only_masked_or_checked(self, app):
        survey = sealed_with(*BODIES)
        named = numbers(survey, BODIES[3])
        done = treatment.publish_remarks(TESTER, "test", numbers(survey))
        assert (done.published, done.with_names) == (3, named)
        assert treatment.mask_remark(TESTER, "test", named[0], ["张伟老师"]) == "某某老师很负责"
        assert treatment.publish_remarks(TESTER, "test", named, names_checked=True).published == 1
        texts = {one.body for about in published_remarks(survey.id) for item in about.items for one in item.remarks}
        assert texts == {*BODIES[:3], "某某老师很负责"}

    def test_masking_what_is_published_changes_it_at_once(self, app):
        survey = sealed_with(*BODIES)
        named = numbers(survey, BODIES[3])
        treatment.publish_remarks(TESTER, "test", named, names_checked=True)
        treatment.mask_remark(TESTER, "test", named[0], ["张伟"])
        assert PublishedRemark.get().body == "某某老师很负责"

    def test_a_word_that_is_not_there_is_not_masked(self, app):
        survey = sealed_with(*BODIES)
        with pytest.raises(InputError, match=r"李四.* is not in"):
            treatment.mask_remark(TESTER, "test", numbers(survey, BODIES[3])[0], ["李四"])

    def test_the_audit_trail_names_each_step_and_no_text(self, any_app):
        survey = sealed_with(*BODIES)
        number = numbers(survey, BODIES[3])
        treatment.tag_remarks(TESTER, "test", number, "教学")
        treatment.mask_remark(TESTER, "test", number[0], ["张伟"])
        treatment.publish_remarks(TESTER, "test", number, names_checked=True)
        treatment.withdraw_remarks(TESTER, "test", number)
        entries = [(entry.action, entry.about) for entry in AuditEntry.select().order_by(AuditEntry.id)][-4:]
        name = number[0].hex()[:8]
        assert entries == [
            (Action.TAG_REMARKS, f"test: 教学: {name}"), (Action.MASK_REMARK, f"test: {name}"),
            (Action.PUBLISH_REMARKS, f"test: {name}"), (Action.WITHDRAW_REMARKS, f"test: {name}"),
        ]  # fmt: skip


class TestRetention:
    def test_what_was_written_goes_and_what_was_published_stays(self, any_app):
        survey = sealed_with(*BODIES)
        first, second, third, named = numbers(survey, *BODIES)
        treatment.mask_remark(TESTER, "test", named, ["张伟"])
        treatment.tag_remarks(TESTER, "test", [named, first], "教学")
        treatment.merge_remarks(TESTER, "test", [second, third], second)
        treatment.publish_remarks(TESTER, "test", [second, named], names_checked=True)
        treatment.refuse_group(TESTER, "test", [first, second])
        assert erase_due_remarks(TESTER, 30, time.time() + 29 * 86_400) == 0
        assert erase_due_remarks(TESTER, 30, time.time() + 31 * 86_400) == 4
        assert [table.select().count() for table in (Remark, RemarkTreatment, RefusedGroup, RemarkTag)] == [0, 0, 0, 1]
        left = {remark.body: remark for remark in read_remarks(survey).remarks}
        assert {body: one.stands_for for body, one in left.items()} == {BODIES[1]: 1, "某某老师很负责": 0}
        assert left["某某老师很负责"].tags == ("教学",)
        assert AuditEntry.select().order_by(AuditEntry.id.desc()).get().action == Action.ERASE_REMARKS
        assert verify("test").unchanged
