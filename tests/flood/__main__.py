"""`python -m tests.flood [--seconds 30] [--only "errors"]`: exit code 1 when a goal was missed."""

from __future__ import annotations

import argparse
import sys

from tests.flood.kinds import FLOODS
from tests.flood.run import HEAD, floods


def main() -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(prog="flood", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="of each flood (default: %(default)g)")
    parser.add_argument("--only", default="", help="only floods with this in their name")
    options = parser.parse_args()
    names = [name for name in FLOODS if options.only in name]
    print(HEAD, flush=True)
    missed = 0
    for fared in floods(names, options.seconds):
        print(fared.row(), flush=True)
        missed += bool(fared.misses)
    print(f"{len(names) - missed} of {len(names)} floods within their goals")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
