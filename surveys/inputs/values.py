"""Reading plain data (from JSON or TOML) value by value; every fault names its place."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from surveys.inputs.identifiers import half_width
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import LANGUAGES, Text, clean
from surveys.inputs.translations import message_id

EARLIEST, LATEST = 2000, 2100
"""Years of times that surveys can have."""

RESERVED_ADDRESSES = ("new", "static")
"""Words that are parts of the service's own addresses."""

_A_CODE = message_id("A code is 1 to 40 letters, digits, - and _.")
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}\Z")
_IN_FRONT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}(?![A-Za-z0-9_.-])")


def read_text(value: object, where: str, *, limit: int = 2000, lines: bool = False) -> Text:
    """Read a text in one or several languages from a file, in one line unless `lines`. Raises InputError."""
    if isinstance(value, str):
        value = {"zh": value}
    if not isinstance(value, Mapping) or not value:
        raise InputError(Problem("A text is missing.", where))
    result = {}
    for language, text in value.items():
        if language not in LANGUAGES:
            raise InputError(Problem("Unknown language %(name)s; use zh and en.", where, name=str(language)))
        if not isinstance(text, str):
            raise InputError(Problem("A text is expected here.", where))
        cleaned = clean(text, lines=lines)
        if len(cleaned) > limit:
            raise InputError(Problem("The text is longer than %(limit)s characters.", where, limit=limit))
        if cleaned:
            result[language] = cleaned
    if "zh" not in result:
        if "en" not in result:
            raise InputError(Problem("A text is missing.", where))
        result["zh"] = result["en"]
    return result


def read_optional_text(value: object, where: str, *, limit: int = 2000, lines: bool = False) -> Text | None:
    """The same for a text that may be left out, or empty as forms send it."""
    return None if value is None or value == "" else read_text(value, where, limit=limit, lines=lines)


def as_table(value: object, where: str) -> Mapping[str, Any]:
    """The value as a table of names and values. Raises InputError naming `where`."""
    if not isinstance(value, Mapping):
        raise InputError(Problem("A table of names and values is expected here.", where))
    return value


def as_address(value: object, where: str) -> str:
    """The value as an address of a page, in small letters. Raises InputError naming `where`."""
    code = half_width(value).strip().lower() if isinstance(value, str) else ""
    if not CODE.match(code):
        raise InputError(
            Problem("An address is 1 to 40 letters, digits, - and _; it begins with a letter or a digit.", where)
        )
    if code in RESERVED_ADDRESSES or "." in code:
        raise InputError(Problem("%(name)s cannot be an address. Take letters, digits, - and _.", where, name=code))
    return code


def check_names(row: Mapping[str, Any], names: Iterable[str], where: str) -> None:
    """Raise InputError where a table has names that mean nothing here: one may be mistyped."""
    known = sorted(names)
    problems = []
    for name in [str(name) for name in row if name not in known]:
        near = difflib.get_close_matches(name, known, 1)
        if near:
            problem = Problem("There is no setting %(name)s here; do you mean %(near)s?", where,
                              name=name[:50], near=near[0])  # fmt: skip
        else:
            problem = Problem("There is no setting %(name)s here. Known are: %(names)s.", where,
                              name=name[:50], names=", ".join(known))  # fmt: skip
        problems.append(problem)
    if problems:
        raise InputError(problems)


def as_list(value: object, where: str) -> list[Any]:
    """The value as a list. Raises InputError naming `where`."""
    if not isinstance(value, list):
        raise InputError(Problem("A list is expected here.", where))
    return value


def as_codes(value: object, where: str) -> list[str]:
    """The value as a list of codes to be looked up. Raises InputError naming each that is a number or something else."""
    entries = as_list(value, where)
    problems = [
        Problem(_A_CODE, f"{where}[{number}]") for number, entry in enumerate(entries, 1) if not isinstance(entry, str)
    ]
    if problems:
        raise InputError(problems)
    return entries


def as_code(value: object, where: str) -> str:
    """The value as a code. Raises InputError naming `where`."""
    if not isinstance(value, str) or not CODE.match(value):
        raise InputError(Problem(_A_CODE, where))
    return value


