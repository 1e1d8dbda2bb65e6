"""The screenshots' scenes: every state is among them, and each can be painted."""

from __future__ import annotations

import gc
from itertools import chain

import dialogs
import popups
import pytest
import screenshots
from scenes import SCENES, Scene, window_of

from desktop.turn.effects import DisplayState
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

DIALOGS = {
    *(f"settings-{number}" for number in range(1, 9)),
    *(f"settings-{number}-below" for number in range(1, 9)),
    *("settings-tools-editor", "settings-tools-imports", "settings-tools-sign-in", "doctor"),
    *("settings-sign-in", "settings-key-refused", "settings-reset", "history", "keys", "about", "crash"),
    *("share", "ask-again"),
    *("hanging", "out-of-reach", "settings-hotkeys"),
}


def test_every_state_has_a_scene() -> None:
    assert {scene.state for scene in SCENES} == set(DisplayState)
    assert len({scene.name for scene in SCENES}) == len(SCENES)
    assert set(screenshots.SOME) <= {scene.name for scene in SCENES}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_scene_is_painted(qtbot, scene: Scene) -> None:
    use_light_theme()
    window, act = window_of(scene, (720, 480))
    qtbot.addWidget(window)
    window.show()
    act()
    picture = window.grab()
    assert (picture.width(), picture.height()) == (720, 480)


def test_every_dialog_is_painted(qtbot) -> None:
    use_light_theme()
    painted = set()
    for name, dialog, act in dialogs.all_of_them():
        qtbot.addWidget(dialog)
        dialog.show()
        act()
        assert not dialog.grab().isNull()
        painted.add(name)
    assert painted == DIALOGS
    # Qt has deleted them with their parent; what Python has left of them must not be closed afterwards.
    del dialog, act
    gc.collect()


@pytest.mark.qt_log_ignore("does not support")
def test_every_popup_is_open_in_its_picture(qtbot) -> None:
    use_light_theme()
    names = set()
    for name, window, opens in chain(popups.all_of_them((1040, 700)), popups.of_dialogs()):
        qtbot.addWidget(window)
        window.show()
        opens()
        qtbot.waitUntil(lambda: bool(popups.open_now()))
        (popup,) = popups.open_now()
        alone = screenshots.composed(window, [])
        assert screenshots.composed(window, [popup]) != alone, name
        popup.close()
        names.add(name)
        window.close()
    assert len(names) == len(popups.SCENE) + 4
    del window, opens
    gc.collect()
