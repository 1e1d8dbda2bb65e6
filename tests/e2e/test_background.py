"""The window hidden in the tray, the strip on top: the real program, a real X server, a desktop's tray."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.rig.bus import PrivateBus
from tests.rig.demo import states
from tests.rig.desktop import Desktop, Program, until
from tests.rig.notifications import MockNotifications
from tests.rig.other_client import OtherClient
from tests.rig.tray import MockTray

pytestmark = pytest.mark.rig

WITHIN_S = 60.0
COMMAND = [sys.executable, "-m", "desktop"]
SPOKEN_S = 1.0
NAME = "Presstalk"
STRIP = "Presstalk, small"


@dataclass
class Scene:
    desktop: Desktop
    bus: PrivateBus
    tray: MockTray
    notifications: MockNotifications

    def start(self, *words: str) -> Program:
        return self.desktop.start([*COMMAND, "--verbose", *words])

    def until_state(self, program: Program, state: str) -> None:
        program.until(lambda: states(program)[-1:] == [state] or None, within=WITHIN_S, what=state)

    def shown(self, name: str) -> list[int]:
        command = ["xdotool", "search", "--onlyvisible", "--name", f"^{name}$"]
        found = subprocess.run(command, env=self.desktop.env, capture_output=True, text=True)
        return [int(word) for word in found.stdout.split()]

    def until_shown(self, program: Program, name: str) -> int:
        return program.until(lambda: self.shown(name), within=WITHIN_S, what=name)[0]

    def until_hidden(self, program: Program, name: str) -> None:
        program.until(lambda: not self.shown(name), within=WITHIN_S, what=f"{name} hidden")


@pytest.fixture
def scene() -> Iterator[Scene]:
    with Desktop(1280, 800) as desktop, PrivateBus() as bus, MockNotifications(bus) as notifications:
        desktop.env["DBUS_SESSION_BUS_ADDRESS"] = bus.address
        config = desktop.home / "presstalk" / "config"
        config.mkdir(parents=True)
        (config / "settings.json").write_text(json.dumps({"tray": "close", "notify": True}))
        with MockTray(bus) as tray:
            yield Scene(desktop, bus, tray, notifications)


def test_closed_to_the_tray_it_goes_on_and_is_found_again(scene: Scene) -> None:
    with scene.start() as program:
        window = scene.until_shown(program, NAME)
        scene.until_state(program, "Ready")
        scene.tray.until_icon()
        until(lambda: scene.tray.tooltip() == "Presstalk: Ready", within=WITHIN_S, what="the tooltip")
        assert {width for width, _, _ in scene.tray.pixmaps()} >= {16, 22}
        scene.desktop.screen.close_window(window)
        scene.until_hidden(program, NAME)
        # What one does without the window.
        quiet = scene.tray.pixmaps()
        scene.tray.choose("Talk")
        scene.until_state(program, "Listening")
        until(lambda: scene.tray.pixmaps() != quiet, within=WITHIN_S, what="another icon")
        scene.tray.choose("Stop")
        scene.until_state(program, "Ready")
        # A second start finds the hidden one.
        second = subprocess.run(COMMAND, env=scene.desktop.env, capture_output=True, text=True)
        assert second.returncode == 0, second.stderr
        window = scene.until_shown(program, NAME)
        scene.desktop.screen.close_window(window)
        scene.until_hidden(program, NAME)
        scene.tray.click()
        scene.until_shown(program, NAME)
        scene.tray.choose("Quit")
        assert program.wait(within=20) == 0, program.output[-3000:]
        assert "Traceback" not in program.output, program.output[-3000:]


def test_at_login_it_begins_hidden_and_waits_for_the_panel(scene: Scene) -> None:
    """The panel comes later than the program; an answer that ends is told, and a click shows the window."""
    scene.tray.close()
    with scene.start("--hidden") as program:
        scene.until_state(program, "Ready")
        assert not scene.shown(NAME)
        with MockTray(scene.bus) as panel:
            panel.until_icon()
            # Without speech in the microphone the demo answers that it heard nothing.
            panel.choose("Talk")
            scene.until_state(program, "Listening")
            begun = time.monotonic()
            until(lambda: time.monotonic() > begun + SPOKEN_S, within=WITHIN_S, what="what is said")
            panel.choose("Stop")
            program.until(lambda: scene.notifications.shown, within=WITHIN_S, what="a notification")
            assert scene.notifications.shown[-1] == (NAME, "The assistant has answered.")
            again = subprocess.run([*COMMAND, "--hidden"], env=scene.desktop.env, capture_output=True)
            assert again.returncode == 0
            assert not scene.shown(NAME)
            scene.notifications.click(len(scene.notifications.shown))
            scene.until_shown(program, NAME)
        assert program.stop() == 0


def test_the_strip_is_held_while_another_window_keeps_the_keyboard(scene: Scene) -> None:
    with scene.start() as program, OtherClient(scene.desktop.screen.env["DISPLAY"]) as other:
        scene.until_shown(program, NAME)
        scene.until_state(program, "Ready")
        scene.tray.until_icon()
        scene.tray.choose("Strip")
        strip = scene.until_shown(program, STRIP)
        other.focus(other.window)
        screen = scene.desktop.screen

        def point(*words: str) -> None:
            subprocess.run(["xdotool", *words], env=scene.desktop.env, check=True)

        def focused() -> int:
            found = subprocess.run(["xdotool", "getwindowfocus"], env=scene.desktop.env, capture_output=True)
            return int(found.stdout)

        point("mousemove", "--window", str(strip), "28", "28", "mousedown", "1")
        scene.until_state(program, "Listening")
        assert focused() == other.window
        # The system is asked whether it is still held, and who has the focus is no reason to give it up.
        begun = time.monotonic()
        until(lambda: time.monotonic() > begun + SPOKEN_S, within=WITHIN_S, what="what is said")
        assert states(program)[-1] == "Listening"
        assert focused() == other.window
        point("mouseup", "1")
        scene.until_state(program, "Ready")
        # It is dragged by its words, and is there again at the next start.
        point("mousemove", "--window", str(strip), "120", "28", "mousedown", "1")
        point("mousemove", "400", "300", "mousemove", "420", "320", "mouseup", "1")
        screen.screenshot(scene.desktop.home / "strip.png")
        assert focused() == other.window
        program.stop()
    with scene.start() as program:
        scene.until_shown(program, STRIP)
        settings = json.loads((scene.desktop.home / "presstalk" / "config" / "settings.json").read_text())
        x, y = map(int, settings["layout"]["strip-place"].split())
        assert abs(x - 300) <= 2, "420 less where it was taken"
        assert abs(y - 292) <= 2
        program.stop()
