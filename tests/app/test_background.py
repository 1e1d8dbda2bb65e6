"""Tray, strip, notifications and the start at login, as the program has them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop.app import login_start, notifier
from desktop.app.login_start import LoginStart
from desktop.app.notifier import Notifier
from desktop.app.strip_controller import StripController
from desktop.app.tray_controller import NO_TRAY, TrayController
from desktop.settings.store import SettingsStore
from desktop.system.tray_host import TrayHost
from desktop.turn.effects import DisplayState, Note
from desktop.viewmodels.response_end import ResponseEnd
from desktop.viewmodels.transcript_line import now
from desktop.viewmodels.transcript_model import TranscriptModel

pytestmark = pytest.mark.qt_log_ignore(
    "This plugin does not support raise", "No such signal QPlatformNativeInterface"
)


@pytest.fixture
def store(tmp_path: Path) -> SettingsStore:
    return SettingsStore.load(tmp_path)


# tray


@pytest.fixture
def tray(qapp: QApplication, store: SettingsStore) -> Iterator[TrayController]:
    made = TrayController(store, bus="unix:path=/nowhere")
    yield made
    made.close()


def choose(store: SettingsStore, tray: TrayController, value: str) -> None:
    store.override(tray=value)
    tray.on_setting_changed("tray")


def test_without_the_setting_nothing_is_made_or_looked_for(tray: TrayController):
    tray.start()
    tray.show_state(DisplayState.READY, True)
    assert not tray.findChildren(TrayHost)
    assert tray.icon is None
    assert not tray.keeps_program


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is a tray")
def test_where_there_is_no_tray_it_says_so_and_closing_ends_the_program(
    tray: TrayController, store: SettingsStore, qtbot: Any, monkeypatch: Any
):
    told: list[Any] = []
    tray.told.connect(told.append)
    tray.patience.setInterval(1)
    with qtbot.waitSignal(tray.missed, timeout=10_000):
        choose(store, tray, "close")
    assert told == [NO_TRAY()]
    assert not tray.keeps_program
    choose(store, tray, "off")
    assert told == [NO_TRAY(), None]


def test_with_a_tray_it_keeps_the_program_only_if_that_is_chosen(tray: TrayController, store: SettingsStore):
    choose(store, tray, "icon")
    tray.on_host_changed(True)
    assert tray.icon
    assert not tray.keeps_program
    choose(store, tray, "close")
    assert tray.keeps_program
    tray.on_host_changed(False)
    assert not tray.keeps_program, "the panel is gone: the window would be out of reach"
    tray.on_host_changed(True)
    assert tray.keeps_program
    choose(store, tray, "off")
    assert tray.icon is None
    assert not tray.keeps_program


def test_an_icon_that_comes_late_shows_what_is_the_case(tray: TrayController, store: SettingsStore):
    choose(store, tray, "icon")
    tray.show_state(DisplayState.LISTENING, True)
    tray.show_muted(True)
    tray.show_answer(True)
    tray.on_host_changed(True)
    assert tray.icon
    texts = {action.text(): action for action in tray.icon.menu.actions()}
    assert texts["Mute"].isChecked()
    assert texts["Stop"].isEnabled()
    assert texts["Copy the last answer"].isEnabled()
    assert "Disconnect" in texts


# strip


@pytest.fixture
def transcript(qapp: QApplication) -> TranscriptModel:
    return TranscriptModel()


@pytest.fixture
def strip(transcript: TranscriptModel) -> Iterator[StripController]:
    made = StripController(transcript, lambda: None)
    yield made
    made.close()


def test_the_strip_is_made_when_it_is_asked_for_and_remembers_its_place(
    strip: StripController, transcript: TranscriptModel
):
    strip.show_state(DisplayState.READY)
    assert strip.strip is None
    shown: list[bool] = []
    strip.shown_changed.connect(shown.append)
    place = QGuiApplication.primaryScreen().availableGeometry().topLeft() + QPoint(30, 40)
    strip.restore({"strip": "yes", "strip-place": f"{place.x()} {place.y()}"})
    assert shown == [True]
    assert strip.strip
    assert strip.strip.pos() == place
    texts = strip.layout_texts()
    assert texts == {"strip": "yes", "strip-place": f"{place.x()} {place.y()}"}
    strip.strip.close()
    assert shown == [True, False]
    assert strip.layout_texts()["strip"] == ""
    strip.toggle()
    strip.close()
    assert strip.layout_texts() == texts, "the end of the program closes nothing that the user has open"


@pytest.mark.parametrize("place", ["", "x y", "1", "9" * 400, "1 2 3", "-5000 -5000", "--5 3", "² 3"])
def test_a_place_that_is_none_is_as_none(strip: StripController, place: str):
    strip.restore({"strip": "yes", "strip-place": place})
    assert strip.strip
    assert QGuiApplication.primaryScreen().availableGeometry().contains(strip.strip.geometry())


def test_it_shows_the_last_line_that_was_said(
    strip: StripController, transcript: TranscriptModel, qtbot: Any
):
    strip.toggle()
    assert strip.strip
    words = strip.strip.words_label
    transcript.begin_response(1)
    transcript.grow_response(1, "Hello", 100)
    qtbot.waitUntil(lambda: words.text() == "Hello")
    transcript.begin_take(1)
    transcript.grow_response(1, " you", 200)
    qtbot.waitUntil(lambda: words.text() == "Hello you")


# notifications


class Desktop:
    shown: list[tuple[str, str]] = []

    def __init__(self, *_: object) -> None:
        self.clicked = self

    def connect(self, *_: object) -> None:
        pass

    def show(self, title: str, text: str) -> None:
        self.shown.append((title, text))

    def close(self) -> None:
        pass


def test_it_tells_the_end_of_an_answer_and_errors_while_they_are_wanted(qapp: Any, monkeypatch: Any):
    told: list[str] = []
    monkeypatch.setattr(notifier.sys, "platform", "win32")
    wanted = False
    notes = Notifier(lambda: wanted, lambda title, text: told.append(text))

    def happen() -> None:
        notes.on_response_ended(ResponseEnd(now(), 1, "complete"))
        notes.on_response_ended(ResponseEnd(now(), 2, "interrupted"))
        notes.on_note_added(Note("warning", NO_TRAY()))
        notes.on_note_added(Note("error", NO_TRAY()))

    happen()
    assert told == []
    wanted = True
    happen()
    assert told == ["The assistant has answered.", str(NO_TRAY())]


# login


class Autostart:
    def __init__(self) -> None:
        self.on = False
        self.problem: OSError | None = None
        self.calls: list[bool] = []

    def set_on(self, on: bool) -> None:
        self.calls.append(on)
        if self.problem:
            raise self.problem
        self.on = on

    def is_on(self) -> bool:
        return self.on


@pytest.fixture
def autostart() -> Autostart:
    return Autostart()


async def test_the_setting_is_the_systems(store: SettingsStore, autostart: Autostart, qapp: Any):
    login = LoginStart(store, load=lambda: autostart)
    store.changed.connect(login.on_setting_changed)
    login.start()
    await login.close()
    assert autostart.calls == [], "off: nothing is touched"
    store.change("start_at_login", True)
    await login.close()
    assert autostart.on
    # At the next start: the program may have been moved.
    again = LoginStart(store, load=lambda: autostart)
    again.start()
    await again.close()
    assert autostart.calls == [True, True]
    # Switched off by the desktop.
    autostart.on = False
    again.start()
    await again.close()
    assert store.current.start_at_login is False
    await store.close()


async def test_what_cannot_be_written_is_said(
    store: SettingsStore, autostart: Autostart, qapp: Any, expect_log: Any
):
    expect_log("the start at login can't be changed")
    login = LoginStart(store, load=lambda: autostart)
    store.changed.connect(login.on_setting_changed)
    told: list[Any] = []
    login.told.connect(told.append)
    autostart.problem = PermissionError(13, "Permission denied")
    store.change("start_at_login", True)
    await login.close()
    assert told == [login_start.NOT_SET(reason="Permission denied")]
    await store.close()
