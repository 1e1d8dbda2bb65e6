"""Labels and tooltips: plain text, whoever chose the words.

Qt takes words that look like HTML for HTML, and then loads the pictures they name: `<img src="/dev/zero">` in
an error fills the memory. So these are the only labels and tooltips in the program
(`tests/project/test_plain_text.py`).
"""

from __future__ import annotations

import html

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QToolTip, QWidget

from desktop.base.visible_text import visible, visible_line

LONGEST_TIP = 600
"""Characters of a tooltip."""
LONGEST_LINE = 80
"""Characters of a line in a button's tooltip."""
LONGEST_LABEL = 20_000
"""Characters: the longest message is a tenth of it. Laying out a megabyte takes seconds."""


class PlainLabel(QLabel):
    """A label that shows exactly these words; what can't be seen in them is made visible."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def setText(self, text: str) -> None:
        super().setText(visible(cut(text, LONGEST_LABEL)))

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(visible(cut(name, LONGEST_LABEL)))


class LinkLabel(QLabel):
    """A sentence of ours with one link, which opens in the browser.

    Args:
        sentence: with {0} where the link stands.
        words: the link's.
        address: where it leads.
    """

    def __init__(self, sentence: str, words: str, address: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.RichText)
        link = f'<a href="{html.escape(address)}">{html.escape(words)}</a>'
        self.setText(html.escape(sentence).format(link))
        self.setOpenExternalLinks(True)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)


def set_tip(of: QWidget | QAction, words: str) -> None:
    """Give a control this tooltip; of long words their beginning."""
    of.setToolTip(tip(words))


def show_tip(at: QPoint, words: str, within: QWidget) -> None:
    """Show a tooltip at this point of the screen."""
    QToolTip.showText(at, tip(words), within)


def tip(words: str) -> str:
    """The words of a tooltip. `house_style.HouseStyle` shows all of them as plain text and wraps them."""
    return visible(cut(words, LONGEST_TIP))


def short(words: str) -> str:
    """The words on one line, cut where they are too long for a button's tooltip."""
    return cut(visible_line(" ".join(words[: 4 * LONGEST_LINE].split())), LONGEST_LINE - 1)


def without_keys(words: str) -> str:
    """The words for a button or a menu: no letter of them is taken for the mark of a key."""
    return words.replace("&", "&&")


def cut(words: str, longest: int) -> str:
    """The words, or their beginning with a mark where they are longer."""
    return words if len(words) <= longest else f"{words[:longest]}…"
