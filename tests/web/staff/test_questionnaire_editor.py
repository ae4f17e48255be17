"""The pages behind the editor of questionnaires: saving, conflicts, presence, the preview in its frame, versions, copies."""

import json
import re

import pytest

from surveys.questionnaires.items import KINDS
from surveys.questionnaires.library import find_questionnaire, load_definition
from surveys.questionnaires.models import QuestionnaireVersion
from surveys.units.importing import read_units
from surveys.web.staff.item_fields import FIELDS, names_by_kind
from tests.acting import store_units
from tests.helpers import csrf, post, published
from tests.questionnaires.xlsform.test_writing import ALL

PAGE = "/staff/questionnaires/"
ITEM = {"code": "q1", "type": "text", "text": {"zh": "您的建议？"}}


def made(browser, **fields):
    """A new questionnaire; returns its key."""
    answer = post(browser, f"{PAGE}new", **{"source": "empty", "title": "", "once": "x", **fields})
    assert answer.status_code == 302, answer.text
    return answer.location.split("/")[-2]


def save(browser, key, definition, revision=None, **more):
    state = browser.get(f"{PAGE}{key}/state").json
    body = {"revision": state["revision"] if revision is None else revision, "definition": definition}
    return browser.put(f"{PAGE}{key}/state", json=body, headers={"X-CSRFToken": state["csrf"]}, **more)


def of(*items):
    return {"title": {"zh": "问卷"}, "sections": [{"per": "survey", "items": list(items)}]}


def test_a_new_one_is_empty_and_what_is_missing_is_said_in_the_pages_language(staff):
    office = staff("publisher")
    key = made(office)
    assert key == "q-1"
    assert office.get(f"{PAGE}{key}/edit").status_code == 200
    state = save(office, key, of({**ITEM, "text": {}})).json
    assert state["problems"] == [{"section": 0, "item": 0, "field": "text", "text": "题目：缺少文字。"}]
    assert (state["leftOut"], state["shown"]) == ([[0, 0]], [])
    state = save(office, key, of(ITEM)).json
    assert (state["problems"], state["shown"]) == ([], [[0, 0, 0]])
    assert f'value="{key}"' in office.get("/staff/surveys/new").text


def test_one_begins_as_a_copy_of_a_stored_one_or_of_what_a_survey_asked(staff):
    survey = published()
    office = staff("publisher")
    copy = load_definition(made(office, source="stored:five-goods", once="a"))
    assert copy["title"]["zh"].endswith("（副本）")
    assert copy["sections"] == load_definition("five-goods")["sections"]
    again = load_definition(made(office, source=f"edition:{survey.edition_id}", title="再问一次", once="b"))
    assert again["title"] == {"zh": "再问一次"}
    assert again["sections"] == load_definition("public-response")["sections"]


def test_a_form_sent_twice_makes_one(staff):
    office = staff("publisher")
    made(office, once="same")
    assert post(office, f"{PAGE}new", source="empty", title="", once="same").location.endswith(PAGE)
    assert find_questionnaire("q-2") is None


def test_a_save_over_a_newer_state_gets_that_state(staff):
    office = staff("publisher")
    key = made(office)
    first = save(office, key, of(ITEM)).json["revision"]
    refused = save(office, key, of(), revision=first - 1)
    assert (refused.status_code, refused.json["revision"]) == (409, first)
    assert refused.json["definition"]["sections"][0]["items"] == [ITEM]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 422),
        (b"[]", 400),
        (b'{"revision": "1"}', 400),
        (b'{"revision": 1, "definition": []}', 422),
        (b'{"revision": 1, "definition": {"titel": "x"}}', 422),
        (b"x" * (400 * 1024), 413),
    ],
)
def test_what_is_no_questionnaire_is_refused(staff, body, status):
    office = staff("publisher")
    key = made(office)
    before = find_questionnaire(key).definition
    token = office.get(f"{PAGE}{key}/state").json["csrf"]
    answer = office.put(f"{PAGE}{key}/state", data=body, headers={"X-CSRFToken": token})
    assert answer.status_code == status
    assert find_questionnaire(key).definition == before


