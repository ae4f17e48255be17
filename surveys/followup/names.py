"""Names of people in remarks: which are proposed for masking, and how they are masked.

Two sources: the rosters that are still there, and surnames with what follows them. A person decides; nothing is masked by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from surveys.admission.models import Person

TITLES = (
    "老师|书记|副书记|支书|主任|副主任|院长|副院长|校长|副校长|处长|副处长|科长|副科长|部长|副部长|系主任|所长|馆长|主席|教授|副教授|"
    "讲师|博士|辅导员|导员|委员|干事|秘书|会计|医生|大夫|护士|师傅|阿姨|经理|组长|班长|队长|同志|同学|总支书记|工程师"
)
_ROSTER_NAME = range(2, 5)
_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class NameProposal:
    """A word of a remark that may name somebody, what would stand in its place, and whether it stands on a roster."""

    word: str
    replacement: str
    on_roster: bool = False


@cache
def _surnames() -> tuple[str, str]:
    """Single surnames as a class of characters, compound ones as alternatives."""
    single, compound = (_FOLDER / "surnames.txt").read_text("utf-8").splitlines()[:2]
    return f"[{single}]", "|".join(compound.split())


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A name before a title; a name by itself; a name in Latin letters behind a form of address."""
    single, compound = _surnames()
    given = f"[{(_FOLDER / 'given_names.txt').read_text('utf-8').strip()}]"
    before = r"(?<![\u4e00-\u9fff])|(?<=[是叫让找请问给对和与跟向被由像把的了在老小及有室部处科院系长])"
    titled = re.compile(
        rf"(?P<name>(?:{compound})[\u4e00-\u9fff]{{0,2}}?|(?![向时有管查]){single}(?:{given}{{1,2}}?)?|[老小]{single})(?P<title>{TITLES})"
    )
    alone = re.compile(
        rf"(?:{before})(?P<name>(?:{compound}){given}{{1,2}}|{single}{given}{{1,2}})"
        r"(?=$|[^\u4e00-\u9fff]|[是的在对说做办很太不都总从也就还能会给为把被让来去和与跟有管做态工])"
    )
    latin = re.compile(
        r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Professor|Teacher|Secretary)\.? (?P<name>[A-Z][a-z]+(?: [A-Z][a-z]+)?)"
    )
    return titled, alone, latin


@cache
def _ordinary() -> frozenset[str]:
    """Words of the language that begin like a name, from a dictionary of phrases that is there for ordering names."""
    from pypinyin.phrases_dict import phrases_dict

    return frozenset(word for word in phrases_dict if len(word) <= 3) | frozenset(
        (_FOLDER / "ordinary_words.txt").read_text("utf-8").split()
    )


def known_names() -> frozenset[str]:
    """The names of all persons on rosters that were not erased."""
    names: Any = Person.select(Person.name).distinct().tuples()
    return frozenset(name for (name,) in names if len(name) in _ROSTER_NAME or " " in name)


def propose_names(text: str, roster: frozenset[str]) -> list[NameProposal]:
    """What in a text may name somebody, in the order of the text, each word once."""
    found: dict[str, tuple[int, NameProposal]] = {}

    def note(start: int, proposal: NameProposal) -> None:
        found.setdefault(proposal.word, (start, proposal))

    covered: list[tuple[int, int]] = []
    for start, word in _roster_words(text, roster):
        note(start, NameProposal(word, masked_name(word), on_roster=True))
        covered.append((start, start + len(word)))

    def is_covered(start: int, end: int) -> bool:
        return any(start < until and begin < end for begin, until in covered)

    titled, alone, latin = _patterns()
    for match in titled.finditer(text):
        name, title = match["name"], match["title"]
        if not is_covered(*match.span("name")) and name not in _ordinary() and not _within_a_word(text, match):
            note(match.start(), NameProposal(name + title, masked_name(name) + title))
            covered.append(match.span())
    for match in alone.finditer(text):
        name = match["name"]
        ordinary = name[:2] not in _surnames()[1].split("|") and {name, name[:2], name[-2:]} & _ordinary()
        if not is_covered(*match.span("name")) and not ordinary:
            note(match.start(), NameProposal(name, masked_name(name)))
            covered.append(match.span("name"))
    for match in latin.finditer(text):
        note(match.start(), NameProposal(match["name"], masked_name(match["name"])))
    return [proposal for _start, proposal in sorted(found.values(), key=lambda entry: entry[0])]


def _within_a_word(text: str, match: re.Match[str]) -> bool:
    """Whether a single surname is the end of an ordinary word, as in 任课老师 or 主管领导."""
    start, name = match.start("name"), match["name"]
    if len(name) > 1:
        return name[:2] in _ordinary() and len(name) > 2
    return (start > 0 and text[start - 1 : start + 1] in _ordinary()) or name + match["title"][0] in _ordinary()


def _roster_words(text: str, roster: frozenset[str]) -> Iterable[tuple[int, str]]:
    for start in range(len(text)):
        for length in reversed(_ROSTER_NAME):
            if (word := text[start : start + length]) in roster and len(word) == length:
                yield start, word
                break
    for word in (name for name in roster if " " in name):
        if (start := text.find(word)) >= 0:
            yield start, word


def masked_name(name: str) -> str:
    """What stands for a name: 某 for a surname alone, 某某 for more, N. N. for Latin letters."""
    if name.isascii():
        return "N. N."
    return "某" if len(name) == 1 else "某某"


def mask_names(text: str, words: Iterable[str]) -> str:
    """The text with each of these words taken out; of a name with a title the title stays."""
    longest_first = sorted(set(words), key=len, reverse=True)
    if not longest_first:
        return text
    return re.sub("|".join(map(re.escape, longest_first)), lambda found: _masked(found[0]), text)


def _masked(word: str) -> str:
    titled = _patterns()[0].fullmatch(word)
    return masked_name(titled["name"]) + titled["title"] if titled else masked_name(word)
