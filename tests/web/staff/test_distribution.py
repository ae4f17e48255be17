"""The distribution on the result page is drawn in the colours of its scale, with the words beside them."""

import re

from surveys.questionnaires.library import load_definition
from tests.acting import seal
from tests.helpers import closed, published, vote


def test_bars_and_their_key_have_the_colours_of_the_levels(staff):
    definition = load_definition("public-response")
    levels = [
        {"code": "good", "text": {"zh": "好"}, "points": 100, "satisfied": True, "colour": "lime"},
        {"code": "bad", "text": {"zh": "差"}, "points": 0},
    ]
    scales = {"satisfaction4": {"levels": levels}, "quality4": {"levels": levels}, "likert5": {"levels": levels}}
    for section in definition["sections"]:
        for item in section["items"]:
            item.pop("when", None)
    survey = published(questionnaire={**definition, "key": "own", "scales": scales, "quotas": []})
    for _ in range(6):
        vote(survey)
    closed(survey)
    seal("test")
    page = staff("committee").get("/staff/surveys/test/result").text
    key = re.search(r'<ul class="key">(.*?)</ul>', page, re.S)[1]
    assert re.findall(r'class="c-([a-z-]+)"></i>(\S+)', key) == [("lime", "好"), ("deep-red", "差")]
    assert set(re.findall(r'<rect class="c-([a-z-]+)"', page)) <= {"lime", "deep-red", "none"}
    assert '<rect class="c-lime"' in page
