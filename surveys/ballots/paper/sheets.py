"""What a printed ballot shows, for the page and for a file."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from surveys.ballots.blocks import Block, blocks
from surveys.ballots.paper.printed import PrintedForm, printed_forms
from surveys.ballots.quota_words import quota_sentences
from surveys.campaigns.indices import GroupIndex, UnitIndex
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.inputs.translations import Gettext
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.questionnaire import Section


@dataclass(frozen=True)
class SheetPart:
    """A section of a printed ballot with its blocks: a list of units, or cards."""

    section: Section
    blocks: tuple[Block, ...]

    @property
    def rating_tables(self) -> list[list[RatingItem]]:
        """The ratings of the section, those that follow each other on one scale together: each scale has its own headings."""
        ratings = [item for item in self.section.items if isinstance(item, RatingItem)]
        return [list(items) for _, items in groupby(ratings, lambda item: item.scale)]


@dataclass(frozen=True)
class Sheet:
    """A printed ballot of a group and form; `own_unit` is the holders' own unit, or None."""

    group: Group
    form: PrintedForm
    own_unit: UnitIndex | None
    parts: tuple[SheetPart, ...]
    quotas: tuple[str, ...]


def printed_sheet(
    plan: SurveyPlan, group: GroupIndex, label: str, own_unit: UnitIndex | None, language: str, gettext: Gettext
) -> Sheet | None:
    """The printed ballot of a form; None where there is no such form. Raises InputError without an own unit."""
    form = next((form for form in printed_forms(plan, group, own_unit) if form.label == label), None)
    if form is None:
        return None
    all_blocks = blocks(plan, group, form.units)
    parts = []
    for number, section in enumerate(plan.sections_of(group)):
        of_section = tuple(block for block in all_blocks if block.section == number)
        if of_section:
            parts.append(SheetPart(section, of_section))
    quotas = tuple(quota_sentences(plan, form.units, language, gettext))
    return Sheet(plan.groups[group], form, own_unit, tuple(parts), quotas)
