"""What there is to look at before a draft is published: what is missing, what is unusual, and the link of its trial."""

from __future__ import annotations

import time
from dataclasses import dataclass

from flask import current_app

from surveys.campaigns.doubts import doubts_of
from surveys.campaigns.drafts import Draft, part_of
from surveys.campaigns.publishing import publication_faults
from surveys.campaigns.surveys import stored_state
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
    """What keeps a draft from being published, what is unusual, and the link of its trial (empty: there is none yet)."""

    faults: list[Found]
    doubts: list[Found]
    trial: str


def check_of(draft: Draft) -> DraftCheck:
    """Look a draft over."""
    faults, doubts, trial = list(draft.problems), [], ""
    if draft.plan is not None:
        now, window = time.time(), stored_state(draft.survey)
        faults = publication_faults(draft.plan, window, now)
        doubts = doubts_of(draft.plan, window, current_app.config["TIMEZONE"], now)
        trial = public_address("trial.begin", token=trial_token(draft.survey))
    return DraftCheck(
        [Found(sentence(fault), part_of(fault)) for fault in faults],
        [Found(sentence(doubt), doubt.where) for doubt in doubts],
        trial,
    )
