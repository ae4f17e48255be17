"""Adding one unit, and changing one: what was typed is checked as a row of a table is."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from surveys.inputs.identifiers import fold, identifier
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Table
from surveys.inputs.text import clean
from surveys.storage.unit_of_work import Actor
from surveys.units.changes import save_unit
from surveys.units.guessed_codes import free_codes
from surveys.units.importing import UnitRow, kind_of, units_of_table
from surveys.units.models import Unit

FIELDS = ("code", "name", "name_en", "kind", "parent", "description", "description_en")


def find_unit(code: str) -> Unit | None:
    """The unit with a code, in whatever capitals."""
    return next((unit for unit in Unit.select() if fold(unit.code) == fold(code)), None)


def cells_of(unit: Unit) -> dict[str, str]:
    """A unit as it would stand in a table."""
    parent = unit.parent.code if unit.parent_id else ""
    own = ("code", "name", "name_en", "kind", "description", "description_en")
    return {"parent": parent, **{name: getattr(unit, name) for name in own}}


class UnitConflictError(InputError):
    """Somebody else changed, since it was read, what one wants to change. `stored` is what it is now, as cells."""

    def __init__(self, stored: Mapping[str, str], names: Collection[str]) -> None:
        self.stored = stored
        problem = "Somebody changed this in the meantime to “%(now)s”. Save again to put yours in its place."
        super().__init__([Problem(problem, name, now=stored[name]) for name in names])


def add_unit(actor: Actor, typed: Mapping[str, str]) -> UnitRow:
    """Add a unit; an empty code is made. Raises InputError with all problems, each at its field."""
    cells = _cleaned(typed)

    def read() -> UnitRow:
        taken = {fold(unit.code) for unit in Unit.select()}
        problems = []
        code = cells["code"] or next(free_codes(kind_of(cells["kind"]), taken))
        if fold(code) in taken:
            problems.append(Problem("There is already a unit with the code %(code)s.", "code", code=code))
        return _read({**cells, "code": code}, problems)

    return save_unit(actor, read, new=True)


def change_unit(actor: Actor, code: str, typed: Mapping[str, str], seen: Mapping[str, str] | None = None) -> UnitRow:
    """Change a unit; what is not typed stays. `seen` are its cells as they were read: what is still typed so is no change.

    Raises InputError with all problems, each at its field; UnitConflictError where another one changed the same.
    """
    changes = _cleaned(typed, typed.keys() - {"code"})
    if seen is not None:
        changes = {name: value for name, value in changes.items() if value != seen.get(name)}

    def read() -> UnitRow:
        unit = find_unit(code)
        if unit is None:
            raise InputError(Problem("There is no unit %(code)s.", code=code[:50]))
        now = cells_of(unit)
        lost = [name for name in changes if seen is not None and now[name] not in (seen.get(name), changes[name])]
        if lost:
            raise UnitConflictError(now, lost)
        return _read({**now, **changes}, [])

    return save_unit(actor, read, new=False)


def _cleaned(typed: Mapping[str, str], names: Collection[str] = FIELDS) -> dict[str, str]:
    return {
        name: identifier(typed.get(name, "")) if name in ("code", "parent") else clean(typed.get(name, ""))
        for name in FIELDS if name in names
    }  # fmt: skip


def _read(cells: dict[str, str], problems: list[Problem]) -> UnitRow:
    table = Table({name: name for name in FIELDS}, ((1, cells),))
    try:
        row = units_of_table(table).rows[0]
    except InputError as error:
        problems = [*problems, *(problem.at(problem.where, None) for problem in error.problems)]
    if problems:
        raise InputError(problems)
    return row
