"""What a stolen PostgreSQL cluster tells: every row version in its pages, living or dead, with its transaction and place."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.attack.sqlite_pages import Written


def everything(url: str, tables: dict[str, int]) -> list[Written]:
    """All row versions of the tables (with their numbers of columns), as pageinspect shows them to a superuser.

    `tx` is the raw xmin, which stays on the page after freezing.
    """
    found: list[Written] = []
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION IF NOT EXISTS pageinspect")
        for table, columns in tables.items():
            size = connection.execute(
                "SELECT pg_relation_size(%s::regclass) / current_setting('block_size')::int", (table,)
            ).fetchone()
            for block in range(size[0] if size else 0):
                rows = connection.execute(
                    "SELECT lp_off, t_xmin::text, t_xmax::text, t_attrs FROM heap_page_item_attrs(get_raw_page(%s, %s), %s::regclass, true)"
                    " WHERE t_attrs IS NOT NULL",
                    (table, block, table),
                ).fetchall()
                for offset, xmin, xmax, raw in rows:
                    values = tuple(_value(table, i, part) for i, part in enumerate(raw[:columns]))
                    # A page is filled from its end, so a lower offset came later.
                    found.append(Written(int(xmin), table, values, (block, -offset)))
                    if int(xmax):
                        found.append(Written(int(xmax), table, values, (block, -offset), removed=True))
    return found


_BYTES = {
    "admission": {1}, "receipt": {1}, "ballot": {1, 4}, "mix_entry": {4, 5}, "remark": {1, 3, 4},
}  # fmt: skip


def _value(table: str, column: int, raw: Any) -> object:
    if raw is None:
        return None
    data = bytes(raw)
    if column not in _BYTES[table]:
        return int.from_bytes(data, "little", signed=True)
    return data.decode() if table == "remark" and column > 1 else data
