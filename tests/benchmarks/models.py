"""A list of 500 models, from the service into the picker; and how long it takes to price a turn."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QApplication, QWidget

from desktop.conversation.retired_model import RetiredModel
from desktop.conversation.session_options import SessionOptions
from desktop.cost import prices, turn_cost
from desktop.cost.ledger import Ledger
from desktop.cost.usage import Usage
from desktop.offline import model_entries
from desktop.protocol.catalog import KEYED_MODEL, Model
from desktop.protocol.entries import merged
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.ui.common import house_style, theme
from desktop.ui.session.session_bar import SessionBar
from tests.benchmarks.figures import Figure, figure

MODELS = 500
TIMES = 100
MOST_MS = 5.0
"""A third of a screen's frame."""
TURNS = 5_000
MOST_US = 100.0
"""For a turn's cost: a hundred turns a second would take a hundredth of the window's time."""
DAY = date(2026, 11, 30)


def measure() -> Iterator[Figure]:
    """The list's figures, then those of the sums."""
    yield from _list()
    yield from _sums()


def _list() -> Iterator[Figure]:
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    application.setStyle(house_style.make())
    theme.apply(application, theme.LIGHT)
    # Different ones by turns: nothing is as it was.
    lists = [entries("a"), entries("b")]
    off = [_timed(partial(merged, lists[at % 2])) for at in range(TIMES)]
    yield figure(f"a list of {MODELS} models read, off the window's thread", off, "ms")
    read = [merged(one) for one in lists]
    options = SessionOptions(SettingsStore(Settings(model=KEYED_MODEL)))
    bar, retired = SessionBar(read[0]), RetiredModel(options)
    window = QWidget()
    window.resize(1_040, 60)
    bar.setParent(window)
    bar.resize(1_040, 40)
    options.changed.connect(bar.show_choice)
    options.changed.connect(lambda _: retired.look())
    window.show()
    application.processEvents()

    def arrives(models: tuple[Model, ...]) -> None:
        # As `app/connections.py` has it.
        options.use_models(models)
        bar.show_models(options.offered)

    arrived = []
    for at in range(TIMES):
        gc.collect()
        arrived.append(_timed(partial(arrives, read[at % 2])))
        application.processEvents()
    yield figure(f"a list of {MODELS} models shown, on the window's thread", arrived, "ms", None, MOST_MS)
    window.close()


def entries(provider: str) -> list[dict[str, Any]]:
    """Full entries of many providers; each has a successor, and a tenth are retired."""
    like = model_entries.entries()[0]
    return [
        like
        | {
            "id": f"{provider}{at % 12}/voice-{at}",
            "name": f"Voice {at}",
            "provider": f"{provider}{at % 12}",
            "provider_display_name": f"Provider {at % 12}",
            "aliases": [f"{provider}{at % 12}/alias-{at}"],
            "retired_at": "2026-01-01T00:00:00Z" if at % 10 == 0 else None,
            "successor": f"{provider}{(at + 1) % 12}/voice-{at + 1}",
        }
        for at in range(MODELS)
    ]


def _sums() -> Iterator[Figure]:
    listed = prices.read({"input": [4, 8], "cached_input": [0.4], "output": [16], "thresholds": [32_000]})
    usage = Usage(90_000, 60_000, output=800)
    for earlier in (0, TURNS):
        ledger = Ledger()
        for at in range(earlier):
            ledger.add(at, f"a/model-{at % 50}", DAY - timedelta(at % 300), turn_cost.of_usage(usage, listed))
        took = [_timed(partial(_turn, ledger, earlier + at, usage, listed)) * 1_000 for at in range(TURNS)]
        yield figure(f"the cost of a turn after {earlier} turns", took, "µs", MOST_US)


def _turn(ledger: Ledger, number: int, usage: Usage, listed: prices.Prices) -> None:
    ledger.add(number, "a/model", DAY, turn_cost.of_usage(usage, listed))
    turn_cost.forecast(usage, listed)
    ledger.session.copy()
    ledger.days.on(DAY)


def _timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1_000
