"""The options of choices and rankings, and the last one of a choice, "other", with a text of one's own.

That text is a remark: it is stored apart, as all remarks are, and only that "other" was chosen is in the ballot.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import clean
from surveys.inputs.values import as_code, as_flag, as_list, as_table, check_names, read_text
from surveys.questionnaires.items.base import ROOM, Fields, Item, Option, Reading
from surveys.questionnaires.scales import check_words

OTHER = Option("other", {"zh": "其他", "en": "Other"})
OTHER_LIMIT = 100
"""The longest text beside "other", in characters."""


def _read_option(data: object, where: str) -> Option:
    row, faults = as_table(data, where), Faults()
    faults.take(lambda: check_names(row, ("code", "text"), where))
    code = faults.take(lambda: as_code(row.get("code"), f"{where}.code"))
    text = faults.take(lambda: read_text(row.get("text"), where, limit=100))
    faults.check()
    return Option(code, text)


def read_options(data: object, limit: int, where: str, *, least: int = 1) -> tuple[Option, ...]:
    """`least` to `limit` options with different codes and texts from plain data. Raises InputError with all faults."""
    faults = Faults()
    options = faults.each(as_list(data, where), lambda entry, number: _read_option(entry, f"{where}[{number}]"))
    faults.check()
    check_words([option.text for option in options], where)
    if not least <= len(options) <= limit or len({fold(o.code) for o in options}) != len(options):
        raise InputError(
            Problem("There must be %(least)s to %(limit)s options with different codes.", where,
                    least=least, limit=limit)
        )  # fmt: skip
    return tuple(options)


def read_other(row: Mapping[str, Any], options: tuple[Option, ...], limit: int, where: str) -> tuple[Option, ...]:
    """The options with "other" as the last one, where the definition wants it. Raises InputError."""
    if not as_flag(row.get("other", False), f"{where}.other"):
        return options
    if any(fold(option.code) == OTHER.code for option in options):
        raise InputError(
            Problem(
                "With other = true no option of your own has the code %(code)s.", f"{where}.options", code=OTHER.code
            )
        )
    if len(options) >= limit:
        raise InputError(
            Problem("With other = true there are at most %(limit)s options of your own.", f"{where}.options",
                    limit=limit - 1)
        )  # fmt: skip
    check_words([*(option.text for option in options), OTHER.text], f"{where}.options")
    return (*options, OTHER)


def chosen_positions(values: list[str], options: int) -> tuple[list[int], Problem | None]:
    """The positions that a form's values name, and the problem where one is none of them."""
    chosen, problem = [], None
    for value in values:
        if value.isascii() and value.isdigit() and len(value) < 4 and 1 <= int(value) <= options:
            chosen.append(int(value))
        elif value:
            problem = Problem("This is not one of the answers.")
    return chosen, problem


@dataclass(frozen=True, kw_only=True)
class ItemWithOther(Item):
    """A question with options of which the last can be "other", with a text in a field of its own."""

    options: tuple[Option, ...] = ()
    other: bool = False

    @property
    def answer_codes(self) -> tuple[str, ...]:
        return tuple(option.code for option in self.options)

    def text_field(self, name: str) -> str:
        return f"{name}.other" if self.other else ""

    def text_typed(self, fields: Fields, name: str) -> tuple[str, Problem | None]:
        """What was typed beside "other", and what is wrong with it."""
        given = fields.get(self.text_field(name), []) if self.other else []
        if len(set(given)) > 1:
            return "", Problem("More answers were sent than this question takes.")
        typed = given[0] if given else ""
        text = typed if len(typed) > ROOM * OTHER_LIMIT else clean(typed)
        if len(text) > OTHER_LIMIT:
            return "", Problem("The text is longer than %(limit)s characters.", limit=OTHER_LIMIT)
        return text, None

    def with_text(self, reading: Reading, text: str, problem: Problem | None) -> Reading:
        """A reading with the text beside "other"."""
        return replace(reading, remark=text, problem=reading.problem or problem)
