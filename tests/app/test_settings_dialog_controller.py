"""The settings dialog with its controllers: changes, and checking and saving a key."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import keyring
import keyring.backend
import pytest
from PySide6.QtWidgets import QWidget

from desktop.app.settings_dialog_controller import SettingsDialogController
from desktop.base.message import verbatim
from desktop.realtime.errors import RefusedError
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.ui.settings.key_field import KeyField
from desktop.ui.settings.reset_bar import ResetBar
from tests.ui.find import button

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


class Bench:
    """The open dialog, and the changes made in it."""

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
async def bench(qtbot, keychain):
    made = Bench(qtbot)
    yield made
    await made.controller.close()


async def test_a_change_holds_at_once(bench: Bench):
    bench.dialog.changed.emit("tail_ms", 400)
    assert bench.settings.tail_ms == 400
    assert bench.changed == ["tail_ms"]


async def test_an_invalid_value_changes_nothing(bench: Bench):
    bench.dialog.changed.emit("tail_ms", 99_000)
    assert bench.settings.tail_ms == 200
    assert bench.changed == []


async def test_a_good_key_is_kept(bench: Bench, keychain: Keychain):
    bench.dialog.key_check_requested.emit(KEY)
    await bench.until(lambda: "works" in bench.key_words)
    assert list(keychain.kept.values()) == [KEY]
    assert bench.keys == 1
    assert "aa31" in bench.key_field._status.text()


async def test_a_refused_key_is_not_kept_but_can_be(bench: Bench, keychain: Keychain):
    bench.refusal = "The service refused the key."
    bench.dialog.key_check_requested.emit(KEY)
    await bench.until(lambda: bench.key_words == bench.refusal)
    assert keychain.kept == {}
    bench.dialog.key_save_requested.emit(KEY)
    await bench.until(lambda: keychain.kept)
    await bench.until(lambda: bench.keys)


async def test_a_key_can_be_removed(bench: Bench, keychain: Keychain):
    keychain.kept["presstalk", "opper"] = KEY
    bench.dialog.key_delete_requested.emit()
    await bench.until(lambda: bench.keys)
    assert keychain.kept == {}
    assert "No key yet" in bench.key_field._status.text()


async def test_settings_travel_without_secrets(bench: Bench, tmp_path: Path):
    bench.store.replace(instructions=f"Be kind. My key is {KEY}", tail_ms=350)
    bench.dialog.export_requested.emit(tmp_path / "s.json")
    await bench.until(lambda: "Exported" in bench.notice)
    assert KEY not in (tmp_path / "s.json").read_text()
    bench.store.replace(tail_ms=200)
    bench.changed.clear()
    bench.dialog.import_requested.emit(tmp_path / "s.json")
    await bench.until(lambda: "Imported" in bench.notice)
    assert bench.settings.tail_ms == 350
    assert "tail_ms" in bench.changed


async def test_a_file_that_is_no_settings_file_is_reported(bench: Bench, tmp_path: Path):
    (tmp_path / "s.json").write_text(json.dumps({"nothing": 1}))
    bench.dialog.import_requested.emit(tmp_path / "s.json")
    await bench.until(lambda: "no Presstalk settings" in bench.notice)
    assert bench.changed == []


async def test_what_the_environment_decides_is_locked(qtbot, keychain, monkeypatch):
    monkeypatch.setenv("OPPER_BASE_URL", "http://127.0.0.1:1")
    made = Bench(qtbot)
    row = made.dialog._connection.row("base_url")
    assert not row.field.isEnabled()
    assert "OPPER_BASE_URL" in row._hint.text()
    await made.controller.close()


async def test_a_change_made_elsewhere_is_shown(bench: Bench):
    bench.store.replace(tail_ms=450)
    (page,) = [page for page in bench.dialog._pages if "tail_ms" in page.names]
    assert page.row("tail_ms").field.value() == 450


async def test_what_is_typed_is_not_shown_again(bench: Bench, monkeypatch):
    displayed = []
    monkeypatch.setattr(bench.dialog, "show_values", displayed.append)
    bench.dialog.changed.emit("tail_ms", 400)
    assert displayed == []


async def test_reset_all_asks_names_what_goes_and_can_be_taken_back(qtbot) -> None:
    bench = Bench(qtbot, instructions="Be brief.", theme="dark", model="xai/grok-voice-latest")
    bar, offered = bench.dialog.findChild(ResetBar), []
    bench.controller.undo_offered.connect(offered.append)
    button(bench.dialog, "Reset all…").click()
    assert bench.changed == []
    assert "instructions" in bar.text
    assert "key" in bar.text
    assert "conversations stay" in bar.text
    button(bar, "Cancel").click()
    assert (bench.changed, bar.isVisible()) == ([], False)
    button(bench.dialog, "Reset all…").click()
    button(bar, "Reset all").click()
    assert (bench.store.current.instructions, bench.store.current.theme) == ("", "system")
    assert bench.store.current.model == "xai/grok-voice-latest"
    assert "until you change one of these settings or quit" in bar.text, "and it is so: see below"
    bench.dialog.close()
    bench.controller.open()
    assert button(bar, "Undo").isVisible(), "after the dialog was closed too"
    button(bar, "Undo").click()
    assert (bench.store.current.instructions, bench.store.current.theme) == ("Be brief.", "dark")
    assert (offered, bar.isVisible()) == ([True, False], False)


async def test_a_reset_is_not_undone_over_a_later_change(qtbot) -> None:
    bench = Bench(qtbot, instructions="Be brief.", theme="dark")
    bar = bench.dialog.findChild(ResetBar)
    button(bench.dialog, "Reset all…").click()
    button(bar, "Reset all").click()
    bench.dialog.changed.emit("theme", "light")
    assert not bar.isVisible()
    bench.controller.undo_reset()
    assert (bench.store.current.instructions, bench.store.current.theme) == ("", "light")
