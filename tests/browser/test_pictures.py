"""Pictures are drawn in both languages, light and dark, on desks and phones; their files arrive; without JavaScript there are tables."""

from __future__ import annotations

import json
import random
import xml.etree.ElementTree as ET
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from surveys.scoring.comparison import brackets
from tests.browser.conftest import DESKTOP, PHONE, fits, follow
from tests.helpers import PASSWORD, survey_file, wait_until
from tests.serving import Service

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("pictures")]

LOOKS = [("zh-CN", "light", DESKTOP), ("en", "dark", PHONE), ("en", "light", PHONE), ("zh-CN", "dark", DESKTOP)]
SVG = "{http://www.w3.org/2000/svg}"
KINDS = ["ranking", "heat", "radar", "levels", "gaps", "trend"]
ITEMS = ("listen", "solve", "attitude", "open", "promise", "lead", "mend", "overall")


def college_units():
    """Units of two general branches, with long names that begin alike."""
    return [
        {"code": f"B{number:02}", "name": {"zh": f"机电工程系学生第{number}党支部", "en": f"Students' Branch of Mechanical and Electrical Engineering, Year {number}"},
         "parent": {"zh": "机电工程系党总支", "en": "Mechanics"} if number % 2 else {"zh": "机关党总支", "en": "Administration"}}
        for number in range(1, 7)
    ]  # fmt: skip


def ballots(items, better, seed):
    """Rows of ballots for the import: units differ, and some people do not know."""
    chance, codes = random.Random(seed), [unit["code"] for unit in college_units()]
    rows = ["group," + ",".join(f"{code}/{item}" for code in codes for item in items)]
    for person in range(36):
        cells = [
            "?" if chance.random() < 0.08 else str(min(4, max(1, round(chance.gauss(1 + at * 0.35 - better * (at % 2), 0.6)))))
            for at in range(len(codes)) for _item in items
        ]  # fmt: skip
        rows.append(",".join(["staff" if person % 3 == 0 else "students", *cells]))
    return "\n".join(rows)


@pytest.fixture(scope="module")
def college(tmp_path_factory):
    """Two sealed rounds of a campaign; Zhao is of the committee."""
    folder = tmp_path_factory.mktemp("pictures")
    service = Service.prepared(folder / "instance")
    service.flask("campaign", "create", "drive", "创先争优活动", "--name-en", "Striving for excellence")
    for better, slug in enumerate(("first", "second")):
        data = survey_file(
            slug=slug, units=college_units(), title={"zh": f"第{better + 1}次评议", "en": f"Round {better + 1}"}
        )
        (folder / "survey.json").write_text(
            json.dumps({**data, "opens": str(data["opens"]), "closes": str(data["closes"])})
        )
        service.flask("survey", "create", str(folder / "survey.json"), "--publish")
        service.flask("survey", "close", slug, "--reason", "done")
        (folder / "ballots.csv").write_text(ballots(ITEMS, better, better), "utf-8")
        service.flask("ballots", "import", slug, str(folder / "ballots.csv"))
        service.flask("survey", "seal", slug)
        service.flask("campaign", "add", "drive", slug, str(better + 3))
    service.flask("account", "create", "Zhao", "committee", "--password", PASSWORD)
    service.page = f"{service.base}/staff/surveys/second/result/pictures"
    yield service
    service.stop()


@pytest.fixture
def signed_in(college, open_page):
    def sign_in(**options):
        page = open_page(reduced_motion="reduce", **options)
        page.goto(f"{college.base}/staff/login")
        page.locator("#name").fill("Zhao")
        page.locator("#password").fill(PASSWORD)
        follow(page, page.locator("main button"))
        page.goto(college.page)
        return page

    return sign_in


def colours(page, kind):
    """How many different colours a picture on the page has, of a sample of its pixels."""
    return page.locator(f"[data-picture={kind}] canvas").first.evaluate(
        """(canvas) => {
          const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
          const seen = new Set();
          for (let at = 0; at < data.length; at += 4) if (data[at + 3]) seen.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
          return seen.size;
        }"""
    )


def saved(page, kind, ending):
    with page.expect_download() as download:
        page.locator(f"[data-picture={kind}] [data-save={ending}]").first.click()
    return download.value.suggested_filename, download.value.path().read_bytes()


@pytest.mark.parametrize(("language", "scheme", "viewport"), LOOKS)
def test_every_picture_is_drawn_and_axe_finds_nothing(signed_in, check_accessibility, language, scheme, viewport):
    page = signed_in(locale=language, color_scheme=scheme, viewport=viewport)
    assert page.locator("[data-picture]").evaluate_all("all => all.map((one) => one.dataset.picture)") == KINDS
    for kind in KINDS:
        wait_until(lambda kind=kind: colours(page, kind) > 5)
    assert fits(page)
    check_accessibility(page)
    assert page.problems == []


