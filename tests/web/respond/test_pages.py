"""What respondents see: welcome, questionnaire, thank-you page, and everything that can go wrong on the way."""

import gzip
import re
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from surveys import create_app
from surveys.ballots.models import Ballot, Receipt, Remark
from surveys.campaigns.models import Survey
from surveys.settings import ROOT
from surveys.web.assets import compress_files
from tests.acting import seal, use
from tests.helpers import (
    ZONE,
    ballots_stored,
    closed,
    fill_page,
    flush_mix,
    hand_out,
    is_used,
    one_code,
    published,
    survey_file,
    token_of,
)

HOUR = timedelta(hours=1)


def later(hours):
    return datetime.now(ZoneInfo(ZONE)) + hours * HOUR


def test_the_welcome_page_promises_anonymity_and_says_how_long_it_takes(app, client):
    published()
    page = client.get("/s/test").text
    assert "匿名" in page
    assert "约 2 分钟" in page
    assert "答卷不含您的姓名" in page
    assert "控制运行中服务器的人可以在答卷到达时看到内容" in page
    assert "2 分钟" not in page.replace("约 2 分钟", "")
    english = client.get("/s/test?lang=en").text
    assert "About 2 min" in english
    assert "From what is stored, nobody can find out" in english
    assert "Whoever controls the running server could read along." in english


