"""Access codes: making, normalising and hashing them."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata

from surveys.campaigns.indices import SurveyId
from surveys.inputs.problems import Problem

# No 0 O, 1 I, 2 Z, 5 S, 8 B: nothing that looks like something else on a printed slip.
ALPHABET = "34679ACDEFGHJKLMNPQRTUVWXY"
LENGTH = 13  # 26^13 is 2^61.1
_GAP = r"[\s\u200b-\u200d\u2010-\u2015\u2060\u2212\ufeff_-]{0,3}"
# As printed, in a text: no letters or digits may touch it, or it would be a guess where the code begins.
_IN_TEXT = re.compile(
    rf"(?<![0-9A-Z])([{ALPHABET}]{{4}}){_GAP}([{ALPHABET}]{{4}}){_GAP}([{ALPHABET}]{{5}})(?![0-9A-Z])"
)


def new_code() -> str:
    """A random code, as printed: XXXX-XXXX-XXXXX."""
    return grouped("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def personal_code(key: bytes, survey_id: SurveyId, number: str) -> str:
    """The code of a person on a roster, as printed: 61 bits of HMAC-SHA256 under the installation's key.

    It follows from key and number, so it can be made again and is stored nowhere.
    """
    value = int.from_bytes(hmac.digest(key, b"roster/%d/%s" % (survey_id, number.encode()), hashlib.sha256))
    bare = ""
    for _ in range(LENGTH):
        value, position = divmod(value, len(ALPHABET))
        bare += ALPHABET[position]
    return grouped(bare)


def grouped(bare: str) -> str:
    """A bare code as printed: XXXX-XXXX-XXXXX."""
    return f"{bare[:4]}-{bare[4:8]}-{bare[8:]}"


def normalise(typed: str) -> str | None:
    """The bare letters of a typed code, or None if it cannot be one. Case, spaces and dashes do not matter.

    A code may stand in a text, such as a pasted link or message. Of two codes neither is chosen: a request tries one.
    """
    if len(typed) > 300:
        return None
    # Chinese input methods type full-width letters and their own dashes.
    folded = unicodedata.normalize("NFKC", typed).upper()
    bare = "".join(c for c in folded if c.isalnum())
    if len(bare) == LENGTH and all(c in ALPHABET for c in bare):
        return bare
    found = {"".join(parts) for parts in _IN_TEXT.findall(folded)}
    return found.pop() if len(found) == 1 else None


def faults_of(typed: str) -> list[Problem]:
    """Why what was typed can be no code, however it is read: letters that no code has, too few or too many of them."""
    bare = "".join(c for c in unicodedata.normalize("NFKC", typed[:300]).upper() if c.isalnum())
    strange = sorted(set(bare) - set(ALPHABET), key=bare.index)
    found = []
    if strange:
        found.append(Problem("Not in any code: %(letters)s.", letters=" ".join(strange[:10])))
    if len(bare) < LENGTH:
        found.append(Problem("%(n)s characters are missing.", n=LENGTH - len(bare)))
    elif len(bare) > LENGTH:
        found.append(Problem("%(n)s characters are too many.", n=len(bare) - LENGTH))
    return found


def hash_code(key: bytes, survey_id: SurveyId, bare: str) -> bytes:
    """What is stored of a code: 16 bytes of HMAC-SHA256 under the installation's key, bound to the survey."""
    return hmac.digest(key, b"%d/%s" % (survey_id, bare.encode()), hashlib.sha256)[:16]
