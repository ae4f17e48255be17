"""Files that staff download."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any
from zipfile import ZipFile

from flask import Response, abort

from surveys.admission.handouts import codes_csv, codes_xlsx
from surveys.admission.printing import Handout, Slip, slips_files

PDF = "application/pdf"
PNG = "image/png"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(body: bytes | str, name: str, mimetype: str) -> Response:
    """A file of this name."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(body, mimetype=mimetype, headers=headers)


def slips_download(handout: Handout, slips: Sequence[Slip], name: str) -> Response:
    """Slips as a PDF; so many that they are several files, as a zip that is sent while it is made.

    Before its first byte a page learns from the header X-Expected-Bytes how many will come, more or less.
    """
    files = slips_files(handout, slips)
    first = next(files, None)
    if first is None:
        abort(404)
    second = next(files, None)
    if second is None:
        return download(first[2], f"{name}.pdf", PDF)
    response = Response(_zipped(chain((first, second), files)), mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.zip"'
    response.headers["X-Expected-Bytes"] = str(len(first[2]) * len(slips) // first[1])
    response.headers["X-Accel-Buffering"] = "no"  # nginx else keeps it back until it is whole
    return response


class _Passing(io.RawIOBase):
    """What is written is given out and forgotten."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._kept += data
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken, self._kept = bytes(self._kept), bytearray()
        return taken


def _zipped(files: Iterable[tuple[str, int, bytes]]) -> Iterator[bytes]:
    out = _Passing()
    with ZipFile(out, "w") as archive:  # which need not be read or sought in
        for name, _number, body in files:
            archive.writestr(name, body)
            yield out.take()
    yield out.take()


def table_download(heading: list[str], rows: list[tuple[str, str, str, str]], name: str, kind: str) -> Response:
    """A table as csv or xlsx."""
    if kind == "csv":
        return download(codes_csv(heading, rows), f"{name}.csv", "text/csv")
    if kind == "xlsx":
        return download(codes_xlsx(heading, rows), f"{name}.xlsx", XLSX)
    abort(404)
