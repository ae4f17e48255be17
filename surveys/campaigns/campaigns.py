"""Campaigns: a drive with four stages, and the surveys that are its rounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, TypeVar

from surveys.campaigns.indices import SurveyId
from surveys.campaigns.mapping import Pair, as_codes, read_pairs
from surveys.campaigns.models import Campaign, CampaignSurvey, RoundMapping, Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import State
from surveys.campaigns.surveys import get_survey, plan_of
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.inputs.text import Text, clean
from surveys.inputs.values import as_address
from surveys.storage.audit import Action
from surveys.storage.locks import Kind, Subject
from surveys.storage.unit_of_work import Actor, unit_of_work

T = TypeVar("T")
STAGES = 4
MAX_NAME = 100
DEFAULT_STAGES: tuple[Text, ...] = (
    {"zh": "动员部署", "en": "Preparation"},
    {"zh": "公开承诺", "en": "Public commitments"},
    {"zh": "组织实施", "en": "Implementation"},
    {"zh": "评议总结", "en": "Evaluation"},
)


@dataclass(frozen=True)
class Stage:
    """One of the four stages; days as 2026-12-31, or empty while they are not known."""

    name: str
    name_en: str = ""
    first: str = ""
    last: str = ""

    @property
    def text(self) -> Text:
        """The name by language."""
        return {"zh": self.name, **({"en": self.name_en} if self.name_en else {})}

    def is_on(self, day: date) -> bool:
        """Whether a day is one of its days; without a last day all that follow the first one are."""
        return bool(self.first) and self.first <= day.isoformat() <= (self.last or "9999")


@dataclass(frozen=True)
class CampaignFields:
    """What staff write of a campaign."""

    name: str
    name_en: str = ""
    stages: tuple[Stage, ...] = tuple(Stage(text["zh"], text["en"]) for text in DEFAULT_STAGES)


@dataclass(frozen=True)
class CampaignRound:
    """A survey of a campaign, with its stage (a position)."""

    survey: Survey
    stage: int


def all_campaigns() -> list[Campaign]:
    """All campaigns, the newest first."""
    return list(Campaign.select().order_by(Campaign.id.desc()))  # type: ignore[attr-defined]


def find_campaign(code: str) -> Campaign | None:
    """The campaign with this code, if there is one."""
    valid = len(code) <= MAX_NAME and "\x00" not in code
    return Campaign.get_or_none(Campaign.code == clean(code).lower()) if valid else None


def get_campaign(code: str) -> Campaign:
    """The campaign with this code. Raises InputError if there is none."""
    found = find_campaign(code)
    if found is None:
        raise InputError(Problem("There is no campaign %(name)s.", name=code[:50]))
    return found


def stages_of(campaign: Campaign) -> tuple[Stage, ...]:
    """The four stages of a campaign."""
    return tuple(Stage(**stage) for stage in json.loads(campaign.stages))


def fields_of(campaign: Campaign) -> CampaignFields:
    """What is stored, as staff write it."""
    return CampaignFields(campaign.name, campaign.name_en, stages_of(campaign))


def place_of(survey_id: SurveyId) -> CampaignSurvey | None:
    """The campaign that a survey is in, and its stage."""
    return CampaignSurvey.get_or_none(CampaignSurvey.survey == survey_id)


def campaign_of(survey_id: SurveyId) -> Campaign | None:
    """The campaign that a survey is in."""
    entry = place_of(survey_id)
    return None if entry is None else entry.campaign


def surveys_in_campaigns() -> set[SurveyId]:
    """The surveys that are in a campaign."""
    rows = Survey.select(Survey.id).join(CampaignSurvey)
    return {survey.id for survey in rows}


def rounds_of(campaign: Campaign) -> list[CampaignRound]:
    """The surveys of a campaign, in the order in which they close."""
    rows = CampaignSurvey.select(CampaignSurvey, Survey).join(Survey).where(CampaignSurvey.campaign == campaign.id)
    rounds = [CampaignRound(row.survey, row.stage) for row in rows]
    return sorted(rounds, key=lambda one: (one.survey.closes_at, one.survey.id))


def create_campaign(actor: Actor, code: str, fields: CampaignFields, *, once: str = "") -> Campaign:
    """Add a campaign. Raises InputError with all faults."""
    faults = Faults()
    address = faults.take(lambda: as_address(clean(code), "code"))
    values = faults.take(lambda: _read_fields(fields))
    faults.check()

    def act() -> Campaign:
        if find_campaign(address) is not None:
            raise InputError(Problem("There is a campaign %(name)s already.", "code", name=address))
        return Campaign.create(code=address, **values)

    return unit_of_work(actor, Action.SAVE_CAMPAIGN, Subject(Kind.CAMPAIGNS), apply=act, about=address, once=once)


def change_campaign(actor: Actor, code: str, fields: CampaignFields) -> None:
    """Change the name, the stages and their days. Raises InputError with all faults."""
    values = _read_fields(fields)

    def act(campaign: Campaign) -> None:
        Campaign.update(**values).where(Campaign.id == campaign.id).execute()

    _change(actor, Action.SAVE_CAMPAIGN, code, act)


def delete_campaign(actor: Actor, code: str) -> None:
    """Remove a campaign that has no surveys. Raises InputError."""

    def act(campaign: Campaign) -> None:
        if rounds_of(campaign):
            raise InputError(Problem("Take its surveys out first. They are not deleted."))
        Campaign.delete().where(Campaign.id == campaign.id).execute()

    _change(actor, Action.DELETE_CAMPAIGN, code, act)


def add_survey(actor: Actor, code: str, slug: str, stage: int) -> None:
    """Put a survey into a campaign, or into another stage of it (a position). Raises InputError."""
    if stage not in range(STAGES):
        raise InputError(Problem("A campaign has the stages 1 to %(n)s.", "stage", n=STAGES))

    def act(campaign: Campaign) -> None:
        survey = get_survey(slug)
        entry = CampaignSurvey.get_or_none(CampaignSurvey.survey == survey.id)
        if entry is not None and entry.campaign.id != campaign.id:
            raise InputError(
                Problem("The survey %(name)s is in the campaign %(other)s.", name=slug, other=entry.campaign.code)
            )
        CampaignSurvey.insert(survey=survey.id, campaign=campaign.id, stage=stage).on_conflict(
            conflict_target=[CampaignSurvey.survey], update={CampaignSurvey.stage: stage}
        ).execute()

    _change(actor, Action.ADD_TO_CAMPAIGN, code, act, f"{slug}: {stage + 1}")


def remove_survey(actor: Actor, code: str, slug: str) -> None:
    """Take a survey out of a campaign, with what was said about its units. Raises InputError."""

    def act(campaign: Campaign) -> None:
        survey = get_survey(slug)
        here = (CampaignSurvey.survey == survey.id) & (CampaignSurvey.campaign == campaign.id)
        if not CampaignSurvey.delete().where(here).execute():
            raise InputError(
                Problem("The survey %(name)s is not in the campaign %(other)s.", name=slug, other=campaign.code)
            )
        RoundMapping.delete().where((RoundMapping.older == survey.id) | (RoundMapping.newer == survey.id)).execute()

    _change(actor, Action.REMOVE_FROM_CAMPAIGN, code, act, slug)


def round_before(campaign: Campaign, slug: str) -> tuple[Survey, Survey]:
    """The survey that is the round before another one, and that one. Drafts are no rounds yet. Raises InputError."""
    rounds = [one.survey for one in rounds_of(campaign) if one.survey.state != State.DRAFT]
    place = next((n for n, survey in enumerate(rounds) if survey.slug == slug), 0)
    if place == 0:
        raise InputError(Problem("The survey %(name)s has no earlier round in this campaign.", name=slug[:50]))
    return rounds[place - 1], rounds[place]


def mapping_of(older: Survey, newer: Survey) -> list[Pair]:
    """What was said about the units of two rounds."""
    row = RoundMapping.get_or_none(RoundMapping.older == older.id, RoundMapping.newer == newer.id)
    return [] if row is None else [(one, other) for one, other in json.loads(row.pairs)]


def save_mapping(actor: Actor, code: str, slug: str, pairs: Sequence[Pair]) -> int:
    """Say which units of a round are which of the round before, by code or name; how many lines there are. Raises InputError."""

    def act(campaign: Campaign) -> int:
        older, newer = round_before(campaign, slug)
        old, new = unit_names(older), unit_names(newer)
        kept = read_pairs(as_codes(pairs, old, new), list(old), list(new))
        RoundMapping.delete().where(RoundMapping.older == older.id, RoundMapping.newer == newer.id).execute()
        if kept:
            RoundMapping.create(older=older.id, newer=newer.id, pairs=json.dumps(kept, ensure_ascii=False))
        return len(kept)

    return _change(actor, Action.MAP_UNITS, code, act, slug)


def unused_mappings(campaign: Campaign) -> list[tuple[Survey, Survey]]:
    """Pairs of rounds whose units were mapped, and between which another round has come since: the mapping is not used."""
    surveys = [one.survey for one in rounds_of(campaign) if one.survey.state != State.DRAFT]
    places = {survey.id: place for place, survey in enumerate(surveys)}
    rows = RoundMapping.select().where(RoundMapping.older.in_(list(places)) & RoundMapping.newer.in_(list(places)))
    found = [(places[row.older.id], places[row.newer.id]) for row in rows]
    return [(surveys[older], surveys[newer]) for older, newer in sorted(found) if newer != older + 1]


def unit_names(survey: Survey) -> dict[str, Text]:
    """The names of a survey's units by code."""
    plan: SurveyPlan = plan_of(survey)
    return {unit.code: unit.text for unit in plan.units}


