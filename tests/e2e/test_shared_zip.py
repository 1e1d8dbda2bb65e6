"""`presstalk open` and the real window: started by it, or running already."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.app.main import READY
from desktop.recording.share import bundle
from tests.recording.share.planted import IDENTITY, plant
from tests.rig.desktop import Desktop

pytestmark = [pytest.mark.rig, pytest.mark.long]

WITHIN_S = 60.0
STRIP = (0xE6, 0xE2, 0xFC)
COMMAND = [sys.executable, "-m", "desktop", "open"]


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    with Desktop() as made:
        yield made


def test_it_is_read_in_a_new_window_and_in_one_that_runs(desktop: Desktop, tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    bundle.write(bundle.prepare(plant(tmp_path / "r"), IDENTITY, sound=False), path)
    first = desktop.start([*COMMAND, str(path)])
    first.until(lambda: READY in first.output, within=WITHIN_S, what="the window")
    window = desktop.screen.window("Presstalk", within=WITHIN_S, program=first)

    def is_read() -> bool:
        """Below the bar there is the strip of a recording, in the colour of the user's words."""
        left, top, _, _ = desktop.screen.place(window)
        return bool((desktop.screen.pixels()[top + 79, left + 600] == STRIP).all())

    first.until(is_read, within=WITHIN_S, what="the recording")
    desktop.screen.focus(window)
    desktop.screen.press("Escape")
    first.until(lambda: not is_read(), within=WITHIN_S, what="the conversation")
    done = subprocess.run(
        [*COMMAND, str(path)], env=desktop.env, capture_output=True, text=True, timeout=WITHIN_S
    )
    assert (done.returncode, done.stderr) == (0, "")
    first.until(is_read, within=WITHIN_S, what="the other recording")
    folders = list((desktop.home / "presstalk" / "data" / "conversations").glob("*/session.json"))
    assert len(folders) == 2
    assert str(folders[0].parent) in first.output + done.stdout
    assert first.stop() == 0
