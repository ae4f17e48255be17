"""Writing the tables of an export. CSV and Parquet are a file for each table, in one zip; JSON is one file."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from surveys.inputs.csv_writing import BOM, CsvWriter
from surveys.inputs.translations import Gettext
from surveys.results.export.facts import SurveyFacts
from surveys.results.export.specs import Column
from surveys.results.export.tables import Table, Value

_YEAR_ONE = (1980, 1, 1, 0, 0, 0)
"""The time of every file in a zip, so that the same result makes the same bytes."""


def csv_text(table: Table) -> str:
    """A table as CSV with a byte order mark. Text is never a formula; flags are true and false."""
    return _csv([[column.name for column in table.columns], *(_csv_row(table, row) for row in table.rows)])


def _csv_row(table: Table, row: dict[str, Value]) -> list[Any]:
    values = [row[column.name] for column in table.columns]
    return [str(value).lower() if isinstance(value, bool) else value for value in values]


def _csv(rows: Iterable[list[Any]]) -> str:
    out = io.StringIO(newline="")
    writer = CsvWriter(out)
    for row in rows:
        writer.row(row)
    return BOM + out.getvalue()


def csv_zip(tables: list[Table], facts: SurveyFacts, gettext: Gettext) -> bytes:
    """All tables as CSV, with a table that explains their columns, and the facts of the survey as JSON."""
    files = {f"{table.name}.csv": csv_text(table).encode() for table in tables}
    return _zip({**files, "columns.csv": _dictionary(tables, gettext).encode(), "survey.json": _facts(facts)})


def _dictionary(tables: list[Table], gettext: Gettext) -> str:
    head = ["table", "column", "type", "unit", "of", "meaning"]
    return _csv([
        head,
        *(
            [table.name, column.name, column.kind, column.unit, column.about, gettext(column.meaning)]
            for table in tables
            for column in table.columns
        ),
    ])  # fmt: skip


def json_text(tables: list[Table], facts: SurveyFacts, gettext: Gettext) -> str:
    """The facts of the survey, and all tables with their columns explained, as one JSON document."""
    data = {
        **facts.to_json(),
        "tables": {
            table.name: {
                "meaning": gettext(table.spec.meaning),
                "columns": [_column(column, gettext) for column in table.columns],
                "rows": plain_rows(table),
            }
            for table in tables
        },
    }
    return json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _column(column: Column, gettext: Gettext) -> dict[str, str]:
    return {
        "name": column.name, "type": column.kind, "unit": column.unit, "of": column.about,
        "meaning": gettext(column.meaning),
    }  # fmt: skip


def plain_rows(table: Table, first: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
    """The rows, or a part of them, as plain data for JSON; a number has the digits that are printed."""
    rows = table.rows[first:] if limit is None else table.rows[first : first + limit]
    return [{name: plain(value) for name, value in row.items()} for row in rows]


def plain(value: Value) -> str | int | float | bool | None:
    """A value as JSON and Parquet hold it."""
    return float(value) if isinstance(value, Decimal) else value


def parquet_bytes(table: Table, facts: SurveyFacts, gettext: Gettext) -> bytes:
    """A table as Parquet; what columns mean, and the facts of the survey, are in its metadata."""
    import pyarrow
    import pyarrow.parquet

    kinds = {
        "text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "boolean": pyarrow.bool_(),
    }  # fmt: skip
    fields = [
        pyarrow.field(column.name, kinds[column.kind], nullable=not column.required, metadata=_column(column, gettext))
        for column in table.columns
    ]
    schema = pyarrow.schema(fields, metadata={"survey": _facts(facts), "meaning": gettext(table.spec.meaning)})
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(plain_rows(table), schema), out)
    return out.getvalue()


def parquet_zip(tables: list[Table], facts: SurveyFacts, gettext: Gettext) -> bytes:
    """All tables as Parquet."""
    return _zip({f"{table.name}.parquet": parquet_bytes(table, facts, gettext) for table in tables})


def _facts(facts: SurveyFacts) -> bytes:
    return json.dumps(facts.to_json(), ensure_ascii=False, indent=1).encode()


def _zip(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in files.items():
            info = zipfile.ZipInfo(name, _YEAR_ONE)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, body)
    return out.getvalue()
