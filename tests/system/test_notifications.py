"""Notifications of a desktop."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.system.notifications import LONGEST, Notifications
from tests.rig.bus import PrivateBus
from tests.rig.notifications import MockNotifications

pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the tray's icon shows them"),
]
SAID = "<b>It's</b> <img src='http://x'/> & more"


@pytest.fixture
def bus() -> Iterator[PrivateBus]:
    with PrivateBus() as made:
        yield made


@pytest.fixture
def ours(bus: PrivateBus) -> Iterator[Notifications]:
    made = Notifications(bus.address)
    yield made
    made.close()


def test_words_are_never_markup(bus: PrivateBus, ours: Notifications, qtbot: Any):
    with MockNotifications(bus) as plain:
        ours.show("A", SAID)
        qtbot.waitUntil(lambda: plain.shown == [("A", SAID)], timeout=10_000)
    with MockNotifications(bus, capabilities=("body", "body-markup")) as marking:
        ours.show("A", SAID)
        escaped = "&lt;b&gt;It's&lt;/b&gt; &lt;img src='http://x'/&gt; &amp; more"
        qtbot.waitUntil(lambda: marking.shown == [("A", escaped)], timeout=10_000)
        ours.show("A", "x" * 10_000)
        qtbot.waitUntil(lambda: len(marking.shown) == 2, timeout=10_000)
        assert len(marking.shown[1][1]) == LONGEST


def test_each_takes_the_place_of_the_one_before_and_a_click_comes_back(
    bus: PrivateBus, ours: Notifications, qtbot: Any
):
    with MockNotifications(bus) as desktop:
        ours.show("A", "one")
        qtbot.waitUntil(lambda: len(desktop.shown) == 1 and bool(ours.shown), timeout=10_000)
        ours.show("A", "two")
        qtbot.waitUntil(lambda: desktop.replaced == [0, 1] and ours.shown == 2, timeout=10_000)
        with qtbot.waitSignal(ours.clicked, timeout=10_000):
            desktop.click(2)


def test_without_a_desktop_nothing_happens(qtbot: Any):
    alone = Notifications("unix:path=/nowhere")
    alone.show("A", "one")
    alone.close()
