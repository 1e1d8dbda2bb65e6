"""The window's language: as the system says, or as the user does."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktop.base import paths
from desktop.settings.schema import LanguageChoice

log = logging.getLogger(__name__)

SPOKEN = ("en", "de")
"""English is written in the code; each other one is a file in `resources/i18n`, beside one of Qt's own."""


def speak(application: QCoreApplication, choice: LanguageChoice) -> None:
    """Speak this language from now on. Before the first text is asked for: what is shown stays as it is."""
    code = best(QLocale.system().uiLanguages()) if choice == "system" else choice
    if choice != "system":
        language = QLocale(code).language()
        QLocale.setDefault(QLocale(language, QLocale.system().territory()))
    if code == "en":
        return
    qt = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    for name, folder in ((f"qtbase_{code}", qt), (f"presstalk_{code}", str(paths.resources() / "i18n"))):
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
        else:
            log.info("no translation %s in %s", name, folder)


def best(wanted: Iterable[str]) -> str:
    """The first of these languages (as in `de-AT`) that is spoken here; English if none is."""
    codes = (tag.replace("_", "-").partition("-")[0].lower() for tag in wanted)
    return next((code for code in codes if code in SPOKEN), "en")
