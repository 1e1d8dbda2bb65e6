"""How the real program reads each kind of file, and what must be left of it afterwards."""

from __future__ import annotations

import asyncio
import json
import os
import random
from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, SignalInstance
from PySide6.QtWidgets import QComboBox, QTabWidget

from desktop.access import model_cache
from desktop.access.key_controller import KeyController
from desktop.app.build import Parts
from desktop.base import json_depth
from desktop.base.message import MessageError
from desktop.base.visible_text import visible
from desktop.cli.speech_source import open_speech
from desktop.protocol.catalog import MODELS
from desktop.recording import export
from desktop.settings import files as settings_files
from desktop.settings import schema
from desktop.settings.settings_controller import SettingsController
from desktop.settings.store import SettingsStore
from desktop.turn.effects import DisplayState
from desktop.ui.common.master_detail import MasterDetail
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.session.model_box import ModelBox
from desktop.ui.settings.settings_dialog import SettingsDialog
from tests.fuzz import files, hostile_frames
from tests.fuzz.frames import Frames
from tests.fuzz.service import HostileService
from tests.ui import foreign_text

BAD_NAME = "20260501-120000-0123abcd.jsonl"
GOOD_NAME = "20260430-120000-0123abcd.jsonl"
WITHIN_S = 120.0
SHOWN = 5
"""Of so many files one is shown in the window too: a theme or another size of text lays it all out."""


async def told(*signals: SignalInstance, ask: Any) -> tuple[Any, ...]:
    """Ask, and wait for the first of the signals; its values."""
    answer: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

    def take(*values: Any) -> None:
        if not answer.done():
            answer.set_result(values)

    for signal in signals:
        signal.connect(take)
    try:
        ask()
        async with asyncio.timeout(WITHIN_S):
            return await answer
    finally:
        for signal in signals:
            signal.disconnect(take)


class Reader:
    """Lets the program read one file after the other; `read` returns what is wrong."""

    kind = ""
    paints_nothing = True

    def __init__(self, service: HostileService, home: Path) -> None:
        self.service, self.home = service, home
        self.parts: Parts
        self.originals: list[bytes] = []

    async def begin(self, parts: Parts) -> None:
        """The window has been painted."""
        self.parts = parts
        self.originals = files.KINDS[self.kind][0]() if self.kind else []
        await self.session(after=0)

    async def read(self, number: int, seed: int) -> list[str]:
        """Let the program read one file."""
        raise NotImplementedError

    async def end(self) -> None:
        """All is read."""

    async def session(self, after: int) -> None:
        """Wait until the service has opened another session after so many."""
        async with asyncio.timeout(WITHIN_S):
            while self.service.sessions <= after:  # noqa: ASYNC110 - it counts in another thread
                await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)

    def content(self, number: int, seed: int) -> bytes:
        """The same for the same seed and number."""
        return files.broken(random.Random(f"{seed} {self.kind} {number}"), self.originals)


class Journals(Reader):
    """Found at a start, shown above the rest, listed, opened, searched, exported, deleted, restored."""

    kind = "journals"

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        self.folder = self.home / "data" / "conversations"
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / GOOD_NAME).write_text(files.JOURNAL)
        parts.window.history_clicked.emit()
        self.dialog: Any = parts.window.findChild(HistoryDialog)

    async def read(self, number: int, seed: int) -> list[str]:
        content, path, history = self.content(number, seed), self.folder / BAD_NAME, self.parts.history
        path.write_bytes(content)
        wrong = []
        if number % 5 == 0:
            await history.start(0)
            self.parts.window.recovery_clicked.emit()
        (entries,) = await told(history.listed, ask=history.list_conversations)
        keys = {entry.key for entry in entries}
        if str(self.folder / GOOD_NAME) not in keys:
            wrong.append("the good conversation isn't listed")
        spoken = kept_lines(content)
        if spoken and str(path) not in keys:
            wrong.append("a conversation with words isn't listed")
        if str(path) in keys:
            model = self.dialog.list.model()
            self.dialog.list.go_to(model.row_of(str(path)))
            _, lines, _ = await told(
                history.conversation_read, history.failed, ask=lambda: history.read_conversation(str(path))
            )
            text = "\n".join(line.text for line in lines)
            wrong += [f"lost: {words!r}" for words in spoken if words not in text]
            ending = list(export.FORMATS)[number % len(export.FORMATS)]
            file = self.home / f"exported{ending}"
            await told(
                history.notified,
                history.failed,
                ask=lambda: self.dialog.export_requested.emit(str(path), file),
            )
            if ending == ".json":
                json.loads(file.read_text())
            if number % 10 == 0:
                await told(history.found, history.failed, ask=lambda: history.search("question"))
                history.delete(str(path))
                await told(history.restored, history.failed, ask=history.undo)
            if number % SHOWN == 0:
                self.dialog.grab()
        if not path.read_bytes().startswith(content):
            wrong.append("what was in the file is gone")
        if number % 50 == 49:
            self.parts.window.new_conversation_clicked.emit()
        return wrong


