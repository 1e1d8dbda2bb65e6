"""Light or dark: what the user has chosen, or what the system has."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from desktop.settings.schema import ThemeChoice
from desktop.ui.common import theme


class ThemeController(QObject):
    """Applies the theme at once, and again whenever the system's scheme or the choice changes."""

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__(application)
        self._application = application
        self._choice: ThemeChoice = choice
        application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def choose(self, choice: ThemeChoice) -> None:
        """Use this theme from now on."""
        self._choice = choice
        self._apply()

    def _apply(self) -> None:
        chosen = {"light": theme.LIGHT, "dark": theme.DARK}.get(self._choice) or theme.system_tokens()
        if chosen is not theme.tokens() or not self._application.styleSheet():
            theme.apply(self._application, chosen)
