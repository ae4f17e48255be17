"""Static files: names with a digest, kept for a year, compressed beforehand."""

import gzip
import re
from pathlib import Path

import brotli
import pytest

from surveys import create_app
from surveys.settings import ROOT
from surveys.storage.schema import migrate
from surveys.web.assets import FOLDER, compress_files, without_comments
from tests.acting import close_running, use

STYLE = ROOT / "static" / "css" / "tokens.css"


@pytest.fixture(scope="module")
def compressed(tmp_path_factory):
    """An instance folder with compressed files."""
    instance = tmp_path_factory.mktemp("compressed")
    compress_files(ROOT / "static", instance)
    return instance


@pytest.fixture
def served(compressed):
    """An application whose files were compressed before it started."""
    close_running()
    app = use(create_app(INSTANCE=str(compressed), DATABASE_URL="", BASE_URL=""))
    migrate()
    yield app.test_client()
    close_running()


def address(client, name: str = "css/tokens") -> str:
    """The address of a file as pages have it."""
    return re.search(rf'"(/static/{name}\.[0-9a-f]{{8}}\.\w+)"', client.get("/staff/login").text)[1]


@pytest.mark.parametrize(
    ("accepted", "encoding", "unpack"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, deflate", "gzip", gzip.decompress),
        ("", None, bytes),
    ],
)
def test_a_file_comes_in_the_best_form_that_the_browser_takes(served, accepted, encoding, unpack):
    with served.get(address(served), headers={"Accept-Encoding": accepted}) as answer:
        assert answer.headers.get("Content-Encoding") == encoding
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert answer.headers["Content-Type"].startswith("text/css")
        assert int(answer.headers["Content-Length"]) == len(answer.data)
        assert unpack(answer.data) == (without_comments(STYLE) if encoding else STYLE.read_bytes())


def test_a_name_with_a_digest_is_kept_for_a_year_and_a_plain_one_for_an_hour(served):
    for path, kept in ((address(served), "max-age=31536000, public, immutable"),
                       ("/static/css/tokens.css", "max-age=3600, public")):  # fmt: skip
        with served.get(path, headers={"Accept-Encoding": "br"}) as answer:
            assert answer.headers["Cache-Control"] == kept
            assert brotli.decompress(answer.data) == without_comments(STYLE)


def test_the_name_changes_with_the_content(tmp_path):
    names = []
    for content in ("a{top:0}", "b{top:0}"):
        (tmp_path / "static").mkdir(exist_ok=True)
        (tmp_path / "static" / "one.css").write_text(content)
        compress_files(tmp_path / "static", tmp_path)
        found = {path.name: path for path in (tmp_path / FOLDER).glob("one.*.br")}
        names.append(sorted(found))
        assert content in [brotli.decompress(path.read_bytes()).decode() for path in found.values()]
    assert len(names[0]) == 1
    assert len(names[1]) == 2
    assert set(names[0]) < set(names[1])


def test_what_is_compressed_already_is_left_alone(tmp_path):
    compress_files(ROOT / "static", tmp_path)
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / FOLDER).rglob("*.??")}
    assert len(before) > 50
    compress_files(ROOT / "static", tmp_path)
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / FOLDER).rglob("*.??")} == before
    assert not [path for path in before if "ttf" in path.name]


def test_another_digest_is_no_file(served):
    assert served.get(re.sub(r"\.[0-9a-f]{8}\.", ".00000000.", address(served))).status_code == 404


def test_without_compressed_files_they_are_served_as_they_are(client):
    with client.get(address(client), headers={"Accept-Encoding": "br"}) as answer:
        assert "Content-Encoding" not in answer.headers
        assert answer.data == STYLE.read_bytes()
        assert answer.headers["Cache-Control"].endswith("immutable")


def test_every_file_of_a_page_is_there(served):
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', served.get("/staff/login").text)
    assert len(found) >= 3
    for path in found:
        with served.get(path) as answer:
            assert answer.status_code == 200
            assert Path(path).suffix in (".css", ".js", ".svg")


def test_comments_are_left_out_of_own_files_alone():
    for name in ("css/respond.css", "js/sending.js"):
        path = ROOT / "static" / name
        assert len(without_comments(path)) < 0.9 * path.stat().st_size
    script = without_comments(ROOT / "static" / "js" / "work.js").decode()
    assert "// A worker" not in script
    assert '"use strict"' in script
    for path in (ROOT / "static" / "vendor").rglob("*.js"):
        assert without_comments(path) == path.read_bytes()
