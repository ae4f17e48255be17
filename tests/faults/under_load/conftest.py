"""Fixtures of the fault tests: an application whose instance folder is where a test wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from surveys import create_app
from tests.acting import close_running, use
from tests.serving import Service


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., tuple[Any, Service]]]:
    """Serves a fresh SQLite instance in a folder and acts on it: the application of this process, and the service."""
    running: list[Service] = []

    def begin(folder: Path, service_type: type[Service] = Service, **settings: str) -> tuple[Any, Service]:
        service = service_type.prepared(folder, **settings)
        running.append(service)
        close_running()
        app = use(create_app(INSTANCE=str(folder), DATABASE_URL="", BASE_URL=""))
        return app, service

    yield begin
    close_running()
    for service in running:
        service.stop()
