"""Names that a template misspells."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Undefined


class StrictName(Undefined):
    """A name or attribute that does not exist is a fault, where Jinja would leave an empty place on the page.

    What Jinja gives a hint for is meant: the missing "else" of an inline "if", and a macro that was called without a
    block.
    """

    def __str__(self) -> str:
        self._refuse()
        return ""

    def __bool__(self) -> bool:
        self._refuse()
        return False

    def __iter__(self) -> Iterator[object]:
        self._refuse()
        return iter(())

    def __len__(self) -> int:
        self._refuse()
        return 0

    def __eq__(self, other: object) -> bool:
        self._refuse()
        return type(self) is type(other)

    def __hash__(self) -> int:
        return id(type(self))

    def _refuse(self) -> None:
        if self._undefined_hint is None:
            self._fail_with_undefined_error()
