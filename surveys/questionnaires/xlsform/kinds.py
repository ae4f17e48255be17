"""What the types of XLSForm become here."""

from __future__ import annotations

import re
from dataclasses import dataclass

_SELECT = re.compile(
    r"(?P<kind>select_one|select1|select_multiple|rank|select one|select all that apply|select multiple)"
    r"(?:\s+from)?\s+(?P<list>\S.*?)(?P<other>\s+or[\s_]other|\s+or\s+specify\s+other)?",
    re.IGNORECASE,
)
_KINDS = {"select_multiple": "multi", "select all that apply": "multi", "select multiple": "multi", "rank": "ranking"}

YES, NO = frozenset({"yes", "true", "true()", "1", "是"}), frozenset({"", "no", "false", "false()", "0", "否"})

PLAIN = {
    "decimal": "number",     "integer": "number", "int": "number", "range": "number", "date": "date", "text": "text", "string": "text",
    "phone_number": "text", "phone number": "text", "note": "note",
}  # fmt: skip

IGNORED = frozenset({
    "start", "end", "today", "deviceid", "device id", "phonenumber", "username", "email", "simserial", "sim id", "subscriberid",
    "subscriber id", "imei", "audit", "instanceid", "start-geopoint", "background-audio", "calculate", "calculate here", "hidden",
    "xml-external", "csv-external", "comments", "caseid", "text audit", "speed violations count", "sensor_statistic",
    "sensor_stream",
})  # fmt: skip
"""Rows that ask nobody anything: times, devices, calculations."""

BEGIN = re.compile(r"begin[\s_]*(group|repeat|loop.*)")
END = re.compile(r"end[\s_]*(group|repeat|loop)")


@dataclass(frozen=True)
class Select:
    """A question with a list of choices: the kind here, the list, and whether people may write in another answer."""

    kind: str
    list_name: str
    other: bool


def select_of(type_: str) -> Select | None:
    """A type as a question with choices; None for another one."""
    found = _SELECT.fullmatch(" ".join(type_.split()))
    if found is None:
        return None
    return Select(_KINDS.get(found["kind"].lower(), "choice"), found["list"], bool(found["other"]))
