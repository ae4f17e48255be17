"""Which groups see which items of a questionnaire: whether that fits the groups of a survey."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from surveys.campaigns.plan import Group
from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import pick
from surveys.questionnaires.conditions import sources
from surveys.questionnaires.items.base import Item
from surveys.questionnaires.items.rating import RatingItem
from surveys.questionnaires.questionnaire import Questionnaire, Section


def with_group_codes(questionnaire: Questionnaire, groups: Sequence[Group]) -> Questionnaire:
    """The questionnaire whose items name groups of a survey by their codes, where they are written by code or name."""
    codes = {fold(word): group.code for group in groups for word in (*group.text.values(), group.code)}

    def named(item: Item) -> Item:
        return replace(item, groups=tuple(codes.get(fold(word), word) for word in item.groups))

    sections = (replace(section, items=tuple(map(named, section.items))) for section in questionnaire.sections)
    return replace(questionnaire, sections=tuple(sections))


def check_groups(questionnaire: Questionnaire, groups: Sequence[Group]) -> None:
    """Raise InputError with all faults: items name groups that are not there, or leave others with nothing sound to answer."""
    problems: list[Problem] = []
    for at, section in enumerate(questionnaire.sections, 1):
        for number, item in enumerate(section.items, 1):
            where = f"questionnaire.sections[{at}].items[{number}]"
            problems += _unknown(item, groups, f"{where}.groups")
            problems += _part_of_a_score(section, item, groups, f"{where}.groups")
            problems += _never_asked(section, item, section.items[: number - 1], groups, f"{where}.when")
    if not problems:
        problems += _nothing_to_answer(questionnaire, groups)
    if problems:
        raise InputError(problems)


def _unknown(item: Item, groups: Sequence[Group], where: str) -> Iterator[Problem]:
    known = {fold(group.code) for group in groups}
    unknown = [code for code in item.groups if fold(code) not in known]
    if unknown:
        yield Problem("The item %(item)s is for groups that this survey does not have: %(names)s. Its groups are: %(groups)s.",
                      where, item=item.code, names=", ".join(unknown), groups=", ".join(pick(group.text, "zh") for group in groups))  # fmt: skip


def _part_of_a_score(section: Section, item: Item, groups: Sequence[Group], where: str) -> Iterator[Problem]:
    """Were a rating of the units asked of some groups only, scores of groups would mean different things."""
    if not section.each_unit or not isinstance(item, RatingItem):
        return
    left_out = [group.code for group in groups if group.units_on_ballot and not item.seen_by(group.code)]
    if left_out:
        yield Problem("The item %(item)s rates the units, so every group that rates units is asked it, and scores mean one thing. "
                      "Left out are: %(groups)s.", where, item=item.code, groups=", ".join(left_out))  # fmt: skip


def _never_asked(
    section: Section, item: Item, before: Sequence[Item], groups: Sequence[Group], where: str
) -> Iterator[Problem]:
    """Groups that see an item but none of those with an answer that its condition names."""
    if item.when is None:
        return
    looked_at = [other for other in sources(item, before) if not item.when.answers.isdisjoint(other.answer_codes)]
    waiting = [
        group.code
        for group in groups
        if item.seen_by(group.code)
        and (group.units_on_ballot or not section.each_unit)
        and not any(other.seen_by(group.code) for other in looked_at)
    ]
    if waiting and looked_at:
        yield Problem("The item %(item)s is asked only after answers to items that these groups do not see: %(groups)s.",
                      where, item=item.code, groups=", ".join(waiting))  # fmt: skip


def _nothing_to_answer(questionnaire: Questionnaire, groups: Sequence[Group]) -> Iterator[Problem]:
    for number, group in enumerate(groups, 1):
        if not any(
            item.asks and item.seen_by(group.code)
            for section in questionnaire.sections if group.units_on_ballot or not section.each_unit
            for item in section.items
        ):  # fmt: skip
            yield Problem("The group %(name)s sees no item of the questionnaire.", f"groups[{number}]",
                          name=pick(group.text, "zh"))  # fmt: skip
