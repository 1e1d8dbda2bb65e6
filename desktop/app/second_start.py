"""What a start does if the program may run already: show its window, take over, or say what is in the way."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from desktop.app import instance_lock
from desktop.app.single_instance import (
    RETRY_S,
    InstanceRequest,
    NotRespondingError,
    NotRunningError,
    SingleInstance,
    send_request,
)

STARTING_S = 10.0
"""How long another start may take from its lock to its socket: a cold start on a slow disk."""
LOST_S = 3.0
"""How long to look for a program that has begun to listen and can't be found."""
ENDING_S = 5.0
"""How long a program that is told to end may take."""


class Outcome(Enum):
    """What became of this start."""

    FIRST = "first"
    """It is the one that runs now."""
    SHOWN = "shown"
    """The window that was there is in front."""
    REFUSED = "refused"
    """The user gave up."""


class Step(Enum):
    """What the user wants to do about a program that is in the way."""

    RETRY = "retry"
    END_IT = "end it"
    START_ANYWAY = "start anyway"
    GIVE_UP = "give up"
    CLAIMED = "claimed"
    """Nothing: it has ended, and this process is the first now."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why the running window can't be shown.

    Attributes:
        pid: the process in the way, 0 where it isn't known: it may be on another computer.
        reached: whether it was found at all.
        words: what it said itself; an empty string if it didn't answer.
    """

    pid: int = 0
    reached: bool = True
    words: str = ""


Ask = Callable[[Obstacle], Step]
"""Shows the obstacle, and waits for what the user wants."""


def begin(instance: SingleInstance, request: InstanceRequest, ask: Ask) -> Outcome:
    """Become the first, or have the running window do what is requested. Blocks."""
    while True:
        found = _claim_or_show(instance, request)
        if isinstance(found, Outcome):
            return found
        match ask(found):
            case Step.RETRY:
                continue
            case Step.END_IT:
                if _end(found.pid, instance):
                    return Outcome.FIRST
            case Step.START_ANYWAY | Step.CLAIMED:
                return Outcome.FIRST
            case Step.GIVE_UP:
                return Outcome.REFUSED


def _claim_or_show(instance: SingleInstance, request: InstanceRequest) -> Outcome | Obstacle:
    began = time.monotonic()
    while True:
        if instance.claim():
            return Outcome.FIRST
        try:
            words = send_request(request)
            return Obstacle(words=words) if words else Outcome.SHOWN
        except NotRespondingError as exc:
            patience_s = LOST_S if instance_lock.noted_addresses() else STARTING_S
            if exc.reached or time.monotonic() > began + patience_s:
                return Obstacle(exc.pid, exc.reached)
        except NotRunningError:
            pass  # it has just ended
        time.sleep(RETRY_S)


def _end(pid: int, instance: SingleInstance) -> bool:
    """End that process, by force if need be; whether this one is the first now."""
    for name in ("SIGTERM", "SIGKILL"):
        with contextlib.suppress(OSError, AttributeError):  # it has ended, or this is Windows
            os.kill(pid, getattr(signal, name))
        deadline = time.monotonic() + ENDING_S
        while time.monotonic() < deadline:
            if instance.claim():
                return True
            time.sleep(RETRY_S)
    return False
