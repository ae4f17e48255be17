"""Where the cells of the sheet Evaluation stand, and the formulas that refer to them."""

from __future__ import annotations

from dataclasses import dataclass

from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

from surveys.results.workbook.sheet_writer import SCORE, TOTAL
from surveys.scoring.composite import Column, Criterion, Scheme, Source


@dataclass(frozen=True)
class CellColumns:
    """The columns of a used cell: those of its judges, if there are several, and the one of its points."""

    criterion: Criterion
    source: Source
    judges: tuple[int, ...]
    points: int


@dataclass(frozen=True)
class Layout:
    """The table (maximum points and shares above, units below), and the grades, gates and quotas under it."""

    scheme: Scheme
    cells: tuple[CellColumns, ...]
    head: int
    units: int
    decided: bool
    """Whether there is a column for what the committee decided at quotas."""
    under: int
    """So many rows between the table and the grades."""

    @property
    def maximum_row(self) -> int:
        """Maximum points; under it the shares of the total, then the units."""
        return self.head + 1

    @property
    def first_row(self) -> int:
        """The first unit."""
        return self.head + 3

    @property
    def last_row(self) -> int:
        """The last unit."""
        return self.first_row + self.units - 1

    @property
    def total(self) -> int:
        """Totals; behind it ranks, grades by points, decisions where there are any, and grades."""
        return self.cells[-1].points + 1

    @property
    def grade(self) -> int:
        """The column of final grades, the last one."""
        return self.total + (4 if self.decided else 3)

    @property
    def grades_row(self) -> int:
        """The first grade: number, name, threshold."""
        return self.last_row + self.under

    @property
    def gates_row(self) -> int:
        """The first gate: name, limit, position of the best grade."""
        return self.grades_row + len(self.scheme.grades) + 1

    @property
    def quotas_row(self) -> int:
        """The first quota."""
        return self.gates_row + len(self.scheme.gates) + 1

    def of_grades(self, column: int) -> str:
        """Names (1) or thresholds (2) of the grades."""
        return xl_range_abs(self.grades_row, column, self.grades_row + len(self.scheme.grades) - 1, column)

    def of_units(self, column: int) -> str:
        """A column of all units."""
        return xl_range_abs(self.first_row, column, self.last_row, column)

    def gate(self, number: int, column: int) -> str:
        """The limit (2) or the position of the grade (3) of a gate."""
        return xl_rowcol_to_cell(self.gates_row + number, column, True, True)

    def mean(self, line: int, cell: CellColumns) -> str:
        """The mean of a cell's judges, when all of them are there."""
        span = xl_range(line, cell.judges[0], line, cell.judges[-1])
        drop, plain = cell.source.drop_above, f"AVERAGE({span})"
        if drop is not None and len(cell.judges) > max(2, drop):
            plain = f"(SUM({span})-MAX({span})-MIN({span}))/({len(cell.judges)}-2)"
        return f'=IF(COUNT({span})={len(cell.judges)},ROUND({plain},{SCORE}),"")'

    def total_of(self, line: int) -> str:
        """The total when all points are there, rounded as it is printed: ranks and grades go by that."""
        cells = [xl_rowcol_to_cell(line, cell.points) for cell in self.cells]
        terms = [
            f"{at}/{xl_rowcol_to_cell(self.maximum_row, cell.points, True)}*"
            f"{xl_rowcol_to_cell(self.maximum_row + 1, cell.points, True)}"
            for at, cell in zip(cells, self.cells, strict=True)
        ]
        total = f"ROUND(ROUND({'+'.join(terms)},{TOTAL}),{self.scheme.decimals})"
        return f'=IF(COUNT({",".join(cells)})={len(cells)},{total},"")'

    def rank_of(self, line: int) -> str:
        """The rank by the printed total."""
        total = xl_rowcol_to_cell(line, self.total)
        return f'=IF({total}="","",1+COUNTIF({self.of_units(self.total)},">"&{total}))'

    def grade_of(self, line: int, caps: list[str]) -> str:
        """The name of the grade by the total, no better than the positions that `caps` give."""
        total = xl_rowcol_to_cell(line, self.total)
        position = f'COUNTIF({self.of_grades(2)},">"&{total})+1'
        best = f"MAX({','.join([position, *caps])})" if caps else position
        name = f'IF({best}>{len(self.scheme.grades)},"—",INDEX({self.of_grades(1)},{best}))'
        return f'=IF({total}="","",{name})'

    def found(self, number: int) -> str:
        """How many units have a grade that a quota counts."""
        quota, names = self.scheme.quotas[number], range(len(self.scheme.grades))
        counted = [n for n in names if (n <= quota.grade if quota.kind == "at_most" else n >= quota.grade)]
        column = self.of_units(self.grade)
        cells = [xl_rowcol_to_cell(self.grades_row + n, 1, True, True) for n in counted]
        found = "+".join(f"COUNTIF({column},{cell})" for cell in cells)
        return found if quota.kind == "at_most" else f'{found}+COUNTIF({column},"—")'

    def limit(self, number: int) -> str:
        """How many a quota allows at most, or wants at least, of the units that have a total."""
        quota = self.scheme.quotas[number]
        share = f"ROUND({quota.share!r}*COUNT({self.of_units(self.total)}),9)"
        return f"INT({share})" if quota.kind == "at_most" else f"ROUNDUP({share},0)"


def layout_of(scheme: Scheme, head: int, units: int, *, decided: bool, under: int) -> Layout:
    """Lay a scheme out, in the table whose headings stand in row `head`."""
    cells, column = [], 2
    for criterion, source in scheme.cells:
        judges = tuple(range(column, column + len(source.judges))) if source.kind == "judges" else ()
        column += len(judges)
        cells.append(CellColumns(criterion, source, judges, column))
        column += 1
    return Layout(scheme, tuple(cells), head, units, decided, under)


def open_columns(cell: CellColumns) -> list[tuple[int, Column]]:
    """Where a cell is filled in: the columns of its judges, or its own; none for the survey."""
    if cell.source.kind == "survey":
        return []
    code = cell.criterion.code, cell.source.code
    if cell.source.kind != "judges":
        return [(cell.points, Column(*code))]
    return [(at, Column(*code, judge)) for at, judge in zip(cell.judges, cell.source.judges, strict=True)]
