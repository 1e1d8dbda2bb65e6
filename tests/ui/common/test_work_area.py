"""Windows stay inside the part of the screen that panels leave free."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from PySide6.QtCore import QEvent, QMargins, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from desktop.ui.common.work_area import WorkAreaGuard, fitted, work_area

FRAME = QMargins(4, 30, 4, 4)
FULL_HD_AT_175 = QRect(0, 0, 1097, 617)


@pytest.mark.parametrize(
    ("window", "frame", "area", "expected"),
    [
        (QRect(100, 60, 700, 480), FRAME, QRect(0, 0, 1920, 1080), QRect(100, 60, 700, 480)),
        (QRect(20, 20, 1040, 700), QMargins(), FULL_HD_AT_175, QRect(20, 0, 1040, 617)),
        (QRect(0, 0, 1040, 700), FRAME, QRect(0, 28, 1024, 572), QRect(4, 58, 1016, 538)),
        (QRect(-3000, 200, 800, 500), FRAME, QRect(0, 0, 1920, 1080), QRect(4, 200, 800, 500)),
        (QRect(5000, 5000, 800, 500), FRAME, QRect(0, 0, 1920, 1080), QRect(1116, 576, 800, 500)),
        (QRect(0, 0, 300, 200), FRAME, QRect(-1280, -100, 1280, 1024), QRect(-304, 0, 300, 200)),
        (QRect(0, 0, 2**24, 2**24), FRAME, QRect(0, 0, 800, 480), QRect(4, 30, 792, 446)),
    ],
    ids=["inside", "too high", "too large", "left of all", "right of all", "on another screen", "huge"],
)
def test_a_window_is_moved_and_shrunk_as_little_as_needed(window, frame, area, expected):
    assert fitted(window, frame, area) == expected


@pytest.mark.parametrize(
    ("said", "believed"),
    [
        (QRect(0, 28, 1280, 772), QRect(0, 28, 1280, 772)),
        (QRect(0, 0, 640, 400), QRect(0, 0, 640, 400)),
        (QRect(0, 0, 0, 0), QRect(0, 0, 1280, 800)),
        (QRect(1279, 799, 1, 1), QRect(0, 0, 1280, 800)),
        (QRect(0, 790, 1280, 10), QRect(0, 0, 1280, 800)),
    ],
    ids=["a panel", "half of it", "none", "a pixel", "a strip"],
)
def test_a_desktop_that_leaves_next_to_nothing_is_not_believed(said: QRect, believed: QRect):
    screen = SimpleNamespace(
        availableGeometry=lambda: said, geometry=lambda: QRect(0, 0, 1280, 800), devicePixelRatio=lambda: 1.0
    )
    assert work_area(screen) == believed


@pytest.mark.parametrize(
    ("platform", "top"), [("xcb", 26), ("windows", 52), ("cocoa", 52)], ids=["x11", "windows", "macos"]
)
def test_on_x11_the_distance_from_the_screens_edge_is_scaled(monkeypatch, platform: str, top: int):
    """Of a panel of 52 pixels of the device, at 200 %, on a second screen."""
    monkeypatch.setattr(QGuiApplication, "platformName", lambda: platform)
    screen = SimpleNamespace(
        geometry=lambda: QRect(1920, 100, 960, 540),
        availableGeometry=lambda: QRect(1920, 152, 960, 514),
        devicePixelRatio=lambda: 2.0,
    )
    assert work_area(screen) == QRect(1920, 100 + top, 960, 514)


class Guarded:
    """A window of 600x400, at least 300x200, and a work area under the test's control."""

    def __init__(self, qtbot) -> None:
        self.area = QRect(0, 0, 790, 780)
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.window.setMinimumSize(300, 200)
        self.window.setGeometry(10, 40, 600, 400)
        self.guard = WorkAreaGuard(self.window, lambda screen: self.area)

    def change_area(self, *rectangle: int) -> None:
        self.area = QRect(*rectangle)
        self.window.screen().availableGeometryChanged.emit(self.area)

    @property
    def place(self) -> QRect:
        return self.window.frameGeometry()


@pytest.fixture
def guarded(qtbot) -> Guarded:
    return Guarded(qtbot)


