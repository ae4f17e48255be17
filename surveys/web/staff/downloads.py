"""Files that staff download."""

from __future__ import annotations

from flask import Response, abort

from surveys.admission.handouts import codes_csv, codes_xlsx

PDF = "application/pdf"
PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(body: bytes | str, name: str, mimetype: str) -> Response:
    """A file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=mimetype, headers=headers)


def table_download(heading: list[str], rows: list[tuple[str, str, str, str]], name: str, kind: str) -> Response:
    """A table as csv or xlsx."""
    if kind == "csv":
        return download(codes_csv(heading, rows), f"{name}.csv", "text/csv")
    if kind == "xlsx":
        return download(codes_xlsx(heading, rows), f"{name}.xlsx", XLSX)
    abort(404)
