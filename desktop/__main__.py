"""Starts the command line: `presstalk`, or `python -m desktop`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run, and leave with the exit code."""
    try:
        from desktop.base.interrupts import end_at_once
        from desktop.cli.main import main as run

        code = run()
        end_at_once()
        sys.exit(code)
    except KeyboardInterrupt:  # while it was being imported
        sys.exit(130)


if __name__ == "__main__":
    main()
