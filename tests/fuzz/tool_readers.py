"""How the real program reads recordings, other programs' servers and lines from outside."""

from __future__ import annotations

import asyncio
import os
import random
import socket
from typing import Any

from desktop.app import instance_address
from desktop.app.build import Parts
from desktop.recording import export
from desktop.recording.folder.layout import JOURNAL
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.settings.settings_dialog import SettingsDialog
from tests.fuzz import files, tool_files
from tests.fuzz.readers import Reader, told

ANSWER_S = 5.0
"""A line that is none is hung up on within a second."""


class Recordings(Reader):
    """Listed, opened, looked through for what is missing, exported, deleted, restored."""

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        self.folder = self.home / "data" / "conversations"
        self.folder.mkdir(parents=True, exist_ok=True)
        parts.window.history_clicked.emit()
        self.dialog: Any = parts.window.findChild(HistoryDialog)

    async def read(self, number: int, seed: int) -> list[str]:
        draw = random.Random(f"{seed} recordings {number}")
        name = draw.choice(list(tool_files.RECORDED.values()))
        content = files.broken(draw, [tool_files.recording()[name]])
        path, history = tool_files.put_recording(self.folder, name, content) / JOURNAL, self.parts.history
        wrong = []
        (entries,) = await told(history.listed, ask=history.list_conversations)
        if str(path) not in {entry.key for entry in entries}:
            wrong.append("a recording with words isn't listed")
        _, lines, _ = await told(
            history.conversation_read, history.failed, ask=lambda: history.read_conversation(str(path))
        )
        if "question" not in [line.text for line in lines]:
            wrong.append("its words are lost")
        if number % 5 == 0:
            file = self.home / f"exported{draw.choice(list(export.FORMATS))}"
            await told(
                history.notified,
                history.failed,
                ask=lambda: self.dialog.export_requested.emit(str(path), file),
            )
            history.delete(str(path))
            await told(history.restored, history.failed, ask=history.undo)
            self.dialog.list.go_to(self.dialog.list.model().row_of(str(path)))
            self.dialog.grab()
        if (path.parent / name).read_bytes() != content:
            wrong.append(f"{name} was changed")
        return wrong


class Others(Reader):
    """Other programs' servers, as the page of the tools lists them."""

    async def begin(self, parts: Parts) -> None:
        await super().begin(parts)
        os.environ.pop("XDG_CONFIG_HOME", None)
        parts.window.settings_clicked.emit()
        self.dialog: Any = parts.window.findChild(SettingsDialog)

    async def read(self, number: int, seed: int) -> list[str]:
        draw, settings = random.Random(f"{seed} others {number}"), self.parts.tool_settings
        kind, place = draw.choice((("others", ".cursor/mcp.json"), ("codex", ".codex/config.toml")))
        path = self.home / place
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(files.broken(draw, tool_files.KINDS[kind][0]()))
        (rows,) = await told(settings.imports_found, ask=self.dialog.tools.import_clicked.emit)
        if number % 5 == 0:
            self.dialog.grab()
        path.unlink()
        return [] if rows else ["nothing is said of it"]


class Requests(Reader):
    """Lines into the program's socket."""

    async def read(self, number: int, seed: int) -> list[str]:
        draw = random.Random(f"{seed} requests {number}")
        line = files.broken(draw, list(tool_files.REQUESTS)).partition(b"\n")[0] + b"\n"
        answer = await asyncio.to_thread(ask, line)
        if answer and not answer.startswith((b"ok\n", b"error ")):
            return [f"{line[:100]!r} is answered with {answer[:100]!r}"]
        return []


def ask(line: bytes) -> bytes:
    """What the program answers to a line; empty if it hangs up."""
    with instance_address.connect() as asking:
        asking.settimeout(ANSWER_S)
        asking.sendall(line)
        asking.shutdown(socket.SHUT_WR)
        found = b""
        while chunk := asking.recv(65_536):
            found += chunk
        return found


READERS: dict[str, type[Reader]] = {"recordings": Recordings, "others": Others, "requests": Requests}
"""By what is read."""
