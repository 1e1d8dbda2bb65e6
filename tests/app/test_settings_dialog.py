"""The settings dialog with everything that serves it: what is changed, and what becomes of a key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.backend
import pytest
from PySide6.QtWidgets import QWidget

from desktop.app.settings_dialog import SettingsDialogController
from desktop.base.message import verbatim
from desktop.realtime.errors import RefusedError
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.ui.settings.key_field import KeyField

# The offscreen platform has no window manager to tell these to.
pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

KEY = "op-4b1c9d2e7f60aa31"
WITHIN_S = 5.0


class Keychain(keyring.backend.KeyringBackend):
    """A keychain in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Desk:
    """The dialog, open, and what was changed in it."""

    def __init__(self, qtbot, **values: str) -> None:
        self.store = SettingsStore(Settings(**values))
        self.refusal = ""
        self.urls: list[str] = []
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.controller = SettingsDialogController(self.store, self._check, self.urls.append, self.window)
        self.changed: list[str] = []
        self.keys = 0
        self.store.changed.connect(self.changed.append)
        self.controller.key_changed.connect(self._count)
        self.controller.open()
        self.dialog = self.controller._dialog
        self.key_field = self.dialog.findChild(KeyField)

    def _count(self) -> None:
        self.keys += 1

    async def _check(self, key: str) -> None:
        assert key == KEY
        if self.refusal:
            raise RefusedError(verbatim(self.refusal))

    async def until(self, condition: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not condition():  # noqa: ASYNC110 - threads read and write
                await asyncio.sleep(0.001)

    @property
    def settings(self) -> Settings:
        return self.store.current

    @property
    def key_words(self) -> str:
        return self.key_field._words.text()

    @property
    def notice(self) -> str:
        return self.dialog._notice.text()


@pytest.fixture
def keychain() -> Keychain:
    kept, made = keyring.get_keyring(), Keychain()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(kept)


@pytest.fixture
async def desk(qtbot, keychain):
    made = Desk(qtbot)
    yield made
    made.controller.close()


async def test_a_change_holds_at_once(desk: Desk):
    desk.dialog.changed.emit("tail_ms", 400)
    assert desk.settings.tail_ms == 400
    assert desk.changed == ["tail_ms"]


async def test_a_value_that_is_none_changes_nothing(desk: Desk):
    desk.dialog.changed.emit("tail_ms", 99_000)
    assert desk.settings.tail_ms == 200
    assert desk.changed == []


async def test_a_good_key_is_kept(desk: Desk, keychain: Keychain):
    desk.dialog.key_check_requested.emit(KEY)
    await desk.until(lambda: "works" in desk.key_words)
    assert list(keychain.kept.values()) == [KEY]
    assert desk.keys == 1
    assert "aa31" in desk.key_field._status.text()


async def test_a_refused_key_is_not_kept_but_can_be(desk: Desk, keychain: Keychain):
    desk.refusal = "The service refused the key."
    desk.dialog.key_check_requested.emit(KEY)
    await desk.until(lambda: desk.key_words == desk.refusal)
    assert keychain.kept == {}
    desk.dialog.key_save_requested.emit(KEY)
    await desk.until(lambda: keychain.kept)
    await desk.until(lambda: desk.keys)


async def test_a_key_can_be_removed(desk: Desk, keychain: Keychain):
    keychain.kept["presstalk", "opper"] = KEY
    desk.dialog.key_delete_requested.emit()
    await desk.until(lambda: desk.keys)
    assert keychain.kept == {}
    assert "No key yet" in desk.key_field._status.text()


async def test_settings_travel_without_secrets(desk: Desk, tmp_path: Path):
    desk.store.replace(instructions=f"Be kind. My key is {KEY}", tail_ms=350)
    desk.dialog.export_requested.emit(tmp_path / "s.json")
    await desk.until(lambda: "Exported" in desk.notice)
    assert KEY not in (tmp_path / "s.json").read_text()
    desk.store.replace(tail_ms=200)
    desk.changed.clear()
    desk.dialog.import_requested.emit(tmp_path / "s.json")
    await desk.until(lambda: "Imported" in desk.notice)
    assert desk.settings.tail_ms == 350
    assert "tail_ms" in desk.changed


async def test_a_file_that_is_no_settings_file_is_told(desk: Desk, tmp_path: Path):
    (tmp_path / "s.json").write_text(json.dumps({"nothing": 1}))
    desk.dialog.import_requested.emit(tmp_path / "s.json")
    await desk.until(lambda: "no Presstalk settings" in desk.notice)
    assert desk.changed == []


async def test_what_the_environment_decides_is_locked(qtbot, keychain, monkeypatch):
    monkeypatch.setenv("OPPER_BASE_URL", "http://127.0.0.1:1")
    made = Desk(qtbot)
    row = made.dialog._connection.row("base_url")
    assert not row.field.isEnabled()
    assert "OPPER_BASE_URL" in row._hint.text()
    made.controller.close()


async def test_a_change_made_elsewhere_is_shown(desk: Desk):
    desk.store.replace(tail_ms=450)
    (page,) = [page for page in desk.dialog._pages if "tail_ms" in page.names]
    assert page.row("tail_ms").field.value() == 450


async def test_what_is_typed_is_not_shown_again(desk: Desk, monkeypatch):
    shown = []
    monkeypatch.setattr(desk.dialog, "show_values", shown.append)
    desk.dialog.changed.emit("tail_ms", 400)
    assert shown == []
