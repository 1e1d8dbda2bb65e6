"""The window's language: what the user has chosen, or what the system has."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from desktop.base import paths
from desktop.settings.schema import LanguageChoice

log = logging.getLogger(__name__)

LANGUAGES = ("en", "de")
"""English is in the code; each other language is a file in `resources/i18n`, beside one of Qt's own."""


def install(application: QCoreApplication, choice: LanguageChoice) -> None:
    """Translate every text that is made from now on. Texts on the screen stay as they are."""
    code = best_language(QLocale.system().uiLanguages()) if choice == "system" else choice
    system, language = QLocale.system(), QLocale(code).language()
    # The numbers are the window's language's too: an Arabic system's digits don't go with "kHz" and "ms".
    other = system.language() not in (language, QLocale.Language.C) or system.zeroDigit() != "0"
    if choice != "system" or other:
        QLocale.setDefault(QLocale(language, system.territory()))
    if code == "en":
        return
    qt_folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    own_folder = str(paths.resources() / "i18n")
    for name, folder in ((f"qtbase_{code}", qt_folder), (f"presstalk_{code}", own_folder)):
        translator = QTranslator(application)
        if translator.load(name, folder):
            application.installTranslator(translator)
        else:
            log.info("no translation %s in %s", name, folder)


def best_language(wanted: Iterable[str]) -> str:
    """The first of these languages (such as `de-AT`) that there is a translation for, else English."""
    codes = (tag.replace("_", "-").partition("-")[0].lower() for tag in wanted)
    return next((code for code in codes if code in LANGUAGES), "en")
