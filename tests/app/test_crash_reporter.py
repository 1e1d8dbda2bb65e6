"""Reports of unexpected exceptions."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from desktop.app.crash_reporter import CrashReporter
from desktop.app.stack_file import LONGEST, STACK_FILE, earlier, open_stack_file
from desktop.base import redaction
from desktop.ui.dialogs import crash_dialog
from desktop.ui.dialogs.crash_dialog import CrashDialog

SECRET = "op-4b1c9d2e7f60aa31"


@pytest.fixture
def loop():
    made = asyncio.new_event_loop()
    yield made
    made.close()


@pytest.fixture
def reports(qapp, loop, tmp_path: Path, expect_log):
    """The reports from now on; all of them are logged as well."""
    expect_log("unexpected, in")
    reporter = CrashReporter()
    reported: list[str] = []
    reporter.reported.connect(reported.append)
    reporter.install(loop, tmp_path)
    yield reported
    reporter.remove()
    assert (tmp_path / STACK_FILE).exists()


def fail() -> None:
    raise RuntimeError(f"the key {SECRET} is in {Path.home() / 'x'}")


def test_each_place_is_told_of_once(reports: list[str]):
    for _ in range(3):
        try:
            fail()
        except RuntimeError:
            sys.excepthook(*sys.exc_info())
    assert len(reports) == 1
    assert "RuntimeError" in reports[0]
    assert "Presstalk: " in reports[0]


def test_no_secret_is_in_it(reports: list[str]):
    redaction.protect(SECRET)
    try:
        fail()
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
    assert SECRET not in reports[0]


# The hook that pytest-qt puts there collects what slots raise, and would fail the test.
@pytest.mark.qt_no_exception_capture
def test_a_slot_a_thread_and_the_loop_are_listened_to(reports: list[str], qtbot, loop):
    QTimer.singleShot(0, fail)
    qtbot.waitUntil(lambda: len(reports) == 1)
    thread = threading.Thread(target=lambda: 1 // 0, name="counter")
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(reports) == 2)
    loop.call_soon(lambda: {}["nothing"])
    loop.call_soon(loop.stop)
    loop.run_forever()
    assert ["the window", "the thread counter", "the event loop"] == [
        next(line for line in report.splitlines() if line.startswith("In: ")).removeprefix("In: ")
        for report in reports
    ]


def test_a_deep_recursion_has_a_short_report(reports: list[str]):
    def deeper(n: int) -> int:
        return deeper(n + 1) + n * len("x" * 50)

    try:
        deeper(0)
    except RecursionError:
        sys.excepthook(*sys.exc_info())
    assert len(reports[0]) < 25_000


@pytest.fixture
def window(qtbot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


@pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")
def test_the_window_keeps_the_keyboard(qtbot, window: QWidget):
    """The system may give it to a new window all the same, as on Wayland."""
    dialog = CrashDialog("what it was", window)
    dialog.show()
    assert not dialog.isModal()
    dialog.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    assert dialog.isVisible()


@pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")
def test_the_report_has_the_keyboard_once_the_user_turns_to_it(
    qtbot, window: QWidget, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(crash_dialog, "UNASKED_MS", 0)
    dialog = CrashDialog("what it was", window)
    dialog.show()
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)


@pytest.mark.qt_log_ignore("does not support propagateSizeHints")
def test_the_report_can_be_copied(qtbot):
    dialog = CrashDialog("what it was")
    qtbot.addWidget(dialog)
    dialog.show()
    copy = next(button for button in dialog.findChildren(QPushButton) if "Copy" in button.text())
    copy.click()
    assert QApplication.clipboard().text() == "what it was"


def test_the_stacks_of_the_last_deaths_are_kept(tmp_path: Path):
    for number in range(8):
        with open_stack_file(tmp_path) as file:
            file.write(f"death {number}")
    open_stack_file(tmp_path).close()  # and one run that ended well
    open_stack_file(tmp_path).close()
    assert [path.read_text() for path in earlier(tmp_path)] == [
        f"death {number}" for number in (7, 6, 5, 4, 3)
    ]
    assert (tmp_path / STACK_FILE).read_text() == ""
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.skipif(sys.platform == "win32", reason="no modes of this kind")
def test_a_stack_is_bounded_and_for_this_user_only(tmp_path: Path):
    (tmp_path / STACK_FILE).write_text("x" * (LONGEST + 1))
    (tmp_path / STACK_FILE).chmod(0o644)
    open_stack_file(tmp_path).close()
    kept = earlier(tmp_path)[0]
    assert kept.stat().st_size == LONGEST
    for path in (kept, tmp_path / STACK_FILE):
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right of their own")
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_what_lies_in_the_stacks_place_is_not_written_into(tmp_path: Path, kind: str):
    other = tmp_path / "other"
    other.write_text("precious")
    place = tmp_path / STACK_FILE
    place.symlink_to(other) if kind == "link" else os.mkfifo(place)
    with open_stack_file(tmp_path) as file:
        file.write("a stack")
    assert other.read_text() == "precious"
    assert place.read_text() == "a stack"
