"""The strips above the conversation say nothing that the state contradicts: in the running program."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.turn.effects import DisplayState
from tests.app.program import Running, running
from tests.app.test_settings_dialog_controller import Keychain, keychain  # noqa: F401 - a fixture
from tests.conversation.test_session_controller import OPENAI, idle
from tests.realtime.service import Line, serving
from tests.recording.test_conversation_store import put

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

OFFLINE = "offline/demo"
GROK = "xai/grok-voice-latest"
WITHOUT_SESSION = {DisplayState.OFFLINE, DisplayState.CONNECTING, DisplayState.ERROR}


def watch(program: Running) -> list[tuple[DisplayState, bool]]:
    """Each state as it is shown, and whether a restart of the session is offered beside it."""
    seen: list[tuple[DisplayState, bool]] = []
    restart = program.window.restart
    program.parts.controller.state_changed.connect(lambda state: seen.append((state, restart.isVisible())))
    return seen


async def test_a_restart_is_offered_only_while_there_is_a_session_to_restart(qapp, tmp_path: Path):
    async with (
        serving(idle) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url) as program,
    ):
        restart, choose = program.window.restart, program.parts.controller.choose
        seen = watch(program)
        choose("model", GROK)
        assert not restart.isVisible(), "the next session has it anyway"
        choose("model", OPENAI)
        await program.connect()
        choose("model", GROK)
        assert "Grok" in restart.text
        assert restart.isVisible()
        choose("model", OPENAI)
        assert not restart.isVisible(), "it is the session's own"
        choose("model", GROK)
        program.strike(Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
        await program.until_state(DisplayState.OFFLINE)
        assert not restart.isVisible()
        await program.connect()
        assert not restart.isVisible(), "it is that model's"
        choose("model", OPENAI)
        assert restart.isVisible()
        program.strike(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
        await program.until(lambda: not restart.isVisible(), "a session with what was chosen")
        await program.until_state(DisplayState.READY)
        assert not [state for state, offered in seen if offered and state in WITHOUT_SESSION]


async def test_a_lost_session_that_comes_back_has_what_was_chosen_or_the_offer(qapp, tmp_path: Path):
    began: list[str] = []
    chosen = asyncio.Event()

    async def cut(line: Line) -> None:
        began.append((await line.start())["model"])
        await chosen.wait()
        line.cut()

    async def stay(line: Line) -> None:
        began.append((await line.start())["model"])
        await line.socket.wait_closed()

    async with (
        serving(cut, stay) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url) as program,
    ):
        await program.connect()
        program.parts.controller.choose("model", GROK)
        chosen.set()
        await program.until(lambda: len(began) == 2, "another session")
        await program.until_state(DisplayState.READY)
        assert program.window.restart.isVisible() == (began[1] != GROK), began


async def test_the_demo_is_explained_only_where_it_is_the_demo(qapp, tmp_path: Path, keychain: Keychain):  # noqa: F811
    async with running(qapp, tmp_path) as program:
        welcome, choose = program.window.welcome, program.parts.controller.choose
        program.window.show_choice(program.parts.options.displayed)
        program.parts.options.changed.emit(program.parts.options.displayed)
        assert welcome.isVisible()
        choose("model", OPENAI)
        assert not welcome.isVisible()
        choose("model", OFFLINE)
        assert not welcome.isVisible(), "it was chosen: nobody need explain it"


async def test_what_was_cut_short_is_offered_until_it_is_deleted(qapp, tmp_path: Path):
    (tmp_path / "data").mkdir()
    cut = put(tmp_path / "data" / "conversations", ("user", "Where was I?"), ended=False)
    async with running(qapp, tmp_path, model=OFFLINE) as program:
        recovery = program.window.recovery
        await program.parts.recorder.start()
        assert recovery.isVisible()
        program.parts.history.delete(str(cut))
        await program.until(lambda: not recovery.isVisible(), "no offer")
        assert not cut.exists()
