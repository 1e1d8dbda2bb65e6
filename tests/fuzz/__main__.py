"""`python -m tests.fuzz [--frames 1000000] [--files 5000] [--window 5000]`: 1 when one did harm."""

from __future__ import annotations

import argparse
import sys

from tests.fuzz.files import KINDS, fuzz_files
from tests.fuzz.kinds import READERS
from tests.fuzz.real import fuzz_window
from tests.fuzz.run import MOST_SHOWN, fuzz


def main() -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--frames", type=int, default=1_000_000, help="how many (default: %(default)d)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (default: %(default)s)")
    parser.add_argument("--episode", type=int, default=0, help="play only this one, and show what it raises")
    parser.add_argument("--files", type=int, default=5_000, help="of each kind (default: %(default)d)")
    parser.add_argument(
        "--window", type=int, default=5_000, help="of each kind at the real window (default: %(default)d)"
    )
    options = parser.parse_args()
    broken = []
    for kind in KINDS if options.files and not options.episode else ():
        files = fuzz_files(kind, options.files, options.seed)
        print(files, flush=True)
        broken += files.problems
    for kind in READERS if options.window and not options.episode else ():
        real = fuzz_window(kind, options.window, options.seed)
        print(real, flush=True)
        broken += real.problems
    for problem in broken[:MOST_SHOWN]:
        print(f"- {problem}", file=sys.stderr)
    report = fuzz(options.frames, options.seed, lambda line: print(line, flush=True), options.episode)
    print(report)
    for problem in (*report.crashes, *report.hangs):
        print(f"- {problem}", file=sys.stderr)
    return 1 if broken or report.crashes or report.hangs else 0


if __name__ == "__main__":
    sys.exit(main())
