"""Names, texts and remarks of an XLSForm that is being read."""

from __future__ import annotations

import json
import re
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.values import CODE
from surveys.questionnaires.xlsform.workbook import Form, Row, known_language, languages_of


class FormWords:
    """The faults and remarks of a form, and its texts in the languages that are taken."""

    def __init__(self, form: Form) -> None:
        self.form, self.faults = form, Faults()
        self.remarks: list[Problem] = []
        self.passed_over: dict[tuple[str, str], list[int]] = {}
        """Rows by sheet and column whose texts without a language are left out, for there are some with one."""
        self.languages = self._languages()

    def _languages(self) -> dict[str, str]:
        """The languages of the form, as it calls them, that are taken: with what they are here.

        Raises InputError: there are only others.
        """
        found = sorted(
            language for language in languages_of([*self.form.survey, *self.form.choices, self.form.settings])
        )
        meant = {language: known_language(language) for language in found if language}
        taken: dict[str, str] = {}
        for wanted, known in (("zh", "zh"), ("zh-Hant", "zh"), ("en", "en")):
            for language in meant:
                if meant[language] == wanted and known not in taken.values():
                    taken[language] = known
        left = [language for language in meant if language not in taken]
        if left and not taken and "" not in found:
            names = ", ".join(left)
            raise InputError(Problem("The texts are in %(names)s only. Add a column with Chinese or English ones, such as label::中文 (zh).",
                                     "survey", names=names[:200]))  # fmt: skip
        elif left:
            self.remark("Texts in other languages are left out: %(names)s.", names=", ".join(left))
        return taken

    def remark(self, message: str, row: Row | None = None, **values: object) -> None:
        self.remarks.append(Problem(message, "survey", row.number if row else None, **values))

    def refuse(self, message: str, row: Row, column: str = "type", **values: object) -> None:
        """A row that cannot be represented."""
        self.faults.problems.append(Problem(message, f"survey.{column}", row.number, **values))

    def own(self, row: Row, column: str) -> Any:
        """What this program wrote into a column of its own; None, with a fault, where it was damaged."""
        try:
            return json.loads(row.get(column))
        except (ValueError, RecursionError):
            self.refuse("What stands in the column %(name)s cannot be read.", row, column, name=column)
            return None

    def code(self, name: str, used: dict[str, str]) -> str:
        """A name as a code, another one than those that are used; `used` is by what the form calls them."""
        code = re.sub(r"[^A-Za-z0-9_.-]+", "_", name).strip("_.-")[:36]
        if not CODE.match(code):
            code = f"q{len(used) + 1}"
        taken = {fold(other) for other in used.values()} | {"group"}
        number, first = 2, code
        while fold(code) in taken:
            code, number = f"{first}_{number}", number + 1
        return code

    def text(self, row: Row, column: str, sheet: str = "survey") -> dict[str, str]:
        """A text in the languages that are taken. Where a form names no language, Chinese signs tell it."""
        texts = row.texts.get(column, {})
        found = {known: texts[language] for language, known in self.languages.items() if language in texts}
        plain = texts.get("")
        if plain:
            language = "zh" if re.search("[\u3400-\u9fff]", plain) else "en"
            if found.setdefault(language, plain) != plain:
                rows = self.passed_over.setdefault((sheet, column), [])
                rows += [] if row.number in rows else [row.number]
        return found
