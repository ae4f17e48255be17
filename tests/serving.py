"""The real service, as gunicorn serves it, on a free port; for browser and fault tests."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import socket
import tempfile
import time
import urllib.error
import urllib.request
from functools import cache
from pathlib import Path
from typing import ClassVar

from surveys.settings import ROOT
from surveys.web.assets import compress_files
from tests.processes import ForkedProcess


@cache
def _migrated() -> Path:
    """A fresh instance of this test process, as its first start leaves it, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="instance"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    service = Service.__new__(Service)
    service.instance, service.url, service.workers, service.port = folder, "", 2, 0
    service.flask("db", "migrate")
    compress_files(ROOT / "static", folder)
    return folder


class Service:
    """A running service. `base` is its address."""

    module, health = "app:app", "/livez"
    settings: ClassVar[dict[str, str]] = {}
    process_type: ClassVar[type[ForkedProcess]] = ForkedProcess

    def __init__(self, instance: Path, url: str = "", workers: int = 2) -> None:
        self.instance, self.url, self.workers = instance, url, workers
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self.start()

    @classmethod
    def prepared(cls, instance: Path, **settings: str) -> Service:
        """A running service on a fresh instance, as `make run` leaves it, with some settings."""
        service = cls.__new__(cls)
        service.settings = settings
        service.instance, service.url, service.workers, service.port = instance, "", 2, 0
        shutil.copytree(_migrated(), instance, dirs_exist_ok=True)
        service.__init__(instance)  # type: ignore[misc]
        return service

    @property
    def environment(self) -> dict[str, str]:
        """What the service and its commands run with."""
        return {
            **os.environ, "INSTANCE": str(self.instance), "DATABASE_URL": self.url, "HOST": "127.0.0.1",
            "PORT": str(self.port), "WORKERS": str(self.workers), "BASE_URL": "", "WRONG_CODES_PER_MINUTE": "100000",
            **self.settings,
        }  # fmt: skip

    def start(self) -> None:
        """Start serving and wait until it answers."""
        self.process = self.process_type("gunicorn", self.module, env=self.environment)
        end = time.monotonic() + 30
        while True:
            try:
                urllib.request.urlopen(self.base + self.health, timeout=2).read()
                return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                assert self.process.poll() is None, self.process.written("stderr")
                assert time.monotonic() < end, "the service does not start"
                time.sleep(0.05)

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.communicate()

    def stop(self) -> str:
        """End it in order; returns what it wrote to its log."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            return self.process.communicate(timeout=20)[1]
        except TimeoutError:
            self.kill()
            return ""

    def flask(self, *arguments: str) -> str:
        """Run a command on the service's instance."""
        command = self.process_type("flask", "--app", "app", *arguments, env=self.environment)
        written, faults = command.communicate()
        assert command.poll() == 0, faults
        return written
