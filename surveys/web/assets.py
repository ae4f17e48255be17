"""Static files: compressed beforehand, and under names with a digest of their content, which browsers keep for a year."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from wsgiref.headers import Headers

import brotli
import rcssmin
import rjsmin
from flask import Flask
from whitenoise import WhiteNoise
from whitenoise.responders import StaticFile

from surveys.storage.private_files import create_private, make_folder
from surveys.web.addresses import root

FOLDER = "static"
"""In the instance folder: the compressed files. Without it, files are served as they are."""
COMPRESSED = (".css", ".js", ".svg")
"""What is compressed, and has a name with a digest. No page asks for the font, which is none of these."""
_SHORTEN: dict[str, Callable[[str], str]] = {".js": rjsmin.jsmin, ".css": rcssmin.cssmin}
_LARGE = 200_000  # the best compression of the library of charts would take seconds, for a tenth less


def hashed_name(path: Path, folder: Path) -> str:
    """`css/staff.css` as `css/staff.1a2b3c4d.css`."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()[:8]
    return path.relative_to(folder).with_suffix(f".{digest}{path.suffix}").as_posix()


def compress_files(folder: Path, instance: Path) -> None:
    """Compress what is not compressed yet, once for all processes that start together."""
    target = instance / FOLDER
    make_folder(target)
    lock = os.open(target / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for path in sorted(folder.rglob("*")):
            if path.suffix in COMPRESSED:
                name = hashed_name(path, folder)
                for ending, compress in ((".gz", partial(gzip.compress, mtime=0)), (".br", _brotli)):
                    packed = target / f"{name}{ending}"
                    if not packed.exists():
                        make_folder(packed.parent)
                        create_private(packed, compress(without_comments(path)))
    finally:
        os.close(lock)


def without_comments(path: Path) -> bytes:
    """What is sent of a file: scripts and styles without comments and blanks, but for those of others."""
    data = path.read_bytes()
    shorten = _SHORTEN.get(path.suffix)
    return shorten(data.decode()).encode() if shorten and "vendor" not in path.parts else data


def _brotli(data: bytes) -> bytes:
    return brotli.compress(data, quality=9 if len(data) > _LARGE else 11)


class StaticFiles(WhiteNoise):
    """Serves each file under its name with a digest, for a year, and under its plain name, for an hour."""

    FOREVER = 365 * 24 * 60 * 60

    def __init__(self, application: Any, folder: Path, instance: Path) -> None:
        self.folder, self.compressed = folder, instance / FOLDER
        self.names: dict[str, str] = {}
        """The name with a digest of each plain name."""
        super().__init__(application, root=folder, prefix="static/", max_age=3600, allow_all_origins=False)

    def add_file_to_dictionary(self, url: str, path: str, stat_cache: Any = None) -> None:
        """Called by WhiteNoise for each file when it starts."""
        file = Path(path)
        if file.suffix in COMPRESSED:
            name = file.relative_to(self.folder).as_posix()
            self.names[name] = hashed_name(file, self.folder)
            super().add_file_to_dictionary(f"/static/{self.names[name]}", path)
        super().add_file_to_dictionary(url, path)

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> StaticFile:
        """A file with its compressed forms, as far as they are there."""
        headers = Headers([])
        self.add_mime_headers(headers, path, url)
        self.add_cache_headers(headers, path, url)
        name = self.names.get(Path(path).relative_to(self.folder).as_posix(), "")
        packed = {"gzip": f"{self.compressed / name}.gz", "br": f"{self.compressed / name}.br"} if name else {}
        return StaticFile(path, headers.items(), encodings=packed)

    def immutable_file_test(self, path: str, url: str) -> bool:
        """Whether what is under this address never changes."""
        return not path.endswith(url)


def init_assets(app: Flask) -> None:
    """Serve the files, and give templates `static(name)`. Must come before what wraps the application further."""
    files = StaticFiles(app.wsgi_app, Path(app.static_folder or ""), Path(app.instance_path))
    app.wsgi_app = files  # type: ignore[method-assign]

    def static(name: str) -> str:
        return f"{root()}/static/{files.names.get(name, name)}"

    app.jinja_env.globals["static"] = static
