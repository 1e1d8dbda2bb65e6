"""Every scenario by its name."""

from __future__ import annotations

from desktop.offline.faults.answers import ANSWERS
from desktop.offline.faults.endings import ENDINGS
from desktop.offline.faults.failures import FAILURES
from desktop.offline.faults.frames import FRAMES
from desktop.offline.faults.scenario import Scenario
from desktop.offline.faults.sounds import SOUNDS
from desktop.offline.faults.starts import STARTS
from desktop.offline.faults.upgrades import UPGRADES

WELL = Scenario(name="well", about="does nothing wrong")

_ALL = (WELL, *UPGRADES, *STARTS, *ENDINGS, *FRAMES, *SOUNDS, *ANSWERS, *FAILURES)

SCENARIOS: dict[str, Scenario] = {scenario.name: scenario for scenario in _ALL}


def listing() -> str:
    """All scenarios, one line each."""
    return "\n".join(f"{one.name:26} {one.about}" for one in _ALL)
