"""Filling the tables of an export: every figure as the result page and the workbook print it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from surveys.inputs.translations import Gettext
from surveys.results.export import specs
from surveys.results.export.specs import Column, TableSpec
from surveys.results.export.words import Words
from surveys.results.notes import full_notes, not_valid
from surveys.results.report import Report
from surveys.results.withholding import Missing, ShownAnswers
from surveys.scoring.rounding import round_half_up

Value = str | int | bool | Decimal | None
Row = dict[str, Value]


@dataclass(frozen=True)
class Table:
    """A table with its columns as they are in this survey. Every row has a value, or None, for each of them."""

    spec: TableSpec
    columns: tuple[Column, ...]
    rows: list[Row]

    @property
    def name(self) -> str:
        """Its name in files and addresses."""
        return self.spec.name


def make_table(report: Report, name: str, language: str, gettext: Gettext) -> Table:
    """One table of a sealed survey by its name (a key of SPECS), with names and notes in a language."""
    spec = specs.SPECS[name]
    words = Words(report, language, gettext)
    keys = {"count.*": words.levels, "score.*": words.groups, "missing.*": words.groups}
    columns = [
        one
        for column in spec.columns
        for one in ([column.of(*key) for key in keys[column.name]] if column.repeats else [column])
    ]
    empty = dict.fromkeys(column.name for column in columns)
    return Table(spec, tuple(columns), [{**empty, **row} for row in _FILL[name](words)])


def all_tables(report: Report, language: str, gettext: Gettext) -> list[Table]:
    """All tables of a sealed survey; those of ratings have no rows where none were asked."""
    return [make_table(report, name, language, gettext) for name in specs.SPECS]


def _summary(words: Words) -> list[Row]:
    report, result = words.report, words.report.result
    invalid = [sentence for sentence in [not_valid(report, words.gettext)] if sentence]
    rows: list[Row] = []
    for unit in words.rated_units:
        reason = report.missing_together(unit)
        row: Row = {
            "rank": result.rank[unit],
            "rank_low": _whole(result.rank_low[unit]),
            "rank_high": _whole(result.rank_high[unit]),
            "differs_from_next": result.differs_from_next[unit],
            **words.unit(unit),
            "parent": words.parent(unit),
            "score": words.score(result.score[unit]),
            "score_low": words.score(result.low[unit]),
            "score_high": words.score(result.high[unit]),
            "shrunk_score": words.score(result.shrunk[unit]) if report.shows_shrunk else None,
            "rate": percent(result.rate[unit]),
            "rate_low": percent(result.rate_low[unit]),
            "rate_high": percent(result.rate_high[unit]),
            "n": result.n[unit] or None,
            "grade_by_points": words.grade(result.grade_points[unit]),
            "grade": words.grade(result.grade[unit]),
            "missing": why(reason, result.score[unit], specs.NO_SCORE),
            "note": " ".join([*invalid, *full_notes(report, unit, words.language, words.gettext)]) or None,
        }
        for group, (code, _name) in enumerate(words.groups):
            score = result.group_score[group][unit]
            row[f"score.{code}"] = words.score(score)
            row[f"missing.{code}"] = why(report.missing(group, unit), score)
        rows.append(row)
    return rows


def _ranking(words: Words) -> list[Row]:
    names = {column.name for column in specs.RANKING.columns}
    return [{name: value for name, value in row.items() if name in names} for row in _summary(words)]


def _groups(words: Words) -> list[Row]:
    report, result = words.report, words.report.result
    rows: list[Row] = []
    for unit in words.rated_units:
        for g, group in enumerate(report.plan.groups):
            score = result.group_score[g][unit]
            row: Row = {
                **words.unit(unit),
                **words.group(g),
                "apart": group.apart,
                "weight": Decimal(repr(float(group.score_weight))),
                "score": words.score(score),
                "score_low": words.score(result.group_low[g][unit]),
                "score_high": words.score(result.group_high[g][unit]),
                "n": result.group_n[g][unit],
                "missing": why(report.missing(g, unit), score),
            }
            if g:
                row["difference"] = words.score(result.difference[g - 1][unit])
                row["difference_low"] = words.score(result.difference_low[g - 1][unit])
                row["difference_high"] = words.score(result.difference_high[g - 1][unit])
            rows.append(row)
    return rows


def _items(words: Words) -> list[Row]:
    report, result = words.report, words.report.result

    def row(unit: int, group: int | None, item: int) -> Row:
        value = result.item_score[unit][item] if group is None else result.means[group][unit][item]
        reason = report.missing_together(unit, item) if group is None else report.missing(group, unit, item)
        return {"score": words.score(value), "missing": why(reason, value)}

    return _by_item(words, row)


def _distribution(words: Words) -> list[Row]:
    report, result, plan = words.report, words.report.result, words.report.plan

    def row(unit: int, group: int | None, item: int) -> Row:
        if group is None:
            reason, together = report.missing_together(unit, item), report.together(unit, item)
            out = " ".join(plan.groups[g].code for g in report.left_out(unit, item)) or None
            if together is None:
                return {"left_out": out, "missing": why(reason, None)}
            counts, unknown, blank, mean = together.counts, together.dont_know, together.blank, together.mean
        else:
            reason, out = report.missing(group, unit, item), None
            if reason is not None:
                return {"missing": reason.value}
            counts, mean = result.counts[group][unit][item], result.means[group][unit][item]
            unknown, blank = result.dont_know[group][unit][item], result.blank[group][unit][item]
        satisfied, own = plan.rated_levels.satisfied, range(*plan.rated_levels.span(plan.rated_items[item].scale))
        return {
            **{f"count.{place}": counts[level] for place, level in enumerate(words.level_order, 1) if level in own},
            "dont_know": unknown,
            "blank": blank,
            "n": sum(counts),
            "satisfied": sum(count for count, good in zip(counts, satisfied, strict=True) if good),
            "mean": words.score(mean),
            "left_out": out,
            "missing": why(reason, mean),
        }

    return _by_item(words, row)


def _by_item(words: Words, row: Callable[[int, int | None, int], Row]) -> list[Row]:
    """A row for each unit, group (first all of them: None) and item."""
    groups = [None, *range(len(words.report.plan.groups))]
    return [
        {**words.unit(unit), **words.group(group), **words.item(rated), **row(unit, group, item)}
        for unit in words.rated_units
        for group in groups
        for item, rated in enumerate(words.report.plan.rated_items)
    ]


def _turnout(words: Words) -> list[Row]:
    result, rows = words.report.result, []
    for g, (group, turnout) in enumerate(zip(words.report.plan.groups, result.turnout.groups, strict=True)):
        row: Row = {
            **words.group(g),
            "admissions": turnout.admissions,
            "base": turnout.base or None,
            "ballots": turnout.ballots,
            "paper": turnout.paper,
            "turnout": percent(turnout.percent),
            "required": None if group.required_turnout is None else Decimal(repr(float(group.required_turnout))),
            "void": result.void[g],
            "missing": Missing.FEW.value if result.void[g] is None else None,
        }
        rows.append(row)
    return rows


def _unit_turnout(words: Words) -> list[Row]:
    turnout, rows = words.report.result.turnout, []
    for unit in words.report.order:
        if not turnout.of_unit(unit)[1]:
            continue
        of_groups = [one for one in turnout.by_unit if one.unit == unit]
        for group, some in [(None, of_groups), *((one.group, [one]) for one in of_groups)]:
            admissions = sum(one.admissions for one in some)
            took_part = sum(one.took_part for one in some)
            row: Row = {
                **words.unit(unit),
                **words.group(group),
                "admissions": admissions,
                "used": sum(one.used for one in some),
                "paper": sum(one.paper for one in some),
                "turnout": percent(100 * took_part / admissions) if admissions else None,
            }
            rows.append(row)
    return rows


def _patterns(words: Words) -> list[Row]:
    rows: list[Row] = []
    for habit in words.report.habits():
        for group, share in enumerate(habit.shares):
            row: Row = {**words.group(group), "pattern": habit.name}
            if not isinstance(share, str):
                row["share"] = percent(100 * share)
            elif share.startswith("> "):
                row["more_than"] = Decimal(share.removeprefix("> ").removesuffix(" %"))
            else:
                row["missing"] = Missing.FEW.value
            rows.append(row)
    for group, unknown in enumerate(words.report.dont_know_shares()) if words.report.plan.rated_items else ():
        figures: Row = {"share": None if unknown is None else percent(100 * unknown), "missing": why(None, unknown)}
        rows.append({**words.group(group), "pattern": "dont_know", **figures})
    return rows


def _answers(words: Words) -> list[Row]:
    rows: list[Row] = []
    for slot, answers in words.report.answered_slots:
        asked = " ".join(g.code for g in words.report.plan.groups if slot.item.groups and slot.item.seen_by(g.code))
        for apart, part in ((False, answers), (True, answers.apart)):
            if part is None or not part.asked:
                continue
            about: Row = {
                **(words.unit(slot.unit) if slot.unit is not None else {}),
                **words.item(slot.item),
                "asked_of": asked or None,
                "apart": apart,
                "n": part.n,
            }
            if part.n is None:
                rows.append({**about, "missing": Missing.FEW.value})
            for line in words.report.lines(slot, part, words.language, words.gettext):
                rows.append({**about, "answer": line.text, **_line(words, part, line.count, line.mean, line.decimals)})
    return rows


def _line(words: Words, answers: ShownAnswers, count: int | None, mean: float | None, decimals: int) -> Row:
    return {
        "count": count,
        "share": percent(100 * count / answers.n) if count is not None and answers.n else None,
        "mean": words.score(mean, decimals),
    }


_FILL: dict[str, Callable[[Words], list[Row]]] = {
    "summary": _summary,
    "ranking": _ranking,
    "groups": _groups,
    "items": _items,
    "distribution": _distribution,
    "turnout": _turnout,
    "unit_turnout": _unit_turnout,
    "patterns": _patterns,
    "answers": _answers,
}


def percent(value: float | None) -> Decimal | None:
    """A share in percent as it is printed."""
    return None if value is None else round_half_up(value)


def why(reason: Missing | None, value: float | None, otherwise: str = specs.NO_RATINGS) -> str | None:
    """Why a figure is not there; None where it is."""
    if reason is not None:
        return reason.value
    return otherwise if value is None else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
