"""Files with odd names: each is written and read as it is called, its name is told in one visible line.

Its name may be HTML, or hide or turn round what is in it.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop.audio.sound_bytes import SoundFileError
from desktop.audio.sound_file import SoundFile
from desktop.base.message import Message
from desktop.base.visible_text import visible, visible_line
from desktop.recording import conversation_store, journal
from desktop.recording.export_controller import ExportController
from desktop.recording.history_controller import HistoryController
from desktop.settings.schema import Settings
from desktop.settings.settings_controller import SettingsController
from desktop.settings.store import SettingsStore
from desktop.ui.common.plain_text import PlainLabel
from desktop.viewmodels.events_model import EventsModel
from desktop.viewmodels.timing_model import TimingModel
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from desktop.viewmodels.wording import worded
from tests.recording.test_conversation_store import put

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems allow few of these names")

NAMES = [
    b"<img src='x'>",
    b"<table bgcolor=red>",
    b"a&amp;b&c",
    b"a\x1b[2J\x07\x7f",
    b"a\nSaved as b",
    b"a\r\tb",
    "photo\u202egpj.exe".encode(),
    "\u2066x\u2069\u200b\ufeff\u00ad".encode(),
    "a\u2028\u2029\u0085b".encode(),
    "\U000e0041\u3164\u2800".encode(),
    b"\xff\xfe\x80",
    b"-rf --help",
    b"%s {file} {0} %1",
    b"a\\b:c*?|",
    b" ",
    "e\u0301\u0344".encode() * 30,
    b"x" * 240,
]


@pytest.fixture(params=NAMES, ids=ascii)
def name(request: pytest.FixtureRequest) -> str:
    return os.fsdecode(request.param)


async def said(signal: Any, do: Callable[[], object]) -> str:
    """The sentence that a controller tells then, as the window words it."""
    told: asyncio.Future[tuple[object, ...]] = asyncio.get_running_loop().create_future()
    signal.connect(lambda *values: told.done() or told.set_result(values))
    do()
    values = await asyncio.wait_for(told, 5)
    signal.disconnect()
    words = next((worded(value) for value in values if isinstance(value, Message)), str(values[0]))
    assert words == visible_line(words), "one line, in which everything can be seen"
    label = PlainLabel(words)
    label.grab()
    assert label.text() == words
    return words


@pytest.fixture
def exports(qapp) -> ExportController:
    transcript = TranscriptModel()
    transcript.add_typed("Hello")
    return ExportController(transcript, TimingModel(), EventsModel(), ToolCallsModel())


async def test_exports(exports: ExportController, tmp_path: Path, name: str):
    for ending, write, signal in (
        (".md", exports.write_conversation, exports.done),
        (".json", exports.write_conversation, exports.done),
        (".csv", exports.write_times, exports.done),
        (".jsonl", exports.write_frames, exports.frames_done),
    ):
        file = tmp_path / f"{name}{ending}"
        assert ending in await said(signal, lambda write=write, file=file: write(file))
        assert file.is_file()
    await said(exports.done, lambda: exports.write_conversation(tmp_path / name / name / "a.md"))
    assert len(os.listdir(tmp_path)) == 4


async def test_exports_of_an_earlier_conversation(qapp, tmp_path: Path, name: str):
    folder = tmp_path / name
    path = put(folder, ("user", "Hello"))
    history = HistoryController(TranscriptModel(), lambda: folder)
    await said(history.notified, lambda: history.export_conversation(str(path), tmp_path / f"{name}.txt"))
    assert "Hello" in (tmp_path / f"{name}.txt").read_text(encoding="utf-8")
    await history.close()


def test_the_history_knows_its_own_names_only(tmp_path: Path, name: str):
    own = put(tmp_path, ("user", "Hello"))
    stem = journal.new_name(datetime(2026, 5, 1, 12, 0, tzinfo=UTC))
    for other in (f"{name}{journal.SUFFIX}", f"{name[:200]}{stem[:20]}{journal.SUFFIX}"):
        (tmp_path / other).write_bytes(own.read_bytes())
    assert [one.path for one in conversation_store.summaries(tmp_path)] == [own]
    conversation_store.prune(tmp_path, 1, now=4e9)
    assert len(list(tmp_path.iterdir())) >= 2, "files of others stay"


async def test_settings_are_exported_and_imported(qapp, tmp_path: Path, name: str):
    controller = SettingsController(SettingsStore(Settings(theme="dark")))
    file = tmp_path / f"{name}.json"
    assert ".json" in await said(controller.file_done, lambda: controller.export_file(file))
    assert ".json" in await said(controller.file_done, lambda: controller.import_file(file))
    await said(controller.file_done, lambda: controller.import_file(tmp_path / name))
    await controller.close()


async def test_the_folder_of_the_last_export_is_remembered(tmp_path: Path, name: str):
    """One whose name is no UTF-8 costs itself, and not all the other settings."""
    folder = tmp_path / "settings"
    store = SettingsStore.load(folder)
    store.replace(theme="dark", export_folder=str(tmp_path / name), data_folder=str(tmp_path / name))
    await store.close()
    kept = SettingsStore.load(folder).current
    assert kept.theme == "dark"
    assert kept.export_folder in (str(tmp_path / name), str(tmp_path / "???"))


def test_a_sound_says_in_words_that_it_is_none(tmp_path: Path, name: str):
    file = tmp_path / f"{name}.wav"
    file.write_bytes(b"no sound")
    for path in (file, tmp_path / f"{name}.gone"):
        with pytest.raises(SoundFileError) as told:
            SoundFile(path)
        words = worded(told.value.message)
        assert words == visible(words), "it may have a line break: the command in it has to be right"
