"""A real CAS 3.0 server (django-cas-server) on a database in memory: `python -m tests.web.respond.sign_on.cas_server PORT`."""

from __future__ import annotations

import sys
from wsgiref.simple_server import make_server

import django
from django.conf import settings

PASSWORD = "a campus password"


def main(port: int) -> None:
    """Serve one user, 2011001, until the process is ended."""
    settings.configure(
        SECRET_KEY="for tests only", ALLOWED_HOSTS=["127.0.0.1"], USE_TZ=True,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, STATIC_URL="/static/",
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions",
                        "django.contrib.messages", "cas_server"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware",
                    "django.contrib.messages.middleware.MessageMiddleware"],
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {
            "context_processors": ["django.template.context_processors.request", "django.contrib.messages.context_processors.messages"]}}],
        CAS_AUTH_CLASS="cas_server.auth.TestAuthUser", CAS_TEST_USER="2011001", CAS_TEST_PASSWORD=PASSWORD,
        CAS_TEST_ATTRIBUTES={"employeeNumber": "T-7", "name": "张三"}, CAS_NEW_VERSION_HTML_WARNING=False,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    )  # fmt: skip
    django.setup()
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    from django.urls import include, path

    settings.ROOT_URLCONF = (path("cas/", include("cas_server.urls")),)
    from cas_server.models import ReplaceAttributName, ServicePattern

    pattern = ServicePattern.objects.create(name="surveys", pos=1, pattern=r"^http://(localhost|127\.0\.0\.1)")
    for name in ("employeeNumber", "name"):
        ReplaceAttributName.objects.create(name=name, service_pattern=pattern)
    make_server("127.0.0.1", port, get_wsgi_application()).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
