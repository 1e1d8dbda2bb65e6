from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from desktop.offline import dialogue_rules, phrases
from desktop.offline.dialogue_rules import DemoResponse, DialogueContext, respond
from desktop.protocol.commands import ToolDefinition
from tests.offline.client import TOOLS

ALL = tuple(ToolDefinition(tool["name"], "", tool["parameters"]) for tool in TOOLS)
NOON = datetime(2026, 11, 22, 12, 5)
WITH_TOOLS = DialogueContext(NOON, ALL)
BARE = DialogueContext(NOON)


@pytest.mark.parametrize(
    ("question", "tool", "arguments"),
    [
        ("What time is it?", "get_time", {}),
        ("What's the time", "get_time", {}),
        ("Tell me the time, please.", "get_time", {}),
        ("What time is it in Tokyo?", "get_time", {"timezone": "Asia/Tokyo"}),
        ("what time is it in new york", "get_time", {"timezone": "America/New_York"}),
        ("What day is it today?", "get_time", {}),
        ("What is the date?", "get_time", {}),
        ("What is the tiime", "get_time", {}),
        ("Roll the dice", "roll_dice", {}),
        ("Roll two dice please", "roll_dice", {"count": 2}),
        ("Roll to dice.", "roll_dice", {"count": 2}),
        ("Role a die", "roll_dice", {}),
        ("Throw three dice.", "roll_dice", {"count": 3}),
        ("Roll a twenty-sided die.", "roll_dice", {"sides": 20}),
        ("Roll 3d6", "roll_dice", {"sides": 6, "count": 3}),
        ("roll three 12 sided dice", "roll_dice", {"sides": 12, "count": 3}),
        ("What is twelve times seven?", "calculate", {"expression": "12 * 7"}),
        ("Set a timer for two minutes.", "set_timer", {"seconds": 120}),
        ("Start a 30-second timer", "set_timer", {"seconds": 30}),
        (
            "Remind me in ten minutes to check the oven.",
            "set_timer",
            {"seconds": 600, "label": "check the oven"},
        ),
        ("set a five minute timer for the tea", "set_timer", {"seconds": 300, "label": "tea"}),
        ("Open example dot com.", "open_url", {"url": "https://example.com"}),
        ("Openexample.com", "open_url", {"url": "https://example.com"}),
        ("Open the door", None, {}),
        ("open the website opper.ai", "open_url", {"url": "https://opper.ai"}),
    ],
)
def test_what_calls_a_tool(question: str, tool: str | None, arguments: dict[str, Any]) -> None:
    calls = respond(question, WITH_TOOLS).calls

    assert [(call.tool, call.arguments) for call in calls] == ([(tool, arguments)] if tool else [])


def test_one_sentence_can_call_several_tools() -> None:
    response = respond("What time is it, and roll two dice, and what is two plus two?", WITH_TOOLS)

    assert [call.tool for call in response.calls] == ["get_time", "roll_dice", "calculate"]


def test_arguments_the_clients_tool_does_not_take_are_left_out() -> None:
    plain_dice = ToolDefinition("roll_dice", "", {"type": "object", "properties": {"sides": {}}})

    assert respond("Roll two d8", DialogueContext(NOON, (plain_dice,))).calls[0].arguments == {"sides": 8}


def test_a_schema_without_properties_is_a_tool_without_arguments() -> None:
    clock = ToolDefinition("get_time", "", {})

    assert respond("What time is it?", DialogueContext(NOON, (clock,))).calls[0].arguments == {}
    assert respond("What time is it in Tokyo?", DialogueContext(NOON, (clock,))) == DemoResponse(
        phrases.NO_ZONES
    )


@pytest.mark.parametrize(
    ("question", "spoken"),
    [
        ("What time is it?", "It's 12:05 PM."),
        ("What's the date today?", "Today is November 22nd."),
        ("What time is it in Paris?", phrases.NO_ZONES),
        ("What is twelve times seven?", "12 times 7 is 84."),
        ("What is one divided by zero?", phrases.NO_SUM),
        ("Roll two dice", phrases.NO_DICE),
        ("Set a timer for two minutes", phrases.NO_TIMER),
        ("Open example.com", phrases.NO_BROWSER),
    ],
)
def test_without_tools_it_is_honest(question: str, spoken: str) -> None:
    assert respond(question, BARE) == DemoResponse(spoken)


