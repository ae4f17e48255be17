"""What people print is on paper whole: nothing cut off, nothing folded, in colour, with lines to sign."""

from __future__ import annotations

import re

import pytest

from surveys import create_app
from surveys.accounts.models import Role
from surveys.admission.roster_file import PersonRow
from surveys.questionnaires.library import install_ready_made
from surveys.storage.schema import migrate
from tests.acting import close_running, create_account, mix, seal, store_roster, use
from tests.browser.conftest import follow
from tests.helpers import PASSWORD, closed, published, units, vote
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("printing")]

A4 = {"width": 718, "height": 1000}  # 190 mm between the margins
ACROSS = {"width": 1047, "height": 700}  # 277 mm
NAMES = ["Students", "Teaching staff", "Retired staff", "Parents of students", "Partners outside the college", "Cadres"]

# What stands outside the paper. A page that is printed cannot be scrolled.
OUTSIDE = """() => [...document.querySelectorAll("main *")].filter((one) => one.checkVisibility()
    && !one.closest("svg") && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`)"""
CUT_OFF = """() => [...document.querySelectorAll(".scroll")].filter((one) => getComputedStyle(one).overflowX !== "visible")
    .map((one) => one.getAttribute("aria-label"))"""
FOLDED = """() => [...document.querySelectorAll("details td, details li, details p")]
    .filter((one) => !one.checkVisibility({ contentVisibilityAuto: true }) || !one.getClientRects().length)
    .map((one) => one.textContent.trim().slice(0, 40))"""


@pytest.fixture(scope="module")
def college(tmp_path_factory):
    """Sealed surveys of 24 units and 2 groups, and of 60 units and 6 groups; and one with a roster."""
    folder = tmp_path_factory.mktemp("printing") / "instance"
    close_running()
    app = use(create_app(INSTANCE=str(folder), DATABASE_URL="", BASE_URL=""))
    migrate()
    mix().folder.mark()
    install_ready_made()
    create_account("Wang", PASSWORD, Role.ADMINISTRATOR)
    for slug, count, groups in (("small", 24, 2), ("large", 60, 6)):
        survey = published(slug=slug, units=units(count), groups=[
            {"code": f"g{n}", "name": {"zh": f"第{n}类参评人员", "en": name}, "weight": 10, "admission": "open"}
            for n, name in enumerate(NAMES[:groups])
        ])  # fmt: skip
        for group in range(groups):
            for level in (1, 2, 2, 3, 4, 1):
                vote(survey, group, level)
        closed(survey)
        seal(slug)
    published(slug="listed", groups=[{"code": "students", "name": "学生", "admission": "roster"}])
    people = [PersonRow(f"2011{n:03}", f"张{n}", 0, None, f"机电{n % 7}班", "") for n in range(90)]
    store_roster("listed", app.config["CODE_KEY"], people)
    close_running()
    service = Service(folder)
    yield service
    service.stop()


@pytest.fixture(params=["zh-CN", "en"])
def printed(request, college, open_page):
    """Open a page as it is printed, by somebody who is signed in and whose screen is dark."""
    page = open_page(locale=request.param, color_scheme="dark")
    page.goto(f"{college.base}/staff/login")
    page.locator("#name").fill("Wang")
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))

    def show(path, paper):
        page.emulate_media(media="print", color_scheme="dark")
        page.set_viewport_size(paper)
        page.goto(college.base + path)
        return page

    return show


def media_boxes(pdf: bytes) -> set[str]:
    """The shapes of a file's pages."""
    found = re.findall(rb"/MediaBox\s*\[([\d.\s]+)\]", pdf)
    return {"across" if float(box.split()[2]) > float(box.split()[3]) else "upright" for box in found}


@pytest.mark.parametrize(("printed", "slug"), [("zh-CN", "small"), ("en", "large")], indirect=["printed"])
def test_the_whole_result_is_on_paper_that_lies_on_its_side(printed, slug):
    page = printed(f"/staff/surveys/{slug}/result", ACROSS)
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(FOLDED) == []
    assert media_boxes(page.pdf(prefer_css_page_size=True)) == {"across"}
    ranking = page.locator("#ranking tbody tr").first.locator("td, th")
    assert all(cell.is_visible() for cell in ranking.all())
    assert page.locator(".signatures p").count() == 3
    assert page.locator(".signatures").is_visible()


def test_the_heat_map_is_printed_in_the_colours_of_a_light_page(printed):
    page = printed("/staff/surveys/small/result", ACROSS)
    style = page.locator("#items td.num").first.evaluate(
        "cell => { const s = getComputedStyle(cell); return [s.printColorAdjust, s.backgroundColor, s.color]; }"
    )
    assert style[0] == "exact"
    light = [int(part) for part in re.findall(r"\d+", style[1])]
    assert min(light) > 150, style
    dark = [int(part) for part in re.findall(r"\d+", style[2])]
    assert max(dark) < 60, style
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_heads_of_tables_are_repeated_and_no_heading_stands_alone(printed):
    page = printed("/staff/surveys/large/result", ACROSS)
    shown = page.locator("thead").evaluate_all("all => [...new Set(all.map(one => getComputedStyle(one).display))]")
    assert shown == ["table-header-group"]
    for name in ("h2", "summary", "thead"):
        after = page.locator(name).evaluate_all("all => [...new Set(all.map(one => getComputedStyle(one).breakAfter))]")
        assert after == ["avoid"], name
    inside = page.locator("tr").evaluate_all("all => [...new Set(all.map(one => getComputedStyle(one).breakInside))]")
    assert inside == ["avoid"]


def test_the_units_are_unfolded_without_scripts_too(college, open_page, printed):
    page = printed("/staff/surveys/small/result", ACROSS)
    assert page.locator("details:not([open])").count() >= 23
    assert page.evaluate(FOLDED) == []
    # Browsers that do not know ::details-content have them opened while they print.
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details:not([open])").count() >= 23


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        ("/staff/surveys/large/", "header.top"),
        ("/staff/surveys/large/remarks", "nav.tabs"),
        ("/staff/surveys/large/verify", "main form"),
        ("/staff/surveys/listed/roster/", "input[type=file], input[type=search]"),
        ("/staff/surveys/listed/roster/classes", "header.top"),
        ("/staff/surveys/small/paper/print?group=0&form=A", "header.top"),
        ("/s/large/bulletin", "nothing"),
    ],
)
def test_other_pages_are_whole_on_upright_paper_without_what_is_only_for_the_screen(printed, path, gone):
    page = printed(path, A4)
    assert page.locator("h1:visible").count() == 1
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(CUT_OFF) == []
    assert page.evaluate(FOLDED) == []
    assert [one for one in page.locator(gone).all() if one.is_visible()] == []
    assert media_boxes(page.pdf(prefer_css_page_size=True)) == {"upright"}
