"""Schemes ready to use, as plain data (scheme.py reads them)."""

from __future__ import annotations

from typing import Any

from surveys.campaigns.rule_file import FIVE_GOODS
from surveys.inputs.translations import message_id

_OWN = {"code": "own", "name": {"zh": "自评", "en": "Own score"}, "weight": 20, "kind": "own"}
_SURVEY = {"code": "survey", "name": {"zh": "群众测评", "en": "Survey"}, "weight": 30, "kind": "survey"}
_CHECK = {"code": "check", "name": {"zh": "考核组评价", "en": "Check group"}, "weight": 50, "kind": "typed"}
_WHOLE = {"code": "overall", "name": {"zh": "总体", "en": "Overall"}, "maximum": 100}

_INDICATORS = [
    ("leadership", "班子建设", "Leadership", 15),
    ("members", "党员队伍", "Members", 15),
    ("meetings", "组织生活", "Meetings and study", 15),
    ("mechanism", "制度执行", "Rules kept", 15),
    ("performance", "工作实绩", "Work done", 20),
    ("improvement", "问题整改", "Faults mended", 10),
]

_LEADS = [
    ("learning", "带头学习提高", "Leads in learning"),
    ("results", "带头争创佳绩", "Leads in results"),
    ("service", "带头服务群众", "Leads in service"),
    ("law", "带头遵纪守法", "Leads in keeping the law"),
    ("integrity", "带头弘扬正气", "Leads in integrity"),
]

PRESETS: dict[str, dict[str, Any]] = {
    "five_goods": {
        "criteria": [
            {"code": code, "name": good["name"], "maximum": 20, "uses": ["survey" if good.get("survey") else "committee"]}
            for code, good in zip(
                ("leadership", "members", "mechanism", "performance", "response"), FIVE_GOODS, strict=True
            )
        ],
        "sources": [
            {"code": "committee", "name": {"zh": "评定委员会", "en": "Committee"}, "weight": 100, "kind": "typed"},
            {**_SURVEY, "weight": 100},
        ],
        "grades": "quality",
    },
    "five_leads": {
        "criteria": [
            {"code": code, "name": {"zh": zh, "en": en}, "maximum": 20,
             "uses": ["survey" if code == "service" else "committee"]}
            for code, zh, en in _LEADS
        ],
        "sources": [
            {"code": "committee", "name": {"zh": "评定委员会", "en": "Committee"}, "weight": 100, "kind": "typed"},
            {**_SURVEY, "weight": 100},
        ],
        "grades": "quality",
    },
    "indicators2012": {
        "criteria": [
            *({"code": code, "name": {"zh": zh, "en": en}, "maximum": maximum, "uses": ["own", "check"]}
              for code, zh, en, maximum in _INDICATORS),
            {"code": "response", "name": {"zh": "群众评价", "en": "Public response"}, "maximum": 10, "uses": ["survey"]},
        ],
        "sources": [_OWN, _SURVEY, {**_CHECK, "name": {"zh": "上级评价", "en": "Assessment from above"}}],
        "grades": "grading2012",
        "gates": [{"rate_under": 90, "cap": 2}],
    },
    "by_source": {
        "criteria": [_WHOLE],
        "sources": [_OWN, _SURVEY, _CHECK],
        "grades": "grading2012",
        "gates": [{"rate_under": 90, "cap": 2}],
    },
    "judges2025": {
        "criteria": [_WHOLE],
        "sources": [
            {
                "code": "judges", "name": {"zh": "述职评委", "en": "Judges"}, "weight": 50, "kind": "judges",
                "judges": ["评委1", "评委2", "评委3"],
            },
            {**_SURVEY, "name": {"zh": "综合评议", "en": "Overall evaluation"}, "weight": 50},
        ],
        "grades": "grading2012",
        "quotas": [{"at_least": 0.15, "grade": 1}],
    },
}  # fmt: skip

PRESET_NAMES = {
    "five_goods": message_id("Five goods, 20 points each: four typed in, the last from the survey"),
    "five_leads": message_id("Five leads of nominees, 20 points each: service from the survey, the others typed in"),
    "indicators2012": message_id(
        "Seven indicators of 2012, 100 points: own score and assessment from above, the last from the survey"
    ),
    "by_source": message_id("By source: own score 20, survey 30, check group 50"),
    "judges2025": message_id("Judges 50, overall evaluation 50; at least 15 percent not in the best grade"),
}
