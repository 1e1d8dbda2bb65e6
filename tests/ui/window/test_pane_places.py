"""The panes beside the conversation, as wide as it, or in a window of their own."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from desktop.turn.effects import DisplayState
from desktop.ui.common.work_area import work_area
from desktop.ui.window.side_window import SideWindow
from tests.ui.conftest import Opened
from tests.ui.window.test_reach import check
from tests.ui.window.test_small_window import clashes, settle
from tests.ui.window.test_workspace import resize, shares, tabs

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

F9 = Qt.Key.Key_F9
SHIFT, CONTROL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def detached(shown: Opened, qtbot) -> SideWindow:
    """The panes' window, in front."""
    QTest.keyClick(shown.window.windowHandle(), F9, CONTROL)
    window = shown.window.places.window
    assert window is not None
    qtbot.waitUntil(window.isActiveWindow)
    return window


def half(window) -> int:
    return (window.workspace.width() - window.workspace.splitter.handleWidth()) // 2


@pytest.mark.parametrize("width", [860, 1040, 1920, 2560])
def test_the_panes_get_half_of_the_window_and_what_they_had(shown, qtbot, width):
    window = shown.window
    resize(shown, qtbot, width, 700)
    before = shares(shown)
    QTest.keyClick(window.windowHandle(), F9, SHIFT)
    assert abs(shares(shown)[1] - half(window)) <= 1
    assert clashes(window) == []
    QTest.keyClick(window.windowHandle(), F9, SHIFT)
    assert shares(shown) == before


def test_half_stays_half_however_wide_the_window_is(shown, qtbot):
    window = shown.window
    window.places.half.trigger()
    for width in (1400, 720, 900, 2000):
        resize(shown, qtbot, width)
        if not window.workspace.narrow:
            assert abs(shares(shown)[1] - half(window)) <= 1
    texts = window.layout_texts()
    window.places.half.trigger()
    window.restore("", texts)
    assert window.places.half.isChecked()
    assert abs(shares(shown)[1] - half(window)) <= 1


