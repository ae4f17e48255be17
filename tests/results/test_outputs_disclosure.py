"""Whatever a hidden few answered, every page, file and interface says the same: so nothing of them can be worked out from all of it together.

Two results of one survey are compared, which differ in nothing but the answers that are withheld. What is shown to anybody is read twice.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pypdf
import pytest

from surveys.ballots.models import Ballot
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.followup.bulletin import Part, publish_bulletin
from surveys.results.computing import digested, score_ballots
from surveys.results.digest import BallotsDigest
from surveys.results.export.specs import SPECS
from surveys.results.models import UNIT_DRAW_COLUMNS, StoredResult, UnitDraw, unit_draw_rows
from surveys.scoring.ratings import BLANK, DONT_KNOW
from surveys.storage.statements import insert_many
from tests.acting import TESTER, seal
from tests.helpers import closed, published, units, vote
from tests.results.printing import word_texts
from tests.web.api.test_api import bearer

FEW, MINIMUM = 3, 5
RULE = {"minimum": MINIMUM, "rate_item": "overall", "improve_under": 60, "quotas": [{"at_most": 0.34, "grade": 0}]}


def sealed_survey(slug="test", **changes):
    """Eight students rate all items of all units; of three members of staff, and of an item that few students know, nothing is shown."""
    survey = published(slug=slug, units=units(3), rule=RULE, **changes)
    plan = plan_of(survey)
    for person in range(8):
        extra = {}
        for slot in plan.slots:
            if slot.item.type == "rating":
                level = 1 + (person * 3 + slot.index) % 4
                unknown = slot.item.code == "open" and person >= FEW  # three know it
                extra[slot.name] = ["0" if unknown else str(level)]
        vote(survey, 0, extra=extra)
    for person in range(FEW):
        vote(survey, 1, 1 + person)
    closed(survey)
    seal(slug)
    return Survey.get(Survey.slug == slug)


def answer_otherwise(survey, change: Callable[[int, int, int], int]):
    """Change the stored answers, and with them the result: `change` is told group, slot's place and byte."""
    plan = plan_of(survey)
    places = [slot for slot in plan.slots if slot.item.type == "rating"]
    for ballot in Ballot.select().where(Ballot.survey_id == survey.id):
        row = bytearray(plan.packing.unpack(ballot.group, ballot.answers))
        units = tuple({slot.unit for slot in places if slot.unit is not None and row[slot.offset]})
        for slot in places:
            row[slot.offset] = change(ballot.group, slot, row[slot.offset])
        Ballot.update(answers=plan.packing.pack(ballot.group, row, units)).where(
            Ballot.survey_id == survey.id, Ballot.number == ballot.number
        ).execute()
    scored = score_ballots(survey, digested(survey.id, BallotsDigest()))
    StoredResult.update(body=json.dumps(scored.result.to_json())).where(StoredResult.survey == survey.id).execute()
    UnitDraw.delete().where(UnitDraw.survey_id == survey.id).execute()
    insert_many("unit_draw", UNIT_DRAW_COLUMNS, list(unit_draw_rows(survey.id, scored)))


def hidden_answers(group, slot, byte):
    """Other ratings of the few members of staff, and of the few students who know the item."""
    if byte in (DONT_KNOW, BLANK, 0):
        return byte
    if group == 1 or slot.item.code == "open":
        return 1 + byte % 4
    return byte


def shown_answers(group, slot, byte):
    """Other ratings that are shown."""
    return 1 if group == 0 and slot.item.code == "listen" and byte < DONT_KNOW else byte


