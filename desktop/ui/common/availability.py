"""Controls that can't be used now look so, and say why when they are pointed at."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from desktop.ui.common.plain_text import set_tip, tip

_USUAL = "usualToolTip"
"""The property of a disabled control that keeps the tooltip it has otherwise."""
_DESCRIPTION = "usualDescription"
"""The same for what a screen reader says of it: a picker's name is in there."""


def allow(control: QWidget | QAction, why_not: str) -> None:
    """Let a control be used if nothing speaks against it, else disable it and show the reason.

    The control's tooltip and accessible description are not to be set while it is disabled.
    """
    usual = control.property(_USUAL)
    if why_not:
        if not isinstance(usual, str):
            # An action without a tooltip answers with its text.
            plain = isinstance(control, QAction) and control.toolTip() == control.text()
            control.setProperty(_USUAL, "" if plain else control.toolTip())
        set_tip(control, why_not)
    elif isinstance(usual, str):
        set_tip(control, usual)
        control.setProperty(_USUAL, None)
    if isinstance(control, QWidget):
        _describe(control, why_not)
    control.setEnabled(not why_not)


def _describe(control: QWidget, why_not: str) -> None:
    usual = control.property(_DESCRIPTION)
    if not isinstance(usual, str):
        usual = control.accessibleDescription()
    words = f"{usual}: {why_not}" if usual and why_not else why_not or usual
    control.setAccessibleDescription(tip(words))
    control.setProperty(_DESCRIPTION, usual if why_not else None)
