"""E-mail addresses that people type."""

from __future__ import annotations

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 200


def read_address(typed: str) -> str | None:
    """An address as a mail server takes it, in ASCII; None if it is none. Whether it exists is not asked."""
    try:
        found = validate_email(
            typed, allow_smtputf8=False, check_deliverability=False, globally_deliverable=False, strict=True
        )  # fmt: skip
    except EmailNotValidError:
        return None
    address, top = found.ascii_email, found.ascii_domain.rpartition(".")
    # The last part of a domain is no number: a@1.2.3.4 is no address without brackets.
    return address if address and top[1] and not top[2].isdigit() and len(address) <= MAX_LENGTH else None