def kept_lines(content: bytes) -> list[str]:
    """The words of the lines that are still whole, and that no other line of the file changes."""
    raws = [raw for raw in content.split(b"\n") if raw.strip()]
    known = [raw.encode() for raw in files.JOURNAL.splitlines()]
    kept = []
    for raw in known:
        record = json.loads(raw)
        if record["type"] != "line" or not record.get("text") or "message" in record or "call_id" in record:
            continue
        number = str(record["id"]).encode()
        others = [one for one in raws if one not in known and b'"id"' in one and number in one]
        if raw in raws and not others:
            kept.append(record["text"])
    return kept


class SettingsFiles(Reader):
    """Read as at a start; each value shown in the window and in its dialog."""

    kind = "settings"

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        self.folder = self.home / "other"
        self.folder.mkdir()
        parts.window.settings_clicked.emit()

    async def read(self, number: int, seed: int) -> list[str]:
        for old in self.folder.iterdir():
            old.unlink()
        content, path = self.content(number, seed), self.folder / settings_files.FILE
        path.write_bytes(content)
        store = SettingsStore.load(self.folder)
        wrong = []
        aside = self.folder / f"{settings_files.FILE}.bad"
        if store.problem and store.problem.text is settings_files.SETTINGS_SET_ASIDE:
            if aside.read_bytes() != content:
                wrong.append("the file that can't be read wasn't kept")
        else:
            raw = json_depth.decode(content)
            chosen, _ = schema.read(raw)
            store.replace(tail_ms=250 if store.current.tail_ms == 200 else 200)
            await store.flush()
            after = json.loads(path.read_bytes())
            lost = [name for name in raw if name not in after]
            wrong += [f"the file has lost {lost}"] if lost else []
            wrong += [
                f"{name} has changed"
                for name in chosen
                if name != "tail_ms" and getattr(store.current, name) != chosen[name]
            ]
        await store.close()
        if number % SHOWN == 0:
            self._show(store, dialog=number % (4 * SHOWN) == 0)
        await asyncio.sleep(0)
        return wrong

    def _show(self, store: SettingsStore, *, dialog: bool) -> None:
        # The address stays: the window is not to look for other services.
        values = msgspec.structs.asdict(store.current)
        values = {name: value for name, value in values.items() if name not in schema.ADDRESSES}
        self.parts.store.replace(**values)
        self.parts.window.restore(values["geometry"], values["layout"])
        if dialog:
            self.parts.settings_dialog.open()
            shown: Any = self.parts.window.findChild(SettingsDialog)
            shown.grab()
            self.parts.window.grab()


class Imports(Reader):
    """Imported from the dialog of the settings, and exported again."""

    kind = "imports"

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        parts.window.settings_clicked.emit()
        self.dialog: Any = parts.window.findChild(SettingsDialog)
        self.controller: Any = parts.settings_dialog.findChild(SettingsController)

    async def read(self, number: int, seed: int) -> list[str]:
        path = self.home / f"imported {number} {files.HTML.replace('/', ':')[:40]}.json"
        path.write_bytes(self.content(number, seed))
        store, done = self.parts.store, self.controller.file_done
        before = store.current
        went_well, _ = await told(done, ask=lambda: self.dialog.import_requested.emit(path))
        wrong = [
            f"an import has changed {name}"
            for name in (*settings_files.ASKED_FOR, *settings_files.OF_THIS_MACHINE)
            if getattr(store.current, name) != getattr(before, name)
        ]
        if not went_well and store.current != before:
            wrong.append("a refused import has changed settings")
        if number % 10 == 0:
            self.dialog.grab()
            file = self.home / "exported.json"
            await told(done, ask=lambda: self.dialog.export_requested.emit(file))
            settings_files.import_file(file)
        path.unlink()
        return wrong


class SignIns(Reader):
    """The Opper CLI's file, as the dialog of the settings looks for it."""

    kind = "sign-ins"

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        os.environ["OPPER_HOME"] = str(self.home)
        self.key: Any = parts.settings_dialog.findChild(KeyController)

    async def read(self, number: int, seed: int) -> list[str]:
        content = self.content(number, seed)
        (self.home / "config.json").write_bytes(content)
        await told(self.key.source_found, ask=lambda: self.parts.settings_dialog.open(at_key=True))
        if number % 10 == 0:
            dialog: Any = self.parts.window.findChild(SettingsDialog)
            dialog.grab()
        unchanged = (self.home / "config.json").read_bytes() == content
        return [] if unchanged else ["the CLI's file was changed"]


