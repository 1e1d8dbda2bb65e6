"""`python -m tests.soak [--minutes 10] [--seed 1]`: exit code 1 when something was lost, hung, or grew."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.soak.run import soak


def main() -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (default: %(default)s)")
    options = parser.parse_args()
    report = asyncio.run(soak(options.minutes * 60, options.seed, lambda line: print(line, flush=True)))
    print(report)
    for problem in report.problems:
        print(f"- {problem}", file=sys.stderr)
    return 1 if report.problems else 0


if __name__ == "__main__":
    sys.exit(main())
