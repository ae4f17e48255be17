"""Working the editor of questionnaires in a browser."""

from __future__ import annotations

import json

from tests.browser.conftest import follow
from tests.helpers import PASSWORD, wait_until


def fill_in(page, name):
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    follow(page, page.locator("main button"))


def put(page, definition):
    """Store a definition as the editor does."""
    done = page.evaluate(
        """async (definition) => {
          const { state } = JSON.parse(document.getElementById("editor").dataset.settings);
          const address = location.pathname.replace(/edit$/, "state");
          const now = await (await fetch(address)).json();
          const answer = await fetch(address, { method: "PUT", body: JSON.stringify({ revision: now.revision, definition }),
            headers: { "X-CSRFToken": now.csrf, "Content-Type": "application/json" } });
          return answer.status;
        }""",
        definition,
    )
    assert done == 200


def choices(*texts, **more):
    """Questions with two answers each."""
    return [
        {"code": f"q{n}", "type": "choice", "text": {"zh": text},
         "options": [{"code": "a1", "text": {"zh": "是"}}, {"code": "a2", "text": {"zh": "否"}}], **more}
        for n, text in enumerate(texts, 1)
    ]  # fmt: skip


def questionnaire(*items, title="问卷", **more):
    return {"title": {"zh": title}, "sections": [{"per": "survey", "items": list(items)}], **more}


def stored(college, key):
    return json.loads(college.flask("questionnaire", "export", key))


def saved(page):
    page.locator(".editor-bar .state.saved").wait_for()


def by_keyboard(target):
    """Press a button, or tick a box, as somebody without a mouse does."""
    target.focus()
    target.press("Space")


PRESS = {"mouse": lambda target: target.click(), "touch": lambda target: target.tap(), "keyboard": by_keyboard}
"""How each manner of working presses a button."""


def choose(select, label, manner="mouse"):
    """Choose in a select box; without a mouse, by the arrow keys."""
    if manner != "keyboard":
        select.select_option(label=label)
        return
    select.focus()
    select.press("Home")
    options = [text.strip() for text in select.locator("option").all_text_contents()]
    for _ in range(options.index(label)):
        select.press("ArrowDown")
    assert select.locator("option:checked").text_content().strip() == label


def add(page, kind, text, section=0, press=PRESS["mouse"]):
    press(page.locator(".section").nth(section).locator(f'[data-kind="{kind}"]'))
    page.locator("#f-text-zh").fill(text)


def until(page, expression):
    """Wait for something in the page; the policy of its contents does not let Playwright's own way in."""
    wait_until(lambda: page.evaluate(expression), 10)


def texts(page):
    return [row.strip() for row in page.locator(".row .words > span:first-child").all_text_contents()]


def answers(page, *words):
    """Fill the two answers that a new choice has, and add more by Enter."""
    fields = page.locator(".answers input.zh")
    fields.first.fill(words[0])
    for n, word in enumerate(words[1:], 1):
        if n >= fields.count():
            fields.nth(n - 1).press("Enter")
        fields.nth(n).fill(word)


def drag(page, handle, target, touch=False):
    """Drag a handle to the lower half of a row."""
    handle.scroll_into_view_if_needed()
    start, end = handle.bounding_box(), target.bounding_box()
    x, y = start["x"] + start["width"] / 2, start["y"] + start["height"] / 2
    to = end["y"] + end["height"] * 0.8
    if not touch:
        page.mouse.move(x, y)
        page.mouse.down()
        for step in range(1, 11):
            page.mouse.move(x + 2, y + (to - y) * step / 10)
            page.wait_for_timeout(20)
        page.mouse.up()
        return
    session = page.context.new_cdp_session(page)

    def send(kind, *points):
        session.send(
            "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": px, "y": py} for px, py in points]}
        )

    send("touchStart", (x, y))
    page.wait_for_timeout(300)
    for step in range(1, 16):
        send("touchMove", (x + 2, y + (to - y) * step / 15))
        page.wait_for_timeout(30)
    send("touchEnd")
