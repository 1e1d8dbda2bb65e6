"""The command line: runs a command and gives its exit code. A failure is one plain line on stderr and 1."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

from desktop.base import secret_variables, terminal
from desktop.cli.arguments import check_text
from desktop.cli.output import (
    FAILED,
    INTERRUPTED,
    PIPE_CLOSED,
    CommandError,
    PipeClosedError,
    Terminated,
    finish,
    print_problem,
)
from desktop.cli.parser import parser

UNEXPECTED = "Something unexpected went wrong ({}). Try again; the log has the details."


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if len(words) == 1 and (host := _HOSTS.get(words[0])):
        host()
        return 0
    terminal.prepare()
    try:
        code = _run(arguments)
    except SystemExit as exc:  # the parser's, after the help or a mistake
        code = exc.code if isinstance(exc.code, int) else 0
    except CommandError as exc:
        print_problem(exc)
        code = FAILED
    except PipeClosedError:
        code = PIPE_CLOSED
    except Terminated as exc:
        code = exc.exit_code
    except KeyboardInterrupt:
        code = INTERRUPTED
    return finish(code)


def _run(arguments: Sequence[str] | None) -> int:
    options = parser().parse_args(arguments)
    check_text(options)
    secret_variables.take()
    from desktop.base import log  # only once the arguments are valid

    _start_log(options)
    try:
        _require_threads(options)
        return _COMMANDS[options.command](options)
    except (CommandError, PipeClosedError, Terminated):
        raise
    except Exception as exc:  # a mistake of ours, or a system without files or memory
        if options.command not in _WITHOUT_LOG:
            logging.getLogger(__name__).exception("the command failed")
        raise CommandError(UNEXPECTED.format(str(exc) or type(exc).__name__)) from exc
    finally:
        log.stop()


def _require_threads(options: argparse.Namespace) -> None:
    """Raise CommandError where too few threads are allowed. The window looks itself."""
    from desktop.app import resource_check

    if options.command not in (None, *_WITHOUT_LOG) and (problem := resource_check.thread_problem()):
        raise CommandError(problem)


def _start_log(options: argparse.Namespace) -> None:
    from desktop.base import log, paths

    try:
        folder = paths.logs()
    except OSError as exc:
        print_problem(f"The log folder can't be created: {exc.strerror}.")
        folder = Path()
    if folder != Path() and options.command not in _WITHOUT_LOG:
        log.start(folder, name=_LOG_NAMES.get(options.command, "commands"), verbose=options.verbose)


# Each command imports its module when it runs: the window's libraries take a second, and `ptt` must not wait.


def _window(options: argparse.Namespace) -> int:
    from desktop.cli import window_commands

    return window_commands.show(options)


def _ptt(options: argparse.Namespace) -> int:
    from desktop.cli import window_commands

    return window_commands.press_talk_key(options.how)


def _connect(_: argparse.Namespace) -> int:
    from desktop.cli import window_commands

    return window_commands.connect()


def _check(options: argparse.Namespace) -> int:
    from desktop.cli import session_commands

    return session_commands.check(options)


def _talk(options: argparse.Namespace) -> int:
    from desktop.cli import session_commands

    return session_commands.talk(options)


def _say(options: argparse.Namespace) -> int:
    from desktop.cli import session_commands

    return session_commands.say(options)


def _devices(options: argparse.Namespace) -> int:
    from desktop.cli import list_devices

    return list_devices.list_all(as_json=options.json)


def _doctor(options: argparse.Namespace) -> int:
    from desktop.cli import doctor

    return doctor.run(options)


def _serve(options: argparse.Namespace) -> int:
    from desktop.cli import serve

    return serve.run(options)


def _ask_again(options: argparse.Namespace) -> int:
    from desktop.cli import ask_again

    return ask_again.run(options)


def _pack(options: argparse.Namespace) -> int:
    from desktop.recording.folder import packing

    return packing.run_command(options.folders)


def _tools(options: argparse.Namespace) -> int:
    from desktop.cli import tool_commands

    return tool_commands.run(options)


def _mcp_host() -> None:
    from desktop.tools.mcp import host

    host.main()


def _functions_host() -> None:
    from desktop.tools.functions import host

    host.main()


_HOSTS = {"mcp-host": _mcp_host, "functions-host": _functions_host}
"""How the program starts its own processes in a bundle; no commands of the user's."""
_WITHOUT_LOG = ("ptt", "connect", "pack")
"""They send one word to another process, thirty times a minute, or are one of ours: no log for them."""
_LOG_NAMES = {None: "presstalk", "serve": "offline"}
"""The log's name: two processes can't rotate one file."""
_COMMANDS = {
    None: _window,
    "check": _check,
    "talk": _talk,
    "say": _say,
    "ptt": _ptt,
    "connect": _connect,
    "devices": _devices,
    "doctor": _doctor,
    "serve": _serve,
    "pack": _pack,
    "tools": _tools,
    "ask-again": _ask_again,
}
