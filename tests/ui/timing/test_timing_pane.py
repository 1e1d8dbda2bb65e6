"""The pictures of the turns, and what is said beside them."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QHelpEvent
from PySide6.QtTest import QSignalSpy, QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QScrollBar, QToolTip, QWidget

from desktop.turn.timing import FIGURES, RELEASE_TO_HEARD, TurnTiming
from desktop.ui.common import theme
from desktop.ui.timing import waterfall
from desktop.ui.timing.timing_pane import TimingPane
from desktop.ui.timing.turn_delegate import picture_of
from desktop.ui.timing.waterfall import PACKET, SPEECH, WORDS, Axis, axis_for, hit, segments
from desktop.viewmodels.timing_model import TimingModel
from tests.ui.opened import use_light_theme

WHOLE = TurnTiming(1, 900, 920, 1_000, 1_200, 1_300, 1_450, 1_500, None, 1_520)
AXIS = Axis(250, 2)
WIDTH = 400.0


@pytest.fixture
def pane(qtbot, qapp: QApplication) -> TimingPane:
    use_light_theme()
    model = TimingModel()
    made = TimingPane(model)
    made.model = model
    qtbot.addWidget(made)
    made.resize(640, 480)
    made.show()
    qtbot.waitExposed(made)
    return made


# The picture


def test_each_time_is_a_bar_a_step_below_the_one_before_and_where_that_ends():
    bars = segments(WHOLE, AXIS, WIDTH)
    stairs = [bar for bar in bars if bar.figure != PACKET]
    assert [bar.lane for bar in stairs] == [0, 1, 2, 3, 4, 5]
    for above, below in pairwise(stairs):
        assert above.right == pytest.approx(below.left)
    scale = WIDTH * (1 - waterfall.BEFORE - waterfall.AFTER) / 500
    assert [bar.right - bar.left for bar in stairs] == pytest.approx(
        [ms * scale for ms in (100, 200, 100, 150, 50, 20)]
    )
    assert not any(bar.cut for bar in bars)


def test_all_turns_have_their_release_at_the_same_place():
    longer = TurnTiming(2, press=5_000, release=13_000, commit=13_100)
    assert {bars[0].right for bars in (segments(WHOLE, AXIS, WIDTH), segments(longer, AXIS, WIDTH))} == {
        WIDTH * waterfall.BEFORE
    }


def test_what_does_not_fit_is_cut_and_stays_in_the_picture():
    talker = TurnTiming(1, 0, 20, 60_000, 60_200, 60_300, 75_000, 75_050, None, 99_000)
    bars = segments(talker, AXIS, WIDTH)
    assert all(0 <= bar.left < bar.right <= WIDTH for bar in bars)
    assert {bar.figure.begin for bar in bars if bar.cut} == {
        "press",
        "response_started",
        "first_audio",
        "first_heard",
    }
    speech, packet = bars[:2]
    assert (speech.figure, packet.figure, packet.left) == (SPEECH, PACKET, 0)


def test_a_time_of_nothing_can_be_seen():
    bars = segments(TurnTiming(1, release=10, commit=10), AXIS, WIDTH)
    assert [bar.right - bar.left for bar in bars] == [waterfall.THINNEST]


def test_turns_with_gaps_have_the_bars_that_are_known():
    assert segments(TurnTiming(1), AXIS, WIDTH) == []
    assert [bar.figure for bar in segments(TurnTiming(1, 0, 15), AXIS, WIDTH)] == [PACKET]
    typed = TurnTiming(1, commit=0, response_started=100, first_heard=300)
    assert [bar.figure.begin for bar in segments(typed, AXIS, WIDTH)] == ["commit"]


def test_a_cut_answer_ends_where_it_was_cut():
    cut = TurnTiming(1, release=0, first_heard=100, interrupted=150, done=400)
    assert segments(cut, AXIS, WIDTH)[-1].right == AXIS.place(150, WIDTH)


@pytest.mark.parametrize(
    ("wait", "axis"),
    [
        (10, (250, 2)),
        (500, (250, 2)),
        (501, (250, 3)),
        (1_001, (500, 3)),
        (2_001, (1_000, 3)),
        (9_000, (4_000, 3)),
    ],
)
def test_the_axis_is_round(wait, axis):
    assert axis_for([TurnTiming(1, release=0, first_heard=wait)]) == Axis(*axis)


def test_one_turn_in_twenty_may_leave_the_axis():
    usual = [TurnTiming(i, release=0, first_heard=400) for i in range(1, 20)]
    assert axis_for([*usual, TurnTiming(20, release=0, first_heard=30_000)]) == AXIS


def test_the_bar_under_a_point_is_found():
    bars = segments(WHOLE, AXIS, WIDTH)
    speech, packet = bars[:2]
    assert hit(bars, packet.left + 1, 1) == packet
    assert hit(bars, speech.right - 1, 1) == speech
    assert hit(bars, bars[-1].right + 4, 5 * waterfall.STEP + 1) == bars[-1]
    assert hit(bars, WIDTH, 1) is None


# The pane


def test_an_empty_pane_says_what_will_come(pane, qtbot):
    assert not pane.export.isEnabled()
    assert pane.figures.texts(RELEASE_TO_HEARD) == ("—", "—", "—")
    empty = pane.turns.viewport().grab().toImage()
    pane.model.show(WHOLE)
    pane.model.clear()
    qtbot.waitUntil(lambda: pane.turns.viewport().height() == empty.height())
    assert pane.turns.viewport().grab().toImage() == empty
    words = {empty.pixelColor(x, y).name() for x in range(0, empty.width(), 2) for y in range(empty.height())}
    assert len(words) > 1, "something is written there"


def test_the_last_turn_is_selected_and_shown_while_it_grows(pane):
    pane.model.show(TurnTiming(1, press=0))
    pane.model.show(TurnTiming(1, press=0, first_packet=18))
    assert pane.figures.texts(FIGURES[0]) == ("18", "18", "18")
    pane.model.show(TurnTiming(2, press=9_000, first_packet=9_010))
    assert pane.turns.currentIndex().row() == 1
    assert pane.figures.texts(FIGURES[0]) == ("10", "14", "18")


def test_what_came_while_the_pane_was_hidden_is_shown_with_it(pane):
    pane.hide()
    pane.model.show(TurnTiming(1, release=0, first_heard=1_400))
    pane.show()
    assert pane.figures.texts(RELEASE_TO_HEARD) == ("1400", "1400", "1400")
    assert pane.turns.delegate.axis == Axis(500, 3)
    assert pane.export.isEnabled()


def test_a_typed_turn_has_a_total_too(pane):
    pane.model.show(TurnTiming(1, press=0, release=900, commit=1_000, first_heard=1_400))
    typed = TurnTiming(2, commit=0, response_started=100, first_audio=250, first_heard=310)
    pane.model.show(typed)
    assert pane.figures.texts(RELEASE_TO_HEARD) == ("310", "310", "310"), "of what was typed alone"
    assert pane.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Turn 2, Sent → Heard 310 ms, Sent → Response 100 ms, Response → First audio 150 ms, "
        "First audio → Heard 60 ms"
    )
    pane.turns.setCurrentIndex(pane.model.index(0, 0))
    assert pane.figures.texts(RELEASE_TO_HEARD) == ("500", "500", "500")


@pytest.mark.parametrize(
    ("turn", "waited", "words"),
    [
        (TurnTiming(2, commit=0, response_started=100, done=840), "840", "Sent → Answer complete 840 ms"),
        (
            TurnTiming(2, press=0, release=900, commit=1_000, response_started=1_100, done=1_400),
            "500",
            "Release → Answer complete 500 ms",
        ),
    ],
)
def test_an_answer_without_sound_has_a_total_too(pane, turn: TurnTiming, waited: str, words: str):
    pane.model.show(TurnTiming(1, press=0, release=900, commit=1_000, first_heard=1_400))
    pane.model.show(turn)
    assert pane.figures.texts(RELEASE_TO_HEARD) == (waited,) * 3, "of such turns alone"
    assert words in pane.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    shown = [label.text() for label in pane.figures.findChildren(QLabel)]
    assert "Complete after" in shown or words.removesuffix(f" {waited} ms") in shown
    axis = axis_for(pane.model.turns)
    bar = segments(turn, axis, 400.0)[-1]
    assert (bar.figure, bar.cut) == (WORDS, False), "the whole answer is in the picture"
    pane.turns.setCurrentIndex(pane.model.index(0, 0))
    assert pane.figures.texts(RELEASE_TO_HEARD) == ("500", "500", "500")


def test_a_turn_that_was_chosen_by_key_stays_chosen(pane, qtbot):
    for number in (1, 2, 3):
        pane.model.show(TurnTiming(number, release=0, first_heard=number * 100))
    pane.turns.setFocus()
    QTest.keyClick(pane.turns, Qt.Key.Key_Up)
    assert pane.figures.texts(RELEASE_TO_HEARD)[0] == "200"
    pane.model.show(TurnTiming(4, release=0, first_heard=400))
    assert pane.figures.texts(RELEASE_TO_HEARD)[0] == "200"
    QTest.keyClick(pane.turns, Qt.Key.Key_End)
    pane.model.show(TurnTiming(5, release=0, first_heard=500))
    assert pane.figures.texts(RELEASE_TO_HEARD)[0] == "500"


def test_the_rows_are_painted_in_their_colours(pane):
    pane.model.show(TurnTiming(2, 0, 1, 99, 199, 299, 399, 499, None, 599))
    seen = pane.turns.viewport().grab().toImage()
    picture = picture_of(pane.turns.visualRect(pane.model.index(0, 0)))
    bars = segments(pane.model.turns[0], pane.turns.delegate.axis, picture.width())
    for bar in bars:
        if bar.figure.begin in ("press", "commit", "first_heard") and bar.figure != PACKET:
            x = round(picture.left() + (bar.left + bar.right) / 2)
            y = round(picture.top() + bar.lane * waterfall.STEP + 1)
            assert seen.pixelColor(x, y) == QColor(waterfall.colour_of(bar.figure, theme.LIGHT))


@pytest.mark.parametrize("tokens", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_no_two_figures_have_the_same_colour(tokens: theme.Tokens):
    bars = [figure for figure in FIGURES if figure != RELEASE_TO_HEARD]
    assert len({waterfall.colour_of(figure, tokens).rgba() for figure in bars}) == len(bars)


def test_a_bar_says_its_name_and_time(pane, monkeypatch):
    emitted = []
    monkeypatch.setattr(QToolTip, "showText", lambda at, words, widget: emitted.append(words))
    pane.model.show(WHOLE)
    row = pane.turns.visualRect(pane.model.index(0, 0))
    picture = picture_of(row)
    bar = segments(WHOLE, pane.turns.delegate.axis, picture.width())[3]
    point = QPoint(
        round(picture.left() + (bar.left + bar.right) / 2),
        round(picture.top() + bar.lane * waterfall.STEP + 2),
    )
    viewport = pane.turns.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QEvent.Type.ToolTip, point, viewport.mapToGlobal(point)))
    assert emitted == ["Sent → Response: 100 ms"]
    words = pane.turns.delegate.words_at(
        QPoint(row.right() - 4, row.center().y()), row, pane.model.index(0, 0)
    )
    assert words.splitlines()[:2] == ["Turn 1", "Release → Heard 500 ms"]


@pytest.mark.qt_log_ignore("does not support")
def test_export_is_in_the_menu_of_the_turns(pane):
    spy = QSignalSpy(pane.export_requested)
    assert not pane.export.isEnabled(), "there is nothing to export"
    assert not pane.findChildren(QPushButton)
    pane.model.show(WHOLE)
    at = pane.turns.visualRect(pane.model.index(0, 0)).center()
    viewport = pane.turns.viewport()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, viewport.mapToGlobal(at))
    QApplication.sendEvent(viewport, asked)
    menu = QApplication.activePopupWidget()
    _, action = menu.actions()
    assert action.text() == "Export times…"
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())
    assert spy.count() == 1


def test_counters_have_their_places_before_they_come(pane):
    before = pane.counters.findChildren(QLabel)
    assert [label.text() for label in before[1::2]] == ["—"] * 6
    pane.show_counted({"underruns": 0, "round_trip_ms": 38})
    pane.show_counted({"underruns": 1, "round_trip_ms": 40})
    assert pane.counters.findChildren(QLabel) == before
    shown = dict(zip((one.text() for one in before[::2]), (one.text() for one in before[1::2]), strict=True))
    assert (shown["Underruns"], shown["Round trip"], shown["Overruns"]) == ("1", "40 ms", "—")
    assert "Underruns: 1" in [label.accessibleName() for label in before]


@pytest.mark.parametrize("size", [(264, 480), (640, 480), (672, 190)])
def test_nothing_moves_when_the_first_turn_and_the_counters_come(pane, size):
    pane.resize(*size)
    QApplication.processEvents()

    def places() -> list[QRect]:
        widgets = [one for one in pane.findChildren(QWidget) if one.isVisible()]
        return [QRect(one.mapTo(pane, QPoint()), one.size()) for one in widgets if not _in_scroll_bar(one)]

    before = places()
    pane.model.show(WHOLE)
    pane.show_counted(
        {
            "input_rate": 44_100,
            "output_rate": 48_000,
            "overruns": 12,
            "underruns": 7,
            "prebuffer_ms": 120,
            "round_trip_ms": 1_380,
        }
    )
    QApplication.processEvents()
    assert places() == before


def _in_scroll_bar(widget: QWidget) -> bool:
    return isinstance(widget, QScrollBar) or isinstance(widget.parent(), QScrollBar)


# Aborted takes

DISCARDED = TurnTiming(1, press=1_000, first_packet=1_020, release=1_090, done=1_090)


@pytest.mark.parametrize(
    "turn",
    [
        DISCARDED,
        TurnTiming(1, press=1_000, done=1_004),
        TurnTiming(1, press=1_000, first_packet=1_030, done=9_000),
    ],
)
def test_an_aborted_take_is_a_row_of_its_own_with_its_word(pane, turn):
    assert turn.aborted
    (bar,) = segments(turn, AXIS, WIDTH)
    assert bar.right - bar.left >= 16, "not a speck"
    assert bar.right == AXIS.place(0, WIDTH), "it ends where others are released"
    assert waterfall.colour_of(bar.figure, theme.LIGHT) == QColor(theme.LIGHT.muted), "nothing is recorded"
    pane.model.show(turn)
    assert "discarded" in pane.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    discarded = pane.turns.viewport().grab().toImage()
    pane.model.show(TurnTiming(1, press=turn.press, first_packet=turn.first_packet))
    assert pane.turns.viewport().grab().toImage() != discarded


def test_a_take_that_was_sent_or_goes_on_is_not_aborted():
    assert not WHOLE.aborted
    assert not TurnTiming(1, press=0).aborted
    assert not TurnTiming(1, commit=0, done=9).aborted


@pytest.mark.parametrize(("width", "beside"), [(264, False), (640, True)])
def test_the_counters_stand_beside_the_figures_where_there_is_room(pane, qtbot, width, beside):
    pane.show_counted({"underruns": 0, "overruns": 0, "prebuffer_ms": 60, "round_trip_ms": 38})
    pane.resize(width, 480)
    qtbot.waitUntil(lambda: (pane.counters.x() > pane.figures.geometry().right()) == beside)
    assert pane.width() == width, "nothing asks for more"
    assert (pane.counters.y() > pane.figures.geometry().bottom()) != beside


def test_in_a_low_window_the_turns_stand_beside_the_figures(pane, qtbot):
    pane.model.show(WHOLE)
    pane.show_counted({"underruns": 0})
    pane.resize(672, 190)
    qtbot.waitUntil(lambda: pane.turns.x() > pane.figures.geometry().right())
    assert pane.turns.height() >= 100
    assert not pane.counters.isVisible()
    pane.resize(672, 480)
    qtbot.waitUntil(lambda: pane.turns.y() > pane.figures.geometry().bottom())
    assert pane.counters.isVisible()
