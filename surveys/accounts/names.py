"""Names of accounts: in what they are the same name, however they are typed."""

from __future__ import annotations

import re
import unicodedata

from surveys.inputs.text import clean

# What is not seen but no control or format character: fillers and selectors of variants.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)


def visible_name(name: str) -> str:
    """A name as it is shown: cleaned, without invisible characters, with single spaces."""
    seen = "".join(c for c in clean(name) if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    return " ".join(_UNSEEN.sub("", seen).split())


def fold_name(name: str) -> str:
    """What names are compared by, in every database alike: without case, width, and differences that nobody sees."""
    folded = visible_name(name)
    for _ in range(4):  # folding case can undo normalising, and the other way round; it is stable after two rounds
        again = visible_name(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", folded).casefold()))
        if again == folded:
            break
        folded = again
    return folded
