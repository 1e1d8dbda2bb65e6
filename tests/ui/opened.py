"""A settings dialog on the screen, for tests, and what it says."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QListWidget, QPushButton, QWidget

from desktop.access import key_format
from desktop.settings import prompt_presets, schema
from desktop.ui.common import house_style, theme
from desktop.ui.settings.key_field import KeyRules
from desktop.ui.settings.pages.form import Form
from desktop.ui.settings.settings_dialog import SettingsDialog

FORM = Form(
    schema.defaults(),
    schema.BOUNDS,
    schema.problem,
    prompt_presets.PRESETS,
    "The program's own.",
    schema.LONGEST_INSTRUCTIONS,
    "https://api.opper.ai",
    "/usual/folder",
    KeyRules(key_format.clean, key_format.problem, key_format.LONGEST, key_format.PLATFORM_URL),
)
SIGNALS = ("key_check_requested", "key_save_requested", "import_requested", "export_requested")


class Opened:
    """A dialog on the screen, and what it said, in order."""

    def __init__(self, qtbot, **values: object) -> None:
        use_light_theme()
        self.dialog = SettingsDialog(FORM, {**schema.defaults(), **values})
        qtbot.addWidget(self.dialog)
        self.emitted: list[tuple] = []
        self.dialog.changed.connect(lambda name, value: self.emitted.append((name, value)))
        for name in SIGNALS:
            getattr(self.dialog, name).connect(lambda value, name=name: self.emitted.append((name, value)))
        for name in ("key_delete_requested", "take_escaped"):
            getattr(self.dialog, name).connect(lambda name=name: self.emitted.append((name,)))
        self.dialog.show()
        qtbot.waitExposed(self.dialog)
        self.dialog.activateWindow()
        qtbot.waitUntil(self.dialog.isActiveWindow)

    def turn_to(self, title: str) -> None:
        pages = self.dialog.findChild(QListWidget)
        (item,) = pages.findItems(title, Qt.MatchFlag.MatchExactly)
        QTest.mouseClick(pages.viewport(), Qt.MouseButton.LeftButton, pos=pages.visualItemRect(item).center())

    def control(self, kind: type, name: str):
        """The control of that kind and accessible name."""
        (found,) = [each for each in self.dialog.findChildren(kind) if each.accessibleName() == name]
        assert found.isVisible(), f"{name} can't be seen"
        return found

    def button(self, text: str) -> QPushButton:
        (found,) = [each for each in self.dialog.findChildren(QPushButton) if each.text() == text]
        return found

    def words(self) -> str:
        return "\n".join(label.text() for label in self.dialog.findChildren(QLabel) if label.isVisible())


@cache
def use_fusion() -> None:
    """Once: it costs 0.2 s while other dialogs are still about."""
    QApplication.setStyle(house_style.make())
    theme.apply(QApplication.instance(), theme.LIGHT)


def use_light_theme() -> None:
    """The style and the colours that the tests look at; only what differs is set, as that repaints all."""
    use_fusion()
    if theme.tokens() is not theme.LIGHT:
        theme.apply(QApplication.instance(), theme.LIGHT)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def retype(widget: QWidget, text: str) -> None:
    widget.setFocus()
    QTest.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(widget, text)


def enter(widget: QWidget, text: str) -> None:
    retype(widget, text)
    QTest.keyClick(widget, Qt.Key.Key_Return)
