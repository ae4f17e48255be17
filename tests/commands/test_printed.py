"""Printed files from the command line."""

import pytest

from surveys.results.printed.letterhead import letterhead, number_of
from tests.acting import seal
from tests.helpers import closed, published, vote
from tests.results.printing import pages_of, unzipped


@pytest.fixture
def survey(app):
    survey = published()
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    return survey


@pytest.fixture
def run(runner):
    def command(*words):
        answer = runner.invoke(args=[*map(str, words)])
        return answer.exit_code, answer.output + answer.stderr

    return command


def test_report_units_and_branches_are_files_for_their_owner_alone(survey, run, tmp_path):
    files = {
        "r.pdf": ("report",), "r.docx": ("report", "--format", "docx"), "u.zip": ("units",), "b.zip": ("branches",),
        "u.pdf": ("units", "--unit", "第2党支部"),
    }  # fmt: skip
    for name, (verb, *more) in files.items():
        code, said = run("scores", verb, "TEST", *more, "--out", tmp_path / name)
        assert code == 0, said
        assert (tmp_path / name).stat().st_mode & 0o077 == 0
    assert "第2党支部" in pages_of((tmp_path / "u.pdf").read_bytes())[0]
    assert len(unzipped((tmp_path / "u.zip").read_bytes())) == 3
    assert [*unzipped((tmp_path / "b.zip").read_bytes())] == ["机关党总支.xlsx"]


def test_the_number_is_kept_with_the_survey_and_printed(survey, run, tmp_path):
    assert run("report", "letterhead", "--organisation", "某某学院", "--pattern", "院评{number}号")[0] == 0
    assert run("scores", "report", "test", "--number", "7", "--language", "en", "--out", tmp_path / "r.pdf")[0] == 0
    assert number_of(survey) == "7"
    assert pages_of((tmp_path / "r.pdf").read_bytes())[0].startswith("某某学院院评7号")


def test_the_letterhead_keeps_what_is_not_named(app, run, tmp_path):
    from PIL import Image

    Image.new("RGB", (30, 30), "red").save(tmp_path / "logo.png")
    run("report", "letterhead", "--organisation", "某某学院", "--logo", tmp_path / "logo.png")
    run("report", "letterhead", "--pattern", "{number}号")
    assert (letterhead().organisation, letterhead().pattern) == ("某某学院", "{number}号")
    assert letterhead().logo
    run("report", "letterhead", "--no-logo")
    assert letterhead().logo is None
    assert "某某学院" in run("report", "letterhead")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("report", "test", "--out", "r.docx"), "must end in .pdf"),
        (("report", "test", "--format", "docx", "--out", "r.pdf"), "must end in .docx"),
        (("units", "test", "--out", "u.pdf"), "must end in .zip"),
        (("units", "test", "--unit", "B01", "--out", "u.zip"), "must end in .pdf"),
        (("units", "test", "--unit", "Z", "--out", "u.pdf"), "no unit Z"),
        (("branches", "other", "--out", "b.zip"), "no survey other"),
        (("report", "test", "--number", "9" * 21, "--out", "r.pdf"), "At most 20"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said_and_nothing_is_written(survey, run, tmp_path, monkeypatch, words, said):
    monkeypatch.chdir(tmp_path)
    code, output = run("scores", *words)
    assert code == 1
    assert said in output
    assert not [*tmp_path.glob("*.pdf"), *tmp_path.glob("*.zip"), *tmp_path.glob("*.docx")]
