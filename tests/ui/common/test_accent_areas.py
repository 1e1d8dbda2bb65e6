"""The accent is quiet: in no state are two areas of the window filled with it."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from dialogs import all_of_them
from numpy.typing import NDArray
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QWidget
from scenes import SCENES, Scene, window_of

from desktop.ui.common import theme
from desktop.ui.transcript.transcript_view import TranscriptView
from tests.ui.opened import use_light_theme

pytestmark = pytest.mark.qt_log_ignore("does not support propagateSizeHints")

WIDE, HIGH = 160, 8
"""Pixels of an area: buttons are narrower, lines and rings are lower."""

BUSY = ("first-run", "tool", "error", "find", "frame", "timing", "overview", "restart", "cut-short", "muted")
"""The scenes with a strip, a selection or a question."""


def tinted(widget: QWidget) -> list[tuple[int, int]]:
    """The areas in the accent or the bubbles' colour: their first and last row. No conversation's."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = (
        np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1)[:, : image.width()] & 0xFFFFFF
    )
    tints = [QColor(name).rgb() & 0xFFFFFF for name in (theme.tokens().accent, theme.tokens().user_bubble)]
    mask = np.isin(pixels, tints)
    for view in widget.findChildren(TranscriptView):
        at = view.mapTo(widget, QPoint())
        mask[at.y() : at.y() + view.height(), at.x() : at.x() + view.width()] = False
    rows = [row for row in range(mask.shape[0]) if _longest(mask[row]) >= WIDE]
    bands: list[list[int]] = []
    for row in rows:
        # A line of words in an area doesn't make two of it: there is still colour between the letters.
        if bands and (mask[bands[-1][-1] + 1 : row].sum(axis=1) >= WIDE // 4).all():
            bands[-1].append(row)
        else:
            bands.append([row])
    return [(band[0], band[-1]) for band in bands if len(band) >= HIGH]


def _longest(row: NDArray[np.bool_]) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], row.astype(np.int8), [0]))))
    return int(max(edges[1::2] - edges[::2], default=0))


@pytest.mark.parametrize(
    "scene", [scene for scene in SCENES if scene.name in BUSY], ids=lambda scene: scene.name
)
def test_one_area_at_most_has_the_accent(qtbot, scene: Scene) -> None:
    use_light_theme()
    window, act = window_of(scene, (1040, 700))
    qtbot.addWidget(window)
    window.show()
    act()
    QApplication.processEvents()
    assert len(tinted(window)) <= (0 if scene.talked else 1), "the user's bubbles have it"


@pytest.mark.long
@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=lambda colours: colours.name)
@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_in_no_scene_of_a_small_window_either(
    qtbot, qapp: QApplication, scene: Scene, colours: theme.Tokens
) -> None:
    use_light_theme()
    if colours is theme.DARK:
        theme.apply(qapp, colours)
    window, act = window_of(scene, (720, 480))
    qtbot.addWidget(window)
    window.show()
    act()
    QApplication.processEvents()
    areas = tinted(window)
    use_light_theme()
    assert len(areas) <= 1


def test_in_the_dialogs_too(qtbot) -> None:
    use_light_theme()
    for name, dialog, act in all_of_them():
        qtbot.addWidget(dialog)
        dialog.show()
        act()
        QApplication.processEvents()
        assert len(tinted(dialog)) <= 1, name
    # Qt has deleted them with their parent; what Python has left of them must not be closed afterwards.
    del dialog, act
    gc.collect()
