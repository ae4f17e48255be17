"""What makes tests quick: applications that are cheap to make, and code of others that coverage does not watch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import coverage
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule

from surveys.settings import ROOT
from surveys.web.assets import StaticFiles

_READ = ("_parts", "_trace", "_converters", "arguments")
_known: dict[tuple[object, ...], dict[str, Any]] = {}
_static: list[tuple[dict[str, Any], dict[str, str]]] = []


def make_applications_cheap() -> None:
    """Tests make them by the hundred: keep compiled templates, look for static files and read each address once, and compile
    what builds an address when it is first built."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache()}
    read, compiled = Rule.compile, Rule._compile_builder

    def read_once(rule: Rule) -> None:
        key = (rule.rule, rule.host, rule.subdomain, rule.merge_slashes, repr(rule.defaults))
        if key in _known:
            vars(rule).update(_known[key])
            rule._build = when_used(rule, False).__get__(rule)
            rule._build_unknown = when_used(rule, True).__get__(rule)
        else:
            read(rule)
            _known[key] = {name: getattr(rule, name) for name in _READ}

    def when_used(rule: Rule, append_unknown: bool = True) -> Any:
        made: list[Any] = []

        def build(self: Rule, **values: Any) -> Any:
            if not made:
                made.append(compiled(rule, append_unknown))
            return made[0](self, **values)

        return build

    find = StaticFiles.add_files

    def find_once(files: StaticFiles, root: Any, prefix: str | None = None) -> None:
        if files.compressed.exists() or files.folder != ROOT / "static":
            return find(files, root, prefix)
        if not _static:
            find(files, root, prefix)
            _static.append((dict(files.files), dict(files.names)))
        found, names = _static[0]
        files.files.update(found)
        files.names.update(names)

    StaticFiles.add_files = find_once  # type: ignore[method-assign]
    Rule.compile = read_once  # type: ignore[method-assign]
    Rule._compile_builder = when_used  # type: ignore[assignment, method-assign]


@contextmanager
def unmeasured() -> Iterator[None]:
    """Measure no coverage meanwhile: it costs half as much again, also in code of others."""
    measured = coverage.Coverage.current()
    if measured:
        measured.stop()
    try:
        yield
    finally:
        if measured:
            measured.start()
