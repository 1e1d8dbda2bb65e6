"""What a recorded service sends, and what it waits for. Pure: it is told what came, and knows no clock.

A client's frames needn't be those of the recording: its sound is another, in other packets. So only what a
response depends on is waited for, by its kind and its number: a commit, a text, a request, a tool's result.
Sound alone is waited for where nothing else follows before the service speaks: by its length.
"""

from __future__ import annotations

import binascii
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from desktop.base import json_depth
from desktop.base.message import Text
from desktop.recording.folder.reader import RecordedFrame, Recording

OTHER_FORMAT = Text(
    "replay-other-format", "This recording's sound is {recorded}; it can't be replayed as {asked}."
)
GATES = frozenset({"session.start", "audio.commit", "text.input", "response.create", "tool.result"})
"""Kinds of frames that are waited for."""
SOUND = "audio.append"
ENOUGH = 0.95
"""Of the recorded sound's length: another voice may be a little faster."""


@dataclass(frozen=True, slots=True)
class Step:
    """A frame that is sent, or a kind of frame that is waited for: the `number`th of its kind.

    `seconds`: how much sound is waited for in all; `t_us`: when it was in the recording.
    """

    t_us: int
    wire: bytes = b""
    kind: str = ""
    number: int = 0
    seconds: float = 0.0


@dataclass(slots=True)
class Script:
    """One connection of the recording. `config` is what the recorded client asked for."""

    steps: list[Step] = field(default_factory=list)
    config: dict[str, Any] = field(default_factory=dict)
    input_rate: int = 24_000
    missing: int = 0
    """Frames whose sound isn't in the recording: they can't be sent."""


def scripts_of(recording: Recording) -> list[Script]:
    """A script for each connection of a recording, in order."""
    found: list[Script] = []
    counts: Counter[str] = Counter()
    sound_bytes = 0
    rates = [part.input_rate for part in recording.session.sessions if part.input_rate]
    for frame in recording.frames():
        line = frame.line
        if (line.direction == "out" and line.type == "session.start") or not found:
            rate = rates[min(len(found), len(rates) - 1)] if rates else 24_000
            found.append(Script(input_rate=rate, config=_config(frame)))
            counts, sound_bytes = Counter(), 0
        script = found[-1]
        if line.direction == "in":
            if frame.wire is None:
                script.missing += 1
            else:
                script.steps.append(Step(line.t, wire=frame.wire))
        elif line.type == SOUND:
            sound_bytes += line.sound.bytes if line.sound else max(0, line.size - 40) * 3 // 4
            step = Step(line.t, kind=SOUND, seconds=sound_bytes / 2 / script.input_rate)
            if script.steps and script.steps[-1].kind == SOUND:
                script.steps[-1] = step
            else:
                script.steps.append(step)
        elif line.type in GATES:
            counts[line.type] += 1
            script.steps.append(Step(line.t, kind=line.type, number=counts[line.type]))
    return found


class ReplayState:
    """Where a replay is: `received` tells it what came, `blocked` whether the next step has to wait."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._at = 0
        self._counts: Counter[str] = Counter()
        self._sound_s = 0.0
        self.problem = ""
        """Why this client can't be served, in a sentence."""

    @property
    def over(self) -> bool:
        """Whether all was sent."""
        return self._at >= len(self._script.steps)

    @property
    def waits_for(self) -> str:
        """The kind of frame that the next step waits for; empty if it doesn't."""
        return "" if self.over else self._script.steps[self._at].kind

    def received(self, text: bytes) -> None:
        """A frame came from the client."""
        try:
            frame = json_depth.decode(text)
        except ValueError:
            return
        kind = frame.get("type") if isinstance(frame, dict) else None
        if not isinstance(kind, str):
            return
        self._counts[kind] += 1
        if kind == SOUND and isinstance(frame.get("audio"), str):
            self._sound_s += _decoded_bytes(frame["audio"]) / 2 / self._script.input_rate
        elif kind == "session.start":
            self._check(frame.get("config"))

    def next(self) -> Step | None:
        """The next frame to be sent; None while something is waited for, or all was sent."""
        while not self.over:
            step = self._script.steps[self._at]
            if step.kind and not self._satisfied(self._at):
                return None
            self._at += 1
            if not step.kind:
                return step
        return None

    def passed(self) -> Step | None:
        """The last step that was waited for, which is over."""
        before = self._script.steps[: self._at]
        return next((step for step in reversed(before) if step.kind), None)

    def _satisfied(self, at: int) -> bool:
        """Whether this came, or something that comes after it in the recording."""
        for step in self._script.steps[at:]:
            if step.kind == SOUND:
                if self._sound_s >= ENOUGH * step.seconds and step is self._script.steps[at]:
                    return True
            elif step.kind and self._counts[step.kind] >= step.number:
                return True
        return False

    def _check(self, config: Any) -> None:
        if not isinstance(config, dict):
            return
        for name in ("input_audio_format", "output_audio_format"):
            recorded = self._script.config.get(name) or "pcm16"
            if (asked := config.get(name)) and asked != recorded:
                self.problem = str(OTHER_FORMAT(recorded=recorded, asked=str(asked)[:100]))


def _config(frame: RecordedFrame) -> dict[str, Any]:
    try:
        found = json_depth.decode(frame.wire or b"{}")
    except ValueError:
        return {}
    config = found.get("config") if isinstance(found, dict) else None
    return config if isinstance(config, dict) else {}


def _decoded_bytes(encoded: str) -> int:
    try:
        return len(binascii.a2b_base64(encoded))
    except ValueError:
        return 0


def kinds_in(scripts: Iterable[Script]) -> Counter[str]:
    """What is waited for, by kind."""
    return Counter(step.kind for script in scripts for step in script.steps if step.kind)
