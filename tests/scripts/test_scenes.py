"""The screenshots' scenes: every state is among them, and each can be painted."""

from __future__ import annotations

import gc

import dialogs
import pytest
from scenes import SCENES, Scene, window_of

from desktop.turn.effects import DisplayState
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

DIALOGS = {
    *(f"settings-{number}" for number in range(1, 6)),
    *("settings-sign-in", "settings-key-refused", "settings-reset", "history", "keys", "about", "crash"),
    *("hanging", "out-of-reach"),
}


def test_every_state_has_a_scene() -> None:
    assert {scene.state for scene in SCENES} == set(DisplayState)
    assert len({scene.name for scene in SCENES}) == len(SCENES)


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
