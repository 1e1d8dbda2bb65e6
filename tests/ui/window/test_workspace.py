"""How the conversation and the panes share the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt
from PySide6.QtTest import QTest

from desktop.ui.common.theme import GAP
from desktop.ui.window.workspace import NARROW


def tabs(shown) -> list[str]:
    side = shown.window.side
    return [side.tabText(i) for i in range(side.count())]


def drag(shown, pixels: int) -> None:
    """Pull the line between conversation and panes to the right."""
    handle = shown.window.workspace.splitter.handle(1)
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(pixels, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle)


def test_in_a_wide_window_the_panes_stand_beside_the_conversation(shown):
    assert tabs(shown) == ["Tools", "Events", "Timing"]
    transcript, side = shown.window.transcript, shown.window.side
    assert transcript.isVisible()
    assert side.isVisible()
    right_edge = transcript.mapTo(shown.window, transcript.rect().topRight()).x()
    assert right_edge < side.mapTo(shown.window, side.rect().topLeft()).x()


def test_in_a_narrow_window_the_conversation_is_the_first_of_the_tabs(shown, qtbot):
    window = shown.window
    window.text_line.field.setFocus()
    window.resize(859, 600)
    qtbot.waitUntil(lambda: tabs(shown) == ["Conversation", "Tools", "Events", "Timing"])
    assert window.transcript.isVisible()
    assert window.text_line.field.hasFocus(), "what is being typed goes on"
    window.side.setCurrentWidget(window.side.timing)
    assert not window.transcript.isVisible()
    assert window.text_line.isVisible(), "one can type beside every pane"
    window.resize(860, 600)
    qtbot.waitUntil(lambda: tabs(shown) == ["Tools", "Events", "Timing"])
    assert window.transcript.isVisible()
    assert window.side.currentWidget() is window.side.timing


def test_the_panes_fold_away_and_come_back(shown, qtbot):
    window = shown.window
    QTest.mouseClick(window.panes_button, Qt.MouseButton.LeftButton)
    assert not window.side.isVisible()
    window.resize(800, 600)
    qtbot.waitUntil(lambda: window.workspace.narrow)
    assert window.transcript.isVisible()
    assert not window.side.tabBar().isVisible()
    QTest.mouseClick(window.panes_button, Qt.MouseButton.LeftButton)
    assert window.side.tabBar().isVisible()


def test_the_layout_is_remembered(shown, qtbot):
    window = shown.window
    drag(shown, -110)
    sizes = window.workspace.splitter.sizes()
    window.side.setCurrentIndex(1)
    kept = window.workspace.layout_texts()
    window.side.setCurrentIndex(0)
    drag(shown, 60)
    assert window.workspace.splitter.sizes() != sizes
    window.restore("", kept)
    assert window.side.currentIndex() == 1
    assert window.workspace.splitter.sizes() == sizes
    QTest.mouseClick(window.panes_button, Qt.MouseButton.LeftButton)
    folded = window.workspace.layout_texts()
    window.restore("", {})
    assert window.side.isVisible()
    window.restore("", folded)
    assert not window.side.isVisible()
    assert not window.panes_button.isChecked()


def test_a_layout_that_makes_no_sense_changes_nothing(shown):
    sizes = shown.window.workspace.splitter.sizes()
    shown.window.restore("%%%", {"window": "nonsense", "pane": "99", "folded": "perhaps"})
    assert shown.window.workspace.splitter.sizes() == sizes
    assert shown.window.side.isVisible()


def test_the_menu_says_what_was_chosen(shown):
    emitted = []
    shown.window.menu.settings_clicked.connect(lambda: emitted.append("settings"))
    shown.window.menu.export_clicked.connect(lambda: emitted.append("export"))
    shown.window.talk_button.setFocus()
    QTest.keyClick(shown.window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(shown.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert emitted == ["settings", "export"]


def shares(shown) -> list[int]:
    return shown.window.workspace.splitter.sizes()


def resize(shown, qtbot, width: int, height: int = 600) -> None:
    shown.window.resize(width, height)
    qtbot.waitUntil(lambda: shown.window.workspace.narrow == (width < NARROW))
    qtbot.waitUntil(lambda: shown.window.workspace.width() == width - 2 * GAP)


@pytest.mark.parametrize("way", [[859], [720, 859, 730], [1000, 900, 870, 860, 859, 720, 860, 900, 1000]])
def test_a_window_that_was_narrow_is_shared_as_before(shown, qtbot, way):
    resize(shown, qtbot, 1400)
    before = shares(shown)
    for _ in range(5):
        for width in way:
            resize(shown, qtbot, width)
        resize(shown, qtbot, 1400)
        assert shares(shown) == before


def test_what_the_user_has_given_the_panes_is_kept_while_it_is_narrow(shown, qtbot):
    resize(shown, qtbot, 1400)
    drag(shown, -150)
    before = shares(shown)
    assert before[1] > 500
    resize(shown, qtbot, 720)
    texts = shown.window.layout_texts()
    resize(shown, qtbot, 1400)
    assert shares(shown) == before
    resize(shown, qtbot, 1040)
    shown.window.restore("", {})
    shown.window.restore("", texts)
    resize(shown, qtbot, 1400)
    assert shares(shown) == before


def test_a_layout_that_an_older_version_spoilt_is_not_taken(shown, qtbot):
    before = shares(shown)
    splitter = shown.window.workspace.splitter
    splitter.setSizes([400, 600])
    spoilt = bytes(splitter.saveState().toBase64().data()).decode()
    splitter.setSizes(before)
    shown.window.restore("", {"window": spoilt})
    assert shares(shown) == before


@pytest.mark.parametrize("side", ["", "x y", "304", "-3 4", "9999999 2", "3 4 5", "٣ ٤", "3.0 4"])
def test_a_width_that_makes_no_sense_changes_nothing(shown, side):
    before = shares(shown)
    shown.window.restore("", {"side": side})
    assert shares(shown) == before


def test_the_pane_is_remembered_through_a_narrow_window(shown, qtbot):
    shown.window.side.setCurrentIndex(2)
    resize(shown, qtbot, 720)
    assert shown.window.side.currentIndex() == 0
    texts = shown.window.layout_texts()
    resize(shown, qtbot, 1040)
    assert shown.window.side.currentWidget() is shown.window.side.timing
    shown.window.side.setCurrentIndex(0)
    resize(shown, qtbot, 720)
    shown.window.restore("", texts)
    resize(shown, qtbot, 1040)
    assert shown.window.side.currentWidget() is shown.window.side.timing


def test_between_wide_and_narrow_the_panes_are_not_styled_anew(shown, qtbot):
    """A new parent styles all that is in it anew, and a talk key's release waits for that."""
    styled: list[str] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() is QEvent.Type.StyleChange:
                styled.append(type(watched).__name__)
            return False

    watch = Watch(shown.window)
    side = shown.window.side
    for part in (side, side.tools, side.events, side.timing):
        part.installEventFilter(watch)
    for width in (720, 1040):
        resize(shown, qtbot, width)
    assert styled == []


def test_back_in_a_wide_window_the_line_for_typing_stands_below_the_conversation(shown, qtbot):
    window = shown.window
    for width in (720, 1040):
        resize(shown, qtbot, width)
    qtbot.waitUntil(lambda: window.text_line.isVisible() and window.transcript.isVisible())
    words = QRect(window.transcript.mapTo(window, QPoint()), window.transcript.size())
    line = QRect(window.text_line.mapTo(window, QPoint()), window.text_line.size())
    side = QRect(window.side.mapTo(window, QPoint()), window.side.size())
    assert words.bottom() < line.top()
    assert line.right() < side.left()
    resize(shown, qtbot, 720)
    qtbot.waitUntil(lambda: window.text_line.mapTo(window, QPoint()).y() > side.top())
    side = QRect(window.side.mapTo(window, QPoint()), window.side.size())
    line = QRect(window.text_line.mapTo(window, QPoint()), window.text_line.size())
    assert side.bottom() < line.top()
    assert line.width() > 500
