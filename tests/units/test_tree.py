"""The list of units: searched by name and code, filtered, and folded so that it stays short."""

import re

import pytest

from surveys.units.importing import UnitRow
from surveys.units.models import all_units
from surveys.units.tree import MOST_LINES, find_units
from tests.acting import store_units

SMALL = [
    UnitRow("P", "院党委", "Committee", "committee", ""),
    UnitRow("Z1", "机电系党总支", "Mechanics", "general_branch", "P"),
    UnitRow("B1", "机电系教师党支部", "", "branch", "Z1"),
    UnitRow("Z2", "信息系党总支", "Information", "general_branch", "P"),
    UnitRow("B2", "信息系教师党支部", "", "branch", "Z2"),
    UnitRow("G", "工会", "Union", "union", ""),
]


def lines(parts, *, shown=False):
    """The codes, those that were found with a star; `shown` leaves out what is folded."""
    found = []

    def walk(nodes):
        for node in nodes:
            found.append(node.unit.code + ("*" if node.found else ""))
            if node.open or not shown:
                walk(node.below)

    for part in parts:
        if part.kind is None or not shown:
            walk(part.nodes)
    return found


@pytest.fixture
def small(app):
    store_units(SMALL)
    return all_units()


def test_without_a_search_all_are_there_in_their_order(small):
    assert lines(find_units(small), shown=True) == ["G*", "P*", "Z1*", "B1*", "Z2*", "B2*"]


@pytest.mark.parametrize("text", ["信息系教师", "b2", "Ｂ２"])
def test_what_is_searched_by_name_or_code_stands_below_its_units(small, text):
    assert lines(find_units(small, text)) == ["P", "Z2", "B2*"]


def test_english_names_are_searched(small):
    assert lines(find_units(small, "mechanics")) == ["P", "Z1*"]


def test_by_kind_and_by_the_unit_above(small):
    assert lines(find_units(small, kind="union")) == ["G*"]
    assert lines(find_units(small, parent="Z1")) == ["P", "Z1", "B1*"]
    assert lines(find_units(small, kind="branch", parent="P")) == ["P", "Z1", "B1*", "Z2", "B2*"]
    assert find_units(small, "nothing") == []


def test_each_says_how_many_below_it_were_found(small):
    (part,) = find_units(small, kind="branch")
    assert (part.count, part.nodes[0].count, [node.count for node in part.nodes[0].below]) == (2, 2, [1, 1])


def many(shape):
    """300 units: in a tree of three levels, all below one, or all at the top."""
    if shape == "tree":
        yield UnitRow("P", "院党委", "", "committee", "")
        for i in range(30):
            yield UnitRow(f"Z{i}", f"第{i}党总支", "", "general_branch", "P")
            yield from (UnitRow(f"B{i}-{j}", f"第{i}-{j}党支部", "", "branch", f"Z{i}") for j in range(9))
    else:
        yield UnitRow("P", "院党委", "", "committee", "")
        above = "P" if shape == "one" else ""
        yield from (UnitRow(f"B{i}", f"第{i}党支部", "", "branch", above) for i in range(299))


@pytest.mark.parametrize("shape", ["tree", "one", "flat"])
@pytest.mark.parametrize("search", [{}, {"kind": "branch"}, {"text": "党支部"}])
def test_of_300_units_few_lines_are_shown_before_something_is_opened(app, shape, search):
    store_units(list(many(shape)))
    parts = find_units(all_units(), **search)
    assert 0 < len(lines(parts, shown=True)) + sum(part.kind is not None for part in parts) <= MOST_LINES
    found = [line for line in lines(parts) if line.endswith("*")]
    assert len(found) >= 270
    assert sum(part.count for part in parts) == len(found)


def test_the_page_searches_and_says_how_many(small, staff):
    office = staff("publisher")
    page = office.get("/staff/units/?q=%E4%BF%A1%E6%81%AF&lang=en").text
    assert "2 of 6 units" in page
    assert "机电系教师党支部" not in page
    assert "6 units" in office.get("/staff/units/?lang=en").text
    assert "No unit matches" in office.get("/staff/units/?q=%3Cb%3E&lang=en").text
    assert re.search(r'<option value="branch" selected>', office.get("/staff/units/?kind=branch").text)
