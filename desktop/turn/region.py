"""A part of the turn that has a phase of its own, and a table from (phase, input) to a rule."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Generic, TypeVar

from desktop.turn.effects import Output

log = logging.getLogger(__name__)

PhaseT = TypeVar("PhaseT", bound=Enum)
Rule = Callable[[Any, Any, float], list[Output]]
"""What a region does with an input. It takes the region, the input and the time in milliseconds."""


TableKey = type | Enum
"""An input in a table: its type, or the member of an enum itself."""


class Region(Generic[PhaseT]):
    """Holds the phase, and looks up the rules."""

    def __init__(self, name: str, phase: PhaseT) -> None:
        """`name` is what the log calls it."""
        self._name = name
        self._phase = phase

    @property
    def phase(self) -> PhaseT:
        """Where this region stands."""
        return self._phase

    def _set_phase(self, phase: PhaseT) -> None:
        # The only place that assigns a phase after the start, so the log has every transition.
        if phase is not self._phase:
            log.debug("%s: %s -> %s", self._name, self._phase.value, phase.value)
        self._phase = phase

    def _apply(
        self, table: Mapping[tuple[PhaseT, TableKey], Rule], happened: object, now: float
    ) -> list[Output]:
        """Apply the rule for this input in the phase of now."""
        return look_up(self._name, table, self._phase, happened)(self, happened, now)


def look_up(
    name: str, table: Mapping[tuple[PhaseT, TableKey], Rule], phase: PhaseT, happened: object
) -> Rule:
    """The rule for this input in this phase. A pair without a row is logged, and ignored."""
    key = happened if isinstance(happened, Enum) else type(happened)
    rule = table.get((phase, key))
    if rule is None:
        what = key.value if isinstance(key, Enum) else key.__name__
        log.debug("%s: no rule for %s while %s", name, what, phase.value)
    return rule or ignore


def ignore(_region: object, _happened: object, _now: float) -> list[Output]:
    """The rule for what is expected in a phase and changes nothing there."""
    return []


def rows(
    phases: Iterable[PhaseT], kinds: Iterable[TableKey], rule: Rule
) -> dict[tuple[PhaseT, TableKey], Rule]:
    """The same rule for each of these inputs in each of these phases."""
    return {(phase, kind): rule for phase in phases for kind in kinds}
