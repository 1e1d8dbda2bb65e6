"""The offline demo's dialogue: rules over plain text. Pure; the same question gets the same response.

`respond` first looks for things to do with a tool (several in one sentence are several calls), then for
talk. A tool is only called if the client has one of that name, with the arguments of its schema.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from desktop.offline import arithmetic, phrases
from desktop.offline.text_normalization import duration, plain, respelled, spoken_duration
from desktop.offline.tool_results import (
    TIME_SERVERS,
    DemoCall,
    spoken_aside,
    spoken_clock,
    spoken_date,
)
from desktop.protocol.commands import ToolDefinition

LONGEST_ECHO = 2_000
"""Characters of a question that are used; the rest is dropped."""
LONGEST_QUESTION = 500
"""Characters the rules look at; comparing words takes 2 ms for a hundred characters."""


class DialogueContext(msgspec.Struct, frozen=True):
    """What a response depends on in addition to the question: local time, tools, earlier turns."""

    now: datetime
    tools: Sequence[ToolDefinition] = ()
    last_answer: str = ""
    last_question: str = ""

    def schema(self, tool: str) -> dict[str, Any] | None:
        """The arguments the client's tool of that name takes; None if there is no such tool."""
        for definition in self.tools:
            if definition.name == tool:
                properties = definition.parameters.get("properties")
                return properties if isinstance(properties, dict) else {}
        return None


class DemoResponse(msgspec.Struct, frozen=True):
    """A response: words, or tools to call first."""

    text: str = ""
    calls: tuple[DemoCall, ...] = ()


def respond(question: str, context: DialogueContext) -> DemoResponse:
    """The response to what the user said or typed."""
    if aside := spoken_aside(question):
        return DemoResponse(aside)
    question = question.strip()[:LONGEST_ECHO]
    echo = _ECHO.match(question)
    if echo and not _AGAIN.search(plain(question)):
        return DemoResponse(_as_sentence(echo["words"]))
    text = respelled(plain(question[:LONGEST_QUESTION]), _VOCABULARY)
    if not text:
        return DemoResponse(phrases.NOT_HEARD)
    done = [response for rule in _TOOL_RULES if (response := rule(text, context)) is not None]
    if done:
        calls = tuple(call for response in done for call in response.calls)
        # With tools to call, ready texts are left out: they would come before the results.
        return (
            DemoResponse(calls=calls) if calls else DemoResponse(" ".join(response.text for response in done))
        )
    return DemoResponse(_talk(text, context))


def nudge(context: DialogueContext) -> str:
    """The response when the user has said nothing."""
    return phrases.LISTENING if context.last_answer else phrases.GREETING


_ECHO = re.compile(
    r"(?:please[, ]+)?(?:can you |could you )?(?:repeat after me|say after me|(?:repeat|say)(?! after me))\b"
    r"(?P<words>[^\w].*\w.*)$",
    re.IGNORECASE | re.DOTALL,
)
_AGAIN = re.compile(r"^(please )?((can|could) you )?(say|repeat) (that|it|the last)\b|\b(once more|again)$")


def _as_sentence(words: str) -> str:
    words = words.strip(" ,.:;-\"'\n")
    return f"{words[0].upper()}{words[1:]}" + ("" if words.endswith(("?", "!")) else ".")


def _arguments(schema: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in schema and value is not None}


_ZONES = {
    "tokyo": "Asia/Tokyo",
    "london": "Europe/London",
    "paris": "Europe/Paris",
    "berlin": "Europe/Berlin",
    "madrid": "Europe/Madrid",
    "rome": "Europe/Rome",
    "stockholm": "Europe/Stockholm",
    "new york": "America/New_York",
    "chicago": "America/Chicago",
    "los angeles": "America/Los_Angeles",
    "san francisco": "America/Los_Angeles",
    "sydney": "Australia/Sydney",
    "beijing": "Asia/Shanghai",
    "delhi": "Asia/Kolkata",
    "dubai": "Asia/Dubai",
}
_DATE = re.compile(
    r"\b(what|which) (day|date|is the (day|date)|is todays? date)\b|\btodays date\b|\bthe date\b"
)
_TIME = re.compile(
    r"\b(what|which) (is the |is the current |the )?time\b|\bthe time\b|\bcurrent time\b|\btime is it\b"
    r"|\bhow late is it\b|\bwhat oclock\b|^time( please)?$"
)