def test_nobody_saves_without_a_token_a_session_or_the_role(app, staff):
    office = staff("publisher")
    key = made(office)
    body = {"revision": 1, "definition": of(ITEM)}
    assert office.put(f"{PAGE}{key}/state", json=body).status_code == 400
    assert app.test_client().put(f"{PAGE}{key}/state", json=body).status_code == 400
    committee = staff("committee")
    token = csrf(committee, "/staff/")
    assert committee.put(f"{PAGE}{key}/state", json=body, headers={"X-CSRFToken": token}).status_code == 403
    assert find_questionnaire(key).revision == 1


def test_who_has_it_open_is_told(app, staff):
    office, admin = staff("publisher"), staff("administrator")
    key = made(office)
    answers = []
    for browser in (office, admin):
        state = browser.get(f"{PAGE}{key}/state").json
        answers.append(browser.post(f"{PAGE}{key}/presence", headers={"X-CSRFToken": state["csrf"]}).json)
    now = {"revision": 1, "id": state["id"]}
    assert answers == [{"others": [], **now}, {"others": ["publisher-1"], **now}]


def test_the_preview_is_the_ballot_page_and_only_it_may_be_framed_and_only_here(staff):
    committee = staff("committee")
    page = committee.get(f"{PAGE}public-response/preview")
    assert 'id="ballot"' in page.text
    assert "第一党支部" in page.text
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in committee.get(f"{PAGE}public-response/edit").headers["Content-Security-Policy"]
    store_units(read_units("u.csv", "code,name,kind\nB1,机关支部,branch\n".encode()).rows)
    page = committee.get(f"{PAGE}public-response/preview?in=en").text
    assert "机关支部" in page
    assert 'lang="en"' in page
    assert 'lang="zh-CN"' in committee.get(f"{PAGE}public-response/edit").text  # its own language stays


@pytest.mark.parametrize("name", ALL)
def test_questions_of_every_kind_can_be_edited_and_previewed(staff, name):
    office = staff("publisher")
    key = made(office)
    state = save(office, key, {**ALL[name], "key": "another"}).json
    assert state["problems"] == []
    assert state["definition"] == {**ALL[name], "key": key}
    page = office.get(f"{PAGE}{key}/preview").text
    for _s, _i, slot in state["shown"]:
        assert f'id="q{slot}"' in page


def test_an_empty_one_has_a_preview_that_says_so(staff):
    office = staff("publisher")
    assert "就会按参评人看到的样子显示在这里" in office.get(f"{PAGE}{made(office)}/preview").text


def test_versions_say_who_changed_what_and_come_back(staff):
    office = staff("publisher")
    key = made(office)
    save(office, key, of(ITEM))
    admin = staff("administrator")
    save(admin, key, of({**ITEM, "text": {"zh": "别的问题？"}}, {**ITEM, "code": "q2"}))
    page = admin.get(f"{PAGE}{key}/versions").text
    assert re.search("新增：.*您的建议？.*修改：.*别的问题？", page, re.S)
    oldest = QuestionnaireVersion.select().order_by(QuestionnaireVersion.saved_at, QuestionnaireVersion.id)
    first = next(row for row in oldest if row.questionnaire.key == key)
    post(admin, f"{PAGE}{key}/versions/{first.id}", form_on=f"{PAGE}{key}/versions")
    assert load_definition(key)["sections"][0]["items"] == [ITEM]


