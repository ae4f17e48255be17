"""Keys and ids are made whole, once, and readable by their owner only, by whichever process comes first."""

import ast
import os
import stat
import threading
from pathlib import Path

import pytest

from surveys.ballots.mix_keys import MixKeys
from surveys.storage.private_files import create_private, write_private
from surveys.storage.secret import load_secret

ROOT = Path(__file__).resolve().parents[2] / "surveys"


def test_of_many_that_begin_together_one_makes_the_file_and_all_read_all_of_it(tmp_path):
    path, made, read = tmp_path / "keys" / "x.key", [], []
    gate = threading.Barrier(8)

    def begin(number: int) -> None:
        gate.wait()
        made.append(create_private(path, bytes([number]) * 5000))
        read.append(path.read_bytes())

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False] * 7 + [True]
    assert len(set(read)) == 1
    assert len(read[0]) == 5000
    assert [one.name for one in path.parent.iterdir()] == ["x.key"]


def test_all_that_is_secret_is_for_its_owner_alone(app, tmp_path):
    os.umask(0o022)
    tmp_path /= "own"
    load_secret(tmp_path)
    MixKeys(tmp_path).of(1, 0, -1, 100).newest()
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(files) >= 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.rglob("*") if path.is_dir()} <= {0o700}
    assert {stat.S_IMODE(p.stat().st_mode) for p in Path(app.instance_path).glob("*.sqlite3*")} == {0o600}


def test_a_folder_that_is_open_to_others_is_closed_when_it_gets_its_secret(tmp_path):
    tmp_path.chmod(0o755)
    load_secret(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


def test_a_file_is_written_anew_whole_or_not_at_all(tmp_path):
    path, link = tmp_path / "codes.csv", tmp_path / "link.csv"
    path.write_bytes(b"old")
    path.chmod(0o644)
    link.symlink_to(path)
    with pytest.raises(ZeroDivisionError), write_private(link) as file:
        file.write(b"half")
        raise ZeroDivisionError
    assert (path.read_bytes(), len(list(tmp_path.iterdir()))) == (b"old", 2)
    with write_private(link) as file:
        file.write(b"new")
    assert (path.read_bytes(), stat.S_IMODE(path.stat().st_mode)) == (b"new", 0o600)
    assert (link.is_symlink(), len(list(tmp_path.iterdir()))) == (True, 2)


def test_nothing_else_writes_files():
    ways = {"write_bytes", "write_text"}
    found = [
        path.name
        for path in ROOT.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if (isinstance(node, ast.Attribute) and node.attr in ways)
        or (isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "open"
            and any(isinstance(one, ast.Constant) and str(one.value)[:1] in ("w", "a", "x") for one in node.args))
    ]  # fmt: skip
    assert found == ["private_files.py"]


def test_one_piece_of_code_makes_such_files():
    makers = [
        path.name
        for path in ROOT.rglob("*.py")
        if any(isinstance(node, ast.Attribute) and node.attr == "O_EXCL" for node in ast.walk(ast.parse(path.read_text("utf-8"))))
    ]  # fmt: skip
    assert makers == ["private_files.py"]
