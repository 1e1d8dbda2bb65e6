"""Says that the chosen model is retired, and knows the one to use in its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from PySide6.QtCore import QObject, Signal

from desktop.base.message import Text
from desktop.conversation.session_options import SessionOptions
from desktop.protocol.catalog import Model, successor_of
from desktop.turn.effects import Note

MODEL_RETIRED = Text("model-retired", "The provider has retired {model}. Choose another model.")
MODEL_REPLACED = Text("model-replaced", "The provider has retired {model}. Its successor is {successor}.")


def _today() -> date:
    return datetime.now(UTC).date()


class RetiredModel(QObject):
    """Looks at the chosen model whenever it, or the list of models, is another one."""

    noted = Signal(Note)
    settled = Signal()
    """The chosen model is not retired."""

    def __init__(
        self, options: SessionOptions, today: Callable[[], date] = _today, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._options, self._today = options, today
        self._told: tuple[Model, Model | None] | None = None

    @property
    def successor(self) -> Model | None:
        """The model to use in place of the chosen one; None where it is not retired, or none is named."""
        model, today = self._options.model, self._today()
        if not model.published.is_retired(today):
            return None
        return successor_of(model, self._options.models, today)

    def look(self) -> None:
        """Say it once for each model, and again if it gets another successor."""
        model = self._options.model
        if not model.published.is_retired(self._today()):
            if self._told:
                self._told = None
                self.settled.emit()
            return
        successor = self.successor
        if self._told == (model, successor):
            return
        self._told = (model, successor)
        if successor:
            message = MODEL_REPLACED(model=model.name, successor=successor.name)
            self.noted.emit(Note("warning", message, action="use_successor", subject="retired"))
        else:
            message = MODEL_RETIRED(model=model.name)
            self.noted.emit(Note("warning", message, action="choose_model", subject="retired"))
