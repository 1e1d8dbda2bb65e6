"""Searches a JSON value a little at a time, so that a large one doesn't block the window."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.viewmodels.json_tree_model import NodePath

SLICE_S = 0.004
PAUSE_MS = 4
"""Leaves half of the time to sound and painting while a large value is searched."""
PIECE = 65_536
"""Characters of a string that are searched in one step."""
MOST = 10_000
"""Places that are remembered. No user steps through more."""


def places(value: Any, text: str) -> Iterator[NodePath | None]:
    """The paths of the members whose key or value holds the text, in order, whatever the case.

    In between it yields None: nothing found, but some work done.
    """
    needle = text.lower()
    stack: list[tuple[NodePath, Iterator[tuple[int, Any, Any]]]] = [((), _members(value))]
    if not isinstance(value, dict | list | tuple):
        stack = [((), iter([(0, "", value)]))]
    while stack:
        above, members = stack[-1]
        member = next(members, None)
        if member is None:
            stack.pop()
            continue
        place, key, item = member
        found = isinstance(key, str) and needle in key.lower()
        if isinstance(item, dict | list | tuple):
            stack.append(((*above, place), _members(item)))
        elif isinstance(item, str) and len(item) > PIECE:
            for piece in _pieces(item, len(needle)):
                found = found or needle in piece
                yield None
        else:
            found = found or needle in _text(item)
        yield (*above, place) if found else None


class Search(QObject):
    """One search at a time. `grown` is emitted for the first place, for more of them, and at the end."""

    grown = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: list[NodePath] = []
        self._steps: Iterator[NodePath | None] | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self._on_timeout)

    @property
    def running(self) -> bool:
        """Whether there may be more."""
        return self._steps is not None

    def start(self, value: Any, text: str) -> None:
        """Forget the results and search for this text; an empty one stops the search."""
        self.found = []
        self._steps = places(value, text) if text else None
        if self._steps is None:
            self._timer.stop()
            self.grown.emit()
        else:
            self._timer.start()
            self._on_timeout()

    def _on_timeout(self) -> None:
        until = time.perf_counter() + SLICE_S
        known = len(self.found)
        while self._steps is not None and time.perf_counter() < until:
            self._take(64)
        if self._steps is None:
            self._timer.stop()
        if self._steps is None or len(self.found) > known:
            self.grown.emit()

    def _take(self, steps: int) -> None:
        assert self._steps is not None
        for _ in range(steps):
            try:
                path = next(self._steps)
            except StopIteration:
                self._steps = None
                return
            if path is not None:
                self.found.append(path)
                if len(self.found) >= MOST:
                    self._steps = None
                    return


def _members(value: Any) -> Iterator[tuple[int, Any, Any]]:
    if isinstance(value, dict):
        return ((place, key, item) for place, (key, item) in enumerate(value.items()))
    if isinstance(value, list | tuple):
        return ((place, place, item) for place, item in enumerate(value))
    return iter(())


def _pieces(text: str, overlap: int) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE + overlap].lower()


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value.lower()
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value).lower() if isinstance(value, int | float) else ""
