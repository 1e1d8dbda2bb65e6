"""Opens pages in the user's browser: the address that was shown, and no other."""

from __future__ import annotations

import logging

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

from desktop.base.host_name import HostError, ascii_host, web_url

log = logging.getLogger(__name__)


def open_page(url: str) -> bool:
    """Open a web page; False if there is no browser, or programs could read the address in different ways."""
    parsed = page(url)
    if parsed is None:
        log.info("an address was not opened: it could be read in different ways")
        return False
    return QDesktopServices.openUrl(parsed)


def page(url: str) -> QUrl | None:
    """The address as Qt hands it to the browser; None if that leads to another host than ours does."""
    try:
        whole, host = web_url(url)
        parsed = QUrl(whole, QUrl.ParsingMode.StrictMode)
        encoded = parsed.host(QUrl.ComponentFormattingOption.FullyEncoded)
        same = parsed.isValid() and ascii_host(encoded.strip("[]")) == host and not parsed.userInfo()
    except HostError:
        return None
    return parsed if same else None
