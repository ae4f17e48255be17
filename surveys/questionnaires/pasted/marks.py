"""Marks such as [单选题], （必填）or * that say what kind a question is and whether it must be answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

KINDS = {
    "单选": "choice", "单项选择": "choice", "下拉": "choice", "判断": "choice", "多选": "multi", "多项选择": "multi", "不定项": "multi",
    "填空": "text", "简答": "text", "问答": "text", "单行文本": "text", "多行文本": "text", "排序": "ranking", "数字": "number", "数值": "number",
    "日期": "date", "时间": "date", "矩阵": "matrix", "量表": "scale", "评分": "scale", "打分": "scale", "说明": "note", "段落": "note",
}  # fmt: skip
_WORD = "|".join(KINDS)
_MARK = re.compile(r"\s?\s?[\[［【(（](?P<words>[^\[［【(（\]］】)）]{1,20})[\]］】)）]\s?\s?")
_PLAIN_MARK = re.compile(rf"(?:{_WORD}|题|可|必填|必答|必选|选填|选答|可不填|非必|[,，、/\s])+")
"""What round brackets hold where they are a mark: "(可多选)". "(请说明原因)" belongs to the question."""
_NO_KIND = re.compile("题$|滑动|上传|签名|比重|表格|绘图|定位|级联|商品")
"""What square brackets hold where they name a kind that there is not here."""
_UNDERSTOOD = re.compile(rf"{_WORD}|单项|多项|可|NPS|题型?|必填|必答|必选|选填|选答|不填|非必|[,，、/\s*:：]")
_REQUIRED, _OPTIONAL = re.compile("必填|必答|必选"), re.compile("选填|选答|可不填|非必")
LIMIT = re.compile(r"最[多少]|至[多少]|限[选填]|不超过")
"""How many answers may be ticked, which is not checked here."""


@dataclass
class Marked:
    """A text without its marks, and what they say."""

    text: str
    kind: str = ""
    matrix: bool = False
    required: bool | None = None
    unknown: str = ""
    """A mark that names a kind that there is not here."""
    left_out: list[str] = field(default_factory=list)
    """Marks of which only the kind was understood."""


def read_marks(text: str) -> Marked:
    """A text with the marks in it read."""
    found = Marked(text)
    for mark in _MARK.finditer(text):
        _read_mark(found, mark)
    found.text = found.text.strip()
    bare = found.text.strip("*＊").strip()
    if bare != found.text:
        found.text, found.required = bare, True
    return found


def _read_mark(found: Marked, mark: re.Match[str]) -> None:
    words, is_round = mark["words"], mark[0].strip()[0] in "(（"
    if is_round and not _PLAIN_MARK.fullmatch(words):
        return
    kind = next((kind for word, kind in KINDS.items() if word in words and kind != "matrix"), "")
    is_matrix = "矩阵" in words
    is_required, is_optional = _REQUIRED.search(words), _OPTIONAL.search(words)
    if (kind or is_matrix or is_required or is_optional) and not LIMIT.search(words):
        found.text = found.text.replace(mark[0], " ", 1)
        if _UNDERSTOOD.sub("", words):
            found.left_out.append(words)
    if not is_round and _NO_KIND.search(words) and (not kind or re.search("滑动|上传|表格", words)):
        found.unknown = "" if words.endswith("矩阵题") else words
    found.matrix = found.matrix or is_matrix
    found.kind = found.kind or kind
    found.required = True if is_required else False if is_optional else found.required


def is_only_marks(text: str) -> bool:
    """Whether a line holds marks and nothing else: "[多选题] *"."""
    found = read_marks(text)
    says = found.kind or found.matrix or found.required is not None or found.unknown
    return bool(says) and not _MARK.sub("", text).strip("*＊ ")


def kind_of_part(title: str) -> str:
    """The kind of the questions under a heading that names nothing else: "多选题"; empty for another heading."""
    return read_marks(f"[{title}]").kind if title and is_only_marks(f"[{title}]") else ""


def names_kind(text: str) -> bool:
    """Whether a text has a mark that says which kind of question it is."""
    found = read_marks(text)
    return bool(found.kind or found.matrix)
