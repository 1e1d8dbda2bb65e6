"""A user of the real client with a faulty server, on devices driven by hand."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from desktop.offline.faults.server import FaultServer
from desktop.turn.effects import DisplayState
from tests.conversation.test_session_controller import Bench

WITHIN_S = 10.0
PACE = 0.02
"""The scenarios' waits are made for people to look at: 2 s become 40 ms."""
SPOKEN_MS = 600
SHORT = {
    "session.start": "start",
    "audio.append": "audio",
    "audio.commit": "commit",
    "audio.clear": "clear",
    "response.create": "create",
    "response.cancel": "cancel",
    "tool.result": "result",
}


class User(Bench):
    """A bench whose speaker plays everything at once."""

    @property
    def ended(self) -> bool:
        return self.states[-1:] in ([DisplayState.ERROR], [DisplayState.OFFLINE])

    @property
    def seen(self) -> list[str]:
        return [state.value for state in self.states]

    @property
    def note_texts(self) -> list[tuple[str, str]]:
        return [(str(note.message), note.code) for note in self.notes]

    @property
    def lines(self) -> list[Any]:
        return self.controller.presenter.transcript.lines

    @property
    def kept(self) -> int:
        """Takes that wait for the next session, as the transcript says."""
        return sum("kept" in line.note for line in self.lines)

    async def connect(self) -> None:
        self.controller.toggle_session()
        await self.until(lambda: self.ended or DisplayState.READY in self.states)

    def speak(self, ms: float = SPOKEN_MS) -> None:
        """One take, held and released."""
        self.controller.press()
        self.audio.microphone_now.push_ms(ms)
        self.controller.release()
        self.audio.microphone_now.push_ms(220)

    async def until(self, condition: Callable[[], Any], within_s: float = WITHIN_S) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not condition():  # noqa: ASYNC110 - sockets have no event for it
                    await asyncio.sleep(0.001)
                return
        raise AssertionError(f"it didn't come to it: {self.seen} {self.note_texts}")

    async def listen(self) -> None:
        """Hear everything as soon as it is there."""
        while True:
            for speaker in self.audio.speakers:
                speaker.play(60_000)
            await asyncio.sleep(0.002)


@asynccontextmanager
async def sitting_at(server: FaultServer, **settings: Any) -> AsyncIterator[User]:
    """A user of this server; everything is closed when the block is left."""
    user = User(server.url, **settings)
    listening = asyncio.create_task(user.listen())
    try:
        yield user
    finally:
        listening.cancel()
        await user.controller.close()
        await asyncio.wait({listening})


def sent(server: FaultServer) -> list[str]:
    """The frames of each connection, in short words."""
    record = server.record
    numbers = range(1, record.connections + 1)
    return [" ".join(SHORT.get(kind, kind) for kind in record.kinds(number)) for number in numbers]
