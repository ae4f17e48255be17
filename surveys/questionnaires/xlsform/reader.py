"""An XLSForm as the definition of a questionnaire, with a remark for what is left out and a fault for what cannot be said."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError, Problem
from surveys.inputs.values import plain_number
from surveys.questionnaires.items.base import HINT_LIMIT
from surveys.questionnaires.items.options import OTHER
from surveys.questionnaires.questionnaire import read_questionnaire
from surveys.questionnaires.xlsform.expressions import Source, UnknownExpressionError, bounds, condition, days, length
from surveys.questionnaires.xlsform.kinds import BEGIN, END, IGNORED, PLAIN, Select, select_of
from surveys.questionnaires.xlsform.words import FormWords
from surveys.questionnaires.xlsform.workbook import Form, Row, no_form, read_form

USUAL_DECIMALS = 2
_YES, _NO = {"yes", "true", "true()", "1", "是"}, {"", "no", "false", "false()", "0", "否"}
_UNKNOWN = re.compile(r"(dk|dont_?know|don't know|unknown|不了解|不知道|不清楚|不熟悉)", re.IGNORECASE)


@dataclass
class Section:
    """A group of the form: its title, and its items with the rows they come from."""

    title: dict[str, str] | None = None
    items: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    is_table: bool = False
    each_unit: bool = False


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


class _Reader(FormWords):
    """Goes through the rows once; items before a row are known by the names that conditions use."""

    def __init__(self, name: str, form: Form) -> None:
        super().__init__(form)
        self.sections = [Section()]
        self.open_groups: list[tuple[str, Row]] = []
        self.codes: dict[str, str] = {}
        self.sources: dict[str, Source] = {}
        self.choice_codes: dict[str, dict[str, str]] = {}
        """By field: the codes of its answers by their names in the form."""
        self.scales: dict[str, Any] = {}
        self.scale_lists: dict[str, str] = {}
        self.lists: dict[str, list[Row]] = {}
        for row in form.choices:
            self.lists.setdefault(row.get("list_name"), []).append(row)
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
        for _, row in self.open_groups:
            self.refuse("This group is not ended.", row)
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
        self.faults.check()
        try:
            read_questionnaire(self.definition)
        except InputError as error:
            raise InputError([self._by_row(problem, sections) for problem in error.problems]) from None
        return FormReading(self.definition, tuple(self.remarks))

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
                "Left out, because nobody is asked anything: %(type)s %(name)s.", row, type=type_, name=row.get("name")
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
        table = bool({"table-list", "likert"} & set(row.get("appearance").casefold().split()))
        label = self.text(row, "label")
        if self.open_groups:
            if label:
                self.remark("The group “%(name)s” stands within another one; its items are asked in the outer one.", row,
                            name=next(iter(label.values())))  # fmt: skip
            self.sections[-1].is_table = table
        else:
            self.sections.append(
                Section(label or None, is_table=table, each_unit=row.get("x_per").casefold() == "unit")
            )
        self.open_groups.append((kind, row))

    def _read_item(self, row: Row, type_: str, kind: str) -> None:
        select = select_of(type_)
        if select is None and kind not in PLAIN:
            self.refuse("A question of the type “%(type)s” cannot be represented.", row, type=type_)
            return
        label = self.text(row, "label")
        if not label:
            self.refuse("The question has no text.", row, "label")
            return
        if any("${" in text for text in label.values()):
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
            item["groups"] = row.get("x_groups").split()
        if "x_criterion" in row.texts:
            item["criterion"] = self.text(row, "x_criterion")
        required = row.get("required").casefold()
        if required not in _YES | _NO:
            self.refuse("A condition under which an answer is required cannot be represented.", row, "required")
        if row.get("x_when"):
            item["when"] = {"item": "*", "in": row.get("x_when").split()[1:]}
        elif row.get("relevant"):
            self._set_condition(row, item)
        if select is not None:
            if not self._set_choices(row, item, select):
                return
        else:
            item["type"] = PLAIN[kind]
            self._set_bounds(row, item, kind)
        if item["type"] != "note":
            item["required"] = required in _YES
        if item["type"] == "rating" and row.get("x_weight"):
            item["weight"] = self.own(row, "x_weight")
        self.sections[-1].items.append((row.number, item))
        if select is not None:
            self._remember(row, item, select)

    def _check_columns(self, row: Row) -> None:
        for column in ("choice_filter", "calculation", "readonly", "repeat_count"):
            if row.get(column).casefold() not in _NO:
                self.refuse("What stands in the column %(name)s cannot be represented.", row, column, name=column)
        for column in ("image", "audio", "video", "big_image"):
            if column in row.texts:
                self.remark("Pictures, sounds and videos are left out.", row)
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
            "in": [self.choice_code(asked.field, one) for one in known if one in asked.answers],
        }
        if asked.negated:
            self.remark("Asked only after another answer; the form asks it also where %(name)s was not answered.", row,
                        name=asked.field)  # fmt: skip

    def _set_bounds(self, row: Row, item: dict[str, Any], kind: str) -> None:
        text = row.get("constraint")
        try:
            if kind == "range" and row.get("x_scale"):
                self._set_direct(row, item)
            elif kind == "range":
                self._set_range(row, item)
            elif item["type"] == "number":
                decimals = self._decimals(row) if kind == "decimal" else 0
                if decimals:
                    item["decimals"] = decimals
                low, high = bounds(text, decimals) if text else (None, None)
                item.update({name: value for name, value in (("low", low), ("high", high)) if value is not None})
                if low is None:
                    self.remark("Numbers begin at 0.", row)
            elif item["type"] == "date" and text:
                item.update(days(text))
            elif item["type"] == "text" and text:
                item["limit"] = length(text)
            elif text:
                raise UnknownExpressionError(text)
        except UnknownExpressionError:
            self.refuse("This rule for answers cannot be represented: %(text)s.", row, "constraint", text=text[:100])
        if kind.startswith("phone"):
            self.remark("A telephone number is asked as a text.", row)

    def _decimals(self, row: Row) -> int:
        """How many decimals a number has: what this program wrote, those of its bounds, or two."""
        if row.get("x_decimals").isdecimal():
            return int(row.get("x_decimals"))
        found = max([USUAL_DECIMALS, *map(len, re.findall(r"\.([0-9]*[1-9])", row.get("constraint")))])
        self.remark("Numbers have at most %(n)s decimals.", row, n=found)
        return found

    def _set_direct(self, row: Row, item: dict[str, Any]) -> None:
        """A rating by numbers, as this program writes it."""
        scale = self.own(row, "x_scale")
        if isinstance(scale, dict):
            key = str(scale.pop("key", "direct"))
            self.scales[key] = scale
            item.update({"type": "rating", "scale": key})

    def _set_range(self, row: Row, item: dict[str, Any]) -> None:
        given = dict(re.findall(r"(start|end|step)\s*=\s*(-?[0-9.]+)", row.get("parameters").casefold()))
        start, end, step = (given.get(name, usual) for name, usual in (("start", "1"), ("end", "10"), ("step", "1")))
        if step not in ("1", "1.0") or not start.isdecimal() or not end.isdecimal() or row.get("constraint"):
            self.refuse(
                "A range of other numbers than whole ones in steps of 1 cannot be represented.", row, "parameters"
            )
            return
        item["low"], item["high"] = int(start), int(end)

    def choice_code(self, field_name: str, choice: str) -> str:
        """The code of an answer that the form names."""
        return self.choice_codes[field_name][choice]

    def _set_choices(self, row: Row, item: dict[str, Any], select: Select) -> bool:
        """The answers of a question with a list; False where there is none."""
        entries = self.lists.get(select.list_name)
        if not entries:
            self.refuse("There is no list of choices %(name)s.", row, name=select.list_name)
            return False
        options, codes = [], dict[str, str]()
        for entry in entries:
            name, text = entry.get("name"), self.text(entry, "label")
            if not text:
                self.refuse(
                    "The choice %(name)s of the list %(list)s has no text.", row, name=name, list=select.list_name
                )
                return False
            codes[name] = self.code(name, codes)
            options.append({"code": codes[name], "text": text})
        self.choice_codes[row.get("name")] = codes
        if entries[0].get("x_units"):
            item.update({"type": select.kind, "options": "units"})
            return True
        looks = set(row.get("appearance").casefold().split())
        if select.kind == "choice" and (self.sections[-1].is_table or "likert" in looks) and not select.other:
            item.update({"type": "rating", "scale": self._scale(row, select.list_name, options, entries)})
            return True
        item.update({"type": select.kind, "options": options})
        if select.other:
            self._set_other(row, item, codes)
        return True

    def _set_other(self, row: Row, item: dict[str, Any], codes: dict[str, str]) -> None:
        """Let people write in another answer, whose name in the form is "other"."""
        if item["type"] == "ranking":
            self.refuse("In a ranking nobody can write in another answer.", row)
            return
        item["other"] = True
        words = {fold(word) for word in OTHER.text.values()}
        for one in item["options"]:
            if fold(one["code"]) == OTHER.code or words & set(map(fold, one["text"].values())):
                # The list has that answer already: people can write beside it.
                self.remark("The list has an answer “Other” already; people can write beside it.", row)
                item["options"].remove(one)
                codes.update({name: OTHER.code for name, code in codes.items() if code == one["code"]})
                break
        codes["other"] = OTHER.code

    def _scale(self, row: Row, list_name: str, options: list[dict[str, Any]], entries: list[Row]) -> str:
        """A list of choices as a scale: the points are those beside them, or guessed from the order."""
        if list_name in self.scale_lists:
            return self.scale_lists[list_name]
        given = any(entry.get("x_points") for entry in entries)
        unknown = [
            one for one, entry in zip(options, entries, strict=True)
            if (entry.get("x_dont_know") if given else any(map(_UNKNOWN.fullmatch, (one["code"], *one["text"].values()))))
        ]  # fmt: skip
        levels = [one for one in options if one not in unknown[:1]]
        if given:
            rows = [entry for entry in entries if not entry.get("x_dont_know")]
            levels = [{**one, "points": self.own(entry, "x_points"), "satisfied": entry.get("x_satisfied").casefold() in _YES,
                       **({"colour": colour} if (colour := entry.get("x_colour")) else {})}
                      for one, entry in zip(levels, rows, strict=False)]  # fmt: skip
        elif len(levels) > 1:
            points = [round(100 - 100 * at / (len(levels) - 1), 2) for at in range(len(levels))]
            levels = [
                {**one, "points": worth, "satisfied": worth > 50} for one, worth in zip(levels, points, strict=True)
            ]
            self.remark("The points of the scale %(name)s are guessed from the order of its choices: %(points)s.", row,
                        name=list_name, points=", ".join(plain_number(worth) for worth in points))  # fmt: skip
        key = row.get("x_scale") or self.code(list_name, {value: value for value in self.scale_lists.values()})
        self.scale_lists[list_name] = key
        self.scales[key] = {"levels": levels, **({"dont_know": unknown[0]["text"]} if unknown else {})}
        return key

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
