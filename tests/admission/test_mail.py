"""Personal links by mail, against a mail server that runs in the test."""

import email
import email.policy
import re
import socket

import pytest
from aiosmtpd.controller import Controller

from surveys.admission.codes import personal_code
from surveys.admission.mail import MailServer, send_links
from surveys.admission.roster import links_of
from surveys.admission.roster_file import read_roster
from surveys.campaigns.surveys import plan_of
from surveys.inputs.problems import InputError
from surveys.storage.audit import Action, AuditEntry
from tests.acting import store_roster
from tests.admission.test_roster import FILE, GROUPS
from tests.helpers import closed, fill_page, hand_out, post, published


class Catcher:
    """Keeps what it is sent; refuses addresses of one name."""

    def __init__(self) -> None:
        self.mails = []
        self.fails_after = None

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("wang"):
            return "550 no such person"
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
    store_roster("test", app.config["CODE_KEY"], read_roster(plan_of(survey), "r.csv", text.encode()))
    return survey


def test_everyone_with_an_address_gets_a_link_that_lets_them_in(app, runner, survey, catcher, client):
    done = runner.invoke(args=["roster", "mail", "test", "--base", "https://s.example"])
    assert done.exit_code == 0, done.output
    assert "2 mails sent, 1 persons have no address" in done.output
    assert "refused by the mail server: T-7" in done.output
    assert [to for to, _ in catcher.mails] == ["zhang@example.edu.cn", "zhao@example.edu.cn"]
    message = catcher.mails[0][1]
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
    runner.invoke(args=["roster", "mail", "test"])  # once more: only who has not answered
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
        send_links(server, links, "x", lambda *_: "y")


def test_what_was_sent_before_the_server_failed_is_on_the_audit_trail(runner, survey, catcher):
    catcher.fails_after = 1
    failed = runner.invoke(args=["roster", "mail", "test"])
    assert (failed.exit_code, "after 1 mails" in failed.stderr) == (1, True)
    assert [(entry.action, entry.about) for entry in AuditEntry.select()][-1] == (Action.SEND_LINKS, "test: 1")


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

    def go_on(self, office, page: str):
        fields = dict(re.findall(r'name="(after|sent|bare|refused)" value="([^"]*)"', page))
        return post(office, "/staff/surveys/test/roster/mail", **fields).text

    def test_after_a_failure_it_goes_on_behind_the_last_mail(self, office, catcher):
        catcher.fails_after = 1
        page = post(office, "/staff/surveys/test/roster/mail").text
        assert "已发送 1 封" in page
        assert [entry.about for entry in AuditEntry.select()][-1] == "test: 1"
        catcher.fails_after = None
        while "全部发送" not in page:
            page = self.go_on(office, page)
        assert [to for to, _ in catcher.mails] == ["zhang@example.edu.cn", "zhao@example.edu.cn"]

    def test_it_shows_the_letter_and_sends_in_parts_until_all_are_sent(self, office, catcher):
        page = office.get("/staff/surveys/test/roster/mail").text
        assert "还有 4 人未参评，其中 3 人有邮箱" in page
        assert "/s/test#…" in page
        assert catcher.mails == []
        page = self.go_on(office, page)
        assert "data-auto" in page
        assert "已发送 1 封，1 人没有邮箱" in page
        page = self.go_on(office, page)
        assert "链接已全部发送" in page
        assert "已发送 2 封，1 人没有邮箱，1 个邮箱被邮件服务器拒收" in page
        assert [to for to, _ in catcher.mails] == ["zhang@example.edu.cn", "zhao@example.edu.cn"]

    def test_a_server_that_fails_in_between_is_tried_again_from_there(self, app, office, catcher):
        page = self.go_on(office, office.get("/staff/surveys/test/roster/mail").text)
        app.config["MAIL_SERVER"] = "127.0.0.1:9"
        page = self.go_on(office, page)
        assert "从此处重试" in page
        assert "data-auto" not in page
        app.config["MAIL_SERVER"] = catcher.address
        assert "链接已全部发送" in self.go_on(office, page)
        assert len(catcher.mails) == 2

    def test_without_a_mail_server_it_says_what_to_do(self, app, office):
        app.config["MAIL_SERVER"] = ""
        assert "尚未设置邮件服务器" in office.get("/staff/surveys/test/roster/mail").text

    def test_nothing_is_sent_once_the_survey_is_closed(self, office, survey, catcher):
        page = office.get("/staff/surveys/test/roster/mail").text
        closed(survey)
        self.go_on(office, page)
        assert catcher.mails == []
