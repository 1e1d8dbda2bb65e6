"""The theme follows the system, and the fonts stay what they are."""

from __future__ import annotations

import ctypes.util
import os
import sys
from pathlib import Path

import pytest
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QApplication, QPushButton

from desktop.app.theming import ThemeController
from desktop.ui.common import theme
from tests.app.program import running
from tests.rig.bus import FakeService, PrivateBus
from tests.rig.process import Program
from tests.rig.screen import VirtualScreen
from tests.system.test_linux import DARK, PORTAL, SCHEME, SETTINGS

pytestmark = pytest.mark.qt_log_ignore("does not support (propagateSizeHints|raise)")

WITHIN_S = 60.0


@pytest.fixture
def themes(qapp: QApplication):
    font = qapp.font()
    controller = ThemeController(qapp, "system")
    controller.dress()
    yield controller
    controller.choose("light")
    controller.setParent(None)
    qapp.setFont(font)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_the_portals_scheme_is_followed(themes, scheme):
    themes.use_scheme("dark" if scheme == "light" else "light")
    themes.use_scheme(scheme)
    assert theme.tokens().name == scheme


def test_without_a_preference_it_is_qts(themes):
    themes.use_scheme("dark")
    themes.use_scheme("")
    assert theme.tokens() is theme.system_tokens()


def test_the_first_paint_has_the_scheme_of_the_last_run(qapp, themes):
    told: list[str] = []
    themes.seen.connect(told.append)
    themes.use_scheme("dark")
    themes.use_scheme("dark")
    assert told == ["dark"], "it is remembered once"
    again = ThemeController(qapp, "system", told[0])
    again.dress()
    assert theme.tokens() is theme.DARK
    again.use_scheme("")
    assert theme.tokens() is theme.system_tokens(), "this desktop says something else"
    again.setParent(None)


def test_while_the_window_is_built_there_are_the_colours_and_no_style_sheet(qapp, themes):
    themes.choose("light")
    qapp.setStyleSheet("")
    again = ThemeController(qapp, "dark")
    assert theme.tokens() is theme.DARK
    assert not qapp.styleSheet()
    again.dress()
    assert qapp.styleSheet() == theme.stylesheet(theme.DARK)
    again.setParent(None)


def test_it_waits_while_somebody_talks(themes):
    themes.use_scheme("light")
    themes.wait(True)
    themes.use_scheme("dark")
    themes.wait(True)
    assert theme.tokens() is theme.LIGHT
    themes.wait(False)
    assert theme.tokens() is theme.DARK


def test_what_the_user_has_chosen_comes_first(themes):
    themes.choose("light")
    themes.use_scheme("dark")
    assert theme.tokens() is theme.LIGHT
    themes.choose("system")
    assert theme.tokens() is theme.DARK


def test_a_monospaced_font_from_the_theme_is_not_taken(themes, qapp: QApplication, qtbot):
    button = QPushButton("Connect")
    qtbot.addWidget(button)
    family = button.font().family()
    qapp.setFont(QFont("DejaVu Sans Mono"))
    qapp.setFont(QFont("DejaVu Sans Mono"), "QMenu")
    themes.on_theme_changed()
    assert button.font().family() == family
    assert QApplication.font("QMenu").family() == family


@pytest.mark.screen
@pytest.mark.skipif(not ctypes.util.find_library("gtk-3"), reason="there is no GTK here")
def test_under_gtk_the_fonts_stay_when_it_turns_dark(tmp_path: Path):
    with VirtualScreen() as screen:
        env = {**os.environ, **screen.env, "QT_QPA_PLATFORMTHEME": "gtk3"}
        command = [sys.executable, "-m", "tests.app.gtk_window"]
        with Program(command, env=env, log=tmp_path / "window.log") as program:
            assert program.wait(within=WITHIN_S) == 0, program.output
            lines = [line.split() for line in program.output.splitlines() if line[:1].isdigit()]
    assert len({count for count, _ in lines}) == 1, lines
    assert [name for _, name in lines] == ["light", "dark", "light", "light", "dark", "light"]


@pytest.mark.rig
async def test_the_window_takes_the_scheme_that_the_desktops_portal_tells(
    qapp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """From the bus to the pixels: outside GNOME nobody else tells Qt."""
    with PrivateBus() as bus, FakeService(bus, PORTAL, "v", DARK) as portal:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus.address)
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "disabled:")
        async with running(qapp, tmp_path) as program:

            def ground() -> str:
                return program.window.grab().toImage().pixelColor(2, 2).name().upper()

            await program.until(lambda: ground() == theme.DARK.bg, "a dark window")
            portal.signal(*SETTINGS, "SettingChanged", "ssv", *SCHEME, ("u", 2))
            await program.until(lambda: ground() == theme.LIGHT.bg, "a light window")
            assert program.store.current.seen_scheme == "light", "the next start begins with it"