def test_the_language_follows_the_phone(app, client):
    published()
    assert 'lang="en"' in client.get("/s/test", headers={"Accept-Language": "en-GB,en;q=0.8"}).text
    assert 'lang="zh-CN"' in client.get("/s/test", headers={"Accept-Language": "zh-CN"}).text
    assert 'lang="zh-CN"' in client.get("/s/test", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize(
    ("window", "words"),
    [((1, 2), "尚未开放"), ((-2, -1), "本评议已结束")],
)
def test_outside_its_window_a_survey_says_when_it_is(app, client, window, words):
    published()
    Survey.update(opens_at=int(later(window[0]).timestamp()), closes_at=int(later(window[1]).timestamp())).execute()
    for answer in (client.get("/s/test"), client.get("/s/test/ballot?group=staff"), hand_out(client, "test", "x")):
        assert answer.status_code == 200
        assert words in answer.text


def test_a_draft_does_not_exist_for_respondents(app, client):
    from tests.acting import create_draft

    create_draft(survey_file(), ZONE)
    for path in ("/s/test", "/s/test/ballot", "/s/test/check", "/s/nothing", "/s/" + "x" * 100, "/s/%00"):
        assert client.get(path).status_code == 404


def test_a_code_opens_the_questionnaire_and_is_used_by_sending_only(app, client):
    survey = published()
    code = one_code(app, survey)
    page = hand_out(client, "test", code.lower()).text
    assert page.count('type="radio"') == 3 * 8 * 5
    assert not is_used(app, survey, code)
    sent = client.post("/s/test/submit", data=fill_page(page))
    assert "已收到，谢谢" in sent.text
    assert is_used(app, survey, code)
    assert ballots_stored() == 1


def test_what_a_message_says_behind_a_link_is_passed_over(app, client):
    survey = published()
    assert "data-holder" in client.get("/s/test/ballot?group=staff，请尽快").text
    assert "data-holder" in hand_out(client, "test", f"http://localhost/s/test#{one_code(app, survey)}请尽快").text


def test_a_used_code_gets_already_answered(app, client):
    survey = published()
    code = one_code(app, survey)
    client.post("/s/test/submit", data=fill_page(hand_out(client, "test", code).text))
    again = hand_out(client, "test", code)
    assert (again.status_code, "已经参评" in again.text) == (200, True)


def test_two_open_tabs_with_one_code_give_one_ballot(app, client):
    survey = published()
    code = one_code(app, survey)
    one, other = hand_out(client, "test", code).text, hand_out(client, "test", code).text
    client.post("/s/test/submit", data=fill_page(one))
    late = client.post("/s/test/submit", data=fill_page(other))
    assert (late.status_code, "已经参评" in late.text) == (200, True)
    assert ballots_stored() == 1


def test_sending_the_same_page_again_shows_the_same_received_page(app, client):
    published()
    page = client.get("/s/test/ballot?group=staff").text
    first = client.post("/s/test/submit", data=fill_page(page))
    second = client.post("/s/test/submit", data=fill_page(page, "2"))
    assert first.text == second.text
    assert (ballots_stored(), Receipt.select().count()) == (1, 1)


def test_wrong_codes_are_named_kept_and_throttled_while_right_ones_pass(app, client):
    survey = published()
    wrong = hand_out(client, "test", "AAAA-CCCC-DDDDD")
    assert wrong.status_code == 422
    assert 'value="AAAA-CCCC-DDDDD"' in wrong.text
    assert "没有这个参评码" in wrong.text
    app.config["WRONG_CODES_PER_MINUTE"] = 60
    answers = [hand_out(client, "test", "AAAA-CCCC-DDDDD") for _ in range(70)]
    assert answers[0].status_code == 422
    assert answers[-1].status_code == 429
    assert 'value="AAAA-CCCC-DDDDD"' in answers[-1].text
    assert "data-holder" in hand_out(client, "test", one_code(app, survey)).text


def test_another_surveys_code_is_not_known(app, client):
    published(slug="other")
    survey = published()
    assert hand_out(client, "other", one_code(app, survey)).status_code == 422


def test_another_surveys_paper_is_refused(app, client):
    published(slug="other")
    published()
    page = client.get("/s/other/ballot?group=staff").text
    refused = client.post("/s/test/submit", data=fill_page(page))
    assert refused.status_code == 400
    assert ballots_stored() == 0


@pytest.mark.parametrize("paper", ["", "x", "A" * 5000, "é", "AAAA", "preview"])
def test_a_forged_paper_is_refused(app, client, paper):
    published()
    assert client.post("/s/test/submit", data={"token": paper}).status_code == 400


def test_missing_answers_are_listed_linked_and_nothing_typed_is_lost(app, client):
    published()
    page = client.get("/s/test/ballot?group=staff").text
    fields = fill_page(page, "2")
    text = re.search(r'<textarea id="f\d+" name="(\d+)"', page)[1]
    fields[text] = "请多听听意见 <b>&"
    del fields["3"]
    back = client.post("/s/test/submit", data=fields)
    assert back.status_code == 422
    assert 'href="#q3"' in back.text
    assert 'id="q3"' in back.text
    assert "请回答此题" in back.text
    assert "请多听听意见 &lt;b&gt;&amp;" in back.text
    assert back.text.count("checked") == 3 * 8 - 1
    assert token_of(back.text) == fields["token"]
    assert ballots_stored() == 0
    fields["3"] = "1"
    assert "已收到" in client.post("/s/test/submit", data=fields).text
    flush_mix()
    assert Remark.get().body == "请多听听意见 <b>&"


def test_a_closed_survey_refuses_kindly(app, client):
    survey = published()
    page = client.get("/s/test/ballot?group=staff").text
    closed(survey)
    answer = client.post("/s/test/submit", data=fill_page(page))
    assert answer.status_code == 409
    assert "本评议已结束，您的答卷未计入" in answer.text
    assert "已收到" not in answer.text
    assert ballots_stored() == 0


def test_too_large_a_ballot_is_refused(app, client):
    published()
    page = client.get("/s/test/ballot?group=staff").text
    answer = client.post("/s/test/submit", data={**fill_page(page), "999": "x" * 3_000_000})
    assert answer.status_code == 413
    assert ballots_stored() == 0


def test_the_thank_you_page_folds_the_receipt_away_and_ties_it_to_nothing(app, client):
    survey = published()
    code = one_code(app, survey)
    page = client.post("/s/test/submit", data=fill_page(hand_out(client, "test", code).text)).text
    folded = re.search(r"<details.*?</details>", page, re.S)[0]
    receipt = re.search(r'class="receipt">([0-9a-f ]+)<', folded)[1].replace(" ", "")
    flush_mix()
    assert bytes(Receipt.get().number).hex() == receipt
    assert receipt not in page.replace(folded, "")
    assert bytes(Ballot.get().number).hex() not in page
    assert code not in page


def test_after_the_seal_anyone_can_check_a_receipt(app, client):
    survey = published()
    page = client.post("/s/test/submit", data=fill_page(client.get("/s/test/ballot?group=staff").text)).text
    receipt = re.search(r'class="receipt">([0-9a-f ]+)<', page)[1]
    assert "封存之后可以查验" in client.get("/s/test/check").text
    closed(survey)
    seal("test")
    assert "已经收到并计入" in client.post("/s/test/check", data={"receipt": receipt}).text
    for wrong in ("0" * 32, "zz", "=1+1", "x" * 500):
        assert "没有这张回执" in client.post("/s/test/check", data={"receipt": wrong}).text


def test_units_follow_from_group_own_unit_and_draw(app, client):
    groups = [
        {"code": "s", "name": "学生", "own": True, "draw": 1},
        {"code": "t", "name": "教师", "admission": "open", "own": True, "units": ["B01"]},
    ]
    survey = published(groups=groups)
    page = hand_out(client, "test", one_code(app, survey, own_unit=2)).text
    assert "第3党支部" in page
    assert page.count('class="unit"') == 2
    assert client.get("/s/test/ballot?group=t").status_code == 422
    assert client.get("/s/test/ballot?group=t&unit=B02").text.count('class="unit"') == 2
    assert "<select" in client.get("/s/test").text


def test_with_one_or_two_items_units_are_rows_of_a_list_and_with_more_cards(app, client):
    published(questionnaire="five-goods")
    assert 'class="sheet list"' not in client.get("/s/test/ballot?group=staff").text
    two = {
        "key": "two",
        "title": "两题",
        "sections": [
            {
                "per": "unit",
                "items": [
                    {"code": "a", "type": "rating", "scale": "quality4", "text": "甲"},
                    {"code": "b", "type": "rating", "scale": "quality4", "text": "乙"},
                ],
            }
        ],
    }
    published(slug="two", questionnaire=two)
    page = client.get("/s/two/ballot?group=staff").text
    assert page.count('class="sheet list"') == 1
    assert page.count("data-page") == 1


def test_the_suggestion_box_rates_no_units(app, client):
    published(questionnaire="suggestions", groups=[{"code": "all", "name": "师生", "admission": "open"}])
    page = client.get("/s/test/ballot?group=all").text
    assert "请具体说明" in page
    required = dict(zip(re.findall(r'id="q(\d+)" data-required', page), ("1", "1", "食堂太远"), strict=True))
    assert "已收到" in client.post("/s/test/submit", data={**required, "token": token_of(page)}).text
    flush_mix()
    assert Remark.get().unit is None


def test_quotas_and_void_rules_are_stated_beforehand(app, client):
    published(questionnaire="five-leads", rule={"void": {"same_over": 2}})
    assert "2 个及以上单位的评价全部相同的答卷作废" in client.get("/s/test").text
    page = client.get("/s/test/ballot?group=staff").text
    assert "“总体评价”评为“优秀”的，在 3 个中至多 0 个" in page
    back = client.post("/s/test/submit", data=fill_page(page))
    assert back.status_code == 422
    assert "最多可给 0 次" in back.text


def test_the_compressed_page_is_the_plain_page(app, client):
    published()
    plain = client.get("/s/test/ballot?group=staff")
    packed = client.get("/s/test/ballot?group=staff", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    unpacked = gzip.decompress(packed.data).decode()
    assert unpacked.replace(token_of(unpacked), "") == plain.text.replace(token_of(plain.text), "")
    assert token_of(unpacked) != token_of(plain.text)


def test_80_ratings_cost_at_most_20_kb_with_everything(app):
    compress_files(ROOT / "static", Path(app.instance_path))
    client = use(create_app(INSTANCE=app.instance_path, DATABASE_URL=app.config["DATABASE_URL"])).test_client()
    units = [{"code": f"B{i}", "name": f"机电工程系学生第{i}党支部", "parent": "机电工程系党总支"} for i in range(10)]
    published(units=units)
    for language in ("zh", "en"):
        headers = {"Accept-Encoding": "gzip, br", "Accept-Language": language}
        page = client.get("/s/test/ballot?group=staff", headers=headers)
        text = gzip.decompress(page.data).decode()
        assert len(re.findall("<fieldset class=.q. id=.q\\d+. data-required", text)) == 80
        sizes = [len(page.data) + len(str(page.headers))]
        for path in (*re.findall(r'(?:href|src)="[./]*(/static/[^"]+)', text), "/s/worker.js"):
            with client.get(path, headers=headers) as answer:
                assert answer.headers["Content-Encoding"] in ("br", "gzip"), path
                sizes.append(len(answer.data) + len(str(answer.headers)))
        assert len(sizes) == 7
        assert sum(sizes) <= 20 * 1024, (language, sizes)


def test_one_persons_page_is_not_kept_by_caches(app, client):
    published()
    assert client.get("/s/test/ballot?group=staff").headers["Cache-Control"] == "no-store"


def test_a_paper_handed_out_before_gets_its_questionnaire_again(app, client):
    survey = published(groups=[{"code": "staff", "name": "教职工", "draw": 1, "admission": "open"}])
    page = client.get("/s/test/ballot?group=staff").text
    again = client.post("/s/test/resume", data={"token": token_of(page), "lang": "en"})
    assert again.status_code == 200
    assert token_of(again.text) == token_of(page)
    assert re.findall(r'name="(\d+)"', again.text) == re.findall(r'name="(\d+)"', page)
    assert "Send the ballot" in again.text
    client.post("/s/test/submit", data=fill_page(page))
    assert "已收到" in client.post("/s/test/resume", data={"token": token_of(page)}).text
    other = client.get("/s/test/ballot?group=staff").text
    closed(survey)
    assert "评议已结束" in client.post("/s/test/resume", data={"token": token_of(other)}).text


@pytest.mark.parametrize("paper", ["", "x" * 5000, "é", "AAAA"])
def test_a_paper_that_is_none_resumes_nothing(app, client, paper):
    published()
    assert client.post("/s/test/resume", data={"token": paper}).status_code == 400


def test_the_worker_is_served_where_it_may_answer_for_respondents_pages_only(app, client):
    answer = client.get("/s/worker.js")
    assert (answer.status_code, answer.mimetype) == (200, "text/javascript")
    assert "Set-Cookie" not in answer.headers
    answer.close()
