"""Asking the people an organisation serves what they think of its units."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import peewee
from flask import Flask
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from surveys import settings
from surveys.admission.sign_on.settings import sign_on_providers
from surveys.ballots.drawing import UnitDrawer
from surveys.ballots.mix import Mix
from surveys.ballots.readiness import ReadinessCheck
from surveys.storage import secret
from surveys.storage.database import database, disconnect, drop_connection, open_database, release_connection
from surveys.storage.instance import Belonging, WrongSecretError, load_matching_secret
from surveys.storage.schema import NewerDatabaseError, check_not_newer
from surveys.version import __version__

ROOT = Path(__file__).resolve().parent.parent


def create_app(**overrides: object) -> Flask:
    """The application. `overrides` are settings that win over the environment (tests use them).

    What has state belongs to the object it returns: `extensions` hold the open database, the mix, caches and counters.
    """
    chosen = settings.from_environment(**overrides)
    app = Flask(
        __name__,
        root_path=str(ROOT / "surveys"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(Path(chosen.INSTANCE).resolve()),
    )
    app.config.from_mapping({name: getattr(chosen, name) for name in settings.Settings.__dataclass_fields__})
    _configure_storage(app, chosen)
    _configure_requests(app, chosen)
    _configure_login(app)
    _configure_pages(app)
    _register_pages(app)
    _register_commands(app)
    return app


def _configure_storage(app: Flask, chosen: settings.Settings) -> None:
    instance = Path(app.instance_path)
    opened = app.extensions["database"] = open_database(instance, chosen.DATABASE_URL, chosen.database_limits)
    try:
        master = load_matching_secret(instance)
        check_not_newer()
    except (WrongSecretError, NewerDatabaseError):
        opened.close()
        raise
    app.config["SECRET_KEY"] = secret.derive(master, "sessions")
    app.config["CODE_KEY"] = secret.derive(master, "codes")
    app.config["SIGN_ON_KEY"] = secret.derive(master, "sign-on")
    app.config["TOKEN_KEY"] = secret.derive(master, "ballot tokens")
    mix = app.extensions["mix"] = Mix(instance)
    _compare_folder_of_keys(app, mix)
    app.extensions["readiness"] = ReadinessCheck(instance, mix, chosen.MIN_FREE_MB)
    app.extensions["unit_drawer"] = UnitDrawer()
    app.extensions["sign_on"] = sign_on_providers(app.config)


def _compare_folder_of_keys(app: Flask, mix: Mix) -> None:
    """Say in the log that no ballot will be taken. Pages are served all the same: staff and /readyz say it."""
    try:
        found = mix.folder.belonging()
    finally:
        disconnect()
    if found in (Belonging.MISSING, Belonging.FOREIGN):
        app.logger.error("no ballots are taken: %s is not the folder of keys of this database", mix.folder.path)


def _configure_requests(app: Flask, chosen: settings.Settings) -> None:
    from surveys.web.assets import init_assets

    app.config.update(
        MAX_CONTENT_LENGTH=chosen.MAX_UPLOAD_MB * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=chosen.COOKIE_SECURE,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=chosen.SESSION_HOURS),
        WTF_CSRF_TIME_LIMIT=chosen.SESSION_HOURS * 3600,
    )
    init_assets(app)
    if chosen.PROXIES:
        trusted = dict.fromkeys(("x_for", "x_proto", "x_host", "x_prefix"), chosen.PROXIES)
        app.wsgi_app = ProxyFix(app.wsgi_app, **trusted)  # type: ignore[method-assign]


def _configure_login(app: Flask) -> None:
    from surveys.accounts.operations import account_of_session
    from surveys.web.sessions import StaffSessions

    app.session_interface = StaffSessions()
    manager = LoginManager(app)
    manager.login_view = "accounts.login"
    manager.login_message = None
    manager.session_protection = None
    manager.user_loader(account_of_session)


def _configure_pages(app: Flask) -> None:
    from surveys.scoring.rounding import percent_text
    from surveys.web.access import may_publish
    from surveys.web.addresses import init_addresses
    from surveys.web.compression import init_compression
    from surveys.web.errors import init_errors
    from surveys.web.joined_pages import init_pages
    from surveys.web.languages import init_languages
    from surveys.web.limits import init_limits
    from surveys.web.logs import init_logs
    from surveys.web.messages import actor_name, kind_name
    from surveys.web.published import init_published
    from surveys.web.throttle import init_throttle
    from surveys.web.undefined import StrictName

    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.undefined = StrictName
    app.jinja_env.globals.update(
        may_publish=may_publish, percent_text=percent_text, kind_name=kind_name, actor_name=actor_name
    )
    init_logs(app)
    init_addresses(app)
    init_limits(app)
    init_throttle(app)
    init_languages(app)
    init_errors(app)
    init_compression(app)
    init_published(app)
    init_pages(app)
    app.context_processor(lambda: {"organisation": app.config["ORGANISATION"], "version": __version__})

    @app.teardown_request
    def rollback(error: BaseException | None) -> None:
        # No thread may keep a transaction open between requests.
        if error is not None and not database.is_closed() and database.in_transaction():
            try:
                database.rollback()
            except peewee.PeeweeException:
                drop_connection()
        release_connection()


def _register_pages(app: Flask) -> None:
    from surveys.web.api import blueprints as api
    from surveys.web.public import blueprints as public
    from surveys.web.respond import blueprints as respond
    from surveys.web.staff import blueprints as staff
    from surveys.web.staff.help import init_help
    from surveys.web.staff.resume import init_resuming

    csrf = CSRFProtect(app)
    for blueprint in (*respond(), *public(), *api()):
        csrf.exempt(blueprint)  # no cookie there: the signed ballot token, or the API token, does this work
        app.register_blueprint(blueprint)
    for blueprint in staff():
        app.register_blueprint(blueprint)
    init_resuming(app)
    init_help(app)


def _register_commands(app: Flask) -> None:
    from surveys.commands import groups

    for group in groups():
        app.cli.add_command(group)
