"""What is wrong with an input and where, as data that pages and commands put into words."""

from __future__ import annotations

from typing import Any


class InputError(ValueError):
    """Input that cannot be taken, with a problem for each place."""

    def __init__(self, problems: list[Problem] | Problem) -> None:
        self.problems = problems if isinstance(problems, list) else [problems]
        super().__init__("; ".join(str(problem) for problem in self.problems))


class Problem:
    """What is wrong (a message id of the catalogues with its values) and where (row and column, or a name)."""

    def __init__(self, message: str, where: str = "", row: int | None = None, **values: Any) -> None:
        self.message, self.where, self.row, self.values = message, where, row, values

    def text(self) -> str:
        """The sentence without the place, in English."""
        return self.message % self.values if self.values else self.message

    def place(self) -> str:
        """Where, in short: "row 3, column kind"."""
        parts = [f"row {self.row}"] if self.row is not None else []
        return ", ".join(parts + ([self.where] if self.where else []))

    def __str__(self) -> str:
        place = self.place()
        return f"{place}: {self.text()}" if place else self.text()
