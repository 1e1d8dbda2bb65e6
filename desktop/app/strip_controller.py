"""The strip: made when it is first asked for, and shown again at the next start if it was shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal

from desktop.turn.effects import DisplayState
from desktop.ui.common.gathering import Gathering
from desktop.ui.talk.hold_watch import InputState
from desktop.viewmodels.transcript_model import TranscriptModel

if TYPE_CHECKING:
    from desktop.ui.strip.talk_strip import TalkStrip

SHOWN = "strip"
"""Its entry among the layouts: its place, empty while it is closed."""
PLACE = "strip-place"
"""Where it was last."""
_PLACE = re.compile(r"(-?[0-9]{1,5}) (-?[0-9]{1,5})")


class StripController(QObject):
    """Shows the strip, or not. While it isn't shown nothing is done for it.

    Args:
        transcript: the conversation, whose last line it shows.
        input_state: makes what asks the system which button is held.
    """

    shown_changed = Signal(bool)
    made = Signal(object)
    """The strip was made: a `TalkStrip`, to be connected."""

    def __init__(
        self,
        transcript: TranscriptModel,
        input_state: Callable[[], InputState | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._transcript = transcript
        self._input_state = input_state
        self._strip: TalkStrip | None = None
        self._words: Gathering | None = None
        self._place: QPoint | None = None
        self._was_shown = False
        self._state = DisplayState.OFFLINE

    @property
    def strip(self) -> TalkStrip | None:
        """The strip, once it was asked for."""
        return self._strip

    @property
    def shown(self) -> bool:
        """Whether it is shown."""
        return self._strip is not None and self._strip.isVisible()

    def restore(self, layout: dict[str, str]) -> None:
        """Show it where it was, if it was shown; `layout` as of `layout_texts`."""
        if place := _PLACE.fullmatch(layout.get(PLACE, "")):
            self._place = QPoint(int(place[1]), int(place[2]))
        if layout.get(SHOWN):
            self.toggle()

    def layout_texts(self) -> dict[str, str]:
        """Where it is, and whether it is shown, for the next start."""
        if self._strip:
            self._place, self._was_shown = self._strip.pos(), self.shown
        place = f"{self._place.x()} {self._place.y()}" if self._place else ""
        return {SHOWN: "yes" if self._was_shown else "", PLACE: place}

    def toggle(self) -> None:
        """Show it, or close it."""
        if self._strip is not None and self._strip.isVisible():
            self._strip.close()
            return
        if self._strip is None:
            self._strip = self._make()
        self._strip.show_state(self._state)
        self._strip.put(self._place)
        self._strip.show()
        self._show_words()
        self.shown_changed.emit(True)

    def show_state(self, state: DisplayState) -> None:
        """Show this state."""
        self._state = state
        if self._strip is not None and self._strip.isVisible():
            self._strip.show_state(state)

    def close(self) -> None:
        """The program ends."""
        if self._strip:
            self.layout_texts()
            self._strip.blockSignals(True)
            self._strip.hide()
            self._strip.deleteLater()
            self._strip = None

    def _make(self) -> TalkStrip:
        from desktop.ui.strip.talk_strip import TalkStrip

        strip = TalkStrip(self._input_state())
        strip.closed.connect(self._on_closed)
        words = self._words = Gathering(self._show_words, self)
        for changed in (
            self._transcript.rowsInserted,
            self._transcript.dataChanged,
            self._transcript.modelReset,
        ):
            changed.connect(lambda *_: words.change() if self.shown else None)
        self.made.emit(strip)
        return strip

    def _on_closed(self) -> None:
        if self._strip:
            self._place = self._strip.pos()
        self.shown_changed.emit(False)

    def _show_words(self) -> None:
        if self._strip is None:
            return
        spoken = (line for line in reversed(self._transcript.lines) if line.speaker in ("user", "assistant"))
        self._strip.show_words(next((line.text for line in spoken if line.text), ""))
