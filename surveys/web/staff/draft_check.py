"""What there is to look at before a draft is published: what is missing, what is unusual, and the link of its trial."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app, render_template

from surveys.admission.font import INSTEAD, missing_characters
from surveys.admission.handouts import qr_svg
from surveys.campaigns.checked import Changed, looked_at
from surveys.campaigns.doubts import doubts_of
from surveys.campaigns.drafts import PARTS, Draft, part_of, read_draft
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.publishing import publication_faults
from surveys.campaigns.surveys import stored_state
from surveys.inputs.problems import Problem
from surveys.questionnaires.library import find_questionnaire
from surveys.questionnaires.models import StoredQuestionnaire
from surveys.web.addresses import public_address
from surveys.web.messages import sentence
from surveys.web.staff.survey_path import LABELS
from surveys.web.trial_links import trial_token


@dataclass(frozen=True)
class Found:
    """Something to look at: a sentence, and the step that it is about."""

    text: str
    part: str

    @property
    def label(self) -> str:
        """What the step is called."""
        return str(LABELS[self.part])


@dataclass(frozen=True)
class DraftCheck:
    """What keeps a draft from being published, what is unusual, and the link of its trial (empty: there is none yet).

    `seen` is what the draft says now, in short; it comes back when it is published.
    """

    faults: list[Found]
    doubts: list[Found]
    trial: str
    seen: str


def check_of(draft: Draft) -> DraftCheck:
    """Look a draft over."""
    faults, doubts, trial, seen = list(draft.problems), [], "", ""
    if draft.plan is not None:
        now, window = time.time(), stored_state(draft.survey)
        faults = publication_faults(draft.plan, window, now)
        doubts = doubts_of(draft.plan, window, current_app.config["TIMEZONE"], now)
        stored = _stored_questionnaire(draft)
        if stored is not None and stored.archived:
            doubts.append(Problem("Its questionnaire is archived.", "questionnaire"))
        doubts += _unprintable(draft.plan)
        trial = public_address("trial.begin", token=trial_token(draft.survey))
        seen = looked_at(draft)
    return DraftCheck(
        [Found(sentence(fault), part_of(fault)) for fault in faults],
        [Found(sentence(doubt), doubt.where) for doubt in doubts],
        trial,
        seen,
    )


def _unprintable(plan: SurveyPlan) -> list[Problem]:
    """Characters that slips and posters cannot show, by the step that they are in."""
    texts = {
        "name": [plan.title, plan.campaign or {}, plan.stage or {}], "units": [unit.name for unit in plan.units],
        "groups": [group.text for group in plan.groups],
    }  # fmt: skip
    found = {part: missing_characters(word for text in some for word in text.values()) for part, some in texts.items()}
    return [
        Problem("These characters are not in the font of slips, posters and reports, where %(mark)s stands for them: %(signs)s",
                part, signs=" ".join(signs[:20]), mark=INSTEAD)
        for part, signs in found.items() if signs
    ]  # fmt: skip


def check_page(survey: Survey, changed: Sequence[Changed] = ()) -> str:
    """The last step of a draft. `changed`: what was saved by somebody after the page was looked at, so nothing was published."""
    draft = read_draft(survey)
    found = check_of(draft)
    return render_template(
        "staff/drafts/check.html", draft=draft, part="check", parts=PARTS, labels=LABELS, check=found,
        qr=qr_svg(found.trial) if found.trial else "", changed=changed, questionnaire=_stored_questionnaire(draft),
    )  # fmt: skip


def _stored_questionnaire(draft: Draft) -> StoredQuestionnaire | None:
    chosen = draft.data.get("questionnaire")
    return find_questionnaire(chosen) if isinstance(chosen, str) else None
