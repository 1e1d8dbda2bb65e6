"""The commands that open a session without a window: `check`, `talk` and `say`."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import closing
from pathlib import Path
from typing import Any

from desktop.access.endpoint_resolver import AccessOptions, default_model
from desktop.access.model_cache import ModelCache
from desktop.audio.format import WavError, write_wav
from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from desktop.cli import headless
from desktop.cli.headless import HeadlessOptions
from desktop.cli.output import (
    FAILED,
    INTERRUPTED,
    CommandError,
    as_command_error,
    print_problem,
    print_result,
)
from desktop.cli.turn_collector import CompletedTurn
from desktop.offline.process import OfflineError
from desktop.protocol import catalog
from desktop.realtime.errors import RealtimeError
from desktop.recording.frame_log import FrameLog

TurnRunner = Callable[[FrameLog], Coroutine[Any, Any, CompletedTurn]]
"""Runs one turn and logs its frames."""


def check(options: argparse.Namespace) -> int:
    """Print whether a session can be opened, and with which credential; the exit code."""

    async def opened() -> headless.CheckResult:
        return await headless.check(await _headless_options(options))

    with as_command_error(RealtimeError, OfflineError):
        result = asyncio.run(opened())
    print_result("\n".join(result.lines))
    for problem in result.problems:
        print_problem(problem)
    return FAILED if result.problems else 0


def talk(options: argparse.Namespace) -> int:
    """Speak a file and print the turn; the exit code."""
    with as_command_error(SoundFileError):
        recording = SoundFile(options.wav)
    for note in recording.notes:
        print_problem(note)

    async def turn(frames: FrameLog) -> CompletedTurn:
        session = await _headless_options(options)
        return await headless.talk(session, recording, realtime=options.realtime, frames=frames)

    with closing(recording):
        return _run_turn(options, turn)


def say(options: argparse.Namespace) -> int:
    """Send a typed message and print the turn; the exit code."""
    if not options.text.strip():
        raise CommandError("There is nothing to say. Put the words in quotes after `say`.")

    async def turn(frames: FrameLog) -> CompletedTurn:
        return await headless.say(await _headless_options(options), options.text, frames=frames)

    return _run_turn(options, turn)


def _run_turn(options: argparse.Namespace, run_turn: TurnRunner) -> int:
    frames = FrameLog(options.events)

    try:
        with as_command_error(RealtimeError, OfflineError):
            completed = asyncio.run(run_turn(frames))
        code = _print_turn(completed, options.output)
    except CommandError as exc:
        print_problem(exc)
        code = FAILED
    except KeyboardInterrupt:
        code = INTERRUPTED
    try:
        frames.close()  # the frames exchanged so far are still written
    except OSError as exc:
        raise CommandError(
            f"{options.events} can't be written ({exc.strerror}). Choose another place."
        ) from exc
    return code


def _print_turn(turn: CompletedTurn, output: Path | None) -> int:
    # Printed before it is saved: an unwritable folder must not cost the response.
    print_result(f"you: {turn.user}")
    for call in turn.calls:
        print_result(f"tool: {call.name} {call.state} in {call.duration_ms:.0f} ms")
    print_result(f"assistant: {turn.assistant}")
    for problem in turn.problems:
        print_problem(problem)
    if output:
        with as_command_error(WavError):
            write_wav(output, turn.pcm, turn.rate)
    return 0 if turn.complete and (turn.assistant or turn.pcm) else FAILED


async def _headless_options(options: argparse.Namespace) -> HeadlessOptions:
    """The session options from the command line and the environment."""
    ticket_url = getattr(options, "ticket_url", "")
    base_url = getattr(options, "base_url", "") or os.environ.get("OPPER_BASE_URL", "")
    access = AccessOptions(base_url, ticket_url, getattr(options, "mint_tickets", False))
    catalogue = ModelCache(lambda: access)
    await catalogue.load()
    model = catalog.find(getattr(options, "model", "") or default_model(ticket_url), catalogue.models)
    timeout_s = getattr(options, "timeout", headless.TIMEOUT_S)
    return HeadlessOptions(model, getattr(options, "voice", ""), access, timeout_s)
