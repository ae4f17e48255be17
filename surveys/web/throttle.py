"""Throttling of wrong codes and wrong passwords. Right ones never count, so a lecture hall gets in."""

from __future__ import annotations

from flask import current_app
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address)
# Its warnings name the address of the client, which no log may hold.
limiter.logger.disabled = True


def wrong_codes() -> str:
    """The limit for wrong codes, from the settings."""
    return f"{current_app.config['WRONG_CODES_PER_MINUTE']} per minute"


def wrong_passwords() -> str:
    """The limit for wrong passwords, from the settings."""
    return f"{current_app.config['WRONG_PASSWORDS_PER_MINUTE']} per minute"