def _time(text: str, context: DialogueContext) -> DemoResponse | None:
    about_date = bool(_DATE.search(text))
    if not about_date and not _TIME.search(text):
        return None
    place = next((city for city in _ZONES if re.search(rf"\bin {city}\b", text)), "")
    # A time server that the user has added was added to be asked.
    added = (tool.name for tool in context.tools if tool.name.endswith(TIME_SERVERS))
    tool = next(added, "get_time") if place else "get_time"
    schema = context.schema(tool)
    if schema is not None and (not place or "timezone" in schema):
        topic = "date" if about_date else place.title() or "time"
        zone = _ZONES[place] if place else None
        return DemoResponse(calls=(DemoCall(tool, _arguments(schema, timezone=zone), topic),))
    if place:
        return DemoResponse(phrases.NO_ZONES)
    if about_date:
        return DemoResponse(f"Today is {spoken_date(context.now.date().isoformat())}.")
    return DemoResponse(f"It's {spoken_clock(context.now.strftime('%H:%M'))}.")


_DICE = re.compile(r"\b(dice|die|d ?\d+|\d+ ?d ?\d+)\b")
_ROLL = re.compile(r"\b(roll|role|rolled|rolling|throw|toss|cast)\b")


def _dice(text: str, context: DialogueContext) -> DemoResponse | None:
    if not (_DICE.search(text) and _ROLL.search(text)) and not re.search(r"\b\d+ ?d ?\d+\b", text):
        return None
    schema = context.schema("roll_dice")
    if schema is None:
        return DemoResponse(phrases.NO_DICE)
    sides = re.search(r"\b(\d+) ?(?:sided|sides|faces)\b|\b\d* ?d ?(\d+)\b", text)
    # "to dice" is how "two dice" is often heard; "a couple of dice" is two.
    count = re.search(r"\b(\d+) (?:\d+ sided |more )?(?:dice|die)\b|\b(\d+) ?d ?\d+\b", text)
    number = int(count[1] or count[2]) if count else None
    if number is None and re.search(r"\b(to|too|couple of|pair of) dice\b", text):
        number = 2
    values = _arguments(schema, sides=int(sides[1] or sides[2]) if sides else None, count=number)
    return DemoResponse(calls=(DemoCall("roll_dice", values),))


def _timer(text: str, context: DialogueContext) -> DemoResponse | None:
    named = duration(text)
    asked = re.search(r"\b(timer|remind me|reminder|alarm|wake me|countdown)\b", text)
    # A bare duration is the answer to "for how long?".
    bare = named and context.last_answer == phrases.HOW_LONG
    if not asked and not bare:
        return None
    schema = context.schema("set_timer")
    if schema is None:
        return DemoResponse(phrases.NO_TIMER)
    if named is None:
        return DemoResponse(phrases.HOW_LONG)
    seconds, rest = named
    if seconds > phrases.LONGEST_TIMER_S:
        return DemoResponse(phrases.TOO_LONG)
    whole = max(1, round(seconds))
    label = re.search(r"\bremind me (?:in )?(?:to|about|that) (.+)$|\btimer for (?:the )?([a-z ]+)$", rest)
    name = (label[1] or label[2]).strip()[:100] if label else None
    return DemoResponse(
        calls=(DemoCall("set_timer", _arguments(schema, seconds=whole, label=name), spoken_duration(whole)),)
    )


def _sum(text: str, context: DialogueContext) -> DemoResponse | None:
    found = arithmetic.find(text)
    if found is None:
        return None
    schema = context.schema("calculate")
    if schema is not None and "expression" in schema:
        return DemoResponse(calls=(DemoCall("calculate", {"expression": found.expression}, found.spoken),))
    try:
        return DemoResponse(arithmetic.spoken(found, arithmetic.work_out(found.expression)))
    except ValueError:
        return DemoResponse(phrases.NO_SUM)


# "open" is sometimes recognised as one word with what follows: "Openexample.com".
_PAGE = re.compile(r"\b(?:open ?|go to |show me |visit )(?:the )?(?:page |website |site )?(?P<name>.+)$")
_DOMAIN = re.compile(r"(?<![a-z0-9.-])[a-z0-9-]++(\.[a-z0-9-]++)*\.[a-z]{2,}")


