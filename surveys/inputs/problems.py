"""What is wrong with an input and where, as data that pages and commands put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeVar, cast

from surveys.inputs.text import pick

T = TypeVar("T")
E = TypeVar("E")


class InputError(ValueError):
    """Input that cannot be taken, with a problem for each place; `remarks` say how it was read, such as which sheet."""

    def __init__(self, problems: list[Problem] | Problem, remarks: Iterable[Problem] = ()) -> None:
        self.problems = problems if isinstance(problems, list) else [problems]
        self.remarks = tuple(remarks)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class Faults:
    """Collects the faults of several values, so that all of them are named at once.

    Read each value with `take`, then `check`: until then a value that could not be read is None.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def take(self, read: Callable[[], T]) -> T:
        """What `read` returns; where it raises InputError, its problems are kept, and this returns None."""
        try:
            return read()
        except InputError as error:
            self.problems += error.problems
            return cast(T, None)

    def each(self, entries: Iterable[E], read: Callable[[E, int], T]) -> list[T]:
        """What `read` returns of each entry and its number, which begins with 1."""
        return [self.take(partial(read, entry, number)) for number, entry in enumerate(entries, 1)]

    def note(self, message: str, where: str, **values: Any) -> None:
        """Keep a problem."""
        self.problems.append(Problem(message, where, **values))

    def check(self) -> None:
        """Raise InputError if there is a problem."""
        if self.problems:
            raise InputError(self.problems)


class Problem:
    """What is wrong (a message id of the catalogues with its values) and where (row and column, or a name).

    A value that is a tuple is a list of message ids: words that have a name in each language. One that is a mapping is
    a text by language.
    """

    def __init__(self, message: str, where: str = "", row: int | None = None, **values: Any) -> None:
        self.message, self.where, self.row, self.values = message, where, row, values

    def at(self, where: str, row: int | None) -> Problem:
        """The same problem at another place."""
        return Problem(self.message, where, row, **self.values)

    def text(self) -> str:
        """The sentence without the place, in English."""
        return (
            self.message % {name: _in_english(value) for name, value in self.values.items()}
            if self.values
            else (self.message)
        )

    def place(self) -> str:
        """Where, in short: "row 3, column kind"."""
        parts = [f"row {self.row}"] if self.row is not None else []
        return ", ".join(parts + ([self.where] if self.where else []))

    def __str__(self) -> str:
        place = self.place()
        return f"{place}: {self.text()}" if place else self.text()


MAX_PROBLEMS = 100
"""So many faults of one file are named; of the others their number is said."""


def at_most(problems: list[Problem], most: int = MAX_PROBLEMS) -> list[Problem]:
    """The first problems of a file, and how many more there are."""
    more = len(problems) - most
    return [*problems[:most], Problem("%(n)s more faults are not listed.", n=more)] if more > 0 else problems


def _in_english(value: Any) -> Any:
    if isinstance(value, tuple):
        return ", ".join(value)
    return pick(value, "en") if isinstance(value, Mapping) else value


def shortened(names: Iterable[str], most: int) -> str:
    """Names as they stand in a sentence: the first ones, and how many more there are."""
    every = list(names)
    more = len(every) - most
    return ", ".join(every[:most]) + (f", … (+{more})" if more > 0 else "")
