"""The fuzz itself: episodes of frames and of what happens meanwhile, each the same for the same seed.

An episode draws which frames and which happenings it is made of: those of few kinds find endless states,
those of many find unforeseen combinations.
"""

from __future__ import annotations

import faulthandler
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec

from desktop.protocol import codec, events
from desktop.protocol.codes import meaning
from desktop.realtime.connection import Frame
from desktop.recording.frame_log import record
from tests.fuzz.frames import KINDS, Frames
from tests.fuzz.turns import Talker

LONGEST_EPISODE = 2_000
"""Frames."""
HANG_S = 1.0
"""CPU time of one frame, of half a megabyte at most, from its bytes to what the turn does."""
STUCK_S = 60
"""An episode that lasts so long ends the run, with the stack that it hangs in."""
MOST_SHOWN = 20


@dataclass
class Report:
    """What was found."""

    seed: int
    frames: int = 0
    seconds: float = 0.0
    slowest_s: float = 0.0
    crashes: list[str] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rate = self.frames / max(self.seconds, 1e-9)
        return (
            f"{self.frames:,} frames in {self.seconds:.1f} s, {rate:,.0f} frames/s, seed {self.seed}\n"
            f"crashes {len(self.crashes)}  hangs {len(self.hangs)}  slowest {1e3 * self.slowest_s:.0f} ms"
        )


def fuzz(frames: int, seed: int, show: Callable[[str], None] = lambda line: None, episode: int = 0) -> Report:
    """Play this many frames. With `episode` only that one is played, and its exception propagates.

    `show` gets a line for each tenth.
    """
    report, began, number = Report(seed), time.perf_counter(), episode or 1
    shown = 0
    while report.frames < frames:
        faulthandler.dump_traceback_later(STUCK_S, exit=True)
        try:
            _play(report, random.Random(f"{seed}/{number}"), frames - report.frames, number)
        except Exception as exc:
            if episode:
                raise
            if len(report.crashes) < MOST_SHOWN:
                report.crashes.append(f"episode {number}: {type(exc).__name__}: {exc}")
        number += 1
        report.seconds = time.perf_counter() - began
        if 10 * report.frames // frames > shown:
            shown = 10 * report.frames // frames
            show(f"{report.frames:,} frames, {len(report.crashes)} crashes, {len(report.hangs)} hangs")
        if episode:
            break
    faulthandler.cancel_dump_traceback_later()
    return report


def _play(report: Report, chance: random.Random, most: int, number: int) -> None:
    kinds = tuple(chance.sample(KINDS, chance.choice((1, 2, 3, 5, len(KINDS)))))
    source = Frames(chance, chance.choice((0.0, 0.1, 0.9)), kinds)
    talker, between = Talker(chance), chance.choice((0.0, 0.1, 0.5, 0.9))
    talker.connect()
    for _ in range(min(most, chance.randint(1, LONGEST_EPISODE))):
        frame = source.next()
        report.frames += 1
        began = time.thread_time()
        event = decoded(frame)
        talker.hear(event)
        took = time.thread_time() - began
        report.slowest_s = max(report.slowest_s, took)
        if took > HANG_S and len(report.hangs) < MOST_SHOWN:
            report.hangs.append(f"episode {number}: {took:.1f} s for {frame[:100]!r}, {len(frame):,} bytes")
        while chance.random() < between:
            talker.act()
    talker.weigh()
    talker.rest()


def decoded(frame: bytes) -> events.Event:
    """The event of a frame, read as the program reads it: its code, its arguments, its record."""
    event = codec.decode(frame)
    assert isinstance(event, events.Event)
    match event:
        case events.Error():
            meaning(event)
        case events.ToolCall():
            try:
                assert isinstance(event.arguments(), dict)
            except ValueError:
                pass  # as it says
        case _:
            pass
    msgspec.json.encode(record(Frame("in", event, len(frame)), 0.0))
    return event
