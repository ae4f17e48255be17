"""The workbook of a survey with as many units as one can have: everything is there, and it can be printed and read."""

from __future__ import annotations

import io
import re
import zipfile

import numpy as np
import pytest

from surveys.campaigns.models import Survey
from surveys.campaigns.plan_file import MAX_UNITS
from surveys.campaigns.surveys import plan_of
from surveys.inputs.translations import load_translations
from surveys.results.models import stored_result
from surveys.results.report import report_of
from surveys.results.workbook import write_workbook
from tests.helpers import ZONE
from tests.results.made_rounds import ITEMS, sealed_round

GROUPS = [{"code": code, "name": name, "admission": "code"} for code, name in (("a", "学生"), ("b", "教职工"))]
BARS = 24


@pytest.fixture
def large(app):
    """A sealed survey of all these units with ballots of two groups."""
    random = np.random.default_rng(1)
    ballots = [random.integers(1, 5, (8, MAX_UNITS * len(ITEMS))) for _ in GROUPS]
    return sealed_round("large", *ballots, groups=GROUPS, rule={"minimum": 5, "resamples": 200})


def parts_of(survey: Survey) -> dict[str, str]:
    report = report_of(plan_of(survey), stored_result(survey))
    window = (survey.opens_at, survey.closes_at)
    data = write_workbook(report, window, ZONE, "zh", load_translations("zh"))
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")}


def test_the_largest_workbook_holds_all_units_is_printed_at_a_size_to_read_and_has_its_charts(large):
    parts = parts_of(large)
    names = re.findall(r'<sheet name="(.*?)"', parts["xl/workbook.xml"])
    sheets = {name: parts[f"xl/worksheets/sheet{number}.xml"] for number, name in enumerate(names, 1)}
    strings = re.findall(r"<si><t[^>]*>(.*?)</t></si>", parts["xl/sharedStrings.xml"])
    assert {f"第{n:}党支部" for n in range(1, MAX_UNITS + 1)} <= {*strings}
    rows = {"汇总": MAX_UNITS, "题目得分": 3 * MAX_UNITS, "分布": 3 * len(ITEMS) * MAX_UNITS, "群体对比": 2 * MAX_UNITS}
    for name, count in rows.items():
        assert sheets[name].count("<row ") >= count, name
        scale = re.search(r'<pageSetup [^>]*?scale="(\d+)"', sheets[name])
        assert scale is None or int(scale[1]) >= 60, name
        assert f"{name}'!$" in parts["xl/workbook.xml"] or f"{name}!$" in parts["xl/workbook.xml"], (
            "titles are repeated"
        )
    charts = [part for name, part in parts.items() if name.startswith("xl/charts/chart")]
    of = {
        "scores": [chart for chart in charts if "得分与 95" in chart],
        "shares": [chart for chart in charts if "percentStacked" in chart],
        "groups": [chart for chart in charts if "各群体得分" in chart],
    }
    every = -(-MAX_UNITS // BARS)
    assert {kind: len(found) for kind, found in of.items()} == {"scores": every, "shares": every, "groups": every}


def test_every_rank_stands_once_or_is_shared(large):
    report = report_of(plan_of(large), stored_result(large))
    ranks = sorted(rank for rank in report.result.rank if rank is not None)
    assert len(ranks) == MAX_UNITS
    assert all(rank == ranks.index(rank) + 1 for rank in ranks)