@pytest.mark.parametrize(
    ("question", "spoken"),
    [
        ("Hello there.", phrases.GREETING),
        ("Hi", phrases.GREETING),
        ("Good morning!", phrases.GREETING),
        ("Thank you very much.", phrases.THANKS),
        ("Good-bye.", phrases.BYE),
        ("Godby", phrases.BYE),
        ("Who are you?", phrases.WHO),
        ("Are you an AI?", phrases.WHO),
        ("What's your name?", phrases.NAME_ASKED),
        ("Can you hear me?", phrases.HEARD),
        ("How are you", phrases.HOW),
        ("Tell me a story.", phrases.STORY),
        ("Tell me a storry", phrases.STORY),
        ("Tell me a joke", phrases.JOKE),
        ("What's the weather like?", phrases.WEATHER),
        ("Never mind.", phrases.STOP),
        ("Stop.", phrases.STOP),
        ("Set a timer", phrases.HOW_LONG),
        ("Set a timer for thirty hours", phrases.TOO_LONG),
        ("Count to five", "1, 2, 3, 4, 5."),
        ("Count to ninety", "I count from one to thirty at most."),
        ("Explain the theory of relativity", phrases.NO_RULE),
        ("", phrases.NOT_HEARD),
        ("...", phrases.NOT_HEARD),
    ],
)
def test_talk(question: str, spoken: str) -> None:
    assert respond(question, WITH_TOOLS) == DemoResponse(spoken)


@pytest.mark.parametrize(
    ("question", "spoken"),
    [
        ("Repeat after me, the quick brown fox.", "The quick brown fox."),
        ("Please say hello to my friend Anna!", "Hello to my friend Anna!"),
        ("Repeat: what is two plus two?", "What is two plus two?"),
        ("Say after me: one", "One."),
        ("Repeat after me", phrases.WHAT_TO_REPEAT),
    ],
)
def test_it_repeats_what_it_is_told(question: str, spoken: str) -> None:
    assert respond(question, WITH_TOOLS) == DemoResponse(spoken)


@pytest.mark.parametrize(
    "question", ["Say that again.", "Repeat that, please", "Can you say it once more?", "Again!"]
)
def test_it_repeats_its_last_answer(question: str) -> None:
    assert respond(question, DialogueContext(NOON, ALL, "It's noon.")) == DemoResponse("It's noon.")
    assert respond(question, WITH_TOOLS) == DemoResponse(phrases.NOTHING_SAID)


def test_it_knows_what_was_said_last() -> None:
    context = DialogueContext(NOON, ALL, "It's noon.", "what time is it?")

    assert respond("What did I just say?", context) == DemoResponse("You said: What time is it?")


def test_a_bare_duration_answers_the_question_for_how_long() -> None:
    assert respond("Two minutes.", DialogueContext(NOON, ALL, phrases.HOW_LONG)).calls[0].arguments == {
        "seconds": 120
    }
    assert respond("Two minutes.", WITH_TOOLS) == DemoResponse(phrases.NO_RULE)


def test_help_names_what_there_is() -> None:
    everything = respond("What can you do?", WITH_TOOLS).text
    little = respond("help", BARE).text

    assert "roll two dice" in everything
    assert "timer" in everything
    assert "roll two dice" not in little
    assert "twelve times seven" in little


def test_it_never_claims_to_be_a_model() -> None:
    for text in (phrases.GREETING, phrases.WHO, respond("help", BARE).text, phrases.NO_RULE):
        assert "demo" in text


def test_the_story_is_long_enough_to_be_interrupted() -> None:
    # 15 characters a second is a brisk reader.
    assert len(phrases.STORY) / 15 > 20


def test_a_nudge_greets_first_and_listens_later() -> None:
    assert dialogue_rules.nudge(WITH_TOOLS) == phrases.GREETING
    assert dialogue_rules.nudge(DialogueContext(NOON, ALL, "It's noon.")) == phrases.LISTENING


def test_very_long_questions_are_cut() -> None:
    spoken = respond("say " + "la " * 100_000, BARE).text

    assert len(spoken) <= dialogue_rules.LONGEST_ECHO
    assert respond("word " * 100_000, BARE) == DemoResponse(phrases.NO_RULE)
