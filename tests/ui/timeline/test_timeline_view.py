"""The timeline's picture: what is where, what the keys and the mouse do, what a screen reader finds."""

from __future__ import annotations

import random

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QColor, QImage, QWheelEvent
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QApplication

from desktop.turn.marks import Mark
from desktop.ui.common import theme
from desktop.ui.timeline.timeline_drawer import TimelineDrawer
from desktop.viewmodels.timeline.marks_model import MarksModel
from desktop.viewmodels.timeline.timeline import Timeline
from tests.recording.reading.recordings import ZERO, frames, marks
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

Key = Qt.Key
SECOND = 1_000_000


def a_timeline() -> Timeline:
    """The conversation of `tests.recording.reading.recordings`, as it is seen live."""
    timeline = Timeline()
    offsets = {"in": 0, "out": 0}
    timeline.set_rates(24_000, 24_000)
    things = sorted([*frames(), *marks()], key=_time)
    for one in things:
        if isinstance(one, Mark):
            timeline.mark(Mark(**{**_fields(one), "t": one.t - round(ZERO * 1e6)}))
            continue
        pcm = getattr(one.message, "audio", b"")
        kind = str(one.message.__struct_config__.tag)
        t = round((one.at - ZERO) * 1e6)
        timeline.frame(t, one.direction, kind, offsets[one.direction] if pcm else None, len(pcm))
        offsets[one.direction] += len(pcm)
        if pcm:
            timeline.peaks["sent" if one.direction == "out" else "received"].add(pcm)
    return timeline


def _time(one) -> float:
    return one.t if isinstance(one, Mark) else one.at * 1e6


def _fields(mark: Mark) -> dict:
    return {name: getattr(mark, name) for name in mark.__struct_fields__}


@pytest.fixture
def drawer(qtbot, qapp: QApplication) -> TimelineDrawer:
    use_light_theme()
    made = TimelineDrawer(live=False)
    qtbot.addWidget(made)
    made.resize(1_000, 230)
    made.show_timeline(a_timeline(), 9 * SECOND)
    made.show()
    qtbot.waitExposed(made)
    made.view.setFocus()
    return made


def _picture(drawer: TimelineDrawer) -> QImage:
    return drawer.view.viewport().grab().toImage()


def _shows(picture: QImage, x: float, lane, colour: str) -> bool:
    name = QColor(colour).name()
    column = (picture.pixelColor(round(x), y).name() for y in range(lane.top, lane.bottom))
    return name in column


def test_both_voices_are_where_they_were_said_and_heard(drawer: TimelineDrawer) -> None:
    view, picture = drawer.view, _picture(drawer)

    def x(ms: float) -> float:
        return view.left + view.scale.x(ms * 1_000)

    for ms in (1_100, 1_900, 5_500):
        assert _shows(picture, x(ms), view.lanes.sent, theme.LIGHT.rec)
    for ms in (900, 2_100, 4_500):
        assert not _shows(picture, x(ms), view.lanes.sent, theme.LIGHT.rec)
    for ms in (2_700, 4_000, 7_500):
        assert _shows(picture, x(ms), view.lanes.received, theme.LIGHT.accent)
    for ms in (2_500, 4_200, 7_800):  # the last was not heard: it is there, but pale
        assert not _shows(picture, x(ms), view.lanes.received, theme.LIGHT.accent)
    assert picture.pixelColor(round(x(7_800)), view.lanes.received.top + 6) != picture.pixelColor(
        round(x(8_500)), view.lanes.received.top + 6
    )


