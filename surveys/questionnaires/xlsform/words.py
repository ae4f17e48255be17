"""Names, texts and remarks of an XLSForm that is being read."""

from __future__ import annotations

import json
import re
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import Faults, Problem
from surveys.inputs.values import CODE
from surveys.questionnaires.xlsform.workbook import Form, Row, known_language, languages_of


class FormWords:
    """The faults and remarks of a form, and its texts in the languages that are taken."""

    def __init__(self, form: Form) -> None:
        self.form, self.faults = form, Faults()
        self.remarks: list[Problem] = []
        self.languages = self._languages()

    def _languages(self) -> dict[str, str]:
        """The languages of the form, as it calls them, that are taken: with what they are here."""
        found = languages_of([*self.form.survey, *self.form.choices, self.form.settings])
        taken = {language: known for language in found if language and (known := known_language(language))}
        left = sorted(language for language in found if language and language not in taken)
        if not taken and left:  # texts of another language are better than none, if there is but that one
            default = self.form.settings.get("language").casefold()
            chosen = next((language for language in left if default and language.startswith(default)), left[0])
            taken[chosen] = "en"
            left.remove(chosen)
        if left:
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
        except ValueError:
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

    def text(self, row: Row, column: str) -> dict[str, str]:
        """A text in the languages that are taken. Where a form names no language, Chinese signs tell it."""
        texts = row.texts.get(column, {})
        found = {known: texts[language] for language, known in self.languages.items() if language in texts}
        plain = texts.get("")
        if plain:
            found.setdefault("zh" if re.search("[\u3400-\u9fff]", plain) else "en", plain)
        return found
