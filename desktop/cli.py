"""The command line. Every failure is one plain line on stderr and exit code 1."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktop import __version__

if TYPE_CHECKING:
    from desktop import headless

DESCRIPTION = """\
Presstalk is a push-to-talk voice client for the Opper Realtime API: hold a key, speak, let go, hear the
answer. Without a command it opens the window. Without a key it talks to its own offline demo."""

EPILOG = """\
environment:
  OPPER_API_KEY    a project's runtime key
  OPPER_BASE_URL   another address than https://api.opper.ai
  PRESSTALK_TICKET_HEADER
                   what --ticket-url wants to see, as "Name: value"

examples:
  presstalk                                     the window
  presstalk check --model xai/grok-voice-latest can a session be opened?
  presstalk talk question.wav -o answer.wav     one spoken turn, without a sound device
  presstalk say "what time is it"               one typed turn
  presstalk serve --port 8787                   the offline provider, for any client
"""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    root = argparse.ArgumentParser(
        prog="presstalk",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"presstalk {__version__}")
    root.set_defaults(verbose=False)
    whom = _whom()
    window = root.add_argument_group("window")
    for action in whom._actions:
        window._add_action(action)
    window.add_argument("--input-device", metavar="NAME", help="microphone, by name (see `devices`)")
    window.add_argument("--output-device", metavar="NAME", help="speaker, by name")
    window.add_argument(
        "--save", type=Path, metavar="FOLDER", help="write transcript.md and events.jsonl there at the end"
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    commands.add_parser("check", parents=[_whom()], help="open a session, say that it lives, close it")

    talk = commands.add_parser(
        "talk", parents=[_whom()], help="one spoken turn from a WAV file, without a sound device"
    )
    talk.add_argument("wav", type=Path, help="what is said: WAV of any rate, width and channel count")
    talk.add_argument("--realtime", action="store_true", help="speak at the speed of speech, not faster")
    _outputs(talk)

    say = commands.add_parser("say", parents=[_whom()], help="one typed turn")
    say.add_argument("text", help="what is said")
    _outputs(say)

    devices = commands.add_parser("devices", help="list microphones and speakers")
    devices.add_argument("--json", action="store_true", help="as JSON, for programs")

    serve = commands.add_parser("serve", help="run the offline provider on this machine, for any client")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_port, default=0, help="port, 0 for a free one (default)")
    # For those who look into a fault: not for everyday, so no help names it.
    serve.add_argument("--fault", metavar="NAME", help=argparse.SUPPRESS)
    serve.add_argument("--exit-with-parent", action="store_true", help="end when standard input closes")
    return root


def _whom() -> argparse.ArgumentParser:
    whom = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    whom.add_argument("--model", metavar="ID", help="provider/model, for example offline/demo")
    whom.add_argument("--voice", metavar="NAME", help="one of the model's voices")
    whom.add_argument("--base-url", metavar="URL", help="the service's address")
    whom.add_argument("--ticket-url", metavar="URL", help="where an organisation hands out tickets: no key")
    whom.add_argument(
        "--mint",
        action="store_true",
        dest="mint_tickets",
        help="trade the key for a ticket that opens one session",
    )
    whom.add_argument("--verbose", action="store_true", help="write the log to stderr too")
    return whom


def _outputs(command: argparse.ArgumentParser) -> None:
    command.add_argument("-o", "--output", type=Path, metavar="WAV", help="write the spoken answer here")
    command.add_argument("--events", type=Path, metavar="JSONL", help="write every frame here, audio elided")


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit code."""
    options = parser().parse_args(arguments)
    from desktop import log, paths  # not before the arguments are right

    try:
        folder = paths.logs()
    except OSError as exc:
        print(f"The log's folder can't be made: {exc.strerror}.", file=sys.stderr)
        folder = Path()
    server = options.command == "serve"
    if folder != Path():
        log.start(folder, name="offline" if server else "presstalk", verbose=options.verbose)
    try:
        return _COMMANDS[options.command](options)
    except KeyboardInterrupt:
        return 130
    finally:
        log.stop()


def fail(sentence: object) -> int:
    """Say what went wrong, on stderr; the exit code of a failure."""
    print(" ".join(str(sentence).split()), file=sys.stderr)
    return 1


def _window(options: argparse.Namespace) -> int:
    import os

    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in screens):
        return fail("There is no screen to open the window on. `presstalk talk` and `say` work without one.")
    try:
        from desktop import app
    except ImportError as exc:
        return fail(f"A library the window needs is missing ({exc}). `make run` installs it or says how.")
    return app.run(options)


def _check(options: argparse.Namespace) -> int:
    from desktop import headless
    from desktop.offline.process import OfflineError

    try:
        checked = asyncio.run(headless.check(_target(options)))
    except (headless.RealtimeError, OfflineError) as exc:
        return fail(exc)
    print("\n".join(checked.lines), flush=True)
    for problem in checked.problems:
        fail(problem)
    return 1 if checked.problems else 0


def _talk(options: argparse.Namespace) -> int:
    from desktop import headless
    from desktop.audio.format import WavError, read_wav

    try:
        samples, rate = read_wav(options.wav)
    except WavError as exc:
        return fail(exc)
    log = headless.FrameLog(options.events)
    target = _target(options)
    return _turn(options, log, headless.talk(target, samples, rate, realtime=options.realtime, log=log))


def _say(options: argparse.Namespace) -> int:
    from desktop import headless

    if not options.text.strip():
        return fail("There is nothing to say. Put the words in quotes after `say`.")
    log = headless.FrameLog(options.events)
    return _turn(options, log, headless.say(_target(options), options.text, log=log))


def _turn(
    options: argparse.Namespace, log: headless.FrameLog, work: Coroutine[Any, Any, headless.Turn]
) -> int:
    from desktop import headless
    from desktop.audio.format import WavError
    from desktop.offline.process import OfflineError

    code = 0
    try:
        turn = asyncio.run(work)
    except (headless.RealtimeError, OfflineError) as exc:
        code = fail(exc)
    else:
        # Said before it is saved: a folder that can't be written must not cost the answer.
        print(f"you: {turn.user}")
        for call in turn.calls:
            print(f"tool: {call.name} {call.state} in {call.duration_ms:.0f} ms")
        print(f"assistant: {turn.assistant}", flush=True)
        for problem in turn.problems:
            fail(problem)
        code = 0 if turn.assistant or turn.pcm else 1
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

    from desktop import headless
    from desktop.catalogue import Catalogue
    from desktop.endpoints import Access, default_model
    from desktop.protocol import catalog

    ticket_url = getattr(options, "ticket_url", "")
    base_url = getattr(options, "base_url", "") or os.environ.get("OPPER_BASE_URL", "")
    access = Access(base_url, ticket_url, getattr(options, "mint_tickets", False))
    catalogue = Catalogue(lambda: access)
    asyncio.run(catalogue.load())
    model = catalog.find(getattr(options, "model", "") or default_model(ticket_url), catalogue.models)
    return headless.Target(model, getattr(options, "voice", ""), access)


def _devices(options: argparse.Namespace) -> int:
    from desktop.audio.devices import list_devices, print_json
    from desktop.audio.endpoints import AudioError

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


_COMMANDS = {
    None: _window,
    "check": _check,
    "talk": _talk,
    "say": _say,
    "devices": _devices,
    "serve": _serve,
}
