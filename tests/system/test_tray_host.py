"""Whether the desktop has a tray, as it comes and goes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import pytest

from desktop.system.tray_host import TrayHost
from tests.rig.bus import PrivateBus
from tests.rig.tray import MockTray

pytestmark = [
    pytest.mark.screen,
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there always is one"),
]


@pytest.fixture
def bus() -> Iterator[PrivateBus]:
    with PrivateBus() as made:
        yield made


def test_a_panel_that_comes_later_goes_and_comes_again(bus: PrivateBus, qtbot: Any):
    told: list[bool] = []
    host = TrayHost(bus.address)
    host.changed.connect(told.append)
    host.start()
    qtbot.waitUntil(lambda: told == [False], timeout=10_000)
    for seen in ([False, True, False], [False, True, False, True, False]):
        with MockTray(bus):
            qtbot.waitUntil(lambda seen=seen: told == seen[:-1], timeout=10_000)
        qtbot.waitUntil(lambda seen=seen: told == seen, timeout=10_000)
    host.close()


def test_without_a_bus_there_is_none(qtbot: Any):
    host = TrayHost("unix:path=/nowhere")
    with qtbot.waitSignal(host.changed, timeout=10_000) as waiting:
        host.start()
    assert waiting.args == [False]
    host.close()
