"""Following units from one round to the next: by their codes, and by pairs of codes where these do not say it.

A pair says "this unit was that one". Pairs with one new code are a merger, pairs with one old code are a split; a pair with
an empty side says that a unit ended, or is new. Plain values, no database.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.tables import Column, read_table
from surveys.inputs.text import Text, clean, pick
from surveys.inputs.translations import message_id

MOST_PAIRS = 2000
Pair = tuple[str, str]
"""An old and a new code, one of them perhaps empty."""

_COLUMNS = (
    Column("old", ("原编码", "原单位", "旧编码", "old code"), required=True, identifier=True),
    Column("new", ("新编码", "新单位", "new code"), required=True, identifier=True),
)


class Followed(StrEnum):
    """How a unit came to be what it is in a round. The values are message ids."""

    SAME = message_id("as before")
    RENAMED = message_id("renamed")
    MERGED = message_id("merged")
    SPLIT = message_id("split")
    NEW = message_id("new unit")


@dataclass(frozen=True)
class Following:
    """By new code: how the unit came to be, and the codes that it had. `ended`: old codes that nothing follows."""

    sources: dict[str, tuple[Followed, tuple[str, ...]]]
    ended: tuple[str, ...]


def unit_label(code: str, text: Text, language: str) -> str:
    """How a unit is offered where one is looked for by typing."""
    return f"{pick(text, language)} ({code})"


def as_codes(pairs: Sequence[Pair], old: Mapping[str, Text], new: Mapping[str, Text]) -> list[Pair]:
    """Pairs as people write them, by code, by name or as unit_label shows both, as pairs of codes. `old`, `new`: names by code.

    What is no unit stays as it is, for read_pairs to refuse. Raises InputError where a name is that of several units.
    """
    problems: list[Problem] = []
    found = [(_as_code(one, old, problems), _as_code(other, new, problems)) for one, other in pairs]
    if problems:
        raise InputError(problems)
    return found


def _as_code(typed: str, texts: Mapping[str, Text], problems: list[Problem]) -> str:
    wanted = clean(typed)
    if not wanted or wanted in texts:
        return wanted
    labelled = [
        code for code, text in texts.items() if wanted in {unit_label(code, text, language) for language in text}
    ]  # fmt: skip
    named = labelled or [code for code, text in texts.items() if wanted in text.values()]
    if len(named) > 1:
        problems.append(
            Problem(
                "Several units are called %(name)s: %(codes)s. Write the code.",
                name=wanted[:50],
                codes=", ".join(named[:10]),
            )
        )
    return named[0] if len(named) == 1 else wanted


def alike_pairs(old: Mapping[str, Text], new: Mapping[str, Text]) -> list[Pair]:
    """Units that stand in one of two rounds only and have the same name there, each once: probably the same ones. Names by code."""

    def once(texts: Mapping[str, Text], others: Mapping[str, Text]) -> dict[str, str]:
        names = {code: text["zh"] for code, text in texts.items() if code not in others}
        times = Counter(names.values())
        return {name: code for code, name in names.items() if times[name] == 1}

    before, after = once(old, new), once(new, old)
    return [(code, after[name]) for name, code in before.items() if name in after]


def read_pairs(pairs: Sequence[Pair], old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Pairs of codes of two rounds, without empty ones. Raises InputError with every contradiction and unknown code."""
    kept = [pair for pair in pairs if any(pair)]
    if len(kept) > MOST_PAIRS:
        raise InputError(Problem("There are more than %(limit)s lines.", limit=MOST_PAIRS))
    problems = [
        Problem("The earlier round has no unit %(code)s.", code=code[:50])
        for code in dict.fromkeys(one for one, _ in kept if one and one not in old)
    ]
    problems += [
        Problem("The later round has no unit %(code)s.", code=code[:50])
        for code in dict.fromkeys(other for _, other in kept if other and other not in new)
    ]
    problems += [
        Problem("The line %(old)s → %(new)s stands there twice.", old=pair[0] or "—", new=pair[1] or "—")
        for pair, times in Counter(kept).items()
        if times > 1
    ]
    olds, news = Counter(one for one, _ in set(kept)), Counter(other for _, other in set(kept))
    problems += [
        Problem("The unit %(code)s cannot have ended and go on.", code=one)
        for one, other in dict.fromkeys(kept)
        if one and not other and olds[one] > 1
    ]
    problems += [
        Problem("The unit %(code)s cannot be new and have been another one.", code=other)
        for one, other in dict.fromkeys(kept)
        if other and not one and news[other] > 1
    ]
    problems += [
        Problem(
            "%(old)s → %(new)s would be a merger and a split at once. Say for each unit only one of them.",
            old=one,
            new=other,
        )
        for one, other in dict.fromkeys(kept)
        if one and other and olds[one] > 1 and news[other] > 1
    ]
    if problems:
        raise InputError(problems)
    return kept


def follow_units(old: Sequence[str], new: Sequence[str], pairs: Sequence[Pair]) -> Following:
    """Which units of the earlier round each unit of the later one was. `pairs` are as read_pairs returns them.

    A unit of which no pair says anything goes on under its code.
    """
    said_old, said_new = {one for one, _ in pairs}, {other for _, other in pairs}
    times = Counter(one for one, other in pairs if one and other)
    sources: dict[str, tuple[Followed, tuple[str, ...]]] = {}
    for code in new:
        was = tuple(one for one, other in pairs if other == code and one)
        if not was and code not in said_new and code in old and code not in said_old:
            was = (code,)
        if not was:
            how = Followed.NEW
        elif len(was) > 1:
            how = Followed.MERGED
        elif times[was[0]] > 1:
            how = Followed.SPLIT
        else:
            how = Followed.SAME if was == (code,) else Followed.RENAMED
        sources[code] = how, was
    gone_on = {code for _, was in sources.values() for code in was}
    return Following(sources, tuple(code for code in old if code not in gone_on))


def pairs_of_file(name: str, data: bytes) -> list[Pair]:
    """Pairs from a table with the columns old and new (原编码, 新编码). Raises InputError."""
    table = read_table(name, data, _COLUMNS)
    table.check(())
    return [(row.get("old", ""), row.get("new", "")) for _, row in table.rows]
