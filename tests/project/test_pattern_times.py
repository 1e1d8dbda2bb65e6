"""No regular expression of the program takes long, whatever text it is given."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_every_expression_is_quick_on_a_hundred_kilobytes_of_anything():
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.project.pattern_times"]
    # The limit of each is counted in the process's own time; this one is for a machine that hangs.
    done = subprocess.run(command, cwd=root, env=env, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(done.stdout.split()[0]) > 50