def texts_of(name: str, body: bytes) -> list[str]:
    """What a person or a program reads in a file."""
    if body[:5] == b"%PDF-":  # with what is drawn, such as bars
        pages = pypdf.PdfReader(io.BytesIO(body)).pages
        return [line for page in pages for line in [page.extract_text(), page.get_contents().get_data().hex(" ", 8)]]
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = archive.namelist()
            if "xl/workbook.xml" in names:
                book = openpyxl.load_workbook(io.BytesIO(body), data_only=False)
                stored = openpyxl.load_workbook(io.BytesIO(body), data_only=True)
                return [
                    f"{sheet.title}!{cell.coordinate} {cell.value} {stored[sheet.title][cell.coordinate].value}"
                    for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None
                ]  # fmt: skip
            if "word/document.xml" in names:
                pictures = [
                    hashlib.md5(archive.read(inner)).digest().hex(":") for inner in sorted(names) if "/media/" in inner
                ]
                return [*word_texts(body), *pictures]
            return [text for inner in sorted(names) for text in texts_of(inner, archive.read(inner))]
    if name.endswith(".parquet"):
        import pyarrow.parquet

        return [repr(row) for row in pyarrow.parquet.read_table(io.BytesIO(body)).to_pylist()]
    text = body.decode("utf-8")
    return (
        json.dumps(json.loads(text), indent=1, ensure_ascii=False).splitlines()
        if text[:1] == "{"
        else text.splitlines()
    )


def everything(browser, anybody, slug="test") -> dict[str, list[str]]:
    """All that is shown of a result, by its address, without what is another one at each reading (digests, tokens of forms)."""
    staff, headers = f"/staff/surveys/{slug}", bearer(f"program {len(_made)}")
    _made.append(slug)
    addresses = [
        f"{staff}/result?lang=en", f"{staff}/result?lang=en&one=0&other=1", f"{staff}/result/pictures?lang=en", f"{staff}/what-if?trim=share10&lang=en",
        f"{staff}/what-if?weight-students=1&weight-staff=9&item-open=5&lang=en", f"{staff}/workbook.xlsx",
        f"{staff}/export/csv", f"{staff}/export/json", f"{staff}/export/parquet", f"{staff}/remarks", f"{staff}/actions",
        f"{staff}/bulletin/preview?part=ranking&part=turnout&part=method", f"/s/{slug}/bulletin",
        f"{staff}/report.pdf?lang=en", f"{staff}/report.docx?lang=en", f"{staff}/units.zip", f"{staff}/units/B01.pdf",
        f"{staff}/workbooks.zip", f"{staff}/report",
        f"/api/surveys/{slug}", *(f"/api/surveys/{slug}/{table}" for table in SPECS),
    ]  # fmt: skip
    found = {}
    for address in addresses:
        client = anybody if address.startswith(("/s/", "/api")) else browser
        answer = client.get(address, headers=headers if address.startswith("/api") else {})
        assert answer.status_code == 200, (address, answer.status_code)
        lines = texts_of(address.partition("?")[0], answer.data)
        found[address] = [
            re.sub(r"[0-9a-f]{32,}|name=\"csrf_token\"[^>]*|\"sealed_at\".*|nonce[^ ]*", "·", line) for line in lines
        ]
    return found


_made: list[str] = []


@pytest.fixture
def readers(staff, app):
    return staff("administrator"), app.test_client()


def test_what_is_withheld_changes_nothing_that_is_shown(readers):
    survey = sealed_survey()
    publish_bulletin(TESTER, "test", [Part.RANKING, Part.TURNOUT, Part.METHOD])
    before = everything(*readers)
    answer_otherwise(survey, hidden_answers)
    after = everything(*readers)
    for address, lines in before.items():
        assert lines == after[address], address


def test_the_comparison_notices_an_answer_that_is_shown(readers):
    survey = sealed_survey()
    publish_bulletin(TESTER, "test", [Part.RANKING])
    before = everything(*readers)
    answer_otherwise(survey, shown_answers)
    after = everything(*readers)
    changed = {address for address, lines in before.items() if lines != after[address]}
    assert {address for address in before if "remarks" not in address and "actions" not in address} - changed <= {
        "/api/surveys/test", "/api/surveys/test/turnout", "/api/surveys/test/answers", "/api/surveys/test/withheld", "/api/surveys/test/patterns",
        "/api/surveys/test/unit_turnout", "/staff/surveys/test/report",
    }  # fmt: skip