def test_the_arrows_step_by_mark_by_turn_and_by_frame(drawer: TimelineDrawer) -> None:
    view, sought = drawer.view, QSignalSpy(drawer.sought)
    stepped = []
    for _ in range(4):
        QTest.keyClick(view, Key.Key_Right)
        stepped.append(round(view.playhead_us or 0))
    assert stepped == [10_000, 1_000_000, 1_800_000, 2_000_000]
    assert view.currentIndex().data() == "Sent, 0:02.000, turn 1"
    QTest.keyClick(view, Key.Key_Left)
    assert view.playhead_us == 1_800_000
    QTest.keyClick(view, Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert view.playhead_us == 5_000_000
    QTest.keyClick(view, Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert view.playhead_us == 3_000_000  # response.completed
    QTest.keyClick(view, Key.Key_End)
    QTest.keyClick(view, Key.Key_Right)
    assert view.playhead_us == 9 * SECOND
    assert sought.count() == 8


def test_marks_of_one_time_are_stepped_through_one_by_one(drawer: TimelineDrawer) -> None:
    timeline = Timeline()
    for kind in ("commit", "cancel", "interrupted"):
        timeline.mark(Mark(5_000, kind))
    drawer.show_timeline(timeline)
    rows = []
    for _ in range(4):
        QTest.keyClick(drawer.view, Key.Key_Right)
        rows.append(drawer.view.currentIndex().row())
    assert rows == [0, 1, 2, 2]


def test_space_plays_and_the_zoom_has_keys(drawer: TimelineDrawer) -> None:
    view, played = drawer.view, QSignalSpy(drawer.play_toggled)
    QTest.keyClick(view, Key.Key_Space)
    assert played.count() == 1
    span = view.scale.span_us
    QTest.keyClick(view, Key.Key_Plus)
    QTest.keyClick(view, Key.Key_Plus)
    assert view.scale.span_us < span / 2
    QTest.keyClick(view, Key.Key_Minus)
    QTest.keyClick(view, Key.Key_0)
    assert view.scale.span_us == pytest.approx(span)


def test_the_wheel_zooms_at_the_pointer_and_scrolls_sideways(drawer: TimelineDrawer) -> None:
    view = drawer.view
    place = QPointF(view.left + 400.0, 60.0)
    at = view.scale.at(400)

    def turn(delta: QPoint) -> None:
        event = QWheelEvent(
            place, view.mapToGlobal(place), QPoint(), delta, Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        QApplication.sendEvent(view.viewport(), event)

    turn(QPoint(0, 480))
    assert view.scale.at(400) == pytest.approx(at)
    begin = view.scale.begin_us
    turn(QPoint(-120, 0))
    assert view.scale.begin_us > begin


def test_a_click_seeks_and_a_click_on_a_mark_chooses_it(drawer: TimelineDrawer) -> None:
    view, chosen = drawer.view, QSignalSpy(drawer.mark_chosen)

    def click(ms: float, y: int) -> None:
        x = round(view.left + view.scale.x(ms * 1_000))
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x, y))

    click(4_000, view.lanes.received.top + 5)
    assert view.playhead_us == pytest.approx(4 * SECOND, abs=view.scale.us_per_px)
    assert chosen.count() == 0
    click(1_800, view.lanes.marks.top + 5)
    assert chosen.at(0)[0].mark == "key_up"
    assert view.playhead_us == 1_800_000


def test_what_is_pointed_at_is_named(drawer: TimelineDrawer) -> None:
    view = drawer.view

    def words(ms: float, lane) -> str:
        return view.words_at(QPoint(round(view.left + view.scale.x(ms * 1_000)), lane.top + 3))

    assert words(1_800, view.lanes.marks) == "Key up, 0:01.800, turn 1"
    assert words(2_700, view.lanes.tools) == "clock, 200 ms"
    assert words(2_200, view.lanes.waits).startswith("Service, ")
    assert words(2_700, view.lanes.sent) == ""


def test_to_a_screen_reader_it_is_the_list_of_its_marks(drawer: TimelineDrawer) -> None:
    found = QAccessible.queryAccessibleInterface(drawer.view)
    assert found.role() in (QAccessible.Role.List, QAccessible.Role.Table)
    assert found.text(QAccessible.Text.Name) == "Timeline"
    assert found.childCount() == len(drawer.view.timeline.marks)
    child = found.child(2)
    assert child.text(QAccessible.Text.Name) == "Key up, 0:01.800, turn 1"
    assert child.rect().width() > 0


def test_live_it_follows_what_comes_and_stays_where_one_looks(qtbot) -> None:
    drawer = TimelineDrawer(live=True)
    qtbot.addWidget(drawer)
    drawer.resize(1_000, 230)
    timeline = Timeline()
    drawer.show_timeline(timeline)
    drawer.show()
    for second in range(1, 30):
        timeline.mark(Mark(second * SECOND, "commit"))
    drawer.view.follow()
    assert drawer.view.scale.sees(0)
    assert drawer.view.scale.sees(29 * SECOND)
    drawer.view.zoom(8, 0)
    sight = drawer.view.scale
    timeline.mark(Mark(31 * SECOND, "commit"))
    drawer.view.follow()
    assert drawer.view.scale == sight
    drawer.view.seek(31 * SECOND)
    timeline.mark(Mark(60 * SECOND, "commit"))
    drawer.view.follow()
    assert drawer.view.scale.sees(60 * SECOND)
    QTest.keyClick(drawer.view, Key.Key_Escape)


def test_the_model_of_marks_is_a_right_model_while_they_come_late(qtbot) -> None:
    timeline, model = Timeline(), MarksModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.show_timeline(timeline)
    rnd = random.Random(5)
    for number in range(200):
        timeline.mark(Mark(max(0, number * 1_000 - rnd.randrange(3_000)), "commit"))
        if number % 3 == 0:
            model.follow()
    model.follow()
    assert model.marks == timeline.marks
    assert tester is not None


@pytest.mark.parametrize("size", [(200, 120), (720, 150), (2_560, 300)])
@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK])
def test_it_can_be_painted_at_every_size_and_scale(qtbot, qapp, size, colours) -> None:
    theme.apply(qapp, colours)
    drawer = TimelineDrawer(live=False)
    qtbot.addWidget(drawer)
    timeline = a_timeline()
    for number in range(3_000):
        timeline.mark(Mark(number * 2_999, "tool_started", text="x<b>" * 40))
        timeline.frame(9 * SECOND + number, "in", "x")
    drawer.resize(*size)
    drawer.show_timeline(timeline)
    drawer.show()
    for factor in (1, 3, 10, 100, 1_000):
        drawer.view.zoom(factor)
        assert not _picture(drawer).isNull()
    theme.apply(qapp, theme.LIGHT)


def test_a_tooltip_is_plain_text(drawer: TimelineDrawer) -> None:
    drawer.view.timeline.mark(Mark(8_500_000, "tool_started", text="<img src=x>"))
    drawer.view.timeline.mark(Mark(8_600_000, "tool_ended", text="<img src=x>"))
    x = round(drawer.view.left + drawer.view.scale.x(8_550_000))
    assert drawer.view.words_at(QPoint(x, drawer.view.lanes.tools.top + 3)).startswith("<img src=x>")
