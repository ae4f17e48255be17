"""The points of a scale that comes without: a guess from the words of its answers, which is always said.

Which end is the better one is taken from the words where they tell it, else from numbers in them (more is better); where
neither does, the first answer is taken for the best. Where the words contradict their order, nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from surveys.inputs.problems import InputError, Problem
from surveys.inputs.translations import message_id
from surveys.inputs.values import plain_number

GUESSED = message_id(
    "The points are a guess, please look them over: %(points)s. Answers above 50 points count as satisfied."
)
UNCLEAR = message_id(
    "Which of these answers are better cannot be told from their words: %(words)s. Put them in order, the best first."
)
SEVERAL_OUTSIDE = message_id("A scale can have only one answer without points; here are several: %(words)s.")

RISING, FALLING, UNKNOWN = 1, -1, 0

_OUTSIDE = re.compile(
    r"(?:我)?(?:不|不太|不是很)(?P<stem>了解|清楚|知道|熟悉)(?:情况)?|不适用|不好说|说不清楚?|说不准|(?:无法|不便|不作|不做)(?:评价|回答|判断)|弃权|"
    r"dk|don'?t know|do not know|dont_know|unknown|no opinion|not applicable|n/a|not sure|unsure|(?:can'?t|cannot) say|"
    r"prefer not to (?:say|answer)|abstain(?:ed)?",
)

_ANY_OF_GOOD = (
    "满意|接受|同意|赞成|赞同|支持|认可|认同|好|优|良|强|高|多|快|明显|显著|及时|到位|充分|清楚|清晰|了解|熟悉|知道|符合|合格|及格|达标|胜任|称职|"
    "愿意|喜欢|信任|有效|有用|有帮助|重要|必要|可能|经常|总是|一直|每次|常常|通常|改善|进步|提高|提升|改进|增强|好转"
)
_GOOD = re.compile(_ANY_OF_GOOD)
_BAD = re.compile("差|坏|劣|糟|低|少|弱|慢|反对|拒绝|失望|不足|从不|从未|从来|恶化|退步|下降|减弱|困难")
_DENIED = re.compile(rf"(?:不|没有?|未|无|缺乏|缺少|欠)(?P<softly>太|很|大|怎么|够|甚|完全|是很)?(?:{_ANY_OF_GOOD})")
_NOT_BAD = re.compile("不错|不差|不坏|不低|不少|(?:没有?|无)(?:不满|问题|意见|困难)")
_TO_IMPROVE = re.compile("(?:待|需要?|应)(?:改进|提高|加强|提升|改善|完善|努力)")
_MIDDLE = re.compile(
    "一般般?|中|中立|中等|中间|普通|尚可|还可以|还行|还好|过得去|无所谓|说不上|差不多|马马虎虎|不好不坏|不高不低|不多不少|不一定|好坏参半|偶尔|"
    "有时候?|部分|部分同意|(?:基本)?(?:没有?|无)(?:明显)?变化?|基本?不变|持平"
)
_ALONE = {"是": 2, "有": 2, "会": 2, "能": 2, "对": 2, "上": 2, "否": -2, "无": -2, "没有": -2, "不是": -2, "不会": -2, "不能": -2,
          "错": -2, "不对": -2, "下": -2, "中上": 1, "中下": -1, "优": 3, "优秀": 3, "合格": 1, "及格": 1, "达标": 1}  # fmt: skip
_MORE = re.compile("非常|十分|极|最|很|完全|特别|高度|强烈|绝对|相当|太")
_LESS = re.compile("比较|较|基本|稍|略|有点|有些|还算|尚|勉强|大致|一般|有所")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BAD_WORDS = _words(
    "disagree dissatisfied unsatisfied unsatisfactory unhappy poor poorly bad badly terrible awful horrible worst worse never "
    "rarely seldom unimportant unlikely difficult hard low dislike oppose opposed against false no none negative unclear "
    "ineffective unhelpful useless inadequate weak unacceptable insufficient fail failed below disappointed disappointing "
    "unfavorable unfavourable decreased hate incompetent unsafe little few declined slow"
)
_GOOD_WORDS = _words(
    "agree satisfied satisfactory happy good great excellent outstanding superb best better well always often frequently "
    "usually important likely easy high like support favor favour true yes positive clear effective helpful useful adequate "
    "strong acceptable sufficient pass passed above pleased favorable favourable improved love competent safe much many "
    "perfect essential fast"
)
_MIDDLE_WORDS = _words(
    "neutral neither average fair ok okay moderate sometimes occasionally undecided mixed medium partly same unchanged"
)
_MORE_WORDS = _words(
    "very strongly extremely completely totally highly absolutely definitely fully most entirely excellent"
)
_LESS_WORDS = _words("fairly somewhat slightly rather quite partly partially just moderately bit mildly tend")
_STARS = {word: number for number, word in enumerate("一二三四五", 1)}


def outside_of(words: Sequence[Iterable[str]], row: int | None = None) -> int | None:
    """The position of the answer that is outside the order, such as "don't know"; an answer may have several words.

    Raises InputError where there are several.
    """
    every = [[_folded(word) for word in of_one] for of_one in words]
    found = [at for at in range(len(every)) if any(_is_outside(word, every, at) for word in every[at])]
    if len(found) > 1:
        named = ", ".join(next(iter(words[at])) for at in found)
        raise InputError(Problem(SEVERAL_OUTSIDE, "", row, words=named[:200]))
    return found[0] if found else None


def _is_outside(word: str, every: list[list[str]], at: int) -> bool:
    found = _OUTSIDE.fullmatch(word)
    stem = found["stem"] if found else None
    # "很了解, 了解, 不了解": there it is an answer like the others.
    others = (other for place, of_one in enumerate(every) if place != at for other in of_one)
    return found is not None and not (stem and any(stem in other for other in others))


def is_level(word: str) -> bool:
    """Whether a word says how good something is, or that somebody does not know."""
    return _worth(word) is not None or _OUTSIDE.fullmatch(_folded(word)) is not None


def guess_points(words: Sequence[Sequence[str]], row: int | None = None) -> list[float]:
    """Points from 0 to 100 for answers in their order; each has its words in one or several languages.

    Raises InputError: their words contradict the order.
    """
    ways = {way for way in map(direction, zip(*_same_number(words), strict=True)) if way != UNKNOWN}
    if len(ways) > 1 or None in ways:
        raise InputError(Problem(UNCLEAR, "", row, words=", ".join(of_one[0] for of_one in words)[:200]))
    points = [round(100 * at / (len(words) - 1), 2) for at in range(len(words))]
    return points if RISING in ways else points[::-1]


def _same_number(words: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """The words of each answer, as many as the one with the fewest has."""
    least = min(map(len, words))
    return [of_one[:least] for of_one in words]


def points_said(row: int, levels: Iterable[tuple[str, float]], where: str = "") -> Problem:
    """The remark that says which points were guessed."""
    return Problem(GUESSED, where, row, points=", ".join(f"{word} = {plain_number(worth)}" for word, worth in levels))


def direction(words: Sequence[str]) -> int | None:
    """RISING where the answers go from bad to good, FALLING where from good to bad, UNKNOWN where nothing tells it.

    None: the words contradict their order.
    """
    known = [(at, worth) for at, worth in enumerate(map(_worth, words)) if worth is not None]
    if len(known) == 1 and known[0][1]:
        at, worth = known[0]
        if at in (0, len(words) - 1):
            return RISING if (worth > 0) == (at > 0) else FALLING
    signs = [(worth > 0) - (worth < 0) for _, worth in known]
    if signs not in (sorted(signs), sorted(signs, reverse=True)):
        return None
    if len(known) > 1 and known[0][1] != known[-1][1]:
        return RISING if known[-1][1] > known[0][1] else FALLING
    return _by_numbers(words)


def _by_numbers(words: Sequence[str]) -> int:
    numbers = [_number(_folded(word)) for word in words]
    if len(numbers) < 2 or None in numbers:
        return UNKNOWN
    plain = [number for number in numbers if number is not None]
    if len(set(plain)) < len(plain) or plain not in (sorted(plain), sorted(plain, reverse=True)):
        return UNKNOWN
    return RISING if plain[-1] > plain[0] else FALLING


def _number(word: str) -> int | None:
    found = re.match(r"[0-9]{1,3}", word) or re.search(r"[0-9]{1,3}(?=(?:分|星|points?|stars?)?$)", word)
    if found:
        return int(found[0])
    return _STARS.get(word[0]) if re.fullmatch("[一二三四五]星级?", word) else None


def _folded(word: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", word[:100]).replace("’", "'").casefold().split())


def _worth(word: str) -> float | None:
    """How good an answer sounds, from -3 to 3; None where its words do not tell it, or say both."""
    text = re.sub(r"^[0-9]+\s*(?:分|星)?[\s.,:=、：-]*|[\s(]*[0-9]+\s*分?\)?$", "", _folded(word))
    chinese = _worth_in_chinese("".join(re.findall("[\u3400-\u9fff]", text)))
    english = _worth_in_english(re.findall("[a-z]+", text.replace("'", "")))
    if chinese is None or english is None:
        return english if chinese is None else chinese
    return chinese if chinese * english > 0 or chinese == english else None


def _worth_in_chinese(text: str) -> float | None:
    if not text:
        return None
    if text in _ALONE:
        return _ALONE[text]
    if _MIDDLE.fullmatch(text):
        return 0
    strength = 3 if _MORE.match(text) else 1 if _LESS.match(text) else 2
    if _NOT_BAD.search(text):
        return strength
    if _TO_IMPROVE.search(text):
        return -1
    denied = _DENIED.search(text)
    if denied:
        return -1 if denied["softly"] else -strength
    is_good, is_bad = bool(_GOOD.search(text)), bool(_BAD.search(text))
    if is_good == is_bad:
        return None
    return strength if is_good else -strength


def _worth_in_english(words: list[str]) -> float | None:
    given = set(words)
    strength = 3 if given & _MORE_WORDS else 1 if given & _LESS_WORDS else 2
    if "neither" in given:
        return 0
    if "not" in given:
        if given & _BAD_WORDS:
            return 1
        return -strength if given & _GOOD_WORDS or words == ["not", "at", "all"] else None
    if given & {"above", "below"} and "average" in given:
        return 1 if "above" in given else -1
    is_good, is_bad = bool(given & _GOOD_WORDS), bool(given & _BAD_WORDS)
    if is_good != is_bad:
        return strength if is_good else -strength
    return 0 if not is_good and given & _MIDDLE_WORDS else None
