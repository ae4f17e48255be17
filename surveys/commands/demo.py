"""`flask demo`: a whole working college to click through, made by the same functions that staff and respondents use."""

from __future__ import annotations

import random
import secrets
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import click
from flask import current_app
from flask.cli import AppGroup

from surveys.accounts.models import Account, Role
from surveys.accounts.operations import create_account
from surveys.admission.issuing import find_admission, issue_codes
from surveys.ballots.answers import read_answers
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.submission import submit_ballot
from surveys.campaigns.campaigns import DEFAULT_STAGES, CampaignFields, Stage, add_survey, create_campaign
from surveys.campaigns.draft_changes import create_draft
from surveys.campaigns.indices import UnitIndex
from surveys.campaigns.models import Survey
from surveys.campaigns.plan import SurveyPlan
from surveys.campaigns.states import Move
from surveys.campaigns.surveys import move_survey, plan_of
from surveys.commands.console import actor, progress_bar, reports_problems
from surveys.followup.bulletin import Part, publish_bulletin
from surveys.questionnaires.items.multi_choice import MultiChoiceItem
from surveys.questionnaires.library import install_ready_made
from surveys.results.printed.letterhead import set_letterhead, set_number
from surveys.results.sealing import seal
from surveys.services import mix
from surveys.storage.database import is_sqlite
from surveys.storage.schema import migrate
from surveys.units.changes import store_units
from surveys.units.importing import UnitRow

DEPARTMENTS = [
    ("机电工程系", "Mechanical and Electrical Engineering"),
    ("信息工程系", "Information Engineering"),
    ("经济管理系", "Economics and Management"),
    ("建筑工程系", "Civil Engineering"),
    ("艺术设计系", "Art and Design"),
    ("机关", "Administration"),
]
BRANCHES = [("教师第一党支部", "First Teachers' Branch"), ("教师第二党支部", "Second Teachers' Branch"),
            ("学生第一党支部", "First Students' Branch"), ("学生第二党支部", "Second Students' Branch")]  # fmt: skip
OFFICES = [("党政办公室党支部", "Party and Administration Office Branch"), ("教务处党支部", "Academic Affairs Branch"),
           ("学生处党支部", "Student Affairs Branch"), ("后勤处党支部", "Logistics Branch")]  # fmt: skip
REMARKS = ["希望多到宿舍走一走，听听大家的意见。", "办事流程可以再简化一些。", "奖学金评定公开透明，很好。", "反映的网络问题一直没有回音。",
           "党员同学带头参加志愿服务，值得学习。", "通知有时来得太晚，请提前告知。"]  # fmt: skip

demo = AppGroup("demo", help="A demo instance.")


def college() -> list[UnitRow]:
    """A committee, six general branches, 24 branches."""
    rows = [UnitRow("P", "学院党委", "College Committee", "committee", "")]
    for number, (name, name_en) in enumerate(DEPARTMENTS, 1):
        rows.append(UnitRow(f"Z{number}", f"{name}党总支", f"General Branch of {name_en}", "general_branch", "P"))
        for branch, (text, text_en) in enumerate(OFFICES if name == "机关" else BRANCHES, 1):
            own = text if name == "机关" else f"{name}{text}"
            own_en = text_en if name == "机关" else f"{text_en}, {name_en}"
            rows.append(UnitRow(f"B{number}{branch}", own, own_en, "branch", f"Z{number}"))
    return rows


def survey_data(slug: str, title: dict[str, str], opens: datetime, closes: datetime) -> dict[str, object]:
    """The demo's survey file."""
    return {
        "slug": slug,
        "title": title,
        "campaign": {"zh": "创先争优活动", "en": "Striving for excellence"},
        "stage": {"zh": "全面争创、扎实推进", "en": "All-round effort, steady progress"},
        "questionnaire": "public-response",
        "opens": opens,
        "closes": closes,
        "groups": [
            {"code": "students", "name": {"zh": "学生", "en": "Students"}, "weight": 50, "own": True, "draw": 2, "expected": 2400,
             "required_turnout": 10},
            {"code": "staff", "name": {"zh": "教职工", "en": "Staff"}, "weight": 50, "own": True, "draw": 3, "expected": 480},
        ],
        "rule": {"minimum": 5, "rate_item": "overall", "grades": "quality", "gates": [{"rate_under": 60, "cap": 2}],
                 "quotas": [{"at_most": 0.2, "grade": 0}]},
    }  # fmt: skip


def random_answers(plan: SurveyPlan, units: tuple[UnitIndex, ...], chance: random.Random) -> dict[str, list[str]]:
    """What a respondent with opinions of their own would tick: units and people differ, some know little."""
    fields: dict[str, list[str]] = {}
    mood = chance.gauss(0, 0.5)
    for unit in units:
        quality = random.Random(f"{plan.slug} {unit}").gauss(0.9, 0.45)
        for slot in plan.slots_of_unit(unit):
            if slot.item.type == "rating":
                if chance.random() < 0.07:
                    fields[str(slot.index)] = ["0"]
                    continue
                feeling = quality + mood + chance.gauss(0, 0.7)
                fields[str(slot.index)] = [
                    "1" if feeling > 0.6 else "2" if feeling > 0 else "3" if feeling > -0.9 else "4"
                ]
            elif isinstance(slot.item, MultiChoiceItem) and chance.random() < 0.8:
                fields[str(slot.index)] = [str(chance.randint(1, len(slot.item.options)))]
            elif slot.item.type == "text" and chance.random() < 0.02:
                fields[str(slot.index)] = [chance.choice(REMARKS)]
    return fields


