"""The colours of scales: the same names everywhere, distinct from the page in light and dark, and never without words."""

import io
import re

import openpyxl
import pytest

from surveys.questionnaires.scales import COLOURS
from surveys.results.workbook.colours import SCALE_COLOURS
from tests.acting import seal
from tests.helpers import closed, published, vote
from tests.processes import ROOT
from tests.results.test_what_committees_sign import workbook

CSS = (ROOT / "static/css/staff.css").read_text("utf-8")
TOKENS = (ROOT / "static/css/tokens.css").read_text("utf-8")


def values(css, name):
    """The values of a custom property: light, then dark."""
    return re.findall(rf"--{name}: (#[0-9a-f]{{6}})", css)


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [*COLOURS, "none"])
def test_each_colour_stands_out_from_the_page_in_light_and_dark(colour):
    for ground in ("sheet", "ground"):
        pairs = list(zip(values(CSS, f"scale-{colour}"), values(TOKENS, ground), strict=True))
        assert len(pairs) == 2
        assert all(contrast(*pair) >= 3 for pair in pairs), (colour, ground)
    assert f".c-{colour} {{" in CSS


def test_the_workbook_has_the_colours_of_the_light_page():
    assert {name: value.lower() for name, value in SCALE_COLOURS.items()} == {
        name: values(CSS, f"scale-{name}")[0] for name in COLOURS
    }


def test_the_workbook_draws_the_shares_of_the_levels_in_their_colours(app):
    survey = published(rule={"minimum": 1})
    for level in (1, 1, 1, 2, 4):
        vote(survey, 0, level)
    closed(survey)
    seal("test")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["分布"]
    (chart,) = sheet._charts
    assert chart.grouping == "percentStacked"
    names = [series.tx.v for series in chart.series]
    drawn = [series.graphicalProperties.solidFill.srgbClr for series in chart.series]
    cells = [cell for row in sheet.iter_rows(max_row=10) for cell in row]
    headings = {cell.value: cell for cell in reversed(cells)}  # the first of each: "satisfied" is counted, too
    assert names == ["满意", "比较满意", "基本满意", "不满意"]
    usual = [SCALE_COLOURS[name][1:] for name in ("deep-green", "lime", "orange", "deep-red")]
    assert drawn == usual
    assert [headings[name].border.bottom.color.rgb[2:] for name in names] == usual


def test_the_sums_for_the_chart_hold_nothing_that_is_withheld(app):
    survey = published(rule={"minimum": 5})
    for _ in range(4):
        vote(survey, 0, 1)
    closed(survey)
    seal("test")
    sheet = openpyxl.load_workbook(io.BytesIO(workbook()))["分布"]
    assert sheet._charts == []
    assert all(isinstance(cell.value, str | None) for row in sheet.iter_rows(min_row=6, min_col=4) for cell in row)
