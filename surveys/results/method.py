"""The score rule in sentences, for result pages and the workbook, in the language of the reader."""

from __future__ import annotations

from surveys.campaigns.plan import Correction, SurveyPlan
from surveys.inputs.text import pick
from surveys.inputs.translations import Gettext
from surveys.inputs.values import plain_number
from surveys.results.certainty import interval_sentences
from surveys.results.models import StoredResult
from surveys.results.report import Report, short_turnouts
from surveys.scoring.result import Result
from surveys.scoring.rounding import round_half_up


def method_sentences(report: Report, language: str, gettext: Gettext) -> list[tuple[str, str]]:
    """(heading, sentences) of everything that decided the scores."""
    _, plan, result, withheld = gettext, report.plan, report.result, report.published.withheld
    rule = plan.rule
    lost = [(_("Lost ballots"), lost_sentence(report.stored, _))] if report.stored.lost else []
    if not plan.rated_items:
        scores = (_("Scores"), _("This questionnaire rates no units, so there are no scores."))
        return [*lost, scores, *corrections_section(plan, _)]
    weights = rule.item_weights
    items = " · ".join(
        f"{pick(item.text, language)} {plain_number(item.weight if weights is None else weights.get(item.code, 0))}"
        for item in plan.rated_items
    )
    groups = " · ".join(f"{pick(group.text, language)} {plain_number(group.score_weight)}" for group in plan.groups)
    trim = {
        "none": _("All valid ratings count."),
        "drop_ends": _("With more than %(n)s ratings of an item by a group, the %(k)s highest and the %(k)s lowest are dropped.",
                       n=rule.trim.above, k=rule.trim.count),
        "share": _("Of the ratings of an item by a group the highest and the lowest %(p)s %% are dropped, rounded down.",
                   p=plain_number(round(float(rule.trim.share) * 100, 9))),
    }[rule.trim.kind]  # fmt: skip
    short = (
        _("If a group falls short of it, the weights of the other groups are used, and the result says so.")
        if rule.short_group == "reweigh"
        else _("If a group falls short of it, the unit gets no score.")
    )
    sections = [
        *lost,
        (_("Points"), " ".join(_points(plan, language, _)) + " " + _("“Don't know” and blanks are not ratings and do not count.")),
        (_("Mean"), trim),
        (_("Item weights"), _("The score of a unit by a group is the mean of its items with these weights: %(items)s.", items=items)),
        (_("Group weights"), _("The score of a unit is the mean over groups with these weights: %(groups)s.", groups=groups)
         + " " + _("A group, and an item within it, counts with at least %(n)s valid ratings.", n=rule.minimum) + " " + short),
        *_apart(plan, language, _),
        (_("Void ballots"), _void(plan, result, _)),
        (_("Satisfaction rate"), _("Valid ratings at the satisfied levels, of all valid ratings")
         + (_(", on the item “%(item)s”.", item=_rate_item(plan, language)) if rule.rate_item else _(", over all items."))
         + " " + _("Interval: Wilson, 95 percent.")),
        (_("Rank"), _("By the printed score, with %(n)s decimals, half up; equal scores share a rank.", n=rule.decimals)),
        (_("Grades"), _grades(plan, language, _)),
        (_("Interval of the score"), interval_sentences(report, _)),
        (_("Version of the method"), result.method),
        (_("Reliability"), reliability_sentence(result, _)),
        (_("Withheld"), _("Figures from fewer than %(n)s ratings are withheld, and what would give them away: "
                          "%(groups)s scores by group, %(items)s items by group, %(choices)s follow-up questions.",
                          n=rule.minimum, groups=withheld.groups, items=withheld.items, choices=withheld.answers)),
        *corrections_section(plan, _),
    ]  # fmt: skip
    return sections


def corrections_section(plan: SurveyPlan, gettext: Gettext) -> list[tuple[str, str]]:
    """Typos that were corrected after publication, with both wordings; no section where there were none."""
    _ = gettext
    if not plan.corrections:
        return []
    intro = _("Typos were corrected after publication; ballots from before and after count alike.")
    # One row each: a cell of a workbook does not hold them all.
    rows = [(str(number), correction_sentence(one, _)) for number, one in enumerate(plan.corrections, 1)]
    return [(_("Corrections"), intro), *rows]


def correction_sentence(correction: Correction, gettext: Gettext) -> str:
    """What one correction changed, when and why."""
    _ = gettext
    return _("%(time)s: “%(before)s” became “%(after)s” (%(reason)s).",
             time=correction.at[:16].replace("T", " "), before=correction.before, after=correction.after,
             reason=correction.reason)  # fmt: skip


def lost_sentence(stored: StoredResult, gettext: Gettext) -> str:
    """How many ballots were lost before the seal, and who agreed; empty where none were."""
    _ = gettext
    if not stored.lost:
        return ""
    return _("%(n)s ballots were received but could not be decrypted, because keys are gone or they were damaged. They count in no figure, "
             "and there are so many more receipts than ballots. %(first)s and %(second)s, administrators, agreed to seal "
             "without them.", n=stored.lost, first=stored.lost_first, second=stored.lost_second)  # fmt: skip


