"""A ballot that is not taken comes back as it was filled in."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import html

from surveys.web.form_filling import fill_form
from tests.helpers import published, survey_file, token_of, units
from tests.web.test_costs import FORM, MOST_SECONDS, QUESTIONS, Asked

OPTIONS = [{"code": f"o{n}", "text": {"zh": f"选项{n}"}} for n in range(3)]
EVERY_KIND = {
    **QUESTIONS,
    "scales": {"points": {"direct": {"low": 0, "high": 100}, "dont_know": {"zh": "不了解"}}},
    "sections": [
        *QUESTIONS["sections"],  # type: ignore[misc]
        {
            "items": [
                {"type": "choice", "code": "g", "text": {"zh": "庚"}, "options": OPTIONS},
                {"type": "choice", "code": "h", "text": {"zh": "辛"}, "options": "units"},
                {"type": "rating", "code": "k", "text": {"zh": "癸"}, "scale": "points"},
                {"type": "note", "code": "i", "text": {"zh": "说明"}},
                {"type": "text", "code": "j", "text": {"zh": "壬"}, "required": True},
            ],
        },
    ],
}  # fmt: skip


def questions_of(page: str) -> dict[str, list[str]]:
    """What a browser would send of a page, without what is left empty."""
    sent: dict[str, list[str]] = {}
    for name, value in html.document_fromstring(page).forms[0].form_values():
        text = value.removeprefix("\n")  # as a browser does in a textarea
        if text:
            sent.setdefault(name, []).append(text)
    return sent


def fields_of(page: str) -> dict[str, list[str]]:
    """The values that each field of a page can have; [] stands for any text."""
    fields: dict[str, list[str]] = {}
    for element in html.document_fromstring(page).forms[0].iter("input", "select", "textarea"):
        if element.get("type") == "hidden" or not element.get("name"):
            continue
        found = fields.setdefault(element.get("name"), [])
        if element.tag == "select":
            found.extend(value for value in element.value_options if value)
        elif element.get("type") in ("radio", "checkbox"):
            found.append(element.get("value"))
    return fields


@pytest.fixture
def page(app, client):
    published(questionnaire=EVERY_KIND, groups=[survey_file()["groups"][1]])
    return client.get("/s/test/ballot?group=staff").text


TEXTS = st.text("<>&\"'甲a \t", min_size=1, max_size=8).filter(str.strip)


@given(data=st.data())
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_was_filled_in_comes_back(client, page, data):
    typed: dict[str, Any] = {}
    for name, values in fields_of(page).items():
        if data.draw(st.booleans(), label=name):
            typed[name] = [data.draw(st.sampled_from(values) if values else TEXTS)]
    required = str(max(int(name) for name in fields_of(page) if name.isdecimal()))
    typed.pop(required, None)
    answer = client.post("/s/test/submit", data={"token": token_of(page), **typed})
    assert answer.status_code == 422
    back = questions_of(answer.text)
    assert {name: back[name] for name in back if name not in ("token", "lang")} == typed
    assert f'class="q wrong" id="q{required}"' in answer.text


def test_several_boxes_come_back(client, page):
    name = next(name for name, values in fields_of(page).items() if len(values) == 10)
    answer = client.post("/s/test/submit", data={"token": token_of(page), name: ["2", "10"]})
    assert questions_of(answer.text)[name] == ["2", "10"]


def test_only_the_wrong_question_is_marked():
    page = '<fieldset class="q" id="q1" data-required=""></fieldset><div class="q note" id="q11">a</div>'
    assert fill_form(page, {}, {1}) == page.replace('"q" id="q1"', '"q wrong" id="q1"')
    assert fill_form(page, {}, {11}) == page.replace('"q note"', '"q wrong note"')


class RightBallot(Asked):
    """A ballot that is taken: each time with a token of its own, for the same one again is known by its receipt."""

    def __init__(self, client, *asked, **environ):
        super().__init__(*asked, **environ)
        self.client, self.answers = client, self.body

    def seconds(self) -> float:
        page = self.client.get("/s/test/ballot?group=staff").text
        self.body = f"token={token_of(page)}".encode() + self.answers
        self.environ["CONTENT_LENGTH"] = str(len(self.body))
        taken = super().seconds()
        assert self.status[:3] == "200"
        return taken


def test_a_wrong_ballot_of_500_units_costs_little_more_than_a_right_one(app, client):
    app.config["FLOOD_BALLOTS_PER_MINUTE"] = 1_000_000
    survey = published(groups=[survey_file()["groups"][1]], units=units(500))
    page = client.get("/s/test/ballot?group=staff").text
    names = list(fields_of(page))
    assert len(names) > 3_000
    token = f"token={token_of(page)}".encode()
    answers = b"".join(b"&%s=1" % n.encode() for n in names)
    right = RightBallot(client, app, f"/s/{survey.slug}/submit", "POST", answers, CONTENT_TYPE=FORM)
    bodies = {
        "every answer wrong": b"".join(b"&%s=77" % n.encode() for n in names),
        "every second answer wrong": b"".join(b"&%s=%d" % (n.encode(), 76 * (i % 2) + 1) for i, n in enumerate(names)),
        "every answer twice": b"".join(b"&%s=1&%s=2" % (n.encode(), n.encode()) for n in names),
        "nothing": b"",
    }
    for shape, body in bodies.items():
        wrong = Asked(app, right.path, "POST", token + body, CONTENT_TYPE=FORM)
        assert wrong.excess(right) < MOST_SECONDS, shape
        assert wrong.status[:3] == "422", shape
    back = client.post("/s/test/submit", data=(token + bodies["every answer wrong"]), content_type=FORM).text
    assert back.count('<a href="#q') == 200
    assert "另有 3800 处已在下文标出" in back
    assert back.count('class="q wrong"') == 4000
