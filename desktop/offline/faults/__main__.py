"""`python -m desktop.offline.faults SCENARIO [--port]`: play one scenario; without a name, list them all."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from desktop.base import terminal
from desktop.offline.faults.catalogue import SCENARIOS, listing
from desktop.offline.faults.server import run


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    parser = argparse.ArgumentParser(
        prog="faults", description="A realtime service on this machine that goes wrong on purpose."
    )
    parser.add_argument("scenario", nargs="?", default="list", help="which way; without one, they are listed")
    parser.add_argument("--port", type=int, default=0, help="port; 0 picks a free one (default)")
    options = parser.parse_args(arguments)
    return play(options.scenario, options.port)


def play(name: str, port: int) -> int:
    """Play the scenario of this name until it is stopped; `list` lists them all. The exit code."""
    if name == "list":
        terminal.print_line(listing())
        return 0
    if name not in SCENARIOS:
        terminal.print_error(f"There is no fault named {name}. Use `list` to list them.")
        return 1
    try:
        run(SCENARIOS[name], port)
    except (OSError, OverflowError) as exc:
        terminal.print_error(f"Can't listen on port {port} ({exc}). Choose another, or 0.")
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
