"""Statements that run once for every ballot, said in SQL: building them costs Peewee as much as running them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from surveys.database import database, is_sqlite


def run(sql: str, values: tuple[object, ...]) -> Any:
    """Execute a statement written with "?" on either database; returns the cursor."""
    return database.execute_sql(sql if is_sqlite() else sql.replace("?", "%s"), values)


_MANY = 100  # rows a statement; SQLite before 3.32 takes 999 values


def insert_many(into: str, rows: list[tuple[object, ...]]) -> None:
    """Insert rows by as few statements as there can be. `into` is the table with its columns."""
    for start in range(0, len(rows), _MANY):
        part = rows[start : start + _MANY]
        marks = ", ".join(["(" + ", ".join("?" * len(part[0])) + ")"] * len(part))
        run(f"INSERT INTO {into} VALUES {marks}", tuple(value for row in part for value in row))


def take_many(columns: str, table: str, key: str, survey: int, keys: Sequence[bytes]) -> list[tuple[Any, ...]]:
    """Delete a survey's rows by their keys and return what they held."""
    rows: list[tuple[Any, ...]] = []
    for start in range(0, len(keys), _MANY):
        part = keys[start : start + _MANY]
        where = f"FROM {table} WHERE survey_id = ? AND {key} IN ({', '.join('?' * len(part))})"
        rows += run(f"SELECT {columns} {where}", (survey, *part)).fetchall()
        run(f"DELETE {where}", (survey, *part))
    return rows


def delete_many(table: str, key: str, survey: int, keys: Sequence[bytes]) -> None:
    """Delete a survey's rows by their keys."""
    for start in range(0, len(keys), _MANY):
        part = keys[start : start + _MANY]
        marks = ", ".join("?" * len(part))
        run(f"DELETE FROM {table} WHERE survey_id = ? AND {key} IN ({marks})", (survey, *part))
