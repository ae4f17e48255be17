"""The units above: found by the names that pages show, and never in a circle."""

import pytest

from surveys.inputs.problems import InputError
from surveys.units.importing import UnitRow, read_units
from tests.acting import store_units

HEAD = "编号,名称,英文名称,类型,上级\n"
STORED = [
    UnitRow("P", "院党委", "", "committee", ""),
    UnitRow("Z1", "机电总支", "Mechanics", "general_branch", "P"),
    UnitRow("Z2", "信息总支", "", "general_branch", "P"),
    UnitRow("B1", "学生支部", "Students", "branch", "Z1"),
    UnitRow("B2", "学生支部", "", "branch", "Z2"),
]


def parents(rows: str) -> list[str]:
    return [row.parent for row in read_units("u.csv", f"{HEAD}{rows}".encode()).rows]


def faults(rows: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read_units("u.csv", f"{HEAD}{rows}".encode())
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("学生支部（机电总支）", "B1"), ("学生支部(信息总支)", "B2"), ("学生支部 （ 机电总支 ）", "B1"), ("学生支部（B2）", "B2"),
        ("Students (Mechanics)", "B1"), ("机电总支（院党委）", "Z1"),
    ],
)  # fmt: skip
def test_the_name_with_the_unit_above_leads_to_a_stored_unit(app, name, code):
    store_units(STORED)
    assert parents(f"C1,小组,,branch,{name}\n") == [code]


def test_it_leads_to_a_unit_of_the_same_file(app):
    rows = (
        "Z1,甲,,general_branch,\nZ2,乙,,general_branch,\nB1,丙,,branch,甲\nB2,丙,,branch,Z2\nC1,丁,,branch,丙（乙）\n"
    )
    assert parents(f"{rows}D1,戊,,branch,丁（丙）\n") == ["", "", "Z1", "Z2", "B2", "C1"]


def test_two_units_of_one_name_under_two_of_one_name_are_refused_with_their_codes(app):
    rows = "Z1,甲,,branch,\nZ2,甲,,branch,\nB1,丙,,branch,Z1\nB2,丙,,branch,Z2\nC1,丁,,branch,丙（甲）\n"
    assert faults(rows) == ["row 6, 上级: “丙(甲)” may be B1, B2. Give the code."]


def test_every_row_of_a_circle_is_named(app):
    assert faults("A,甲,,branch,C\nB,乙,,branch,A\nC,丙,,branch,B\nD,丁,,branch,A\n") == [
        "row 2, 上级: The unit A would be below itself: A → C → B → A.",
        "row 3, 上级: The unit B would be below itself: A → C → B → A.",
        "row 4, 上级: The unit C would be below itself: A → C → B → A.",
    ]


def test_a_circle_through_stored_units_names_the_row_that_closes_it(app):
    store_units(STORED)
    assert faults("P,院党委,,committee,B1\n") == ["row 2, 上级: The unit P would be below itself: P → B1 → Z1 → P."]


def test_a_circle_does_not_hide_other_faults(app):
    assert [one.split(":")[0] for one in faults("A,甲,,branch,B\nB,,,branch,A\nC,丙,,none,\n")] == [
        "row 2, 上级", "row 3, 名称", "row 3, 上级", "row 4, 类型"
    ]  # fmt: skip
