"""The picker of the model: a list by provider with a search, and a last entry that fetches it again."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QLineEdit, QListView, QWidget

from desktop.protocol.catalog import Model
from desktop.ui.common.picker import Picker
from desktop.ui.common.plain_text import set_tip
from desktop.ui.session.model_delegate import ModelDelegate
from desktop.viewmodels.models_model import ModelsModel

LONGEST = 100
"""Characters of a search."""
_OF_THE_LIST = (
    *(Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown),
    *(Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape),
)
"""Keys that move in the list, choose and close while the search has the focus."""


class ModelBox(Picker):
    """The last entry fetches the list; the chosen model stays."""

    model_chosen = Signal(str)
    refresh_clicked = Signal()

    def __init__(self, models: Iterable[Model], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Model | None = None
        self._models: tuple[Model, ...] = ()
        self._rows = ModelsModel(self)
        self._search: QLineEdit | None = None
        self.setModel(self._rows)
        self.setItemDelegate(ModelDelegate(self))
        self.show_models(models)
        self.activated.connect(self._on_activated)

    def show_models(self, models: Iterable[Model]) -> None:
        """Offer these models; the current one stays, whether it is among them or not."""
        self._models = tuple(models)
        self._rows.show(self._offered())
        if self._shown:
            self.show_model(self._shown)

    def show_model(self, model: Model) -> None:
        """Show this model; one that isn't in the list is added to it."""
        self._shown = model
        if self._rows.row_of(model.id) < 0:
            self._rows.show(self._offered())
        self.setCurrentIndex(self._rows.row_of(model.id))
        set_tip(self, self._rows.tip(model))
        self.updateGeometry()

    def showPopup(self) -> None:
        search = self._search_line()
        search.clear()
        self._filter("")
        super().showPopup()
        search.setFocus(Qt.FocusReason.PopupFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._search and isinstance(event, QKeyEvent) and event.key() in _OF_THE_LIST:
            if event.type() in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                QApplication.sendEvent(self.view(), event)
                return True
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        # Qt's own is that of the longest of all names, measured one by one; its least width too.
        return self.size_for(self.currentText())

    def minimumSizeHint(self) -> QSize:
        return QSize(0, self.sizeHint().height())

    def _offered(self) -> tuple[Model, ...]:
        shown = self._shown
        if shown is None or any(model.id == shown.id for model in self._models):
            return self._models
        return (*self._models, shown)

    def _search_line(self) -> QLineEdit:
        if self._search is None:
            self._search = QLineEdit()
            self._search.setMaxLength(LONGEST)
            self._search.setPlaceholderText(self.tr("Search: name, provider, tools …"))
            self._search.setAccessibleName(self.tr("Search the models"))
            self._search.installEventFilter(self)
            self._search.textEdited.connect(self._filter)
            popup = self.view().window()  # held: the wrapper of its layout goes with it
            layout = popup.layout()
            assert isinstance(layout, QBoxLayout), "the list of a combo box stands in one"
            layout.insertWidget(0, self._search)
        return self._search

    def _filter(self, needle: str) -> None:
        view = self.view()
        assert isinstance(view, QListView)
        matches = self._rows.matches(needle)
        for row, shown in enumerate(matches):
            view.setRowHidden(row, not shown)
        found = [row for row, shown in enumerate(matches) if shown and self.itemData(row)]
        at = self.currentIndex() if not needle else (found[0] if found else len(matches) - 1)
        view.setCurrentIndex(self._rows.index(at))

    def _on_activated(self, row: int) -> None:
        if row < self.count() - 1:
            self.model_chosen.emit(self.itemData(row))
            return
        if self._shown:
            self.setCurrentIndex(self._rows.row_of(self._shown.id))
        self.refresh_clicked.emit()
