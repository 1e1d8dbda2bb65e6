"""The button that shows a picture to the model: from a file, the clipboard or the screen."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from desktop.ui.common.icon_button import IconButton
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.viewmodels.picture_data import picture_in

FILES = "*.png *.jpg *.jpeg *.webp *.gif *.bmp"


class PictureButton(IconButton):
    """A button with a menu. `take` accepts what was dropped or pasted elsewhere."""

    file_chosen = Signal(str)
    image_given = Signal(object)
    clipboard_clicked = Signal()
    screen_clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("picture", "", parent)
        self.show_as("picture", self.tr("Show a picture"))
        menu = QMenu(self)
        for words, slot in (
            (self.tr("From a file…"), self._ask_for_file),
            (self.tr("From the clipboard"), self.clipboard_clicked.emit),
            (self.tr("The whole screen"), self.screen_clicked.emit),
        ):
            action = QAction(words, menu)
            action.triggered.connect(lambda _=False, slot=slot: slot())
            menu.addAction(action)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)

    def takes(self, data: QMimeData) -> bool:
        """Whether there is a picture in what is dragged or pasted, and the model sees."""
        return self.isVisibleTo(self.window()) and (data.hasImage() or bool(_file(data)))

    def take(self, data: QMimeData) -> None:
        """Show what was dropped or pasted."""
        if path := _file(data):
            self.file_chosen.emit(path)
        elif data.hasImage():
            picture = picture_in(data)
            if picture is not None:
                self.image_given.emit(picture)

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self.window(), self.tr("Show a picture"))
        WorkAreaGuard(dialog)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilter(self.tr("Pictures ({0})").format(FILES))
        dialog.fileSelected.connect(self.file_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


def _file(data: QMimeData) -> str:
    """The one file that is dragged; empty for several, or none."""
    urls = [url for url in data.urls() if url.isLocalFile()]
    return urls[0].toLocalFile() if len(urls) == 1 else ""
