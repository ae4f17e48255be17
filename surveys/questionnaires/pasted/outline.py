"""Which lines of a pasted text are its title, headings and questions, and which belong to the question above them.

A numbered line is a question where its number goes on from the question before it, or a mark says so; it is an answer (or a part
of a question) where it begins or continues a list that is numbered in another way. What could be both is refused.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from surveys.inputs.problems import Faults, Problem
from surveys.inputs.translations import message_id
from surveys.questionnaires.pasted.lines import (
    NAMED,
    Line,
    Numbered,
    answers_of,
    has_blank,
    numbered,
    part_title,
    split_list,
)
from surveys.questionnaires.pasted.marks import is_only_marks, names_kind

_EITHER = message_id(
    "This line could be a question or an answer. Number the questions through (1. 2. 3.), put letters before answers (A. B. C.) "
    "and a heading (“二、…”) where numbers begin again."
)


@dataclass(frozen=True)
class Below:
    """A line under a question. `in_list`: it had a number, which is left out of its text."""

    number: int
    text: str
    in_list: bool = False
    indented: bool = False


@dataclass
class Question:
    """A question as it is written: its line, its words, and the lines under it."""

    line: int
    text: str
    star: bool = False
    below: list[Below] = field(default_factory=list)


@dataclass
class Part:
    """A heading with its questions."""

    line: int = 0
    title: str = ""
    questions: list[Question] = field(default_factory=list)


@dataclass
class Outline:
    """A text in its parts. `head` is what stands above the first question."""

    head: list[Line] = field(default_factory=list)
    parts: list[Part] = field(default_factory=lambda: [Part()])


class OutlineReader:
    """Goes through the lines once."""

    def __init__(self, lines: list[Line], faults: Faults, remarks: list[Problem]) -> None:
        self.lines, self.faults, self.remarks = lines, faults, remarks
        self.numbers = [numbered(line.text) for line in lines]
        self.outline = Outline()
        self.question: Question | None = None
        self.questions, self.last, self.writing = 0, 0, ""
        self.list_writing, self.list_last = "", 0
        in_digits = any(one and one.in_digits for one in self.numbers)
        chinese = [one.text for one in self.numbers if one and not one.in_digits]
        self.chinese_are_headings = in_digits and not any(
            names_kind(text) or text.rstrip(" _＿").endswith(("？", "?")) for text in chinese
        )

    def read(self) -> Outline:
        """All lines."""
        for at, (line, one) in enumerate(zip(self.lines, self.numbers, strict=True)):
            title = part_title(line.text)
            if one and self.chinese_are_headings and not one.in_digits and one.writing != NAMED:
                if has_blank(one.text):
                    self._ask_among_headings(line, one)
                    continue
                title = one.text
            if title:
                self.question = None
                self.outline.parts.append(Part(line.number, title))
            elif one is None or not self._read_number(at, line, one):
                self._read_plain(line)
        return self.outline

    def remark(self, message: str, line: Line, **values: object) -> None:
        self.remarks.append(Problem(message, "", line.number, **values))

    def _read_plain(self, line: Line) -> None:
        if self.question is not None:
            self.question.below.append(Below(line.number, line.text, indented=line.indented))
        elif not self.questions:
            self.outline.head.append(line)
        else:
            self.remark("This line was passed over: %(text)s.", line, text=line.text[:50])

    def _read_number(self, at: int, line: Line, one: Numbered) -> bool:
        """Take a numbered line as a question or as one of a list; False where it is an ordinary line."""
        if not self.questions or self.question is None:
            if one.value == 1 or not self.questions or one.value == self.last + 1 or names_kind(one.text):
                if not self.questions and one.value != 1:
                    self.remark("The number before this one is missing.", line)
                self._ask(line, one)
                return True
            return self._ask_after_a_gap(line, one) if one.is_near(self.writing) and one.value > self.last else False
        expected = self.last + 1
        in_list = one.writing == self.list_writing and one.value == self.list_last + 1
        if one.writing == NAMED or one.writing == self.writing:
            return self._read_same_writing(at, line, one)
        if in_list or (one.value == 1 and one.writing != self.list_writing):
            self._add_to_list(line, one)
        elif one.value == expected:
            if not one.is_near(self.writing):
                self.remark("Numbered in another way than the questions before it; taken for the next question.", line)
            self._ask(line, one)
        elif one.value > expected and (names_kind(one.text) or one.is_near(self.writing)) and not _is_decimal(one):
            return self._ask_after_a_gap(line, one)
        elif one.writing == self.list_writing and one.value > self.list_last:
            self.remark("The number before this one is missing.", line)
            self._add_to_list(line, one)
        elif _is_decimal(one):
            return False
        else:
            self._refuse(line)
        return True

    def _read_same_writing(self, at: int, line: Line, one: Numbered) -> bool:
        """A number that is written as those of the questions are."""
        if one.value == self.last + 1:
            if _is_decimal(one):
                self.remark("Taken for question %(n)s; a decimal number at the beginning of an answer needs a letter before it.",
                            line, n=one.value)  # fmt: skip
            self._ask(line, one)
        elif one.value > self.last:
            return self._ask_after_a_gap(line, one)
        elif _is_decimal(one) and one.value != 1 and not names_kind(one.text) and not self._has_answers_below(at):
            return False
        elif not _is_decimal(one) and (names_kind(one.text) or self._has_answers_below(at)):
            self.remark("This number was there before; the line is taken for a question.", line)
            self._ask(line, one)
        else:
            self._refuse(line)
        return True

    def _refuse(self, line: Line) -> None:
        """What could be a question as well as an answer."""
        self.faults.problems.append(Problem(_EITHER, "", line.number))

    def _ask_after_a_gap(self, line: Line, one: Numbered) -> bool:
        if _is_decimal(one) and not names_kind(one.text):
            return False
        self.remark("The number before this one is missing.", line)
        self._ask(line, one)
        return True

    def _has_answers_below(self, at: int) -> bool:
        """Whether the next line is one of answers or marks."""
        text = self.lines[at + 1].text if at + 1 < len(self.lines) else ""
        return bool(answers_of(text)) or is_only_marks(text)

    def _ask(self, line: Line, one: Numbered) -> None:
        if self.question is None:
            self.writing = one.writing
        self.question = Question(line.number, one.text, one.star)
        self.outline.parts[-1].questions.append(self.question)
        self.last, self.questions = one.value, self.questions + 1
        self.list_writing, self.list_last = "", 0

    def _ask_among_headings(self, line: Line, one: Numbered) -> None:
        """A line that is numbered as headings are, and has a blank to write on."""
        self.remark("Numbered as a heading, with a blank; taken for a question.", line)
        numbering = self.last, self.writing
        self._ask(line, one)
        self.last, self.writing = numbering

    def _add_to_list(self, line: Line, one: Numbered) -> None:
        if self.question is not None:
            texts = split_list(one.text, one.value, one.writing)
            self.question.below += [Below(line.number, text, in_list=True) for text in texts]
            one = replace(one, value=one.value + len(texts) - 1)
        self.list_writing, self.list_last = one.writing, one.value


def _is_decimal(one: Numbered) -> bool:
    """Whether the line may begin with a decimal number or a time, such as 1.5 or 12:30."""
    return one.writing in (".", ":") and one.text[:1].isdecimal()
