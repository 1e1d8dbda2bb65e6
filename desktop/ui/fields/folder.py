"""The field for a folder."""

from __future__ import annotations

from PySide6.QtCore import QUrl, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QPushButton, QWidget

from desktop.ui.common.theme import GRID
from desktop.ui.common.work_area import WorkAreaGuard
from desktop.ui.fields.field import Field


class FolderField(Field):
    """A str: the folder's path, empty for the default one."""

    open_requested = Signal(QUrl)

    def __init__(self, default: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._default = default
        self._path = ""
        self._line = QLineEdit()
        self._line.setReadOnly(True)
        self._line.setMinimumWidth(128)
        choose = QPushButton(self.tr("Choose…"))
        show = QPushButton(self.tr("Open"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self._line, 1)
        for button in (choose, show):
            button.setAutoDefault(False)
            row.addWidget(button)
        self.show_value("")
        choose.clicked.connect(self._choose)
        show.clicked.connect(
            lambda: self.open_requested.emit(QUrl.fromLocalFile(self._path or self._default))
        )

    def value(self) -> str:
        return self._path

    def show_value(self, value: object) -> None:
        self._path = value if isinstance(value, str) else ""
        self._line.setText(self._path or self._default)
        self._line.setCursorPosition(0)

    def target(self) -> QWidget:
        return self._line

    def _choose(self) -> None:
        dialog = QFileDialog(self, self.tr("Data folder"), self._path or self._default)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        WorkAreaGuard(dialog)
        dialog.setModal(False)  # the talk key still works
        dialog.fileSelected.connect(self._on_chosen)
        dialog.finished.connect(dialog.deleteLater)
        dialog.show()

    def _on_chosen(self, path: str) -> None:
        self.show_value("" if path == self._default else path)
        self.edited.emit(self._path)