class Lists(Reader):
    """The service's list of models, fetched by the window; every other one from its cache."""

    kind = "lists"

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        self.box: Any = parts.window.findChild(ModelBox)

    async def read(self, number: int, seed: int) -> list[str]:
        content, models = self.content(number, seed), self.parts.model_list
        if number % 2:
            (self.home / "cache" / model_cache.FILE).write_bytes(content)
            await models.load()
        else:
            self.service.models = content
            await told(models.noted, ask=self.parts.window.models_refresh_clicked.emit)
        offered = {self.box.itemData(row) for row in range(self.box.count())}
        if number % 10 == 0:
            new = sorted(filter(None, offered - {model.id for model in MODELS}))
            if new:
                self.parts.window.option_chosen.emit("model", new[0])
            self.parts.window.grab()
        return [f"the built-in {model.id} is gone" for model in MODELS if model.id not in offered]


class Sounds(Reader):
    """Opened as `talk` opens them, and read to the end."""

    kind = "sounds"

    async def read(self, number: int, seed: int) -> list[str]:
        path = self.home / "a.wav"
        path.write_bytes(self.content(number, seed))
        try:
            sound = await asyncio.to_thread(open_speech, path)
        except Exception as exc:
            refused = type(exc).__name__ == "CommandError"
            return [] if refused else [f"{exc!r}"]
        try:
            for _ in range(1_000):
                if len(sound.read(files.BLOCK)) < files.BLOCK:
                    break
        except MessageError:
            pass
        finally:
            sound.close()
        return []


class Pictures(Reader):
    """Chosen in the window, to be sent."""

    kind = "pictures"

    async def read(self, number: int, seed: int) -> list[str]:
        path, images = self.home / f"a{number % 7}.png", self.parts.images
        path.write_bytes(self.content(number, seed))
        ask = self.parts.window.picture_file_chosen.emit
        await told(images.encoded, images.noted, ask=lambda: ask(str(path)))
        return []


class FramesRead(Reader):
    """From a session: broken ones, HTML in every field, values of any depth, thousands of types."""

    at_once = 10

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        parts.window.resize(1300, 900)
        parts.window.side.tools.show()
        await self._connect()

    async def read(self, number: int, seed: int) -> list[str]:
        if number % self.at_once:
            return []
        draw = random.Random(f"{seed} frames {number}")
        source = Frames(draw, 0.6)
        frames = [source.next() for _ in range(self.at_once)]
        match number // self.at_once % 10:
            case 1:
                frames = hostile_frames.with_mark(draw.choice((files.HTML, files.UNSEEN)))
            case 3:
                frames = draw.sample(list(hostile_frames.deep()), 40)
            case 5:
                frames += hostile_frames.endings(draw.choice((files.HTML, files.UNSEEN)))[
                    draw.randrange(3) :
                ][:1]
            case 7 if number % 1_000 == 70:
                frames = list(hostile_frames.types())
        await asyncio.to_thread(self.service.send, frames)
        await asyncio.sleep(0.03)
        self._look_around(draw)
        wrong = []
        if number // self.at_once % 10 == 1 and not self._is_seen():
            wrong.append("what was sent is seen nowhere")
        types = [box for box in self.parts.window.side.events.findChildren(QComboBox) if box.count() > 202]
        if types:
            wrong.append(f"{types[0].count()} types can be chosen")
        if self.parts.controller.state in (DisplayState.OFFLINE, DisplayState.ERROR, DisplayState.RESTING):
            await self._connect()
        return wrong

    def _is_seen(self) -> bool:
        seen = [shown.text for shown in foreign_text.texts(self.parts.window)]
        return any(mark in text for text in seen for mark in (files.HTML, visible(files.UNSEEN)))

    def _look_around(self, draw: random.Random) -> None:
        window = self.parts.window
        tabs: Any = window.findChild(QTabWidget)
        tabs.setCurrentIndex(draw.randrange(tabs.count()))
        for rows in window.findChildren(MasterDetail):
            for view in rows.findChildren(QObject):
                if hasattr(view, "model") and hasattr(view, "setCurrentIndex") and view.model():
                    count = view.model().rowCount()
                    if count and draw.random() < 0.3:
                        rows.open(view.model().index(draw.randrange(count), 0))
                    break
        draw.choice(
            (
                window.talk_pressed.emit,
                window.talk_released.emit,
                window.escaped.emit,
                window.questions_denied.emit,
                lambda: None,
            )
        )()
        window.grab()

    async def _connect(self) -> None:
        controller = self.parts.controller
        if controller.state not in (DisplayState.OFFLINE, DisplayState.ERROR, DisplayState.RESTING):
            return
        before = self.service.sessions
        controller.reconnect()
        await self.session(before)


READERS: dict[str, type[Reader]] = {
    "journals": Journals,
    "settings": SettingsFiles,
    "imports": Imports,
    "sign-ins": SignIns,
    "lists": Lists,
    "sounds": Sounds,
    "pictures": Pictures,
    "frames": FramesRead,
}
"""By what is read."""
