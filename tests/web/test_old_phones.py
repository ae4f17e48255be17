"""Scripts and styles of respondents run on the oldest phones that are supported: Chrome 61, Safari 11 (docs/developers.md)."""

import re
from pathlib import Path

import pytest

STATIC = Path(__file__).resolve().parents[2] / "static"
TEMPLATES = Path(__file__).resolve().parents[2] / "templates"

NEWER = {
    "optional chaining": r"\?\.(?!\d)",
    "nullish coalescing": r"\?\?",
    "assigning operators": r"(\|\||&&|\?\?)=",
    "a catch without a name": r"\bcatch\s*\{",
    "spreading an object": r"\{\s*\.\.\.",
    "the rest of an object": r",\s*\.\.\.\w+\s*\}",
    "spreading what browsers list": r"\[\.\.\.",
    "numbers with underscores": r"\b\d+_\d",
    "big integers": r"\b\d+n\b",
    "private fields": r"this\.#",
    "classes of letters": r"\\\\?p\{",
    "looking behind": r"\(\?<",
    "named groups": r"\(\?<\w",
    "expressions with new flags": r"/[gimu]*[dsvy][gimu]*\.(test|exec)|\.(match|replace)\(/.*/[gimu]*[dsvy]\b",
    "waiting in loops over streams": r"for\s+await",
    "modules": r"^\s*(import|export)\b|\bimport\(",
    "new methods of arrays": r"\.(at|flat|flatMap|findLast|findLastIndex|toSorted|toReversed|toSpliced|with)\(",
    "new methods of texts": r"\.(replaceAll|matchAll|trimStart|trimEnd|isWellFormed)\(",
    "new functions": r"\b(structuredClone|queueMicrotask|globalThis|requestIdleCallback|reportError)\b",
    "new functions of objects": r"\bObject\.(fromEntries|hasOwn|groupBy)\b",
    "new functions of promises": r"\bPromise\.(allSettled|any|try|withResolvers)\b|\.finally\(",
    "new methods of nodes": r"\.(replaceChildren|toggleAttribute|moveBefore|getHTML|setHTML|showModal|showPopover|requestSubmit|checkVisibility)\b",
    "where a node is": r"\.isConnected\b",
    "what a browser would send": r"\bnew FormData\b",
    "several selectors in one :not, and newer ones": r":(not\([^)]*,|is\(|where\(|has\()",
    "observers": r"\b(ResizeObserver|IntersectionObserver|BroadcastChannel)\b",
    "formats of dates": r"\b(dateStyle|timeStyle|RelativeTimeFormat|ListFormat)\b",
}
"""What came after them, by what it is."""

GUARDED = {
    "AbortController": "self.AbortController ?",
    "getEntriesByType(": "performance.getEntriesByType ?",
    "navigator.clipboard.": "navigator.clipboard ?",
    "navigator.serviceWorker.": "!navigator.serviceWorker",
}
"""What may be used where it is there."""


def of_respondents() -> list[Path]:
    """All that pages for respondents and the public load, and what those scripts load."""
    found = {"js/work.js", "js/worker.js"}
    for folder in ("respond", "public"):
        for path in (TEMPLATES / folder).rglob("*.html"):
            found |= set(re.findall(r"static\([\'\"](js/[\w.-]+)[\'\"]\)", path.read_text("utf-8")))
    found.add("js/ranking.js")  # an item names it
    assert {"js/respond.js", "js/sending.js", "js/code.js", "js/receipts.js"} <= found
    return sorted(STATIC / name for name in found)


def code_of(text: str) -> str:
    """A script without its comments."""
    return re.sub(r"(?m)(^|\s)//.*$|/\*.*?\*/", "", text, flags=re.DOTALL if "/*" in text else 0)


@pytest.mark.parametrize("path", of_respondents(), ids=lambda path: path.name)
def test_no_script_of_respondents_is_newer_than_their_phones(path):
    code = code_of(path.read_text("utf-8"))
    found = {name: match[0] for name, pattern in NEWER.items() if (match := re.search(pattern, code, re.MULTILINE))}
    assert found == {}
    for name, guard in GUARDED.items():
        assert name not in code or guard in code, name


def test_the_search_finds_what_is_newer():
    examples = [
        "a?.b", "a ?? b", "a ||= b", "try { x(); } catch { y(); }", "({ ...a })", "const { a, ...b } = c", "[...form]", "1_000",
        "10n", "this.#a", r"/\p{Pd}/u", "/(?<=a)b/", "/a/s.test(b)", "for await (const a of b)", "a.at(-1)", "a.flat()",
        "a.replaceAll(b, c)", "structuredClone(a)", "Object.fromEntries(a)", "Promise.allSettled(a)", "a.replaceChildren(b)",
        "new FormData(form)", 'find("input:not([type=radio], [type=checkbox])")', "form.isConnected",
    ]  # fmt: skip
    missed = [one for one in examples if not any(re.search(pattern, one, re.MULTILINE) for pattern in NEWER.values())]
    assert missed == []
    assert [
        one
        for one in ("a ? .5 : b", "a ? b : c", "x.with", "catch (error) { }")
        if re.search(NEWER["optional chaining"], one)
    ] == []


@pytest.mark.parametrize("name", ["respond.css", "tokens.css"])
def test_no_rule_that_is_needed_is_lost_on_old_phones(name):
    """A selector or value that a browser does not know makes it pass over the whole rule or line."""
    css = (STATIC / "css" / name).read_text("utf-8")
    assert re.findall(r":not\([^)]*,|:is\(|:where\(|:has\(|\binset:|\bmin\(|\bclamp\(", css) == []
    assert css.count("overflow-wrap: anywhere") == css.count("word-wrap: break-word; overflow-wrap: anywhere")
