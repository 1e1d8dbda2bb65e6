"""The conversation is back after the program was killed in the middle of an answer."""

from __future__ import annotations

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from desktop.recording import journal
from desktop.recording.folder.layout import JOURNAL
from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
COMMAND = [sys.executable, "-m", "desktop", "--verbose"]


def ready(desktop: Desktop, *options: str) -> Program:
    program = desktop.start([*COMMAND, *options])
    desktop.screen.focus(desktop.screen.window("Presstalk", within=WITHIN_S, program=program))
    program.until(lambda: states(program)[-1:] == ["Ready"], within=WITHIN_S, what="a session")
    return program


def click(desktop: Desktop, x: int, y: int) -> None:
    desktop.screen.move(x, y)
    desktop.screen.mouse_down()
    desktop.screen.mouse_up()


def test_the_next_start_offers_the_conversation_that_was_killed(tmp_path: Path) -> None:
    with Desktop() as desktop:
        folder = desktop.home / "presstalk" / "data" / "conversations"
        program = ready(desktop)
        click(desktop, 300, 534)  # the text line, in a window of its first size
        desktop.screen.type("tell me a story")
        desktop.screen.press("Return")

        def written() -> journal.StoredConversation | None:
            for path in folder.glob(f"*/{JOURNAL}"):
                stored = journal.read(path)
                if len(stored.lines) == 3 and len(stored.lines[-1].text.split()) > 10:
                    return stored
            return None

        before = program.until(written, within=WITHIN_S, what="some words of the answer")
        os.kill(program.pid, signal.SIGKILL)
        program.wait(within=10)
        stored = journal.read(before.path)
        assert stored.cut_short
        assert stored.lines[1].text == "tell me a story"
        assert stored.lines[-1].text.startswith(before.lines[-1].text)
        assert stat.S_IMODE(before.path.stat().st_mode) == 0o600

        program = ready(desktop, "--save", str(tmp_path))
        click(desktop, 592, 141)  # "Show it"
        program.until(
            lambda: not journal.read(before.path).cut_short, within=10, what="the answer to the offer"
        )
        assert program.stop() == 0
    words = (tmp_path / "transcript.md").read_text(encoding="utf-8")
    assert stored.lines[-1].text.strip() in words
    assert words.index("tell me a story") < words.index("cut short.") < words.rindex("Connected to")