def test_a_new_window_that_fits_stays_where_it_is(guarded):
    guarded.window.show()
    assert guarded.window.geometry() == QRect(10, 40, 600, 400)


@pytest.mark.parametrize("place", [(-4000, -4000), (4000, 4000), (700, 10), (10, 700)])
def test_a_place_on_a_screen_that_is_gone_comes_back(guarded, place):
    guarded.window.move(*place)
    guarded.window.show()
    assert guarded.area.contains(guarded.place)
    assert guarded.window.size() == QSize(600, 400)


def test_a_panel_shrinks_the_window_and_its_end_lets_it_grow_again(guarded):
    guarded.window.show()
    guarded.change_area(0, 24, 500, 300)
    assert guarded.area.contains(guarded.place)
    guarded.change_area(0, 24, 400, 250)
    assert guarded.area.contains(guarded.place)
    guarded.change_area(0, 0, 790, 780)
    assert guarded.window.size() == QSize(600, 400)


@pytest.mark.parametrize("area", [(0, 0, 790, 780), (0, 0, 500, 300)], ids=["room", "no room"])
def test_a_size_from_before_a_change_of_the_scale_is_not_the_users(guarded, qtbot, area):
    """The system hands it in afterwards, in pixels of the old scale: Qt takes them for the new one's."""
    guarded.window.show()
    guarded.change_area(*area)
    fits = guarded.window.size()
    QApplication.sendEvent(guarded.window, QEvent(QEvent.Type.DevicePixelRatioChange))
    guarded.window.resize(fits * 1.25)
    qtbot.waitUntil(lambda: guarded.window.size() == fits)
    qtbot.waitUntil(lambda: not guarded.guard.scaling)
    guarded.change_area(0, 0, 790, 780)
    assert guarded.window.size() == QSize(600, 400)
    guarded.window.resize(420, 260)
    QApplication.processEvents()
    assert guarded.window.size() == QSize(420, 260), "later it is theirs"


def test_what_the_user_has_chosen_since_is_kept(guarded):
    guarded.window.show()
    guarded.change_area(0, 0, 500, 300)
    guarded.window.resize(420, 260)
    guarded.change_area(0, 0, 790, 780)
    assert guarded.window.size() == QSize(420, 260)


@pytest.mark.qt_log_ignore("propagateSizeHints")  # the test's screen has no use for a least size
def test_the_least_size_shrinks_only_as_long_as_there_is_no_room(guarded):
    guarded.window.show()
    guarded.change_area(0, 0, 250, 150)
    assert guarded.area.contains(guarded.place)
    guarded.change_area(0, 0, 790, 780)
    assert guarded.window.minimumSize() == QSize(300, 200)


def test_where_the_user_puts_it_is_theirs(guarded):
    guarded.window.show()
    guarded.window.move(500, 600)
    assert guarded.window.pos().x() == 500
    guarded.guard.fit(move=False)
    assert guarded.window.pos().x() == 500


def test_another_screen_holds_the_size_alone(guarded):
    guarded.window.show()
    guarded.area = QRect(0, 0, 500, 300)
    guarded.guard.fit(move=False)
    assert guarded.area.contains(guarded.place)


@pytest.mark.parametrize("show", ["showMaximized", "showFullScreen"])
def test_a_window_that_fills_the_screen_is_left_alone(guarded, show):
    getattr(guarded.window, show)()
    before = guarded.window.geometry()
    guarded.change_area(0, 0, 500, 300)
    assert guarded.window.geometry() == before


def test_back_from_the_whole_screen_it_is_fitted(guarded, qtbot):
    guarded.window.showMaximized()
    guarded.area = QRect(0, 0, 500, 300)
    guarded.window.showNormal()
    qtbot.waitUntil(lambda: guarded.area.contains(guarded.place))


def test_a_window_that_was_shrunk_is_remembered_whole(guarded, qtbot):
    guarded.window.show()
    assert guarded.guard.unshrunk is None
    guarded.change_area(0, 0, 500, 300)
    assert guarded.guard.unshrunk == QSize(600, 400)
    again = Guarded(qtbot)
    again.window.resize(guarded.window.size())
    again.guard.restore(guarded.guard.unshrunk)
    again.window.show()
    assert again.window.size() == QSize(600, 400), "there is room again"
