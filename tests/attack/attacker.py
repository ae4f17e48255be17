"""The attacker: from rows, their transactions and places, and the true order of arrival, guess whose ballot is whose.

Knows for each person the admission (or, with an open link, the receipt on a screenshot) and the order in which all came.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from surveys.ballots.mix_entries import MixKind, decrypt_entry
from surveys.inputs.problems import InputError
from tests.attack.sqlite_pages import Written

COLUMNS = {"admission": 5, "receipt": 2, "ballot": 5, "mix_entry": 6, "remark": 5}


@dataclass(frozen=True)
class Person:
    """A respondent, as the attacker knows them: by admission (empty with an open link) and receipt."""

    admission: bytes
    receipt: bytes


@dataclass
class Guesses:
    """Under each strategy, the answers (or the text) guessed for each person, by the order of arrival."""

    ballots: dict[str, dict[int, bytes]] = field(default_factory=lambda: defaultdict(dict))
    remarks: dict[str, dict[int, str]] = field(default_factory=lambda: defaultdict(dict))


def guess(seen: Iterable[Written], people: list[Person]) -> Guesses:
    """Tie ballots and remarks to people by every way we know.

    First by transaction: the one that used the admission put an entry into the mix, and the one that took this entry
    out wrote ballots. Within what stays together, by place: the first to come lies where rows are written first, or
    last, or the rows lie as those of admissions or receipts do.
    """
    by_tx: dict[int, list[Written]] = defaultdict(list)
    for row in seen:
        by_tx[row.tx].append(row)
    entries = _entries(by_tx, people)
    found = Guesses()
    settled: set[int] = set()
    ballots_of = {tx: [r for r in rows if r.table == "ballot" and not r.removed] for tx, rows in by_tx.items()}
    for tx in sorted((tx for tx, ballots in ballots_of.items() if ballots), key=lambda tx: len(ballots_of[tx])):
        rows = by_tx[tx]
        admissions, receipts = _named(rows, people)
        taken = {entries[r.values[4]] for r in rows if r.table == "mix_entry" and r.removed and r.values[4] in entries}
        present = sorted((taken | admissions.keys() | receipts.keys()) - settled)
        settled |= set(present)
        orders: dict[str, Callable[[int], tuple[int, ...]]] = {
            "arrival": lambda i: (i,),
            "arrival backwards": lambda i: (-i,),
            "admissions' places": lambda i, known=admissions: (*known.get(i, (0, 0)), i),  # type: ignore[misc]
            "receipts' places": lambda i, known=receipts: (*known.get(i, (0, 0)), i),  # type: ignore[misc]
        }
        remarks = [r for r in rows if r.table == "remark" and not r.removed]
        for of_person, by_person in orders.items():
            queue = sorted(present, key=by_person)
            for of_row, by_row in (("place", _place), ("number", _number)):
                name = f"{of_person}, {of_row}"
                for person, row in zip(queue, sorted(ballots_of[tx], key=by_row), strict=False):
                    found.ballots[name][person] = bytes(row.values[4])  # type: ignore[arg-type]
                for person, row in zip(queue, sorted(remarks, key=by_row), strict=False):
                    found.remarks[name][person] = str(row.values[4])
    return found


Places = dict[int, tuple[int, int]]


def _named(rows: list[Written], people: list[Person]) -> tuple[Places, Places]:
    """The people whose admission, and whose receipt, a transaction wrote, with the place."""
    of_admission = {person.admission: i for i, person in enumerate(people) if person.admission}
    of_receipt = {person.receipt: i for i, person in enumerate(people)}
    written = [row for row in rows if not row.removed]
    admissions = {of_admission[r.values[1]]: r.place for r in written
                  if r.table == "admission" and r.values[4] and r.values[1] in of_admission}  # fmt: skip
    receipts = {of_receipt[r.values[1]]: r.place for r in written
                if r.table == "receipt" and r.values[1] in of_receipt}  # fmt: skip
    return admissions, receipts


def _entries(by_tx: dict[int, list[Written]], people: list[Person]) -> dict[object, int]:
    """Whose each entry of the mix is, by its number: where one transaction wrote one entry and used one admission."""
    found = {}
    for rows in by_tx.values():
        stored = [row for row in rows if row.table == "mix_entry" and not row.removed]
        if len(stored) == 1:
            admissions, receipts = _named(rows, people)
            if len(admissions.keys() | receipts.keys()) == 1:
                found[stored[0].values[4]] = min(admissions.keys() | receipts.keys())
    return found


def _place(row: Written) -> tuple[int, int]:
    # Within an SQLite page cells fill up from the end: what came first lies highest.
    return row.place[0], -row.place[1]


def _number(row: Written) -> bytes:
    return bytes(row.values[1])  # type: ignore[arg-type]


def opened(seen: Iterable[Written], keys: dict[MixKind, dict[int, bytes]]) -> dict[bytes, bytes]:
    """With the keys as well: the answers in every entry of the mix, living or dead, that they open; by receipt."""
    found = {}
    for row in seen:
        if row.table == "mix_entry":
            survey, group, own_unit, size, _, sealed = row.values
            kind = MixKind(survey, group, own_unit, size)  # type: ignore[arg-type]
            try:
                ballot = decrypt_entry(bytes(sealed), kind, keys.get(kind, {}))  # type: ignore[arg-type]
            except InputError:
                continue
            found[ballot.receipt] = ballot.packed
    return found
