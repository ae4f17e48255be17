"""Every route for every role: who gets in is decided here, and a new route without a rule fails."""

import re

import pytest

from tests.acting import seal
from tests.helpers import closed, csrf, published, vote

PUBLIC = {
    "home.home", "health.live", "health.ready", "metrics.metrics", "home.anonymity", "static", "accounts.login", "accounts.welcome", "resume.resume",
    "welcome.welcome", "welcome.by_code", "welcome.by_open_link", "welcome.service_worker", "ballot.submit", "ballot.resume",
    "participation.picture", "receipts.check", "bulletin.bulletin", "bulletin.receipts", "objections.form", "action_answers.answer", "own_scores.own_score",
    "api.openapi", "api.surveys", "api.survey", "api.table",
    "sign_on.login", "sign_on.callback", "trial.begin", "trial.ballot",
}  # fmt: skip
EVERYONE = {
    "surveys.index", "survey.show", "survey.preview", "survey.preview_page", "results.result", "pictures.index", "actions.index", "actions.low", "actions.action", "actions.link", "actions.remind", "actions.review", "remarks.index", "remarks.treat", "remarks.remark", "remarks.alike", "results.verification", "results.workbook", "printed.index", "printed.report", "printed.unit", "printed.units", "printed.workbooks", "what_if.index", "results.export", "objection_answers.index", "bulletin_publication.index", "bulletin_publication.preview", "bulletin_publication.publish", "bulletin_publication.withdraw",
    "units.index", "units.example", "units.template", "questionnaires.index", "questionnaires.export", "rosters.classes", "accounts.password", "accounts.logout", "drafts.check", "running.turnout", "running.progress", "running.projector", "running.poster", "running.poster_file", "running.turnout_file",
    "editor.edit", "editor.preview", "editor.versions", "help.index", "help.picture", "help.schema", "scales.index", "campaigns.index", "campaigns.show", "campaigns.changes",
    "evaluation.index", "evaluation.begin", "evaluation.verify", "evaluation_scheme.index",
    "evaluation_points.index", "evaluation_points.unit", "evaluation_files.index", "evaluation_files.confirm", "evaluation_files.template",
    "evaluation_links.index", "evaluation_links.make", "evaluation_links.revoke",
}  # fmt: skip
PUBLISHERS = {
    "surveys.new", "surveys.leave_guide", "surveys.again", "surveys.delete", "drafts.step", "drafts.rule_example", "survey.change", "survey.survey_file", "survey.people", "corrections.index", "codes.index", "codes.for_all", "codes.handout", "codes.revoke",
    "results.seal_page", "results.go_on_sealing", "results.stop_sealing", "units.confirm", "unit_grid.index", "unit_form.new", "unit_form.edit", "units.delete", "questionnaires.confirm",
    "new_questionnaire.new", "editor.state", "editor.presence", "editor.where", "editor.bring_back_version", "editor.rename", "editor.archive",
    "item_sources.sources", "item_sources.source", "scales.new", "scales.edit", "scales.archive", "scales.keep",
    "campaigns.new", "campaigns.edit", "campaigns.put", "campaigns.take_out", "campaigns.delete", "campaigns.units",
    "paper.index", "paper.sheet", "paper.typing", "paper.change", "paper.compare",
    "rosters.index", "rosters.template", "roster_grid.index", "rosters.mail", "rosters.send_mails", "rosters.on_paper", "rosters.remove", "rosters.confirm", "rosters.links", "rosters.erase",
}  # fmt: skip
COMMITTEE = {"evaluation.sign", "evaluation.discard", "evaluation.decide"}
ADMINISTRATORS = {
    "installation.index", "administration.accounts", "administration.account", "administration.activate", "administration.deactivate",
    "administration.password_link", "administration.revoke", "administration.audit", "administration.audit_file", "results.give_up_lost",
    "api_tokens.index", "api_tokens.revoke", "letterhead.index", "letterhead.logo",
}  # fmt: skip
MAY = {
    "administrator": EVERYONE | PUBLISHERS | COMMITTEE | ADMINISTRATORS,
    "publisher": EVERYONE | PUBLISHERS,
    "committee": EVERYONE | COMMITTEE,
    None: set(),
}
VALUES = {
    "slug": "test",
    "code": "B01",
    "key": "public-response",
    "act": "close",
    "kind": "csv",
    "part": "name",
    "size": "a4",
    "group": "students",
    "token": "x",
    "number": 999,
    "filename": "icon.svg",
    "page": "office",
    "name": "clerk-guide",
}


def requests(app):
    """(endpoint, method, path) of every route."""
    for rule in app.url_map.iter_rules():
        path = rule.rule
        for name in rule.arguments:
            path = re.sub(rf"<int(\(.*?\))?:{name}>", f"<{name}>", path).replace(f"<path:{name}>", f"<{name}>")
            path = path.replace(f"<{name}>", str(VALUES[name]))
        for method in sorted(rule.methods & {"GET", "POST"}):
            yield rule.endpoint, method, path


def test_every_route_has_a_rule(app):
    assert {
        rule.endpoint for rule in app.url_map.iter_rules()
    } == PUBLIC | EVERYONE | PUBLISHERS | COMMITTEE | ADMINISTRATORS


@pytest.mark.parametrize("role", MAY)
def test_every_page_and_download_is_checked_by_role(app, staff, role):
    survey = published()
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    browser = staff(role) if role else app.test_client()
    token = csrf(browser, "/staff/" if role else "/staff/login")
    seen = 0
    for endpoint, method, path in requests(app):
        if endpoint in PUBLIC or endpoint == "accounts.logout":
            continue
        status = browser.open(path, method=method, data={"csrf_token": token} if method == "POST" else None).status_code
        seen += 1
        if role is None:
            assert status == 302, (endpoint, method)
        elif endpoint in MAY[role]:
            assert status in (200, 302, 400, 404, 409, 422), (endpoint, method, status)
        else:
            assert status == 403, (endpoint, method)
    assert seen >= 25


def test_a_form_sent_without_a_token_changes_nothing_for_any_role(app, staff):
    published()
    browser = staff("administrator")
    for endpoint, method, path in requests(app):
        if method == "POST" and endpoint not in PUBLIC:
            answer = browser.post(path)
            # Pages that check the token through their form show the form again.
            assert answer.status_code == 400 or endpoint in {"units.index"}, endpoint


def test_the_committee_cannot_import_units_by_the_page_it_may_see(staff):
    import io

    browser = staff("committee")
    data = {
        "csrf_token": csrf(browser, "/staff/"),
        "file": (io.BytesIO(b"code,name,kind\nNOBODYS,x,branch\n"), "u.csv"),
    }
    page = browser.post("/staff/units/", data=data, content_type="multipart/form-data")
    assert "NOBODYS" not in page.text
