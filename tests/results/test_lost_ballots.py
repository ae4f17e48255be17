"""Ballots whose keys are gone for good: two administrators let a survey be sealed without them, on record everywhere."""

import io

import openpyxl
import pytest

from surveys.accounts.models import Role
from surveys.ballots.models import Ballot, MixEntry, Receipt
from surveys.campaigns.models import Survey
from surveys.inputs.problems import InputError
from surveys.results.lost_ballots import agree_to_lose, loss_of
from surveys.results.models import LostBallots, StoredResult
from surveys.results.verification import verify
from surveys.storage.audit import Action, AuditEntry
from surveys.storage.database import database
from tests.acting import TESTER, create_account, mix, seal
from tests.helpers import PASSWORD, closed, post, published, vote


@pytest.fixture
def lost(any_app):
    """A closed survey with two ballots that can be decrypted and three that cannot; the file of their keys, and it."""
    survey = published()
    for _ in range(3):
        vote(survey)
    for _ in range(2):
        vote(survey, group=1)
    closed(survey)
    path = mix().keys.of(survey.id, 0, -1, 896).path
    kept = path.read_bytes()
    path.unlink()
    return path, kept


def agree(*names: str) -> None:
    for name in names:
        agree_to_lose(TESTER, mix(), "test", name)


def test_until_two_administrators_agree_the_seal_refuses_and_nothing_is_deleted(lost):
    with pytest.raises(InputError, match=r"3 ballots in the mix cannot be decrypted\. Restore the folder mix"):
        seal("test")
    agree("wang")
    with pytest.raises(InputError, match="two administrators agree"):
        seal("test")
    assert (MixEntry.select().count(), Receipt.select().count()) == (5, 5)


def test_with_two_the_survey_is_sealed_without_them_and_the_result_says_so(lost):
    agree("wang", "li")
    stored = seal("test")
    assert (stored.ballots, stored.receipts, stored.lost) == (2, 5, 3)
    assert (stored.lost_first, stored.lost_second) == ("wang", "li")
    assert (MixEntry.select().count(), Ballot.select().count(), Receipt.select().count()) == (0, 2, 5)
    assert stored.result().ballots == [0, 2]
    assert verify("test").unchanged
    entries = AuditEntry.select().where(AuditEntry.action == Action.GIVE_UP_LOST).order_by(AuditEntry.id)
    assert [entry.about for entry in entries] == ["test: 3 ballots, wang", "test: 3 ballots, li"]


def test_one_administrator_cannot_agree_twice(lost):
    agree("wang")
    with pytest.raises(InputError, match="A second administrator has to"):
        agree("ＷＡＮＧ")
    agree("li")
    with pytest.raises(InputError, match=r"agreed already\. The survey can be sealed"):
        agree("zhao")


def test_if_more_is_lost_than_was_agreed_to_the_agreement_no_longer_holds(lost):
    agree("wang", "li")
    for path in mix().keys.folder.glob("[0-9]*"):
        path.unlink()
    with pytest.raises(InputError, match="5 ballots in the mix cannot be decrypted, more than"):
        seal("test")
    agree("wang")
    survey = Survey.get()
    assert (loss_of(mix(), survey.id).first, loss_of(mix(), survey.id).agreed) == ("wang", False)
    agree("li")
    assert (seal("test").ballots, StoredResult.get().lost) == (0, 5)


def test_if_the_keys_come_back_before_the_seal_all_ballots_count(lost):
    path, kept = lost
    agree("wang", "li")
    path.write_bytes(kept)
    stored = seal("test")
    assert (stored.ballots, stored.receipts, stored.lost, stored.lost_first) == (5, 5, 0, "")
    assert verify("test").unchanged


def test_there_is_nothing_to_agree_to_while_all_can_be_decrypted_or_the_survey_is_open(any_app, lost):
    path, kept = lost
    path.write_bytes(kept)
    with pytest.raises(InputError, match="All ballots in the mix can be decrypted"):
        agree("wang")
    published(slug="open")
    with pytest.raises(InputError, match="while the survey is open"):
        agree_to_lose(TESTER, mix(), "open", "wang")


def test_a_folder_of_another_installation_is_no_lost_key(lost):
    (mix().keys.folder / "id").write_text("f" * 32)
    for act in (lambda: agree("wang"), lambda: seal("test")):
        with pytest.raises(InputError, match="belongs to another installation"):
            act()
    assert MixEntry.select().count() == 5


