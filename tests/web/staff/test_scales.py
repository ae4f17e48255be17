"""The pages of scales: making one, changing it, and which questionnaires take the change."""

import re
from html import unescape

from surveys.questionnaires.editing import begin_questionnaire, save_edit
from surveys.questionnaires.library import find_questionnaire, load_definition
from surveys.questionnaires.stored_scales import begin_scale, find_scale, named_of, save_scale, stored_scales, uses_of
from surveys.storage.unit_of_work import Actor
from tests.acting import create_draft
from tests.helpers import ZONE, post, survey_file
from tests.questionnaires.test_stored_scales import copied, named

PAGE = "/staff/scales/"
LI = Actor("Li")


def form_of(page):
    """What a browser would send of the page of a scale."""
    found = {}
    for tag in re.findall(r"<input[^>]*>", page.split('class="scale-form"')[1]):
        name, value = (re.search(rf'{part}="([^"]*)"', tag) for part in ("name", "value"))
        off = "checkbox" in tag or "radio" in tag
        if name and (not off or " checked" in tag):
            found.setdefault(name[1], []).append(unescape(value[1]))
    for name, options in re.findall(r'<select name="([^"]*)">(.*?)</select>', page, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = [chosen[1] if chosen else ""]
    return {name: values[0] if len(values) == 1 else values for name, values in found.items()}


def test_a_preset_is_copied_changed_and_stored(staff):
    office = staff("publisher")
    page = office.get(f"{PAGE}new?source=quality4").text
    sent = form_of(page)
    assert (sent["zh"], sent["level-1-zh"], sent["level-1-points"]) == ("评价等次（四级）（副本）", "良好", "85")
    sent |= {"zh": "服务", "en": "", "level-1-points": "９０", "level-1-colour": "yellow"}
    done = post(office, f"{PAGE}new", act="save", follow_redirects=True, **sent)
    assert "量表“服务”已保存" in done.text
    (one,) = stored_scales()
    assert [(level.points, level.colour) for level in one.scale.levels][:2] == [(100, "deep-green"), (90, "yellow")]


def test_levels_are_added_moved_and_removed_without_losing_what_was_typed(staff):
    office = staff("publisher")
    sent = form_of(office.get(f"{PAGE}new").text) | {"zh": "服务", "level-0-zh": "好", "level-1-zh": "差"}
    page = post(office, f"{PAGE}new", act="more", **sent).text
    assert len(re.findall(r"level-\d-zh", page)) == 5
    sent = form_of(post(office, f"{PAGE}new", act="down-0", **form_of(page)).text)
    assert (sent["level-0-zh"], sent["level-1-zh"], sent["zh"]) == ("差", "好", "服务")
    sent = form_of(post(office, f"{PAGE}new", act="remove-0", **sent).text)
    assert (sent["level-0-zh"], sent["level-1-zh"]) == ("好", "")
    assert stored_scales() == []


def test_all_faults_are_said_at_their_level_and_what_was_typed_stays(staff):
    office = staff("publisher")
    sent = form_of(office.get(f"{PAGE}new").text)
    sent |= {"zh": "服务", "level-0-zh": "好", "level-0-points": "many", "level-2-zh": "差", "level-2-points": "101"}
    answer = post(office, f"{PAGE}new", act="save", **sent)
    assert answer.status_code == 422
    assert "第 1 级、分值" in answer.text
    assert "第 3 级、分值" in answer.text  # as the form numbers them, not as those with words
    assert form_of(answer.text)["level-0-points"] == "many"


def test_numbers_that_people_type_are_a_scale_too(staff):
    office = staff("publisher")
    sent = form_of(office.get(f"{PAGE}new").text)
    post(
        office,
        f"{PAGE}new",
        act="save",
        **sent | {"zh": "打分", "kind": "numbers", "low": "50", "high": "99", "dont_know_at": "50"},
    )
    (one,) = stored_scales()
    assert (one.scale.low, one.scale.high, one.scale.dont_know_at) == (50, 99, 50)
    assert form_of(office.get(PAGE + one.key).text)["kind"] == "numbers"


def test_the_page_says_who_has_a_copy_and_ticks_those_that_were_not_altered(staff):
    key = begin_scale(LI, named()).key
    same = begin_questionnaire(LI, copied(key) | {"title": {"zh": "食堂"}}).key
    altered = begin_questionnaire(LI, copied(key, dont_know={"zh": "不清楚"}) | {"title": {"zh": "宿舍"}}).key
    create_draft(survey_file(questionnaire=same), ZONE)
    create_draft(survey_file(slug="own", questionnaire={**copied(key), "key": "own"}), ZONE)
    office = staff("publisher")
    page = office.get(PAGE + key).text
    assert [value.partition(":")[0] for value in [form_of(page)["take"]]] == [same]
    assert f'value="{altered}:' in page
    assert "手工改过" in page
    assert page.count('href="/staff/surveys/test/"') == page.count('href="/staff/surveys/own/"') == 1
    assert "已发布的评议" in page
    sent = form_of(page) | {"level-1-points": "60"}
    done = post(office, PAGE + key, act="save", follow_redirects=True, **sent)
    assert f"同时更新：{same}" in done.text
    assert [load_definition(name)["scales"][key]["levels"][1]["points"] for name in (same, altered)] == [60, 50]
    assert find_questionnaire(same).changed_by == "publisher-1"


def test_a_stale_save_is_refused_with_both_versions_shown(staff):
    key = begin_scale(LI, named()).key
    office = staff("publisher")
    sent = form_of(office.get(PAGE + key).text) | {"level-1-points": "61"}
    save_scale(LI, key, 1, named("服务质量", 100, 62, 0))
    answer = post(office, PAGE + key, act="save", **sent)
    assert answer.status_code == 409
    assert "Li 在此期间保存了" in answer.text
    shown = re.findall(r'<ul class="key levels">(.*?)</ul>', answer.text, re.S)
    assert ("62" in shown[0], "61" in shown[1]) == (True, True)
    assert find_scale(key).revision == 2
    post(office, PAGE + key, act="save", **form_of(answer.text))  # mine, after all
    assert named_of(find_scale(key)).data["levels"][1]["points"] == 61


def test_a_copy_that_was_altered_while_the_page_was_open_is_no_longer_ticked(staff):
    key = begin_scale(LI, named()).key
    stored = begin_questionnaire(LI, copied(key))
    office = staff("publisher")
    sent = form_of(office.get(PAGE + key).text) | {"level-1-points": "60"}
    save_edit(LI, stored.key, 1, copied(key, dont_know={"zh": "不清楚"}))
    answer = post(office, PAGE + key, act="save", **sent)
    assert (answer.status_code, "在此期间被修改" in answer.text) == (422, True)
    assert "take" not in form_of(answer.text)
    assert (find_scale(key).revision, uses_of(find_scale(key))[0].altered) == (1, True)


def test_it_is_archived_and_used_again_and_found(staff):
    key = begin_scale(LI, named()).key
    office = staff("publisher")
    post(office, f"{PAGE}{key}/archive", form_on=PAGE)
    assert stored_scales() == []
    assert "已归档" in office.get(PAGE).text
    post(office, f"{PAGE}{key}/archive", form_on=PAGE, back="1")
    assert "服务质量" in office.get(f"{PAGE}?q=服务").text
    missing = office.get(f"{PAGE}?q=xyz").text
    assert "服务质量" not in missing
    assert missing.count("xyz”") == 2


def test_the_editor_sends_a_scale_to_be_kept(staff):
    office = staff("publisher")
    token = re.search(r'name="csrf_token" value="([^"]*)"', office.get(PAGE).text)[1]
    headers = {"X-CSRFToken": token}
    kept = office.post(f"{PAGE}keep", json=named("打分", 100, 0), headers=headers).json
    assert [(one["key"], one["name"]) for one in kept["scales"]] == [(kept["key"], {"zh": "打分"})]
    refused = office.post(f"{PAGE}keep", json=named("打分", 100, 0), headers=headers)
    assert (refused.status_code, "打分" in refused.json["problem"]) == (422, True)
    assert office.post(f"{PAGE}keep", data=b"{", headers=headers).status_code == 422


def test_the_committee_sees_scales_and_changes_none(staff):
    key = begin_scale(LI, named()).key
    page = staff("committee").get(PAGE).text
    assert "服务质量" in page
    assert f"{PAGE}{key}" not in page
    assert "满意度（四级）" in page
