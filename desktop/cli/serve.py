"""The offline provider as a process of its own, for any client on this machine."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import threading
from pathlib import Path

from desktop.base import terminal
from desktop.cli.output import CommandError, PipeClosedError, as_command_error, print_problem
from desktop.cli.signals import run_until_signal

NO_RECORDING = "{} is no recording. Give the folder that has its session.json."
NOTHING_TO_REPLAY = "{} has no frames to replay. Record with `--record`, or with events kept."
CANT_LISTEN = "Port {} can't be listened on ({}). Choose another, or 0."


def run(options: argparse.Namespace) -> int:
    """Serve until it is stopped; the exit code."""
    if options.replay:
        return replay(options)
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


def replay(options: argparse.Namespace) -> int:
    """Replay a recording to whoever connects, until it is stopped; the exit code."""
    from desktop.recording.folder.reader import is_recording, open_recording
    from desktop.recording.replay_script import Script, scripts_of
    from desktop.recording.replay_server import ReplayServer

    folder: Path = options.replay
    if not is_recording(folder):
        raise CommandError(NO_RECORDING.format(folder))
    recording = open_recording(folder)
    scripts: list[Script] = scripts_of(recording)
    if not any(step.wire for script in scripts for step in script.steps):
        raise CommandError(NOTHING_TO_REPLAY.format(folder))
    if missing := recording.damage.message(recording.output_rate):
        print_problem(str(missing))

    async def serve() -> None:
        server = ReplayServer(scripts, options.speed)
        try:
            url = await server.start(options.host, options.port)
        except (OSError, OverflowError) as exc:
            raise CommandError(CANT_LISTEN.format(options.port, exc)) from exc
        terminal.print_line(url)
        gone = asyncio.Event()
        if options.exit_with_parent:
            _watch_parent(gone)
        try:
            await gone.wait()
        finally:
            await server.stop()

    try:
        run_until_signal(serve())
    except KeyboardInterrupt:
        return 0
    except BrokenPipeError as exc:
        raise PipeClosedError from exc
    return 0


def _watch_parent(gone: asyncio.Event) -> None:
    """Set `gone` when standard input closes."""
    loop = asyncio.get_running_loop()

    def watch() -> None:
        while os.read(sys.stdin.fileno(), 4_096):
            pass
        loop.call_soon_threadsafe(gone.set)

    threading.Thread(target=watch, name="parent", daemon=True).start()
