"""The timeline of the session that runs, and recordings that are read in its window."""

from __future__ import annotations

from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from desktop.recording.folder.reader import open_recording
from desktop.recording.reading.live_replay import NOT_RECORDED
from desktop.recording.reading.reading_controller import MICROPHONE_CLOSED
from desktop.turn.effects import DisplayState
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.reading.reading_page import ReadingPage
from desktop.viewmodels import shortcuts
from tests.app.program import Running, running
from tests.app.test_new_conversation import ask, begin_another, talkative
from tests.conversation.test_session_controller import OPENAI
from tests.realtime.service import Line, serving
from tests.recording.reading.recordings import make

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

Key = Qt.Key
SECOND = 1_000_000


@pytest.fixture(autouse=True)
def unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop.recording.folder.recorder.pack_aside", lambda *folders: None)


def _page(program: Running) -> ReadingPage:
    page = program.window.reading.page
    assert page is not None
    return page


async def _open(program: Running, folder: Path) -> ReadingPage:
    program.parts.reading.open_for_reading(open_recording(folder))
    await program.until(lambda: program.window.reading.page is not None, "the recording")
    return _page(program)


async def silent(line: Line) -> None:
    """Opens a session, and says nothing."""
    await line.start()
    await line.socket.wait_closed()


async def _focus(program: Running, widget: QWidget) -> None:
    """Give it the focus: without a window manager the window may not be in front."""
    program.window.activateWindow()
    await program.until(program.window.isActiveWindow, "a window in front")
    widget.setFocus()
    await program.until(widget.hasFocus, "the focus")


def _shown(page: ReadingPage) -> list[str]:
    model = page.transcript.view.model()
    return [model.index(row, 0).data() for row in range(model.rowCount())]


async def test_the_timeline_shows_what_happens_while_it_happens(qapp, tmp_path: Path) -> None:
    async with (
        serving(talkative, silent) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url) as program,
    ):
        window = program.window
        await program.connect()
        program.strike(Key.Key_F8)
        drawer = window.timeline.drawer
        assert drawer is not None
        assert drawer.isVisible()
        assert window.menu.timeline.isChecked()
        await ask(program)
        timeline = drawer.view.timeline
        await program.until(lambda: min(map(len, timeline.peaks.values())) > 30)
        assert sum(clip.size for clip in timeline.clips("sent")) > 500 * 48
        assert [clip.heard for clip in timeline.clips("received")] == [True]
        assert {"take", "reply", "tool"} == {one.kind for one in timeline.stretches}
        # a mark leads to its line, its call and its frame, and a line to the timeline
        row = next(row for row, mark in enumerate(timeline.marks) if mark.mark == "tool_started")
        drawer.view.follow()
        drawer.view.choose(row)
        assert window.side.currentWidget() is window.side.tools
        assert window.side.tools.calls.currentIndex().data() == "get_time"
        assert window.transcript.view.currentIndex().isValid()
        assert window.side.events.table.currentIndex().isValid()
        line = [one.tool is not None for one in program.parts.transcript.lines].index(True)
        window.transcript.view.menu(line)
        window.transcript.view.more_actions[-1].trigger()
        assert timeline.marks[row].t - SECOND / 10 <= drawer.view.playhead_us <= timeline.end_us
        # Space plays here, and the microphone stays closed
        states = len(program.states)
        await _focus(program, drawer.view)
        QTest.keyClick(window.windowHandle(), Key.Key_Space)
        assert program.states[states:] == []
        assert drawer.words == str(NOT_RECORDED())
        await begin_another(program)
        await program.until(lambda: drawer.view.timeline is not timeline, "another timeline")
        program.strike(Key.Key_F8)
        assert not drawer.isVisible()


async def test_what_is_recorded_can_be_played_while_the_session_runs(qapp, tmp_path: Path) -> None:
    async with (
        serving(talkative) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url, record_sound=True) as program,
    ):
        await program.connect()
        await ask(program)
        path = program.parts.folders.recorder.path
        assert path is not None
        await program.until(lambda: (path / "received.pcm").exists() and (path / "marks.jsonl").exists())
        await program.until(lambda: (path / "received.pcm").stat().st_size >= 24_000, "the sound on the disk")
        program.strike(Key.Key_F8)
        drawer = program.window.timeline.drawer
        assert drawer is not None
        before = len(program.audio.speaker_now.writes)
        await _focus(program, drawer.view)
        drawer.view.seek(0.0)
        QTest.keyClick(program.window.windowHandle(), Key.Key_Space)
        await program.until(lambda: len(program.audio.speaker_now.writes) > before, "sound")
        await program.until(lambda: (drawer.view.playhead_us or 0) > 50_000, "a playhead that moves")
        await _focus(program, drawer.view)
        QTest.keyClick(program.window.windowHandle(), Key.Key_Space)
        assert not program.parts.replay.player.playing


