"""Starts the command line: `presstalk`, or `python -m desktop`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run, and leave with the exit code."""
    from desktop.cli import main as run

    sys.exit(run())


if __name__ == "__main__":
    main()
