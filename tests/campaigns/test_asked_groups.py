"""Items that only some groups see."""

import pytest

from surveys.ballots.answers import describe_answer, read_answers
from surveys.ballots.blocks import blocks
from surveys.ballots.importing import read_paper_ballots
from surveys.ballots.paper.keypad import typed_slots
from surveys.ballots.paper.sheets import printed_sheet
from surveys.campaigns.plan_file import read_plan
from surveys.inputs.problems import InputError
from tests.helpers import hand_out, one_code, published, survey_file, units

YES_NO = [{"code": "y", "text": "是"}, {"code": "n", "text": "否"}]
STUDENTS, STAFF = 0, 1


def rating(**more):
    return {"code": "rate", "type": "rating", "scale": "quality4", "text": "评分", **more}


def ask(code, **more):
    return {"code": code, "type": "choice", "text": f"问题 {code}", "options": YES_NO, **more}


def file_of(*once, each=(), **more):
    sections = [{"per": "unit", "items": list(each)}] if each else []
    return survey_file(
        units=units(2),
        questionnaire={"key": "q", "title": "问卷", "sections": [*sections, {"items": list(once)}]},
        **more,
    )


def refused(*once, **more):
    with pytest.raises(InputError) as error:
        read_plan(file_of(*once, **more))
    return [problem.text() for problem in error.value.problems]


BOTH = ask("both", required=True)
DORM = ask("dorm", groups=["Students"], required=True)
AFTER = ask("after", when={"item": "*", "in": ["y"]})


class TestReading:
    def test_a_group_that_the_survey_does_not_have_is_named_with_the_item(self):
        assert refused(BOTH, ask("dorm", groups=["pupils", "staff"])) == [
            "The item dorm is for groups that this survey does not have: pupils. Its groups are: 学生, 教职工."
        ]

    @pytest.mark.parametrize("name", ["students", "STUDENTS", "学生", "Students"])
    def test_a_group_is_named_by_its_code_or_name(self, name):
        plan = read_plan(file_of(BOTH, ask("dorm", groups=[name])))
        assert plan.questionnaire.items[1].groups == ("students",)

    def test_a_group_sees_something(self):
        assert refused(DORM) == ["The group 教职工 sees no item of the questionnaire."]
        assert refused(DORM, {"code": "n", "type": "note", "text": "说明"}) == [
            "The group 教职工 sees no item of the questionnaire."
        ]

    def test_a_rating_of_the_units_is_of_every_group_that_rates_units(self):
        assert refused(BOTH, each=[rating(groups=["students"])])[0].endswith("Left out are: staff.")
        read_plan(file_of(BOTH, each=[rating(groups=["students", "staff"])]))

    def test_a_condition_on_what_a_group_does_not_see_is_refused(self):
        assert refused(DORM, BOTH, ask("why", when={"item": "dorm", "in": ["y"]})) == [
            "The item why is asked only after answers to items that these groups do not see: staff."
        ]
        read_plan(file_of(DORM, BOTH, AFTER))

    @pytest.mark.parametrize("groups", [[], ["students", "STUDENTS"], "students", [3], ["a b"]])
    def test_groups_are_different_codes(self, groups):
        assert refused(BOTH, ask("dorm", groups=groups))


PLAN = read_plan(file_of(DORM, BOTH, AFTER, each=[rating(), ask("why", groups=["staff"])]))


class TestABallot:
    def words(self, group, fields, units=(0,)):
        answers = read_answers(PLAN, group, units, fields)
        found = {PLAN.slot_name(slot): describe_answer(slot, answers.row) for slot in PLAN.slots}
        return found, [PLAN.slot_name(PLAN.slots[index]) for index, _ in answers.problems]

    def fields(self, **given):
        names = {PLAN.slot_name(slot).replace("/", "__"): slot.name for slot in PLAN.slots}
        return {names[name]: [value] for name, value in given.items()}

    def test_what_a_group_does_not_see_is_not_asked_which_is_not_blank(self):
        found, problems = self.words(STAFF, self.fields(B01__rate="1", both="2"))
        assert (found["dorm"], found["B01/why"], problems) == ("", "-", [])

    def test_what_is_sent_for_it_all_the_same_is_not_taken_and_shows_nothing(self):
        found, problems = self.words(STAFF, self.fields(B01__rate="1", dorm="1", both="2", after="1"))
        assert (found["dorm"], found["after"], problems) == ("", "-", [])

    def test_it_is_required_of_those_who_see_it(self):
        assert self.words(STUDENTS, self.fields(B01__rate="1", both="1"))[1] == ["dorm"]

    def test_all_ballots_have_one_length(self):
        assert {len(read_answers(PLAN, group, (0, 1), {}).packed) for group in PLAN.group_indices} == {PLAN.width}

    def test_it_is_on_no_page_no_printed_ballot_and_no_typing_form(self):
        for group, unseen in ((STUDENTS, "why"), (STAFF, "dorm")):
            asked = {slot.item.code for block in blocks(PLAN, group, (0, 1)) for slot in block.slots}
            sheet = printed_sheet(PLAN, group, "A", None, "zh", str)
            printed = {item.code for part in sheet.parts for item in part.section.items}
            typed = {one.slot.item.code for one in typed_slots(PLAN, group, (0, 1))}
            assert asked == printed == typed
            assert unseen not in asked

    def test_a_table_with_an_answer_to_it_is_refused(self):
        with pytest.raises(InputError, match="not asked this question"):
            read_paper_ballots(PLAN, "a.csv", b"group,dorm\nstudents,1\nstaff,1\n")
        assert len(read_paper_ballots(PLAN, "a.csv", b"group,dorm\nstudents,1\nstaff,\n").ballots) == 2

    def test_the_minutes_are_those_of_the_group(self):
        many = [ask(f"q{n}", groups=["staff"]) for n in range(30)]
        plan = read_plan(file_of(BOTH, *many))
        assert [plan.minutes(group) for group in plan.groups] == [1, 3]


def test_the_page_of_a_group_leaves_it_out(app, client):
    survey = published(**file_of(DORM, ask("club", groups=["staff"])))
    page = hand_out(client, "test", one_code(app, survey)).text
    assert "问题 dorm" in page
    assert "问题 club" not in page
