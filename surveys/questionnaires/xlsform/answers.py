"""What answers a row of an XLSForm takes: its bounds, its choices, its scale."""

from __future__ import annotations

import re
from typing import Any

from surveys.inputs.identifiers import fold
from surveys.inputs.problems import InputError
from surveys.questionnaires.guessed_points import UNKNOWN, direction, guess_points, outside_of, points_said
from surveys.questionnaires.items.choice import MAX_OPTIONS
from surveys.questionnaires.items.number import usual_highest
from surveys.questionnaires.items.options import OTHER
from surveys.questionnaires.xlsform.expressions import UnknownExpressionError, bounds, days, length
from surveys.questionnaires.xlsform.kinds import YES, Select
from surveys.questionnaires.xlsform.words import FormWords
from surveys.questionnaires.xlsform.workbook import Form, Row

USUAL_DECIMALS = 2
LOOKS_OF_A_TABLE = frozenset({"likert", "list-nolabel", "list-no-label"})
"""How a question looks that is a row of a table: a rating."""
_WHOLE = re.compile(r"[0-9]{1,9}")
_PARAMETER = re.compile(r"(?<![a-z_-])([a-z_-]+)\s*=\s*([^\s,;]+)")


class FormAnswers(FormWords):
    """Reads what answers are possible; lists of choices are known by their names."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self.choice_codes: dict[str, dict[str, str]] = {}
        """By field: the codes of its answers by their names in the form."""
        self.scales: dict[str, Any] = {}
        self.scale_lists: dict[str, str] = {}
        self.lists: dict[str, list[Row]] = {}
        for row in form.choices:
            self.lists.setdefault(row.get("list_name"), []).append(row)

    def set_bounds(self, row: Row, item: dict[str, Any], kind: str) -> None:
        """What a number, date or text may be."""
        text = row.get("constraint")
        given = self._parameters(row, ("start", "end", "step") if kind == "range" else ())
        try:
            if kind == "range" and row.get("x_scale"):
                self._set_direct(row, item)
            elif kind == "range":
                self._set_range(row, item, given)
            elif item["type"] == "number":
                self._set_number(row, item, kind, text)
            elif item["type"] == "date" and text:
                item.update(days(text))
            elif item["type"] == "text" and text:
                item["limit"] = length(text)
            elif text:
                raise UnknownExpressionError(text)
        except UnknownExpressionError:
            self.refuse_rule(row)
        if kind.startswith("phone"):
            self.remark("A telephone number is asked as a text.", row)

    def refuse_rule(self, row: Row) -> None:
        """A rule for answers that cannot be said here."""
        text = row.get("constraint")[:100]
        self.refuse("This rule for answers cannot be represented: %(text)s.", row, "constraint", text=text)

    def _parameters(self, row: Row, known: tuple[str, ...]) -> dict[str, str]:
        """The parameters of a row that are known; others are named."""
        text = " ".join(row.get("parameters").casefold().split())
        given = dict(_PARAMETER.findall(text))
        if {name for name in given if name not in known} or (text and not given):
            self.remark("These parameters are left out: %(text)s.", row, text=text[:100])
        return {name: value for name, value in given.items() if name in known}

    def _set_number(self, row: Row, item: dict[str, Any], kind: str, text: str) -> None:
        decimals = self._decimals(row) if kind == "decimal" else 0
        if decimals:
            item["decimals"] = decimals
        low, high = bounds(text, decimals) if text else (None, None)
        item.update({name: value for name, value in (("low", low), ("high", high)) if value is not None})
        if low is None:
            self.remark("Numbers begin at 0.", row)
        if high is None:
            self.remark("Numbers end at %(n)s.", row, n=f"{usual_highest(decimals):,}")

    def _decimals(self, row: Row) -> int:
        """How many decimals a number has: what this program wrote, those of its bounds, or two."""
        if _WHOLE.fullmatch(row.get("x_decimals")):
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

    def _set_range(self, row: Row, item: dict[str, Any], given: dict[str, str]) -> None:
        start, end, step = (given.get(name, usual) for name, usual in (("start", "1"), ("end", "10"), ("step", "1")))
        whole = _WHOLE.fullmatch(start) and _WHOLE.fullmatch(end)
        if step not in ("1", "1.0") or not whole or row.get("constraint"):
            self.refuse(
                "A range of other numbers than whole ones in steps of 1 cannot be represented.", row, "parameters"
            )
            return
        item["low"], item["high"] = int(start), int(end)

    def set_choices(self, row: Row, item: dict[str, Any], select: Select, *, in_table: bool) -> bool:
        """The answers of a question with a list; False where it cannot be asked."""
        entries = self.lists.get(select.list_name)
        if not entries:
            self.refuse("There is no list of choices %(name)s.", row, name=select.list_name)
            return False
        if row.get("constraint"):
            self.refuse_rule(row)
        if self._parameters(row, ("randomize", "seed")).get("randomize", "false") not in ("false", "no", "0"):
            self.remark("The form puts the answers in random order; here they stand as in the list.", row)
        options = self._options(row, select.list_name, entries)
        if options is None:
            return False
        if entries[0].get("x_units"):
            item.update({"type": select.kind, "options": "units"})
            return True
        looks = set(row.get("appearance").casefold().split())
        if select.kind == "choice" and (in_table or LOOKS_OF_A_TABLE & looks) and not select.other:
            scale = self.faults.take(lambda: self._scale(row, select.list_name, options, entries))
            item.update({"type": "rating", "scale": scale})
            return scale is not None
        item.update({"type": select.kind, "options": options})
        if select.other:
            self._set_other(row, item, self.choice_codes[row.get("name")])
        return True

    def _options(self, row: Row, list_name: str, entries: list[Row]) -> list[dict[str, Any]] | None:
        """The choices of a list; None where one cannot be taken."""
        if len(entries) > MAX_OPTIONS:
            self.refuse("The list %(list)s has more than %(limit)s choices.", row, list=list_name, limit=MAX_OPTIONS)
            return None
        options, codes = [], dict[str, str]()
        for entry in entries:
            name, text = entry.get("name"), self.text(entry, "label", "choices")
            if not text:
                self.refuse("The choice %(name)s of the list %(list)s has no text.", row, name=name, list=list_name)
                return None
            if name and name in codes:
                self.refuse("The choice %(name)s is there twice in the list %(list)s.", row, name=name, list=list_name)
                return None
            if "label" in entry.references:
                self.refuse("A text with another answer in it cannot be represented.", row, "label")
                return None
            codes[name] = self.code(name, codes)
            options.append({"code": codes[name], "text": text})
        self.choice_codes[row.get("name")] = codes
        return options

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
        """A list of choices as a scale: the points are those beside them, or guessed from words and order.

        Raises InputError: the words contradict the order.
        """
        if list_name in self.scale_lists:
            return self.scale_lists[list_name]
        if any(entry.get("x_points") for entry in entries):
            levels, unknown = self._given_levels(options, entries)
        else:
            levels, unknown = self._guessed_levels(row, list_name, options, entries)
        key = row.get("x_scale") or self.code(list_name, {value: value for value in self.scale_lists.values()})
        self.scale_lists[list_name] = key
        self.scales[key] = {"levels": levels, **({"dont_know": unknown["text"]} if unknown else {})}
        return key

    def _given_levels(
        self, options: list[dict[str, Any]], entries: list[Row]
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Levels with the points beside them, as this program writes them, and the answer that has none."""
        levels, unknown = [], None
        for one, entry in zip(options, entries, strict=True):
            if entry.get("x_dont_know") and unknown is None:
                unknown = one
                continue
            level = {
                **one,
                "points": self.own(entry, "x_points"),
                "satisfied": entry.get("x_satisfied").casefold() in YES,
            }
            levels.append({**level, "colour": entry.get("x_colour")} if entry.get("x_colour") else level)
        return levels, unknown

    def _guessed_levels(
        self, row: Row, list_name: str, options: list[dict[str, Any]], entries: list[Row]
    ) -> tuple[list[dict[str, Any]], dict[str, Any] | None]:
        """Levels with guessed points, and the answer outside their order. Raises InputError."""
        try:
            names = [re.sub(r"[0-9_]+", " ", entry.get("name")).strip() for entry in entries]
            outside = outside_of([(*one["text"].values(), name) for one, name in zip(options, names, strict=True)])
            kept = [at for at in range(len(options)) if at != outside]
            levels = [options[at] for at in kept]
            if len(levels) < 2:  # too few for a scale, as reading the questionnaire says
                return levels, None if outside is None else options[outside]
            languages = [lang for lang in ("zh", "en") if all(lang in one["text"] for one in levels)]
            words = [[one["text"][lang] for lang in languages] or list(one["text"].values()) for one in levels]
            if all(direction(of_language) == UNKNOWN for of_language in zip(*words, strict=False)):
                words = [[names[at]] for at in kept]
            points = guess_points(words)
        except InputError as error:
            raise InputError([problem.at("survey.type", row.number) for problem in error.problems]) from None
        said = [(next(iter(one["text"].values())), worth) for one, worth in zip(levels, points, strict=True)]
        self.remarks.append(points_said(row.number, said, "survey"))
        found = [{**one, "points": worth, "satisfied": worth > 50} for one, worth in zip(levels, points, strict=True)]
        if outside is None:
            return found, None
        self.remark(
            "“%(text)s” has no points: it stands outside the order.",
            row,
            text=next(iter(options[outside]["text"].values())),
        )
        return found, options[outside]
