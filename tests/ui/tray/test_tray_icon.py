"""The icon in the tray and its menu."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication

from desktop.turn.effects import DisplayState
from desktop.ui.common import theme
from desktop.ui.tray.tray_icon import TrayIcon, picture

# The screen that isn't one has no tray.
pytestmark = pytest.mark.qt_log_ignore("No such signal QPlatformNativeInterface::systemTrayWindowChanged")


@pytest.fixture
def icon(qapp: QApplication) -> Iterator[TrayIcon]:
    made = TrayIcon()
    yield made
    made.close()


def entry(icon: TrayIcon, words: str) -> QAction:
    (found,) = [action for action in icon.menu.actions() if action.text() == words]
    return found


def test_each_entry_says_what_is_chosen(icon: TrayIcon):
    icon.show_state(DisplayState.READY, connected=True)
    icon.show_answer(True)
    for words, signal in (
        ("Talk", icon.talk_clicked),
        ("Mute", icon.mute_clicked),
        ("Disconnect", icon.connect_clicked),
        ("Copy the last answer", icon.copy_clicked),
        ("Strip", icon.strip_clicked),
        ("Show window", icon.show_clicked),
        ("Quit", icon.quit_clicked),
    ):
        chosen: list[str] = []
        signal.connect(lambda words=words, chosen=chosen: chosen.append(words))
        entry(icon, words).trigger()
        assert chosen == [words]


def test_the_entries_follow_the_state(icon: TrayIcon):
    assert not entry(icon, "Talk").isEnabled()
    assert not entry(icon, "Copy the last answer").isEnabled()
    icon.show_state(DisplayState.LISTENING, connected=True)
    assert entry(icon, "Stop").isEnabled()
    icon.show_muted(True)
    icon.show_strip(True)
    assert entry(icon, "Mute").isChecked()
    assert entry(icon, "Strip").isChecked()


def test_no_two_states_look_the_same_and_grey_tells_them_apart(qapp: Any):
    shown = (DisplayState.READY, DisplayState.LISTENING, DisplayState.SPEAKING, DisplayState.ERROR)
    for colours in (theme.LIGHT, theme.DARK):
        theme.apply(qapp, colours)
        for side in (16, 22):
            seen = set()
            for state in shown:
                grey = picture(state).pixmap(QSize(side, side)).toImage().convertToFormat(_grey())
                seen.add(bytes(grey.constBits()))
            assert len(seen) == len(shown)
    theme.apply(qapp, theme.LIGHT)


def _grey() -> Any:
    from PySide6.QtGui import QImage

    return QImage.Format.Format_Grayscale8
