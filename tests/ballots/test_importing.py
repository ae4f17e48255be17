"""Paper ballots and existing data: all or nothing, errors by row and column."""

import pytest

from surveys.ballots.importing import read_paper_ballots
from surveys.ballots.models import PAPER, Ballot, Receipt, Remark
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from tests.acting import import_ballots, seal
from tests.helpers import ballots_stored, closed, published
from tests.inputs.files import book
from tests.questionnaires.items.asking import plan_with

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
    runner.invoke(args=["survey", "close", "test", "--reason", "done"])
    runner.invoke(args=["survey", "seal", "test"])
    runner.invoke(args=["ballots", "dump", "test", str(tmp_path / "out.csv")])
    import csv

    with (tmp_path / "out.csv").open(encoding="utf-8-sig") as file:
        rows = {row["group"]: row for row in csv.DictReader(file)}
    assert [rows["students"][name] for name in ("B01/listen", "B01/solve", "B01/attitude", "B02/listen", "B03/listen")] == [
        "satisfied", "?", "-", "fairly", "",
    ]  # fmt: skip
    assert (rows["staff"]["B01/why"], rows["staff"]["channel"]) == ("slow+other", "paper")


class TestTheSameBallots:
    """Ballots that come again in a file of other bytes."""

    ROWS = (("group", "B01/listen", "text:B01/opinion"), ("students", "1", "多听"), ("staff", "2", "多看"))

    def csv(self, rows=ROWS) -> bytes:
        return "".join(",".join(row) + "\n" for row in rows).encode()

    @pytest.mark.parametrize("order", [(0, 1, 2), (0, 2, 1)])
    def test_they_are_refused_in_another_format_and_order(self, any_app, order):
        survey()
        import_ballots("test", "p.csv", self.csv())
        with pytest.raises(InputError, match=r"The same ballots were imported before, from the file p\.csv"):
            import_ballots("test", "p.xlsx", book([self.ROWS[number] for number in order]))
        assert (ballots_stored(), Receipt.select().count()) == (2, 2)

    def test_they_are_refused_with_answers_by_word(self, app):
        survey()
        import_ballots("test", "p.csv", self.csv())
        with pytest.raises(InputError, match="imported before"):
            import_ballots("test", "q.csv", self.csv().replace(b",1,", ",满意,".encode()))

    def test_the_preview_says_so(self, runner, tmp_path):
        survey()
        (tmp_path / "p.xlsx").write_bytes(book(self.ROWS))
        preview = ["ballots", "import", "test", str(tmp_path / "p.xlsx"), "--preview"]
        assert "2 ballots, no errors" in runner.invoke(args=preview).output
        import_ballots("test", "p.csv", self.csv())
        done = runner.invoke(args=preview)
        assert done.exit_code == 1
        assert "imported before, from the file p.csv" in done.stderr

    def test_other_ballots_are_taken(self, app):
        survey()
        import_ballots("test", "p.csv", self.csv())
        assert import_ballots("test", "q.csv", self.csv(self.ROWS[:2])) == 1
        assert import_ballots("test", "r.csv", self.csv().replace("多看".encode(), "多想".encode())) == 2

    def test_another_survey_may_have_the_same_ballots(self, app):
        survey()
        published(slug="other")
        assert import_ballots("test", "p.csv", self.csv()) == import_ballots("other", "p.xlsx", book(self.ROWS)) == 2

    def test_what_is_kept_does_not_tell_which_remark_was_on_which_ballot(self, app):
        survey()
        import_ballots("test", "p.csv", self.csv())
        changed = self.csv().replace("多听".encode(), b"X").replace("多看".encode(), "多听".encode())
        with pytest.raises(InputError, match="imported before"):
            import_ballots("test", "q.csv", changed.replace(b"X", "多看".encode()))


class TestBlankBallots:
    """Ballots and tables without answers."""

    def test_blank_ballots_are_counted_in_the_preview_and_after_the_import(self, runner, tmp_path):
        survey()
        (tmp_path / "p.csv").write_text("group,B01/listen\nstudents,1\nstudents,\nstaff,\n", "utf-8")
        for options in (["--preview"], []):
            done = runner.invoke(args=["ballots", "import", "test", str(tmp_path / "p.csv"), *options])
            assert "note: 2 ballots are blank; they count as ballots without an answer." in done.stderr
        assert ballots_stored() == 3

    @pytest.mark.parametrize(
        ("table", "message"),
        [
            ("group\nstudents\nstaff\n", "The table has no column with answers."),
            ("group,B01/listen\nstudents,\nstaff,\n", "All ballots of the table are blank."),
        ],
    )
    def test_a_table_without_any_answer_is_refused(self, app, table, message):
        survey()
        with pytest.raises(InputError, match=message):
            import_ballots("test", "p.csv", table.encode())
        assert ballots_stored() == 0

    def test_answers_to_questions_that_were_not_to_be_asked_are_remarked(self, app):
        plan = plan_of(survey())
        found = read_paper_ballots(plan, "p.csv", b"group,B01/listen,B01/why\nstudents,1,slow\nstaff,not,slow\n")
        assert [str(remark) for remark in found.remarks] == [
            "1 answers are left out: their questions are asked only after other answers."
        ]


OPTIONS = [{"code": code, "text": text} for code, text in zip("abc", "甲乙丙", strict=True)]


@pytest.mark.parametrize(
    ("item", "half", "full"),
    [
        ({"type": "rating", "scale": "satisfaction4"}, "2", "２"),
        ({"type": "rating", "scale": {"direct": {"low": 0, "high": 100}}}, "85", "８５"),
        ({"type": "choice", "options": OPTIONS}, "3", "３"),
        ({"type": "choice", "options": OPTIONS}, "b", "Ｂ"),
        ({"type": "multi", "options": OPTIONS}, "1+3", "１＋３"),
        ({"type": "multi", "options": OPTIONS}, "1+3", "１；３"),
        ({"type": "ranking", "options": OPTIONS}, "2>1>3", "２＞１＞３"),
        ({"type": "number", "low": 0, "high": 99}, "5", "５"),
        ({"type": "date"}, "2026-11-05", "２０２６－１１－０５"),
    ],
)
def test_full_width_answers_are_those_in_half_width(app, item, half, full):
    plan = plan_with({"code": "one", "text": "题目", **item})
    found = [read_paper_ballots(plan, "p.csv", f"group,one\nstudents,{answer}\n".encode()) for answer in (half, full)]
    assert found[0].ballots[0][1].packed == found[1].ballots[0][1].packed


def test_a_number_with_a_format_that_shows_another_one_is_no_answer(app):
    survey()

    def change(made):
        made.active["B2"].number_format = '0"1"'

    with pytest.raises(InputError, match="row 2, B01/listen: This number is shown otherwise"):
        import_ballots("test", "p.xlsx", book([["group", "B01/listen"], ["students", 2]], change))


def test_a_missing_group_column_does_not_hide_wrong_answers(app):
    plan = plan_of(survey())
    with pytest.raises(InputError) as caught:
        read_paper_ballots(plan, "p.csv", b"B01/listen,B01/nothing\n9,1\n1,1\n8,1\n")
    assert [problem.place() for problem in caught.value.problems] == [
        "row 1", "row 1", "row 2, B01/listen", "row 4, B01/listen"
    ]  # fmt: skip