def _apart(plan: SurveyPlan, language: str, _: Gettext) -> list[tuple[str, str]]:
    names = [pick(group.text, language) for group in plan.groups if group.apart]
    if not names:
        return []
    text = _("%(groups)s: reported separately, without weight in any score, rate or rank.", groups=_(", ").join(names))
    return [(_("Groups that are reported separately"), text)]


def _points(plan: SurveyPlan, language: str, _: Gettext) -> list[str]:
    """What the levels are worth: a sentence for each scale, with the items that use it where there are several."""
    sentences = []
    for scale in plan.rated_levels.scales:
        points = (
            _("whole numbers from %(low)s to %(high)s, which are their own points", low=scale.low, high=scale.high)
            if scale.direct
            else " · ".join(f"{pick(level.text, language)} {plain_number(level.points)}" for level in scale.levels)
        )
        if len(plan.rated_levels.scales) > 1:
            items = _(", ").join(pick(item.text, language) for item in plan.rated_items if item.scale == scale)
            points = _("%(items)s: %(points)s", items=items, points=points)
        sentences.append(points + ".")
    return sentences


def _rate_item(plan: SurveyPlan, language: str) -> str:
    return next(pick(item.text, language) for item in plan.rated_items if item.code == plan.rule.rate_item)


def _void(plan: SurveyPlan, result: Result, _: Gettext) -> str:
    rule = plan.rule
    parts = []
    if rule.void_same_over:
        parts.append(
            _("A ballot that gives one answer throughout for %(n)s units or more is void.", n=rule.void_same_over)
        )
    if rule.void_quota:
        parts.append(_("A ballot that breaks a quota is void."))
    if not parts:
        return _("No ballot is void.")
    stated = [void for void in result.void if void is not None]
    sentence = (
        _("Void: %(n)s.", n=sum(stated))
        if len(stated) == len(result.void)
        else _("Void: %(n)s, without groups with few ballots.", n=sum(stated))
    )
    return " ".join([*parts, sentence])


def _grades(plan: SurveyPlan, language: str, _: Gettext) -> str:
    rule = plan.rule
    parts = [" · ".join(f"{pick(grade.name, language)} ≥ {plain_number(grade.at)}" for grade in rule.grades)]
    for gate in rule.gates:
        grade = pick(rule.grades[gate.cap].name, language)
        if gate.kind == "rate":
            parts.append(
                _(
                    "With a satisfaction rate under %(n)s %% a unit gets at best “%(grade)s”.",
                    n=plain_number(gate.under),
                    grade=grade,
                )
            )
        else:
            parts.append(
                _(
                    "With a turnout under %(n)s %% a unit gets at best “%(grade)s”.",
                    n=plain_number(gate.under),
                    grade=grade,
                )
            )
    if rule.improve_under is not None:
        parts.append(
            _(
                "Of a unit whose satisfaction rate is under %(n)s %%, improvements are required.",
                n=plain_number(rule.improve_under),
            )
        )
    for quota in rule.quotas:
        grade = pick(rule.grades[quota.grade].name, language)
        share = plain_number(round(quota.share * 100, 9))
        if quota.kind == "at_most":
            parts.append(_("At most %(n)s %% of the units may get “%(grade)s” or better.", n=share, grade=grade))
        else:
            parts.append(_("At least %(n)s %% of the units must get “%(grade)s” or lower.", n=share, grade=grade))
    return ". ".join(parts) if len(parts) == 1 else parts[0] + ". " + " ".join(parts[1:])


def reliability_sentence(result: Result, _: Gettext) -> str:
    """What alpha and ICC say here, in plain words."""
    parts = []
    if result.alpha is not None:
        meaning = (
            _("the items measure much the same thing") if result.alpha >= 0.9
            else _("the items belong together") if result.alpha >= 0.7
            else _("the items measure different things, so look at them one by one")
        )  # fmt: skip
        parts.append(_("Cronbach's alpha %(value).3f: %(meaning)s.", value=result.alpha, meaning=meaning))
    if result.icc_single is not None and result.icc_average is not None:
        meaning = (
            _("the means tell the units apart well") if result.icc_average >= 0.75
            else _("the means tell the units apart roughly") if result.icc_average >= 0.5
            else _("the differences between units are mostly chance")
        )  # fmt: skip
        parts.append(_("ICC(1) %(single).3f, ICC(1,k) %(average).3f: %(meaning)s.",
                       single=result.icc_single, average=result.icc_average, meaning=meaning))  # fmt: skip
    return " ".join(parts) or _("There are too few ratings to say.")


def turnout_notes(report: Report, language: str, gettext: Gettext) -> list[str]:
    """Groups that fall short of the turnout that the survey requires, or whose turnout nobody knows."""
    _ = gettext
    notes = []
    for group, share in short_turnouts(report.plan, report.result.turnout):
        name, required = pick(group.text, language), plain_number(group.required_turnout or 0)
        notes.append(
            _("%(group)s: the required turnout of %(required)s %% cannot be checked, because the number of people is not "
              "known.", group=name, required=required)
            if share is None
            else _("%(group)s: turnout %(share)s %%, short of the required %(required)s %%.",
                   group=name, share=round_half_up(share), required=required)
        )  # fmt: skip
    return notes
