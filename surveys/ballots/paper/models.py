"""The table of stacks of paper ballots on their way in."""

from __future__ import annotations

import json
from typing import Any

import peewee

from surveys.ballots.paper.keypad import Typed
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.storage.database import Model


class PaperStack(Model):
    """A stack of paper ballots of one form. `first`, `second` and `settled` are emptied when it is accepted.

    `first` and `second` hold what each clerk typed, ballot by ballot; `settled` what was decided where they differ, by
    "ballot/slot". `differences` are the answers in which they differed.
    """

    survey_id: SurveyId = peewee.IntegerField()  # type: ignore[assignment]
    number = peewee.IntegerField()
    group: GroupIndex = peewee.SmallIntegerField(column_name="group_no")  # type: ignore[assignment]
    own_unit: UnitIndex | None = peewee.SmallIntegerField(null=True)  # type: ignore[assignment]
    form = peewee.CharField(max_length=8)
    papers = peewee.IntegerField()
    stage = peewee.CharField(max_length=10, default="first")
    first_clerk = peewee.CharField(max_length=60, default="")
    second_clerk = peewee.CharField(max_length=60, default="")
    first = peewee.TextField(default="[]")
    second = peewee.TextField(default="[]")
    settled = peewee.TextField(default="{}")
    differences = peewee.IntegerField(default=0)

    class Meta:
        table_name = "paper_stack"
        primary_key = peewee.CompositeKey("survey_id", "number")

    @property
    def first_typed(self) -> list[Typed]:
        """What the first clerk typed so far."""
        return json.loads(self.first)

    @property
    def second_typed(self) -> list[Typed]:
        """What the second clerk typed so far."""
        return json.loads(self.second)

    @property
    def decisions(self) -> dict[str, str]:
        """What was decided where they differ."""
        return json.loads(self.settled)

    def remove(self) -> None:
        """Delete the row."""
        PaperStack.delete().where(PaperStack.survey_id == self.survey_id, PaperStack.number == self.number).execute()

    def store(self, **values: Any) -> None:
        """Write some columns; lists and tables as JSON."""
        row = {name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
               for name, value in values.items()}  # fmt: skip
        for name, value in row.items():
            setattr(self, name, value)
        PaperStack.update(row).where(PaperStack.survey_id == self.survey_id, PaperStack.number == self.number).execute()
