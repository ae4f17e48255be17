"""QR codes of many links at once are those that are made one by one."""

import io
import re
import time

import numpy as np
import pypdf
import pytest
import segno

from surveys.admission.codes import new_code
from surveys.admission.printing import Handout, Slip, poster_pdf, slips_pdf
from surveys.admission.qr_codes import BORDER, matrices_of, runs_of, svgs_of
from surveys.campaigns.surveys import plan_of
from tests.helpers import published


def modules(link, mask=None):
    return np.array([list(row) for row in segno.make(link, error="m", micro=False, mask=mask).matrix], np.uint8)


def links(number, base="https://vote.example.edu/s/test"):
    return [f"{base}#{new_code()}" for _ in range(number)]


@pytest.mark.parametrize(
    "base", ["http://a.cn/s/x", "https://vote.example.edu/s/test", "https://vote.college.edu.cn/below/s/" + "x" * 40]
)
def test_many_are_the_same_as_one_by_one_with_the_mask_of_the_first(base):
    several = links(700, base)
    mask = segno.make(several[0], error="m", micro=False).mask
    found = list(matrices_of(several))
    assert len(found) == 700
    for link, matrix in zip(several[::7], found[::7], strict=True):
        assert (matrix == modules(link, mask)).all()


def test_few_and_such_as_are_not_alike_are_made_one_by_one():
    for several in (links(3), [*links(200), "https://vote.example.edu/s/test"], [f"{one}丙" for one in links(120)]):
        assert all((matrix == modules(link)).all() for link, matrix in zip(several, matrices_of(several), strict=True))
    assert list(matrices_of([])) == []


def test_runs_are_all_dark_modules():
    for matrix in matrices_of(links(5)):
        again = np.zeros_like(matrix)
        for row, begin, length in zip(*runs_of(matrix), strict=True):
            again[row, begin : begin + length] = 1
        assert (again == matrix).all()


def test_as_svg_they_are_what_they_were():
    (svg,) = svgs_of(["https://vote.example.edu/s/test"])
    side = len(modules("https://vote.example.edu/s/test")) + 2 * BORDER
    assert svg.startswith(f'<svg viewBox="0 0 {side} {side}" class="qr">')
    assert "script" not in svg


def drawn(data, page):
    """The QR codes on a page, read from what draws them."""
    content = pypdf.PdfReader(io.BytesIO(data)).pages[page].get_contents().get_data()
    found = []
    for runs in re.findall(rb"cm ((?:\d+ \d+ \d+ 1 re )+)f Q", content):
        numbers = [tuple(map(int, run)) for run in re.findall(rb"(\d+) (\d+) (\d+) 1 re", runs)]
        side = 1 + max(row for _, row, _ in numbers)
        matrix = np.zeros((side, side), np.uint8)
        for begin, row, length in numbers:
            matrix[row, begin : begin + length] = 1
        found.append(matrix)
    return found


def test_on_paper_each_slip_and_the_poster_have_their_own(app):
    survey = published()
    handout = Handout(plan_of(survey), 2_000_000_000, "Asia/Shanghai", "https://vote.example.edu/s/test", "", "", "zh")
    slips = [Slip(("学生", ""), "学生", "", new_code(), 2) for _ in range(120)]
    mask = segno.make(f"{handout.link}#{slips[0].code}", error="m", micro=False).mask
    data = slips_pdf(handout, slips)
    found = [matrix for page in range(1, 13) for matrix in drawn(data, page)]
    assert len(found) == 120
    assert all(
        (matrix == modules(f"{handout.link}#{slip.code}", mask)).all()
        for slip, matrix in zip(slips, found, strict=True)
    )
    assert (drawn(poster_pdf(handout, "A4"), 0)[0] == modules(handout.link)).all()


def test_two_thousand_slips_take_seconds_not_a_minute(app):
    survey = published()
    handout = Handout(
        plan_of(survey),
        2_000_000_000,
        "Asia/Shanghai",
        "https://vote.example.edu/s/test",
        "党委办公室",
        "电话 0123",
        "zh",
    )
    start = time.process_time()
    slips_pdf(handout, [Slip((f"学生{n % 24}", ""), "学生", f"第{n % 24}党支部", new_code(), 2) for n in range(2000)])
    assert time.process_time() - start < 15  # two on a desk
