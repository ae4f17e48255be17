"""How fast the editor of questionnaires answers in Chromium, with as many questions as there can be."""

from __future__ import annotations

import json
import statistics
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.helpers import PASSWORD
from tests.serving import Service

MOST = 100
"""Milliseconds within which every act is answered."""

ACTS = {
    "open a question": "document.querySelectorAll('.row')[30 + n].click()",
    "type a letter": "type(document.getElementById('f-text-zh'))",
    "type into an answer": "type(document.querySelector('.answers input'))",
    "move it down": "document.getElementById('down').click()",
    "undo": "document.querySelector('.tools button').click()",
    "redo": "document.querySelectorAll('.tools button')[1].click()",
    "add an answer": "document.getElementById('option-add').click()",
    "move a section": "document.querySelectorAll('[id^=section-down]')[0].click()",
    "remove it": "document.querySelector('.form .danger')?.click()",
    "add a question": "document.querySelector('[data-kind=choice]').click()",
}
MEASURE = """([act, n]) => new Promise((done) => {
  const type = (field) => { field.value += "字"; field.dispatchEvent(new Event("input", { bubbles: true })); };
  const acts = { %s };
  const began = performance.now();
  acts[act](n);
  requestAnimationFrame(() => {
    const drawn = new MessageChannel();
    drawn.port1.onmessage = () => done(performance.now() - began);
    drawn.port2.postMessage(0);
  });
})""" % ", ".join(f'"{name}": (n) => {{ {code} }}' for name, code in ACTS.items())  # noqa: UP031


def definition(count: int) -> dict[str, Any]:
    """A questionnaire of so many choices, each seventh of which has a condition."""
    items: list[dict[str, Any]] = [
        {"code": f"q{n}", "type": "choice", "text": {"zh": f"第{n}题：您对食堂的意见是什么？"},
         "options": [{"code": f"a{k}", "text": {"zh": f"选项{k}"}} for k in range(5)]}
        for n in range(count)
    ]  # fmt: skip
    for n in range(2, count, 7):
        items[n]["when"] = {"item": f"q{n - 1}", "in": ["a1"]}
    part = count // 4
    sections = [{"per": "survey", "items": items[at : at + part]} for at in range(0, count, part)]
    return {"key": "long", "title": {"zh": "长问卷"}, "sections": sections}


def editing(folder: Path, say: Callable[[str, str, str, bool], None], rounds: int) -> None:
    """Open a questionnaire of 196 questions, and measure each act until it is drawn."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import DESKTOP, FLAGS, chromium

    service = Service.prepared(folder)
    service.flask("account", "create", "Wang", "publisher", "--password", PASSWORD)
    (folder / "long.json").write_text(json.dumps(definition(196)), "utf-8")
    service.flask("questionnaire", "import", str(folder / "long.json"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        page = browser.new_page(viewport=DESKTOP)  # type: ignore[arg-type]
        page.goto(f"{service.base}/staff/login")
        page.fill("#name", "Wang")
        page.fill("#password", PASSWORD)
        page.click("main button")
        page.goto(f"{service.base}/staff/questionnaires/long/edit")
        page.locator(".row").last.wait_for()
        page.wait_for_timeout(2000)
        slowest = {}
        for act in ACTS:
            times = []
            for n in range(min(rounds, 3) if act in ("remove it", "add a question", "move a section") else 8):
                times.append(page.evaluate(MEASURE, [act, n]))
                page.wait_for_timeout(80)
            slowest[act] = (statistics.median(times), max(times))
        browser.close()
    service.stop()
    words = ", ".join(f"{act} {middle:.0f} ({most:.0f})" for act, (middle, most) in slowest.items())
    worst = max(middle for middle, _ in slowest.values())
    say("the editor with 196 questions in Chromium, each act until it is drawn: median (slowest) in ms", words,
        f"at most {MOST} each", worst <= MOST)  # fmt: skip
