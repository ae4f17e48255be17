"""Personal links by mail, against a mail server that runs in the test."""

import email
import email.policy
import re
import socket

import pytest
from aiosmtpd.controller import Controller

from surveys.admission.codes import personal_code
from surveys.admission.mail import MailServer, send_links
from surveys.admission.models import Person
from surveys.admission.roster import links_of
from surveys.admission.roster_file import read_roster
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, AuditEntry
from tests.acting import store_roster
from tests.admission.test_roster import FILE, GROUPS
from tests.helpers import closed, fill_page, hand_out, post, published


class Catcher:
    """Keeps what it is sent; answers to some names as `replies` say."""

    def __init__(self) -> None:
        self.mails = []
        self.fails_after = None
        self.replies = {"wang": "550 no such person"}

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name in self.replies:
            return self.replies[name]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if len(self.mails) == self.fails_after:
            return "421 going down"
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos[0], message))
        return "250 OK"


@pytest.fixture
def catcher():
    handler = Catcher()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    handler.address = f"127.0.0.1:{port}"
    yield handler
    controller.stop()


@pytest.fixture
def survey(app, catcher):
    app.config.update(MAIL_SERVER=catcher.address, MAIL_FROM="党委办公室 <office@example.edu.cn>", MAIL_SECURITY="none")
    survey = published(groups=GROUPS)
    text = FILE + "8,赵六,学生,,,zhao@example.edu.cn\n"
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", text.encode()).rows)
    return survey


def test_everyone_with_an_address_gets_a_link_that_lets_them_in(app, runner, survey, catcher, client):
    done = runner.invoke(args=["roster", "mail", "test", "--base", "https://s.example"])
    assert done.exit_code == 0, done.output
    assert "2 mails sent, 1 persons have no address" in done.output
    assert "refused by the mail server: T-7 wang@example.edu.cn: 550 no such person" in done.output
    assert [to for to, _ in catcher.mails] == ["zhao@example.edu.cn", "zhang@example.edu.cn"]
    message = catcher.mails[1][1]
    assert message["Subject"] == "测评"
    assert "office@example.edu.cn" in message["From"]
    text = message.get_content()
    assert "张三" in text
    assert "不知道您答了什么" in text
    assert "not what you answered" in text
    code = re.search(r"https://s\.example/s/test#(\S+)", text)[1]
    assert code == personal_code(app.config["CODE_KEY"], survey.id, "2011001")
    assert "已收到" in client.post("/s/test/submit", data=fill_page(hand_out(client, "test", code).text)).text
    catcher.mails.clear()
    runner.invoke(args=["roster", "mail", "test", "--again"])  # once more: only who has not answered
    assert [to for to, _ in catcher.mails] == ["zhao@example.edu.cn"]


def test_without_a_server_or_with_a_wrong_setting_it_says_what_to_set(app, runner, survey):
    app.config["MAIL_SERVER"] = ""
    assert "Set MAIL_SERVER and MAIL_FROM" in runner.invoke(args=["roster", "mail", "test"]).stderr
    app.config["MAIL_SERVER"] = "host:port"
    assert "MAIL_SERVER is host:port" in runner.invoke(args=["roster", "mail", "test"]).stderr


def test_a_server_that_cannot_be_reached_is_named(app, survey):
    links = links_of(survey, app.config["CODE_KEY"], "")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = MailServer("127.0.0.1", port, "a@example.edu", security="none")
    with pytest.raises(InputError, match=r"127\.0\.0\.1 failed \(ConnectionRefusedError\) after 0 mails"):
        send_links(server, links, "x", lambda *_: "y", lambda *_: None)


def outcomes():
    return {person.number: (person.mail_outcome, person.mail_reply) for person in Person.select()}


def test_what_became_of_each_mail_is_kept_with_the_words_of_the_server(runner, survey, catcher):
    catcher.replies["zhao"] = "451 come back later"
    runner.invoke(args=["roster", "mail", "test"])
    assert outcomes() == {
        "2011001": ("sent", ""), "2011002": ("", ""), "T-7": ("refused", "550 no such person"),
        "8": ("retry", "451 come back later"),
    }  # fmt: skip
    del catcher.replies["zhao"]
    again = runner.invoke(args=["roster", "mail", "test"]).output
    assert "1 mails sent" in again
    assert [to for to, _ in catcher.mails] == ["zhang@example.edu.cn", "zhao@example.edu.cn"]


