"""What two clerks do in the browser."""

import re

import pytest

from surveys.ballots.models import Ballot
from surveys.ballots.paper.keypad import typed_slots
from surveys.ballots.paper.stacks import get_stack
from surveys.campaigns.surveys import plan_of
from surveys.questionnaires.items.rating import RatingItem
from tests.ballots.paper.typing_in import keys_for
from tests.helpers import csrf, post, published, units


class TestPages:
    """What two clerks do in the browser."""

    @pytest.fixture
    def two_clerks(self, app, staff):
        self.survey = published()
        self.plan = plan_of(self.survey)
        return staff("publisher"), staff("administrator")

    def begin(self, browser, papers=2):
        return post(browser, "/staff/surveys/test/paper/", form="0/A", unit="", papers=str(papers))

    def type_one(self, browser, level, position, **more):
        return post(
            browser, "/staff/surveys/test/paper/1/type", position=str(position), **keys_for(self.plan, level), **more
        )

    def act(self, browser, act, **fields):
        return post(browser, f"/staff/surveys/test/paper/1/{act}", form_on="/staff/surveys/test/paper/", follow_redirects=True,
                    **fields)  # fmt: skip

    def test_from_an_empty_page_to_ballots_in_the_box(self, two_clerks):
        one, other = two_clerks
        page = one.get("/staff/surveys/test/paper/").text
        assert "还没有批次" in page
        assert self.begin(one).status_code == 302
        assert "第 1 份，共 2 份" in one.get("/staff/surveys/test/paper/1/type").text
        assert self.type_one(one, "1", 0).status_code == 302
        assert self.type_one(one, "2", 1).status_code == 302
        assert "2 份均已录入" in one.get("/staff/surveys/test/paper/1/type").text
        assert "请由另一人再录一遍" in self.act(one, "finish").text
        assert "须由另一人录入" in one.get("/staff/surveys/test/paper/1/type").text
        self.type_one(other, "1", 0)
        self.type_one(other, "3", 1)
        page = self.act(other, "finish").text
        assert "共 24 处不一致，24 处待核定" in page
        assert "disabled" in page
        decisions = {
            f"1/{key.slot.index}": "2"
            for key in typed_slots(self.plan, 0, (0, 1, 2))
            if isinstance(key.slot.item, RatingItem)
        }
        first = next(iter(decisions))
        wrong = post(other, "/staff/surveys/test/paper/1/compare", **{**decisions, f"other/{first}": "7"})
        assert (wrong.status_code, "其余已保存" in wrong.text) == (422, True)
        post(other, "/staff/surveys/test/paper/1/compare", **{f"other/{first}": "4"})
        assert "第 1 批已入库：2 份答卷" in self.act(other, "accept").text
        assert Ballot.select().count() == 2
        assert sorted(bytes(b.answers)[0] for b in Ballot.select()) == [1, 4]

    def test_the_second_clerk_sees_nothing_of_the_first_entry(self, two_clerks):
        one, other = two_clerks
        self.begin(one, 1)
        post(one, "/staff/surveys/test/paper/1/type", position="0", **keys_for(self.plan, "3", text="秘密的意见"))
        self.act(one, "finish")
        page = other.get("/staff/surveys/test/paper/1/type").text
        assert "秘密的意见" not in page
        assert 'value="3"' not in page
        assert "<textarea" not in page

    def test_what_is_no_answer_is_marked_and_everything_typed_stays(self, two_clerks):
        one, _ = two_clerks
        self.begin(one)
        raw = keys_for(self.plan, "2")
        raw["3"] = "7"
        page = post(one, "/staff/surveys/test/paper/1/type", position="0", **raw)
        assert (
            page.status_code,
            page.text.count('aria-invalid="true"'),
            len(re.findall(r'<input name="\d+"[^>]* value="2"', page.text)),
        ) == (
            422,
            1,
            23,
        )
        assert get_stack(self.survey.id, 1).first_typed == []

    def test_a_second_window_does_not_replace_what_was_typed_in_the_first(self, two_clerks):
        one, _ = two_clerks
        self.begin(one)
        page = "/staff/surveys/test/paper/1/type"
        assert 'name="correcting" value="0"' in one.get(page).text  # both windows show ballot 1
        assert self.type_one(one, "1", 0, correcting="0").status_code == 302
        assert self.type_one(one, "1", 0, correcting="0").status_code == 302, "the same once more, by a reload"
        second = self.type_one(one, "2", 0, correcting="0")
        assert second.status_code == 422
        assert "第 1 份已在其他窗口录入" in second.text
        assert 'name="correcting" value="1"' in second.text
        assert set(get_stack(self.survey.id, 1).first_typed[0].values()) == {"1"}
        assert self.type_one(one, "2", 0, correcting="1").status_code == 302
        assert set(get_stack(self.survey.id, 1).first_typed[0].values()) == {"2"}

    def test_a_paper_is_mended_taken_out_and_put_in(self, two_clerks):
        one, _ = two_clerks
        self.begin(one, 3)
        for position, level in enumerate("12"):
            self.type_one(one, level, position)
        assert 'value="1"' in one.get("/staff/surveys/test/paper/1/type?at=1").text
        self.type_one(one, "4", 0)
        self.act(one, "insert-ballot", at="1")
        self.act(one, "remove-ballot", at="3")
        assert [t["0"] for t in get_stack(self.survey.id, 1).first_typed] == [".", "4"]
        assert "第 1 批已删除" in self.act(one, "discard").text

    def test_the_printed_ballot_has_units_items_and_no_number(self, app, staff):
        published(slug="drawn", units=units(5), groups=[{"code": "s", "name": "学生", "own": True, "draw": 2}])
        browser = staff("publisher")
        page = browser.get("/staff/surveys/drawn/paper/print?group=0&unit=3&form=B").text
        assert "第4党支部" in page
        assert "票样 B" in page
        assert "认真倾听师生意见和诉求" in page
        assert page.count("<section>") == 3
        again = browser.get("/staff/surveys/drawn/paper/print?group=0&unit=3&form=B").text
        sheets = [re.search(r"<article.*</article>", text, re.S)[0] for text in (page, again)]
        assert sheets[0] == sheets[1]  # no number tells two of them apart
        for query in ("group=0&form=A", "group=0&unit=9", "group=0&unit=3&form=Z", "group=9", ""):
            assert browser.get(f"/staff/surveys/drawn/paper/print?{query}").status_code in (400, 404)

    def test_by_command(self, app, runner, two_clerks, tmp_path):
        one, _ = two_clerks
        self.begin(one, 3)
        assert runner.invoke(args=["ballots", "stacks", "test"]).output == "1\tstudents\tA\t3\tfirst\t\n"
        out = tmp_path / "sheet.html"
        done = runner.invoke(args=["ballots", "sheet", "test", "students", "--language", "en", "--out", str(out)])
        assert done.exit_code == 0, done.output
        text = out.read_text("utf-8")
        assert "Branch 2" in text
        assert ".ballot-sheet" in text
        assert "<script" not in text
        for wrong in (["nobody"], ["students", "--form", "Z"], ["students", "--unit", "B99"]):
            refused = runner.invoke(args=["ballots", "sheet", "test", *wrong, "--out", str(out)])
            assert (refused.exit_code, "There is no" in refused.stderr) == (1, True)

    def test_only_known_acts_and_stacks(self, two_clerks):
        one, _ = two_clerks
        self.begin(one)
        token = csrf(one, "/staff/")
        assert one.post("/staff/surveys/test/paper/1/explode", data={"csrf_token": token}).status_code == 404
        assert one.post("/staff/surveys/test/paper/9/accept", data={"csrf_token": token}).status_code == 404
        assert one.get("/staff/surveys/nothing/paper/").status_code == 404
