"""Scripts: what they may say, the line of each mistake, bombs, and expectations that hold or don't."""

from __future__ import annotations

import wave
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.compare.reports.junit import to_junit
from desktop.compare.results import Check, ToolUse
from desktop.compare.scripts.expectations import Expectations, ToolExpected
from desktop.compare.scripts.nodes import LARGEST, ScriptError, parse
from desktop.compare.scripts.schema import Script, read_script, script_of
from desktop.compare.scripts.spoken import OfflineVoice
from desktop.compare.scripts.words import error_rate, language_of
from desktop.compare.take import Take, take_of_pcm
from desktop.protocol import catalog
from tests.compare.outcomes import outcome_of, turn
from tests.compare.services import TONE

WHOLE = """\
version: 1
name: The whole schema
repeats: 3
instructions: Be brief.
targets:
  - openai/gpt-realtime-2:low/high
  - model: xai/grok-voice-latest
    voice: [ara, eve]
    tools: off
conversations:
  - name: time
    turns:
      - sound: said.wav
        name: the time
        expect:
          words: [noon, "twelve o'clock"]
          not_words: sorry
          matches: "\\\\d{1,2}:\\\\d{2}"
          heard: what time is it
          wer: 0.1
          tool: {name: get_time, arguments: {zone: Europe/Stockholm}}
          language: no
          max_ms: {key_up_to_audible: 1500, leading_silence: 300}
        interrupt_after: 0.5
      - say: Thank you.
        pause_before: 1.5
  - turns:
      - {say: Speak this., spoken: true, expect: {no_tools: true, max_ms: 2000}}
"""


def spoken(text: str) -> Take:
    return take_of_pcm(TONE, 24_000, text)


def read(text: str, folder: Path = Path("/nowhere")) -> Script:
    return script_of(parse(text, "suite.yaml"), folder, catalog.find, spoken)


def turns_of(*lines: str) -> str:
    return "version: 1\nturns:\n" + "\n".join(lines)


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    with wave.open(str(tmp_path / "said.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(TONE)
    return tmp_path


def test_the_whole_schema_is_read(sounds: Path):
    (sounds / "suite.yaml").write_text(WHOLE)
    script = read_script(sounds / "suite.yaml", catalog.find, spoken)
    assert (script.name, script.repeats, script.instructions) == ("The whole schema", 3, "Be brief.")
    assert [target.name for target in script.targets] == [
        "openai/gpt-realtime-2:low",
        "openai/gpt-realtime-2:high",
        "xai/grok-voice-latest,voice=ara,tools=off",
        "xai/grok-voice-latest,voice=eve,tools=off",
    ]
    first, second = script.conversations
    assert (first.name, second.name) == ("time", "conversation 2")
    said, thanks = first.turns
    assert said.take
    assert (said.name, said.interrupt_after_s, thanks.pause_s, thanks.text) == (
        "the time",
        0.5,
        1.5,
        "Thank you.",
    )
    assert isinstance(said.check, Expectations)
    assert said.check == Expectations(
        words=("noon", "twelve o'clock"),
        not_words=("sorry",),
        matches=(r"\d{1,2}:\d{2}",),
        heard="what time is it",
        wer=0.1,
        tools=(ToolExpected("get_time", {"zone": "Europe/Stockholm"}),),
        language="no",
        max_ms={"key_up_to_audible": 1500, "leading_silence": 300},
    )
    (last,) = second.turns
    assert last.take
    assert last.take.name == "Speak this."


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "empty"),
        ("turns: []", 1, '"version" is missing'),
        ("version: 2\nturns: []", 1, "reads version 1"),
        ("version: 1\nturns: []", 2, "no turns"),
        ("version: 1", 1, 'either "turns" or "conversations"'),
        ("version: 1\nturn: x", 2, 'There is no "turn" here. There are: version, name'),
        ("version: 1\nversion: 1", 2, '"version" is there twice'),
        (turns_of("  - {}"), 3, 'either "sound" (a file) or "say"'),
        (turns_of("  - say: hi", "    sound: x.wav"), 3, 'either "sound"'),
        (turns_of("  - say: hi", "    expct: {}"), 4, 'There is no "expct" here'),
        (turns_of("  - say: hi", "    expect:", "      matches: '('"), 5, "no regular expression"),
        (turns_of("  - say: hi", "    expect:", "      wer: 0.1"), 5, '"wer" needs "heard"'),
        (turns_of("  - say: hi", "    expect:", "      language: klingon"), 5, "has to be one of ar, da"),
        (turns_of("  - say: hi", "    expect:", "      max_ms: {speed: 1}"), 5, 'There is no "speed"'),
        (turns_of("  - say: hi", "    pause_before: .nan"), 4, "a number of seconds"),
        (turns_of("  - say: hi", "    pause_before: -1"), 4, "a number of seconds"),
        (turns_of("  - say: hi", "    interrupt_after: 1"), 3, "last turn can't be interrupted"),
        (turns_of("  - sound: ../secret.wav"), 3, "isn't in the script's folder"),
        (turns_of("  - sound: /etc/passwd"), 3, "isn't in the script's folder"),
        (turns_of("  - sound: none.wav"), 3, "none.wav"),
        (turns_of("  - say: ['a']"), 3, "has to be a text"),
        (
            "version: 1\ntargets:\n  - openai/gpt-realtime-2:huge\nturns: [{say: hi}]",
            3,
            "no effort named huge",
        ),
        ("version: 1\nturns: [", 2, "no YAML"),
        ("version: 1\nturns: !!python/object/apply:os.system ['x']", 2, "Tags can't be used"),
        ("version: &a 1\nturns: *a", 1, "Anchors and aliases"),
        ("version: 1\nturns: " + "[" * 50 + "]" * 50, 2, "nested too deeply"),
        ("version: " + "9" * 5_000 + "\nturns: []", 1, "shorter number"),
        ("- 1\n- 2", 1, "has to be fields"),
        (
            "version: 1\nconversations:\n  - {name: a, turns: [{say: x}]}\n  - {name: a, turns: [{say: x}]}",
            4,
            "two",
        ),
    ],
)
def test_a_mistake_has_its_line(text: str, line: int, says: str):
    with pytest.raises(ScriptError) as found:
        read(text)
    assert f"suite.yaml, line {line}: " in str(found.value)
    assert says in str(found.value)


