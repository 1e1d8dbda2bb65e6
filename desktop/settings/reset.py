"""All settings back to their defaults, and back again: for as long as none of them was changed since."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from desktop.settings import schema
from desktop.settings.store import SettingsStore, Snapshot


class SettingsReset(QObject):
    """Remembers what the last reset has changed, in this run of the program."""

    undo_offered = Signal(bool)
    """The reset can be undone; or not any more: it was, or one of the settings was changed since."""

    def __init__(self, store: SettingsStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store = store
        self._before: Snapshot | None = None
        self._names: tuple[str, ...] = ()
        self._working = False
        store.changed.connect(self._on_changed)

    @property
    def can_undo(self) -> bool:
        """Whether a reset can be undone."""
        return self._before is not None

    def reset(self, names: Sequence[str]) -> None:
        """Give these settings their defaults."""
        before, defaults = self._store.snapshot(), schema.defaults()
        self._work(lambda: self._store.replace(**{name: defaults[name] for name in names}))
        self._before, self._names = before, tuple(names)
        self.undo_offered.emit(True)

    def undo(self) -> None:
        """Give them back what they had."""
        before, self._before = self._before, None
        if before is not None:
            self._work(lambda: self._store.restore(before, self._names))
            self.undo_offered.emit(False)

    def _work(self, change: Callable[[], None]) -> None:
        self._working = True
        try:
            change()
        finally:
            self._working = False

    def _on_changed(self, name: str) -> None:
        if self._before is not None and not self._working and name in self._names:
            self._before = None
            self.undo_offered.emit(False)