def test_png_files_arrive_dark_on_white_whatever_the_screen_is(signed_in):
    page = signed_in(viewport=PHONE, color_scheme="dark")
    for kind in KINDS:
        name, body = saved(page, kind, "png")
        assert name.startswith(f"second-{kind}") and name.endswith(".png")
        image = Image.open(BytesIO(body)).convert("RGB")
        assert image.width == 2000 and image.height > 400
        assert image.getpixel((1, 1)) == (255, 255, 255)
        assert len(image.resize((400, 400)).getcolors(160_000)) > 20
    assert page.problems == []


def test_svg_files_arrive_with_their_title_and_what_was_chosen(signed_in):
    page = signed_in(viewport=PHONE, color_scheme="dark")
    for kind in KINDS:
        name, body = saved(page, kind, "svg")
        assert name.startswith(f"second-{kind}") and name.endswith(".svg")
        root = ET.fromstring(body)
        assert root.tag == f"{SVG}svg" and float(root.get("width")) == 1000
        texts = [text.text or "" for text in root.iter(f"{SVG}text")]
        assert page.locator(f"[data-picture={kind}] h2").inner_text() in texts
        chosen = page.locator(f"[data-picture={kind}] [data-choice] option:checked").all_inner_texts()
        assert " · ".join(["第2次评议", *chosen]) in texts
        assert len(list(root.iter(f"{SVG}path"))) > 5
    assert page.problems == []


def test_a_general_branch_and_a_unit_are_chosen_by_keyboard_and_said(signed_in):
    page = signed_in(locale="en", viewport=DESKTOP)
    wait_until(lambda: colours(page, "ranking") > 5)
    height = page.locator("#ranking canvas").first.bounding_box()["height"]
    page.locator("#branch").focus()
    page.keyboard.press("ArrowDown")
    wait_until(lambda: page.locator("#ranking canvas").first.bounding_box()["height"] < height)
    assert "(Mechanics)" in page.locator("#ranking [role=img]").get_attribute("aria-label")
    before = page.locator("#radar [role=img]").get_attribute("aria-label")
    page.locator("#choice-radar").focus()
    page.keyboard.press("ArrowDown")
    finding = page.locator("#radar [data-finding]").inner_text()
    label = page.locator("#radar [role=img]").get_attribute("aria-label")
    assert finding in label and label != before
    assert saved(page, "ranking", "svg")[0] == "second-ranking-Mechanics.svg"
    page.locator("#levels summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#levels table").first).to_be_visible()


def test_the_colours_follow_the_scheme_and_the_paper_is_white(signed_in):
    page = signed_in(locale="en", viewport=DESKTOP, color_scheme="light")
    shot = "() => document.querySelector('#gaps canvas').toDataURL()"
    wait_until(lambda: colours(page, "gaps") > 5)
    light = page.evaluate(shot)
    page.emulate_media(color_scheme="dark")
    wait_until(lambda: page.evaluate(shot) != light and colours(page, "gaps") > 5)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    paper = page.locator("#gaps [data-paper] canvas")
    expect(paper).to_be_visible()
    corner = paper.evaluate("canvas => [...canvas.getContext('2d').getImageData(1, 1, 1, 1).data]")
    assert corner == [255, 255, 255, 255]
    expect(page.locator("#gaps [data-canvas]")).to_be_hidden()
    assert paper.bounding_box()["height"] > 200
    assert page.locator("#gaps [data-paper]").bounding_box()["height"] >= paper.bounding_box()["height"]
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(paper).to_have_count(0)


def test_brackets_of_the_units_that_are_shown_are_those_of_their_own_ranking(signed_in):
    """Of 300 random rankings and choices of units: as if only these units had been ranked."""
    page, chance = signed_in(), random.Random(1)
    for _ in range(300):
        count = chance.randint(2, 12)
        reach = [min(count - 1, at + chance.randint(0, 5)) for at in range(count)]
        reach = [max(reach[: at + 1]) for at in range(count)]  # a unit is told apart from those beyond its reach
        better = np.array([[other > reach[at] for other in range(count)] for at in range(count)])
        chosen = sorted(chance.sample(range(count), chance.randint(1, count)))
        shown = page.evaluate(
            "([runs, units]) => pictures.shownRuns(runs, units)", [brackets(range(count), better), chosen]
        )
        expected = brackets(range(len(chosen)), better[np.ix_(chosen, chosen)])
        assert sorted(map(tuple, shown)) == expected, (reach, chosen)
        lanes = page.evaluate("(runs) => pictures.lanes(runs)", shown)
        for lane in set(lanes):
            ends = [run for run, own in zip(shown, lanes, strict=True) if own == lane]
            assert all(one[1] < other[0] for one, other in pairwise(ends)), "brackets on one line do not touch"


def test_without_javascript_the_tables_are_open(college, open_page):
    page = open_page(locale="en", viewport=DESKTOP, java_script_enabled=False)
    page.goto(f"{college.base}/staff/login")
    page.locator("#name").fill("Zhao")
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))
    page.goto(college.page)
    expect(page.locator("[data-no-script]")).to_be_visible()
    for kind in KINDS:
        expect(page.locator(f"[data-picture={kind}] table").first).to_be_visible()
        expect(page.locator(f"[data-picture={kind}] [data-save=png]").first).to_be_hidden()
    assert fits(page)
