"""The commands that open a session without a window: `check`, `talk` and `say`."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Callable, Coroutine
from contextlib import closing
from functools import partial
from typing import Any

from desktop.access.endpoint_resolver import AccessOptions, default_model
from desktop.access.model_cache import ModelCache
from desktop.base.daemon_thread import in_daemon
from desktop.base.terminal import one_line
from desktop.cli import day_budget, headless
from desktop.cli.answer_files import NO_SOUND, AnswerFiles
from desktop.cli.headless import HeadlessOptions
from desktop.cli.host_question import host_question, trust_named_hosts
from desktop.cli.output import (
    FAILED,
    INTERRUPTED,
    PIPE_CLOSED,
    CommandError,
    PipeClosedError,
    Terminated,
    as_command_error,
    print_problem,
    print_result,
)
from desktop.cli.record_folder import check_folder
from desktop.cli.signals import run_until_signal
from desktop.cli.speech_source import open_speech
from desktop.cli.wording import error_worded
from desktop.conversation.turn_collector import CompletedTurn
from desktop.conversation.turn_recording import TurnRecording
from desktop.offline.process import OfflineError
from desktop.protocol import catalog
from desktop.protocol.catalog import Model
from desktop.realtime.errors import RealtimeError
from desktop.recording.frame_log import FrameLog

LIST_S = 5.0
"""How long `check` waits for the service's list of models, for a price."""
TurnRunner = Callable[[FrameLog, TurnRecording], Coroutine[Any, Any, CompletedTurn]]
"""Runs one turn, logs its frames, and times and records it."""


def check(options: argparse.Namespace) -> int:
    """Print whether a session can be opened, and with which credential; the exit code."""

    async def opened() -> headless.CheckResult:
        access = access_options(options)
        catalogue = ModelCache(lambda: access)
        session = await headless_options(options, catalogue)

        async def newest() -> Model:
            # The price is the list's, also on a computer that has never seen one.
            try:
                async with asyncio.timeout(LIST_S):
                    await catalogue.renew()
            except TimeoutError:
                pass  # what is known is told
            return catalog.find(session.model.id, catalogue.models)

        return await headless.check(session, None if session.model.offline else newest)

    with as_command_error(RealtimeError, OfflineError, words=error_worded):
        result = run_until_signal(opened())
    for problem in result.problems:
        print_problem(problem)
    print_result("\n".join(one_line(line) for line in result.lines))
    return FAILED if result.problems else 0


def talk(options: argparse.Namespace) -> int:
    """Speak a file and print the turn; the exit code."""
    files = _answer_files(options)
    kept = _recording(options)
    recording = open_speech(options.wav)
    for note in recording.notes:
        print_problem(note)

    async def turn(frames: FrameLog, kept: TurnRecording) -> CompletedTurn:
        session = await options_for_turns(options)
        return await headless.talk(
            session, recording, realtime=options.realtime, gain_db=options.gain, frames=frames, kept=kept
        )

    with closing(recording):
        return _run_turn(files, turn, kept)


def say(options: argparse.Namespace) -> int:
    """Send a typed message and print the turn; the exit code."""
    if not options.text.strip():
        raise CommandError("There is nothing to say. Put the words in quotes after `say`.")
    files = _answer_files(options)

    kept = _recording(options)

    async def turn(frames: FrameLog, kept: TurnRecording) -> CompletedTurn:
        session = await options_for_turns(options)
        return await headless.say(session, options.text, frames=frames, kept=kept)

    return _run_turn(files, turn, kept)


def _recording(options: argparse.Namespace) -> TurnRecording:
    folder = getattr(options, "record", None)
    check_folder(folder)
    return TurnRecording(folder)


def _run_turn(files: AnswerFiles, run_turn: TurnRunner, kept: TurnRecording) -> int:
    frames = files.frame_log()
    try:
        with as_command_error(RealtimeError, OfflineError, words=error_worded):
            completed = run_until_signal(run_turn(frames, kept))
        code = _report(completed, files)
    except CommandError as exc:
        print_problem(exc)
        code = FAILED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except Terminated as exc:
        code = exc.exit_code
    if problem := kept.close():
        print_problem(problem)
        code = code or FAILED
    try:
        files.close(frames)  # the frames exchanged so far are still written
    except PipeClosedError:
        code = code or PIPE_CLOSED
    return code


def _report(turn: CompletedTurn, files: AnswerFiles) -> int:
    """Save and print the turn; the exit code."""
    code = 0 if turn.complete and (turn.assistant or turn.pcm) else FAILED
    lines = [f"you: {turn.user}"]
    lines += [f"tool: {one_line(call.name)} {call.state} in {call.duration_ms:.0f} ms" for call in turn.calls]
    lines += [f"assistant: {turn.assistant}"]
    problems: list[object] = list(turn.problems)
    denied = dict.fromkeys(call.name for call in turn.calls if call.state == "denied")
    problems += [f"{name} was not run: it isn't built in. Allow it with --allow {name}." for name in denied]
    if files.sound and not turn.pcm and not code:
        problems.append(NO_SOUND)
        code = FAILED
    # The sound is saved first: nobody may be there to read the text, and what was paid for must not be lost.
    for step in (
        partial(files.save_sound, turn.pcm, turn.rate),
        partial(files.print_text, "\n".join(lines)),
    ):
        try:
            step()
        except PipeClosedError:
            code = code or PIPE_CLOSED
        except CommandError as exc:
            problems.append(exc)
            code = FAILED
    for problem in problems:
        print_problem(problem)
    return code


def _answer_files(options: argparse.Namespace) -> AnswerFiles:
    files = AnswerFiles(options.output, options.events)
    files.check(getattr(options, "wav", None))
    return files


def access_options(options: argparse.Namespace) -> AccessOptions:
    """How the service is reached, from the command line and the environment; its hosts are trusted."""
    trust_named_hosts(options)
    base_url = getattr(options, "base_url", "") or os.environ.get("OPPER_BASE_URL", "")
    ticket_url, agent = getattr(options, "ticket_url", ""), getattr(options, "agent", "")
    return AccessOptions(base_url, ticket_url, getattr(options, "mint_tickets", False), agent)


async def options_for_turns(options: argparse.Namespace) -> HeadlessOptions:
    """The session options, for a session that costs.

    Raises:
        CommandError: the day's budget is used up.
    """
    session = await headless_options(options)
    await in_daemon(partial(day_budget.look, session.model, beyond=options.beyond_budget))
    return session


async def headless_options(
    options: argparse.Namespace, catalogue: ModelCache | None = None
) -> HeadlessOptions:
    """The session options from the command line and the environment; the model as the cached list has it."""
    access = access_options(options)
    catalogue = catalogue or ModelCache(lambda: access)
    await catalogue.load()
    named = getattr(options, "model", "") or (catalog.agent(access.agent).id if access.agent else "")
    model = catalog.find(named or default_model(access.ticket_url), catalogue.models)
    timeout_s = getattr(options, "timeout", headless.TIMEOUT_S)
    return HeadlessOptions(
        model,
        getattr(options, "voice", ""),
        access,
        timeout_s,
        frozenset(getattr(options, "allow", ())),
        getattr(options, "effort", ""),
        getattr(options, "instructions", ""),
        host_question(),
    )
