"""Words that the code holds as plain identifiers, listed here so that the catalogues know them."""

from __future__ import annotations


def _l(word: str) -> str:
    """Mark for extraction only."""
    return word


STATES = (_l("draft"), _l("published"), _l("open"), _l("closed"), _l("sealed"))
KINDS = (
    _l("committee"), _l("general_branch"), _l("branch"), _l("union"), _l("youth_league"), _l("office"), _l("person"),
)  # fmt: skip
ACTS = (
    _l("signed in"), _l("account made"), _l("password changed"), _l("invited"), _l("let in"), _l("shut out"),
    _l("saved a draft"), _l("removed a draft"), _l("publish"), _l("close"), _l("reopen"), _l("issued codes"),
    _l("imported units"), _l("removed a unit"), _l("took the workbook"), _l("imported a roster"), _l("made personal links"), _l("erased a roster"), _l("sent personal links"),
    _l("removed persons"), _l("marked paper voters"), _l("unmarked paper voters"), _l("began a stack"), _l("accepted a stack"), _l("removed a stack"),
)  # fmt: skip
