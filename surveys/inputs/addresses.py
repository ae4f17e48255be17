"""E-mail addresses that people type."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 200


def read_address(typed: str) -> str | None:
    """An address as a mail server takes it, in ASCII; None if it is none. Whether it exists is not asked."""
    try:
        found = validate_email(typed, allow_smtputf8=False, check_deliverability=False, globally_deliverable=False)
    except EmailNotValidError:
        return None
    address = found.ascii_email
    return address if address and "." in found.ascii_domain and len(address) <= MAX_LENGTH else None
