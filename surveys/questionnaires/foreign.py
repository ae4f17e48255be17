"""Reading a questionnaire from whatever file describes one: JSON, TOML, an XLSForm, or text as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from surveys.inputs.csv_reading import decode
from surveys.inputs.problems import Problem
from surveys.inputs.sheets import OLE
from surveys.inputs.values import load_data
from surveys.questionnaires.pasted.reader import read_pasted
from surveys.questionnaires.questionnaire import Questionnaire, read_questionnaire
from surveys.questionnaires.xlsform.reader import read_xlsform

PASTED = "pasted"
"""The key of a text that has none of its own."""


@dataclass(frozen=True)
class ForeignQuestionnaire:
    """A questionnaire with its definition as plain data, and remarks on how it was read."""

    questionnaire: Questionnaire
    definition: dict[str, Any]
    remarks: tuple[Problem, ...] = ()


def read_foreign(name: str, data: bytes, key: str = "") -> ForeignQuestionnaire:
    """Read a file by its content and name; `key` is put in the place of its own. Raises InputError with all faults."""
    definition, remarks = _read(name, data)
    if key and isinstance(definition, dict):
        definition = {**definition, "key": key}
    return ForeignQuestionnaire(read_questionnaire(definition), definition, remarks)


def _read(name: str, data: bytes) -> tuple[Any, tuple[Problem, ...]]:
    if data[:2] == b"PK" or data[:8] == OLE:
        form = read_xlsform(name, data)
        return form.definition, form.remarks
    if name.lower().endswith((".json", ".toml")):
        return load_data(name, data), ()
    stem = re.sub(r"\.[^.]*$", "", name.rsplit("/", 1)[-1])
    text = read_pasted(decode(name, data), re.sub(r"[^A-Za-z0-9_.-]", "", stem).lstrip("_.-")[:40] or PASTED)
    return text.definition, text.remarks
