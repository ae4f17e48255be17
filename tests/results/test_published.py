"""All that is published of two rounds, with units and their parent rated side by side: none of it depends on hidden answers.

Everything is published twice, the second time with other answers of those who are withheld, and compared word by word.
"""

from __future__ import annotations

import io
import random
import re
from functools import partial

import openpyxl
import pytest

from surveys.campaigns.surveys import plan_of
from tests.acting import close_running, seal
from tests.conftest import _application
from tests.helpers import PASSWORD, all_at, closed, post, published, vote

UNITS = [
    {"code": "Z1", "name": "机械系党总支", "kind": "general_branch"},
    {"code": "B11", "name": "机械系教师党支部", "parent": "机械系党总支"},
    {"code": "B12", "name": "机械系学生党支部", "parent": "机械系党总支"},
]


class Chance:
    """Random numbers that are the same in both runs, so that only the hidden answers differ."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def token_bytes(self, count: int) -> bytes:
        return self.random.randbytes(count)

    def SystemRandom(self) -> random.Random:
        return self.random


def ballot(plan, number: int, **hidden: str) -> dict[str, list[str]]:
    """Ratings that differ from person to person; `hidden` gives some (UNIT_item) another one."""
    fields = {}
    for place, (name, _) in enumerate(all_at(plan, (0, 1, 2), 1).items()):
        fields[name] = [str(1 + (number * 7 + place * (number + 3)) % 4)]
    for slot in plan.slots:
        given = hidden.get(plan.slot_name(slot).replace("/", "_"))
        if given:
            fields[slot.name] = [given]
    return fields


def round_of(slug: str, hidden: str) -> None:
    """Eight students, of whom three know one item of B11; three of staff, whose answers are all withheld."""
    survey = published(slug=slug, units=UNITS)
    plan = plan_of(survey)
    for number in range(8):
        vote(survey, 0, extra=ballot(plan, number, B11_mend=hidden if number < 3 else "0"))
    for number in range(3):
        staff = {f"{unit}_{item.code}": hidden for unit in ("Z1", "B11", "B12") for item in plan.rated_items}
        vote(survey, 1, extra=ballot(plan, number, **staff))
    closed(survey)
    seal(slug)


def published_words(folder, monkeypatch, hidden: str) -> list[str]:
    """Everything that pages, workbook, table and bulletin say of both rounds, but digests and moments."""
    from surveys.accounts.models import Role
    from tests.acting import create_account

    for module in ("models", "mix", "drawing", "mix_entries"):
        monkeypatch.setattr(f"surveys.ballots.{module}.secrets", Chance(1))
    app = _application(folder)
    for slug in ("first", "second"):
        round_of(slug, hidden)
    create_account("committee", PASSWORD, Role.COMMITTEE)
    browser = app.test_client()
    post(browser, "/staff/login", name="committee", password=PASSWORD)
    words = []
    for slug in ("first", "second"):
        for page in ("", "result", "remarks"):
            words.append(browser.get(f"/staff/surveys/{slug}/{page}").text)
        words.append(app.test_client().get(f"/s/{slug}/bulletin").text)
        book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/staff/surveys/{slug}/workbook.xlsx").data))
        words += [
            f"{sheet.title}!{cell.coordinate}={cell.value}"
            for sheet in book
            for row in sheet
            for cell in row
            if cell.value
        ]
        out = folder / f"{slug}.csv"
        app.test_cli_runner().invoke(args=["scores", "export", slug, "--out", str(out)])
        words.append(out.read_text("utf-8-sig"))
    close_running()
    return [
        re.sub(
            r"[0-9a-f]{64}|\d{4}[-年 ]+\d+[-月 ]+\d+[日 ]*(?:（周.）)? ?\d\d:\d\d|\d+ (?:小时|分钟)|value=\"[^\"]{40,}\"|\.[0-9a-f]{8}\.(?:css|js|svg)",
            "…",
            word,
        )
        for word in words
    ]


@pytest.mark.parametrize("hidden", ["2", "4"])
def test_nothing_published_depends_on_what_is_withheld(tmp_path, monkeypatch, hidden):
    one = published_words(tmp_path / "one", monkeypatch, "1")
    other = published_words(tmp_path / "other", monkeypatch, hidden)
    assert len(one) > 500
    assert [pair for pair in zip(one, other, strict=True) if pair[0] != pair[1]] == []
    assert any("n < 5" in word for word in one)


def test_what_is_shown_does_differ(tmp_path, monkeypatch):
    """The comparison can fail: with eight who know the item, their answers show."""
    one = published_words(tmp_path / "one", monkeypatch, "1")
    differently = partial(ballot, B12_mend="4")
    monkeypatch.setattr("tests.results.test_published.ballot", lambda plan, number, **_: differently(plan, number))
    assert one != published_words(tmp_path / "other", monkeypatch, "1")
