"""Which remarks may say the same: proposals for merging, which a person accepts or refuses.

Characters and pairs of characters weighted by how rare they are (TF-IDF), cosine similarity, average linkage. How well this finds
groups that are known was measured; see docs/decisions/0016-remarks.md.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from surveys.campaigns.indices import SurveyId, UnitIndex
from surveys.followup.models import RefusedGroup
from surveys.followup.remarks import ReadRemark, Remarks, RemarkState

LEAST_ALIKE = 0.3
"""The mean similarity at which two groups of remarks become one."""

MOST_COMPARED = 2000
"""So many remarks about one unit and question are compared at once: 2,000 take 0.2 s."""

_POLITE = re.compile(
    r"您好|你好|老师好|领导好|提个意见|提个建议|个人觉得|个人认为|我觉得|我认为|说实话|谢谢|感谢|辛苦了|希望|建议|请|能够|可以|\W|_"
)


@dataclass(frozen=True)
class AlikeGroup:
    """Remarks about one unit and question that may say the same, in their random order."""

    unit: UnitIndex | None
    item: str
    remarks: list[ReadRemark]


def propose_groups(found: Remarks, survey_id: SurveyId) -> list[AlikeGroup]:
    """Groups of open remarks that may say the same, large ones first. What was refused is not proposed again."""
    cells: dict[tuple[UnitIndex | None, str], list[ReadRemark]] = defaultdict(list)
    for remark in found.remarks:
        if remark.state is RemarkState.OPEN:
            cells[remark.unit, remark.item].append(remark)
    refused = _refused(survey_id)
    groups = []
    for (unit, item), remarks in cells.items():
        compared = remarks[:MOST_COMPARED]
        for positions in alike_groups([remark.body for remark in compared]):
            numbers = {compared[position].number for position in positions}
            if not any(numbers <= group for group in refused):
                groups.append(AlikeGroup(unit, item, [compared[position] for position in positions]))
    return sorted(groups, key=lambda group: (-len(group.remarks), group.remarks[0].number))


def alike_groups(texts: list[str]) -> list[list[int]]:
    """The positions of texts that may say the same, in groups of two or more."""
    plain = [_plain(text) for text in texts]
    kept = [position for position, text in enumerate(plain) if text]
    if len(kept) < 2:
        return []
    # Loaded when it is needed: it takes 0.8 s and much memory, and most processes never need it.
    from sklearn.cluster import AgglomerativeClustering
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True).fit_transform(
        [plain[position] for position in kept]
    )
    distances = (1 - (weights @ weights.T).toarray()).clip(min=0)
    linked = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=1 - LEAST_ALIKE
    )
    groups = defaultdict(list)
    for position, label in zip(kept, linked.fit_predict(distances), strict=True):
        groups[int(label)].append(position)
    return [group for group in groups.values() if len(group) > 1]


def _plain(text: str) -> str:
    """What a remark says, without greetings and punctuation."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return _POLITE.sub("", folded) or re.sub(r"\W", "", folded)


def _refused(survey_id: SurveyId) -> list[set[bytes]]:
    groups: dict[bytes, set[bytes]] = defaultdict(set)
    rows: Any = RefusedGroup.select(RefusedGroup.refusal, RefusedGroup.number)
    for refusal, number in rows.where(RefusedGroup.survey_id == survey_id).tuples():
        groups[bytes(refusal)].add(bytes(number))
    return list(groups.values())
