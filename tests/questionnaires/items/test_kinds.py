"""What every kind of item brings along, and what the kinds share."""

from pathlib import Path

import pytest

from surveys.questionnaires.items import KINDS
from surveys.questionnaires.items.base import Option
from surveys.questionnaires.items.choice import ChoiceItem
from surveys.questionnaires.items.multi_choice import MultiChoiceItem
from tests.questionnaires.items.asking import typing_page

ROOT = Path(__file__).resolve().parents[3]
OPTIONS = (Option("a", {"zh": "甲"}), Option("b", {"zh": "乙"}), Option("c", {"zh": "丙"}))


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
class TestEveryKind:
    """Its templates, its script and its name in the docs."""

    def test_it_has_a_template_for_the_page_and_one_for_the_printed_ballot(self, kind):
        for folder in ("respond", "staff/paper"):
            assert (ROOT / "templates" / folder / "items" / f"{kind.type}.html").is_file(), folder

    def test_its_script_is_there(self, kind):
        assert not kind.script or (ROOT / "static/js" / kind.script).is_file()

    def test_it_is_in_the_docs(self, kind):
        line = next(
            line for line in (ROOT / "docs/survey-file.md").read_text("utf-8").splitlines() if "item `type`" in line
        )
        assert f"`{kind.type}`" in line


@pytest.mark.parametrize("kind", [ChoiceItem, MultiChoiceItem])
def test_a_follow_up_is_shown_by_the_fields_of_the_answers_it_names(kind):
    item = kind(code="one", text={"zh": "题"}, options=OPTIONS)
    assert item.fields_given(frozenset({"a", "c"}), "7") == [("7", "1"), ("7", "3")]


def test_the_typing_page_says_what_must_be_known(staff):
    years = {"code": "years", "type": "number", "text": "年数", "low": 1, "high": 50}
    options = [{"code": "a", "text": "甲"}, {"code": "b", "text": "乙"}]
    who = {"code": "who", "type": "multi", "text": "身份", "options": options}
    page = typing_page(staff("publisher"), years, who, {**who, "code": "one", "type": "choice"})
    assert page.count('class="hint">') == 3  # the one above all
    assert "A whole number from 1 to 50" in page
    assert "such as 1\N{NO-BREAK SPACE}3" in page
