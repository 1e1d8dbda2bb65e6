"""Times a turn without a window, and records it where that is wanted (`--record`)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from desktop import __version__
from desktop.cli.output import CommandError
from desktop.cli.turn_collector import CompletedTurn
from desktop.conversation.turn_timer import TurnTimer
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened
from desktop.recording import journal
from desktop.recording.folder.folder_files import is_anothers
from desktop.recording.folder.layout import SessionPart
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.recording.journal import Began, CallRecord, Ended, LineRecord
from desktop.turn import effects
from desktop.turn.timing import TurnTiming

NOT_EMPTY = "{} isn't empty. Give `--record` a folder that is new or empty."
NOT_YOURS = "{} is somebody else's, or all may write in it. Give `--record` a folder that is new."
NO_FOLDER = "{} can't be used for a recording ({}). Choose another place."
NOT_WRITTEN = "The recording in {} is not complete ({})."


class TurnRecording:
    """Takes the frames and the notices of a session. Without a folder it only times them."""

    def __init__(self, folder: Path | None = None, model: str = "", voice: str = "") -> None:
        self.timing: TurnTiming | None = None
        """The first turn's times."""
        self._folder = folder
        self._model, self._voice = model, voice
        self._began = datetime.now(UTC)
        self._recorder = Recorder(lambda: folder, lambda: Wanted(frames=bool(folder), sound=bool(folder)))
        self.timer = TurnTimer(time.monotonic, self._keep, self._recorder.mark)

    def frame(self, frame: Frame) -> None:
        """A frame went out or came in."""
        self.timer.frame(frame)
        self._recorder.frame(frame)

    def observe(self, notice: effects.Notice) -> None:
        """A notice of the session."""
        self.timer.notice(notice)
        if isinstance(notice, SessionOpened):
            self._recorder.session(
                SessionPart(
                    t=round(time.monotonic() * 1e6),
                    model=self._model,
                    voice=self._voice,
                    input_rate=notice.input_rate,
                    output_rate=notice.output_rate,
                    again=notice.again or notice.renewed,
                )
            )

    def use_model(self, model: str, voice: str) -> None:
        """The session asks this model, by its id, for this voice."""
        self._model, self._voice = model, voice

    def finish(self, turn: CompletedTurn) -> None:
        """Write down what was said."""
        part = self._recorder.open_journal()
        if part is None:
            return
        program = f"presstalk {__version__}"
        now = datetime.now(UTC)
        began = Began(
            at=self._began, version=journal.VERSION, program=program, model=self._model, voice=self._voice
        )
        journal.write(part, began)
        journal.write(part, LineRecord(id=1, at=self._began, speaker="user", text=turn.user))
        for call in turn.calls:
            record = CallRecord(
                call_id=call.call_id,
                at=now,
                name=call.name,
                arguments=call.arguments,
                state=call.state,
                result=call.result,
                duration_ms=call.duration_ms,
            )
            journal.write(part, record)
        journal.write(part, LineRecord(id=2, at=now, speaker="assistant", text=turn.assistant))
        journal.write(part, Ended(at=now))

    def close(self) -> str:
        """End, and wait until all is written; what is wrong with it, in a sentence, or nothing."""
        self._recorder.end()
        if self._recorder.wait():
            return ""
        error = self._recorder.error
        return NOT_WRITTEN.format(self._folder, (error and error.strerror) or "the disk takes too long")

    def _keep(self, turn: TurnTiming) -> None:
        if self.timing is None or turn.number == self.timing.number:
            self.timing = turn


def check_folder(folder: Path | None) -> None:
    """Look whether a recording can be made there: raises CommandError if not."""
    if folder is None:
        return
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise CommandError(NOT_EMPTY.format(folder))
        if folder.is_dir() and is_anothers(folder):
            raise CommandError(NOT_YOURS.format(folder))
        if folder.exists() and not folder.is_dir():
            raise CommandError(NOT_EMPTY.format(folder))
    except OSError as exc:
        raise CommandError(NO_FOLDER.format(folder, exc.strerror)) from exc
