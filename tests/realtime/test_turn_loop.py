"""Inputs are handled one after the other, including those that arrive meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from desktop.realtime.turn_loop import TurnLoop
from desktop.turn import effects


class Script:
    """A turn that answers each input with scripted outputs."""

    def __init__(self, answers: dict[str, list[Any]]) -> None:
        self.answers = answers
        self.handled: list[tuple[str, float]] = []

    def handle(self, happened: str, now: float) -> list[Any]:
        self.handled.append((happened, now))
        return self.answers.get(happened, [])


def test_effects_are_executed_and_notices_observed_in_their_order():
    done: list[object] = []
    output = [effects.StopPlayback(), effects.UserText(1, "Hello"), effects.Connect()]
    loop = TurnLoop(Script({"a": output}), lambda: 5.0, done.append, done.append)  # type: ignore[arg-type]
    loop.handle("a")  # type: ignore[arg-type]
    assert done == output


def test_what_happens_meanwhile_waits():
    script = Script({"a": [effects.StopPlayback(), effects.Connect()]})
    executed: list[object] = []

    def execute(effect: effects.Effect) -> None:
        if effect == effects.StopPlayback():
            loop.handle("b")  # type: ignore[arg-type]
            assert [happened for happened, _ in script.handled] == ["a"]
        executed.append(effect)

    loop = TurnLoop(script, lambda: 5.0, execute, executed.append)  # type: ignore[arg-type]
    loop.handle("a")  # type: ignore[arg-type]
    assert script.handled == [("a", 5.0), ("b", 5.0)]
    assert executed == [effects.StopPlayback(), effects.Connect()]


def test_an_error_doesnt_stop_what_comes_later():
    def execute(effect: effects.Effect) -> None:
        raise RuntimeError("no")

    script = Script({"a": [effects.StopPlayback()]})
    loop = TurnLoop(script, lambda: 5.0, execute, lambda notice: None)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError):
        loop.handle("a")  # type: ignore[arg-type]
    loop.handle("b")  # type: ignore[arg-type]
    assert [happened for happened, _ in script.handled] == ["a", "b"]
