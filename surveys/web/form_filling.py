"""Filling in a questionnaire page that was rendered empty, as a browser fills a form.

A page for hundreds of units takes long to render, and a page with answers in it belongs to one respondent alone; so what was
typed goes into the page that all share. Only what the templates of `templates/respond/items/` write is understood.
"""

from __future__ import annotations

import re
from collections.abc import Container

from markupsafe import escape

from surveys.questionnaires.items.base import Fields

# Every tag whose text depends on answers. Values of attributes are escaped, so ">" ends a tag.
_TAG = re.compile(
    r'<input (?P<input>[^>]*name="(?P<name>[^"]*)"[^>]*)>'
    r'|<textarea (?P<area>[^>]*name="(?P<text>[^"]*)"[^>]*)>\n?'
    r'|<select (?P<select>[^>]*name="(?P<list>[^"]*)"[^>]*)>'
    r"|<option(?P<option>[^>]*)>(?P<label>[^<]*)"
    r'|<(?P<question>fieldset|div) class="q(?P<rest>[^"]*" id="q(?P<slot>\d+)")'
)
_VALUE = re.compile(r'value="([^"]*)"')


def fill_form(html: str, values: Fields, wrong: Container[int]) -> str:
    """The page with `values` by field name in its fields, and the questions of the slots in `wrong` marked."""
    chosen: list[str] = []

    def fill(tag: re.Match[str]) -> str:
        nonlocal chosen
        if tag["slot"]:
            return f'<{tag["question"]} class="q wrong{tag["rest"]}' if int(tag["slot"]) in wrong else tag[0]
        if tag["name"]:
            return _filled_input(tag[0], tag["input"], values.get(tag["name"]))
        if tag["text"]:
            given = values.get(tag["text"])
            # A browser leaves the first line break out.
            return f"<textarea {tag['area']}>\n{escape(given[0])}" if given else tag[0]
        if tag["list"]:
            chosen = values.get(tag["list"], [])
            return tag[0]
        value = _VALUE.search(tag["option"] or "")
        is_chosen = bool(chosen) and (value[1] if value else (tag["label"] or "").strip()) in chosen
        return f"<option{tag['option']} selected>{tag['label']}" if is_chosen else tag[0]

    return _TAG.sub(fill, html)


def _filled_input(tag: str, attributes: str, given: list[str] | None) -> str:
    if not given:
        return tag
    value = _VALUE.search(attributes)
    if 'type="radio"' in attributes or 'type="checkbox"' in attributes:
        return f"<input {attributes} checked>" if value and value[1] in given else tag
    return tag.replace(value[0], f'value="{escape(given[0])}"', 1) if value else tag
