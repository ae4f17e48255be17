"""docs/deploy/nginx.conf in a real nginx: ballots are sent while the service is down, slow and cut off; then all that nginx
wrote, and all files that it has open, are searched for the code, the token and the answers."""

import datetime
import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlencode

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.helpers import wait_until
from tests.processes import ROOT

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
CONFIGURATION = ROOT / "docs" / "deploy" / "nginx.conf"
CODE, ANSWER = "R7GGYVTMN4FF6", "我的意见是保密的" * 3
pytestmark = [pytest.mark.fault, pytest.mark.skipif(NGINX is None, reason="nginx is not installed")]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def certificate(folder: Path) -> None:
    """A certificate and its key, as the configuration names them."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1)).sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "certificate.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)


class Nginx:
    """A running nginx with the configuration of the documentation; only places, ports and a wait are others."""

    def __init__(self, prefix: Path, *upstream: int, **changes: str) -> None:
        self.prefix, self.port = prefix, free_port()
        for folder in ("log", "body", "run"):
            (prefix / folder).mkdir(parents=True)
        certificate(prefix)
        text = CONFIGURATION.read_text("utf-8")
        places = {
            "user www-data;": "user root;" if os.geteuid() == 0 else "",
            "worker_processes auto;": "worker_processes 1;",
            "/run/nginx.pid": f"{prefix}/run/nginx.pid",
            "/var/log/nginx/": f"{prefix}/log/",
            "/run/nginx-body": f"{prefix}/body",
            "/etc/nginx/tls/": f"{prefix}/",
            "        listen [::]:80 default_server;\n": "",
            "        listen [::]:443 ssl default_server;\n": "",
            "listen 80 ": f"listen 127.0.0.1:{free_port()} ",
            "listen 443 ": f"listen 127.0.0.1:{self.port} ",
            "        server 127.0.0.1:8000 max_fails=3 fail_timeout=5s;\n": "".join(
                f"        server 127.0.0.1:{port} max_fails=3 fail_timeout=5s;\n" for port in upstream
            ),
            "proxy_read_timeout 60s": "proxy_read_timeout 2s",
            **{name.replace("__", " "): value for name, value in changes.items()},
        }
        for name, place in places.items():
            assert name in text, name
            text = text.replace(name, place)
        (prefix / "nginx.conf").write_text(text, "utf-8")
        command = [NGINX, "-p", str(prefix), "-c", str(prefix / "nginx.conf"), "-e", f"{prefix}/log/start.log"]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        self.process = subprocess.Popen(
            [*command, "-g", "daemon off;"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        wait_until(self._answers)

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def connection(self) -> http.client.HTTPSConnection:
        context = ssl._create_unverified_context()
        return http.client.HTTPSConnection("127.0.0.1", self.port, context=context, timeout=60)

    def send(self, method: str, path: str, body: str | bytes = b"") -> tuple[int, str]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
        with closing(self.connection()) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def open_files(self) -> set[str]:
        """The regular files that its processes have open, also those without a name any more."""
        found = set()
        parent = psutil.Process(self.process.pid)
        for process in (parent, *parent.children()):
            for entry in Path(f"/proc/{process.pid}/fd").iterdir():
                target = str(entry.readlink())
                if target.startswith("/") and not target.startswith(("/dev/", f"{self.prefix}/log/")):
                    found.add(target)
        return found

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)

    def written(self) -> str:
        """All that is in its files."""
        files = [path for path in self.prefix.rglob("*") if path.is_file() and path.suffix not in (".pem", ".conf")]
        return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in files)


@pytest.fixture
def nginx(tmp_path):
    """Start nginx in front of a port."""
    running = []

    def start(upstream: int, **changes: str) -> Nginx:
        running.append(Nginx(tmp_path / f"nginx{len(running)}", upstream, **changes))
        return running[-1]

    yield start
    for one in running:
        one.stop()


class Silent:
    """A service that takes requests and never answers; or one that hangs up in the middle of its answer."""

    def __init__(self, answer: bytes = b"") -> None:
        self.socket, self.answer, self.taken = socket.create_server(("127.0.0.1", 0)), answer, []
        self.port = self.socket.getsockname()[1]
        self.threads = ThreadPoolExecutor(1)
        self.threads.submit(self._serve)

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self.socket.accept()
            except OSError:
                return
            self.taken.append(connection)
            if self.answer:
                connection.recv(65536)
                connection.sendall(self.answer)
                connection.close()

    def close(self) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for connection in self.taken:
            connection.close()
        self.threads.shutdown()


def ballot(size: int = 200_000) -> str:
    """A form with the code, a token and an answer, as large as `size`."""
    return urlencode({"code": CODE, "token": "token-of-the-ballot", "8": ANSWER, "9": "x" * size})


SECRETS = (CODE, "token-of-the-ballot", urlencode({"8": ANSWER})[2:], ANSWER, "127.0.0.1", "/s/test", "xxxxxxxxxx")


def leaks(one: Nginx) -> list[str]:
    return [secret for secret in SECRETS if secret in one.written()]


def send_while_it_fails(nginx, **changes: str) -> list[Nginx]:
    """Ballots to a service that is down, one that is silent, one that hangs up; too large, malformed and cut off ones."""
    down = nginx(free_port(), **changes)
    assert down.send("POST", f"/s/test/submit?code={CODE}", ballot())[0] == 502
    with closing(down.connection()) as large:
        large.putrequest("POST", f"/s/test/submit?code={CODE}")
        large.putheader("Content-Length", "5000000")
        large.endheaders(ballot(50_000).encode())
        assert large.getresponse().status == 413
    with closing(down.connection()) as cut:
        cut.putrequest("POST", f"/s/test/submit?code={CODE}")
        cut.putheader("Content-Length", "900000")
        cut.endheaders(ballot().encode())
    with closing(down.connection()) as wrong:
        wrong.request("GET", f"/s/test/{CODE}/" + "y" * 9_000)
        assert wrong.getresponse().status == 414
    silent = Silent()
    slow = nginx(silent.port, **changes)
    with ThreadPoolExecutor(1) as phone:
        waiting = phone.submit(slow.send, "POST", f"/s/test/submit?code={CODE}", ballot(900_000))
        wait_until(lambda: silent.taken)
        time.sleep(0.5)
        slow.seen = slow.open_files()
        assert waiting.result()[0] == 504
    silent.close()
    broken = Silent(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b"x" * 100_000)
    cut_off = nginx(broken.port, **changes)
    with suppress(http.client.IncompleteRead):  # or 502, where nothing of the answer came
        cut_off.send("POST", f"/s/test/submit?code={CODE}", ballot())
    broken.close()
    return [down, slow, cut_off]


def test_nothing_of_a_ballot_is_in_a_file_whatever_fails(nginx):
    servers = send_while_it_fails(nginx)
    assert [leaks(one) for one in servers] == [[], [], []]
    assert servers[1].seen == set()
    assert not any(path.is_file() for one in servers for path in (one.prefix / "body").rglob("*"))


def test_the_search_finds_what_a_usual_configuration_writes(nginx):
    """With the error log and the buffers that nginx has by itself, addresses, codes and bodies are found."""
    changes = {"error_log__/dev/null__emerg;": "error_log log/requests.log warn;",
               "client_body_buffer_size__1m;": "client_body_buffer_size 16k;"}  # fmt: skip
    servers = send_while_it_fails(nginx, **changes)
    assert all({CODE, "127.0.0.1", "/s/test"} <= set(leaks(one)) for one in servers)
    assert any("/body/" in path for path in servers[1].seen)
