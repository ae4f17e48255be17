"""After answering: the picture for the class monitor, the receipt, the public bulletin."""

import hashlib
import io
import re
import subprocess

import openpyxl
import pytest
from PIL import Image

from surveys.admission.codes import personal_code
from surveys.admission.roster_file import read_roster
from surveys.campaigns.models import Survey
from surveys.campaigns.surveys import plan_of
from surveys.results.models import StoredResult
from surveys.results.verification import verify
from tests.acting import seal, store_roster
from tests.admission.test_roster import GROUPS
from tests.helpers import closed, fill_page, hand_out, one_code, published, token_of, vote

CLASSES = """学号,姓名,群体,班级
1,张三,学生,机电1班
2,李四,学生,机电1班
3,王五,学生,机电2班
4,赵六,学生,
"""


class TestPicture:
    """The same for everyone of the class."""

    @pytest.fixture
    def survey(self, any_app):
        survey = published(groups=[*GROUPS, {"code": "coded", "name": "校友", "admission": "code"}])
        rows = read_roster(plan_of(survey), "r.csv", CLASSES.encode()).rows
        store_roster("test", any_app.config["CODE_KEY"], rows)
        return survey

    def answer(self, app, code: str) -> str:
        """The page that thanks."""
        browser = app.test_client()
        return browser.post("/s/test/submit", data=fill_page(hand_out(browser, "test", code).text)).text

    def picture(self, app, page: str, lang: str = "zh", **more: str):
        """What the button of a page leads to."""
        fields = dict(re.findall(r'name="(token|code)" value="([^"]+)"', page))
        assert len(fields) == 1
        return app.test_client().post("/s/test/picture", data={**fields, "lang": lang, **more})

    def test_it_is_the_same_for_everyone_of_a_class_and_another_one_for_another_class(self, any_app, survey):
        codes = [personal_code(any_app.config["CODE_KEY"], survey.id, n) for n in "1234"]
        pictures = [self.picture(any_app, self.answer(any_app, code)) for code in codes]
        assert all(picture.status_code == 200 for picture in pictures)
        bodies = [picture.data for picture in pictures]
        assert bodies[0] == bodies[1] != bodies[2]
        assert "机电1班" in pictures[0].text
        assert "学生" in pictures[3].text  # who has no class is shown with the group
        for word in ("张三", *codes, "回执"):
            assert word not in pictures[0].text
        assert not re.search(r"[0-9a-f]{16}", pictures[0].text)
        assert "Set-Cookie" not in pictures[0].headers

    def test_as_a_file_it_is_the_same_for_everyone_of_a_class_too(self, any_app, survey):
        codes = [personal_code(any_app.config["CODE_KEY"], survey.id, n) for n in "123"]
        files = [self.picture(any_app, self.answer(any_app, code), format="png") for code in codes]
        assert files[0].mimetype == "image/png"
        assert files[0].data == files[1].data != files[2].data
        picture = Image.open(io.BytesIO(files[0].data))
        assert picture.size == (1080, 1080)
        assert picture.info == {}  # no time, no program
        assert "Set-Cookie" not in files[0].headers
        assert any_app.test_client().post("/s/test/picture", data={"format": "png"}).status_code == 400

    def test_who_comes_back_with_a_used_code_gets_it_too(self, any_app, survey):
        code = personal_code(any_app.config["CODE_KEY"], survey.id, "1")
        first = self.picture(any_app, self.answer(any_app, code))
        again = hand_out(any_app.test_client(), "test", code).text
        assert self.picture(any_app, again).data == first.data

    def test_with_a_code_or_an_open_link_it_names_the_group(self, any_app, survey):
        browser = any_app.test_client()
        by_code = self.picture(any_app, self.answer(any_app, one_code(any_app, survey, 3)))
        assert "校友" in by_code.text
        thanks = browser.post("/s/test/submit", data=fill_page(browser.get("/s/test/ballot?group=guests").text)).text
        assert "来宾" in self.picture(any_app, thanks).text

    def test_nobody_gets_it_without_having_answered(self, any_app, survey):
        browser = any_app.test_client()
        code = personal_code(any_app.config["CODE_KEY"], survey.id, "1")
        page = hand_out(browser, "test", code).text
        for fields in ({"token": token_of(page)}, {"code": code}, {"code": "AAAA-CCCC-DDDDD"}, {"token": "x"}, {}):
            assert browser.post("/s/test/picture", data=fields).status_code == 400


