"""The watch over a hold: what takes the keyboard away, and what the system says. X11 itself: `tests/e2e`."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
import shiboken6
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QInputDevice, QKeyEvent, QMouseEvent, QPointingDevice
from PySide6.QtWidgets import QApplication, QMenu, QMessageBox, QWidget

from desktop.ui.talk import hold_watch
from desktop.ui.talk.hold_watch import MOST_READS, UPS, HoldWatch
from desktop.ui.talk.talk_button import TalkButton
from desktop.ui.talk.talk_keys import TalkKeys

# The virtual screen says so of popups.
pytestmark = pytest.mark.qt_log_ignore(r"does not support (raise|grabbing|propagateSizeHints)")

CODE = 65
OTHER = 38
ELSEWHERE = 4_711


@dataclass
class Snapshot:
    """What is held."""

    keys: frozenset[int] = frozenset({CODE})
    button: bool = False
    focus: int = ELSEWHERE


@dataclass
class State:
    """A system that answers, or doesn't."""

    snapshot: Snapshot | None = field(default_factory=Snapshot)
    asked: int = 0
    read: int = 0

    def ask(self) -> None:
        self.asked += 1

    def answer(self) -> Snapshot | None:
        self.read += 1
        return self.snapshot


class Watched:
    """A window that is not in front, the watch over a hold in it, and what the watch says."""

    def __init__(self, qtbot, state: State | None) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.watch = HoldWatch(self.window, lambda snapshot: CODE in snapshot.keys, state)
        self.said: list[str] = []
        self.watch.taken.connect(lambda: self.said.append("taken"))
        self.watch.up.connect(lambda: self.said.append("up"))
        self.watch.begin()


def test_a_key_that_the_system_says_is_up_is_up(qtbot):
    state = State(Snapshot(keys=frozenset({CODE + 1})))
    watched = Watched(qtbot, state)
    qtbot.waitUntil(lambda: watched.said == ["up"])
    assert state.asked == UPS, "it is asked again, as its key-up may be waiting to be read"


def test_one_that_is_down_is_asked_for_again_and_again(qtbot):
    state = State()
    watched = Watched(qtbot, state)
    state.snapshot = Snapshot(focus=int(watched.window.winId()))
    qtbot.waitUntil(lambda: state.asked > UPS)
    assert watched.said == []
    state.snapshot = Snapshot(frozenset())
    qtbot.waitUntil(lambda: watched.said == ["up"])


def test_a_system_that_does_not_answer_ends_it(qtbot):
    state = State(None)
    watched = Watched(qtbot, state)
    qtbot.waitUntil(lambda: watched.said == ["up"])
    assert state.read == MOST_READS


def test_after_the_end_nothing_is_asked(qtbot):
    state = State()
    watched = Watched(qtbot, state)
    watched.watch.end()
    asked = state.asked
    qtbot.wait(300)
    assert (state.asked, watched.said) == (asked, [])


def test_under_a_grab_the_focus_stays_and_the_hold_goes_on(qtbot):
    state = State()
    watched = Watched(qtbot, state)
    state.snapshot = Snapshot(focus=int(watched.window.winId()))
    watched.watch.on_deactivated()
    read = state.read
    qtbot.waitUntil(lambda: state.read > read + 1)
    assert watched.said == []
    state.snapshot = Snapshot(focus=ELSEWHERE)
    qtbot.waitUntil(lambda: watched.said != [])
    assert watched.said == ["taken"]


def test_where_nothing_can_be_asked_a_lost_focus_ends_it(qtbot):
    watched = Watched(qtbot, None)
    watched.watch.on_deactivated()
    assert watched.said == ["taken"]


def test_a_lost_focus_means_nothing_without_a_hold(qtbot):
    watched = Watched(qtbot, None)
    watched.watch.end()
    watched.watch.on_deactivated()
    assert watched.said == []


@pytest.mark.parametrize("another", ["popup", "dialog", "tooltip"])
def test_what_takes_the_keyboard_ends_it(shown, qtbot, another: str):
    watch = HoldWatch(shown.window, lambda snapshot: True, None)
    taken = []
    watch.taken.connect(lambda: taken.append(True))
    watch.begin()
    if another == "dialog":
        other: QWidget = QMessageBox(shown.window)
        other.setWindowModality(Qt.WindowModality.WindowModal)
    else:
        kind = Qt.WindowType.Popup if another == "popup" else Qt.WindowType.ToolTip
        other = QWidget(shown.window, kind)
    qtbot.addWidget(other)
    other.show()
    assert bool(taken) is (another != "tooltip")
    watch.end()
    other.close()


def press(window: QWidget, kind: QEvent.Type, *, repeat: bool = False) -> None:
    space = QKeyEvent(kind, Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier, " ", repeat)
    QApplication.sendEvent(window.windowHandle(), space)


