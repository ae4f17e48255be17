"""What ties a database to its instance folder: they belong together, and are restored together."""

from __future__ import annotations

from pathlib import Path

import peewee

from surveys.storage import secret
from surveys.storage.database import Model, database
from surveys.storage.transactions import write

_FINGERPRINT = "secret.key"


class InstanceFact(Model):
    """Something that is known of the installation, by name."""

    name = peewee.CharField(max_length=20, primary_key=True)
    value = peewee.CharField(max_length=64)

    class Meta:
        table_name = "instance"


class WrongSecretError(RuntimeError):
    """The instance folder has no secret.key, or not the one that the database was made with."""


def load_matching_secret(instance: Path) -> bytes:
    """The installation's secret, which is made if there is no database yet.

    Raises WrongSecretError: with another secret no code and no ballot token that was handed out would be good.
    """
    path, known = instance / secret.FILE, _stored_fingerprint()
    if known and not path.exists():
        raise WrongSecretError(f"{path} is missing. Restore it from the backup that belongs to the database.")
    loaded = secret.load_secret(instance)
    if known and _fingerprint(loaded) != known:
        raise WrongSecretError(
            f"{path} is not the one that the database was made with. Restore it from the backup that belongs to the "
            "database, or use the database that belongs to it."
        )
    return loaded


def remember_secret(instance: Path) -> None:
    """Note whose database this is, the first time."""
    value = _fingerprint(secret.load_secret(instance))
    write(lambda: InstanceFact.insert(name=_FINGERPRINT, value=value).on_conflict_ignore().execute())


def _fingerprint(loaded: bytes) -> str:
    return secret.derive(loaded, "fingerprint").hex()


def _stored_fingerprint() -> str:
    try:
        found = InstanceFact.get_or_none(InstanceFact.name == _FINGERPRINT)
    except peewee.PeeweeException:
        return ""  # no table yet, or no database: its own errors say so
    finally:
        database.close()  # processes that fork from this one must not share the connection
    return str(found.value) if found else ""
