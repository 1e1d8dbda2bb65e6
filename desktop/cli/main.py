"""The command line. Every failure is one plain line on stderr and exit code 1."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop.cli.parser import parser

if TYPE_CHECKING:
    from desktop.cli import headless

INTERRUPTED = 130
"""The exit code after Ctrl+C, as shells have it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    options = parser().parse_args(arguments)
    from desktop.base import log, paths  # not before the arguments are right

    try:
        folder = paths.logs()
    except OSError as exc:
        print(f"The log's folder can't be made: {exc.strerror}.", file=sys.stderr)
        folder = Path()
    if folder != Path() and options.command not in _QUICK:
        log.start(folder, name=_LOGS.get(options.command, "commands"), verbose=options.verbose)
    try:
        return _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        log.stop()


def fail(sentence: object) -> int:
    """Say what went wrong, on stderr and without secrets; the exit code of a failure."""
    from desktop.base.redaction import redact  # a service may say back what it was sent

    print(redact(" ".join(str(sentence).split())), file=sys.stderr)
    return 1


def tell(lines: str) -> None:
    """Print what came out, without secrets: outputs are piped into files."""
    from desktop.base.redaction import redact

    print(redact(lines), flush=True)


def _window(options: argparse.Namespace) -> int:
    from desktop.app import display_check
    from desktop.base import bundle

    if problem := display_check.problem():
        return fail(problem)
    import gc

    # Nothing of what the window is made of is garbage: looking for it is a tenth of the start.
    gc.disable()
    try:
        from desktop.app import main as app
    except ImportError as exc:
        remedy = bundle.REMEDY if bundle.FROZEN else "`make run` installs it or says how."
        return fail(f"A library the window needs is missing ({exc}). {remedy}")
    return app.run(options)


def _ptt(options: argparse.Namespace) -> int:
    from desktop.app.single_instance import started_at

    return _ask({"do": "ptt", "how": options.how, "at": started_at()})


def _connect(_: argparse.Namespace) -> int:
    return _ask({"do": "connect"})


def _ask(message: dict[str, object]) -> int:
    from desktop.app.single_instance import NotRunningError, ask

    try:
        said = ask(message)
    except NotRunningError as exc:
        return fail(exc)
    return fail(said) if said else 0


def _check(options: argparse.Namespace) -> int:
    from desktop.cli import headless
    from desktop.offline.process import OfflineError

    try:
        checked = asyncio.run(headless.check(_target(options)))
    except (headless.RealtimeError, OfflineError) as exc:
        return fail(exc)
    tell("\n".join(checked.lines))
    for problem in checked.problems:
        fail(problem)
    return 1 if checked.problems else 0


def _talk(options: argparse.Namespace) -> int:
    from desktop.audio.format import WavError, read_wav
    from desktop.cli import headless

    try:
        samples, rate = read_wav(options.wav)
    except WavError as exc:
        return fail(exc)
    log = headless.FrameLog(options.events)
    target = _target(options)
    return _turn(options, log, headless.talk(target, samples, rate, realtime=options.realtime, log=log))


def _say(options: argparse.Namespace) -> int:
    from desktop.cli import headless

    if not options.text.strip():
        return fail("There is nothing to say. Put the words in quotes after `say`.")
    log = headless.FrameLog(options.events)
    return _turn(options, log, headless.say(_target(options), options.text, log=log))


def _turn(
    options: argparse.Namespace, log: headless.FrameLog, work: Coroutine[Any, Any, headless.CompletedTurn]
) -> int:
    from desktop.audio.format import WavError
    from desktop.cli import headless
    from desktop.offline.process import OfflineError

    code = 0
    try:
        turn = asyncio.run(work)
    except (headless.RealtimeError, OfflineError) as exc:
        code = fail(exc)
    except KeyboardInterrupt:
        code = INTERRUPTED  # what was exchanged until now is written all the same
    else:
        # Said before it is saved: a folder that can't be written must not cost the answer.
        tell(f"you: {turn.user}")
        for call in turn.calls:
            tell(f"tool: {call.name} {call.state} in {call.duration_ms:.0f} ms")
        tell(f"assistant: {turn.assistant}")
        for problem in turn.problems:
            fail(problem)
        code = 0 if turn.whole and (turn.assistant or turn.pcm) else 1
        if options.output:
            try:
                headless.save_answer(options.output, turn)
            except WavError as exc:
                code = fail(exc)
    if options.events:
        try:
            log.close()
        except OSError as exc:
            code = fail(f"{options.events} can't be written ({exc.strerror}). Choose another place.")
    return code


def _target(options: argparse.Namespace) -> headless.Target:
    import os

    from desktop.access.endpoint_resolver import Access, default_model
    from desktop.access.model_cache import ModelCache
    from desktop.cli import headless
    from desktop.protocol import catalog

    ticket_url = getattr(options, "ticket_url", "")
    base_url = getattr(options, "base_url", "") or os.environ.get("OPPER_BASE_URL", "")
    access = Access(base_url, ticket_url, getattr(options, "mint_tickets", False))
    catalogue = ModelCache(lambda: access)
    asyncio.run(catalogue.load())
    model = catalog.find(getattr(options, "model", "") or default_model(ticket_url), catalogue.models)
    return headless.Target(
        model, getattr(options, "voice", ""), access, getattr(options, "timeout", headless.WITHIN_S)
    )


def _devices(options: argparse.Namespace) -> int:
    from desktop.audio.devices import list_devices, print_json
    from desktop.audio.interfaces import AudioError

    if options.json:
        return print_json()
    try:
        devices = list_devices()
    except AudioError as exc:
        return fail(exc)
    if not devices:
        return fail("There is no sound device. Plug one in, or check that the sound server runs.")
    for title, count, mark in (
        ("microphones", "inputs", "is_default_input"),
        ("speakers", "outputs", "is_default_output"),
    ):
        print(f"{title}:")
        for device in devices:
            if getattr(device, count):
                default = "  (default)" if getattr(device, mark) else ""
                print(f"  {device.key}  {device.rate} Hz{default}")
    return 0


def _serve(options: argparse.Namespace) -> int:
    if options.fault:
        from desktop.offline.faults.__main__ import play

        return play(options.fault, options.port)
    try:
        from desktop.offline import server
    except ImportError as exc:
        return fail(f"The offline provider is not installed ({exc.name}). Install presstalk[offline].")
    try:
        server.serve(options.host, options.port, exit_with_parent=options.exit_with_parent)
    except server.CannotListen as exc:
        return fail(exc)
    return 0


_QUICK = ("ptt", "connect")
"""They say one word to another process, thirty times a minute: no log for them."""
_LOGS = {None: "presstalk", "serve": "offline"}
"""The log's name: two processes can't rotate one file."""
_COMMANDS = {
    None: _window,
    "check": _check,
    "talk": _talk,
    "say": _say,
    "ptt": _ptt,
    "connect": _connect,
    "devices": _devices,
    "serve": _serve,
}
