"""Broken files of each kind that the program reads: it refuses them, or reads as far as it can."""

from __future__ import annotations

import copy
import io
import json
import logging
import os
import random
import tempfile
import time
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QBuffer, QIODevice, QLoggingCategory, Qt
from PySide6.QtGui import QImage

from desktop.access import opper_cli
from desktop.audio.sound_file import SoundFile
from desktop.base import json_depth
from desktop.base.message import MessageError
from desktop.conversation import image_encoding
from desktop.protocol import entries
from desktop.recording import conversation_store, export, history_controller, journal
from desktop.settings import files as settings_files
from desktop.settings.schema import Settings
from desktop.viewmodels.history_model import HistoryModel, HistoryRole
from tests.fuzz import tool_files

HANG_S = 3.0
"""CPU time of one file."""
BLOCK = 4_800
TOKENS = (
    b"9999-12-31T23:59:59Z",
    b"0001-01-01T00:00:00",
    b"-1",
    b"1e308",
    b"1e999",
    b"NaN",
    b"9" * 400,
    b"null",
    b"true",
    b'""',
    b"[" * 400,
    b'{"a":' * 400,
    b"]}",
    b"\x00",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    "\u202e\u0000".encode(),
    b"\n",
    b"\xff\xff\xff\x7f",
    b"\x00\x00\x00\x80",
)
HTML = "<img src='/dev/zero'><table bgcolor=#ff00ff width=4000><tr><td><a href='x'>&amp;"
UNSEEN = "a\u202eb\u200bc\x1b]8;;x\x07\u2066\u3164\U000e0041\u2028\x9b2Jz"
NESTED = "nested"
"""Stands for a value that is nested as deep as one of DEPTHS."""
DEPTHS = (127, 128, 129, 300, 400, 600, 800, 1_000)
ODD: tuple[Any, ...] = (
    *(HTML, UNSEEN, NESTED, NESTED, "\ud800", "", "x" * 20_000, "&&&", "%s{0}%1", "~nobody/x", "\0"),
    *(None, True, -1, 10**30, 1e308, 2**63, [], {}, [HTML], {HTML: HTML}, [None, 1, ["x"]]),
    *(
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00",
        "2026-05-01T12:00:00",
        "http://[::1%25x]/",
        "https://a@b",
    ),
)
"""Values where others are expected."""
JOURNAL = """\
{"type":"began","at":"2026-05-01T12:00:00Z","version":1,"model":"openai/gpt","voice":"cedar"}
{"type":"line","id":1,"at":"2026-05-01T12:00:01Z","speaker":"user","text":"a question"}
{"type":"line","id":2,"at":"2026-05-01T12:00:02+02:00","speaker":"assistant","growing":true,"heard":3}
{"type":"grown","id":2,"text":"an answer"}
{"type":"call","call_id":"c","at":"2026-05-01T12:00:03Z","name":"t","arguments":{"n":[1,2]},"duration_ms":2.5}
{"type":"line","id":3,"at":"2026-05-01T12:00:03Z","speaker":"tool","text":"t","call_id":"c","state":"done"}
{"type":"line","id":4,"at":"2026-05-01T12:00:04Z","text":"x","message":{"id":"verbatim","arguments":{"words":"w"}}}
{"type":"response","at":"2026-05-01T12:00:05Z","response":1,"outcome":"complete","usage":{"tokens":5}}
{"type":"lost","count":1}
{"type":"ended","at":"2026-05-01T12:00:06Z"}
"""
LIST = {"models": [{"id": "a/b", "name": "B", "parameters": {"voices": ["x"]}, "capabilities": ["audio"]}]}


@dataclass
class FileReport:
    """What was found."""

    kind: str
    seed: int
    files: int = 0
    slowest_s: float = 0.0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.kind:<9} {self.files:>6,} files, seed {self.seed}, problems {len(self.problems)}, "
            f"slowest {1e3 * self.slowest_s:.0f} ms"
        )


def fuzz_files(kind: str, count: int, seed: int) -> FileReport:
    """Read so many broken files of a kind; each is the same for the same seed and number."""
    report = FileReport(kind, seed)
    whole, read = KINDS[kind]
    # Qt says what is wrong with each picture.
    QLoggingCategory.setFilterRules("qt.gui.imageio*=false")
    logging.disable(logging.WARNING)  # so does the program of each file
    originals = whole()
    with tempfile.TemporaryDirectory() as folder:
        for number in range(count):
            content = broken(random.Random(f"{seed} {kind} {number}"), originals)
            began = time.process_time()
            try:
                read(Path(folder), content)
            except MessageError:
                pass  # a sentence for the user
            except Exception as exc:
                report.problems.append(f"{kind} {number}: {type(exc).__name__}: {exc}")
            spent = time.process_time() - began
            report.slowest_s = max(report.slowest_s, spent)
            if spent > HANG_S:
                report.problems.append(f"{kind} {number}: {spent:.1f} s")
            report.files += 1
    logging.disable(logging.NOTSET)
    return report


