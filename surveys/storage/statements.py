"""Statements that run once for every ballot, said in SQL: building them costs Peewee as much as running them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surveys.storage.database import database, is_sqlite

_ROWS_A_STATEMENT = 100  # SQLite before 3.32 takes 999 values


def run(sql: str, values: tuple[object, ...]) -> Any:
    """Execute a statement written with "?" on either database; returns the cursor."""
    return database.execute_sql(sql if is_sqlite() else sql.replace("?", "%s"), values)


def insert_many(table: str, columns: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows by as few statements as there can be."""
    for start in range(0, len(rows), _ROWS_A_STATEMENT):
        part = rows[start : start + _ROWS_A_STATEMENT]
        marks = ", ".join(["(" + ", ".join("?" * len(part[0])) + ")"] * len(part))
        run(f"INSERT INTO {table} ({columns}) VALUES {marks}", tuple(value for row in part for value in row))


def take_many(columns: str, table: str, key: str, survey_id: int, keys: Sequence[bytes]) -> list[tuple[Any, ...]]:
    """Delete a survey's rows by their keys and return what they held."""
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), _ROWS_A_STATEMENT):
        part = keys[start : start + _ROWS_A_STATEMENT]
        where = f"FROM {table} WHERE survey_id = ? AND {key} IN ({', '.join('?' * len(part))})"
        rows += run(f"SELECT {columns} {where}", (survey_id, *part)).fetchall()
        run(f"DELETE {where}", (survey_id, *part))
    return rows


def delete_many(table: str, key: str, survey_id: int, keys: Sequence[bytes]) -> None:
    """Delete a survey's rows by their keys."""
    for start in range(0, len(keys), _ROWS_A_STATEMENT):
        part = keys[start : start + _ROWS_A_STATEMENT]
        marks = ", ".join("?" * len(part))
        run(f"DELETE FROM {table} WHERE survey_id = ? AND {key} IN ({marks})", (survey_id, *part))