class TestBulletin:
    """What everyone can see after the seal."""

    @pytest.fixture
    def sealed(self, any_app):
        survey = published()
        for number in range(7):
            vote(survey, number % 2)
        closed(survey)
        seal("test")
        return Survey.get_by_id(survey.id)

    def test_it_prints_turnout_and_the_digest_of_the_workbook(self, any_app, sealed, staff_of):
        page = any_app.test_client().get("/s/test/bulletin?lang=zh").text
        stored = StoredResult.get_by_id(sealed.id)
        assert stored.digest in page
        assert "7 份答卷" in page
        book = openpyxl.load_workbook(io.BytesIO(staff_of("committee").get("/staff/surveys/test/workbook.xlsx").data))
        for sheet in ("汇总", "说明"):
            cells = {str(cell.value) for row in book[sheet].iter_rows() for cell in row}
            assert any(stored.digest in cell for cell in cells), sheet

    @pytest.fixture
    def staff_of(self, any_app):
        from surveys.accounts.models import Role
        from tests.acting import create_account
        from tests.helpers import PASSWORD, post

        def sign_in(role):
            create_account("somebody", PASSWORD, Role(role))
            browser = any_app.test_client()
            post(browser, "/staff/login", name="somebody", password=PASSWORD)
            return browser

        return sign_in

    def test_scores_are_not_on_it(self, any_app, sealed):
        page = any_app.test_client().get("/s/test/bulletin?lang=zh").text
        assert "100.00" not in page
        assert "第1党支部" not in page

    def test_before_the_seal_there_is_none(self, any_app):
        survey = published()
        browser = any_app.test_client()
        vote(survey)
        closed(survey)
        assert browser.get("/s/test/bulletin").status_code == 404
        assert browser.get("/s/test/receipts.txt").status_code == 404

    def test_anyone_can_compute_the_digest_of_the_receipts(self, any_app, sealed, tmp_path):
        text = any_app.test_client().get("/s/test/receipts.txt").text
        numbers = text.splitlines()
        assert len(numbers) == 7
        digest = hashlib.sha256(b"receipts" + bytes.fromhex("".join(numbers))).hexdigest()
        stored = StoredResult.get_by_id(sealed.id)
        assert digest == stored.receipts_digest
        page = any_app.test_client().get("/s/test/bulletin").text
        command = re.search(r"\(printf receipts; .*sha256sum", page)[0].replace("&quot;", '"')
        (tmp_path / "test-receipts.txt").write_text(text)
        # xxd is not everywhere; what it does here is done by Python.
        shown = command.replace(
            "xxd -r -p test-receipts.txt",
            "python3 -c \"import sys; sys.stdout.buffer.write(bytes.fromhex(open('test-receipts.txt').read()))\"",
        )
        done = subprocess.run(["sh", "-c", shown], cwd=tmp_path, capture_output=True, text=True, check=True)
        assert done.stdout.split()[0] == stored.receipts_digest

    def test_a_receipt_on_the_thank_you_page_is_found_after_the_seal(self, any_app):
        survey = published()
        browser = any_app.test_client()
        thanks = browser.post(
            "/s/test/submit", data=fill_page(hand_out(browser, "test", one_code(any_app, survey)).text)
        )
        receipt = re.search(r'class="receipt">([^<]+)<', thanks.text)[1]
        closed(survey)
        seal("test")
        assert verify("test").unchanged
        assert "已经收到并计入" in browser.post("/s/test/check", data={"receipt": receipt, "lang": "zh"}).text
        wide = "".join(chr(ord(c) + 0xFEE0) if c != " " else "\u3000" for c in receipt.upper())
        for typed in (f"回执：{receipt}。", wide, f"Receipt {receipt}"):
            assert "已经收到并计入" in browser.post("/s/test/check", data={"receipt": typed, "lang": "zh"}).text
        assert receipt.replace(" ", "") in browser.get("/s/test/receipts.txt").text