def test_one_that_is_archived_or_renamed_is_listed_so(staff):
    office = staff("publisher")
    post(office, f"{PAGE}five-goods/archive", form_on=PAGE)
    assert "已归档" in office.get(PAGE).text
    assert "five-goods" not in office.get("/staff/surveys/new").text
    post(office, f"{PAGE}five-goods/archive", form_on=PAGE, back="1")
    assert "five-goods" in office.get("/staff/surveys/new").text
    answer = post(office, f"{PAGE}five-goods/rename", form_on=PAGE, key="goods", follow_redirects=True)
    assert "问卷已改名为 goods" in answer.text
    assert "已有名为 five-leads 的问卷" in post(
        office, f"{PAGE}goods/rename", form_on=PAGE, key="five-leads", follow_redirects=True
    ).text  # fmt: skip


def test_an_old_address_leads_to_the_new_one(staff):
    office = staff("publisher")
    post(office, f"{PAGE}five-goods/rename", form_on=PAGE, key="goods")
    post(office, f"{PAGE}goods/rename", form_on=PAGE, key="goods-2026")
    for old in ("five-goods", "goods"):
        answer = office.get(f"{PAGE}{old}/edit")
        assert (answer.status_code, answer.location) == (302, f"{PAGE}goods-2026/edit")
    assert office.get(f"{PAGE}five_goods/edit").status_code == 404
    # What a page that was open before sends is about the same questionnaire.
    post(office, f"{PAGE}five-goods/archive", form_on=PAGE)
    assert find_questionnaire("goods-2026").archived


def test_an_editor_asks_where_a_renamed_questionnaire_is_and_never_writes_into_another(staff):
    office = staff("publisher")
    before = office.get(f"{PAGE}five-goods/state").json
    post(office, f"{PAGE}five-goods/rename", form_on=PAGE, key="goods")
    post(office, f"{PAGE}five-leads/rename", form_on=PAGE, key="five-goods")
    leads = load_definition("five-goods")
    answer = office.put(
        f"{PAGE}five-goods/state", json={name: before[name] for name in ("id", "revision", "definition")},
        headers={"X-CSRFToken": before["csrf"]},
    )  # fmt: skip
    assert answer.status_code == 404
    assert load_definition("five-goods") == leads
    where = office.get(f"{PAGE}by-number/{before['id']}").json
    assert (where["key"], where["addresses"]["state"]) == ("goods", f"{PAGE}goods/state")
    assert office.get(f"{PAGE}by-number/999").status_code == 404


def test_the_settings_of_the_page_are_data_and_its_scripts_are_files(staff):
    page = staff("publisher").get(f"{PAGE}five-goods/edit").text
    assert re.search(r'data-settings="{[^"]*&#34;revision&#34;', page)
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<[^>]* style=", page)


def test_the_editor_asks_for_all_that_an_item_can_say():
    known = {field.name for field in FIELDS}
    assert {name for names in names_by_kind().values() for name in names} <= known
    assert set(names_by_kind()) == set(KINDS)


def test_what_staff_typed_does_not_break_out_of_the_page(staff):
    office = staff("publisher")
    key = made(office)
    evil = "</script>\"'><img src=x onerror=alert(1)>"
    save(
        office, key, {"title": {"zh": evil}, "sections": [{"per": "survey", "items": [{**ITEM, "text": {"zh": evil}}]}]}
    )
    for path in ("edit", "preview", "versions"):
        page = office.get(f"{PAGE}{key}/{path}").text
        assert "<img src=x" not in page
    assert json.loads(office.get(f"{PAGE}{key}.json").text)["title"]["zh"] == evil


def test_what_is_missing_is_said_in_the_order_of_the_page(staff):
    office = staff("publisher")
    key = made(office)
    choice = {
        "code": "q1",
        "type": "choice",
        "text": {},
        "options": [{"code": "a1", "text": {}}, {"code": "a2", "text": {}}],
    }
    state = save(office, key, {"title": {}, "sections": [{"per": "survey", "items": [choice]}]}).json
    assert [problem["text"] for problem in state["problems"]] == [
        "标题：缺少文字。", "题目：缺少文字。", "选项 1：缺少文字。", "选项 2：缺少文字。",
    ]  # fmt: skip
