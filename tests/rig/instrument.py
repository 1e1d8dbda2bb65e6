"""Microphone and ear of a program on a JACK server, exact to the sample.

    with JackServer() as server, Instrument(server) as instrument:
        ...  # start the program with server.env, and have it open its streams
        instrument.plug_in()
        begin = instrument.speak(tone)
        heard = instrument.heard(begin, begin + 48_000)

Its clients run in a process of their own, which is killed at the end. JACK ends a client by cancelling its
thread: one that waits for Python's lock at that moment takes the lock with it, and the whole run hangs.
"""

from __future__ import annotations

import multiprocessing
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.rig.jack import START_SECONDS, JackServer
from tests.rig.jack_clients import serve
from tests.rig.process import RigError, until

ANSWER_SECONDS = 60.0
"""How long its process may take for an answer, on the busiest machine."""


class Instrument:
    """The app's microphone and its ear. Frames are the server's, of 1/48000 s, the same for both."""

    def __init__(self, server: JackServer) -> None:
        self._server = server
        self._asking = threading.Lock()
        self._forgotten_xruns = 0

    def __enter__(self) -> Instrument:
        fresh = multiprocessing.get_context("spawn")
        self._line, theirs = fresh.Pipe()
        self._process = fresh.Process(target=serve, args=(self._server.name, theirs), daemon=True)
        self._process.start()
        theirs.close()
        try:
            self._answer(START_SECONDS)  # it is there
        except RigError:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: Any) -> None:
        self._process.kill()
        self._process.join()
        self._line.close()
        self._server.wait_without(("mouth", "ear"))

    def plug_in(self, microphone: bool = True, speaker: bool = True, within: float = START_SECONDS) -> None:
        """Connect to the streams PortAudio has open; waits until there are such. After a reopening: again."""
        if microphone:
            until(lambda: self._ask("plug_in_mouth"), within=within, what="the app's input stream")
        if speaker:
            until(lambda: self._ask("plug_in_ear"), within=within, what="the app's output stream")

    def put_side_by_side(self) -> None:
        """Let the app's microphone hear its speaker at full strength, as the worst of rooms would."""
        self._ask("put_side_by_side")

    def put_in_room(self, delay_ms: float, level_db: float = 0.0) -> None:
        """Let the app's microphone hear its speaker as in a `Room`, besides what is said; 20 ms at least."""
        self._ask("put_in_room", delay_ms, level_db)

    @property
    def xruns(self) -> list[int]:
        """The frames at which the server, not the app, failed to keep time; since `forget_xruns`."""
        found: list[int] = self._ask("xruns")
        return found[self._forgotten_xruns :]

    def forget_xruns(self) -> None:
        """Count anew."""
        self._forgotten_xruns = len(self._ask("xruns"))

    @property
    def now(self) -> int:
        """The present frame."""
        return int(self._ask("now"))

    def time_of(self, frame: int) -> float:
        """When a frame's block begins to be processed, plus its place in it, on `time.monotonic()`."""
        return float(self._ask("time_of", frame))

    def speak(self, samples: NDArray[np.float32], at: int | None = None) -> int:
        """Say samples of 48 kHz into the microphone, added to what is being said. Returns the first frame.

        Args:
            samples: mono.
            at: the frame of the first sample; by default five blocks from now.
        """
        return int(self._ask("speak", samples.astype(np.float32), at))

    def wait_until(self, frame: int, within: float = 60.0) -> None:
        """Wait until the ear has heard this frame."""
        until(lambda: self._ask("heard_to") > frame, within=within, what=f"frame {frame}")

    def heard(self, begin: int, end: int) -> NDArray[np.float32]:
        """What the ear heard between two frames; frames it missed itself are not-a-number."""
        self.wait_until(end - 1)
        heard: NDArray[np.float32] = self._ask("heard", begin, end)
        return heard

    def forget(self) -> None:
        """Drop what was heard so far."""
        self._ask("forget")

    def _ask(self, what: str, *args: Any) -> Any:
        with self._asking:
            try:
                self._line.send((what, args))
            except OSError as exc:
                raise RigError("The instrument has stopped") from exc
            return self._answer(ANSWER_SECONDS)

    def _answer(self, within: float) -> Any:
        try:
            if not self._line.poll(within):
                raise RigError("The instrument doesn't answer")
            answer = self._line.recv()
        except (EOFError, OSError) as exc:
            raise RigError("The instrument has stopped") from exc
        if isinstance(answer, Exception):
            raise answer
        return answer
