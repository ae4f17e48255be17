"""Filling in the steps of a draft as a browser would: what is not changed is sent as the page has it."""

from __future__ import annotations

from typing import Any

import lxml.html


def step_fields(page: str) -> dict[str, Any]:
    """The fields of a step's form with their values; several values of one name are a list."""
    form = lxml.html.fromstring(page).get_element_by_id("step")
    fields: dict[str, Any] = {}
    for name, value in form.form_values():
        if name in fields:
            fields[name] = [*(fields[name] if isinstance(fields[name], list) else [fields[name]]), value]
        else:
            fields[name] = value
    return fields


def save_step(
    browser: Any, slug: str, part: str, /, *, seen: str | None = None, lang: str = "en", **changes: Any
) -> Any:
    """Open a step, change some of its fields and save it. A field that is None is left out."""
    address = f"/staff/surveys/{slug}/draft/{part}?lang={lang}"
    fields = {**step_fields(browser.get(address).text), **changes}
    if seen is not None:
        fields["seen"] = seen
    return browser.post(address, data={name: value for name, value in fields.items() if value is not None})


def publish_form(page: str, *, open_now: bool = False) -> dict[str, str]:
    """The fields of the button that publishes a draft, of its page or of the page of its check."""
    forms = lxml.html.fromstring(page).xpath("//form[contains(@action, 'move/publish')]")
    return dict(forms[1 if open_now else 0].form_values())


def publish(browser: Any, slug: str, **more: Any) -> Any:
    """Look at a draft and publish it."""
    form = publish_form(browser.get(f"/staff/surveys/{slug}/draft/check").text)
    return browser.post(f"/staff/surveys/{slug}/move/publish", data=form, **more)
