"""Light or dark: as the system says, or as the user does."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop.settings.schema import ThemeChoice
from desktop.ui.common import theme


class Appearance(QObject):
    """Dresses the application at once, and again whenever the system's scheme or the choice changes."""

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__(application)
        self._application = application
        self._choice: ThemeChoice = choice
        application.styleHints().colorSchemeChanged.connect(self._dress)
        self._dress()

    def choose(self, choice: ThemeChoice) -> None:
        """Wear this from now on."""
        self._choice = choice
        self._dress()

    def _dress(self) -> None:
        chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(self._choice) or theme.of_the_system()
        if chosen is not theme.tokens() or not self._application.styleSheet():
            theme.dress(self._application, chosen)