def fill(survey: Survey, ballots: int, seed: int) -> None:
    """Submit ballots on the way that respondents take: code, token, answers, mix."""
    plan, key, drawer, chance = plan_of(survey), current_app.config["CODE_KEY"], UnitDrawer(), random.Random(seed)
    with progress_bar(survey.slug) as bar:
        task = bar.add_task("", total=ballots)
        for group, share in zip(plan.group_indices, (0.83, 0.17), strict=True):
            wanted = round(ballots * share)
            for unit in plan.unit_indices:
                count = wanted * (unit + 1) // len(plan.units) - wanted * unit // len(plan.units)
                for issued in issue_codes(actor(), survey, key, group, count, (unit,)) if count else ():
                    admission = find_admission(survey.id, key, issued.code)
                    assert admission is not None
                    token = new_token(drawer, plan, survey.id, group, unit, bytes(admission.code_hash))
                    units = token.units(plan.groups[group])
                    seconds = chance.choice((12, *[chance.randint(60, 300)] * 14))  # some are in a hurry
                    answers = read_answers(plan, group, units, random_answers(plan, units, chance))
                    submit_ballot(mix(), token, answers, now=token.issued_at + seconds)
                    bar.advance(task)


@demo.command("make")
@click.option("--ballots", default=2000, help="How many ballots the sealed survey gets.")
@click.option("--base", default="http://127.0.0.1:8000", help="Where the service is reached.")
@reports_problems
def make(ballots: int, base: str) -> None:
    """Fill an empty instance with a whole college, a sealed survey and an open one with unused codes."""
    migrate()
    mix().folder.mark()
    install_ready_made()
    if Survey.select().exists():
        click.echo(f"The demo is there already; open {base}/staff/")
        return
    password = secrets.token_urlsafe(9)
    for name, role in (("admin", Role.ADMINISTRATOR), ("office", Role.PUBLISHER), ("committee", Role.COMMITTEE)):
        if not Account.select().where(Account.name == name).exists():
            create_account(actor(), name, password, role)
    store_units(actor(), college())
    zone = ZoneInfo(current_app.config["TIMEZONE"])
    now = datetime.now(zone).replace(second=0, microsecond=0)
    first = {"zh": "党组织群众反映测评（上半年）", "en": "Public response to the branches (first half)"}
    create_draft(
        actor(),
        survey_data("first-half", first, now - timedelta(days=10), now + timedelta(days=1)),
        current_app.config["TIMEZONE"],
    )
    fill(move_survey(actor(), "first-half", Move.PUBLISH), ballots, seed=2010)
    move_survey(actor(), "first-half", Move.CLOSE, reason="the demo goes on to the result")
    stored = seal(actor(), mix(), "first-half")
    set_letterhead(actor(), "中共示范学院委员会", "示院评〔{year}〕{number}号")
    set_number(actor(), "first-half", "6")
    publish_bulletin(actor(), "first-half", Part, days=7)
    second = {"zh": "党组织群众反映测评（下半年）", "en": "Public response to the branches (second half)"}
    data = survey_data("second-half", second, now - timedelta(hours=1), now + timedelta(days=30))
    create_draft(actor(), data, current_app.config["TIMEZONE"])
    open_one = move_survey(actor(), "second-half", Move.PUBLISH)
    campaign = create_campaign(actor(), "excellence", _campaign_fields(now.date()))
    for slug in ("first-half", "second-half"):
        add_survey(actor(), campaign.code, slug, stage=3)
    plan = plan_of(open_one)
    key = current_app.config["CODE_KEY"]
    students, staff = (issue_codes(actor(), open_one, key, group, 5, plan.unit_indices) for group in plan.group_indices)
    click.echo(f"\nThe demo is ready ({'SQLite' if is_sqlite() else 'PostgreSQL'}): {stored.ballots} ballots sealed.\n")
    click.echo(f"  Staff:       {base}/staff/   names admin, office, committee; password {password}")
    click.echo(f"  Respondents: {base}/s/second-half#{students[0].code}   (a student)")
    click.echo(f"               {base}/s/second-half#{staff[-1].code}   (staff)\n")


def _campaign_fields(today: date) -> CampaignFields:
    """Four stages of two months each; the last one is under way."""
    begins = [today + timedelta(days=61 * number - 200) for number in range(5)]
    stages = tuple(
        Stage(text["zh"], text["en"], first.isoformat(), (after - timedelta(days=1)).isoformat())
        for text, first, after in zip(DEFAULT_STAGES, begins[:-1], begins[1:], strict=True)
    )
    return CampaignFields("创先争优活动", "Striving for excellence", stages)
