"""New ballot tokens, and drawing units at random for them."""

from __future__ import annotations

import secrets
import threading
import time
from collections import deque

from surveys.ballots.token import BallotToken
from surveys.campaigns.indices import GroupIndex, SurveyId, UnitIndex
from surveys.campaigns.plan import Group, SurveyPlan


class UnitDrawer:
    """Draws units at random so that each gets its share: from a shuffled deck, made again when it runs out.

    The draw does not follow from the admission, so a ballot's units cannot point back to it. The deck is in the
    memory of one process and is never stored.
    """

    def __init__(self) -> None:
        self._decks: dict[tuple[SurveyId, GroupIndex], deque[UnitIndex]] = {}
        self._lock = threading.Lock()

    def draw(
        self, survey_id: SurveyId, number: GroupIndex, group: Group, own_unit: UnitIndex | None
    ) -> tuple[UnitIndex, ...]:
        """Draw the units for one ballot of a group (`number` is the group's position)."""
        wanted = min(group.draw, len(group.draw_from) - (group.own and own_unit in group.draw_from))
        if wanted <= 0:
            return ()
        drawn: list[UnitIndex] = []
        with self._lock:
            deck = self._decks.setdefault((survey_id, number), deque())
            passed: list[UnitIndex] = []
            while len(drawn) < wanted:
                if not deck:
                    fresh = list(group.draw_from)
                    secrets.SystemRandom().shuffle(fresh)
                    deck.extend(fresh)
                unit = deck.popleft()
                # A unit that this ballot has already goes to the next one.
                (passed if unit in drawn or (group.own and unit == own_unit) else drawn).append(unit)
            deck.extendleft(reversed(passed))
        return tuple(sorted(drawn))


def new_token(
    drawer: UnitDrawer,
    plan: SurveyPlan,
    survey_id: SurveyId,
    group: GroupIndex,
    own_unit: UnitIndex | None = None,
    admission: bytes = b"",
) -> BallotToken:
    """A fresh token for a respondent of a group (a position in the plan's groups).

    The own unit is in it only where it decides what is rated: ballots of all units wait in the mix together.
    """
    own_unit = own_unit if plan.groups[group].own else None
    drawn = drawer.draw(survey_id, group, plan.groups[group], own_unit)
    return BallotToken(survey_id, group, own_unit, secrets.token_bytes(16), admission, drawn, int(time.time()))