def test_a_server_that_fails_in_between_sends_nobody_twice(runner, survey, catcher):
    catcher.fails_after = 1
    failed = runner.invoke(args=["roster", "mail", "test"])
    assert (failed.exit_code, "failed (421 going down) after 1 mails" in failed.stderr) == (1, True)
    assert [(entry.action, entry.about) for entry in AuditEntry.select()][-1] == (Action.SEND_LINKS, "test: 1")
    catcher.fails_after = None
    runner.invoke(args=["roster", "mail", "test"])
    assert sorted(to for to, _ in catcher.mails) == ["zhang@example.edu.cn", "zhao@example.edu.cn"]


def test_a_round_that_is_finished_writes_to_nobody_until_another_one_is_begun(runner, survey, catcher):
    runner.invoke(args=["roster", "mail", "test"])
    assert "This round is finished" in runner.invoke(args=["roster", "mail", "test"]).output
    assert len(catcher.mails) == 2
    runner.invoke(args=["roster", "mail", "test", "--again"])
    assert len(catcher.mails) == 4


def test_a_corrected_address_is_written_to_in_the_same_round(app, runner, survey, catcher):
    runner.invoke(args=["roster", "mail", "test"])
    catcher.mails.clear()
    text = FILE.replace("wang@example", "tim@example")
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", text.encode()).rows)
    runner.invoke(args=["roster", "mail", "test"])
    assert [to for to, _ in catcher.mails] == ["tim@example.edu.cn"]


def test_a_line_break_in_a_title_or_setting_does_not_reach_a_header(app, runner, catcher):
    app.config.update(MAIL_SERVER=catcher.address, MAIL_FROM="Office\n <a@example.edu>", MAIL_SECURITY="none")
    survey = published(groups=GROUPS, title="测评\nBcc: x@example.edu")
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", FILE.encode()).rows)
    assert "1 mails sent" in runner.invoke(args=["roster", "mail", "test"]).output
    assert catcher.mails[0][1]["Subject"] == "测评 Bcc: x@example.edu"
    assert catcher.mails[0][1]["Bcc"] is None


def test_a_sender_that_is_no_address_is_named(app, runner, survey):
    app.config["MAIL_FROM"] = "the office"
    assert "MAIL_FROM is no e-mail address" in runner.invoke(args=["roster", "mail", "test"]).stderr


def test_nothing_is_sent_for_a_closed_survey(runner, survey, catcher):
    closed(survey)
    assert runner.invoke(args=["roster", "mail", "test"]).exit_code == 1
    assert catcher.mails == []


class TestPage:
    """What the party office does in the browser."""

    @pytest.fixture
    def office(self, survey, staff, monkeypatch):
        monkeypatch.setattr("surveys.web.staff.rosters.MAILS_AT_A_TIME", 2)
        return staff("publisher")

    def send(self, office, **fields):
        return post(office, "/staff/surveys/test/roster/mail", follow_redirects=True, **fields).text

    def test_it_shows_the_letter_and_sends_in_parts_until_all_are_sent(self, office, catcher):
        page = office.get("/staff/surveys/test/roster/mail").text
        assert "3 位未参评者有邮箱，1 人没有" in page
        assert "/s/test#…" in page
        assert catcher.mails == []
        page = self.send(office)
        assert "data-auto" in page
        assert "本轮 3 封邮件已发送 2 封" in page
        page = self.send(office)
        assert "链接已全部发送" in page
        assert "550 no such person" in page
        assert len(catcher.mails) == 2

    def test_a_failure_stops_it_and_it_goes_on_behind_the_last_mail(self, office, catcher):
        catcher.fails_after = 1
        page = self.send(office)
        assert "421 going down" in page
        assert "data-auto" not in page
        assert [entry.about for entry in AuditEntry.select()][-1] == "test: 1"
        catcher.fails_after = None
        while "全部发送" not in page:
            page = self.send(office)
        assert sorted(to for to, _ in catcher.mails) == ["zhang@example.edu.cn", "zhao@example.edu.cn"]

    def test_another_round_begins_once_for_each_form(self, office, catcher):
        for _ in range(2):
            page = self.send(office)
        assert "再次发给 3 人" in page
        self.send(office, again="1")
        self.send(office, again="1")
        assert len(catcher.mails) == 4

    def test_without_a_mail_server_it_says_what_to_do(self, app, office):
        app.config["MAIL_SERVER"] = ""
        assert "尚未设置邮件服务器" in office.get("/staff/surveys/test/roster/mail").text

    def test_nothing_is_sent_once_the_survey_is_closed(self, office, survey, catcher):
        closed(survey)
        post(office, "/staff/surveys/test/roster/mail", form_on="/staff/surveys/test/roster/")
        assert catcher.mails == []
