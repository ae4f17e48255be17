"""What makes tests quick: applications that are cheap to make, and code of others that coverage does not watch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import coverage
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from werkzeug.routing import Rule


def make_applications_cheap() -> None:
    """Tests make them by the hundred: keep compiled templates, and compile what builds an address when it is first built."""
    Flask.jinja_options = {"bytecode_cache": FileSystemBytecodeCache()}
    compiled = Rule._compile_builder

    def when_used(rule: Rule, append_unknown: bool = True) -> Any:
        made: list[Any] = []

        def build(self: Rule, **values: Any) -> Any:
            if not made:
                made.append(compiled(rule, append_unknown))
            return made[0](self, **values)

        return build

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