def test_a_bomb_is_a_sentence(tmp_path: Path):
    bomb = "version: 1\na: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(ScriptError, match="Anchors"):
        read(bomb)
    with pytest.raises(ScriptError, match="too many entries"):
        read("version: 1\nturns: [" + "x," * 250_000 + "]")
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(ScriptError, match="too large"):
        read_script(path, catalog.find, spoken)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ScriptError, match="UTF-8"):
        read_script(path, catalog.find, spoken)


@given(st.text(max_size=200))
def test_any_text_is_a_script_or_a_sentence(text: str):
    said = "."
    try:
        read(text)
    except ScriptError as error:
        said = str(error)
    assert said.endswith(".")


def passed(checks: list[Check]) -> list[bool]:
    return [check.passed for check in checks]


def test_expectations_hold_or_say_what_was_found():
    answer = turn(
        1,
        900.0,
        answer="It's 12:30, twelve thirty.",
        understood="What time is it",
        tools=[ToolUse("get_time", {"zone": "Europe/Stockholm", "style": "short"})],
    )
    good = Expectations(
        words=("twelve thirty", "IT'S"),
        not_words=("noon",),
        matches=(r"\d+:\d+",),
        heard_words=("time",),
        heard="what time is it?",
        tools=(ToolExpected("get_time", {"zone": "europe/stockholm"}),),
        language="en",
        max_ms={"key_up_to_audible": 900, "leading_silence": 225, "stalls": 0},
    )
    checks = good(answer)
    assert [check.expects for check in checks if not check.passed] == []
    assert len(checks) == 11
    bad = Expectations(
        words=("thirty twelve", "elf"),
        not_words=("thirty",),
        matches=("noon",),
        heard_words=("weather",),
        heard="what is the weather",
        tools=(ToolExpected("get_time", {"zone": "Asia/Tokyo"}), ToolExpected("roll_dice")),
        no_tools=True,
        language="de",
        max_ms={"key_up_to_audible": 800, "length": 5_000},
    )
    checks = bad(answer)
    assert not any(passed(checks))
    assert all(check.found for check in checks)
    (error,) = good(turn(1, 1.0, error="The connection dropped."))
    assert (error.passed, error.found) == (False, "The connection dropped.")
    assert Expectations()(turn(1, 1.0, error="The connection dropped.")) == []


@pytest.mark.parametrize(
    ("said", "heard", "rate"),
    [
        ("a b c d", "a b c d", 0),
        ("a b c d", "a x c", 0.5),
        ("a", "", 1),
        ("", "", 0),
        ("one two", "One, two!", 0),
    ],
)
def test_the_word_error_rate(said: str, heard: str, rate: float):
    assert error_rate(said, heard) == rate


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("It is noon.", "en"),
        ("Es ist zwölf Uhr, und die Sonne scheint.", "de"),
        ("Il est midi et je suis là pour vous.", "fr"),
        ("Es la una de la tarde y no llueve.", "es"),
        ("Сейчас полдень.", "ru"),
        ("今は正午です。", "ja"),
        ("现在是中午。", "zh"),
        ("", ""),
        ("12:30", ""),
    ],
)
def test_a_language_is_known_by_its_words(text: str, language: str):
    assert language_of(text) == language


def test_junit_has_a_case_for_each_turn():
    outcome = outcome_of({0: [300.0, 310.0]}, complete=False)
    outcome.runs[0].turns[0].checks = [Check("the \x00word", False, "no\ud800thing")]
    outcome.runs[1].turns[0].error = "It dropped."
    root = ElementTree.fromstring(to_junit(outcome))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("3", "1", "2")
    assert [case.get("classname") for case in root.iter("testcase")] == ["maker/model-0"] * 2 + ["complete"]


def test_the_offline_voice_speaks_a_text_once():
    pytest.importorskip("hibari", reason="The offline voice is not installed")
    voice = OfflineVoice()
    take = voice("What time is it?")
    assert take is voice("What time is it?")
    assert take.seconds > 0.5
    assert np.frombuffer(take.at_rate(16_000), "<i2").any()
