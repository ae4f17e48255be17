"""A questionnaire from text as people write it in Word or 问卷星: a draft to look over, with a remark for each guess.

Questions are numbered lines; answers are lettered, bulleted or on lines of their own; marks such as [单选题] name the kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from surveys.inputs.identifiers import half_width
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.text import clean
from surveys.inputs.values import plain_number
from surveys.questionnaires.questionnaire import read_questionnaire

_DIGITS = "一二三四五六七八九十"
_NUMBERED = re.compile(
    rf"(?P<star>\*?)\s*(?:[Qq问第]\s*)?(?P<number>\d{{1,3}}|[{_DIGITS}]{{1,3}})\s*(?P<sign>[.．、:：)）]|题[.．、:：]?)\s*(?P<text>\S.*)"
)
_OPTION = re.compile(
    r"(?:[(（]?(?P<letter>[A-Za-zＡ-Ｚａ-ｚ])\s*[.．、:：)）]|[○●◯◎□■☐☑√•·▪◆\-–]|[①-⑳]|[(（\[]\s*[)）\]])\s*(?P<text>\S.*)"
)
_NEXT_OPTION = re.compile(r"\s+(?=[(（]?[B-ZＢ-Ｚ]\s*[.．、:：)）]\s*\S)|\s+(?=[○●◯◎□■☐☑▪◆]\s*\S)|\s+(?=[②-⑳])")
_KINDS = {
    "单选": "choice", "单项选择": "choice", "下拉": "choice", "判断": "choice", "多选": "multi", "多项选择": "multi", "不定项": "multi",
    "填空": "text", "简答": "text", "问答": "text", "单行文本": "text", "多行文本": "text", "排序": "ranking", "数字": "number", "数值": "number",
    "日期": "date", "时间": "date", "矩阵": "matrix", "量表": "scale", "评分": "scale", "打分": "scale", "说明": "note", "段落": "note",
}  # fmt: skip
_MARK = re.compile(r"\s*[\[［【(（](?P<words>[^\]］】)）]{1,20}?)[\]］】)）]\s*")
_PLAIN_MARK = re.compile(rf"(?:{'|'.join(_KINDS)}|题|可|必填|必答|必选|选填|选答|可不填|非必|[,，、/\s])+")
"""What round brackets hold where they are a mark: "(可多选)". "(请说明原因)" belongs to the question."""
_LIMIT = re.compile(r"最[多少]|至[多少]|限[选填]|不超过")
_DATE_TO_FILL = re.compile(r"[:：]?\s*[_＿]+\s*年\s*[_＿]+\s*月(?:\s*[_＿]+\s*日)?")
_REQUIRED, _OPTIONAL = re.compile("必填|必答|必选"), re.compile("选填|选答|可不填|非必")
_SEVERAL = re.compile("可多选|多选|最多选|至少选|限选|可选.{0,3}项|选择?所有")
_OTHER = re.compile(r"(?P<text>其他|其它|other)\s*(?:[(（]?\s*(?:请|_|:|：|please).*)?", re.IGNORECASE)
_LINE = re.compile(r"[_＿]{2,}")
_UNKNOWN = re.compile("不了解|不清楚|不知道|不熟悉|不适用")
_BAD = re.compile("不|差|低|少|否|没有|从不|反对")


SIGNS = {".": ".．、", "．": ".．、", "、": ".．、", ")": ")）", "）": ")）", ":": ":：", "：": ":：", "题": "题"}
"""Signs behind the numbers of questions that are one writing: Word makes one of another."""


@dataclass
class _Question:
    """A question as it is written: its line, its words, and the lines under it."""

    line: int
    text: str
    kind: str = ""
    required: bool | None = None
    below: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True)
class PastedReading:
    """What a text came to: the definition of a questionnaire, and remarks about what was guessed, by line."""

    definition: dict[str, Any]
    remarks: tuple[Problem, ...]


def read_pasted(text: str, key: str = "pasted") -> PastedReading:
    """Read a text. Raises InputError: it has no numbered question, or what it asks cannot be asked here."""
    return _Reader(key).read(text)


class _Reader:
    def __init__(self, key: str) -> None:
        self.key, self.remarks = key, list[Problem]()
        self.scales: dict[str, Any] = {}
        self.sections: list[dict[str, Any]] = [{"items": []}]
        self.count = 0

    def remark(self, message: str, line: int, **values: object) -> None:
        self.remarks.append(Problem(message, "", line, **values))

    def read(self, text: str) -> PastedReading:
        """All lines: the title, headings and questions."""
        lines = [
            (number, clean(line.replace("\t", "  \t "), lines=True)) for number, line in enumerate(text.splitlines(), 1)
        ]
        lines = [(number, line) for number, line in lines if line]
        arabic = any(_is_number(line, digits=True) for _, line in lines)
        head, question = list[str](), None
        expected, questions, sign = 1, 0, ""
        for number, line in lines:
            found = _NUMBERED.fullmatch(line)
            value = _value(found["number"]) if found else 0
            is_heading = found is not None and arabic and not found["number"].isdecimal()
            in_order = not questions or value == expected or (question is None and value == 1)
            if (
                found is not None
                and not is_heading
                and found["sign"][:1] in (sign, *SIGNS.get(sign, found["sign"][:1]))
                and (in_order or (_MARK.search(found["text"]) and expected < value <= expected + 3))
            ):
                if not in_order:
                    self.remark("The number before this one is missing.", number)
                self._ask(question)
                question = self._question(number, found["text"], bool(found["star"]))
                expected, questions, sign = value + 1, questions + 1, found["sign"][:1]
            elif is_heading and found is not None:
                self._ask(question)
                question = None
                self.sections.append({"title": found["text"], "items": []})
            elif question is None and questions == 0:
                head.append(line)
            elif question is not None:
                # A number of another writing, or out of order, is one of an answer.
                question.below.append((number, f"○{found['text']}" if found is not None and value < 20 else line))
            else:
                self.remark("This line was passed over: %(text)s.", number, text=line[:50])
        self._ask(question)
        if not questions:
            raise InputError(Problem("No numbered question was found. Number the questions: 1. 2. 3."))
        return self._finish(head)

    def _finish(self, head: list[str]) -> PastedReading:
        definition: dict[str, Any] = {"key": self.key, "title": head[0][:100] if head else "问卷"}
        if not head:
            self.remark("The text has no title; it is called “%(name)s”.", 1, name=definition["title"])
        if head[1:]:
            definition["introduction"] = "\n".join(head[1:])
        definition["sections"] = [section for section in self.sections if section["items"]]
        if self.scales:
            definition["scales"] = self.scales
        read_questionnaire(definition)
        return PastedReading(definition, tuple(self.remarks))

    def _question(self, line: int, text: str, star: bool) -> _Question:
        question = _Question(line, text, required=True if star else None)
        for mark in [*_MARK.finditer(text)]:
            words = mark["words"]
            if mark[0].strip()[0] in "(（" and not _PLAIN_MARK.fullmatch(words):
                continue
            kind = next((kind for word, kind in _KINDS.items() if word in words), "")
            flags = [pattern.search(words) for pattern in (_REQUIRED, _OPTIONAL)]
            if (kind or any(flags)) and not _LIMIT.search(words):
                question.text = question.text.replace(mark[0], " ", 1)
            question.kind = "matrix" if "矩阵" in words else question.kind or kind
            question.required = True if flags[0] else False if flags[1] else question.required
        question.text = question.text.strip()
        if question.text.startswith("*") or question.text.endswith("*"):
            question.text, question.required = question.text.strip("* "), True
        return question

    def _ask(self, question: _Question | None) -> None:
        """Make items of a question that is complete."""
        if question is None:
            return
        if question.kind == "matrix" or (not question.kind and _is_matrix(question)):
            self._ask_matrix(question)
            return
        options = [option for _, line in question.below for option in _options(line)]
        loose = [(number, line) for number, line in question.below if not _options(line)]
        if question.kind in ("choice", "multi", "ranking", "scale") and not options and loose:
            options, loose = [line for _, line in loose], []
            self.remark("Lines without letters are taken for the answers of this question.", question.line)
        kind = question.kind or self._guess(question, options)
        item: dict[str, Any] = {"type": kind, "text": _without_blanks(question.text)}
        if kind == "multi" and _LIMIT.search(question.text):
            self.remark("How many answers may be ticked is said in the question, but not checked.", question.line)
        if kind in ("choice", "multi", "ranking"):
            self._set_options(item, options, question.line)
        elif kind == "scale":
            self._set_scale(item, question, options)
        elif options:
            self.remark("The answers under a question of this kind were left out.", question.line)
        for number, line in loose:
            if not _LINE.fullmatch(line):
                item["text"] += f"\n{line}"
                self.remark("This line is taken for a part of the question above it: %(text)s.", number, text=line[:50])
        self._add(item, question)

    def _guess(self, question: _Question, options: list[str]) -> str:
        """The kind of a question without a mark."""
        if not options and _DATE_TO_FILL.search(question.text):
            self.remark("No kind is named; taken for a date.", question.line)
            return "date"
        kind = "text" if not options else "multi" if _SEVERAL.search(question.text) else "choice"
        if kind == "text":
            self.remark("No kind is named; taken for a question with a text.", question.line)
        elif kind == "multi":
            self.remark("No kind is named; taken for a question with several answers.", question.line)
        else:
            self.remark("No kind is named; taken for a question with one answer.", question.line)
        return kind

    def _set_options(self, item: dict[str, Any], options: list[str], line: int) -> None:
        texts = [(_OTHER.fullmatch(option) or {"text": option})["text"] for option in options]
        if len(texts) > 1 and _OTHER.fullmatch(options[-1]) and item["type"] in ("choice", "multi"):
            del texts[-1]
            item["other"] = True
            self.remark(
                "“%(text)s” is taken for an answer that people write in themselves.", line, text=options[-1][:50]
            )
        item["options"] = [
            {"code": f"o{number}", "text": _LINE.sub("", text).strip()} for number, text in enumerate(texts, 1)
        ]

    def _set_scale(self, item: dict[str, Any], question: _Question, options: list[str]) -> None:
        if len(options) == 1:
            options = options[0].split()
            if len(options) > 3 and all(word.isdecimal() for word in options[1:-1]):  # 很不满意 1 2 3 4 5 很满意
                (low, *numbers, high) = options
                options = [f"{numbers[0]} {low}", *numbers[1:-1], f"{numbers[-1]} {high}"]
        item.update({"type": "rating", "scale": self._scale(options, question.line)})

    def _scale(self, words: list[str], line: int) -> str:
        """A scale of these words; the points are guessed from which end sounds bad."""
        for key, scale in self.scales.items():
            known = [level["text"] for level in scale["levels"]]
            if words in (known, [*known, scale.get("dont_know")]):
                return key
        unknown = [word for word in words if _UNKNOWN.fullmatch(word)][:1]
        levels = [word for word in words if word not in unknown]
        if len(levels) < 2:
            raise InputError(Problem("A scale has two answers at least.", "", line))
        rising = bool(_BAD.search(levels[0])) or levels[0][0].isdecimal()
        points = [round(100 * at / (len(levels) - 1), 2) for at in range(len(levels))]
        points = points if rising else points[::-1]
        key = f"scale{len(self.scales) + 1}"
        self.scales[key] = {
            "levels": [{"code": f"l{n}", "text": word, "points": worth, "satisfied": worth > 50}
                       for n, (word, worth) in enumerate(zip(levels, points, strict=True), 1)],
            **({"dont_know": unknown[0]} if unknown else {}),
        }  # fmt: skip
        said = ", ".join(f"{word} {plain_number(worth)}" for word, worth in zip(levels, points, strict=True))
        self.remark("The points are guessed: %(points)s.", line, points=said)
        return key

    def _ask_matrix(self, question: _Question) -> None:
        """A table of rows and columns: a note, and a rating for each row."""
        rows = [(number, _cells(line)) for number, line in question.below]
        heads = [cells for _, cells in rows if len(cells) > 1]
        if not heads:
            raise InputError(Problem("A matrix needs a line with its columns, parted by tabs or wide spaces, above its rows.", "",
                                     question.line))  # fmt: skip
        columns = heads[0]
        scale = self._scale(columns, question.line)
        self._add({"type": "note", "text": question.text}, None)
        for number, cells in rows:
            if cells == columns:
                continue
            if len(cells) > 1 and not all(re.fullmatch(r"[○●□☐◯()（）\s-]*", cell) for cell in cells[1:]):
                self.remark("This line was passed over: %(text)s.", number, text=" ".join(cells)[:50])
                continue
            found = _OPTION.fullmatch(cells[0]) or _NUMBERED.fullmatch(cells[0])
            self._add({"type": "rating", "text": found["text"] if found else cells[0], "scale": scale}, question)

    def _add(self, item: dict[str, Any], question: _Question | None) -> None:
        self.count += 1
        item["code"] = f"q{self.count}"
        if question is not None and item["type"] != "note":
            item["required"] = bool(question.required)
        self.sections[-1]["items"].append(item)


def _without_blanks(text: str) -> str:
    """A question without the lines that one writes on."""
    return _LINE.sub("", _DATE_TO_FILL.sub("", text)).strip() or text


def _is_number(line: str, *, digits: bool) -> bool:
    found = _NUMBERED.fullmatch(line)
    return found is not None and found["number"].isdecimal() is digits


def _value(number: str) -> int:
    """1 for "1", "１" or "一"; 12 for "十二"; 0 for what is no number."""
    number = half_width(number)
    if number.isdecimal():
        return int(number)
    tens, ten, ones = number.partition("十")
    if not ten:
        return _DIGITS.find(number) + 1 if len(number) == 1 else 0
    return 10 * (_DIGITS.find(tens) + 1 if tens else 1) + (_DIGITS.find(ones) + 1 if ones else 0)


def _options(line: str) -> list[str]:
    """The answers on a line; none if it is no line of answers."""
    if not _OPTION.fullmatch(line):
        return []
    found = [_OPTION.fullmatch(part.strip()) for part in _NEXT_OPTION.split(line)]
    return [part["text"].strip() for part in found if part]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in re.split(r"\t|\s{2,}|\s*[|｜]\s*", line) if cell.strip()]


def _is_matrix(question: _Question) -> bool:
    """Whether the lines under a question look like a table: one with columns, then rows with empty boxes."""
    rows = [_cells(line) for _, line in question.below]
    return (
        len(rows) > 1
        and len(rows[0]) > 2
        and all(len(row) > 1 and all(re.fullmatch("[○□◯☐]", cell) for cell in row[1:]) for row in rows[1:])
    )
