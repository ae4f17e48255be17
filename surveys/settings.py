"""Every setting, with its default and meaning. All come from environment variables of the same name."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path

from surveys.storage.pool import Limits

ROOT = Path(__file__).resolve().parent.parent

LOG_FORMATS = ("text", "json")


@dataclass(frozen=True)
class Settings:
    """The settings of one installation."""

    INSTANCE: str = str(ROOT / "instance")
    """Folder of the database and the secret key."""

    DATABASE_URL: str = ""
    """A PostgreSQL address (postgresql://…); empty means SQLite in INSTANCE."""

    DATABASE_CONNECTIONS: int = 7
    """So many connections a process keeps to PostgreSQL at most. Fewer than THREADS: one is always free to say that it hangs."""

    DATABASE_WAIT_SECONDS: int = 3
    """So long a request waits for a free connection, while none comes back; then it is asked to come again."""

    DATABASE_CONNECT_SECONDS: int = 3
    """So long each host of DATABASE_URL may take to answer, at least 2."""

    DATABASE_SILENCE_SECONDS: int = 10
    """After so long without any answer from the network a connection to PostgreSQL is lost."""

    DATABASE_STATEMENT_SECONDS: int = 15
    """So long PostgreSQL may take for a statement."""

    DATABASE_LOCK_SECONDS: int = 10
    """So long a statement may wait for what others hold, such as a survey that is being sealed."""

    DATABASE_IDLE_SECONDS: int = 60
    """So long a transaction may pause between two statements."""

    DATABASE_LONG_SECONDS: int = 3600
    """The same three for long work: what staff change, the seal, migrations, backups."""

    BASE_URL: str = ""
    """The address people use, for links and QR codes (https://vote.example.edu, or with a path); empty: that of the request."""

    TIMEZONE: str = "Asia/Shanghai"
    """The time zone in which windows are typed and shown."""

    ORGANISATION: str = "党委办公室 · Party Office"
    """Shown at the head of staff pages and at the foot of respondents' pages."""

    CONTACT: str = ""
    """Whom people may ask, such as a telephone number or an e-mail address: printed on slips, cover sheets and posters."""

    SESSION_HOURS: int = 8
    """A staff session ends after so many hours without a request."""

    COOKIE_SECURE: bool = False
    """Set to 1 behind HTTPS: the staff cookie is then sent over HTTPS only."""

    PROXIES: int = 0
    """How many trusted reverse proxies stand in front (X-Forwarded-For, -Proto, -Host and -Prefix are read only then)."""

    WRONG_CODES_PER_MINUTE: int = 600
    """Wrong codes, tokens and receipts of one sender in a minute before further wrong ones are refused; right ones always pass."""

    FLOOD_BALLOTS_PER_MINUTE: int = 1500
    """Open-link ballots from one address in a minute before each further one needs a proof of work or has to wait."""

    FLOOD_WORK_BITS: int = 18
    """The proof of work takes two to the power of so many tries (18: half a second in a desktop browser); 0: only waiting helps."""

    WRONG_PASSWORDS_PER_MINUTE: int = 10
    """Wrong passwords for one name from one sender in a minute before it has to wait; ten times as many slow a sender or a name."""

    MAX_UPLOAD_MB: int = 10
    """The largest file that an import takes."""

    THROTTLE_STORAGE: str = "memory://"
    """Where throttling counts live (an address of the library limits); in memory means: each process counts for itself."""

    MIN_FREE_MB: int = 100
    """With less free space on the disk of INSTANCE or of the mix's keys the service says that it is not ready."""

    MAIL_SERVER: str = ""
    """The mail server for personal links, host:port; empty: no mail is sent."""

    MAIL_FROM: str = ""
    """The sender of mails, such as 党委办公室 <office@example.edu>."""

    MAIL_USER: str = ""
    """The name to sign in with at the mail server; empty: none."""

    MAIL_PASSWORD: str = ""
    """The password to sign in with at the mail server."""

    MAIL_SECURITY: str = "starttls"
    """How the connection to the mail server is encrypted: tls, starttls or none."""

    OIDC_ISSUER: str = ""
    """The issuer of the OpenID Connect provider by which persons of a roster sign in; empty: none."""

    OIDC_CLIENT_ID: str = ""
    """What the provider knows this service by; its return address is BASE_URL/s/-/oidc."""

    OIDC_CLIENT_SECRET: str = ""
    """The secret shared with the provider; empty: none (PKCE is always used)."""

    OIDC_CLAIM: str = "preferred_username"
    """The claim that holds a person's number (学号/工号)."""

    CAS_URL: str = ""
    """The address of the CAS 3.0 server by which persons of a roster sign in (https://sso.example.edu/cas); empty: none."""

    CAS_ATTRIBUTE: str = ""
    """The attribute that holds a person's number; empty: the user's name itself."""

    ROSTER_DAYS: int = 30
    """So many days after the seal the persons of a roster are forgotten, at the next start or by `db erase-rosters`."""

    REMARK_DAYS: int = 180
    """So many days after the seal what people wrote is deleted, at the next start or by `db erase-remarks`; what was published stays."""

    LOG_FORMAT: str = "text"
    """How lines of the log are written: text, or json for programs that collect them."""

    METRICS_TOKEN: str = ""
    """The bearer token with which Prometheus reads /metrics; empty: nobody can."""

    ALERT_MAIL: str = ""
    """The address to which `db alert` writes what somebody has to do something about; empty: it writes to nobody."""

    BACKUP_FOLDER: str = ""
    """The folder in which `backup make` keeps backups; on another disk or machine than the service."""

    BACKUP_RECIPIENT: str = ""
    """The public key of age (age1…) for which backups are encrypted; empty: they are not."""

    BACKUP_KEEP: int = 14
    """So many backups are kept; older ones are removed when a new one was made."""

    @property
    def database_limits(self) -> Limits:
        """The limits of connections to PostgreSQL."""
        return Limits(
            connections=self.DATABASE_CONNECTIONS,
            wait=self.DATABASE_WAIT_SECONDS,
            connect=self.DATABASE_CONNECT_SECONDS,
            statement=self.DATABASE_STATEMENT_SECONDS,
            lock=self.DATABASE_LOCK_SECONDS,
            idle=self.DATABASE_IDLE_SECONDS,
            silence=self.DATABASE_SILENCE_SECONDS,
            long=self.DATABASE_LONG_SECONDS,
        )


def from_environment(**overrides: object) -> Settings:
    """Read the settings from the environment; `overrides` win. Raises ValueError for a number that is none."""
    values: dict[str, object] = {}
    for field in fields(Settings):
        raw = os.environ.get(field.name)
        if raw is None or raw == "":
            continue
        if isinstance(field.default, bool):
            values[field.name] = raw.lower() in ("1", "true", "yes", "on")
        elif isinstance(field.default, int):
            try:
                values[field.name] = int(raw)
            except ValueError:
                raise ValueError(f"setting {field.name} must be a whole number, not {raw!r}") from None
        else:
            values[field.name] = raw
    values.update(overrides)
    settings = Settings(**values)  # type: ignore[arg-type]
    if settings.LOG_FORMAT not in LOG_FORMATS:
        raise ValueError(f"setting LOG_FORMAT must be {' or '.join(LOG_FORMATS)}, not {settings.LOG_FORMAT!r}")
    return settings