def test_a_double_click_on_the_line_gives_half_and_a_drag_ends_it(shown, qtbot):
    window = shown.window
    handle = window.workspace.splitter.handle(1)
    QTest.mouseDClick(handle, Qt.MouseButton.LeftButton)
    assert window.places.half.isChecked()
    assert abs(shares(shown)[1] - half(window)) <= 1
    middle = handle.rect().center()
    QTest.mousePress(handle, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(handle, middle + QPoint(60, 0))
    QTest.mouseRelease(handle, Qt.MouseButton.LeftButton, pos=middle)
    assert not window.places.half.isChecked()
    assert shares(shown)[1] < half(window) - 40


def test_the_key_folds_the_panes_away(shown):
    QTest.keyClick(shown.window.windowHandle(), F9)
    assert not shown.window.side.isVisible()
    assert not shown.window.panes_button.isChecked()
    QTest.keyClick(shown.window.windowHandle(), F9, SHIFT)
    assert shown.window.side.isVisible(), "who wants them wide wants them"
    assert shown.window.panes_button.isChecked()


def test_the_panes_get_a_window_of_their_own_and_come_back(shown, qtbot, detached):
    window = shown.window
    assert window.side.window() is detached
    assert window.side.isVisible()
    assert window.transcript.isVisible()
    assert window.workspace.splitter.count() == 1
    assert window.transcript.width() == window.workspace.width(), "the words get the room"
    detached.close()
    qtbot.waitUntil(detached.isHidden)
    assert window.isVisible()
    assert window.side.window() is window
    assert window.side.isVisible()
    assert tabs(shown) == ["Tools", "Events", "Timing"]
    assert not window.places.detached.isChecked()


@pytest.mark.parametrize("pane", [0, 1, 2])
def test_a_narrow_window_lets_its_panes_go_and_takes_them_back(shown, qtbot, pane):
    window = shown.window
    resize(shown, qtbot, 720)
    window.side.setCurrentIndex(pane + 1)
    window.places.detached.trigger()
    assert tabs(shown) == ["Tools", "Events", "Timing"]
    assert window.side.currentIndex() == pane
    assert window.transcript.isVisible()
    for width in (1200, 720):
        resize(shown, qtbot, width)
        assert tabs(shown) == ["Tools", "Events", "Timing"]
        assert window.side.isVisible()
    window.places.detached.trigger()
    assert tabs(shown) == ["Conversation", "Tools", "Events", "Timing"]
    resize(shown, qtbot, 1200)
    assert window.side.currentIndex() == pane
    assert window.transcript.isVisible()


def test_folding_the_panes_away_closes_their_window(shown, qtbot, detached):
    QTest.mouseClick(shown.window.panes_button, Qt.MouseButton.LeftButton)
    assert detached.isHidden()
    assert not shown.window.side.isVisible()
    QTest.mouseClick(shown.window.panes_button, Qt.MouseButton.LeftButton)
    assert shown.window.side.window() is shown.window


def test_one_talks_in_the_panes_window_as_in_the_main_one(shown, detached):
    shown.emitted.clear()
    QTest.keyPress(detached.windowHandle(), Qt.Key.Key_Space)
    QTest.keyRelease(detached.windowHandle(), Qt.Key.Key_Space)
    QTest.keyClick(detached.windowHandle(), Qt.Key.Key_Escape)
    assert shown.emitted == [("talk_pressed",), ("talk_released",), ("escaped",)]


def test_a_space_in_the_filter_of_the_panes_window_is_a_space(shown, qtbot, detached):
    shown.emitted.clear()
    field = shown.window.side.tools.field
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ")
    QApplication.sendEvent(detached.windowHandle(), event)
    assert field.text() == " "
    assert shown.emitted == []


def test_a_key_held_in_the_panes_window_is_lost_with_it(shown, qtbot, detached):
    shown.emitted.clear()
    QTest.keyPress(detached.windowHandle(), Qt.Key.Key_Space)
    detached.close()
    qtbot.waitUntil(detached.isHidden)
    assert shown.emitted[0] == ("talk_pressed",)
    assert len(shown.emitted) == 2
    assert shown.emitted[1][0] in ("talk_lost", "talk_released")


def test_a_key_held_while_the_other_window_comes_to_the_front_is_lost(shown, qtbot, detached):
    shown.emitted.clear()
    QTest.keyPress(detached.windowHandle(), Qt.Key.Key_Space)
    shown.window.activateWindow()
    qtbot.waitUntil(shown.window.isActiveWindow)
    qtbot.waitUntil(lambda: shown.emitted == [("talk_pressed",), ("talk_lost",)])


def test_going_from_one_window_to_the_other_is_no_absence(shown, qtbot, detached):
    """Or else what is locked open would be sent."""
    attended: list[bool] = []
    shown.window.attended.connect(attended.append)
    shown.window.activateWindow()
    qtbot.waitUntil(shown.window.isActiveWindow)
    detached.activateWindow()
    qtbot.waitUntil(detached.isActiveWindow)
    assert attended
    assert all(attended)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    assert attended[-1] is False


def test_escape_in_the_panes_window_belongs_to_what_is_locked(shown, qtbot, detached):
    shown.window.show_locked(True)
    shown.emitted.clear()
    QTest.keyClick(detached.windowHandle(), Qt.Key.Key_Escape)
    assert shown.emitted == [("escaped",)]


@pytest.mark.parametrize(
    ("key", "modifier", "expected"),
    [
        (Qt.Key.Key_K, CONTROL, "connect_clicked"),
        (Qt.Key.Key_M, CONTROL, "mute_toggled"),
        (Qt.Key.Key_Comma, CONTROL, "settings_clicked"),
        (Qt.Key.Key_F1, Qt.KeyboardModifier.NoModifier, "keys_clicked"),
    ],
)
def test_the_windows_keys_work_in_the_panes_window(shown, detached, key, modifier, expected):
    heard: list[str] = []
    getattr(shown.window, expected).connect(lambda *_: heard.append(expected))
    QTest.keyClick(detached.windowHandle(), key, modifier)
    assert heard == [expected]


@pytest.mark.parametrize("pane", [0, 1, 2])
def test_every_control_of_the_panes_window_is_reached_and_named(shown, qtbot, detached, pane):
    shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
    shown.window.side.setCurrentIndex(pane)
    check(detached)


def test_every_control_of_an_open_call_is_reached_and_named(shown, qtbot, detached):
    shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
    shown.tool_calls.begin("2", "get_time", {"timezone": "Europe/Stockholm"})
    shown.window.side.tools.open_call(0)
    check(detached)


def test_a_call_that_opens_by_itself_leaves_the_focus_where_it_is(shown):
    shown.tool_calls.begin("1", "get_time", {"timezone": "Europe/Stockholm"})
    shown.window.talk_button.setFocus()
    shown.window.side.tools.open_call(0)
    assert shown.window.talk_button.hasFocus()


def test_the_key_that_detached_docks(shown, qtbot, detached):
    QTest.keyClick(detached.windowHandle(), F9, CONTROL)
    qtbot.waitUntil(detached.isHidden)
    assert shown.window.side.window() is shown.window


def test_the_place_is_remembered_over_a_start(shown, qtbot, detached):
    detached.setGeometry(120, 90, 480, 400)
    texts = shown.window.layout_texts()
    again = Opened.__new__(Opened)
    Opened.__init__(again, qtbot)
    again.window.hide()
    again.window.restore("", texts)
    panes = again.window.places.window
    assert panes is not None
    again.window.show()
    again.window.places.appear()
    assert panes.isVisible()
    assert panes.geometry() == QRect(120, 90, 480, 400)


def test_closed_and_opened_again_it_is_where_it_was(shown, qtbot, detached):
    detached.setGeometry(120, 90, 480, 400)
    shown.window.places.detached.trigger()
    shown.window.places.detached.trigger()
    assert detached.geometry() == QRect(120, 90, 480, 400)


@pytest.mark.parametrize("place", [QRect(90_000, 50, 500, 400), QRect(-9_000, -9_000, 500, 400)])
def test_a_place_on_a_screen_that_is_gone_comes_back(shown, qtbot, detached, place):
    detached.setGeometry(place)
    texts = shown.window.layout_texts()
    shown.window.places.detached.trigger()
    shown.window.restore("", texts)
    shown.window.places.appear()
    panes = shown.window.places.window
    assert panes is not None
    qtbot.waitUntil(lambda: work_area(panes.screen()).contains(panes.geometry()))


@pytest.mark.parametrize("texts", [{"detached": "perhaps"}, {"detached": "yes", "panes-window": "%%%"}])
def test_a_place_that_makes_no_sense_is_ignored(shown, texts):
    shown.window.restore("", texts)
    assert shown.window.side.isVisible() or shown.window.places.window is not None


def test_the_panes_window_closes_with_the_main_one_and_is_remembered(shown, qtbot, detached):
    shown.window.close()
    assert not detached.isVisible()
    assert shown.window.layout_texts()["detached"] == "yes"


def scroll_areas(widget: QWidget) -> list[QAbstractScrollArea]:
    return [each for each in widget.findChildren(QAbstractScrollArea) if each.isVisible()]


@pytest.mark.parametrize("width", [720, 1040, 2560])
def test_each_pane_scrolls_in_one_place(shown, qtbot, width):
    window, side = shown.window, shown.window.side
    for number in range(60):
        shown.tool_calls.begin(f"c{number}", "roll_dice", {"n": number})
        shown.tool_calls.end(f"c{number}", "done", {"rolls": list(range(90))}, 1)
    resize(shown, qtbot, width)
    window.show_state(DisplayState.READY)
    steps = {
        side.tools: [
            lambda: None,
            lambda: side.tools.open_call(3),
            side.tools.detail.open_editor,
            side.tools.definitions_button.click,
        ],
        side.events: [lambda: None],
        side.timing: [lambda: None],
    }
    for pane, acts in steps.items():
        side.setCurrentWidget(pane)
        for act in acts:
            act()
            settle()
            areas = scroll_areas(pane)
            assert len(areas) == 1
            assert not any(one.isAncestorOf(other) for one in areas for other in areas if one is not other)
            assert areas[0].height() >= pane.height() / 3