async def test_a_recording_is_read_and_the_running_session_comes_back_untouched(qapp, tmp_path: Path) -> None:
    make(tmp_path / "r")
    async with (
        serving(talkative) as service,
        running(qapp, tmp_path, model=OPENAI, base_url=service.url) as program,
    ):
        window, parts = program.window, program.parts
        await program.connect()
        await ask(program)
        before = (program.words(), len(parts.timing.turns), window.side.currentIndex(), list(program.states))
        page = await _open(program, tmp_path / "r")
        # plainly marked, and nothing of the session is in sight
        assert page.strip.isVisible()
        assert not window.workspace.isVisible()
        assert not window.talk_button.isVisible()
        # each pane shows what was at the playhead
        assert _shown(page) == []
        page.drawer.view.seek(2.7 * SECOND)
        await program.until(lambda: _shown(page) == ["What time is it?", "It is ", "clock"], "the words")
        assert page.side.tools.calls.model().rowCount() == 1
        events = page.side.events.table.model()
        assert events.rowCount() > 5
        for _ in range(3):
            QTest.keyClick(page.drawer.view, Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
        page.drawer.view.seek(9 * SECOND)
        await program.until(lambda: len(_shown(page)) == 5, "all of it")
        page.drawer.view.seek(0)
        await program.until(lambda: _shown(page) == [], "its beginning")
        # the talk key doesn't open the microphone, and says so
        await _focus(program, page.transcript.view)
        QTest.keyPress(window.windowHandle(), Key.Key_Space)
        QTest.keyRelease(window.windowHandle(), Key.Key_Space)
        await program.until(page.words.isVisible, "why nobody listens")
        assert page.words.text() == str(MICROPHONE_CLOSED(key=shortcuts.CANCEL))
        parts.latch.toggle()
        QTest.qWait(1)
        assert not parts.controller.listens
        assert not parts.latch.locked
        # back
        await _focus(program, page.drawer.view)
        QTest.keyClick(window.windowHandle(), Key.Key_Escape)
        assert window.reading.page is None
        assert window.workspace.isVisible()
        assert window.talk_button.isVisible()
        after = (program.words(), len(parts.timing.turns), window.side.currentIndex(), list(program.states))
        assert after == before
        parts.controller.press()
        await program.until_state(DisplayState.LISTENING)


async def test_it_plays_on_the_speaker_and_the_panes_follow(qapp, tmp_path: Path) -> None:
    make(tmp_path / "r")
    async with running(qapp, tmp_path, model="local/demo") as program:
        page = await _open(program, tmp_path / "r")
        page.drawer.view.seek(0.9 * SECOND)
        QTest.keyClick(page.drawer.view, Key.Key_Space)
        await program.until(lambda: program.audio.speakers, "a speaker")
        await program.until(lambda: _shown(page) != [], "the first line")
        assert page.drawer.play.accessibleName() == "Pause"
        QTest.keyClick(page.drawer.view, Key.Key_Space)
        assert page.drawer.play.accessibleName() == "Play from here"


async def test_the_history_opens_a_recording_for_reading(qapp, tmp_path: Path) -> None:
    make(tmp_path / "data" / "conversations" / "20261128-221503-4f3a90b1")
    async with running(qapp, tmp_path, model="local/demo") as program:
        program.window.history_clicked.emit()
        await program.until(lambda: program.window.findChild(HistoryDialog) is not None)
        dialog = program.window.findChild(HistoryDialog)
        await program.until(lambda: dialog.list.key, "the conversation")
        program.button("Replay").click()
        await program.until(lambda: program.window.reading.page is not None, "the recording")
        await program.until(
            lambda: not shiboken6.isValid(dialog) or not dialog.isVisible(), "the dialog's end"
        )


async def test_what_is_missing_is_said_in_one_sentence(qapp, tmp_path: Path) -> None:
    make(tmp_path / "r")
    path = tmp_path / "r" / "frames.jsonl"
    path.write_bytes(path.read_bytes().replace(b'"audio.commit"', b'"audio.com', 1))
    (tmp_path / "r" / "received.pcm").unlink()
    async with running(qapp, tmp_path, model="local/demo") as program:
        page = await _open(program, tmp_path / "r")
        await program.until(lambda: "of sound" in page.words.text(), "what is missing")
        assert page.words.text() == "Some of this recording can't be read: 1 frames, 3.0 s of sound."
