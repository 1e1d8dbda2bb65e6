"""A scroll area that screen readers may ask anything."""

from __future__ import annotations

from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAccessibleWidget, QScrollArea

from desktop.ui.common import accessible


@accessible.described(lambda area: QAccessibleWidget(area, QAccessible.Role.Client))
class ScrollArea(QScrollArea):
    """Use it in the place of Qt's.

    Asked for a child that isn't there, such as a scroll bar that has just gone, Qt's own (6.11) reads beyond
    its list of children, and the program dies.
    """
