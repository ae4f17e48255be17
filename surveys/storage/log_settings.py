"""Settings of PostgreSQL by which a ballot, or who sent it when, could get into its log or its archive."""

from __future__ import annotations

from dataclasses import dataclass

from surveys.storage.database import database, is_sqlite

_SAFE = {
    "log_statement": ("none", "ddl"),
    "log_min_duration_statement": ("-1",),
    "log_min_duration_sample": ("-1",),
    "log_transaction_sample_rate": ("0",),
    "log_parameter_max_length_on_error": ("0",),
    "log_error_verbosity": ("terse",),
    "log_min_error_statement": ("panic", "fatal", "log"),
    "auto_explain.log_min_duration": ("-1",),
    "pgaudit.log_parameter": ("off",),
    "archive_mode": ("off",),
}
"""The values of each that are safe; the first is proposed."""
_WITH_PARAMETERS = (
    "log_statement",
    "log_min_duration_statement",
    "log_min_duration_sample",
    "log_transaction_sample_rate",
)


@dataclass(frozen=True)
class UnsafeSetting:
    """A setting as it is and as it should be."""

    name: str
    value: str
    proposed: str


def unsafe_settings() -> list[UnsafeSetting]:
    """The settings of this session that are not safe. On SQLite there are none.

    Statements may be logged where their parameters are not (`log_parameter_max_length = 0`): ours hold no values.
    """
    if is_sqlite():
        return []
    rows = dict(database.execute_sql("SELECT name, setting FROM pg_settings").fetchall())
    without_parameters = rows.get("log_parameter_max_length") == "0"
    return [
        UnsafeSetting(name, rows[name], safe[0])
        for name, safe in _SAFE.items()
        if name in rows and rows[name] not in safe and not (without_parameters and name in _WITH_PARAMETERS)
    ]
