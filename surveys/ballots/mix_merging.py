"""Repairing the folder of keys: taking keys over from another one, and beginning anew where the right one is gone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from surveys.ballots.mix import Mix, foreign_folder, waiting
from surveys.ballots.mix_entries import MixKind
from surveys.ballots.mix_keys import KindKeys, is_whole, key_files
from surveys.inputs.problems import Faults, InputError, Problem
from surveys.storage.audit import Action
from surveys.storage.instance import Belonging, read_id, stored_id
from surveys.storage.locks import hold_backup_off, survey_subject
from surveys.storage.private_files import make_folder
from surveys.storage.unit_of_work import Actor, unit_of_work


@dataclass(frozen=True)
class Merged:
    """How many keys were taken over, and how many waiting ballots can be decrypted now, and cannot."""

    keys: int
    readable: int
    lost: int


def merge_keys(actor: Actor, mix: Mix, folder: Path) -> Merged:
    """Put the keys of another folder that waiting ballots need beside those of the instance's. Changes nothing there.

    Other keys are left: they decrypt nothing but what has moved on, and are meant to be forgotten. Run again after an
    interruption, it goes on. Raises InputError: a folder of another installation, or a damaged one.
    """
    if mix.folder.belonging() not in (Belonging.OWN, Belonging.MISSING):
        raise foreign_folder()
    found = _read_keys(folder)
    surveys = {kind.survey_id for kind, _count in waiting()}

    def act() -> Merged:
        hold_backup_off(wait=True)
        make_folder(mix.folder.path)
        added = 0
        for kind, _count in waiting():
            missing = mix.missing_keys(kind)
            needed = {number: key for number, key in found.get(kind, {}).items() if number in missing}
            if needed:
                added += mix.keys_of(kind).add(needed)
        if mix.folder.belonging() is Belonging.MISSING:
            mix.folder.accept()  # last: until then no ballot begins a key of its own
        lost = mix.undecryptable().total()
        return Merged(added, sum(count for _kind, count in waiting()) - lost, lost)

    return unit_of_work(
        actor,
        Action.MERGE_MIX_KEYS,
        *(survey_subject(survey_id) for survey_id in surveys),
        apply=act,
        about=lambda merged: f"{merged.keys} keys; ballots: {merged.readable} can be decrypted, {merged.lost} cannot",
    )


def _read_keys(folder: Path) -> dict[MixKind, dict[int, bytes]]:
    """The keys in another folder of keys of this installation, all of which must be whole."""
    if read_id(folder) != stored_id():
        raise InputError(
            Problem("The folder %(name)s is no folder of keys, or is another installation's.", name=str(folder))
        )
    faults, found = Faults(), {}
    for path in key_files(folder):
        try:
            whole = is_whole(path.read_bytes())
        except OSError:
            whole = False
        if whole:
            found[MixKind(*map(int, path.name.split(".")))] = KindKeys(path).all()  # type: ignore[arg-type]
        else:
            faults.note("The key file is damaged or cannot be read.", path.name)
    faults.check()
    return found


def accept_folder(actor: Actor, mix: Mix) -> int:
    """Take the folder of keys, or a new one, as the instance's, although it has no id: the right one is gone for good.

    Returns how many waiting ballots cannot be decrypted. Raises InputError where it has an id already.
    """

    def act() -> int:
        found = mix.folder.belonging()
        if found is Belonging.OWN:
            raise InputError(Problem("The folder mix is this installation's already."))
        if found is not Belonging.MISSING:
            raise foreign_folder()
        mix.folder.accept()
        return mix.undecryptable().total()

    return unit_of_work(
        actor, Action.ACCEPT_KEY_FOLDER, apply=act, about=lambda lost: f"{lost} ballots cannot be decrypted"
    )