def _page(text: str, context: DialogueContext) -> DemoResponse | None:
    match = _PAGE.search(text)
    if match is None:
        return None
    # The dots of a domain are spoken, or were lost with the other punctuation.
    name = re.sub(r" ?\bdot\b ?", ".", match["name"])
    name = re.sub(r" (com|org|net|ai|io|eu|de|co)$", r".\1", name)
    name = name.replace(" ", "")
    if not _DOMAIN.fullmatch(name):
        return None
    schema = context.schema("open_url")
    if schema is None or "url" not in schema:
        return DemoResponse(phrases.NO_BROWSER)
    return DemoResponse(calls=(DemoCall("open_url", {"url": f"https://{name}"}, name),))


_TOOL_RULES: tuple[Callable[[str, DialogueContext], DemoResponse | None], ...] = (
    _time,
    _dice,
    _timer,
    _sum,
    _page,
)


def _count(text: str) -> str | None:
    match = re.search(r"\bcount (?:up )?(?:from 1 )?(?:to|till|until) (\d+)", text)
    if match is None:
        return None
    last = int(match[1])
    if not 1 <= last <= 30:
        return "I count from one to thirty at most."
    return f"{', '.join(str(number) for number in range(1, last + 1))}."


_TALK: tuple[tuple[str, str], ...] = (
    (r"^(stop|quiet|be quiet|shut up|silence|never ?mind|cancel|enough|forget it)\b", phrases.STOP),
    (r"\bstory\b", phrases.STORY),
    (r"\bjoke\b", phrases.JOKE),
    (r"\b(help|what can you do|what can i (say|ask)|your abilities|what do you know)\b", ""),
    (r"\b(who|what) (are|is) (you|this)\b|\bare you (an? )?(ai|robot|human|real|model|demo)\b", phrases.WHO),
    (r"\byour name\b|\bwhat are you called\b", phrases.NAME_ASKED),
    (r"\b(can|do) you (hear|understand) me\b|\btesting\b|^(mic(rophone)? )?test\b", phrases.HEARD),
    (r"\bweather\b|\btemperature\b|\bnews\b", phrases.WEATHER),
    (r"\bhow are you\b|\bhow is it going\b|\bhow do you do\b", phrases.HOW),
    (r"\b(thanks|thank you|thank)\b", phrases.THANKS),
    (r"\b(goodbye|good bye|bye|see you|good night|goodnight|godby)\b", phrases.BYE),
    (r"\b(hello|hi|hey|good morning|good afternoon|good evening|greetings)\b", phrases.GREETING),
    (r"^(please )?(repeat|say) after me$|^(repeat|say)$", phrases.WHAT_TO_REPEAT),
)

# Whole sentences, as a last resort: the text may be close to one of these.
_EXAMPLES = {
    "tell me a story": phrases.STORY,
    "tell me a joke": phrases.JOKE,
    "what can you do": "",
    "who are you": phrases.WHO,
    "how are you": phrases.HOW,
    "can you hear me": phrases.HEARD,
    "thank you very much": phrases.THANKS,
    "good morning": phrases.GREETING,
}

_VOCABULARY = frozenset(
    "time date today timer dice roll throw minus plus times divided square root percent story joke help "
    "hello thanks goodbye repeat again open weather count minute minutes second seconds hour hours "
    "remind reminder alarm morning evening what tell sided".split()
)


def _talk(text: str, context: DialogueContext) -> str:
    if _AGAIN.search(text):
        return context.last_answer or phrases.NOTHING_SAID
    if re.search(r"\bwhat did i (just )?say\b", text):
        return (
            f"You said: {_as_sentence(context.last_question)}" if context.last_question else phrases.NOT_HEARD
        )
    counted = _count(text)
    if counted:
        return counted
    for pattern, phrase in _TALK:
        if re.search(pattern, text):
            return phrase or _help(context)
    near = difflib.get_close_matches(text, _EXAMPLES, n=1, cutoff=0.78)
    if near:
        return _EXAMPLES[near[0]] or _help(context)
    return phrases.NO_RULE


def _help(context: DialogueContext) -> str:
    return phrases.abilities({tool.name for tool in context.tools})
