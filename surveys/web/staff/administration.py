"""The administrator's pages: accounts, one-time links, and the audit trail."""

from __future__ import annotations

import io
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, logout_user
from werkzeug.wrappers import Response

from surveys.accounts.links import invite, make_password_link, pending_links, revoke_link
from surveys.accounts.models import Account, Role
from surveys.accounts.operations import all_accounts, get_account, is_last_administrator, set_active, set_role
from surveys.campaigns.models import Survey
from surveys.inputs.csv_writing import BOM, CsvWriter
from surveys.inputs.problems import InputError
from surveys.inputs.text import clean
from surveys.storage.audit import Action, acting_accounts, find_entries, record
from surveys.web.access import ADMINISTRATORS, actor, allow
from surveys.web.addresses import public_address
from surveys.web.languages import format_datetime
from surveys.web.messages import actor_name, add_to_form, localised
from surveys.web.staff.account_forms import ROLE_NAMES, DeactivateForm, InviteForm, PasswordLinkForm, RoleForm
from surveys.web.staff.audit_words import in_words
from surveys.web.staff.downloads import download

blueprint = Blueprint("administration", __name__, url_prefix="/staff")

_NUMBER = "<int(max=2147483647):number>"
_MADE = "link_made"
ENTRIES_A_PAGE, LAST_PAGE, MOST_IN_A_FILE = 100, 100_000, 100_000


@blueprint.route("/accounts", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def accounts() -> str | Response:
    form = InviteForm()
    if form.validate_on_submit():
        try:
            token = invite(actor(), Role(form.role.data), once=form.key)
        except InputError as error:
            add_to_form(form, error)
        else:
            return _show_link(token)
        form.renew()
    return render_template(
        "staff/accounts/accounts.html", form=form, link=_link_made(), accounts=all_accounts(), pending=pending_links(),
        roles=ROLE_NAMES,
    )  # fmt: skip


def _show_link(token: str) -> Response:
    """A page that is loaded again must not make another link, so the link waits in the session for the next page."""
    session[_MADE] = token
    return redirect(url_for("administration.accounts"))


def _link_made() -> str | None:
    """The link that was just made: once, because nobody can know it after that."""
    token = session.pop(_MADE, None)
    return public_address("accounts.welcome", token=token) if token else None


@blueprint.post(f"/accounts/links/{_NUMBER}/revoke")
@allow(ADMINISTRATORS)
def revoke(number: int) -> Response:
    try:
        revoke_link(actor(), number)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("The link is revoked: nobody can use it any more."))
    return redirect(url_for("administration.accounts"))


def _account_or_404(number: int) -> Account:
    try:
        return get_account(number)
    except InputError:
        abort(404)


