"""New ballot tokens, and drawing units at random for them."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections import deque

from surveys.ballots.token import BallotToken
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.plan import Group, SurveyPlan
from surveys.storage.statements import run
from surveys.storage.transactions import write

POOL = 20
"""So many draws are ready, of which one is taken at random."""


class _Pool:
    """Draws that are ready: dealt from shuffled decks, so that each unit gets its share, and taken in random order.

    Dealt one after the other, they would tell the order in which people came: those of one deck have no unit in common.
    """

    def __init__(self) -> None:
        self.ready: list[tuple[UnitIndex, ...]] = []
        self._deck: deque[UnitIndex] = deque()

    def take(self, group: Group, own_unit: UnitIndex | None) -> tuple[UnitIndex, ...]:
        """A draw at random without the own unit, which the ballot has already."""
        while len(self.ready) < POOL:
            self.ready.append(self._deal(group))
        good = [place for place, draw in enumerate(self.ready) if not (group.own and own_unit in draw)]
        if not good:  # of few units: the own one is in every draw
            return ()
        place = secrets.choice(good)
        self.ready[place], self.ready[-1] = self.ready[-1], self.ready[place]
        return self.ready.pop()

    def _deal(self, group: Group) -> tuple[UnitIndex, ...]:
        dealt: list[UnitIndex] = []
        passed: list[UnitIndex] = []
        while len(dealt) < group.draw:
            if not self._deck:
                fresh = list(group.draw_from)
                secrets.SystemRandom().shuffle(fresh)
                self._deck.extend(fresh)
            unit = self._deck.popleft()
            (passed if unit in dealt else dealt).append(unit)  # one that it has already goes to the next
        self._deck.extendleft(reversed(passed))
        return tuple(sorted(dealt))


class UnitDrawer:
    """Draws units at random so that each gets its share. The draws that are ready are in the memory of one process.

    A draw follows neither from the admission nor from when somebody came, so a ballot's units cannot point back to them.
    """

    def __init__(self) -> None:
        self._pools: dict[tuple[SurveyId, GroupIndex], _Pool] = {}
        self._lock = threading.Lock()

    def draw(
        self, survey_id: SurveyId, number: GroupIndex, group: Group, own_unit: UnitIndex | None
    ) -> tuple[UnitIndex, ...]:
        """Draw the units for one ballot of a group (`number` is the group's position)."""
        others = [unit for unit in group.draw_from if not (group.own and unit == own_unit)]
        if group.draw <= 0 or len(others) <= group.draw:
            return tuple(sorted(others)) if group.draw > 0 else ()
        with self._lock:
            drawn = self._pools.setdefault((survey_id, number), _Pool()).take(group, own_unit)
        return drawn or tuple(sorted(secrets.SystemRandom().sample(others, group.draw)))


MAX_DRAWS = 3
"""For so many forms of one admission units are drawn anew: whoever asks more often cannot choose whom to rate."""

_COUNT = "UPDATE admission SET draws = draws + 1 WHERE survey_id = ? AND code_hash = ? AND used = FALSE AND draws < ?"


def may_draw(survey_id: SurveyId, admission: bytes) -> bool:
    """Count a form for which units are to be drawn; False when the admission has had its share.

    The count is all that is kept: no units and no time. It is set back when the admission is used, because a ballot
    with the units that everybody gets in the end would otherwise point to those who asked often.
    """
    return bool(write(lambda: run(_COUNT, (survey_id, admission, MAX_DRAWS)).rowcount))


def common_draw(
    key: bytes, survey_id: SurveyId, number: GroupIndex, group: Group, own_unit: UnitIndex | None
) -> tuple[UnitIndex, ...]:
    """The units that everybody of a group gets who asks for more forms than are drawn for one admission.

    They follow from the installation's key and the survey, and from nothing of the respondent but their own unit, which
    is left out.
    """
    seed = hmac.digest(key, b"draw/%d/%d" % (survey_id, number), hashlib.sha256)
    order = sorted(group.draw_from, key=lambda unit: hmac.digest(seed, b"%d" % unit, hashlib.sha256))
    others = [unit for unit in order if not (group.own and unit == own_unit)]
    return tuple(sorted(others[: group.draw]))


def new_token(
    drawer: UnitDrawer,
    plan: SurveyPlan,
    survey_id: SurveyId,
    group: GroupIndex,
    own_unit: UnitIndex | None = None,
    admission: bytes = b"",
    drawn: tuple[UnitIndex, ...] | None = None,
) -> BallotToken:
    """A fresh token for a respondent of a group (a position in the plan's groups). `drawn` None: draw its units.

    The own unit is in it only where it decides what is rated: ballots of all units wait in the mix together.
    """
    own_unit = own_unit if plan.groups[group].own else None
    if drawn is None:
        drawn = drawer.draw(survey_id, group, plan.groups[group], own_unit)
    return BallotToken(survey_id, group, own_unit, secrets.token_bytes(16), admission, drawn, int(time.time()))
