"""Sessions are recorded as the settings say."""

from __future__ import annotations

import json
import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from desktop.base import paths, redaction
from desktop.conversation.presenter import Presenter
from desktop.protocol import catalog, codec
from desktop.protocol.events import ToolCall
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened, ToolEnded
from desktop.recording import journal
from desktop.recording.folder.layout import FRAMES, JOURNAL
from desktop.recording.folder.reader import open_recording
from desktop.recording.recording_options import RecordingOptions
from desktop.recording.session_recorder import SessionRecorder
from desktop.tools.runner import ToolOutcome
from desktop.turn import effects
from desktop.viewmodels.chosen_options import ChosenOptions

SECRET = "marked-secret-1234"


class Kept(SimpleNamespace):
    """A recorder, and the presenter of a conversation."""

    def talk(self, question: str = "What time is it?") -> None:
        opened = SessionOpened("s1", 24_000, 24_000)
        self.recorder.begin_session(opened, ChosenOptions(catalog.find("offline/demo"), "heart"))
        self.frame("session.started")
        for notice in (
            effects.TakeStarted(1),
            effects.TakeEnded(1, "sent"),
            effects.UserText(1, question),
            effects.ResponseBegan(1),
            effects.ToolCalled(ToolCall("c1", "get_time", '{"zone": "UTC"}')),
            ToolEnded(ToolOutcome("c1", "get_time", {"zone": "UTC"}, {"time": SECRET}, "done", 1.5)),
            effects.ToolResultDecided("c1", "sent"),
            effects.ResponseText(1, f"It is {SECRET}.", 0),
            effects.ResponseEnded(1, "complete"),
        ):
            self.presenter.observe(notice)

    def frame(self, kind: str) -> None:
        wire = json.dumps({"type": kind}).encode()
        self.recorder.folders.recorder.frame(Frame("in", codec.decode(wire), len(wire), wire))

    async def files(self) -> list[Path]:
        await self.recorder.close()
        return sorted(self.folder.glob(f"*/{JOURNAL}"))


@pytest.fixture
def kept(qtbot):
    window, presenter = QWidget(), Presenter()
    qtbot.addWidget(window)
    recorder = SessionRecorder(presenter.transcript, presenter.tool_calls, RecordingOptions(), window)
    return Kept(window=window, presenter=presenter, recorder=recorder, folder=paths.conversations())


async def test_a_session_is_kept_without_secrets(kept):
    redaction.protect(SECRET)
    kept.talk(f"My key is {SECRET}")
    (path,) = await kept.files()
    assert SECRET not in path.read_text(encoding="utf-8")
    stored = journal.read(path)
    assert [line.text for line in stored.lines] == ["My key is …", "It is ….", "get_time"]
    assert stored.calls[0].arguments == {"zone": "UTC"}
    assert stored.calls[0].result == {"time": "…"}
    assert stored.began
    assert (stored.began.model, stored.began.voice) == ("offline/demo", "heart")
    assert os.stat(path).st_mode & 0o777 == 0o600


async def test_turned_off_nothing_is_kept_of_words_or_frames(kept):
    kept.recorder.use_options(RecordingOptions(transcripts=False, frames=True))
    kept.talk()
    assert await kept.files() == []


async def test_frames_are_kept_beside_the_conversation_when_that_is_wanted(kept, qtbot):
    kept.recorder.use_options(RecordingOptions(frames=True))
    with qtbot.waitSignal(kept.recorder.folders.kept):
        kept.talk()
    kept.recorder.end_session()
    kept.frame("session.started")
    (conversation,) = await kept.files()
    first, second = kept.folder.iterdir()
    assert conversation.parent in (first, second)
    for folder in (first, second):
        (frame,) = open_recording(folder).frames()
        assert (frame.line.type, frame.wire) == ("session.started", b'{"type": "session.started"}')
        assert os.stat(folder / FRAMES).st_mode & 0o777 == 0o600
        assert os.stat(folder).st_mode & 0o777 == 0o700


async def test_a_restart_continues_the_conversation(kept):
    kept.talk()
    kept.recorder.expect_restart()
    kept.recorder.end_session()
    kept.talk()
    kept.recorder.end_session()
    kept.talk()
    first, second = await kept.files()
    assert sorted(len(journal.read(path).lines) for path in (first, second)) == [3, 6]


async def test_turned_off_in_mid_session_it_keeps_no_more(kept):
    kept.talk()
    kept.recorder.use_options(RecordingOptions(transcripts=False))
    kept.talk("And now?")
    (path,) = await kept.files()
    assert len(journal.read(path).lines) == 3


async def test_another_folder_holds_from_now_on(kept, tmp_path):
    kept.talk()
    kept.recorder.use_options(RecordingOptions(str(tmp_path)))
    kept.talk()
    assert len(await kept.files()) == 1
    assert len(list((tmp_path / "conversations").glob(f"*/{JOURNAL}"))) == 1


async def test_a_full_disk_is_reported_once(kept, qtbot, tmp_path):
    (tmp_path / "conversations").write_text("no folder")
    kept.recorder.use_options(RecordingOptions(str(tmp_path)))
    sentences: list[str] = []
    kept.recorder.failed.connect(lambda message: sentences.append(str(message)))
    kept.talk()
    qtbot.waitUntil(lambda: bool(sentences))
    kept.talk()
    await kept.recorder.close()
    assert len(sentences) == 1
