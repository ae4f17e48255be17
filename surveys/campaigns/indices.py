"""Types of numbers that stand side by side and must not be exchanged. At run time they are plain integers."""

from __future__ import annotations

from typing import NewType

SurveyId = NewType("SurveyId", int)
"""The id of a survey's row."""

GroupIndex = NewType("GroupIndex", int)
"""A position in a plan's groups."""

UnitIndex = NewType("UnitIndex", int)
"""A position in a plan's units."""
