"""`python -m tests.soak [--minutes 10] [--seed 1]`, or `--backlog`: exit code 1 when something was lost."""

from __future__ import annotations

import argparse
import asyncio
import sys

from tests.soak.backlog import backlog
from tests.soak.run import soak


def main() -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long (default: %(default)g)")
    parser.add_argument("--seed", type=int, default=1, help="of all that is random (default: %(default)s)")
    parser.add_argument("--backlog", action="store_true", help="what was said in an outage, at 200 kB/s")
    options = parser.parse_args()
    if options.backlog:
        return _report(asyncio.run(backlog()))
    report = asyncio.run(soak(options.minutes * 60, options.seed, lambda line: print(line, flush=True)))
    print(report)
    return _report(report.problems)


def _report(problems: list[str]) -> int:
    for problem in problems:
        print(f"- {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
