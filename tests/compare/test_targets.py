"""Targets from lines, sweeps, and their order."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.compare.targets import MOST_TARGETS, Target, TargetError, checked, in_order, targets_of
from desktop.conversation.session_config import session_config
from desktop.protocol import catalog
from desktop.settings.schema import Settings

OPENAI, XAI, GEMINI = (
    "openai/gpt-realtime-2",
    "xai/grok-voice-latest",
    "gemini/gemini-3.1-flash-live-preview",
)


def of(line: str) -> tuple[Target, ...]:
    return targets_of(line, catalog.find)


def test_a_line_names_a_model_and_what_is_chosen():
    (target,) = of(f"{OPENAI}:high,voice=marin,tools=off,instructions=Be brief/quick.")
    assert target == Target(
        model=OPENAI, effort="high", voice="marin", tools=False, instructions="Be brief/quick."
    )
    assert of(OPENAI) == (Target(model=OPENAI),)
    config = session_config(catalog.find(OPENAI), target.settings(Settings()), ())
    assert (config.reasoning_effort, config.voice, config.instructions) == (
        "high",
        "marin",
        "Be brief/quick.",
    )


def test_sweeps_multiply():
    assert [one.effort for one in of(f"{OPENAI}:low/high")] == ["low", "high"]
    assert [one.effort for one in of(f"{OPENAI},effort=all")] == list(catalog.find(OPENAI).efforts)
    both = of(f"{OPENAI}:low/high,voice=marin/cedar,tools=on/off")
    assert len(both) == len(set(both)) == 8
    vad = of(f"{GEMINI},turns=server_vad,vad_silence_ms=200/500,vad_threshold=0.3/0.6")
    assert [(one.vad_silence_ms, one.vad_threshold) for one in vad] == [
        (200, 0.3),
        (200, 0.6),
        (500, 0.3),
        (500, 0.6),
    ]
    config = session_config(catalog.find(GEMINI), vad[0].settings(Settings()), ())
    assert config.turn_detection
    assert (config.turn_detection.type, config.turn_detection.silence_duration_ms) == ("server_vad", 200)


@pytest.mark.parametrize("line", [OPENAI, f"{OPENAI}:high,voice=marin", f"{XAI},tools=off,voice=eve"])
def test_a_name_is_a_line_again(line: str):
    (target,) = of(line)
    assert of(target.name) == (target,)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("", "names no model"),
        ("high", "names no model"),
        (f"{OPENAI}:", "no value for effort"),
        (f"{OPENAI}:low/", "no value for effort"),
        (f"{OPENAI}:huge", "has no effort named huge. It has: minimal, low"),
        (f"{XAI}:high", "has no effort named high. It has: none"),
        (f"{XAI},effort=all", "names no effort to go through"),
        (f"{XAI},voice=nobody", "has no voice named nobody"),
        (f"{OPENAI},colour=red", 'a target has no "colour"'),
        (f"{OPENAI}:low,effort=high", "says effort twice"),
        (f"{OPENAI},tools=maybe", "It is on or off."),
        (f"{OPENAI},vad_silence_ms=5", "from 50 to 10000"),
        (f"{OPENAI},vad_threshold=2", "from 0 to 1"),
        (f"{OPENAI},url=file:///etc/passwd", "begins with https://"),
        (f"{OPENAI},turns=shouting", "can't be"),
        ("x" * 5_000 + "/y", "names no model"),
        (f"{OPENAI},effort=all,voice=all,tools=on/off", "Up to 64"),
    ],
)
def test_what_is_no_target_is_said(line: str, says: str):
    with pytest.raises(TargetError, match=says.replace(".", r"\.")):
        of(line)


def test_a_comparison_needs_targets_each_once():
    with pytest.raises(TargetError, match="nothing to ask"):
        checked([])
    with pytest.raises(TargetError, match="twice"):
        checked([*of(OPENAI), *of(OPENAI)])
    with pytest.raises(TargetError, match="at once"):
        checked([Target(model=f"a/{number}") for number in range(MOST_TARGETS + 1)])


def test_no_target_is_always_first_and_a_seed_gives_the_same_order():
    names = list("abc")
    first = Counter(in_order(names, 7, repeat)[0] for repeat in range(60))
    assert set(first) == set(names)
    assert max(first.values()) < 40
    assert [in_order(names, 7, 3) for _ in range(3)] == [in_order(names, 7, 3)] * 3
    assert sorted(in_order(names, 1, 1)) == names


@given(st.text(max_size=80))
def test_any_line_is_targets_or_a_sentence(line: str):
    said = ""
    try:
        assert of(line)
    except TargetError as error:
        said = str(error)
    assert not said or said.endswith(".")
