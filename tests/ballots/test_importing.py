"""Paper ballots and existing data: all or nothing, errors by row and column."""

import pytest

from surveys.ballots.models import PAPER, Ballot, Receipt, Remark
from surveys.inputs.problems import InputError
from tests.acting import import_ballots, seal
from tests.helpers import ballots_stored, closed, published

HEAD = "group,B01/listen,B01/solve,B02/listen,B01/why,text:B01/opinion\n"


def survey():
    return published()


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_levels_come_by_word_by_code_or_by_position(any_app, encoding):
    survey()
    rows = "学生,满意,2,,,\nstudents,not,不了解,Fairly satisfied,态度；效率,多听意见\nStudents,?,4,3,,=HYPERLINK(1)\n"
    assert import_ballots("test", "p.csv", (HEAD + rows).encode(encoding)) == 3
    assert (Ballot.select().where(Ballot.channel == PAPER).count(), Receipt.select().count()) == (3, 3)
    assert {remark.body for remark in Remark.select()} == {"多听意见", "=HYPERLINK(1)"}


@pytest.mark.parametrize(
    ("rows", "place", "message"),
    [
        ("village,1,1,,,", "row 2, group", "no group village"),
        ("学生,1,1,,,\n学生,9,1,,,", "row 3, B01/listen", "not one of the answers"),
        ("学生,很好,1,,,", "row 2, B01/listen", "not one of the answers"),
        ("学生,1,1,,天气,", "row 2, B01/why", "not one of the answers"),
        ("学生,1,1,,," + "长" * 501, "row 2, B01/opinion", "longer than 500"),
    ],
)
def test_errors_name_row_and_column_and_nothing_is_imported(app, rows, place, message):
    survey()
    with pytest.raises(InputError) as caught:
        import_ballots("test", "p.csv", f"{HEAD}学生,1,1,1,,\n{rows}\n".replace("学生,1,1,1,,\n", "", 1).encode())
    assert (caught.value.problems[0].place(), message in str(caught.value)) == (place, True)
    assert ballots_stored() == 0


def test_a_good_row_beside_a_bad_one_is_not_imported(app):
    survey()
    with pytest.raises(InputError):
        import_ballots("test", "p.csv", (HEAD + "学生,1,1,,,\n学生,x,1,,,\n").encode())
    assert (ballots_stored(), Receipt.select().count()) == (0, 0)


@pytest.mark.parametrize("column", ["B09/listen", "B01/nothing", "text:B01/listen", "B01/opinion"])
def test_an_unknown_column_is_named(app, column):
    survey()
    with pytest.raises(InputError, match="no rating or question"):
        import_ballots("test", "p.csv", f"group,{column}\n学生,1\n".encode())


def test_a_group_may_only_rate_its_own_units(app):
    published(groups=[{"code": "s", "name": "学生", "units": ["B01"]}, {"code": "t", "name": "教师"}])
    with pytest.raises(InputError, match="does not rate this unit: B02"):
        import_ballots("test", "p.csv", b"group,B02/listen\ns,1\n")


def test_ballots_come_in_after_the_end_and_before_the_seal(app):
    closed(survey())
    assert import_ballots("test", "p.csv", b"group,B01/listen\nstudents,1\n") == 1
    seal("test")
    with pytest.raises(InputError, match="before the seal"):
        import_ballots("test", "p.csv", b"group,B01/listen\nstudents,2\n")


def test_the_same_file_is_not_counted_twice(any_app):
    survey()
    file = b"group,B01/listen\nstudents,1\n"
    import_ballots("test", "p.csv", file)
    with pytest.raises(InputError, match="imported before"):
        import_ballots("test", "renamed.csv", file)
    assert Ballot.select().count() == 1


def test_import_and_dump_by_command_round_trip(runner, tmp_path):
    survey()
    (tmp_path / "p.csv").write_text(HEAD + "students,satisfied,?,fairly,,\nstaff,not,just,,slow+other,\n", "utf-8")
    assert "2 ballots imported" in runner.invoke(args=["ballots", "import", "test", str(tmp_path / "p.csv")]).output
    early = runner.invoke(args=["ballots", "dump", "test", str(tmp_path / "out.csv")])
    assert (early.exit_code, "not sealed" in early.stderr) == (1, True)
    runner.invoke(args=["survey", "close", "test"])
    runner.invoke(args=["survey", "seal", "test"])
    runner.invoke(args=["ballots", "dump", "test", str(tmp_path / "out.csv")])
    import csv

    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = {row["group"]: row for row in csv.DictReader(file)}
    assert [rows["students"][name] for name in ("B01/listen", "B01/solve", "B01/attitude", "B02/listen", "B03/listen")] == [
        "satisfied", "?", "-", "fairly", "",
    ]  # fmt: skip
    assert (rows["staff"]["B01/why"], rows["staff"]["channel"]) == ("slow+other", "paper")
