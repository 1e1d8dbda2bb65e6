"""Keeps conversations on disk: as they happen, and afterwards."""

from __future__ import annotations

import logging
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from PySide6.QtCore import QObject, Signal

from desktop.base import paths
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.realtime.session_events import SessionOpened
from desktop.recording import journal
from desktop.recording.folder.layout import NO_DEVICE, Device, SessionPart
from desktop.recording.folder.recorder import NOTHING, Wanted
from desktop.recording.folder_recorder import FolderRecorder
from desktop.recording.history_controller import HistoryController
from desktop.recording.left_conversation import LeftConversation
from desktop.recording.recording_options import RecordingOptions
from desktop.recording.transcript_recorder import TranscriptRecorder
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel

log = logging.getLogger(__name__)

LeftAs = Literal["kept", "lost", "unwanted"]
"""A conversation that was left: it is in the history, could not be written, or was not to be."""


class SessionRecorder(QObject):
    """Puts the journal, the file of frames and the history where the options say."""

    failed = Signal(Message)
    """Something can't be kept."""
    recovered = Signal()
    """What could not be kept is written now."""
    conversation_left = Signal(str)
    """The user has begun another conversation; what became of the last one, which had words: a `LeftAs`."""

    def __init__(
        self,
        transcript: TranscriptModel,
        calls: ToolCallsModel,
        options: RecordingOptions,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._options = options
        self._restarts = self._broken = False
        self._named = 0
        """How many recordings went to the folder that was named for this run."""
        self.folders = FolderRecorder(self._next_folder, self._wanted, self)
        self._recorder = self.folders.recorder
        self.conversations = TranscriptRecorder(transcript, calls, self._recorder.open_journal, parent=self)
        self.left = LeftConversation(transcript)
        self.history = HistoryController(transcript, self._folder, self)
        self.conversations.ended.connect(self._recorder.end)
        self.folders.failed.connect(self.failed)
        self.failed.connect(lambda _: self._note_whether(broken=True))
        self.recovered.connect(lambda: self._note_whether(broken=False))
        self.folders.recovered.connect(self.recovered)

    async def start(self) -> None:
        """Remove old conversations, and look for one that was cut short."""
        await self.history.start(self._options.keep_days, self._options.most_gb)

    @property
    def options(self) -> RecordingOptions:
        """What is chosen now."""
        return self._options

    def begin_session(
        self,
        opened: SessionOpened,
        choice: ChosenOptions,
        microphone: Device = NO_DEVICE,
        speaker: Device = NO_DEVICE,
    ) -> None:
        """A session is open. After a reconnect it is still the same conversation."""
        self._restarts = False
        if not opened.again:
            self.conversations.begin(choice.model.id, choice.voice)
        self._recorder.session(
            SessionPart(
                t=round(time.monotonic() * 1e6),
                model=choice.model.id,
                voice=choice.voice,
                input_rate=opened.input_rate,
                output_rate=opened.output_rate,
                microphone=microphone,
                speaker=speaker,
                again=opened.again or opened.renewed,
            )
        )

    def expect_restart(self) -> None:
        """The next session goes on with the conversation of the one that ends now."""
        self._restarts = True

    def end_session(self) -> None:
        """The session is over: the next one gets a folder of its own."""
        if not self._restarts:
            self.conversations.end()
        self._restarts = False

    def end_conversation(self) -> None:
        """The user begins another conversation, and this one is about to go from the view."""
        self._restarts = False
        said = self.left.remember()
        self.conversations.end()
        left: LeftAs = "lost" if self._broken else "kept"
        self._broken = False
        if said:
            self.conversation_left.emit(left if self._options.transcripts else "unwanted")

    def show_left(self) -> None:
        """Show the conversation that was left above the present one."""
        self.left.show()

    def use_options(self, options: RecordingOptions) -> None:
        """Follow changed options: what comes from now on goes where they say."""
        before, self._options = self._options, options
        if (before.folder, before.transcripts) != (options.folder, options.transcripts):
            self.conversations.end()
        self._recorder.use_options()

    async def close(self) -> None:
        """Wait until all is written: files for 10 s at most, the rest for 2 s."""
        await self.history.close()
        self.conversations.end()
        await in_daemon(self._recorder.wait)

    def _note_whether(self, *, broken: bool) -> None:
        self._broken = broken

    def _folder(self) -> Path:
        return paths.conversations(self._options.folder)

    def _next_folder(self) -> Path | None:
        if into := self._options.into:
            self._named += 1
            return into if self._named == 1 else into.with_name(f"{into.name}-{self._named}")
        if not self._options.transcripts:
            return None
        return self._folder() / journal.new_name(datetime.now(UTC))

    def _wanted(self) -> Wanted:
        options = self._options
        if options.into:
            return Wanted(frames=True, sound=True)
        if not options.transcripts:
            return NOTHING
        return Wanted(options.frames or options.sound, options.sound)
