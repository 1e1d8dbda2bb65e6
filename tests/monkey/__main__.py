"""Random input to the real window, on a virtual desktop: `make monkey`.

After each burst no take may be open that nobody holds, the log is clean and a question is answered; the
program ends with code 0 within 5 s, and leaves no process behind. The order of what is done is the seed's;
when it happens is the machine's, so a run is no test: turn what it finds into one.

With `--holds` the talk key is held, again and again, and the keyboard is taken away in all ways that X11 has:
no take may outlive its key by more than a second.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from pathlib import Path

from tests.monkey import hold_rig
from tests.monkey.readers import ORCA, QUESTIONS
from tests.monkey.sitting import Sitting


def main() -> int:
    """The command line: 1 if something was found."""
    parser = argparse.ArgumentParser(prog="monkey", description="A restless person at the real window.")
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wild", action="store_true", help="click and type anywhere; asks no questions")
    parser.add_argument("--rough", action="store_true", help="let the sound server and the demo hang, too")
    parser.add_argument("--reader", choices=(ORCA, QUESTIONS), default="", help="with a screen reader")
    parser.add_argument("--fault", default="", metavar="NAME", help="a scenario of `presstalk serve --fault`")
    parser.add_argument("--folder", type=Path, default=Path("build") / "monkey", help="for what is found")
    parser.add_argument("--holds", type=int, default=0, metavar="N", help="only hold the talk key, N times")
    options = parser.parse_args()
    if options.reader == ORCA and not shutil.which("orca"):
        parser.error("Orca isn't installed. In Debian: apt-get install --no-install-recommends orca")
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.holds:
        return 1 if hold_rig.run(options.holds, options.seed, options.folder) else 0
    chance = random.Random(options.seed)
    sittings: list[Sitting] = []
    until = time.monotonic() + 60 * options.minutes
    while time.monotonic() < until:
        folder = options.folder / f"{options.seed}-{len(sittings) + 1}"
        folder.mkdir(exist_ok=True)
        sittings.append(Sitting(chance, options.fault, folder, options.reader))
        sittings[-1].run(until, wild=options.wild, rough=options.rough)
    problems = [problem for sitting in sittings for problem in sitting.problems]
    bursts = sum(sitting.bursts for sitting in sittings)
    print(f"{len(sittings)} starts, {bursts} bursts, {len(problems)} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
