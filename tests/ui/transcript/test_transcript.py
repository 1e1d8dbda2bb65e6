"""The transcript's pane: it follows, it finds, one selects and copies in it, and nothing jumps."""

from __future__ import annotations

import re

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QGuiApplication, QTextLayout
from PySide6.QtTest import QAbstractItemModelTester

from desktop.ui.common import theme
from desktop.ui.transcript.text_selection import to_units
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.ui.transcript.transcript_reader import SCROLL_MS
from desktop.ui.transcript.transcript_view import TAIL
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.ui.find import button, running_timers
from tests.ui.opened import use_light_theme

LONG = "The elephant went to the river and listened to the stones for a long time. " * 3


def opened(qtbot, model: TranscriptModel) -> TranscriptPane:
    """A pane that is shown, as a window."""
    pane = TranscriptPane(model)
    qtbot.addWidget(pane)
    pane.setMinimumSize(200, 200)
    pane.resize(640, 400)
    pane.show()
    qtbot.waitExposed(pane)
    return pane


class Reading:
    """A pane, and the model behind it."""

    def __init__(self, qtbot) -> None:
        self.qtbot = qtbot
        self.model = TranscriptModel()
        self.tester = QAbstractItemModelTester(
            self.model, QAbstractItemModelTester.FailureReportingMode.Fatal
        )
        self.pane = opened(qtbot, self.model)
        self.view = self.pane.view
        self.bar = self.pane.verticalScrollBar()
        self.pane.activateWindow()
        qtbot.waitUntil(self.pane.isActiveWindow)

    def fill(self, rows: int) -> None:
        for number in range(rows):
            self.model.add_typed(f"{number} {LONG}" if number % 3 else f"{number} short")
        self.view.settle()

    def interrupt(self, text: str = "one two three four") -> None:
        self.model.begin_response(7)
        self.model.grow_response(7, text, 0)
        self.model.end_response(7, "interrupted")
        self.model.mark_heard(7, 500, 1_000)
        self.view.settle()

    def point(self, row: int, place: int) -> QPoint:
        """Where a place of a row's text is in the viewport; places are UTF-16 units."""
        laid = self.view.laid(row)
        line = laid.layout.lineForTextPosition(place)
        x = line.cursorToX(place)
        inner = QPointF(x[0] if isinstance(x, tuple) else x, line.y() + line.height() / 2)
        return (laid.text_at + inner + QPointF(0, self.view.row_top(row))).toPoint()

    def drag(self, begin: QPoint, end: QPoint) -> None:
        port, left = self.view.viewport(), Qt.MouseButton.LeftButton
        self.qtbot.mousePress(port, left, pos=begin)
        self.qtbot.mouseMove(port, end)
        self.qtbot.mouseRelease(port, left, pos=end)

    def key(self, key: Qt.Key, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
        self.qtbot.keyClick(self.view, key, modifiers)

    def look_for(self, words: str) -> None:
        self.qtbot.keyClick(self.view, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
        self.pane.find_bar.field.clear()
        self.qtbot.keyClicks(self.pane.find_bar.field, words)

    @property
    def clipboard(self) -> str:
        return QGuiApplication.clipboard().text()


@pytest.fixture
def reading(qtbot, qapp) -> Reading:
    use_light_theme()
    QGuiApplication.clipboard().clear()
    return Reading(qtbot)


# Where one reads


def test_it_follows_the_end(reading):
    reading.fill(50)
    assert reading.bar.value() == reading.bar.maximum() > 0
    last = reading.pane.visualRect(reading.model.index(49))
    assert last.bottom() + 1 == reading.view.viewport().height() - TAIL


def test_a_full_transcript_opens_at_its_end(qtbot, reading):
    reading.fill(50)
    other = opened(qtbot, reading.model)
    assert other.view.follows
    assert other.verticalScrollBar().value() == other.verticalScrollBar().maximum()


def test_one_who_has_scrolled_up_is_left_there_and_can_jump_back(reading, qtbot):
    reading.fill(50)
    reading.bar.setValue(reading.bar.maximum() - 500)
    row = reading.view.row_near(100)
    top = reading.view.row_top(row)
    reading.fill(5)
    reading.model.begin_take(1)
    reading.view.settle()
    assert reading.view.row_top(row) == top
    assert button(reading.pane, "Jump to latest").isVisible()
    qtbot.mouseClick(button(reading.pane, "Jump to latest"), Qt.MouseButton.LeftButton)
    assert reading.bar.value() == reading.bar.maximum()
    assert not button(reading.pane, "Jump to latest").isVisible()


def test_nothing_jumps_while_one_scrolls_up_through_lines_never_seen(reading):
    reading.fill(300)
    while reading.bar.value() > 2_000:
        row = reading.view.row_near(200)
        top = reading.view.row_top(row)
        reading.bar.setValue(reading.bar.value() - 120)
        assert reading.view.row_top(row) == top + 120


@pytest.mark.parametrize("share", [0, 0.3, 0.97, 1])
def test_rows_lie_one_below_the_other_wherever_one_drags_to(reading, share):
    reading.fill(300)
    reading.bar.setValue(round(reading.bar.maximum() * share))
    first, last = reading.view.row_near(0), reading.view.row_near(reading.view.viewport().height() - 1)
    assert reading.view.row_top(first) <= 0
    for row in range(first, last + 1):
        rect = reading.pane.visualRect(reading.model.index(row))
        assert rect.height() == reading.view.laid(row).height
        assert rect.bottom() + 1 == reading.view.row_top(row + 1)
    assert reading.view.row_top(last + 1) >= reading.view.viewport().height() - TAIL


def test_a_new_width_keeps_what_one_reads(reading):
    reading.fill(300)
    reading.bar.setValue(reading.bar.maximum() // 2)
    row = reading.view.row_near(0)
    height = reading.view.laid(row + 1).height + reading.view.laid(row + 2).height
    reading.pane.resize(420, 400)
    assert reading.view.row_near(0) == row
    assert reading.view.laid(row + 1).height + reading.view.laid(row + 2).height > height


def test_lines_that_go_close_the_gap(reading):
    reading.fill(5)
    reading.model.begin_take(1)
    reading.model.begin_response(1)
    reading.model.grow_response(1, "Answer", 0)
    reading.model.end_take(1, "short")
    reading.view.settle()
    assert [reading.model.lines[row].text for row in (4, 5)] == [f"4 {LONG}", "Answer"]
    assert reading.pane.visualRect(reading.model.index(5)).height() == reading.view.laid(5).height
    assert not reading.pane.visualRect(reading.model.index(6)).isValid()


def test_a_word_more_lays_out_one_line(reading, monkeypatch):
    reading.fill(50)
    reading.model.begin_response(1)
    reading.view.settle()
    laid_out = []
    begin = QTextLayout.beginLayout
    monkeypatch.setattr(QTextLayout, "beginLayout", lambda self: (laid_out.append(self.text()), begin(self)))
    reading.model.grow_response(1, "Hello", 0)
    reading.view.settle()
    assert laid_out == ["Hello"]


def test_a_click_on_a_line_that_is_half_seen_moves_nothing(reading, qtbot):
    reading.fill(50)
    reading.bar.setValue(reading.bar.maximum() - 500)
    before = reading.bar.value()
    reading.drag(QPoint(400, 2), QPoint(400, 2))
    assert reading.view.row_top(reading.view.currentIndex().row()) < 0
    assert reading.bar.value() == before


# Bubbles


def test_a_megabyte_is_laid_out_in_part_and_copied_in_whole(reading, qtbot):
    words = "word " * 200_000
    reading.model.add_typed(words)
    reading.view.settle()
    assert len(reading.view.laid(0).layout.text()) == 8_000
    assert "1,000,000" in reading.view.laid(0).foot
    reading.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert reading.view.selected_text() == words


def test_the_unheard_rest_is_played_from_its_bubble(reading, qtbot):
    reading.interrupt()
    assert "rest not heard" in reading.view.laid(0).foot
    button = reading.view.laid(0).play.center().toPoint() + QPoint(0, reading.view.row_top(0))
    with qtbot.waitSignal(reading.pane.play_unheard_requested) as asked:
        qtbot.mouseClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=button)
    assert asked.args == [7]
    reading.key(Qt.Key.Key_Up)
    with qtbot.waitSignal(reading.pane.play_unheard_requested) as asked:
        reading.key(Qt.Key.Key_Return)
    assert asked.args == [7]


def test_a_press_beside_the_button_or_let_go_elsewhere_plays_nothing(reading, qtbot):
    reading.interrupt()
    button = reading.view.laid(0).play.center().toPoint() + QPoint(0, reading.view.row_top(0))
    with qtbot.assertNotEmitted(reading.pane.play_unheard_requested):
        reading.drag(button, button + QPoint(0, 100))
        reading.drag(button - QPoint(120, 0), button - QPoint(120, 0))


def test_what_was_heard_to_its_end_has_no_button(reading):
    reading.model.begin_response(1)
    reading.model.grow_response(1, "one two", 0)
    reading.model.end_response(1, "complete")
    reading.model.mark_heard(1, 1_000, 1_000)
    assert reading.view.laid(0).play is None


def test_the_user_is_at_the_right_and_at_the_left_where_one_reads_from_the_right(reading):
    reading.model.add_typed("mine")
    reading.model.add_tool("c1", "get_time")
    middle = reading.view.viewport().width() / 2
    assert reading.view.laid(0).shape.left() > middle > reading.view.laid(1).shape.right()
    reading.pane.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    assert reading.view.laid(0).shape.right() < middle < reading.view.laid(1).shape.left()


@pytest.mark.parametrize("text", ["שלום, מה שלומך.", "לא."], ids=["long", "shorter than its time"])
def test_a_text_from_right_to_left_begins_at_the_right_of_its_bubble(reading, text):
    reading.model.add_typed(text)
    laid = reading.view.laid(0)
    line = laid.layout.lineAt(0)
    right = laid.text_at.x() + line.naturalTextRect().right()
    assert abs(laid.shape.right() - theme.INSET - right) < 2
    assert line.cursorToX(0)[0] > line.cursorToX(1)[0] > line.cursorToX(len(text))[0]


def test_a_tools_card_shows_its_state(reading):
    reading.model.add_tool("c1", "get_time")
    assert reading.view.laid(0).foot == "running"
    reading.model.end_tool("c1", "done", 12.4)
    assert reading.view.laid(0).foot == "done · 12 ms"
    reading.model.add_tool("c2", "get_time")
    reading.model.end_tool("c2", "done", 3.46)
    assert reading.view.laid(1).foot == "done · 3.5 ms", "as in the pane of the tools"


def test_a_tools_card_shows_that_the_model_has_no_result(reading):
    for row, (state, words) in enumerate(
        {
            "dropped": "connection lost",
            "ended": "session ended",
            "cancelled": "cancelled",
            "refused": "too many at once",
        }.items()
    ):
        reading.model.add_tool(f"c{row}", "get_time")
        reading.model.end_tool(f"c{row}", state)
        assert reading.view.laid(row).foot == words
    reading.model.end_tool("c0", "late", 12.4)
    assert reading.view.laid(0).foot == "too late · 12 ms"


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_it_wears_the_colours_of_the_application(reading, qapp, colours):
    reading.model.add_typed("mine " * 30)
    reading.view.settle()
    theme.apply(qapp, colours)
    picture = reading.view.viewport().grab().toImage()
    laid = reading.view.laid(0)
    inside = QPoint(round(laid.shape.center().x()), round(laid.shape.bottom()) - 4)
    assert (
        picture.pixelColor(inside + QPoint(0, reading.view.row_top(0))).name().upper() == colours.user_bubble
    )


# Selecting and copying


def test_words_are_selected_across_bubbles_and_copied(reading):
    reading.model.add_typed("first line")
    reading.model.add_typed("in between")
    reading.model.add_typed("last line")
    reading.view.settle()
    reading.drag(reading.point(0, 6), reading.point(2, 4))
    reading.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert reading.clipboard == "line\nin between\nlast"


def test_it_is_the_same_selected_upwards(reading):
    reading.model.add_typed("first line")
    reading.model.add_typed("last line")
    reading.view.settle()
    reading.drag(reading.point(1, 4), reading.point(0, 6))
    assert reading.view.selected_text() == "line\nlast"


def test_what_is_after_an_emoji_is_selected_where_it_is_seen(reading):
    text = "😀😀 word 😀"
    reading.model.add_typed(text)
    reading.view.settle()
    begin, end = to_units(text, 3), to_units(text, 7)
    assert (begin, end) == (5, 9)
    reading.drag(reading.point(0, begin), reading.point(0, end))
    assert reading.view.selected_text() == "word"
    assert reading.view.marks(0).selected == (5, 9)


def test_a_double_click_selects_a_word(reading, qtbot):
    reading.model.add_typed("one two three")
    reading.view.settle()
    qtbot.mouseDClick(reading.view.viewport(), Qt.MouseButton.LeftButton, pos=reading.point(0, 5))
    assert reading.view.selected_text() == "two"


def test_all_is_selected_and_copied(reading):
    reading.fill(40)
    reading.key(Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    reading.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert reading.clipboard.splitlines() == [line.text for line in reading.model.lines]


def test_selecting_beyond_the_edge_scrolls(reading, qtbot):
    reading.fill(50)
    port, left = reading.view.viewport(), Qt.MouseButton.LeftButton
    qtbot.mousePress(port, left, pos=QPoint(500, 200))
    before = reading.bar.value()
    qtbot.mouseMove(port, QPoint(500, -30))
    qtbot.waitUntil(lambda: reading.bar.value() < before - 200)
    qtbot.mouseRelease(port, left, pos=QPoint(500, -30))
    stopped = reading.bar.value()
    assert not [timer for timer in running_timers(reading.view) if timer.interval() == SCROLL_MS]
    assert len(reading.view.selected_text()) > 100
    assert reading.bar.value() == stopped


def test_one_bubble_is_copied_from_its_menu(reading):
    reading.model.add_typed("mine")
    reading.interrupt()
    menu = reading.view.menu(1)
    by_name = {action.text(): action for action in menu.actions()}
    assert not by_name["Copy selection"].isEnabled()
    assert by_name["Copy selection"].toolTip() == "Nothing is selected"
    by_name["Copy bubble"].trigger()
    assert reading.clipboard == "one two three four"
    with reading.qtbot.waitSignal(reading.pane.play_unheard_requested):
        by_name["Play the rest"].trigger()
    assert "Play the rest" not in [action.text() for action in reading.view.menu(0).actions()]


def test_what_is_selected_stays_with_its_words_when_a_line_goes(reading):
    reading.model.begin_take(1)
    reading.model.add_typed("one two three")
    reading.view.settle()
    reading.drag(reading.point(1, 4), reading.point(1, 7))
    reading.model.end_take(1, "short")
    assert reading.view.selected_text() == "two"


# Finding


def test_words_are_found_counted_and_gone_through(reading, qtbot):
    reading.fill(30)
    reading.look_for("RIVER")
    field = reading.pane.find_bar.field
    assert reading.pane.find_bar.count_text().endswith("of 60")
    seen = {reading.view._match}
    for _ in range(59):
        qtbot.keyClick(field, Qt.Key.Key_Return)
        row, _ = reading.view._match
        assert reading.view.row_top(row + 1) > 0
        assert reading.view.row_top(row) < reading.view.viewport().height()
        seen.add(reading.view._match)
    assert len(seen) == 60
    here = reading.view._match
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert reading.view._match == here


def test_a_match_is_marked_where_it_stands(reading):
    reading.model.add_typed("😀 river, River")
    reading.look_for("river")
    marks = reading.view.marks(0)
    assert marks.found == [(3, 8), (10, 15)]
    assert marks.match == (3, 8)


def test_nothing_found_is_reported(reading):
    reading.fill(3)
    reading.look_for("zebra")
    assert reading.pane.find_bar.count_text() == "not found"
    assert not button(reading.pane.find_bar, "Next match").isEnabled()


def test_the_count_goes_along_with_what_comes(reading):
    reading.model.begin_take(1)
    reading.model.begin_response(1)
    reading.look_for("river")
    reading.model.grow_response(1, "the ri", 0)
    reading.model.grow_response(1, "ver and the river", 0)
    assert reading.pane.find_bar.count_text() == "0 of 2"
    reading.model.add_typed("river")
    reading.model.end_take(1, "short")
    assert reading.pane.find_bar.count_text() == "0 of 3"
    assert reading.view.marks(0).found != []


def test_escape_closes_and_marks_nothing(reading, qtbot):
    reading.fill(3)
    reading.look_for("river")
    qtbot.keyClick(reading.pane.find_bar.field, Qt.Key.Key_Escape)
    assert not reading.pane.find_bar.isVisible()
    assert reading.view.marks(1).found == []
    assert reading.view.hasFocus()


def test_a_match_deep_in_a_long_bubble_is_scrolled_to(reading):
    reading.model.add_typed("word " * 1_000 + "needle " + "word " * 300)
    reading.view.settle()
    reading.look_for("needle")
    top, height = reading.view.laid(0).band(5_000)
    assert 0 <= reading.view.row_top(0) + top
    assert reading.view.row_top(0) + top + height <= reading.view.viewport().height()


# Keyboard and screen readers


def test_keys_move_the_line_one_is_at(reading):
    reading.fill(60)
    for key, row in (
        (Qt.Key.Key_Up, 59),
        (Qt.Key.Key_Up, 58),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_Up, 0),
        (Qt.Key.Key_Down, 1),
        (Qt.Key.Key_End, 59),
        (Qt.Key.Key_Down, 59),
    ):
        reading.key(key)
        assert reading.view.currentIndex().row() == row
        rect = reading.pane.visualRect(reading.view.currentIndex())
        assert rect.top() >= 0
        assert rect.bottom() < reading.view.viewport().height()
    reading.key(Qt.Key.Key_PageUp)
    page = reading.view.currentIndex().row()
    assert 50 <= page < 58
    reading.key(Qt.Key.Key_PageDown)
    assert reading.view.currentIndex().row() > page


@pytest.mark.parametrize("reason", [Qt.FocusReason.TabFocusReason, Qt.FocusReason.OtherFocusReason])
def test_one_who_comes_by_keyboard_begins_at_the_end(reading, reason):
    reading.fill(50)
    reading.pane.open_find()
    reading.qtbot.waitUntil(reading.pane.find_bar.field.hasFocus)
    reading.view.setFocus(reason)
    reading.qtbot.waitUntil(reading.view.hasFocus)
    assert reading.view.follows
    by_tab = reason == Qt.FocusReason.TabFocusReason
    assert reading.view.currentIndex().row() == (49 if by_tab else -1)
    reading.key(Qt.Key.Key_Up)
    assert reading.view.currentIndex().row() == (48 if by_tab else 49)


def test_the_line_one_is_at_is_copied_when_nothing_is_selected(reading):
    reading.fill(3)
    reading.key(Qt.Key.Key_Home)
    reading.key(Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert reading.clipboard == "0 short"


def test_the_line_one_is_at_has_a_ring_for_keyboards_only(reading):
    reading.fill(3)
    reading.key(Qt.Key.Key_Up)
    reading.qtbot.waitUntil(reading.view.hasFocus)
    assert reading.view.marks(2).current
    reading.drag(QPoint(400, 100), QPoint(400, 100))
    assert not any(reading.view.marks(row).current for row in range(3))


def test_screen_readers_are_given_each_line(reading):
    reading.model.add_typed("Hello")
    reading.interrupt()
    face = QAccessible.queryAccessibleInterface(reading.view)
    assert face.role() == QAccessible.Role.List
    assert face.childCount() == 2
    assert face.child(0).text(QAccessible.Text.Name) == "You: Hello"
    assert "not heard: three four" in face.child(1).text(QAccessible.Text.Name)


def test_another_model_is_refused(qapp):
    from PySide6.QtCore import QStringListModel

    with pytest.raises(TypeError):
        TranscriptPane(QStringListModel())


def covered(reading) -> bool:
    """Whether the button lies over the current match."""
    jump = button(reading.pane, "Jump to latest")
    row, nth = reading.view._match
    begin = [match.start() for match in re.finditer("river", reading.model.lines[row].text)][nth]
    top, height = reading.view.laid(row).band(begin)
    top += reading.view.row_top(row)
    return jump.isVisible() and top + height > jump.y() and top < jump.geometry().bottom()


@pytest.mark.parametrize("height", [400, 200])
@pytest.mark.parametrize("modifier", [Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier])
def test_no_match_is_under_the_button(reading, qtbot, height, modifier):
    reading.pane.resize(640, height)
    reading.fill(30)
    reading.bar.setValue(reading.bar.maximum() // 2)
    reading.look_for("river")
    seen = 0
    for _ in range(62):
        qtbot.keyClick(reading.pane.find_bar.field, Qt.Key.Key_Return, modifier)
        assert not covered(reading)
        seen += button(reading.pane, "Jump to latest").isVisible()
    assert seen > 30, "it is there most of the time"


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=lambda colours: colours.name)
def test_what_was_not_heard_is_painted_dimmed(reading, qapp, colours):
    """In the words' own pixels: the heard half has the ink of text, the rest that of hints."""
    theme.apply(qapp, colours)
    reading.interrupt("HHHHHHHH HHHHHHHH")
    line, laid = reading.model.lines[0], reading.view.laid(0)
    assert line.unheard_text
    picture = reading.view.viewport().grab().toImage()

    def inks(begin: int, end: int) -> set[str]:
        left, right = reading.point(0, begin), reading.point(0, end)
        high = int(laid.layout.lineAt(0).height() / 2)
        area = [(x, y) for x in range(left.x(), right.x()) for y in range(left.y() - high, left.y() + high)]
        return {picture.pixelColor(x, y).name().upper() for x, y in area}

    heard, rest = inks(0, line.heard), inks(line.heard + 1, len(line.text))
    assert colours.text in heard
    assert colours.muted not in heard
    assert colours.muted in rest
    assert colours.text not in rest
    use_light_theme()
