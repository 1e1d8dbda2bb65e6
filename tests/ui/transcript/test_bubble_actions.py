"""The buttons beside a bubble: copy, play again, edit; with the mouse, the keyboard and the menu."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QGuiApplication, QImage

from desktop.ui.transcript import bubble_actions
from tests.ui.opened import use_light_theme
from tests.ui.transcript.test_transcript import LONG, Reading


@pytest.fixture
def reading(qtbot, qapp) -> Reading:
    use_light_theme()
    reading = Reading(qtbot)
    reading.model.begin_take(3)
    reading.model.end_take(3, "sent")
    reading.model.fill_take(3, "What time is it?")
    reading.model.begin_response(4)
    reading.model.grow_response(4, "Half past three.", 0)
    reading.model.end_response(4, "complete")
    reading.model.add_typed("typed")
    reading.view.settle()
    return reading


def kept(reading: Reading) -> None:
    reading.model.show_playable("take", 3, True)
    reading.model.show_playable("response", 4, True)
    reading.view.settle()


def buttons(reading: Reading, row: int) -> dict[str, QPoint]:
    """Where the buttons of a row are in the viewport."""
    view = reading.view
    places = bubble_actions.places(reading.model.lines[row], view.laid(row), view.viewport().width())
    top = QPoint(0, view.row_top(row))
    return {action: place.center().toPoint() + top for action, place in places}


def click(reading: Reading, at: QPoint) -> None:
    reading.qtbot.mouseMove(reading.view.viewport(), at)
    reading.qtbot.mouseClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_what_can_be_done_with_each(reading):
    assert [list(buttons(reading, row)) for row in range(3)] == [["copy", "edit"], ["copy"], ["copy", "edit"]]
    kept(reading)
    assert [list(buttons(reading, row)) for row in range(3)] == [
        ["copy", "play", "edit"],
        ["copy", "play"],
        ["copy", "edit"],
    ]
    reading.model.show_playable("take", 3, False)
    assert list(buttons(reading, 0)) == ["copy", "edit"], "its sound is gone"
    reading.model.add_tool("c1", "get_time")
    assert buttons(reading, 3) == {}


def test_each_button_does_what_it_says(reading):
    kept(reading)
    pane, waiting = reading.pane, reading.qtbot.waitSignal
    click(reading, buttons(reading, 1)["copy"])
    assert QGuiApplication.clipboard().text() == "Half past three."
    with waiting(pane.play_requested) as asked:
        click(reading, buttons(reading, 0)["play"])
    assert asked.args == ["take", 3]
    with waiting(pane.play_requested) as asked:
        click(reading, buttons(reading, 1)["play"])
    assert asked.args == ["response", 4]
    with waiting(pane.edit_requested) as asked:
        click(reading, buttons(reading, 2)["edit"])
    assert asked.args == ["typed"]


def test_the_keys_do_the_same(reading):
    kept(reading)
    reading.view.setFocus()
    reading.key(Qt.Key.Key_Home)
    with reading.qtbot.waitSignal(reading.pane.play_requested) as asked:
        reading.key(Qt.Key.Key_Return)
    assert asked.args == ["take", 3]
    with reading.qtbot.waitSignal(reading.pane.edit_requested) as asked:
        reading.key(Qt.Key.Key_F2)
    assert asked.args == ["What time is it?"]
    reading.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "What time is it?"
    reading.key(Qt.Key.Key_Down)
    with reading.qtbot.assertNotEmitted(reading.pane.edit_requested):
        reading.key(Qt.Key.Key_F2)  # the assistant's words are not the user's to send


def test_the_menu_has_them_too(reading):
    kept(reading)
    assert [action.text() for action in reading.view.menu(0).actions()][:4] == [
        "Copy selection",
        "Copy bubble",
        "Play again",
        "Edit and send again",
    ]
    by_name = {action.text(): action for action in reading.view.menu(2).actions()}
    assert "Play again" not in by_name
    with reading.qtbot.waitSignal(reading.pane.edit_requested):
        by_name["Edit and send again"].trigger()


def test_the_menu_names_the_keys_that_do_the_same(reading):
    by_name = {action.text(): action for action in reading.view.menu(-1).actions()}
    keys = {name: by_name[name].shortcut().toString() for name in ("Copy selection", "Select all", "Find…")}
    assert keys == {"Copy selection": "Ctrl+C", "Select all": "Ctrl+A", "Find…": "Ctrl+F"}


def test_the_keys_are_one_actions_while_the_menu_exists(reading):
    menu = reading.view.menu(-1)
    reading.look_for("short")
    assert reading.pane.find_bar.isVisible()
    menu.deleteLater()


def test_they_are_shown_at_the_mouse_and_the_keyboard_and_named_with_their_keys(reading):
    view = reading.view
    assert view.marks(0).actions is None
    at = buttons(reading, 0)["edit"]
    reading.qtbot.mouseMove(view.viewport(), at)
    assert view.marks(0).actions.hovered == "edit"
    assert view.marks(1).actions is None
    assert view.viewport().toolTip() == "Edit and send again (F2)"
    view.setFocus()
    reading.key(Qt.Key.Key_End)
    assert view.marks(2).actions is not None


@pytest.mark.parametrize("width", [320, 640, 1_600])
def test_they_fit_beside_the_widest_bubble(reading, width):
    kept(reading)
    reading.pane.resize(width, 400)
    reading.model.fill_take(3, LONG * 5)
    reading.model.grow_response(4, LONG * 5, 0)
    reading.view.settle()
    for row in (0, 1):
        bubble = reading.view.laid(row).shape
        laid, line = reading.view.laid(row), reading.model.lines[row]
        for _, place in bubble_actions.places(line, laid, reading.view.viewport().width()):
            assert not place.intersects(bubble)
            assert place.left() >= 0
            assert place.right() <= reading.view.viewport().width()


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("width", [260, 400, 900])
def test_the_button_for_the_rest_stays_within_the_list_at_every_size(reading, width, percent):
    reading.pane.resize(width, 400)
    reading.pane.set_text_size(percent)
    reading.interrupt("one two three four " * 4)
    laid = reading.view.laid(3)
    room = reading.view.viewport().rect()
    assert laid.shape.contains(laid.play)
    assert 0 <= laid.shape.left()
    assert laid.shape.right() <= room.width()


def icon_of(reading: Reading, row: int) -> QImage:
    at = buttons(reading, row)["play"]
    side = round(bubble_actions.ICON)
    return reading.view.viewport().grab(QRect(at.x() - side // 2, at.y() - side // 2, side, side)).toImage()


def test_the_button_of_what_plays_stops_it(reading):
    kept(reading)
    port, mine, other = reading.view.viewport(), buttons(reading, 0)["play"], buttons(reading, 1)["play"]
    reading.qtbot.mouseMove(port, other)
    hidden = icon_of(reading, 0)
    reading.qtbot.mouseMove(port, mine)
    plays = icon_of(reading, 0)
    click(reading, mine)
    reading.pane.show_sounding(True)
    assert icon_of(reading, 0) not in (plays, hidden)
    assert port.toolTip().startswith("Stop playing")
    words = [action.text() for action in reading.view.menu(0).actions()]
    assert "Stop playing" in words
    assert "Play again" not in words
    assert "Play again" in [action.text() for action in reading.view.menu(1).actions()]
    reading.qtbot.mouseMove(port, other)
    assert icon_of(reading, 0) != hidden, "it can be stopped without looking for its button"
    reading.qtbot.mouseMove(port, mine)
    with reading.qtbot.waitSignal(reading.pane.play_requested) as asked:
        click(reading, mine)
    assert asked.args == ["take", 3], "which stops it"
    reading.pane.show_sounding(False)
    assert icon_of(reading, 0) == plays
    assert port.toolTip().startswith("Play again")


def test_the_button_of_a_rest_that_plays_stops_it(reading):
    reading.interrupt()
    port, laid = reading.view.viewport(), reading.view.laid(3)
    pill = laid.play.translated(0, reading.view.row_top(3)).toRect()
    reading.qtbot.mouseMove(port, pill.center())
    plays = port.grab(pill).toImage()
    click(reading, pill.center())
    reading.pane.show_sounding(True)
    assert port.grab(pill).toImage() != plays
    assert port.toolTip().startswith("Stop playing")
    assert "Stop playing" in [action.text() for action in reading.view.menu(3).actions()]
    assert reading.view.laid(3).play == laid.play, "nothing moves"
    with reading.qtbot.waitSignal(reading.pane.play_unheard_requested) as asked:
        click(reading, pill.center())
    assert asked.args == [7], "which stops it"
    reading.pane.show_sounding(False)
    assert port.grab(pill).toImage() == plays
    assert port.toolTip().startswith("Play the rest")


def test_the_whole_and_the_rest_of_an_answer_have_each_their_own_stop(reading):
    reading.interrupt()
    reading.model.show_playable("response", 7, True)
    reading.view.settle()
    click(reading, buttons(reading, 3)["play"])
    reading.pane.show_sounding(True)
    words = [action.text() for action in reading.view.menu(3).actions()]
    assert ("Stop playing" in words, "Play again" in words, "Play the rest" in words) == (True, False, True)
