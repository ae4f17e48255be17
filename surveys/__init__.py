"""Asking the people an organisation serves what they think of its units."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import peewee
from flask import Flask
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from whitenoise import WhiteNoise

from surveys import keys, settings
from surveys.database import open_database
from surveys.responding.tray import open_tray
from surveys.version import __version__

ROOT = Path(__file__).resolve().parent.parent


def create_app(**overrides: object) -> Flask:
    """The application. `overrides` are settings that win over the environment (tests use them)."""
    chosen = settings.from_environment(**overrides)
    app = Flask(
        __name__,
        root_path=str(ROOT / "surveys"),
        template_folder=str(ROOT / "templates"),
        static_folder=str(ROOT / "static"),
        instance_path=str(Path(chosen.INSTANCE).resolve()),
    )
    app.config.from_mapping({name: getattr(chosen, name) for name in settings.Settings.__dataclass_fields__})
    _configure_keys(app)
    open_database(Path(app.instance_path), chosen.DATABASE_URL)
    open_tray(Path(app.instance_path))
    _configure_requests(app, chosen)
    _configure_sign_in(app)
    _configure_pages(app)
    _register_rooms(app)
    _register_commands(app)
    return app


def _configure_keys(app: Flask) -> None:
    secret = keys.load_secret(Path(app.instance_path))
    app.config["SECRET_KEY"] = keys.derive(secret, "sessions")
    app.config["CODE_KEY"] = keys.derive(secret, "codes")
    app.config["TRIP_KEY"] = keys.derive(secret, "sign-on trips")
    app.config["PAPER_KEY"] = keys.derive(secret, "ballot papers")


def _configure_requests(app: Flask, chosen: settings.Settings) -> None:
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
    app.wsgi_app = WhiteNoise(app.wsgi_app, root=ROOT / "static", prefix="static/", max_age=3600)  # type: ignore[method-assign]
    if chosen.PROXIES:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=chosen.PROXIES, x_proto=chosen.PROXIES, x_host=chosen.PROXIES)  # type: ignore[method-assign]


def _configure_sign_in(app: Flask) -> None:
    from surveys.accounts.models import account_of_session
    from surveys.accounts.sessions import StaffSessions

    app.session_interface = StaffSessions()
    manager = LoginManager(app)
    manager.login_view = "accounts.sign_in"
    manager.login_message = None
    manager.session_protection = None
    manager.user_loader(account_of_session)


def _configure_pages(app: Flask) -> None:
    from surveys.web.assets import init_assets
    from surveys.web.errors import init_errors
    from surveys.web.languages import init_languages
    from surveys.web.throttle import init_throttle

    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    init_throttle(app)
    init_assets(app)
    init_languages(app)
    init_errors(app)
    app.context_processor(lambda: {"organisation": app.config["ORGANISATION"], "version": __version__})

    @app.teardown_request
    def rollback(error: BaseException | None) -> None:
        # Connections stay with their threads; none may keep a transaction open between requests.
        from surveys.database import database

        if error is not None and not database.is_closed() and database.in_transaction():
            try:
                database.rollback()
            except peewee.PeeweeException:
                database.close()


def _register_rooms(app: Flask) -> None:
    from surveys.accounts.views import blueprint as accounts
    from surveys.publishing.roster_views import blueprint as rosters
    from surveys.publishing.views import blueprint as publishing
    from surveys.reporting.bulletin import blueprint as bulletin
    from surveys.reporting.views import blueprint as reporting
    from surveys.responding.afterwards import blueprint as afterwards
    from surveys.responding.onpaper.views import blueprint as onpaper
    from surveys.responding.sign_on import providers
    from surveys.responding.sign_on.views import blueprint as sign_on
    from surveys.responding.views import blueprint as responding
    from surveys.units.views import blueprint as units
    from surveys.web.views import blueprint as web

    csrf = CSRFProtect(app)
    for blueprint in (responding, afterwards):
        csrf.exempt(blueprint)  # no cookie there: the signed ballot paper does this work
    app.extensions["sign_on"] = providers(app.config)
    for blueprint in (
        web,
        accounts,
        units,
        publishing,
        rosters,
        responding,
        afterwards,
        sign_on,
        onpaper,
        reporting,
        bulletin,
    ):
        app.register_blueprint(blueprint)


def _register_commands(app: Flask) -> None:
    from surveys.commands import groups

    for group in groups():
        app.cli.add_command(group)
