"""The evaluation by commands: what they print, and what they refuse."""

import pytest

from surveys.results.evaluation.models import EvaluationEntry
from tests.helpers import PASSWORD
from tests.results.evaluating import begun, member, sealed
from tests.results.test_evaluation import TYPED


@pytest.fixture
def run(runner):
    def command(*words):
        done = runner.invoke(args=["evaluation", *words])
        return done.exit_code, done.output

    return command


def test_it_shows_ranks_totals_grades_and_what_is_missing(app, run):
    begun(TYPED)
    run("set", "test", "B02", "a/check=58.5", "b/check=40")
    code, shown = run("show", "test")
    first, second, *_ = shown.splitlines()
    assert code == 0
    assert first.startswith("1\tB02\t98.50\t优秀\t优秀")
    assert second.startswith("—\tB01\t—\t—\t—\t缺少：指标甲 · 考核组")


def test_an_unknown_cell_is_refused_with_those_that_are_known(app, run):
    begun(TYPED)
    code, said = run("set", "test", "B01", "c/check=1")
    assert (code, "a/check, b/check" in said) == (1, True)
    assert not EvaluationEntry.select().exists()


def test_either_a_preset_or_a_file_is_needed(app, run):
    sealed()
    assert run("make", "test")[0] == 1
    assert run("make", "test", "--preset", "judges2025", "--judge", "王", "--judge", "李")[0] == 0
    assert "王" in run("show", "test")[1]


def test_links_are_printed_once_and_states_from_then_on(app, run):
    begun()
    run("links", "test", "--until", "2099-12-31T17:00")
    made = run("links", "test", "--make", "all", "--base", "https://example.edu.cn")[1].splitlines()
    assert len(made) == 3
    assert made[0].startswith("B01\thttps://example.edu.cn/own-score/")
    assert run("links", "test")[1].splitlines() == ["B01\tnot opened", "B02\tnot opened", "B03\tnot opened"]


def test_two_sign_by_their_passwords_and_a_changed_one_is_found_out(app, run):
    begun({**TYPED, "quotas": []})
    for unit in ("B01", "B02", "B03"):
        run("set", "test", unit, "a/check=58", "b/check=40")
    assert run("sign", "test", "--name", member("li"), "--password", "wrong", "--yes")[0] == 1
    run("sign", "test", "--name", "li", "--password", PASSWORD, "--yes")
    assert "digest: " in run("sign", "test", "--name", member("zhao"), "--password", PASSWORD, "--yes")[1]
    assert run("verify", "test")[0] == 0
    EvaluationEntry.update(points="1").execute()
    code, said = run("verify", "test")
    assert (code, "CHANGED" in said) == (1, True)