def _change(actor: Actor, action: Action, code: str, apply: Callable[[Campaign], T], about: str = "") -> T:
    name = get_campaign(code).code
    detail = f"{name}: {about}" if about else name
    return unit_of_work(
        actor, action, Subject(Kind.CAMPAIGNS), apply=lambda: apply(get_campaign(name)), about=detail
    )  # fmt: skip


def _read_fields(fields: CampaignFields) -> dict[str, Any]:
    faults = Faults()
    name = _name(faults, "name", fields.name)
    if not name:
        faults.note("A text is missing.", "name")
    if len(fields.stages) != STAGES:
        faults.note("A campaign has the stages 1 to %(n)s.", "stages", n=STAGES)
    stages = faults.each(fields.stages, _read_stage)
    before = ""
    for number, stage in enumerate(stages, 1):
        if stage is None or not stage.first:
            continue
        if stage.first < before:
            faults.note("The stage begins before the one in front of it.", f"stage-{number}-first")
        before = stage.first
    values = {"name": name, "name_en": _name(faults, "name_en", fields.name_en, 2 * MAX_NAME)}
    faults.check()
    return {**values, "stages": json.dumps([asdict(stage) for stage in stages], ensure_ascii=False)}


def _read_stage(stage: Stage, number: int) -> Stage:
    faults = Faults()
    where = f"stage-{number}"
    name = _name(faults, f"{where}-name", stage.name)
    if not name:
        faults.note("A text is missing.", f"{where}-name")
    name_en = _name(faults, f"{where}-name_en", stage.name_en, 2 * MAX_NAME)
    first = faults.take(lambda: _read_day(stage.first, f"{where}-first"))
    last = faults.take(lambda: _read_day(stage.last, f"{where}-last"))
    if last and not first and stage.first == "":
        faults.note("Say the first day, too.", f"{where}-first")
    if first and last and last < first:
        faults.note("The last day is before the first one.", f"{where}-last")
    faults.check()
    return Stage(name, name_en, first, last)


def _name(faults: Faults, where: str, text: str, limit: int = MAX_NAME) -> str:
    value = clean(text)
    if len(value) > limit:
        faults.note("The text is longer than %(limit)s characters.", where, limit=limit)
    return value


def _read_day(text: str, where: str) -> str:
    try:
        return date.fromisoformat(clean(text)).isoformat() if clean(text) else ""
    except ValueError:
        raise InputError(Problem("Write the day as 2026-12-31, not %(given)s.", where, given=text[:20])) from None
