"""An XLSForm as the definition of a questionnaire, with a remark for what is left out and a fault for what cannot be said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from surveys.inputs.problems import InputError, Problem, at_most
from surveys.questionnaires.items.base import HINT_LIMIT
from surveys.questionnaires.questionnaire import MAX_ITEMS, read_questionnaire
from surveys.questionnaires.xlsform.answers import FormAnswers
from surveys.questionnaires.xlsform.expressions import Source, UnknownExpressionError, condition
from surveys.questionnaires.xlsform.kinds import BEGIN, END, IGNORED, NO, PLAIN, YES, Select, select_of
from surveys.questionnaires.xlsform.left_out import changes_what_is_asked, what_is_left_out
from surveys.questionnaires.xlsform.workbook import Form, Row, no_form, read_form


@dataclass
class Section:
    """A group of the form: its title, and its items with the rows they come from."""

    title: dict[str, str] | None = None
    items: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    each_unit: bool = False


@dataclass(frozen=True)
class OpenGroup:
    """A group that has begun. `is_table`: its questions with one answer are rows of a table, so ratings."""

    row: Row
    is_table: bool


@dataclass(frozen=True)
class FormReading:
    """What an XLSForm came to: the definition of a questionnaire, and what to look at before it is stored."""

    definition: dict[str, Any]
    remarks: tuple[Problem, ...]


def read_xlsform(name: str, data: bytes) -> FormReading:
    """Read a workbook. Raises InputError that names each row that a questionnaire here cannot represent."""
    form = read_form(name, data)
    if not form.survey or not any(row.get("type") for row in form.survey):
        raise no_form(name)
    return _Reader(name, form).read()


class _Reader(FormAnswers):
    """Goes through the rows once; items before a row are known by the names that conditions use."""

    def __init__(self, name: str, form: Form) -> None:
        super().__init__(form)
        self.sections = [Section()]
        self.open_groups: list[OpenGroup] = []
        self.codes: dict[str, str] = {}
        self.sources: dict[str, Source] = {}
        stem = re.sub(r"\.[^.]*$", "", name.rsplit("/", 1)[-1])
        settings = form.settings
        title: Any = (settings.get("title") or settings.get("id") or stem)[:100]
        if "x_title" in settings.texts:
            title = {"zh": title, **self.text(settings, "x_title")}
        self.definition: dict[str, Any] = {"key": self.code(settings.get("id") or stem, {}), "title": title}
        if "x_introduction" in settings.texts:
            self.definition["introduction"] = self.text(settings, "x_introduction")
        if settings.get("x_quotas"):
            self.definition["quotas"] = self.own(settings, "x_quotas")

    def read(self) -> FormReading:
        """All rows, then the questionnaire as a whole."""
        for row in self.form.survey:
            self._read_row(row)
            if len(self.codes) > MAX_ITEMS:
                raise InputError(Problem("There are more than %(limit)s items.", "survey", limit=MAX_ITEMS))
        for group in self.open_groups:
            self.refuse("This group is not ended.", group.row)
        self._check_conditions_reach()
        sections = [section for section in self.sections if section.items]
        if not sections and not self.faults.problems:
            raise InputError(Problem("The form asks nothing that a questionnaire here can ask.", "survey"))
        self.definition["sections"] = [
            {**({"per": "unit"} if section.each_unit else {}), **({"title": section.title} if section.title else {}),
             "items": [item for _, item in section.items]}
            for section in sections
        ]  # fmt: skip
        if self.scales:
            self.definition["scales"] = self.scales
        self.faults.problems = at_most(self.faults.problems)
        self.faults.check()
        try:
            read_questionnaire(self.definition)
        except InputError as error:
            raise InputError(at_most([self._by_row(problem, sections) for problem in error.problems])) from None
        left_out = what_is_left_out(self.form, self.passed_over)
        return FormReading(self.definition, (*self.remarks, *left_out))

    def _by_row(self, problem: Problem, sections: list[Section]) -> Problem:
        """A fault of the definition, at the row of the form that it comes from."""
        place = re.match(r"sections\[(\d+)\]\.items\[(\d+)\]\.?(.*)", problem.where)
        if place is None:
            return problem
        number = sections[int(place[1]) - 1].items[int(place[2]) - 1][0]
        return problem.at(f"survey.{place[3]}".rstrip("."), number)

    def _read_row(self, row: Row) -> None:
        type_ = " ".join(row.get("type").split())
        kind = type_.casefold()
        if not kind:
            if row.get("name") or row.texts:
                self.refuse("The row has no type.", row)
            return
        begin, end = BEGIN.fullmatch(kind), END.fullmatch(kind)
        disabled = row.get("disabled").casefold()
        if disabled in YES and not begin and not end:
            self.remark("Left out, because the form switches this row off: %(name)s.", row, name=row.get("name"))
            return
        if disabled not in NO:
            self.refuse("What stands in the column %(name)s cannot be represented.", row, "disabled", name="disabled")
        if begin:
            self._begin(row, begin[1])
        elif end:
            if self.open_groups:
                self.open_groups.pop()
                if not self.open_groups:
                    self.sections.append(Section())
            else:
                self.refuse("Here a group ends that has not begun.", row)
        elif kind in IGNORED or (kind.startswith("calculate") and not row.texts.get("label")):
            self.remark(
                "Left out, because nobody is asked anything: %(type)s %(name)s.",
                row,
                type=type_[:50],
                name=row.get("name"),
            )
        else:
            self._read_item(row, type_, kind)

    def _begin(self, row: Row, kind: str) -> None:
        if kind != "group":
            self.refuse("A part that is asked repeatedly cannot be represented.", row)
        if row.get("relevant"):
            self.refuse(
                "A condition of a whole group cannot be represented: %(text)s.",
                row,
                "relevant",
                text=row.get("relevant")[:100],
            )
        if row.get("constraint"):
            self.refuse_rule(row)
        self._check_columns(row)
        if "label" in row.references:
            self.refuse("A text with another answer in it cannot be represented.", row, "label")
        if row.texts.get("hint"):
            self.remark("The hint of a group is left out.", row)
        label = self.text(row, "label")
        if self.open_groups:
            if label:
                self.remark("The group “%(name)s” stands within another one; its items are asked in the outer one.", row,
                            name=next(iter(label.values())))  # fmt: skip
        else:
            self.sections.append(Section(label or None, each_unit=row.get("x_per").casefold() == "unit"))
        looks = {"table-list", "likert"} & set(row.get("appearance").casefold().split())
        self.open_groups.append(OpenGroup(row, bool(looks)))

    def _read_item(self, row: Row, type_: str, kind: str) -> None:
        select = select_of(type_)
        if select is None and kind not in PLAIN:
            self.refuse("A question of the type “%(type)s” cannot be represented.", row, type=type_[:50])
            return
        label = self.text(row, "label")
        if select is not None and "label" in row.get("appearance").casefold().split():
            # The row above those with "list-nolabel" holds the words of their answers, and asks nothing.
            self.remark("This row is the heading of a table; its answers stand with each row of the table.", row)
            if label:
                code = self.code(row.get("name") or "heading", self.codes)
                self.codes[row.get("name") or f"row {row.number}"] = code
                self.sections[-1].items.append((row.number, {"code": code, "type": "note", "text": label}))
            return
        if not label:
            self.refuse("The question has no text.", row, "label")
            return
        if row.references & {"label", "hint"}:
            self.refuse("A text with another answer in it cannot be represented.", row, "label")
        self._check_columns(row)
        hint = self.text(row, "hint")
        name = row.get("name")
        if name in self.codes:
            self.refuse("The name %(name)s is there twice.", row, "name", name=name)
        code = self.code(name or type_, self.codes)
        self.codes[name or f"row {row.number}"] = code
        item: dict[str, Any] = {"code": code, "text": label}
        if any(len(words) > HINT_LIMIT for words in hint.values()):
            item["text"] = {lang: f"{words}\n{hint[lang]}" if lang in hint else words for lang, words in label.items()}
            self.remark("The hint is so long that it is put into the question.", row)
        elif hint:
            item["hint"] = hint
        if row.get("x_groups"):
            item["groups"] = self.own(row, "x_groups")
        if "x_criterion" in row.texts:
            item["criterion"] = self.text(row, "x_criterion")
        required = row.get("required").casefold()
        if required not in YES | NO:
            self.refuse("A condition under which an answer is required cannot be represented.", row, "required")
        if row.get("x_when"):
            item["when"] = {"item": "*", "in": row.get("x_when").split()[1:]}
        elif row.get("relevant"):
            self._set_condition(row, item)
        if select is not None:
            if not self.set_choices(
                row, item, select, in_table=bool(self.open_groups and self.open_groups[-1].is_table)
            ):
                return
        else:
            item["type"] = PLAIN[kind]
            self.set_bounds(row, item, kind)
        if item["type"] != "note":
            item["required"] = required in YES
        if item["type"] == "rating" and row.get("x_weight"):
            item["weight"] = self.own(row, "x_weight")
        self.sections[-1].items.append((row.number, item))
        if select is not None:
            self._remember(row, item, select)

    def _check_columns(self, row: Row) -> None:
        for column in ("choice_filter", "calculation", "readonly", "repeat_count"):
            if row.get(column).casefold() not in NO:
                self.refuse("What stands in the column %(name)s cannot be represented.", row, column, name=column)
        for column in ("image", "audio", "video", "big_image"):
            if column in row.texts:
                self.remark("Pictures, sounds and videos are left out.", row)
        look = changes_what_is_asked(row.get("appearance"))
        if look:
            self.refuse(
                "What stands in the column %(name)s cannot be represented.",
                row,
                "appearance",
                name=f"appearance ({look[:40]})",
            )
        if row.get("default"):
            self.remark(
                "The answer that is there from the start is left out: %(text)s.", row, text=row.get("default")[:50]
            )

    def _set_condition(self, row: Row, item: dict[str, Any]) -> None:
        try:
            asked = condition(row.get("relevant"), self.sources)
        except UnknownExpressionError:
            self.refuse(
                "This condition cannot be represented: %(text)s.", row, "relevant", text=row.get("relevant")[:100]
            )
            return
        source = self.codes[asked.field]
        known = self.sources[asked.field].answers
        item["when"] = {
            "item": source,
            "in": [self.choice_codes[asked.field][one] for one in known if one in asked.answers],
        }
        if asked.negated:
            self.remark("Asked only after another answer; the form asks it also where %(name)s was not answered.", row,
                        name=asked.field)  # fmt: skip

    def _remember(self, row: Row, item: dict[str, Any], select: Select) -> None:
        """Let later rows look at the answers."""
        codes = self.choice_codes[row.get("name")]
        self.sources[row.get("name")] = Source(list(codes), select.kind == "multi", select.kind == "ranking")

    def _check_conditions_reach(self) -> None:
        """Put sections together where a condition looks at an item of an earlier one: it must stand in its own section."""
        at = {item["code"]: number for number, section in enumerate(self.sections) for _, item in section.items}
        number = len(self.sections) - 1
        while number > 0:
            asked_after = [item["when"]["item"] for _, item in self.sections[number].items if "when" in item]
            sources = [at[code] for code in asked_after if code in at]
            first = min([number, *sources])
            if first < number:
                for later in range(first + 1, number + 1):
                    self._join(first, later)
                at = {item["code"]: n for n, section in enumerate(self.sections) for _, item in section.items}
                number = first + 1
            number -= 1

    def _join(self, first: int, later: int) -> None:
        section = self.sections[later]
        if section.title and section.items:
            code = self.code("heading", self.codes)
            self.codes[f"heading {later}"] = code
            self.sections[first].items.append(
                (section.items[0][0], {"code": code, "type": "note", "text": section.title})
            )
            self.remarks.append(Problem("A condition looks back over groups, so this one is asked together with the one before.",
                                        "survey", section.items[0][0]))  # fmt: skip
        self.sections[first].items.extend(section.items)
        self.sections[later] = Section()
