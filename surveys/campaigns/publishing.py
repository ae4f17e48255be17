"""What keeps a draft from being published, though it can be saved: figures that nobody could compute or keep to."""

from __future__ import annotations

from collections.abc import Iterable

from surveys.campaigns.plan import Group, SurveyPlan
from surveys.campaigns.states import StoredState
from surveys.inputs.problems import Problem


def publication_faults(plan: SurveyPlan, window: StoredState, now: float) -> list[Problem]:
    """Why a draft cannot be published as it is; empty if it can."""
    faults = [
        fault for number, group in enumerate(plan.groups, 1) for fault in _group_faults(group, f"groups[{number}]")
    ]
    if plan.rule.turnout_required and all(group.required_turnout is None for group in plan.groups):
        faults.append(
            Problem("The rule demands a turnout, but no group says which one.", "rule.turnout_required")
        )  # fmt: skip
    if window.closes_at <= max(now, window.opens_at):
        faults.append(Problem("The end must be after the beginning and in the future.", "closes"))
    return faults


def _group_faults(group: Group, where: str) -> Iterable[Problem]:
    if group.required_turnout is not None and group.admission == "open" and group.expected is None:
        yield Problem("%(group)s: enter the number of people, or leave the required turnout out. Who has an open link cannot "
                      "be counted.", f"{where}.expected", group=group.text)  # fmt: skip
    # The own unit of a respondent is on the ballot already, and is not drawn again.
    pool = len(group.draw_from) - (1 if group.own else 0)
    if group.draw and group.draw > pool:
        yield Problem("%(group)s: %(draw)s units are to be drawn, but there are only %(pool)s to draw from.",
                      f"{where}.draw", group=group.text, draw=group.draw, pool=max(pool, 0))  # fmt: skip
