"""Three machines with etcd, Patroni and PostgreSQL, each a network namespace with folders of its own, and HAProxy before them.

They run with the files of docs/deploy/failover as they are; only what is marked there with "here" is filled in, and HAProxy's port.
"""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg

from surveys.settings import ROOT

FILES = ROOT / "docs" / "deploy" / "failover"
PROGRAMS = ("etcd", "patroni", "haproxy", "ip", "setpriv", "unshare")
BRIDGE, OWN_ADDRESS = "surveys-test", "198.51.100.1"
_FOLDERS = ("/var/lib/postgresql", "/var/lib/etcd", "/run/postgresql")


def can_run() -> bool:
    """Whether the programs are there, and network namespaces can be made."""
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if os.geteuid() or not all(shutil.which(name, path=path) for name in PROGRAMS):
        return False
    if not Path("/usr/lib/postgresql/15/bin/postgres").exists():
        return False
    made = subprocess.run(["ip", "netns", "add", "surveys-probe"], capture_output=True, check=False).returncode == 0
    return made and subprocess.run(["ip", "netns", "delete", "surveys-probe"], check=False).returncode == 0


class Machine:
    """One of the three."""

    def __init__(self, number: int, folder: Path) -> None:
        self.name, self.address = f"pg{number}", f"198.51.100.{10 + number}"
        self.folder, self._wire = folder / self.name, f"pg{number}-wire"
        self._started: list[subprocess.Popen[bytes]] = []
        self.folder.mkdir()
        for inner in _FOLDERS:
            path = self.folder / inner.strip("/")
            path.mkdir(parents=True)
            shutil.chown(path, "postgres", "postgres")
        for file in ("etcd.yml", "patroni.yml"):
            content = (FILES / file).read_text("utf-8")
            own = [line if "hosts:" in line or "cluster:" in line else self._own(line) for line in content.splitlines()]
            target = self.folder / file
            target.write_text("\n".join(own), "utf-8")
            target.chmod(0o600)
            shutil.chown(target, "postgres", "postgres")
        self._connect()

    def _own(self, line: str) -> str:
        return line.replace("198.51.100.11", self.address).replace("name: pg1", f"name: {self.name}")

    def _connect(self) -> None:
        inside = f"{self.name}-in"
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", self._wire, "type", "veth", "peer", "name", inside)
        run("ip", "link", "set", inside, "netns", self.name)
        run("ip", "link", "set", self._wire, "master", BRIDGE)
        run("ip", "link", "set", self._wire, "up")
        within = ("ip", "-n", self.name)
        run(*within, "address", "add", f"{self.address}/24", "dev", inside)
        run(*within, "link", "set", inside, "up")
        run(*within, "link", "set", "lo", "up")

    def start(self) -> None:
        """Start what systemd would start."""
        self._start("etcd", "--config-file", str(self.folder / "etcd.yml"))
        self._start("patroni", str(self.folder / "patroni.yml"))

    def _start(self, *command: str) -> None:
        binds = " && ".join(f"mount --bind {self.folder}{inner} {inner}" for inner in _FOLDERS)
        user = "setpriv --reuid=postgres --regid=postgres --clear-groups"
        script = f"{binds} && exec {user} {' '.join(command)}"
        with (self.folder / f"{command[0]}.log").open("ab") as log:
            started = subprocess.Popen(
                ["ip", "netns", "exec", self.name, "unshare", "--mount", "sh", "-c", script],
                stdout=log, stderr=log, start_new_session=True, cwd="/", env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"},
            )  # fmt: skip
        self._started.append(started)

    def processes(self) -> list[psutil.Process]:
        """All that runs on it."""
        listed = subprocess.run(["ip", "netns", "pids", self.name], capture_output=True, text=True, check=True).stdout
        found = []
        for number in listed.split():
            with suppress(psutil.NoSuchProcess):
                found.append(psutil.Process(int(number)))
        return found

    def signal(self, which: signal.Signals, *, only: str = "") -> None:
        """Send a signal to all its processes, or to those of one program."""
        for process in self.processes():
            with suppress(psutil.NoSuchProcess):
                if not only or process.name() == only:
                    process.send_signal(which)

    def cut_off(self) -> None:
        """Let no packet reach it or leave it."""
        run("ip", "link", "set", self._wire, "down")

    def connect_again(self) -> None:
        """Undo that."""
        run("ip", "link", "set", self._wire, "up")

    def answers(self, path: str) -> int:
        """What Patroni says at a path; 0 where it says nothing."""
        connection = http.client.HTTPConnection(self.address, 8008, timeout=1)
        try:
            connection.request("GET", f"/{path}")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def remove(self) -> None:
        """End it for good."""
        self.signal(signal.SIGKILL)
        for process in self._started:
            process.wait(10)
        run("ip", "link", "delete", self._wire)
        run("ip", "netns", "delete", self.name)


