"""What Qt calls in a model or delegate never raises: Qt is in the middle of its own code then, and would die.

Qt asks while it paints. An exception that is reported there opens a window from within the painting, for each
row and each frame again.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QSize, Qt

log = logging.getLogger(__name__)

ROW = 24
"""Pixels: the height of a row that has none."""
MOST_KINDS = 200
"""Kinds of failures that are logged."""

ANSWERS: dict[str, Callable[[], Any]] = {
    "paint": lambda: None,
    "sizeHint": lambda: QSize(0, ROW),
    "editorEvent": lambda: False,
    "helpEvent": lambda: True,
    "eventFilter": lambda: False,
    "createEditor": lambda: None,
    "setEditorData": lambda: None,
    "setModelData": lambda: None,
    "updateEditorGeometry": lambda: None,
    "destroyEditor": lambda: None,
    "initStyleOption": lambda: None,
    "displayText": lambda: "",
    "data": lambda: None,
    "headerData": lambda: None,
    "itemData": dict,
    "setData": lambda: False,
    "flags": lambda: Qt.ItemFlag.NoItemFlags,
    "index": QModelIndex,
    "parent": QModelIndex,
    "rowCount": lambda: 0,
    "columnCount": lambda: 0,
    "hasChildren": lambda: False,
    "canFetchMore": lambda: False,
    "fetchMore": lambda: None,
    "roleNames": dict,
    "filterAcceptsRow": lambda: True,
    "filterAcceptsColumn": lambda: True,
    "lessThan": lambda: False,
    "mimeData": lambda: None,
    "mimeTypes": list,
    "match": list,
    "sort": lambda: None,
}
"""What is answered instead, by the method that Qt calls."""

_logged: set[tuple[str, str, int]] = set()


class Guarded:
    """Base of each model and delegate, before Qt's: what Qt calls in it answers without raising.

    Subclasses are guarded too. Each place that fails is logged once.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in ANSWERS.keys() & vars(cls).keys():
            method = vars(cls)[name]
            # A delegate's `parent` isn't called by Qt, only a model's.
            if callable(method) and (name != "parent" or issubclass(cls, QAbstractItemModel)):
                setattr(cls, name, _guard(method, ANSWERS[name]))


def is_guarded(method: object) -> bool:
    """Whether this method can't raise."""
    return getattr(method, "never_raises", False)


def _guard(method: Callable[..., Any], otherwise: Callable[[], Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def answer(*args: Any, **named: Any) -> Any:
        try:
            return method(*args, **named)
        except Exception as exc:
            _log(method.__qualname__, exc)
            return otherwise()

    answer.never_raises = True  # type: ignore[attr-defined]
    return answer


def _log(name: str, exc: Exception) -> None:
    trace = exc.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    kind = (name, type(exc).__name__, trace.tb_lineno if trace else 0)
    if kind not in _logged and len(_logged) < MOST_KINDS:
        _logged.add(kind)
        log.error("%s failed; the row stays empty", name, exc_info=exc)
