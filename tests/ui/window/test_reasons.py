"""What can't be used looks so and says why; what has only an icon says what it does, and with which key."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLineEdit,
    QListWidget,
    QMenu,
    QPlainTextEdit,
    QPushButton,
    QTabWidget,
    QToolButton,
    QWidget,
    QWidgetAction,
)

from desktop.base.message import verbatim
from desktop.protocol import catalog
from desktop.recording.export import FORMATS
from desktop.turn.effects import DisplayState, Note
from desktop.ui.common.availability import allow
from desktop.ui.common.icon_button import IconButton
from desktop.ui.dialogs.about_dialog import AboutDialog
from desktop.ui.dialogs.crash_dialog import CrashDialog
from desktop.ui.dialogs.history_dialog import HistoryDialog
from desktop.ui.dialogs.keys_dialog import KeysDialog
from desktop.ui.talk.message_field import MessageField
from desktop.viewmodels import shortcuts
from desktop.viewmodels.chosen_options import ChosenOptions
from desktop.viewmodels.history_model import HistoryModel
from desktop.viewmodels.wording import key_words
from tests.ui.opened import Opened, use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

OF_QT = ("qt_", "Scroll")
"""The parts of Qt's own widgets, which nobody points at."""
KEYED = {
    "Menu": shortcuts.MENU,
    "New conversation": shortcuts.NEW,
    "Show or hide the panes": shortcuts.PANES,
    "Next match": shortcuts.NEXT,
    "Previous match": shortcuts.PREVIOUS,
    "Copy as JSON": shortcuts.COPY_JSON,
    "Back to the list": shortcuts.BACK,
    "The one before": shortcuts.ONE_BEFORE,
    "The one after": shortcuts.ONE_AFTER,
    "Half of the window": shortcuts.HALF,
    "A window of their own": shortcuts.DETACH,
}
"""The buttons that a key does the work of."""
KEYLESS = {
    "Show a picture",
    "Place of the panes",
    "Dismiss",
    "Pause",
    "Bench: change the tools' results",
    "Compare with another call of this tool",
    "Clear",
    "Save as JSON Lines",
    "Tools that were sent",
    "Run again",
    "Run get_time again, with these or other arguments",
    "Close",
    "Show the key",
    "Clear the text",
    "No talk key for all programs is chosen. The command presstalk ptt works everywhere.",
}
"""Those without one. A new icon button is put into one of the two lists: has it a key?"""


def reason(widget: QWidget) -> str:
    """The reason that Qt shows when the mouse rests on it: its tooltip, or that of what it is in.

    What it is for doesn't count: only `allow` puts that aside.
    """
    within: QWidget | None = widget
    while within is not None and not within.toolTip() and not within.isWindow():
        within = within.parentWidget()
    return within.toolTip() if within is not None and within.property("usualToolTip") is not None else ""


def disabled(window: QWidget) -> Iterator[QWidget]:
    """The outermost widgets that are disabled and seen."""
    for widget in window.findChildren(QWidget):
        parent = widget.parentWidget()
        ours = not widget.objectName().startswith(OF_QT) and widget.window() is window
        if ours and widget.isVisible() and not widget.isEnabled() and parent and parent.isEnabled():
            yield widget


def actions(window: QWidget) -> Iterator[QAction]:
    """The entries of all menus."""
    for menu in window.findChildren(QMenu):
        headings = (action for action in menu.actions() if isinstance(action, QWidgetAction))
        yield from set(menu.actions()) - {*headings, *(one for one in menu.actions() if one.isSeparator())}


def described(widget: QWidget) -> str:
    return f"{type(widget).__name__} {widget.accessibleName()!r} in {type(widget.parentWidget()).__name__}"


def check(window: QWidget) -> None:
    """All that is disabled says why, and not just what it is; each icon says what it does."""
    for widget in disabled(window):
        said = reason(widget)
        assert said, f"{described(widget)} doesn't say why it is disabled"
        assert said != widget.accessibleName(), described(widget)
    for action in actions(window):
        if not action.isEnabled() and action.menu() is None:
            assert action.toolTip() not in ("", action.text()), action.text()
    for field in window.findChildren(QLineEdit):
        for inside in field.findChildren(QToolButton):
            assert inside.accessibleName(), f"a button in {described(field)}"
            assert inside.toolTip(), f"a button in {described(field)}"
    for button in window.findChildren(IconButton):
        words = button.toolTip()
        assert words, described(button)
        named = next((name for name in KEYED if words.startswith(name)), None)
        if not button.isEnabled() or words.startswith("Reset "):
            continue
        if named:
            assert key_words(KEYED[named]) in words, words
            assert key_words(KEYED[named]) not in button.accessibleName(), "the name is what it does"
        else:
            assert words in KEYLESS, f"{words!r}: has it a key?"


@pytest.mark.parametrize("model", [one.id for one in catalog.MODELS])
def test_the_window_with_each_model(shown, model):
    known = catalog.find(model)
    shown.window.show_choice(ChosenOptions(known, known.voices[0] if known.voices else ""))
    check(shown.window)


