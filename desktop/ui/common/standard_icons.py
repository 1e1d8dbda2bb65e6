"""The icons of Qt's own dialogs, for files and questions: the program's family instead of Qt's pictures."""

from __future__ import annotations

from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QStyle

from desktop.ui.common import icons
from desktop.ui.common.theme import tokens

_Standard = QStyle.StandardPixmap
_OF_FILES: dict[QStyle.StandardPixmap, str] = {
    _Standard.SP_ArrowBack: "back",
    _Standard.SP_ArrowForward: "forward",
    _Standard.SP_FileDialogToParent: "up",
    _Standard.SP_FileDialogNewFolder: "new-folder",
    _Standard.SP_FileDialogListView: "grid",
    _Standard.SP_FileDialogDetailedView: "rows",
    _Standard.SP_DirIcon: "folder",
    _Standard.SP_DirClosedIcon: "folder",
    _Standard.SP_DirOpenIcon: "folder",
    _Standard.SP_DirLinkIcon: "folder",
    _Standard.SP_DirHomeIcon: "folder",
    _Standard.SP_DesktopIcon: "folder",
    _Standard.SP_FileIcon: "file",
    _Standard.SP_FileLinkIcon: "file",
    _Standard.SP_ComputerIcon: "computer",
    _Standard.SP_DriveHDIcon: "computer",
}
_OF_MESSAGES: dict[QStyle.StandardPixmap, str] = {
    _Standard.SP_MessageBoxQuestion: "question",
    _Standard.SP_MessageBoxInformation: "information",
    _Standard.SP_MessageBoxWarning: "error",
    _Standard.SP_MessageBoxCritical: "error",
}
MESSAGE = 32
"""Pixels of a message's icon."""


def standard_icon(wanted: QStyle.StandardPixmap) -> QIcon | None:
    """The family's icon in the theme's colour; None where Qt's own stays."""
    colours = tokens()
    if name := _OF_FILES.get(wanted):
        return icons.icon(name, QColor(colours.muted))
    if name := _OF_MESSAGES.get(wanted):
        urgent = {_Standard.SP_MessageBoxWarning: colours.warn, _Standard.SP_MessageBoxCritical: colours.rec}
        return icons.icon(name, QColor(urgent.get(wanted, colours.muted)), MESSAGE)
    return None
