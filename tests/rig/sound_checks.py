"""The real program tests its devices in a session, by itself: python -m tests.rig.sound_checks FRAMES

It prints a line when each test begins and ends, with the loudest levels that the meters were given before.
The frames of the session are written to the file FRAMES.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import qasync
from PySide6.QtWidgets import QApplication

from desktop.app.build import Parts, build
from desktop.app.connections import connect
from desktop.audio.levels import FLOOR_DB
from desktop.devices.backend import SystemAudioBackend
from desktop.recording.frame_log import FrameLog
from desktop.settings.store import SettingsStore
from desktop.tools.builtin import default_registry
from desktop.turn.effects import DisplayState

RECORD_S = 2.0
LOOK_S = 0.02


class Checks:
    """Waits for what the program says, and looks at its meters meanwhile."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self.loudest = [FLOOR_DB, FLOOR_DB]
        self.test, self.playing = "idle", ""
        parts.audio.test_changed.connect(lambda state: setattr(self, "test", state))
        parts.audio.playing_changed.connect(lambda what: setattr(self, "playing", what))

    async def run(self) -> None:
        """Test the speaker, then the microphone, then end the program."""
        controller, audio = self._parts.controller, self._parts.audio
        while controller.state is not DisplayState.READY:  # noqa: ASYNC110 - it is a rig
            await asyncio.sleep(LOOK_S)
        audio.test_speaker()
        await self._until("speaker", lambda: self.playing == "test")
        await self._until("silence", lambda: self.playing == "")
        audio.start_test()
        await self._until("recording", lambda: self.test == "recording")
        enough = asyncio.get_running_loop().time() + RECORD_S
        await self._until("heard", lambda: asyncio.get_running_loop().time() > enough)
        audio.stop_test()
        await self._until("playing", lambda: self.test == "playing")
        await self._until("idle", lambda: self.test == "idle")
        print(f"state {controller.state.value}", flush=True)
        self._parts.window.close()

    async def _until(self, what: str, happened: Callable[[], bool]) -> None:
        while not happened():
            levels = self._parts.audio.levels()
            self.loudest = [max(one, now.peak_db) for one, now in zip(self.loudest, levels, strict=True)]
            await asyncio.sleep(LOOK_S)
        print(f"{what} {self.loudest[0]:.1f} {self.loudest[1]:.1f}", flush=True)
        self.loudest = [FLOOR_DB, FLOOR_DB]


async def main(frames: Path) -> None:
    """Run the checks in the program's window."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    with TemporaryDirectory() as folder:
        store = SettingsStore.load(Path(folder))
        store.override(model="offline/demo")
        log = FrameLog(frames)
        parts = build(application, store, default_registry(), SystemAudioBackend(), log)
        connect(parts)
        parts.window.show()
        parts.controller.toggle_session()
        await Checks(parts).run()
        await parts.controller.close()
        log.close()
        await store.flush()


if __name__ == "__main__":
    with qasync.QEventLoop(QApplication(sys.argv[:1])) as loop:
        asyncio.set_event_loop(loop)
        loop.run_until_complete(main(Path(sys.argv[1])))
