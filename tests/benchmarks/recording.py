"""What recording costs: the GUI's thread, the writing thread, memory; and how fast a recording is read."""

from __future__ import annotations

import base64
import os
import random
import resource
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop.base import atomic_file
from desktop.protocol import codec, commands
from desktop.realtime.connection import Frame
from desktop.recording.folder.folder_files import FolderFiles
from desktop.recording.folder.reader import open_recording
from desktop.recording.folder.recorder import Recorder, Wanted
from desktop.recording.reading.recorded_timeline import add_outlines, read_timeline
from desktop.turn.marks import Mark
from desktop.ui.common.theme import LIGHT
from desktop.ui.timeline.lanes import HEIGHT, Lanes
from desktop.ui.timeline.timeline_paint import TimelinePainter
from desktop.viewmodels.timeline.time_scale import TimeScale
from tests.benchmarks.figures import Figure, figure

SECONDS = 12
"""Of a session with both voices at once: 100 packets of 10 ms out, 20 deltas of 50 ms in, each second."""
HOUR_FRAMES = 100 * 1_200 + 20 * 2_400
"""An hour of talk: a third of it the user speaks, two thirds the assistant."""
BATCH = 1_000
GOAL_US, GOAL_PERCENT, GOAL_MB, GOAL_OPEN_MS = 20, 0.5, 8, 1_000
GOAL_PAINT_MS = 16
PAINTED_PX, PAINTS = 2_448, 150
"""The lanes of a window of 2560 px; from an hour to most of a second in sight."""


def measure() -> Iterator[Figure]:
    """The figures of the recording, one by one."""
    with tempfile.TemporaryDirectory() as name:
        yield from _session(Path(name) / "session")
        yield from _hour(Path(name) / "hour")


def _frames() -> tuple[Frame, Frame]:
    """A packet of the microphone's, and a delta of the assistant's."""
    rnd = random.Random(1)
    wire = (
        b'{"type":"audio.delta","response_id":"resp_0123","audio":"'
        + base64.b64encode(rnd.randbytes(2_400))
        + b'"}'
    )
    packet = commands.AudioAppend(rnd.randbytes(480))
    return (
        Frame("out", packet, len(codec.encode(packet))),
        Frame("in", codec.decode(wire), len(wire), wire),
    )


def _session(folder: Path) -> Iterator[Figure]:
    out, come = _frames()
    idle = _cpu_of(lambda: _pace(lambda number: None))
    kept = Recorder(lambda: folder, lambda: Wanted(frames=True, sound=True))
    kept.frame(out)
    time.sleep(1)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    added: list[float] = []

    def step(number: int) -> None:
        for _ in range(20):  # what the connection does just before: the caches are warm
            codec.encode(commands.AudioAppend(b"\0" * 480))
        began = time.thread_time()  # not what other programs take meanwhile
        kept.frame(out)
        added.append((time.thread_time() - began) * 1e6)
        if number % 5 == 0:
            kept.frame(come)

    busy = _cpu_of(lambda: _pace(step))
    grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb) / 1_000
    yield figure("a frame, on the GUI's thread", added, "us", GOAL_US, None)
    yield figure("recording both voices", [(busy - idle) / SECONDS * 100], "% of a core", GOAL_PERCENT, None)
    yield figure("memory", [grown_mb], "MB", GOAL_MB, None)
    kept.end()
    kept.wait()


def _pace(step: object) -> None:
    assert callable(step)
    wait = threading.Event()
    began = time.monotonic()
    for number in range(SECONDS * 100):
        step(number)
        wait.wait(max(0.0, began + (number + 1) / 100 - time.monotonic()))


def _cpu_of(work: object) -> float:
    assert callable(work)
    before = time.process_time()
    work()
    return time.process_time() - before


def _hour(folder: Path) -> Iterator[Figure]:
    out, come = _frames()
    atomic_file.make_folder(folder.parent)
    files = FolderFiles(folder)
    began = time.process_time()
    for start in range(0, HOUR_FRAMES, BATCH):
        batch = range(start, start + BATCH)
        files.add([(come if number % 7 < 2 else out, number * 20_000, True) for number in batch])
        files.add([Mark(start * 20_000, "key_down", turn=start)])
        files.flush()
    files.close()
    yield figure(
        "a frame in all, of an hour's in a row", [(time.process_time() - began) / HOUR_FRAMES * 1e6], "us"
    )
    began = time.process_time()
    recording = open_recording(folder)
    lines = sum(1 for _ in recording.frame_lines())
    marks = sum(1 for _ in recording.marks())
    opened_ms = (time.process_time() - began) * 1_000
    assert lines >= HOUR_FRAMES
    assert marks
    yield figure("an hour's frames and marks, read", [opened_ms], "ms", GOAL_OPEN_MS, None)
    yield from _timeline(folder)


def _timeline(folder: Path) -> Iterator[Figure]:
    """The hour on the timeline: opened with its outlines as they were kept, and painted at each scale."""
    began = time.process_time()
    found = read_timeline(open_recording(folder))
    add_outlines(found)
    opened_ms = (time.process_time() - began) * 1_000
    yield figure("an hour's recording, on the timeline", [opened_ms], "ms", GOAL_OPEN_MS, None)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])  # it has the letters
    assert isinstance(application, QApplication)
    painter, lanes = TimelinePainter(found.timeline), Lanes.of_height(HEIGHT)
    picture = QImage(PAINTED_PX, HEIGHT, QImage.Format.Format_ARGB32_Premultiplied)
    scale = TimeScale(width=PAINTED_PX).fitted(found.length_us)
    paints: list[float] = []
    for step in range(PAINTS):
        scale = scale.zoomed(1.05, PAINTED_PX * 0.37, found.length_us) if step else scale
        began = time.process_time()
        canvas = QPainter(picture)
        painter.paint(canvas, scale, lanes, LIGHT)
        canvas.end()
        paints.append((time.process_time() - began) * 1_000)
    yield figure("a picture of an hour's timeline, 2,448 px wide", paints, "ms", GOAL_PAINT_MS, None)
