"""What is kept of conversations: as they happen, and afterwards."""

from __future__ import annotations

import logging
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from desktop.base import paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.realtime.session_events import SessionOpened
from desktop.recording import journal
from desktop.recording.frame_recorder import FrameRecorder
from desktop.recording.history_controller import HistoryController
from desktop.recording.transcript_recorder import TranscriptRecorder
from desktop.settings.schema import Settings
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.tool_calls import ToolCallsModel
from desktop.viewmodels.transcript import TranscriptModel

log = logging.getLogger(__name__)

OF_THE_PLACE = ("journal", "save_events", "data_folder")


class SessionRecorder(QObject):
    """Puts the journal, the frames' file and the history where the settings want them."""

    failed = Signal(Message)
    """A plain sentence: something can't be kept."""

    def __init__(
        self, transcript: TranscriptModel, calls: ToolCallsModel, settings: Settings, window: QWidget
    ) -> None:
        super().__init__(window)
        self._settings = settings
        self._restarts = False
        self.conversations = TranscriptRecorder(transcript, calls, self._place, parent=self)
        self.frames = FrameRecorder(self._frames_path, self)
        self.history = HistoryController(transcript, self._folder, window)
        self.conversations.failed.connect(self.failed)
        self.frames.failed.connect(self.failed)

    async def start(self) -> None:
        """Remove what was kept for long enough, and look for a conversation that was cut short."""
        await self.history.start(self._settings.keep_days)

    def begin_session(self, opened: SessionOpened, choice: ChosenOptions) -> None:
        """A session is open; one that is open again is the same."""
        self._restarts = False
        if not opened.again:
            self.conversations.begin(choice.model.id, choice.voice)

    def expect_restart(self) -> None:
        """The session that ends now is followed by one that goes on with the conversation."""
        self._restarts = True

    def end_session(self) -> None:
        """The session is over: the next one has files of its own."""
        self.frames.end()
        if not self._restarts:
            self.conversations.end()
        self._restarts = False

    def on_setting_changed(self, name: str) -> None:
        """What goes on is kept as the setting says from now on."""
        if name in OF_THE_PLACE:
            self.frames.end()
        if name in OF_THE_PLACE and name != "save_events":
            self.conversations.end()

    async def close(self) -> None:
        """Wait until all is written, 2 s at most."""
        await self.history.close()
        self.frames.end()
        self.conversations.end()
        await in_daemon(self.conversations.wait)
        await in_daemon(self.frames.wait)

    def _folder(self) -> Path:
        return paths.conversations(self._settings.data_folder)

    def _place(self) -> Path | None:
        return self._folder() if self._settings.journal else None

    def _frames_path(self) -> Path | None:
        if not (self._settings.journal and self._settings.save_events):
            return None
        return self._folder() / (self.conversations.name() + journal.FRAMES_SUFFIX)
