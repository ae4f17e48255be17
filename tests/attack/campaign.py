"""Surveys to attack: people who answer one after the other, watched at every moment, and what the attacker makes of it."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from surveys.admission.issuing import find_admission
from surveys.admission.roster import roster_of
from surveys.admission.roster_file import PersonRow
from surveys.ballots import mix as mixes
from surveys.ballots.answers import Answers, read_answers
from surveys.ballots.drawing import UnitDrawer, new_token
from surveys.ballots.mix_entries import MixKind
from surveys.ballots.submission import Outcome
from surveys.campaigns.surveys import plan_of
from surveys.storage.database import database, is_sqlite
from tests.acting import issue_codes, mix, seal, store_roster, submit_ballot
from tests.attack.attacker import COLUMNS, Person, guess, opened
from tests.attack.postgres_pages import everything
from tests.attack.sqlite_pages import Stolen, Written
from tests.helpers import all_at, closed, published

MODES = ("code", "roster", "open link")


@dataclass
class Score:
    """How often the attacker was right: hits by strategy, of so many guesses, and what chance would give."""

    hits: Counter[str] = field(default_factory=Counter)
    guesses: int = 0
    expected: float = 0.0

    @property
    def best(self) -> int:
        """The hits of the luckiest strategy."""
        return max(self.hits.values(), default=0)


@dataclass
class Findings:
    """What came out of a number of surveys."""

    ballots_open: Score = field(default_factory=Score)
    remarks_open: Score = field(default_factory=Score)
    ballots_sealed: Score = field(default_factory=Score)
    remarks_sealed: Score = field(default_factory=Score)
    opened: int = 0
    in_mix: int = 0
    looked: int = 0


class Watch:
    """Copies of the database, taken again and again; whatever any of them shows."""

    def __init__(self, app: Any) -> None:
        self.app, self.rows = app, set[Written]()
        self.stolen: Stolen | None = None
        if is_sqlite():
            database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            self.stolen = Stolen(self._file("").read_bytes(), tuple(COLUMNS))
            self.stolen.first()
        else:
            for table in COLUMNS:  # so that nothing is cleared away before it was seen
                database.execute_sql(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")

    def _file(self, ending: str) -> Path:
        return Path(self.app.instance_path) / f"surveys.sqlite3{ending}"

    def look(self) -> None:
        """Take a copy now."""
        if self.stolen is not None:
            self.rows.update(self.stolen.feed(self._file("-wal").read_bytes()))
        else:
            self.rows.update(everything(self.app.config["DATABASE_URL"], COLUMNS))

    def one_copy(self) -> list[Written]:
        """What one copy taken now shows, with nothing else known."""
        if self.stolen is None:
            return everything(self.app.config["DATABASE_URL"], COLUMNS)
        fresh = Stolen(self._file("").read_bytes(), tuple(COLUMNS))
        return fresh.first() + fresh.feed(self._file("-wal").read_bytes())


def answers_of(plan: Any, number: int, texts: list[str]) -> Answers:
    """Ratings that no other person of the survey gives, and a remark."""
    units = tuple(range(len(plan.units)))
    fields = all_at(plan, units, 1)
    for place, name in enumerate(list(fields)[:8]):
        fields[name] = [str(1 + (number >> 2 * place) % 4)]
    for name in texts:
        fields[name] = [f"意见 {number}"]
    answers = read_answers(plan, 0, units, fields)
    assert not answers.problems
    return answers


def attack(app: Any, mode: str, people: int, *, slug: str, findings: Findings, every: int = 1) -> None:
    """Run a survey of so many people, watched, seal it, and add to findings.

    The keys are tried after every `every` ballots, and PostgreSQL's pages read; they keep dead rows, so nothing is
    missed. SQLite's log is read after each ballot, for it begins anew now and then.
    """
    groups = [
        {"code": "students", "name": "学生", "admission": "roster" if mode == "roster" else "code"},
        {"code": "staff", "name": "教职工", "admission": "open"},
    ]
    survey = published(slug=slug, groups=groups)
    plan, key = plan_of(survey), app.config["CODE_KEY"]
    group = 1 if mode == "open link" else 0
    texts = [str(slot.index) for slot in plan.slots if slot.item.type == "text"][:1]
    admissions = [b""] * people
    if mode == "code":
        issued = issue_codes(survey, key, 0, people)
        secrets.SystemRandom().shuffle(issued)
        admissions = [bytes(find_admission(survey.id, key, one.code).code_hash) for one in issued]  # type: ignore[union-attr]
    if mode == "roster":
        rows = [PersonRow(str(number), f"张{number}", 0, None, "", "") for number in range(people)]
        store_roster(slug, key, rows)
        admissions = [bytes(one.person.code_hash) for one in roster_of(survey)]
        secrets.SystemRandom().shuffle(admissions)
    watch = Watch(app)
    known, truth, drawer = [], [], UnitDrawer()
    numbers = list(range(people))
    secrets.SystemRandom().shuffle(numbers)
    for number, admission in zip(numbers, admissions, strict=True):
        token = new_token(drawer, plan, survey.id, group, None, admission)
        answers = answers_of(plan, number, texts)
        assert submit_ballot(token, answers) is Outcome.RECEIVED
        known.append(Person(admission, token.number))
        truth.append(answers)
        if len(known) % every == 0 or watch.stolen is not None:
            watch.look()
        if len(known) % every == 0:
            _with_key(watch, survey.id, known, truth, findings)
    watch.look()
    mine = [row for row in watch.rows if row.values[0] == survey.id]
    least = min(mixes.BATCH_SIZE, people)
    _score(mine, known, truth, findings.ballots_open, findings.remarks_open, 1 / max(least, 10))
    closed(survey)
    seal(slug)
    after = [row for row in watch.one_copy() if row.values[0] == survey.id]
    _score(after, known, truth, findings.ballots_sealed, findings.remarks_sealed, 1 / people)


def _score(
    rows: list[Written], known: list[Person], truth: list[Answers], ballots: Score, remarks: Score, chance: float
) -> None:
    found = guess(rows, known)
    visible = len({row.values[1] for row in rows if row.table == "ballot" and not row.removed})
    for score, guessed, true in (
        (ballots, found.ballots, [answers.packed for answers in truth]),
        (remarks, found.remarks, [answers.remarks[0].body for answers in truth]),
    ):
        score.guesses += visible
        score.expected += visible * chance
        for strategy, mapping in guessed.items():
            score.hits[strategy] += sum(true[i] == what for i, what in mapping.items())  # type: ignore[attr-defined]


def _with_key(watch: Watch, survey: int, known: list[Person], truth: list[Answers], findings: Findings) -> None:
    """With all copies so far and the instance folder as it is now: what can be opened must lie in the mix now."""
    kinds = [kind for kind, _ in mixes.waiting() if kind.survey_id == survey]
    folder = mix().keys.folder
    keys = {}
    for path in folder.glob(f"{survey}.*"):
        kind = MixKind(*(int(part) for part in path.name.split(".")))
        keys[kind] = mix().keys_of(kind).all()
    rows = [row for row in watch.rows if row.table == "mix_entry" and row.values[0] == survey]
    found = opened(rows, keys)
    for i, person in enumerate(known):
        assert person.receipt not in found or found[person.receipt] == truth[i].packed
    findings.opened += len(found)
    findings.in_mix += sum(count for kind, count in mixes.waiting() if kind in kinds)
    findings.looked += 1
