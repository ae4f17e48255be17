"""Questions of a pasted text as items, with a remark for each guess and a fault for what cannot be asked.

Questions are numbered lines; answers are lettered, bulleted or on lines of their own; marks such as [单选题] name the kind.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from surveys.inputs.problems import Faults, InputError, Problem, at_most
from surveys.inputs.translations import message_id
from surveys.questionnaires.items.choice import MAX_OPTIONS
from surveys.questionnaires.pasted.lines import (
    MAX_TEXT,
    answers_of,
    bare_letters,
    first_letter,
    lines_of,
    run_of_numbers,
    split_answers,
)
from surveys.questionnaires.pasted.marks import LIMIT, is_only_marks, kind_of_part, read_marks
from surveys.questionnaires.pasted.outline import Below, Outline, OutlineReader, Part, Question
from surveys.questionnaires.pasted.scales import PastedScales
from surveys.questionnaires.pasted.tables import is_table, read_table, sheet_of
from surveys.questionnaires.questionnaire import MAX_ITEMS, read_questionnaire

_DATE_TO_FILL = re.compile(r"[:：]?\s?\s?[_＿]+\s?[年月日/.-](?:\s?[_＿]+\s?[年月日/.-]?){1,2}")
_SEVERAL = re.compile("可多选|多选|最多选|至少选|限选|可选.{0,3}项|选择?所有")
_OTHER = re.compile(
    r"(?P<text>其他|其它|other)\s?(?:[(（]?\s?(?:[,，、;；:：-]?\s?(?:请|[_＿]|please|specify)|[:：]).*|[(（].{0,20})?",
    re.IGNORECASE,
)
_LINE = re.compile(r"[_＿]{2,}")
_EMPTY_BRACKETS = re.compile(r"[(（]\s?\s?[)）]\Z")
_NONE = message_id("This question has no answers. Write them below it, each with a letter: A. B. C.")
_TOO_MANY = message_id("This question has more than %(limit)s answers.")
_WITH_ANSWERS = ("choice", "multi", "ranking")


@dataclass(frozen=True)
class PastedReading:
    """What a text came to: the definition of a questionnaire, and remarks about what was guessed, by line."""

    definition: dict[str, Any]
    remarks: tuple[Problem, ...]


@dataclass
class Ask:
    """A question with its marks read: what it asks, and the lines under it that are no marks."""

    line: int
    text: str
    kind: str = ""
    is_table: bool = False
    required: bool | None = None
    below: list[Below] = field(default_factory=list)
    is_strange: bool = False
    """Its mark names a kind that there is not here."""


def read_pasted(text: str, key: str = "pasted") -> PastedReading:
    """Read a text. Raises InputError with all faults: it has no numbered question, or what it asks cannot be asked here."""
    if len(text) > MAX_TEXT:
        raise InputError(Problem("The text has more than %(limit)s characters.", limit=MAX_TEXT))
    return _Reader(key).read(text)


class _Reader:
    def __init__(self, key: str) -> None:
        self.key, self.remarks, self.faults = key, list[Problem](), Faults()
        self.scales = PastedScales(self.remarks)
        self.sections: list[dict[str, Any]] = []
        self.section_lines: list[int] = []
        self.item_lines: list[list[int]] = []
        self.count = 0
        self.part_kind = ""

    def remark(self, message: str, line: int, **values: object) -> None:
        self.remarks.append(Problem(message, "", line, **values))

    def refuse(self, message: str, line: int, **values: object) -> None:
        self.faults.problems.append(Problem(message, "", line, **values))

    def read(self, text: str) -> PastedReading:
        """All lines: the title, headings and questions."""
        lines = lines_of(text, self.faults)
        outline = OutlineReader(lines, self.faults, self.remarks).read()
        sheet = None if any(part.questions for part in outline.parts) else sheet_of(lines)
        if sheet:
            self.remark("No numbered question was found; each row of this table is taken for a rating.", sheet.line)
            outline = Outline([line for line in lines if line.number < sheet.line], [Part(questions=[sheet])])
        questions = sum(len(part.questions) for part in outline.parts)
        if not questions:
            self._check()
            raise InputError(Problem("No numbered question was found. Number the questions: 1. 2. 3."))
        if questions > MAX_ITEMS:
            raise InputError(Problem("There are more than %(limit)s items.", limit=MAX_ITEMS))
        for part in outline.parts:
            section: dict[str, Any] = {"title": part.title, "items": []} if part.title else {"items": []}
            self.sections.append(section)
            self.section_lines.append(part.line)
            self.item_lines.append([])
            self.part_kind = kind_of_part(part.title)
            for question in part.questions:
                self._ask(question)
        return self._finish(outline)

    def _finish(self, outline: Outline) -> PastedReading:
        head = [line.text for line in outline.head]
        definition: dict[str, Any] = {"key": self.key, "title": head[0][:100] if head else "问卷"}
        if not head:
            self.remark("The text has no title; it is called “%(name)s”.", 1, name=definition["title"])
        elif len(head[0]) > 100:
            self.remark("The title is longer than %(limit)s characters, and cut.", outline.head[0].number, limit=100)
        if head[1:]:
            definition["introduction"] = "\n".join(head[1:])
        kept = [at for at, section in enumerate(self.sections) if section["items"]]
        for at in set(range(len(self.sections))).difference(kept):
            if self.sections[at].get("title"):
                self.remark("This heading has no questions below it and is passed over: %(text)s.", self.section_lines[at],
                            text=self.sections[at]["title"][:50])  # fmt: skip
        definition["sections"] = [self.sections[at] for at in kept]
        if self.scales.found:
            definition["scales"] = self.scales.found
        self._check()
        try:
            read_questionnaire(definition)
        except InputError as error:
            raise InputError([self._by_line(problem, kept) for problem in error.problems]) from None
        return PastedReading(definition, tuple(sorted(self.remarks, key=lambda remark: remark.row or 0)))

    def _check(self) -> None:
        """Raise InputError with the faults so far."""
        if self.count > MAX_ITEMS:
            raise InputError(Problem("There are more than %(limit)s items.", limit=MAX_ITEMS))
        self.faults.problems = at_most(self.faults.problems)
        self.faults.check()

    def _by_line(self, problem: Problem, kept: list[int]) -> Problem:
        """A fault of the definition, at the line that it comes from."""
        place = re.match(r"sections\[(\d+)\](?:\.items\[(\d+)\])?", problem.where)
        scale = re.match(r"scales\.([^.\[]+)", problem.where)
        if place and place[2]:
            return problem.at("", self.item_lines[kept[int(place[1]) - 1]][int(place[2]) - 1])
        if place:
            return problem.at("", self.section_lines[kept[int(place[1]) - 1]] or None)
        return problem.at("", self.scales.lines.get(scale[1])) if scale else problem

    def _ask(self, question: Question) -> None:
        """Make items of a question, or of its parts."""
        parts = _parts_of(question)
        if not parts:
            self._ask_one(self._marked(question))
            return
        whole = self._marked(Question(question.line, question.text, question.star, question.below[: parts[0][0]]))
        self.remark(
            "The lines with answers of their own are taken for questions, what is above them for a note.", question.line
        )
        note = "\n".join([whole.text, *(below.text for below in whole.below)])
        self._add({"type": "note", "text": note}, whole)
        for at, end in parts:
            first, *below = question.below[at:end]
            one = self._marked(Question(first.number, first.text, False, below))
            one.kind = one.kind or whole.kind
            one.required = whole.required if one.required is None else one.required
            self._ask_one(one)

    def _marked(self, question: Question) -> Ask:
        """A question with its marks read, on its line and on those that follow it."""
        below = list(question.below)
        texts = [question.text]
        at = 0
        while at < len(below) and not below[at].in_list and not answers_of(below[at].text):
            if is_only_marks(below[at].text):
                texts.append(below.pop(at).text)
            else:
                at += 1
        found = read_marks(" ".join(texts))
        if found.unknown:
            self.refuse("A question of the type “%(type)s” cannot be represented.", question.line, type=found.unknown)
        for words in found.left_out:
            self.remark("Of the mark “%(text)s” only the kind of question is taken.", question.line, text=words)
        required = True if question.star else found.required
        kind = found.kind or ("" if found.matrix else self.part_kind)
        return Ask(question.line, found.text, kind, found.matrix, required, below, bool(found.unknown))

    def _ask_one(self, ask: Ask) -> None:
        if ask.is_strange:
            return
        if ask.is_table or (not ask.kind and is_table(ask.below)):
            self._ask_table(ask)
            return
        options, loose = self._answers(ask)
        run = run_of_numbers(ask.below[0].text) if ask.kind in ("", "scale") and len(ask.below) == 1 else None
        if run and (ask.kind or (run.low and run.high)):
            options, loose = run.words, []
            if not ask.kind:
                ask.kind = "scale"
                self.remark("No kind is named; taken for a rating.", ask.line)
        if ask.kind in (*_WITH_ANSWERS, "scale") and not options and loose:
            options, loose = _loose_answers(loose), []
            self.remark("Lines without letters are taken for the answers of this question.", ask.line)
        kind = ask.kind or self._guess(ask, options)
        item: dict[str, Any] = {"type": kind, "text": self._without_blanks(ask, kind)}
        if kind == "multi" and LIMIT.search(ask.text):
            self.remark("How many answers may be ticked is said in the question, but not checked.", ask.line)
        if kind in (*_WITH_ANSWERS, "scale") and not 0 < len(options) <= MAX_OPTIONS:
            self.refuse(_TOO_MANY if options else _NONE, ask.line, limit=MAX_OPTIONS)
            return
        if kind in _WITH_ANSWERS:
            self._set_options(item, options, ask.line)
        elif kind == "scale":
            scale = self.faults.take(lambda: self.scales.key_of(options, ask.line))
            item.update({"type": "rating", "scale": scale})
        elif options:
            self.remark("The answers under a question of this kind were left out.", ask.line)
        for one in loose:
            if not _LINE.fullmatch(one.text):
                item["text"] += f"\n{one.text}"
                self.remark(
                    "This line is taken for a part of the question above it: %(text)s.", one.number, text=one.text[:50]
                )
        self._add(item, ask)

    def _answers(self, ask: Ask) -> tuple[list[str], list[Below]]:
        """The answers under a question or on its line, and the lines that are none."""
        below = ask.below
        if ask.kind not in ("text", "number", "date", "note"):
            ask.text, inline = split_answers(ask.text, first_letter(below[0].text) if below else "")
            ask.text = ask.text.strip(" :：\t") if inline else ask.text
            below = [Below(ask.line, inline), *below] if inline else below
        options, loose, several = list[str](), list[Below](), True
        for at, one in enumerate(below):
            following = first_letter(below[at + 1].text) if at + 1 < len(below) else ""
            found = [one.text] if one.in_list else answers_of(one.text, before=following, crowded=several)
            several = several and (not found or at == 0 or len(found) > 1)
            options += found
            loose += [] if found else [one]
        if any(one.in_list for one in below):
            self.remark("Numbered lines are taken for the answers of this question.", ask.line)
        if not options and (found := bare_letters([one.text for one in loose])):
            self.remark("Letters without a point are taken for those of answers.", ask.line)
            return found, []
        return options, loose

    def _guess(self, ask: Ask, options: list[str]) -> str:
        """The kind of a question without a mark."""
        if not options and _DATE_TO_FILL.search(ask.text) and "年" in ask.text:
            self.remark("No kind is named; taken for a date.", ask.line)
            return "date"
        kind = "text" if not options else "multi" if _SEVERAL.search(ask.text) else "choice"
        if kind == "text":
            self.remark("No kind is named; taken for a question with a text.", ask.line)
        elif kind == "multi":
            self.remark("No kind is named; taken for a question with several answers.", ask.line)
        else:
            self.remark("No kind is named; taken for a question with one answer.", ask.line)
        return kind

    def _without_blanks(self, ask: Ask, kind: str) -> str:
        """A question without the lines that one writes on."""
        text = _DATE_TO_FILL.sub("", ask.text) if kind == "date" else ask.text
        if kind == "text" and len(_LINE.findall(text)) > 1:
            self.remark("The blanks of this question are asked as one text.", ask.line)
            return text
        return _EMPTY_BRACKETS.sub("", text.strip().rstrip("_＿")).strip() or ask.text

    def _set_options(self, item: dict[str, Any], options: list[str], line: int) -> None:
        others = [at for at, option in enumerate(options) if _OTHER.fullmatch(option)]
        if others and len(options) > 1 and item["type"] in ("choice", "multi"):
            item["other"] = True
            text = options.pop(others[-1])
            self.remark("“%(text)s” is taken for an answer that people write in themselves.", line, text=text[:50])
            if others[-1] < len(options):
                self.remark("“%(text)s” stands last when it is asked.", line, text=text[:50])
        item["options"] = [
            {"code": f"o{number}", "text": _LINE.sub("", text).strip()} for number, text in enumerate(options, 1)
        ]

    def _ask_table(self, ask: Ask) -> None:
        """A table of rows and columns: a note, and a question for each row."""
        table = self.faults.take(lambda: read_table(ask.below, ask.kind, ask.line))
        if table is None:
            return
        kind = self._kind_of_rows(ask, table.columns)
        scale = self.faults.take(lambda: self.scales.key_of(table.columns, ask.line)) if kind == "rating" else None
        if ask.text:
            self._add({"type": "note", "text": ask.text}, ask)
        for line, name in table.rows:
            item: dict[str, Any] = {"type": kind, "text": name}
            if kind == "rating":
                item["scale"] = scale
            elif kind != "text":
                self._set_options(item, list(table.columns), line)
            self._add(item, ask, line)

    def _kind_of_rows(self, ask: Ask, columns: list[str]) -> str:
        """What each row of a table asks: what its mark names, else a rating where its columns are a scale."""
        if ask.kind in ("multi", "text"):
            return ask.kind
        if ask.kind == "choice" and not self.scales.is_certain(columns):
            self.remark("Each row is asked with one answer, without points: the columns are no scale.", ask.line)
            return "choice"
        if ask.kind in ("", "choice", "scale"):
            return "rating"
        self.refuse("A table of such questions cannot be represented.", ask.line)
        return ask.kind

    def _add(self, item: dict[str, Any], ask: Ask, line: int = 0) -> None:
        self.count += 1
        item["code"] = f"q{self.count}"
        if item["type"] != "note":
            item["required"] = bool(ask.required)
        self.sections[-1]["items"].append(item)
        self.item_lines[-1].append(line or ask.line)


def _parts_of(question: Question) -> list[tuple[int, int]]:
    """Where the parts of a question begin and end in the lines under it: numbered lines with answers of their own."""
    starts = [at for at, one in enumerate(question.below) if one.in_list]
    ends = [*starts[1:], len(question.below)]
    parts = list(zip(starts, ends, strict=False))
    own = [any(answers_of(one.text) for one in question.below[at + 1 : end]) for at, end in parts]
    inline = [bool(split_answers(question.below[at].text, "")[1]) for at, _ in parts]
    return parts if any(own) or any(inline) else []


def _loose_answers(loose: list[Below]) -> list[str]:
    """Answers on lines of their own, or on one line, parted by spaces or commas."""
    texts = [one.text for one in loose]
    return re.findall(r"[^\s、，,;；/]+", texts[0]) if len(texts) == 1 else texts
