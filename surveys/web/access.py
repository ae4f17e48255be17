"""Which role may open which page. Every staff view carries one of these decorators; a test walks all routes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app
from flask_login import current_user

from surveys.accounts.models import Role
from surveys.accounts.operations import StaffActor

View = TypeVar("View", bound=Callable[..., Any])

EVERYONE = frozenset(Role)
PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.PUBLISHER})
COMMITTEE = frozenset({Role.ADMINISTRATOR, Role.COMMITTEE})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


def allow(roles: frozenset[Role]) -> Callable[[View], View]:
    """Let only these roles in: others get "forbidden", people who are not signed in the login page."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
            if current_user.role not in roles:
                abort(403)
            return view(*args, **kwargs)

        return guarded  # type: ignore[return-value]

    return decorate


def has_role(roles: frozenset[Role]) -> bool:
    """Whether the person who is signed in has one of these roles."""
    return current_user.role in roles


def may_publish() -> bool:
    """Whether the person who is signed in runs surveys: pages show the others what they may only read."""
    return has_role(PUBLISHERS)


def actor() -> StaffActor:
    """The person who is signed in, as units of work want to know them."""
    return StaffActor(current_user.name, current_user.id)
