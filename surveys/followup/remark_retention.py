"""Deleting what was written a set time after the seal. What the committee published stays, with names masked."""

from __future__ import annotations

import time

from surveys.ballots.models import Remark
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import change_survey
from surveys.followup.models import PublishedRemark, RefusedGroup, RemarkTag, RemarkTreatment
from surveys.results.models import StoredResult
from surveys.storage.audit import Action
from surveys.storage.schema import forget_old_pages
from surveys.storage.unit_of_work import Actor


def erase_due_remarks(actor: Actor, days: int, now: float | None = None) -> int:
    """Delete the remarks of surveys that were sealed more than so many days ago; how many. Scores and digests stay."""
    before = int(time.time() if now is None else now) - days * 86_400
    with_remarks = Remark.select(Remark.survey_id).distinct()
    due = (
        Survey.select(Survey.slug)
        .join(StoredResult, on=(StoredResult.survey == Survey.id))
        .where(StoredResult.sealed_at < before, Survey.id.in_(with_remarks))  # type: ignore[attr-defined]
    )
    erased = sum(change_survey(actor, Action.ERASE_REMARKS, survey.slug, _erase, about=str) for survey in due)
    if erased:
        forget_old_pages(("remark", "remark_treatment", "remark_tag", "refused_group"))
    return erased


def _erase(survey: Survey) -> int:
    """Inside a unit of work. Tags stay on what is published."""
    public = PublishedRemark.select(PublishedRemark.number).where(PublishedRemark.survey_id == survey.id)
    RemarkTag.delete().where(RemarkTag.survey_id == survey.id, RemarkTag.number.not_in(public)).execute()
    for table in (RemarkTreatment, RefusedGroup):
        table.delete().where(table.survey_id == survey.id).execute()
    return int(Remark.delete().where(Remark.survey_id == survey.id).execute())
