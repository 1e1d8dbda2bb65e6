"""The transcript at ten thousand lines, drawn without a screen."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from functools import partial

from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from desktop.ui.common import house_style, theme
from desktop.ui.transcript.transcript_pane import TranscriptPane
from desktop.viewmodels.transcript_line import Line
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.benchmarks.figures import Figure, figure

ROWS = 10_000
SIZE = (700, 500)
TIMES = 200
ARRIVING = 2_000
FRAME_MS = 16
"""A screen's frame: what takes longer is seen to stutter."""
WORDS = (
    "The elephant went to the river each morning, listened to the stones, and came back with a new story. "
)
NEEDLES = ("elephant", "e", "story 7", "nothing like it", "ÉLÉPHANT")
MEGABYTE = "word " * 200_000

Work = Callable[[], object]


class Bench:
    """A pane with ten thousand lines, and a count of what it paints."""

    def __init__(self) -> None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        self.application = application
        application.setStyle(house_style.make())
        theme.apply(application, theme.LIGHT)
        self.model = TranscriptModel()
        for number in range(ROWS):
            self.model.add_typed(f"{number} " + WORDS * (1 + number % 4))
        self.pane = TranscriptPane(self.model)
        self.pane.setMinimumSize(200, 200)
        self.pane.resize(*SIZE)
        self.view, self.bar = self.pane.view, self.pane.verticalScrollBar()
        self._painted = 0
        self._paint = self.view.paintEvent
        self.view.paintEvent = self._counting  # type: ignore[method-assign]
        self.pane.show()
        application.processEvents()

    def drawn(self, work: Work) -> float:
        """How long the work, the laying out and the painting take, in ms."""
        self._painted = 0
        took = timed(partial(self._shown, work))
        assert self._painted, "nothing was drawn"
        return took

    def drag(self, share: float) -> float:
        """Drag the scroll bar there."""
        return self.drawn(partial(self.bar.setValue, int(self.bar.maximum() * share)))

    def _shown(self, work: Work) -> None:
        work()
        self.view.settle()
        self.application.processEvents()

    def _counting(self, event: QPaintEvent) -> None:
        self._painted += 1
        self._paint(event)


def timed(work: Work) -> float:
    """How long it took, in ms."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000


def measure() -> Iterator[Figure]:
    """The figures of the transcript, one by one."""
    bench = Bench()
    model, bar, drawn = bench.model, bench.bar, bench.drawn
    append = partial(model.add_typed, WORDS)
    yield figure("append to 10,000 lines", [timed(append) * 1_000 for _ in range(500)], "us", None, 1_000)
    yield figure("append and draw it", [drawn(append) for _ in range(TIMES)], "ms", None, FRAME_MS)
    model.begin_response(1)
    grow = partial(model.grow_response, 1, "and then, ", 0)
    yield figure("grow a bubble and draw it", [drawn(grow) for _ in range(TIMES)], "ms", None, FRAME_MS)
    pages = [drawn(lambda: bar.setValue(bar.value() - bar.pageStep())) for _ in range(TIMES)]
    yield figure("scroll a page of lines never seen", pages, "ms", None, FRAME_MS)
    drags = [bench.drag(place / 100) for place in range(100)]
    yield figure("drag the scroll bar anywhere", drags, "ms", None, FRAME_MS)
    widths = [drawn(partial(bench.pane.resize, width, 500)) for width in range(500, 900, 4)]
    yield figure("change the width", widths, "ms", None, FRAME_MS)
    yield from _reading(bench)
    yield figure("2,000 lines arrive", [_arrival(bench) for _ in range(9)], "ms", 8)
    bench.pane.close()


def _arrival(bench: Bench) -> float:
    """How long the window waits for lines that are shown above the others, in ms."""
    lines = [Line("user", note="typed") for _ in range(ARRIVING)]
    for number, line in enumerate(lines):
        line.spoken.add(WORDS * (1 + number % 4), 0)

    def arrive() -> None:
        bench.model.put_above(lines)
        bench.view.settle()

    return timed(arrive)


def _reading(bench: Bench) -> Iterator[Figure]:
    pane, view = bench.pane, bench.view
    pane.open_find()
    field = pane.find_bar.field
    finds = [bench.drawn(partial(field.setText, needle)) for needle in NEEDLES * 6]
    yield figure("find in 10,000 lines and draw it", finds, "ms", None, 50)
    field.setText("elephant")
    steps = [bench.drawn(pane.find_bar.next_asked.emit) for _ in range(TIMES)]
    yield figure("next match", steps, "ms", None, FRAME_MS)
    view.select_all()
    yield figure("copy 10,000 lines", [timed(view.copy) for _ in range(10)], "ms", None, 100)
    pane.find_bar.close_bar()
    view.jump_to_end()
    pasted = [bench.drawn(partial(bench.model.add_typed, MEGABYTE)) for _ in range(10)]
    yield figure("append a line of a megabyte and draw it", pasted, "ms", None, 100)
