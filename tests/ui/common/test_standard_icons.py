"""Qt's own dialogs have the program's icons, in the theme's colours."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QStyle

from desktop.ui.common import house_style, theme

KIND = QStyle.StandardPixmap
MESSAGES = (
    KIND.SP_MessageBoxQuestion,
    KIND.SP_MessageBoxInformation,
    KIND.SP_MessageBoxWarning,
    KIND.SP_MessageBoxCritical,
)
FILES = (
    KIND.SP_ArrowBack,
    KIND.SP_ArrowForward,
    KIND.SP_FileDialogToParent,
    KIND.SP_FileDialogNewFolder,
    KIND.SP_FileDialogListView,
    KIND.SP_FileDialogDetailedView,
    KIND.SP_DirIcon,
    KIND.SP_FileIcon,
    KIND.SP_ComputerIcon,
)


def is_drawn_in(picture: QImage, colour: str) -> bool:
    """Whether it has nothing but this colour, more or less see-through."""
    wanted = QColor(colour)
    seen = 0
    for y in range(picture.height()):
        for x in range(picture.width()):
            one = picture.pixelColor(x, y)
            if one.alpha() > 100:
                seen += 1
                for channel in (QColor.red, QColor.green, QColor.blue):
                    if abs(channel(one) - channel(wanted)) > 4:
                        return False
    return seen > 20


@pytest.mark.parametrize("colours", [theme.LIGHT, theme.DARK], ids=["light", "dark"])
def test_they_are_of_one_family_and_one_colour(qtbot, qapp: QApplication, colours: theme.Tokens):
    style = house_style.make()
    theme.apply(qapp, colours)
    try:
        pictures = {kind: style.standardIcon(kind).pixmap(32, 32).toImage() for kind in (*MESSAGES, *FILES)}
    finally:
        theme.apply(qapp, theme.LIGHT)
    wanted = {kind: colours.muted for kind in pictures}
    wanted |= {KIND.SP_MessageBoxWarning: colours.warn, KIND.SP_MessageBoxCritical: colours.rec}
    for kind, picture in pictures.items():
        assert is_drawn_in(picture, wanted[kind]), kind
    assert len({bytes(pictures[kind].constBits()) for kind in FILES}) == len(FILES), "all differ"


def test_what_has_no_icon_of_ours_keeps_qts(qtbot):
    assert not house_style.make().standardIcon(KIND.SP_TrashIcon).isNull()
