"""A part of a page that few people need: its heading, and what is in it once that is clicked."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from desktop.ui.common import icons
from desktop.ui.common.plain_text import PlainLabel
from desktop.ui.common.theme import GAP, tokens

ICON = 20


class FoldedSection(QWidget):
    """Folded at first. Add to `column` what is in it."""

    def __init__(self, title: str, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = QToolButton()
        self.heading.setProperty("role", "fold")
        self.heading.setText(title)
        self.heading.setCheckable(True)
        self.heading.setIconSize(QSize(ICON, ICON))
        self.heading.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.heading.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.heading.setAccessibleDescription(hint)
        about = PlainLabel(hint)
        about.setProperty("role", "muted")
        about.setWordWrap(True)
        self._content = QWidget()
        self.column = QVBoxLayout(self._content)
        self.column.setContentsMargins(0, GAP, 0, 0)
        self.column.setSpacing(GAP)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.heading)
        page.addWidget(about)
        page.addWidget(self._content)
        self.heading.toggled.connect(self._on_toggled)
        self._on_toggled(False)

    def unfold(self) -> None:
        """Show what is in it."""
        self.heading.setChecked(True)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._draw()

    def _on_toggled(self, unfolded: bool) -> None:
        self._content.setVisible(unfolded)
        self._draw()

    def _draw(self) -> None:
        name = "chevron-up" if self.heading.isChecked() else "chevron-down"
        self.heading.setIcon(icons.icon(name, QColor(tokens().muted), ICON))