def code_in_front(text: str) -> str:
    """The code with which a text begins, or "". Messages run on behind a link without a space."""
    found = _IN_FRONT.match(text)
    return found[0] if found else ""


def plain_number(value: float) -> str:
    """A number as people write it, without needless zeros or an exponent; float() reads the same number from it."""
    text = f"{Decimal(repr(float(value))):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def as_number(value: object, low: float, high: float, where: str) -> float:
    """The value as a number within bounds. Raises InputError naming `where`."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise InputError(Problem("A number from %(low)s to %(high)s is expected.", where, low=low, high=high))
    return float(value)


def as_whole(value: object, low: int, high: int, where: str) -> int:
    """The value as a whole number within bounds. Raises InputError naming `where`."""
    number = as_number(value, low, high, where)
    if not number.is_integer():
        raise InputError(Problem("A whole number from %(low)s to %(high)s is expected.", where, low=low, high=high))
    return int(number)


def as_flag(value: object, where: str) -> bool:
    """The value as true or false. Raises InputError naming `where`."""
    if not isinstance(value, bool):
        raise InputError(Problem("true or false is expected here.", where))
    return value


def read_datetime(value: object, timezone: str, where: str) -> int:
    """A time typed by a person, in the installation's time zone, as seconds since 1970.

    Raises InputError: no time of day, a time that the clocks pass over, or one that they show twice.
    """
    time: Any = value
    if isinstance(value, str):
        try:
            text = half_width(value.strip())
            time = datetime.fromisoformat(text)
            if not re.search(r"[T ][0-9]{2}", text):
                time = time.date()
        except ValueError:
            time = None
    if isinstance(time, date) and not isinstance(time, datetime):
        raise InputError(Problem("The time of day is missing: write %(example)s.", where,
                                 example=f"{time.isoformat()}T22:00"))  # fmt: skip
    if not isinstance(time, datetime):
        raise InputError(Problem("A time is written as 2011-12-01T08:00.", where))
    if not EARLIEST <= time.year <= LATEST:
        raise InputError(Problem("A year from %(low)s to %(high)s is expected.", where, low=EARLIEST, high=LATEST))
    try:
        return _in_zone(time, ZoneInfo(timezone), where)
    except (OverflowError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(Problem("A time is written as 2011-12-01T08:00.", where)) from None


def _in_zone(time: datetime, zone: ZoneInfo, where: str) -> int:
    if time.tzinfo is not None:
        return int(time.timestamp())
    first, second = (int(time.replace(tzinfo=zone, fold=fold).timestamp()) for fold in (0, 1))
    if first > second:  # as from before and from after a change
        raise InputError(Problem("This time does not exist: the clocks are put forward over it.", where))
    if first < second:
        raise InputError(
            Problem("This time comes twice, because the clocks are put back. Add the offset, such as +08:00, or take "
                    "another time.", where)
        )  # fmt: skip
    return first


def load_file(path: Path) -> Any:
    """Plain data from a JSON or TOML file. Raises InputError with the line where it cannot be read."""
    return load_data(path.name, path.read_bytes())


def load_data(name: str, content: bytes) -> Any:
    """The same from what a file of this name holds."""
    try:
        text = content.decode("utf-8-sig")
        if name.lower().endswith(".toml"):
            return tomllib.loads(text)
        data = json.loads(text, object_pairs_hook=lambda pairs: _without_repeats(pairs, name))
        json.dumps(data, ensure_ascii=False).encode()  # half a character, as "\\ud800", is no text
        return data
    except InputError:
        raise
    except UnicodeEncodeError:
        raise InputError(Problem("The file holds half a character, which no text has.", name)) from None
    except UnicodeDecodeError:
        raise InputError(Problem("The file is not UTF-8.", name)) from None
    except (ValueError, RecursionError) as error:
        raise InputError(Problem("The file cannot be read: %(reason)s", name, reason=str(error))) from None


def _without_repeats(pairs: list[tuple[str, Any]], where: str) -> dict[str, Any]:
    """JSON would silently keep the last of two values with one name; TOML refuses them by itself."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise InputError(Problem("The name %(name)s is used twice.", where, name=name[:50]))
        found[name] = value
    return found
