"""How the conversation and the panes share the window."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest


def tabs(shown) -> list[str]:
    side = shown.window.side
    return [side.tabText(i) for i in range(side.count())]


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
    window.workspace.splitter.setSizes([500, 400])
    sizes = window.workspace.splitter.sizes()
    window.side.setCurrentIndex(1)
    kept = window.workspace.layout_texts()
    window.side.setCurrentIndex(0)
    window.workspace.splitter.setSizes([700, 304])
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
