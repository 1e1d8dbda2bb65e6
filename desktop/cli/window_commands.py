"""Shows the window, and sends commands to a running one."""

from __future__ import annotations

import argparse
import gc

from desktop.cli.output import CommandError, as_command_error


def show(options: argparse.Namespace) -> int:
    """Show the window until it is closed; the exit code."""
    from desktop.app import display_check, resource_check
    from desktop.base import bundle

    if problem := resource_check.problem() or display_check.problem():
        raise CommandError(problem)
    # None of the window's objects are garbage: collecting would take a tenth of the start-up.
    gc.disable()
    try:
        from desktop.app import main as app
    except ImportError as exc:
        remedy = bundle.REMEDY if bundle.FROZEN else "`make run` installs it or says how."
        raise CommandError(f"A library the window needs is missing ({exc}). {remedy}") from exc
    return app.run(options)


def press_talk_key(how: str) -> int:
    """Press, release or toggle the talk key of the running window."""
    from desktop.app.shared_clock import started_at

    return _send({"do": "ptt", "how": how, "at": started_at()})


def connect() -> int:
    """Connect the running window."""
    return _send({"do": "connect"})


def _send(message: dict[str, object]) -> int:
    from desktop.app.single_instance import NotRunningError, send_request

    with as_command_error(NotRunningError):
        refusal = send_request(message)
    if refusal:
        raise CommandError(refusal)
    return 0
