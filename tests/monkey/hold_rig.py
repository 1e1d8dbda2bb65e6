"""A screen, the window without sound and session, and who holds its talk key, thousands of times."""

from __future__ import annotations

import os
import random
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.monkey.holder import Holder
from tests.rig.other_client import OtherClient
from tests.rig.process import Program, RigError
from tests.rig.screen import VirtualScreen
from tests.rig.screen_settings import ScreenSettings

START_S = 60.0
HOLDS = 500
"""So many, and the window is started anew."""


class HoldRig:
    """Everything that a `holder` needs."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.screen = VirtualScreen()
        self._cleanup = ExitStack()

    def __enter__(self) -> HoldRig:
        with ExitStack() as started:
            home = Path(started.enter_context(TemporaryDirectory(prefix="rig-hold-")))
            started.enter_context(self.screen)
            settings = started.enter_context(ScreenSettings(self.screen.env["DISPLAY"]))
            self.program = started.enter_context(
                Program(
                    [sys.executable, "-m", "tests.rig.hold_window"],
                    env={
                        **os.environ,
                        **self.screen.env,
                        "PRESSTALK_HOME": str(home / "presstalk"),
                        "DBUS_SESSION_BUS_ADDRESS": "disabled:",
                    },
                    log=home / "window.log",
                )
            )
            self.program.until(
                lambda: "placed" in self.program.output, within=START_S, what="the window and its controls"
            )
            client = started.enter_context(OtherClient(self.screen.env["DISPLAY"]))
            self.holder = Holder(self.screen, self.program, (client, settings), self._chance)
            started.callback(self.holder.takes.close)
            self._cleanup = started.pop_all()
        return self

    def __exit__(self, *_: Any) -> None:
        self._cleanup.close()


def run(holds: int, seed: int, folder: Path) -> int:
    """Hold so many times; the number of problems. What belongs to each is left in `folder`."""
    chance = random.Random(seed)
    done = problems = 0
    while done < holds:
        with HoldRig(chance) as rig:
            rig.holder.reset()
            for _ in range(min(HOLDS, holds - done)):
                done += 1
                try:
                    problem = rig.holder.sequence()
                except RigError as exc:
                    problem = str(exc)
                if problem:
                    problems += 1
                    path = folder / f"hold-{seed}-{done}"
                    print(f"{problem}: {rig.holder.done}, see {path}.png", flush=True)
                    rig.screen.screenshot(path.with_suffix(".png"))
                    break
        print(f"{done} holds, {problems} problems", flush=True)
    return problems
