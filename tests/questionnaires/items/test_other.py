"""The answer "other" with a text: counted as an answer in the ballot, its text stored apart as a remark."""

import pytest

from surveys.ballots.importing import read_paper_ballots
from surveys.ballots.models import Remark
from surveys.ballots.paper.keypad import answers_of, read_typed
from surveys.inputs.problems import InputError
from tests.acting import seal
from tests.helpers import closed, published, vote
from tests.questionnaires.items.asking import (
    answer,
    item_of,
    plan_with,
    questionnaire,
    sealed_with,
    sheet_rows,
    typing_page,
)

OPTIONS = [
    {"code": "bus", "text": {"zh": "公交", "en": "Bus"}},
    {"code": "foot", "text": {"zh": "步行", "en": "On foot"}},
]
WAY = {
    "code": "way",
    "type": "choice",
    "text": {"zh": "怎么来", "en": "How do you come"},
    "options": OPTIONS,
    "other": True,
}
WAYS = {**WAY, "code": "ways", "type": "multi"}
BOTH = pytest.mark.parametrize("definition", [WAY, WAYS], ids=["choice", "multi"])


def result(definition, fields, *, enforce=True):
    """One answer as it is stored, its remarks, and what is wrong with it."""
    answers, [stored] = answer(plan_with(definition), fields, enforce=enforce)
    return stored, [one.body for one in answers.remarks], [str(problem) for _, problem in answers.problems]


@BOTH
class TestBothKinds:
    def test_it_is_the_last_answer(self, definition):
        assert item_of(**definition).answer_codes == ("bus", "foot", "other")

    def test_its_text_is_a_remark_and_not_in_the_ballot(self, definition):
        assert result(definition, {"0": ["3"], "0.other": [" 骑车\n"]}) == ("other", ["骑车"], [])
        plain, with_text = (answer(plan_with(definition), fields)[0].packed for fields in
                            ({"0": ["3"]}, {"0": ["3"], "0.other": ["骑车"]}))  # fmt: skip
        assert plain == with_text

    def test_it_needs_no_text(self, definition):
        assert result({**definition, "required": True}, {"0": ["3"]}) == ("other", [], [])

    def test_who_only_writes_means_other(self, definition):
        assert result({**definition, "required": True}, {"0.other": ["骑车"]}) == ("other", ["骑车"], [])

    @pytest.mark.parametrize("length, said", [(100, 0), (101, 1)])
    def test_its_text_has_100_characters(self, definition, length, said):
        assert len(result(definition, {"0": ["3"], "0.other": ["车" * length]})[2]) == said

    def test_two_texts_are_refused(self, definition):
        assert result(definition, {"0": ["3"], "0.other": ["a", "b"]})[2]

    @pytest.mark.parametrize("code, text", [("other", "别的"), ("Other", "别的"), ("x", "其他"), ("x", "OTHER")])
    def test_an_own_option_cannot_be_the_same(self, definition, code, text):
        with pytest.raises(InputError):
            plan_with({**definition, "options": [*OPTIONS, {"code": code, "text": text}]})

    def test_a_follow_up_can_ask_after_it(self, definition):
        then = {
            "code": "then",
            "type": "number",
            "text": "几分钟",
            "when": {"item": definition["code"], "in": ["other"]},
        }
        plan = plan_with(definition, then)
        assert answer(plan, {"0.other": ["骑车"], "1": ["20"]})[1] == ["other", "20"]
        assert answer(plan, {"0": ["1"], "1": ["20"]})[1] == ["bus", "-"]

    def test_on_paper_it_is_typed_as_the_last_number_with_its_text(self, definition):
        plan = plan_with(definition)
        typed, wrong = read_typed(plan, 0, (), {"0": "3", "0.other": "骑车"})
        found = answers_of(plan, 0, (), typed)
        assert (wrong, plan.slots[0].item.describe(found.packed)) == ([], "other")
        assert [one.body for one in found.remarks] == ["骑车"]

    def test_in_a_table_its_text_has_a_column(self, definition):
        code = definition["code"]
        table = f"group,{code},text:{code}\nstudents,其他,骑车\nstudents,Bus,\nstudents,,走路\n".encode()
        plan = plan_with(definition)
        ballots = [answers for _, answers in read_paper_ballots(plan, "a.csv", table).ballots]
        assert [plan.slots[0].item.describe(one.packed) for one in ballots] == ["other", "bus", "other"]
        assert [[remark.body for remark in one.remarks] for one in ballots] == [["骑车"], [], ["走路"]]


def test_a_text_beside_another_choice_is_refused_and_nothing_is_lost():
    stored, remarks, problems = result(WAY, {"0": ["1"], "0.other": ["骑车"]})
    assert (stored, remarks) == ("bus", ["骑车"])
    assert problems == ["Choose “Other” for what you wrote beside it, or clear the text."]


def test_a_text_beside_several_answers_is_one_more():
    assert result(WAYS, {"0": ["1"], "0.other": ["骑车"]}) == ("bus+other", ["骑车"], [])


def test_it_is_one_of_the_fifteen_options():
    many = [{"code": f"o{n}", "text": f"选项{n}"} for n in range(15)]
    with pytest.raises(InputError, match="at most 14"):
        plan_with({**WAYS, "options": many})
    assert len(item_of(**{**WAYS, "options": many[:14]}).answer_codes) == 15


def test_the_units_have_no_other():
    with pytest.raises(InputError, match="no other answer"):
        plan_with({**WAY, "options": "units"})


def test_it_is_counted_and_its_texts_are_among_the_remarks(app, staff):
    sealed_with([{"0": ["3"], "0.other": ["骑车"]}] * 3 + [{"0": ["1"]}] * 3, WAY)
    browser = staff("committee")
    assert [row[2:5] for row in sheet_rows(browser)] == [["Bus", 3, 6], ["On foot", 0, 6], ["Other", 3, 6]]
    assert [(remark.item, remark.body) for remark in Remark.select()] == [("way", "骑车")] * 3
    page = browser.get("/staff/surveys/test/remarks").text
    assert "How do you come" in page
    assert page.count("骑车") == 3


@pytest.mark.parametrize(("of_staff", "shown"), [(2, 0), (5, 4)])
def test_its_texts_are_withheld_with_the_answers_of_a_small_group(app, staff, of_staff, shown):
    """Three texts, of which the shown figures count two, would say that one of two had chosen it."""
    groups = [{"code": name, "name": name, "weight": 50} for name in ("students", "staff")]
    survey = published(questionnaire=questionnaire(WAY), groups=groups)
    for group, ballots in ((0, 6), (1, of_staff)):
        for number in range(ballots):
            fields = {"0": ["3"], "0.other": ["骑车"]} if number < 2 else {"0": ["1"]}
            vote(survey, extra=fields, group=group)
    closed(survey)
    seal("test")
    page = staff("committee").get("/staff/surveys/test/remarks?lang=en").text
    assert page.count("骑车") == shown
    assert ("These remarks are withheld" in page) == (shown == 0)


def test_the_first_clerk_types_its_text(staff):
    assert 'name="0.other"' in typing_page(staff("publisher"), WAY)
