"""Tool results as sentences. Pure, and tolerant: a result may be any JSON."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from desktop.base import json_depth
from desktop.offline import arithmetic
from desktop.offline.text_normalization import spoken_duration, spoken_number

MONTHS = ("January February March April May June July August September October November December").split()
TIME_SERVERS = "__get_current_time"
"""How the name of an MCP server's tool for the time ends (`mcp-server-time`)."""
LONGEST = 300
"""Characters of an unknown result that are read out."""


INTERIM = {
    "running": "That takes a moment. I'll tell you when it's done.",
    "waiting for approval": "That waits for your approval: please look at the window.",
}
"""What a result says that stands for one that comes later, by its status."""
_ASIDE = "(Not the user's words.)"
_CAME = re.compile(
    r"The tool (?P<tool>[\w-]+) that you called earlier has ended\. Its result as JSON: (?P<result>.*)"
)


class DemoCall(msgspec.Struct, frozen=True):
    """A tool to call, with the facts needed later to speak its result."""

    tool: str
    arguments: dict[str, Any]
    topic: str = ""
    """The subject of the question: `date` or `time`, a place, a calculation, a duration."""


def spoken_result(call: DemoCall, result: Any) -> str:
    """A tool's result as a sentence."""
    if isinstance(result, dict) and result.get("status") in INTERIM:
        return INTERIM[result["status"]]
    if isinstance(result, dict) and result.get("error"):
        return f"I'm afraid that didn't work: {_failure(result['error'])}"
    tool = "get_time" if call.tool.endswith(TIME_SERVERS) else call.tool
    sentence = _REPORTERS[tool](call, result) if tool in _REPORTERS else None
    return sentence or _anything(result)


def spoken_aside(text: str) -> str | None:
    """What the program says of its tools, in a sentence for the user; None if these are the user's words."""
    if not text.startswith(_ASIDE):
        return None
    sentences = []
    for line in text.split("\n"):
        if found := _CAME.search(line):
            try:
                result = json_depth.decode(found["result"])
            except ValueError:
                continue
            sentences.append(spoken_result(DemoCall(found["tool"], {}), result))
    if sentences:
        return " ".join(sentences)
    return INTERIM["waiting for approval" if "approval" in text else "running"]


def _failure(error: Any) -> str:
    text = error.get("message", "") if isinstance(error, dict) else error
    return _sentence(str(text) or "the tool gave no reason")


def _sentence(text: str) -> str:
    text = " ".join(text.split())[:LONGEST].strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _anything(result: Any) -> str:
    if result in (None, "", [], {}):
        return "It's done."
    if isinstance(result, dict):
        pairs = [f"{key.replace('_', ' ')}: {_flat(value)}" for key, value in result.items()]
        return _sentence(f"The tool says: {'; '.join(pairs)}")
    return _sentence(f"The tool says: {_flat(result)}")


def _flat(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "nothing"}[value]
    if isinstance(value, int | float):
        return spoken_number(value)
    return " ".join(re.findall(r"[\w.]+", msgspec.json.encode(value).decode()))


def _time(call: DemoCall, result: Any) -> str | None:
    if not isinstance(result, dict):
        return None
    date = spoken_date(str(result.get("date") or result.get("datetime") or ""))
    weekday = str(result.get("weekday") or "")
    clock = spoken_clock(str(result.get("time") or result.get("datetime") or result.get("iso") or ""))
    if call.topic == "date" and (weekday or date):
        return f"Today is {', '.join(part for part in (weekday, date) if part)}."
    if clock is None:
        return None
    return f"In {call.topic} it's {clock}." if call.topic not in ("", "time", "date") else f"It's {clock}."


def spoken_clock(text: str) -> str | None:
    """The time of day in `15:04` or an ISO date-time in words: "3:04 PM"."""
    match = re.search(r"(?<!\d)([01]?\d|2[0-3]):([0-5]\d)", text)
    if match is None:
        return None
    hour, minute = int(match[1]), match[2]
    return f"{hour % 12 or 12}:{minute} {'AM' if hour < 12 else 'PM'}"


def spoken_date(text: str) -> str | None:
    """The date in `2026-11-22` in words: "November 22nd"."""
    match = re.search(r"\d{4}-(\d\d)-(\d\d)", text)
    if match is None or not 1 <= int(match[1]) <= 12:
        return None
    day = int(match[2])
    ending = "th" if 10 < day < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{MONTHS[int(match[1]) - 1]} {day}{ending}"


def _dice(call: DemoCall, result: Any) -> str | None:
    rolls = result
    if isinstance(result, dict):
        lists = [value for value in result.values() if isinstance(value, list)]
        rolls = lists[0] if lists else [v for v in result.values() if isinstance(v, int | float)][:1]
    elif isinstance(result, int):
        rolls = [result]
    if not isinstance(rolls, list) or not rolls or not all(isinstance(roll, int | float) for roll in rolls):
        return None
    numbers = [_flat(roll) for roll in rolls]
    if len(numbers) == 1:
        return f"You rolled {_article(numbers[0])} {numbers[0]}."
    total = _flat(sum(rolls))
    if len(numbers) > 6:
        return f"Your {len(numbers)} dice add up to {total}."
    with_articles = [f"{_article(roll)} {roll}" for roll in numbers]
    return f"You rolled {', '.join(with_articles[:-1])} and {with_articles[-1]}: {total} in all."


def _article(number: str) -> str:
    return "an" if number.startswith("8") or number in ("11", "18") else "a"


def _sum(call: DemoCall, result: Any) -> str | None:
    value = result
    if isinstance(result, dict):
        named = [result[name] for name in ("result", "value", "answer") if name in result]
        value = named[0] if named else next((v for v in result.values() if isinstance(v, int | float)), None)
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        return None
    calculation = arithmetic.Calculation(
        str(call.arguments.get("expression", "")), call.topic or "The result"
    )
    return arithmetic.spoken(calculation, number)


def _timer(call: DemoCall, result: Any) -> str | None:
    return f"All right: your timer will ring in {call.topic or spoken_duration(60)}."


def _page(call: DemoCall, result: Any) -> str | None:
    if isinstance(result, dict) and result.get("opened") is False:
        return f"I didn't open it: {_sentence(str(result.get('reason') or 'the tool gave no reason'))}"
    return f"I've opened {call.topic} in your browser."


_REPORTERS = {
    "get_time": _time,
    "roll_dice": _dice,
    "calculate": _sum,
    "set_timer": _timer,
    "open_url": _page,
}
