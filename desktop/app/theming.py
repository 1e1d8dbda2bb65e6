"""Light or dark: what the user has chosen, or what the system has."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QFontDatabase, QFontInfo
from PySide6.QtWidgets import QApplication

from desktop.settings.schema import ThemeChoice
from desktop.ui.common import theme


class ThemeController(QObject):
    """Applies the theme, and again whenever the system's scheme or the choice changes.

    At first it gives the palette only. Call `dress` when the window is built and before it is shown: with a
    style sheet, Qt styles a widget with all that is in it anew each time it is put into another one, which
    made up half of the time that building the window took.
    """

    seen = Signal(str)
    """The desktop's portal has told another scheme: the next start begins with it."""

    def __init__(self, application: QApplication, choice: ThemeChoice, told: str = "") -> None:
        super().__init__(application)
        self._application = application
        self._choice: ThemeChoice = choice
        self._font = application.font()
        self._told = told
        """The scheme that the desktop's portal tells, which Qt asks on some desktops only; empty for none. At
        first it is that of the last run: the portal answers after the window is painted."""
        self._waits = self._due = False
        theme.use_palette(application, self._chosen())

    def dress(self) -> None:
        """Give the widgets their style sheet."""
        self._application.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    def wait(self, waits: bool) -> None:
        """Change nothing while somebody holds the talk key: new colours take the window 0.3 s.

        Its key-up would be learned of that much later.
        """
        self._waits = waits
        if self._due and not waits:
            self._apply()

    def choose(self, choice: ThemeChoice) -> None:
        """Use this theme from now on."""
        self._choice = choice
        self._apply()

    def use_scheme(self, scheme: str) -> None:
        """The system is "light" or "dark", whatever Qt thinks; empty: Qt knows it."""
        if scheme != self._told:
            self._told = scheme
            self.seen.emit(scheme)
        self._apply()

    def on_theme_changed(self) -> None:
        """The system's theme has changed: Qt has taken its fonts, and its colours.

        Once anybody has asked Qt's GTK theme for the monospaced font, it answers with that one whatever it is
        asked for (Qt 6.11): all fonts would be monospaced from the next change of the theme on.
        """
        system = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        if QFontInfo(self._font).fixedPitch() or not QFontInfo(system).fixedPitch():
            self._font = system
        # This also forgets the theme's fonts for menus, tabs and other kinds of widgets.
        self._application.setFont(self._font)
        self._apply()

    def _apply(self) -> None:
        self._due = self._waits
        if self._waits:
            return
        chosen = self._chosen()
        if chosen is not theme.tokens() or not self._application.styleSheet():
            theme.apply(self._application, chosen)

    def _chosen(self) -> theme.Tokens:
        schemes = {"light": theme.LIGHT, "dark": theme.DARK}
        return schemes.get(self._choice) or schemes.get(self._told) or theme.system_tokens()