def test_an_interrupted_seal_keeps_what_was_given_up(lost, monkeypatch):
    from surveys.results import sealing

    agree("wang", "li")
    monkeypatch.setattr(sealing, "score_ballots", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        seal("test")
    assert (MixEntry.select().count(), loss_of(mix(), Survey.get().id).ballots) == (3, 3)  # the others have moved on


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE result SET lost = 2, receipts = 4",
        "UPDATE result SET lost_second = 'zhao'",
        "DELETE FROM receipt WHERE number = (SELECT MIN(number) FROM receipt)",
        "UPDATE result SET lost = 0, lost_first = '', lost_second = ''",
    ],
)
def test_the_check_of_a_sealed_survey_notices_what_is_changed_in_it(lost, tampering):
    agree("wang", "li")
    seal("test")
    database.execute_sql(tampering)
    assert not verify("test").unchanged


def test_by_command_two_administrators_give_their_passwords(any_app, lost):
    for name, role in (("wang", Role.ADMINISTRATOR), ("li", Role.ADMINISTRATOR), ("zhao", Role.PUBLISHER)):
        create_account(name, PASSWORD, role)

    def run(*lines: str):
        runner = any_app.test_cli_runner()
        return runner.invoke(args=["survey", "give-up-lost", "test"], input="\n".join([*lines, ""]))

    wrong = run("wang", "wrong password")
    assert (wrong.exit_code, "or the password is wrong" in wrong.output) == (1, True)
    publisher = run("wang", PASSWORD, "zhao", PASSWORD)
    assert (publisher.exit_code, "no such administrator" in publisher.output) == (1, True)
    same = run("wang", PASSWORD, "Wang", PASSWORD)
    assert (same.exit_code, "A second administrator has to" in same.output) == (1, True)
    assert LostBallots.select().count() == 0  # both, or neither
    done = run("wang", PASSWORD, "li", PASSWORD)
    assert (done.exit_code, "3 ballots cannot be decrypted" in done.output) == (0, True)
    sealed = any_app.test_cli_runner().invoke(args=["survey", "seal", "test"])
    assert "2 ballots (3 more were lost)" in sealed.output
    verified = any_app.test_cli_runner().invoke(args=["survey", "verify", "test"])
    assert "lost: 3 ballots could not be decrypted; wang and li agreed" in verified.output


def _signed_in(app, name: str, role: Role = Role.ADMINISTRATOR):
    create_account(name, PASSWORD, role)
    browser = app.test_client()
    assert post(browser, "/staff/login", name=name, password=PASSWORD).status_code == 302
    return browser


def test_on_the_page_two_administrators_agree_and_then_it_is_sealed(any_app, lost):
    page = "/staff/surveys/test/seal"
    publisher = _signed_in(any_app, "zhao", Role.PUBLISHER)
    shown = publisher.get(page).text
    assert ("3 份答卷因缺少密钥或已损坏而无法解密" in shown, 'name="sure"' in shown, "同意不计这 3 份" in shown) == (
        True,
        False,
        False,
    )
    first, second = _signed_in(any_app, "wang"), _signed_in(any_app, "li")
    assert "同意不计这 3 份答卷" in first.get(page).text
    agreed = post(first, f"{page}/without-lost", form_on=page, follow_redirects=True).text
    assert ("还需另一位管理员同意" in agreed, "同意不计这 3 份答卷" in agreed) == (True, False)
    assert "现在可以封存" in post(second, f"{page}/without-lost", form_on=page, follow_redirects=True).text
    done = post(publisher, page, sure="y", aware="y", follow_redirects=True).text
    assert "评议已封存：2 份答卷" in done
    assert "管理员 wang 和 li 同意" in done


def test_result_bulletin_receipts_check_and_workbook_say_how_many_were_lost_and_who_agreed(any_app, lost):
    agree("wang", "li")
    seal("test")
    browser = _signed_in(any_app, "zhao", Role.COMMITTEE)
    for page in ("/staff/surveys/test/result", "/staff/surveys/test/verify", "/s/test/bulletin"):
        text = browser.get(page).text
        assert "有 3 份答卷已经收到" in text, page
        assert "wang 和 li" in text, page
    assert "回执与答卷数目相同" not in browser.get("/s/test/bulletin").text
    number = bytes(Receipt.get().number).hex()
    checked = any_app.test_client().post("/s/test/check", data={"receipt": number}).text
    assert ("3 份答卷在封存前丢失" in checked, "收到并计入" in checked) == (True, False)
    book = openpyxl.load_workbook(io.BytesIO(browser.get("/staff/surveys/test/workbook.xlsx").data))
    cells = [str(cell.value) for sheet in book for row in sheet for cell in row if cell.value]
    assert any("wang 和 li" in cell for cell in cells)
    assert any("另有 3 份答卷丢失" in cell for cell in cells)


def test_a_survey_that_lost_nothing_says_nothing_of_it(staff):
    survey = published()
    vote(survey)
    closed(survey)
    seal("test")
    browser = staff("committee")
    for page in ("/staff/surveys/test/result", "/s/test/bulletin"):
        assert "丢失" not in browser.get(page).text
