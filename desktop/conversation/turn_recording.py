"""Times a turn without a window, and records it where that is wanted (`--record`)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from desktop import __version__
from desktop.conversation.turn_collector import CompletedTurn
from desktop.conversation.turn_timer import TurnTimer
from desktop.realtime.connection import Frame
from desktop.realtime.session_events import SessionOpened
from desktop.recording import journal
from desktop.recording.folder.layout import SessionPart
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.recording.folder.writer import JournalPart
from desktop.recording.journal import Began, CallRecord, Ended, LineRecord
from desktop.turn import effects
from desktop.turn.timing import KEPT, TurnTiming

NOT_WRITTEN = "The recording in {} is not complete ({})."


class TurnRecording:
    """Takes the frames and the notices of a session. Without a folder it only times them."""

    def __init__(
        self, folder: Path | None = None, model: str = "", voice: str = "", *, packs: bool = True
    ) -> None:
        self.timings: dict[int, TurnTiming] = {}
        """Each turn's times, by its number."""
        self._journal: JournalPart | None = None
        self._lines = 0
        self._folder = folder
        self._model, self._voice = model, voice
        self._began = datetime.now(UTC)
        wanted = Wanted(frames=bool(folder), sound=bool(folder))
        self._recorder = Recorder(lambda: folder, lambda: wanted, packs=packs)
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

    @property
    def timing(self) -> TurnTiming | None:
        """The first turn's times."""
        return self.timings[min(self.timings)] if self.timings else None

    def finish(self, turn: CompletedTurn) -> None:
        """Write down what was said; nothing follows."""
        self.add(turn)
        if self._journal:
            journal.write(self._journal, Ended(at=datetime.now(UTC)))

    def add(self, turn: CompletedTurn) -> None:
        """Write down what was said in a turn."""
        part = self._journal or self._begin_journal()
        if part is None:
            return
        now = datetime.now(UTC)
        at = now if self._lines else self._began
        journal.write(part, LineRecord(id=self._lines + 1, at=at, speaker="user", text=turn.user))
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
        journal.write(part, LineRecord(id=self._lines + 2, at=now, speaker="assistant", text=turn.assistant))
        self._lines += 2

    def _begin_journal(self) -> JournalPart | None:
        self._journal = part = self._recorder.open_journal()
        if part:
            program = f"presstalk {__version__}"
            began = Began(
                at=self._began, version=journal.VERSION, program=program, model=self._model, voice=self._voice
            )
            journal.write(part, began)
        return part

    def close(self) -> str:
        """End, and wait until all is written; what is wrong with it, in a sentence, or nothing."""
        self._recorder.end()
        if self._recorder.wait():
            return ""
        error = self._recorder.error
        return NOT_WRITTEN.format(self._folder, (error and error.strerror) or "the disk takes too long")

    def _keep(self, turn: TurnTiming) -> None:
        self.timings[turn.number] = turn
        if len(self.timings) > KEPT:
            del self.timings[min(self.timings)]
