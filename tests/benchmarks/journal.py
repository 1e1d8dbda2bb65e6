"""The cost of recording a conversation: on the GUI thread, and until it is in the file."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from desktop.protocol import commands
from desktop.realtime.connection import Frame
from desktop.recording import conversation_store, journal
from desktop.recording.folder.recorder import NOTHING, Recorder
from desktop.recording.frame_log import FrameLog
from desktop.recording.journal import LineRecord
from desktop.recording.jsonl_writer import JsonlWriter
from desktop.recording.transcript_recorder import TranscriptRecorder
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.benchmarks.figures import Figure, figure

LINES = 2_000
GOAL_US = 200
WORDS = (
    "The elephant went to the river each morning, listened to the stones, and came back with a new story. "
)
BULK = 20_000
CONVERSATIONS = 300


def measure() -> Iterator[Figure]:
    """The figures of the journal, one by one."""
    application = QCoreApplication.instance() or QCoreApplication([])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        yield from _talking(folder / "talking")
        yield from _writing(folder / "writing")
        yield from _reading(folder / "reading")
    del application


def _talking(folder: Path) -> Iterator[Figure]:
    transcript, calls = TranscriptModel(), ToolCallsModel()
    bare = TranscriptModel()
    kept = Recorder(lambda: folder, lambda: NOTHING)
    recorder = TranscriptRecorder(transcript, calls, kept.open_journal)
    transcript.add_typed("Hello")
    with_journal = [_timed_us(lambda: transcript.add_typed(WORDS)) for _ in range(LINES)]
    alone = [_timed_us(lambda: bare.add_typed(WORDS)) for _ in range(LINES)]
    yield figure("a line, on the GUI's thread", with_journal, "us", GOAL_US, None)
    yield figure("a line without the journal", alone, "us")
    transcript.begin_response(1)
    grown = [_timed_us(lambda: transcript.grow_response(1, "and then, ", 0)) for _ in range(LINES)]
    yield figure("some words more, on the GUI's thread", grown, "us", GOAL_US, None)
    recorder.end()
    kept.end()
    kept.wait()


def _writing(folder: Path) -> Iterator[Figure]:
    record = LineRecord(id=1, at=datetime.now(UTC), speaker="user", text=WORDS)
    writer = JsonlWriter(folder / "lines.jsonl")
    journal.write(writer, record)
    arrived = [_arrival_us(writer, record) for _ in range(200)]
    yield figure("a line, until it is in the file", arrived, "us")
    writer.close()
    writer = JsonlWriter(folder / "bulk.jsonl")
    began = time.perf_counter()
    for _ in range(BULK):
        journal.write(writer, record)
    writer.close(60)
    each = (time.perf_counter() - began) / BULK * 1e6
    yield figure("a line in all, of 20,000 in a row", [each], "us", GOAL_US, None)
    yield figure("bringing it to the disk, once a second", [_sync_us(folder) for _ in range(100)], "us")
    frames = FrameLog(folder / "frames.jsonl")
    frame = Frame("out", commands.AudioAppend(b"\0" * 960), 1_320)
    added = [_timed_us(lambda: frames.add(frame)) for _ in range(LINES)]
    yield figure("a frame, on the GUI's thread", added, "us")
    frames.close()


def _reading(folder: Path) -> Iterator[Figure]:
    for number in range(CONVERSATIONS):
        writer = JsonlWriter(folder / (journal.new_name(datetime.now(UTC)) + journal.SUFFIX))
        for line in range(100):
            text = f"{number} {line} {WORDS}"
            journal.write(writer, LineRecord(id=line, at=datetime.now(UTC), speaker="user", text=text))
        writer.close()
    lists = [_timed_us(lambda: conversation_store.summaries(folder)) / 1_000 for _ in range(5)]
    yield figure("list 300 conversations of 100 lines", lists, "ms")
    finds = [_timed_us(lambda: conversation_store.search(folder, "elephant 77")) / 1_000 for _ in range(5)]
    yield figure("search them all", finds, "ms")


def _timed_us(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1e6


def _arrival_us(writer: JsonlWriter, record: LineRecord) -> float:
    """From handing it over until the file has grown."""
    path = writer.path
    while not path.exists() or not path.stat().st_size:
        time.sleep(0.001)
    time.sleep(0.002)
    size = path.stat().st_size
    began = time.perf_counter()
    journal.write(writer, record)
    while path.stat().st_size == size:
        time.sleep(0)
    return (time.perf_counter() - began) * 1e6


def _sync_us(folder: Path) -> float:
    fd = os.open(folder / "sync", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(fd, WORDS.encode())
        return _timed_us(lambda: os.fsync(fd))
    finally:
        os.close(fd)
