"""The offline provider as a process of its own, for any client on this machine."""

from __future__ import annotations

import argparse

from desktop.cli.output import CommandError, PipeClosedError, as_command_error


def run(options: argparse.Namespace) -> int:
    """Serve until it is stopped; the exit code."""
    if options.fault:
        from desktop.offline.faults.__main__ import play

        return play(options.fault, options.port)
    try:
        from desktop.offline import server
        from desktop.offline.server_session import SessionLimits
    except ImportError as exc:
        raise CommandError(
            f"The offline provider is not installed ({exc.name}). Install presstalk[offline]."
        ) from exc
    limits = SessionLimits(sessions=options.sessions)
    with as_command_error(server.CannotListen):
        try:
            server.serve(options.host, options.port, exit_with_parent=options.exit_with_parent, limits=limits)
        except BrokenPipeError as exc:
            raise PipeClosedError from exc
    return 0
