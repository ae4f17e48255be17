"""Processes of the service, forked from one that has loaded its modules: loading them is most of what a start costs."""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload(["tests.loaded"])


class ForkedProcess:
    """`python -m MODULE ARGUMENTS` in the project's folder, in a session of its own."""

    def __init__(self, module: str, *arguments: str, env: dict[str, str]) -> None:
        self._written = tempfile.TemporaryDirectory(prefix="process")
        self._process = _context.Process(target=_run, args=(module, arguments, env, self._written.name))
        self._process.start()
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._process.exitcode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote, once it has ended. Raises TimeoutError."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise TimeoutError
        return self._taken()

    def _taken(self) -> tuple[str, str]:
        taken = self.written("stdout"), self.written("stderr")
        self._written.cleanup()
        return taken

    def written(self, stream: str) -> str:
        """What it has written to "stdout" or "stderr" so far."""
        path = Path(self._written.name) / stream
        return path.read_text("utf-8") if path.exists() else ""


class OwnProcess(ForkedProcess):
    """The same, started from nothing, as it is in earnest: for measurements of memory."""

    def __init__(self, module: str, *arguments: str, env: dict[str, str]) -> None:
        self._written = tempfile.TemporaryDirectory(prefix="process")
        folder = Path(self._written.name)
        with (folder / "stdout").open("wb") as out, (folder / "stderr").open("wb") as err:
            self._popen = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                cwd=ROOT, env=env, stdout=out, stderr=err, start_new_session=True,
            )  # fmt: skip
        self.pid = self._popen.pid

    def poll(self) -> int | None:
        """Its exit code; None while it runs."""
        return self._popen.poll()

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """What it wrote, once it has ended. Raises TimeoutError."""
        try:
            self._popen.wait(timeout)
        except subprocess.TimeoutExpired as late:
            raise TimeoutError from late
        return self._taken()


def _run(module: str, arguments: tuple[str, ...], env: dict[str, str], folder: str) -> None:
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(env)
    for stream in (sys.stdout, sys.stderr):
        target = os.open(f"{folder}/{'stdout' if stream is sys.stdout else 'stderr'}", os.O_WRONLY | os.O_CREAT)
        os.dup2(target, stream.fileno())
        os.close(target)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