@blueprint.route(f"/accounts/{_NUMBER}", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def account(number: int) -> str | Response:
    """What can be done with one account; sent, it gets another role."""
    found = _account_or_404(number)
    own = found.id == current_user.id
    form = RoleForm(role=found.role)
    if form.validate_on_submit():
        try:
            changed = set_role(actor(), number, Role(form.role.data))
        except InputError as error:
            add_to_form(form, error)
        else:
            flash(_("%(name)s is now: %(role)s.", name=changed.name, role=ROLE_NAMES[Role(changed.role)]))
            return redirect(url_for("surveys.index" if own else "administration.accounts"))
    return render_template(
        "staff/accounts/account.html", account=found, form=form, link_form=PasswordLinkForm(formdata=None), own=own,
        last=is_last_administrator(found), roles=ROLE_NAMES,
    )  # fmt: skip


@blueprint.post(f"/accounts/{_NUMBER}/password-link")
@allow(ADMINISTRATORS)
def password_link(number: int) -> Response:
    _account_or_404(number)
    form = PasswordLinkForm()
    if not form.validate_on_submit():
        abort(400)
    try:
        token = make_password_link(actor(), number, once=form.key)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
        return redirect(url_for("administration.account", number=number))
    return _show_link(token)


@blueprint.route(f"/accounts/{_NUMBER}/deactivate", methods=["GET", "POST"])
@allow(ADMINISTRATORS)
def deactivate(number: int) -> str | Response:
    """Asks first: whoever is deactivated is signed out in the middle of their work."""
    found = _account_or_404(number)
    own = found.id == current_user.id
    form = DeactivateForm()
    if form.validate_on_submit():
        if own and not form.own.data:
            form.own.errors = [_("This is your own account. Tick the box if you mean it.")]
        else:
            try:
                set_active(actor(), number, False)
            except InputError as error:
                add_to_form(form, error)
            else:
                return _after_deactivating(found, own)
    return render_template(
        "staff/accounts/deactivate.html", account=found, form=form, own=own, last=is_last_administrator(found),
        roles=ROLE_NAMES,
    )  # fmt: skip


def _after_deactivating(found: Account, own: bool) -> Response:
    if own:
        logout_user()
        session.clear()
        return redirect(url_for("accounts.login"))
    flash(_("%(name)s is deactivated and can no longer sign in.", name=found.name))
    return redirect(url_for("administration.accounts"))


@blueprint.post(f"/accounts/{_NUMBER}/activate")
@allow(ADMINISTRATORS)
def activate(number: int) -> Response:
    try:
        found = set_active(actor(), number, True)
    except InputError as error:
        flash(localised(error.problems[0]), "error")
    else:
        flash(_("%(name)s can sign in again.", name=found.name))
    return redirect(url_for("administration.accounts"))


@blueprint.get("/audit")
@allow(ADMINISTRATORS)
def audit() -> str:
    """The audit trail, page by page, or what was done by an account, of a kind, about a survey, or between two days."""
    page = max(1, min(request.args.get("page", 1, int), LAST_PAGE))
    wanted = _wanted_entries()
    found = find_entries(**wanted, skip=(page - 1) * ENTRIES_A_PAGE, limit=ENTRIES_A_PAGE + 1)
    asked = {name: clean(request.args.get(name, ""))[:60] for name in ("account", "action", "about", "from", "to")}
    return render_template(
        "staff/accounts/audit.html", entries=in_words(found[:ENTRIES_A_PAGE]), more=len(found) > ENTRIES_A_PAGE,
        page=page, accounts=acting_accounts(), actions=Action, asked=asked, filtered=any(asked.values()),
        slugs=sorted(survey.slug for survey in Survey.select(Survey.slug)),
    )  # fmt: skip


@blueprint.get("/audit.csv")
@allow(ADMINISTRATORS)
def audit_file() -> Response:
    """The same entries as a file."""
    out = io.StringIO(newline="")
    out.write(BOM)
    rows = CsvWriter(out)
    rows.row([_("Time"), _("Account"), _("Action"), _("About")])
    for one in in_words(find_entries(**_wanted_entries(), limit=MOST_IN_A_FILE)):
        about = ": ".join(part for part in (one.slug, one.about) if part)
        rows.row([format_datetime(one.entry.at), actor_name(one.entry.account), _(one.entry.action), about])
    record(actor().name, Action.EXPORT_AUDIT)
    return download(out.getvalue(), "audit.csv", "text/csv")


def _wanted_entries() -> dict[str, Any]:
    """What the address asks for; what cannot be read is passed over."""
    action = request.args.get("action", "")
    return {
        "account": clean(request.args.get("account", ""))[:60],
        "action": Action[action].value if action in Action.__members__ else "",
        "about": clean(request.args.get("about", ""))[:60],
        "since": _midnight(request.args.get("from", "")),
        "until": _midnight(request.args.get("to", ""), days=1),
    }


def _midnight(day: str, days: int = 0) -> int | None:
    """The beginning of a day (2026-12-31), or so many days later, in seconds since 1970."""
    try:
        begins = datetime.fromisoformat(f"{date.fromisoformat(day).isoformat()}T00:00")
        return int((begins + timedelta(days=days)).replace(tzinfo=ZoneInfo(current_app.config["TIMEZONE"])).timestamp())
    except (ValueError, OverflowError):
        return None