class Ear(QObject):
    """Hears the key-downs that come through to a window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.heard = 0
        window.windowHandle().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.heard += event.type() == QEvent.Type.KeyPress
        return False


def test_a_menu_ends_the_take_and_the_held_key_chooses_nothing_in_it(shown, qtbot):
    press(shown.window, QEvent.Type.KeyPress)
    menu = QMenu(shown.window)
    menu.addAction("Quit")
    menu.popup(shown.window.mapToGlobal(shown.window.rect().center()))
    assert shown.emitted == [("talk_pressed",), ("talk_lost",)]
    ear = Ear(menu)
    press(menu, QEvent.Type.KeyPress, repeat=True)
    press(menu, QEvent.Type.KeyRelease)
    assert ear.heard == 0
    press(menu, QEvent.Type.KeyPress)
    assert ear.heard == 1, "another stroke is the menu's"
    menu.close()
    assert len(shown.emitted) == 2
    press(shown.window, QEvent.Type.KeyRelease)
    press(shown.window, QEvent.Type.KeyPress)
    assert shown.emitted[2:] == [("talk_pressed",)]


def test_the_release_is_heard_in_any_window(shown, qtbot):
    press(shown.window, QEvent.Type.KeyPress)
    other = QWidget()
    qtbot.addWidget(other)
    other.winId()
    press(other, QEvent.Type.KeyRelease)
    assert shown.emitted == [("talk_pressed",), ("talk_released",)]


class Typist:
    """Types on X11, where a key-up waits, and the system can be asked what is held."""

    def __init__(self, qtbot, state: State) -> None:
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.keys = TalkKeys(self.window, settle_ms=20, state=state)
        self.said: list[str] = []
        for name in ("pressed", "released", "lost"):
            getattr(self.keys, name).connect(lambda name=name: self.said.append(name))

    def key(self, kind: QEvent.Type, at: int, code: int = CODE) -> None:
        nothing = Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(kind, Qt.Key.Key_Space, nothing, code, 0, 0, " ", False)
        event.setTimestamp(at)
        QApplication.sendEvent(self.window.windowHandle(), event)


def test_a_key_up_without_a_key_down_is_none_while_the_system_says_that_it_is_held(qtbot):
    """However long the X server leaves between the two halves of a repeat."""
    state = State()
    typist = Typist(qtbot, state)
    state.snapshot = Snapshot(focus=int(typist.window.winId()))
    typist.key(QEvent.Type.KeyPress, 1_000)
    typist.key(QEvent.Type.KeyRelease, 1_050)
    read = state.read
    qtbot.waitUntil(lambda: state.read > read + 1)
    typist.key(QEvent.Type.KeyPress, 1_050)
    assert typist.said == ["pressed"]
    state.snapshot = Snapshot(frozenset())
    typist.key(QEvent.Type.KeyRelease, 1_100)
    qtbot.waitUntil(lambda: typist.said == ["pressed", "released"])


def test_a_key_whose_key_up_never_comes_is_lost(qtbot):
    typist = Typist(qtbot, State(Snapshot(frozenset())))
    typist.key(QEvent.Type.KeyPress, 1_000)
    qtbot.waitUntil(lambda: typist.said == ["pressed", "lost"])


def typist_in_a_stall(qtbot, state: State) -> Typist:
    """One who holds the key, while nothing is done for a time; `said` has what the sound is told as well."""
    typist = Typist(qtbot, state)
    state.snapshot = Snapshot(focus=int(typist.window.winId()))
    typist.key(QEvent.Type.KeyPress, 1_000)
    read = state.read
    qtbot.waitUntil(lambda: state.read > read)
    typist.keys.doubted.connect(lambda since: typist.said.append(f"doubted {since:g}"))
    typist.keys.settled.connect(lambda: typist.said.append("settled"))
    return typist


def test_after_a_stall_the_sound_flows_when_the_system_says_that_the_key_is_down(qtbot):
    typist = typist_in_a_stall(qtbot, State())
    typist.keys.doubt(since=5.0)
    assert typist.said == ["pressed", "doubted 5"]
    qtbot.waitUntil(lambda: typist.said == ["pressed", "doubted 5", "settled"])


def test_after_a_stall_a_key_up_that_comes_says_when_it_was(qtbot):
    state = State()
    typist = typist_in_a_stall(qtbot, state)
    state.snapshot = None
    typist.keys.doubt(since=5.0)
    state.snapshot = Snapshot(frozenset())
    typist.key(QEvent.Type.KeyRelease, 1_100)
    made_at = typist.keys.struck_at
    qtbot.waitUntil(lambda: typist.said[-1] == "settled")
    assert typist.said[1:] == ["doubted 5", f"doubted {made_at:g}", "released", "settled"]
    assert typist.keys.struck_at == made_at


def test_after_a_stall_a_key_whose_key_up_never_comes_was_up_since_then(qtbot):
    state = State()
    typist = typist_in_a_stall(qtbot, state)
    state.snapshot = Snapshot(frozenset())
    typist.keys.doubt(since=5.0)
    qtbot.waitUntil(lambda: typist.said[-1] == "settled")
    assert typist.said[1:] == ["doubted 5", "lost", "settled"]
    assert typist.keys.struck_at == 5.0


def test_a_stall_raises_no_doubt_about_a_key_that_is_up(qtbot):
    state = State()
    typist = typist_in_a_stall(qtbot, state)
    state.snapshot = Snapshot(frozenset())
    typist.key(QEvent.Type.KeyRelease, 1_500)
    qtbot.waitUntil(lambda: typist.said[-1] == "settled")
    said = len(typist.said)
    typist.keys.doubt(since=5.0)
    assert len(typist.said) == said


def test_a_tap_is_over_though_another_key_is_held(qtbot):
    """It is up before the system is asked: its code was never seen down."""
    state = State()
    typist = Typist(qtbot, state)
    state.snapshot = Snapshot(frozenset({OTHER}), focus=int(typist.window.winId()))
    typist.key(QEvent.Type.KeyPress, 1_000)
    typist.key(QEvent.Type.KeyRelease, 1_010)
    qtbot.waitUntil(lambda: typist.said == ["pressed", "released"])


def test_another_key_holds_no_key_whose_code_is_known(qtbot):
    """Its key-up went to a grab, as that of Alt+Tab, while the window hung."""
    state = State()
    typist = Typist(qtbot, state)
    state.snapshot = Snapshot(focus=int(typist.window.winId()))
    typist.key(QEvent.Type.KeyPress, 1_000)
    read = state.read
    qtbot.waitUntil(lambda: state.read > read)
    typist.key(QEvent.Type.KeyRelease, 1_050)
    state.snapshot = Snapshot(frozenset({OTHER}), focus=int(typist.window.winId()))
    qtbot.waitUntil(lambda: typist.said == ["pressed", "released"])
    typist.key(QEvent.Type.KeyPress, 1_200)
    qtbot.waitUntil(lambda: typist.said[2:] == ["pressed", "lost"])


@pytest.mark.parametrize("other_keys", [frozenset({CODE}), frozenset()])
def test_a_key_with_a_foreign_code_is_held_while_any_key_is(qtbot, other_keys: frozenset[int]):
    """Some input methods count keys in another way than the system."""
    state = State(Snapshot(other_keys))
    typist = Typist(qtbot, state)
    state.snapshot = Snapshot(other_keys, focus=int(typist.window.winId()))
    typist.key(QEvent.Type.KeyPress, 1_000, code=CODE - 8)
    qtbot.waitUntil(lambda: state.asked > UPS if other_keys else "lost" in typist.said)
    assert typist.said == (["pressed"] if other_keys else ["pressed", "lost"])


@pytest.mark.parametrize(
    ("kind", "ends"), [(QInputDevice.DeviceType.Mouse, True), (QInputDevice.DeviceType.TouchScreen, False)]
)
def test_a_finger_on_the_button_is_no_mouse_button(qtbot, kind: QInputDevice.DeviceType, ends: bool):
    """Where X11 is asked for the mouse's button, it knows nothing of fingers."""
    window = QWidget()
    button = TalkButton(window)
    qtbot.addWidget(window)
    state = State(Snapshot(button=False, focus=int(window.winId())))
    button.watch(window, state)
    lost = []
    button.lost.connect(lambda: lost.append(True))
    device = QPointingDevice(
        "a device",
        1,
        kind,
        QPointingDevice.PointerType.Generic,
        QInputDevice.Capability.Position,
        1,
        1,
    )
    left, middle = Qt.MouseButton.LeftButton, QPointF(button.rect().center())
    down = QEvent.Type.MouseButtonPress
    nothing = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(button, QMouseEvent(down, middle, middle, left, left, nothing, device))
    qtbot.waitUntil(lambda: state.asked > UPS or lost == [True])
    assert bool(lost) is ends


def test_a_window_that_is_deleted_in_a_hold_is_watched_no_more(qapp):
    """As at the end of the program: it is hidden in the middle of its deletion."""
    window = QWidget()
    watch = HoldWatch(window, lambda _: True, State())
    window.show()
    watch.begin()
    shiboken6.delete(window)  # what fails in a filter fails the test
    QApplication.sendPostedEvents()


def test_the_system_is_asked_four_times_a_second():
    """What a take may outlive its key by, at most, is a second: three questions."""
    assert hold_watch.ASK_MS == 250
    answered_ms = hold_watch.MOST_READS * hold_watch.READ_MS
    assert hold_watch.ASK_MS + hold_watch.READ_MS + hold_watch.AGAIN_MS + hold_watch.READ_MS < 1_000
    assert hold_watch.ASK_MS + answered_ms < 1_000, "a system that doesn't answer, too"