class Cluster:
    """The three machines and HAProxy; `url` is the address of the service's database."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cluster"))
        self.folder.chmod(0o755)
        run("ip", "link", "add", BRIDGE, "type", "bridge")
        run("ip", "address", "add", f"{OWN_ADDRESS}/24", "dev", BRIDGE)
        run("ip", "link", "set", BRIDGE, "up")
        self.machines: list[Machine] = []
        self._haproxy: subprocess.Popen[bytes] | None = None
        try:
            self._begin()
        except BaseException:
            self.remove()
            raise

    def _begin(self) -> None:
        for number in (1, 2, 3):
            self.machines.append(Machine(number, self.folder))
        for machine in self.machines:
            machine.start()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        config = self.folder / "haproxy.cfg"
        config.write_text(
            (FILES / "haproxy.cfg").read_text("utf-8").replace("127.0.0.1:5000", f"127.0.0.1:{self.port}"), "utf-8"
        )
        path = os.environ.get("PATH", "") + ":/usr/sbin"
        with (self.folder / "haproxy.log").open("wb") as log:
            program = shutil.which("haproxy", path=path) or "haproxy"
            self._haproxy = subprocess.Popen([program, "-f", str(config)], stdout=log, stderr=log)
        self.wait_until_whole(90)
        self._make_database()

    @property
    def url(self) -> str:
        """Where the service finds the primary."""
        return f"postgresql://surveys:secret@127.0.0.1:{self.port}/surveys"

    @property
    def primary(self) -> Machine:
        """The machine that is the primary now."""
        return next(machine for machine in self.machines if machine.answers("primary") == 200)

    def wait_until_whole(self, seconds: float) -> None:
        """Wait until there is a primary, a synchronous replica, and a third machine that follows it."""
        end = time.monotonic() + seconds
        while True:
            found = [
                [machine.answers(path) == 200 for machine in self.machines] for path in ("primary", "sync", "replica")
            ]
            if [sum(row) for row in found] == [1, 1, 2]:
                return
            assert time.monotonic() < end, f"the cluster is not whole: {found} {self.state()}"
            time.sleep(0.2)

    def state(self) -> str:
        """The end of what each machine wrote, for messages."""
        return "\n".join(log.read_text("utf-8", "replace")[-1500:] for log in sorted(self.folder.glob("*/*.log")))

    def remove(self) -> None:
        """End all of it."""
        if self._haproxy:
            self._haproxy.terminate()
            self._haproxy.wait(10)
        for machine in self.machines:
            machine.remove()
        run("ip", "link", "delete", BRIDGE)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _make_database(self) -> None:
        """As the documentation says, on the primary as the user postgres."""
        primary = self.primary
        for statement in ("CREATE ROLE surveys LOGIN PASSWORD 'secret'", "CREATE DATABASE surveys OWNER surveys"):
            run("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "psql", "-X", "-q",
                "-h", f"{primary.folder}/run/postgresql", "-c", statement)  # fmt: skip
        with psycopg.connect(self.url) as connection:
            connection.execute("SELECT 1")


def run(*command: str) -> None:
    """Run a command; raises CalledProcessError with what it wrote."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr}")
