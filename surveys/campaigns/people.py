"""How many people a group has, entered after publication where the plan does not say it: the base of the turnout."""

from __future__ import annotations

import json
from collections.abc import Mapping

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import UNCHANGEABLE, State
from surveys.campaigns.surveys import change_survey, plan_of, state_of
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import as_whole
from surveys.storage.audit import Action
from surveys.storage.unit_of_work import Actor

MAX_PEOPLE = 10**7


def people_of(survey_id: SurveyId, plan: SurveyPlan) -> list[int | None]:
    """By group, how many people may answer: as the plan says, or as was entered later; None where neither does."""
    stored = Survey.select(Survey.people).where(Survey.id == survey_id).scalar()
    entered = json.loads(stored or "{}")
    return [group.expected or entered.get(group.code) for group in plan.groups]


def set_people(actor: Actor, slug: str, numbers: Mapping[str, int | None]) -> None:
    """Enter how many people groups have, by their codes; None: it is not known. Possible until the seal.

    Raises InputError: no such group, the plan says the number and so fixes it, or the survey's state does not allow it.
    """

    def act(survey: Survey) -> None:
        if state_of(survey) in (State.DRAFT, *UNCHANGEABLE):
            raise InputError(Problem("The number of people can be entered from publication until the seal."))
        entered = json.loads(survey.people)
        groups = {group.code: group for group in plan_of(survey).groups}
        for code, number in numbers.items():
            if code not in groups:
                raise InputError(Problem("There is no group %(name)s.", name=code[:50]))
            if groups[code].expected is not None:
                raise InputError(Problem("The number of people of this group was fixed at publication.", code))
            entered[code] = None if number is None else as_whole(number, 1, MAX_PEOPLE, code)
        survey.people = json.dumps({code: number for code, number in entered.items() if number})
        survey.save(only=[Survey.people])

    said = ", ".join(f"{code} {number or '—'}" for code, number in numbers.items())
    change_survey(actor, Action.SET_PEOPLE, slug, act, about=said)
