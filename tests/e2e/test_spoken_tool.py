"""Asked aloud for the time in Tokyo: an MCP server's tool is called once the user allows it, and is heard."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.offline import hibari
from desktop.offline.speech_engines import load_recognizer
from tests.e2e.test_voice_loop import WITHIN_S, Person, recognised
from tests.rig.demo import states
from tests.rig.desktop import Desktop

pytestmark = [pytest.mark.rig, pytest.mark.long]

SERVER = str(Path(sys.executable).with_name("mcp-server-time"))
TOOL = "time__get_current_time"
ENDED = re.compile(rf"tool '{TOOL}' (\w+) in")


@pytest.fixture
def person(tmp_path: Path) -> Iterator[Person]:
    with Desktop() as desktop, desktop.sound.record() as heard:
        config = desktop.home / "presstalk" / "config"
        config.mkdir(parents=True)
        (config / "mcp.json").write_text(json.dumps({"mcpServers": {"time": {"command": SERVER}}}))
        command = [sys.executable, "-m", "desktop", "--verbose", "--save", str(tmp_path)]
        with desktop.start(command) as program:
            window = desktop.screen.window("Presstalk", within=WITHIN_S, program=program)
            program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
            program.until(
                lambda: TOOL in (tmp_path / "events.jsonl").read_text(), within=WITHIN_S, what="the tools"
            )
            desktop.screen.focus(window)
            yield Person(desktop, program, hibari.load(), tmp_path, heard)


def test_the_time_in_tokyo_is_asked_allowed_and_heard(person: Person) -> None:
    person.ask("What is the time in Tokyo?")
    person.until(lambda: states(person.program)[-1] == "Tool", "the call")
    assert ENDED.findall(person.program.output) == [], "it waits for the user"

    struck_at = 0.0

    def allowed() -> bool:
        """A yes counts once the card has been in sight for half a second; a key that repeats is none."""
        nonlocal struck_at
        if time.monotonic() - struck_at > 1:
            person.desktop.screen.press("ctrl+Return")
            struck_at = time.monotonic()
        return bool(ENDED.findall(person.program.output))

    person.until(allowed, "the tool's end")
    heard = person.listen(time.monotonic() - 0.5)
    lines, events = person.leave()
    assert ENDED.findall(person.program.output) == ["done"]
    assert "Tokyo" in lines[-1][1]
    assert "tokyo" in recognised(load_recognizer(), heard).lower()
    result = next(event for event in events if event["type"] == "tool.result")
    assert "Asia/Tokyo" in json.dumps(result)
