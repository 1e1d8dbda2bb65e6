"""Keeps an error of an observer from what it observes: a pane that fails must not end a conversation."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ParamSpec

log = logging.getLogger(__name__)

P = ParamSpec("P")


def shielded(observer: Callable[P, object], name: str) -> Callable[P, None]:
    """The observer, whose errors go into the log; the first of each kind, as they come with every frame."""
    logged: set[type[Exception]] = set()

    def observe(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            observer(*args, **kwargs)
        except Exception as exc:
            if type(exc) not in logged:
                logged.add(type(exc))
                log.exception("%s failed; what it observes goes on", name)

    return observe
