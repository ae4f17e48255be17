"""The one way for staff to change anything: lock what is changed, apply the change, write the audit entry.

Pages and commands both go through it, so nothing changes without a lock or without a trace.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import peewee

from surveys.inputs.problems import InputError, Problem
from surveys.storage.audit import Action, record
from surveys.storage.database import Model, allow_long_work
from surveys.storage.locks import Subject, lock
from surveys.storage.statements import run
from surveys.storage.transactions import write

T = TypeVar("T")


class UsedForm(Model):
    """A form that creates something and was sent: sent again, it creates nothing."""

    key = peewee.CharField(max_length=40, primary_key=True)


class RepeatedFormError(InputError):
    """The form was sent before, and did its work then."""

    def __init__(self) -> None:
        super().__init__(Problem("This form was sent before, and nothing was done a second time."))


@dataclass(frozen=True)
class Actor:
    """Who changes something: the name in the audit trail."""

    name: str

    def check(self) -> None:
        """Raise InputError if the actor may no longer act. Called inside the transaction, after the locks."""


def unit_of_work(
    actor: Actor,
    action: Action | None,
    *subjects: Subject,
    apply: Callable[[], T],
    about: str | Callable[[T], str] = "",
    once: str = "",
) -> T:
    """Lock the subjects, run `apply` and record the action, all in one transaction; returns what `apply` returned.

    `apply` reads the state of what it changes itself, after the locks, and may be run again (see transactions.write).
    `about` is what the audit entry says of it. `action` None leaves no entry: for single steps of a work that has one
    of its own, such as each paper ballot that is typed. `once` is the key of a form that works once: the second time,
    RepeatedFormError is raised. If `apply` raises, nothing has happened and there is no entry.
    """

    def act() -> T:
        allow_long_work()
        for subject in sorted(subjects):  # in one order, so that two units of work cannot wait for each other
            lock(subject)
        actor.check()
        if once:
            _use(once)
        result = apply()
        if action is not None:
            record(actor.name, action, about if isinstance(about, str) else about(result))
        return result

    return write(act)


def _use(key: str) -> None:
    if not run("INSERT INTO used_form (key) VALUES (?) ON CONFLICT DO NOTHING", (key[:40],)).rowcount:
        raise RepeatedFormError
