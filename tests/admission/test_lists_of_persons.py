"""Rosters pasted without headings."""

from surveys.admission.roster_file import COLUMNS
from surveys.admission.roster_guessing import PATTERNS
from surveys.inputs.mapped_tables import read_unmapped


def test_of_a_table_without_headings_the_first_person_is_not_lost():
    table = read_unmapped("名单.csv", "2026001,张三,理学院\n2026002,李四,文学院\n".encode(), COLUMNS, PATTERNS)
    assert table.heading is None
    assert len(table.rows) == 2
    assert [remark.message for remark in table.remarks] == [
        "No headings were found, so the first row is read like those below it."
    ]
