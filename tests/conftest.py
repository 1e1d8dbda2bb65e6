"""Fixtures for every test: no user settings, no key, and no unnoticed warning.

Qt warnings fail a test by pytest-qt (`qt_log_level_fail`), Python's by `filterwarnings`, and records our
code logs at WARNING or above by the fixture `log_watch`. Nothing here imports Qt.
"""

from __future__ import annotations

import gc
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

WATCHED_LOGGERS = ("desktop", "tests.benchmarks", "asyncio")

hypothesis.settings.register_profile("presstalk", deadline=None, print_blob=True)
hypothesis.settings.register_profile(
    "ci", parent=hypothesis.settings.get_profile("presstalk"), derandomize=True
)


def pytest_configure(config: pytest.Config) -> None:
    """Cut the run off from this user's screen, keys and keychain."""
    # A relative path: a drive's colon would end it.
    screen = os.path.relpath(Path(__file__).resolve().parents[1] / "scripts" / "screen.json")
    os.environ["QT_QPA_PLATFORM"] = (
        f"offscreen:configfile={screen if os.name == 'nt' else Path(screen).resolve()}"
    )
    # English, whatever this machine speaks.
    for name in [name for name in os.environ if name == "LANGUAGE" or name.startswith("LC_")]:
        del os.environ[name]
    os.environ["LANG"] = "C.UTF-8"
    os.environ["JACK_NO_START_SERVER"] = "1"
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    for name in [name for name in os.environ if name.startswith(("OPPER_", "PRESSTALK_"))]:
        del os.environ[name]
    hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "presstalk")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n`: tests on the rig come last, and one by one."""
    from tests.rig.schedule import Schedule

    return Schedule(config, log) if config.getvalue("dist") == "load" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait for a program on the screen first, then the quick ones, those that measure sound last.

    Those on the rig only where there is one.
    """
    items.sort(
        key=lambda item: bool(item.get_closest_marker("rig")) - bool(item.get_closest_marker("screen"))
    )
    if sys.platform == "linux":
        return
    for item in items:
        if item.get_closest_marker("rig") or item.get_closest_marker("screen"):
            item.add_marker(
                pytest.mark.skip(reason="The virtual screen and sound devices exist on Linux only")
            )


def pytest_collection_finish() -> None:
    """Outside Linux, Qt gets its language from the system and not from the environment."""
    core = sys.modules.get("PySide6.QtCore")
    if core is not None:
        core.QLocale.setDefault(core.QLocale("en_US"))
    gc.freeze()  # imported objects are no garbage: freezing them makes collections quick


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Let a test's models die here: their timers, found as garbage by a later test's thread, crash it.

    Its widgets too: otherwise thousands would pile up, and each change of style would go through all of them.

    Objects that outlive a file are no garbage. Once frozen, they aren't scanned again after each test: that
    took longer than the widget tests themselves.
    """
    yield
    core = sys.modules.get("PySide6.QtCore")
    with_qt = core is not None and "qapp" in getattr(item, "fixturenames", ())
    if with_qt:  # tests on plain asyncio have no Qt loop that would do it
        core.QCoreApplication.sendPostedEvents(None, core.QEvent.Type.DeferredDelete)
    last_of_file = nextitem is None or nextitem.path != item.path
    if last_of_file or with_qt:
        gc.collect()
    if last_of_file:
        gc.freeze()


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the user's settings, data and logs; new for every test."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("PRESSTALK_HOME", str(home))
    monkeypatch.setenv("OPPER_HOME", str(home / "opper"))
    return home


@pytest.fixture(autouse=True)
def no_agreements() -> Iterator[None]:
    """What a test's user has agreed to holds in no other test."""
    yield
    if key_hosts := sys.modules.get("desktop.access.key_hosts"):
        key_hosts.forget_this_run()
    if secret_variables := sys.modules.get("desktop.base.secret_variables"):
        secret_variables.forget()


class LogWatch(logging.Handler):
    """Keeps the records at WARNING or above, and which of them a test expected."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.patterns: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one record; any thread."""
        self.records.append(record)

    def complaints(self) -> list[str]:
        """One line for each unexpected record, and for each unmet expectation."""
        lines = [(record, record.getMessage()) for record in self.records]
        unforeseen = [
            f"unexpected {record.levelname} from {record.name}: {line}"
            for record, line in lines
            if not any(re.search(pattern, line) for pattern in self.patterns)
        ]
        unmet = [
            f"expected in the log, but missing: {pattern!r}"
            for pattern in self.patterns
            if not any(re.search(pattern, line) for _, line in lines)
        ]
        return unforeseen + unmet


@pytest.fixture(autouse=True)
def log_watch() -> Iterator[LogWatch]:
    """Fails a test in which something was logged as a warning or worse that it did not expect."""
    watch = LogWatch()
    for name in WATCHED_LOGGERS:
        logging.getLogger(name).addHandler(watch)
    yield watch
    for name in WATCHED_LOGGERS:
        logging.getLogger(name).removeHandler(watch)
    if complaints := watch.complaints():
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
def expect_log(log_watch: LogWatch) -> Callable[[str], None]:
    """Call it with a regular expression: such a warning must be logged in this test, and may be."""
    return log_watch.patterns.append
