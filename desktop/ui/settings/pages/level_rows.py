"""The levels beside gain and volume, and the tests that make them move where no session does."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from desktop.ui.common.plain_text import PlainLabel, set_tip
from desktop.ui.common.theme import GRID
from desktop.ui.fields.choice import WIDTH
from desktop.ui.talk.level_meter import LevelMeter, Needle


class LevelRow(QWidget):
    """A live meter and a button for a test, in line with the fields above."""

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.meter = LevelMeter(icon, name, on_card=True)
        self.test = QPushButton()
        self.test.setAutoDefault(False)
        as_fields = QWidget()
        as_fields.setFixedWidth(WIDTH)
        inner = QHBoxLayout(as_fields)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID)
        inner.addWidget(self.meter, 1)
        inner.addWidget(self.test)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(PlainLabel(self.tr("Level")), 1)
        row.addWidget(as_fields)

    def show_needle(self, needle: Needle) -> None:
        """Move the meter."""
        self.meter.show_needle(*needle)

    def _show_button(self, words: str, explained: str) -> None:
        self.test.setText(words)
        set_tip(self.test, explained)
        self.test.setAccessibleName(explained)


class MicrophoneRow(LevelRow):
    """The level is measured after the gain."""

    test_started = Signal()
    test_stopped = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("microphone", "", parent)
        self.meter.setAccessibleName(self.tr("Microphone level with its gain"))
        set_tip(self.meter, self.meter.accessibleName())
        self._idle = True
        self.test.clicked.connect(self._on_clicked)
        self.show_test("idle")

    def show_test(self, state: str) -> None:
        """Show the state of the microphone test: idle, recording, playing."""
        self._idle = state == "idle"
        begins = self.tr("Test the microphone: it records you, then plays the recording")
        self._show_button(
            self.tr("Test") if self._idle else self.tr("Stop"),
            begins if self._idle else self.tr("Stop the microphone test"),
        )

    def _on_clicked(self) -> None:
        (self.test_started if self._idle else self.test_stopped).emit()


class SpeakerRow(LevelRow):
    """The level is measured after the volume."""

    test_clicked = Signal()
    """The test is to begin, or to end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("speaker", "", parent)
        self.meter.setAccessibleName(self.tr("Speaker level"))
        set_tip(self.meter, self.meter.accessibleName())
        self.test.clicked.connect(self.test_clicked)
        self.show_test(False)

    def show_test(self, testing: bool) -> None:
        """Show whether the test sounds."""
        begins = self.tr("Test the speaker: three notes at this volume")
        self._show_button(
            self.tr("Stop") if testing else self.tr("Test"),
            self.tr("Stop the speaker test") if testing else begins,
        )
