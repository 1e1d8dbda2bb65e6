"""May a secret go to another host than its own? Asked on the terminal, or answered by the command line."""

from __future__ import annotations

import argparse
import sys
from typing import TextIO

from desktop.access import key_hosts
from desktop.access.key_hosts import Ask
from desktop.base.daemon_thread import in_daemon
from desktop.base.message import Message
from desktop.cli import output

ADDRESSES = ("base_url", "ticket_url")
"""The options that name a host: whoever typed it has agreed."""


def trust_named_hosts(options: argparse.Namespace) -> None:
    """Send secrets to the hosts that the command line names."""
    named = [getattr(options, name, "") for name in ADDRESSES]
    key_hosts.trust_for_this_run(*filter(None, [*named, *(getattr(options, "trust", None) or ())]))


def host_question() -> Ask | None:
    """Asks on the terminal; None if there is none, as in a script."""
    return _ask if all(map(_is_terminal, (sys.stdin, sys.stderr))) else None


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # it was closed: the speech came from there
        return False


async def _ask(question: Message) -> bool:
    # A person answers, or never does: not in a thread that the end waits for.
    return await in_daemon(lambda: output.confirm(str(question)))