def broken(draw: random.Random, originals: list[bytes]) -> bytes:
    """One of the files with a few faults in it."""
    content = bytearray(draw.choice(originals))
    if content[:1] == b"{" and draw.random() < 0.4:
        return strange(draw, bytes(content))
    for _ in range(draw.choice((1, 1, 2, 4, 16))):
        at = draw.randrange(len(content) + 1)
        end = min(len(content), at + draw.choice((1, 2, 4, 20, 200)))
        match draw.randrange(7):
            case 0:
                content[at:end] = draw.randbytes(end - at)
            case 1:
                del content[at:end]
            case 2:
                content[at:at] = content[at:end] * draw.choice((1, 2, 50))
            case 3:
                content[at:at] = draw.choice(TOKENS)
            case 4:
                content[at:end] = draw.choice(TOKENS)
            case 5:
                other = draw.choice(originals)
                content[at:] = other[draw.randrange(len(other) + 1) :]
            case _:
                del content[at if at > len(content) // 2 else len(content) - 1 :]
    return bytes(content)


def strange(draw: random.Random, content: bytes) -> bytes:
    """JSON, or JSON Lines, that can be read, with values in it that nobody expects there."""
    values = [json.loads(content)] if b"\n{" not in content else [*map(json.loads, content.splitlines())]
    deep = draw.choice(DEPTHS)
    for _ in range(draw.choice((1, 1, 2, 5))):
        place = values
        while isinstance(place, dict | list) and place:
            key = draw.choice(list(place) if isinstance(place, dict) else range(len(place)))
            inner = place[key]
            if not (isinstance(inner, dict | list) and inner and draw.random() < 0.8) and place is not values:
                place[key] = copy.deepcopy(draw.choice(ODD))
                break
            place = inner
    nested = draw.choice(("[" * deep + "1" + "]" * deep, '{"a":' * deep + "1" + "}" * deep))
    return b"\n".join(json.dumps(one).replace(f'"{NESTED}"', nested).encode() for one in values) + b"\n"


def _read_journal(folder: Path, content: bytes) -> None:
    path = folder / "20260501-120000-0123abcd.jsonl"
    path.write_bytes(content)
    stored = journal.read(path)
    model = HistoryModel()
    model.show([history_controller.to_entry(found) for found in conversation_store.summaries(folder)])
    for row in range(model.rowCount()):
        # What a guarded method failed at would be hidden: each is asked directly.
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, *HistoryRole):
            if model.index(row).data(role) is None:
                raise AssertionError(f"the list has no {role!r}")
    lines, background = history_controller.document(stored)
    for ending, write in export.FORMATS.items():
        text = write(lines, background.redacted())
        if ending == ".json":
            json.loads(text)
        text.encode()
    conversation_store.search(folder, "question")


def _read_settings(folder: Path, content: bytes) -> None:
    (folder / settings_files.FILE).write_bytes(content)
    loaded = settings_files.load(folder)
    settings_files.save(folder, loaded.settings, loaded.unread)
    again = settings_files.load(folder)
    if again.settings != loaded.settings:
        raise AssertionError("what was read isn't what was written")
    settings_files.export_file(folder / "exported.json", loaded.settings)


def _import_settings(folder: Path, content: bytes) -> None:
    path = folder / "imported.json"
    path.write_bytes(content)
    values = settings_files.import_file(path)
    Settings(**values)


def _read_sign_in(folder: Path, content: bytes) -> None:
    with _variable(opper_cli.HOME_VARIABLE, str(folder)):
        (folder / "config.json").write_bytes(content)
        opper_cli.find()


def _read_list(folder: Path, content: bytes) -> None:
    try:
        answer = json_depth.decode(content)
    except ValueError:
        return  # as any answer that is no JSON
    found = answer.get("models") if isinstance(answer, dict) else None
    if isinstance(found, list):
        msgspec.json.encode(entries.merged(found))


def _read_sound(folder: Path, content: bytes) -> None:
    sound = SoundFile(io.BytesIO(content), "a.wav")
    try:
        for _ in range(1_000):
            if len(sound.read(BLOCK)) < BLOCK:
                break
    finally:
        sound.close()


def _read_picture(folder: Path, content: bytes) -> None:
    image_encoding.from_bytes(content)


def _sounds() -> list[bytes]:
    made = []
    for width, rate, channels in ((2, 24_000, 1), (1, 8_000, 2), (3, 44_100, 1)):
        content = io.BytesIO()
        with wave.open(content, "wb") as file:
            file.setsampwidth(width)
            file.setframerate(rate)
            file.setnchannels(channels)
            file.writeframes(bytes(width * channels * 800))
        made.append(content.getvalue())
    return made


def _pictures() -> list[bytes]:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.darkCyan)
    made = []
    for name in ("PNG", "JPEG", "BMP", "WEBP", "GIF"):
        buffer = QBuffer()
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        if image.save(buffer, name):  # type: ignore[call-overload]
            made.append(bytes(buffer.data().data()))
    return made


def _settings() -> list[bytes]:
    return [
        msgspec.json.format(msgspec.json.encode(Settings()), indent=2),
        b'{"theme":"dark","language":"sv"}',
    ]


KINDS: dict[str, tuple[Callable[[], list[bytes]], Callable[[Path, bytes], None]]] = {
    "journals": (lambda: [JOURNAL.encode()], _read_journal),
    "settings": (_settings, _read_settings),
    "imports": (_settings, _import_settings),
    "sign-ins": (
        lambda: [b'{"version":1,"defaultKey":"d","keys":{"d":{"apiKey":"op-1234567890abcdef"}}}'],
        _read_sign_in,
    ),
    "lists": (lambda: [json.dumps(LIST).encode()], _read_list),
    "sounds": (_sounds, _read_sound),
    "pictures": (_pictures, _read_picture),
    **tool_files.KINDS,
}
"""Whole files of each kind, and what reads one."""


@contextmanager
def _variable(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