@pytest.mark.parametrize("state", list(DisplayState))
def test_the_window_in_each_state(shown, qtbot, state):
    window = shown.window
    window.show_state(state)
    (tabs,) = window.findChildren(QTabWidget)
    for filled in (False, True):
        if filled:
            shown.transcript.add_typed("words")
            shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
            window.question.ask(verbatim("Open https://example.org in the browser?"))
            window.show_note(Note("error", verbatim("Too many at once."), "", "wait", 5.0))
            window.show_playing("test")
            window.text_line.field.set_text("typed")
        for index in range(tabs.count()):
            tabs.setCurrentIndex(index)
            check(window)
    window.transcript.open_find()
    check(window)
    for percent in (80, 100, 200):
        window.show_text_size(percent)
        check(window)
    for row in (-1, 0):
        menu = window.transcript.view.menu(row)
        check(menu)
        menu.deleteLater()


def test_a_tools_definitions_and_its_editor(shown):
    shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
    tools = shown.window.side.tools
    tools.calls.setCurrentIndex(tools.calls.model().index(0, 0))
    check(shown.window)
    tools.definitions_button.setChecked(True)
    check(shown.window)


def test_the_settings(qtbot):
    opened = Opened(qtbot)
    pages = opened.dialog.findChild(QListWidget)
    for locked in (False, True):
        if locked:
            for name in ("base_url", "temperature", "sounds", "input_device"):
                opened.dialog.lock(name, "Set by OPPER_BASE_URL.")
        for row in range(pages.count()):
            pages.setCurrentRow(row)
            check(opened.dialog)
    for text in ("", "opmak-123456789", "short"):
        pages.setCurrentRow(0)
        for line in opened.dialog.findChildren(QLineEdit):
            if line.echoMode() is QLineEdit.EchoMode.Password:
                line.setText(text)
                line.textEdited.emit(text)
        check(opened.dialog)


@pytest.mark.parametrize(
    "made",
    [
        lambda: AboutDialog([("Presstalk", "1.0")]),
        lambda: KeysDialog(True),
        lambda: CrashDialog("what it was"),
        lambda: HistoryDialog(HistoryModel(), FORMATS),
    ],
)
def test_a_dialog(qtbot, made):
    dialog = made()
    qtbot.addWidget(dialog)
    dialog.show()
    check(dialog)


def test_a_reason_comes_and_goes_and_the_usual_words_stay(qtbot):
    button = QPushButton("Export")
    qtbot.addWidget(button)
    button.setToolTip("Write a file")
    for why in ("Nothing yet", "Still nothing", ""):
        allow(button, why)
        assert button.isEnabled() == (not why)
        assert button.toolTip() == (why or "Write a file")
        assert button.accessibleDescription() == why
    action = QAction("Larger text")
    allow(action, "It is the largest")
    allow(action, "")
    assert action.toolTip() == "Larger text", "a menu shows no tooltip for that"


def test_words_of_others_are_no_html_in_a_tooltip(qtbot):
    button = IconButton("again", "Run <img src=x> again")
    qtbot.addWidget(button)
    assert button.toolTip() == "Run <img src=x> again"
    assert button.accessibleName() == "Run <img src=x> again"


@pytest.mark.parametrize(
    "make",
    [
        lambda: QPushButton("Words"),
        lambda: primary(QPushButton("Words")),
        lambda: filled(QComboBox()),
        lambda: QLineEdit("Words"),
        lambda: message("Words"),
        lambda: IconButton("menu", "Words"),
        lambda: picker(QToolButton()),
    ],
)
def test_what_is_disabled_looks_disabled(qtbot, make):
    use_light_theme()
    widget = make()
    qtbot.addWidget(widget)
    widget.resize(120, 34)
    widget.show()
    qtbot.waitExposed(widget)
    widget.clearFocus()
    usual = widget.grab().toImage()
    widget.setEnabled(False)
    dimmed = widget.grab().toImage()
    places = [(x, y) for x in range(0, usual.width()) for y in range(0, usual.height())]
    changed = [usual.pixelColor(*at).lightness() - dimmed.pixelColor(*at).lightness() for at in places]
    assert max(map(abs, changed)) > 40


def primary(button: QPushButton) -> QPushButton:
    button.setProperty("role", "primary")
    return button


def picker(button: QToolButton) -> QToolButton:
    button.setProperty("role", "picker")
    button.setText("Words")
    return button


def filled(box: QComboBox) -> QComboBox:
    box.addItems(["Words"])
    return box


def message(words: str) -> QPlainTextEdit:
    field = MessageField()
    field.set_text(words)
    return field


def test_every_control_that_has_only_an_icon_is_an_icon_button(shown):
    bare = [
        described(button)
        for button in shown.window.findChildren(QAbstractButton)
        if button.isVisible()
        and not button.text()
        and not button.icon().isNull()
        and not button.toolTip()
        and not button.objectName().startswith(OF_QT)
    ]
    assert bare == []
