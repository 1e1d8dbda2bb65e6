"""The options and commands of the command line."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path

from desktop import __version__
from desktop.cli import arguments
from desktop.cli.compare_parser import add_compare

DESCRIPTION = """\
Presstalk is a push-to-talk voice client for the Opper Realtime API: hold a key, speak, release it, and hear
the answer. Without a command, it opens the window. Without an API key, it talks to its own offline demo."""

EPILOG = """\
environment:
  OPPER_API_KEY    a project's runtime key
  OPPER_BASE_URL   an address other than https://api.opper.ai
  PRESSTALK_TICKET_HEADER
                   the header that --ticket-url requires, as "Name: value"

examples:
  presstalk                                     open the window
  presstalk check --model xai/grok-voice-latest check that a session opens
  presstalk talk question.wav -o answer.wav     one spoken turn, without a sound device
  record | presstalk talk - -o - | play         the same between programs
  presstalk say "what time is it"               one typed turn
  presstalk say "tidy up" --allow files__move   the model may use this tool of yours
  presstalk tools list                          the tools, with those of your MCP servers
  presstalk compare question.wav --target openai/gpt-realtime-2 --target xai/grok-voice-latest --html out.html
                                                the same words to two models, side by side
  presstalk mcp                                 an MCP server, for a coding assistant
  presstalk ptt toggle                          the running window's talk key, for your own shortcut
  presstalk share demo --to demo.zip            a recording for an issue: redacted, for any browser
  presstalk serve --port 8787                   the offline provider, for any client
"""

ALLOW = "let the model use this tool of an MCP server or function of yours; may be given again"


def parser() -> arguments.OneLineParser:
    """The parser of the whole command line."""
    root = arguments.OneLineParser(
        prog="presstalk",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    root.add_argument("--version", action="version", version=f"presstalk {__version__}")
    root.set_defaults(verbose=False)
    window = root.add_argument_group("window")
    _add_session_options(window)
    _add_device_options(window)
    window.add_argument(
        "--save",
        type=Path,
        metavar="FOLDER",
        help="write transcript.md and events.jsonl to this folder at the end",
    )
    window.add_argument(
        "--record",
        type=Path,
        metavar="FOLDER",
        help="record the conversation with its sound in this folder, which must be new or empty",
    )
    window.add_argument(
        "--hidden", action="store_true", help="don't show the window, if the tray has an icon (a setting)"
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    _add_session_commands(commands)

    again = commands.add_parser(
        "ask-again", help="ask a recording's turns again, with another model or prompt, and compare"
    )
    _add_session_options(again)
    again.add_argument("folder", type=Path, metavar="FOLDER", help="a recording, made with --record")
    again.add_argument("--effort", metavar="NAME", default="", help="the reasoning effort")
    again.add_argument("--instructions", metavar="TEXT", default="", help="in place of the usual ones")
    again.add_argument("--json", type=Path, metavar="FILE", help="write the report to this file too")
    _add_beyond_budget(again)
    _add_timeout(again)

    _add_beyond_budget(add_compare(commands, _add_session_options, _add_timeout))

    share = commands.add_parser(
        "share", help="make a zip of a recording for others: keys, addresses and names are taken out"
    )
    share.add_argument("folder", type=Path, metavar="FOLDER", help="a recording, made with --record")
    share.add_argument(
        "--to",
        type=Path,
        metavar="ZIP",
        help="write it to this file; without it, only what it would hold is shown",
    )
    share.add_argument("--sound", action="store_true", help="with its sound, which nothing is taken out of")
    opening = commands.add_parser("open", help="read a shared zip in the window")
    opening.add_argument("file", type=Path, metavar="ZIP", help="as `share` makes it")
    opening.add_argument(
        "--to",
        type=Path,
        metavar="FOLDER",
        help="make the recording a new folder in this one instead, and print its path",
    )

    ptt = commands.add_parser(
        "ptt", help="press or release the running window's talk key, for your own shortcuts"
    )
    ptt.add_argument("how", choices=("down", "up", "toggle"))
    commands.add_parser("connect", help="connect the running window")

    mcp = commands.add_parser("mcp", help="be an MCP server on standard input and output, for assistants")
    _add_session_options(mcp)
    mcp.add_argument(
        "--headless",
        action="store_true",
        help="sessions of its own, without the window; else the window's user is asked",
    )
    mcp.add_argument("--allow", action="append", default=[], metavar="NAME", help=ALLOW)
    _add_beyond_budget(mcp)
    _add_timeout(mcp)

    devices = commands.add_parser("devices", help="list microphones and speakers")
    devices.add_argument("--json", action="store_true", help="print JSON, for programs")

    doctor = commands.add_parser(
        "doctor", help="examine microphone and speaker for half a minute: noise, delay, echo, dropouts, drift"
    )
    doctor.add_argument("--json", action="store_true", help="print JSON, for programs")
    _add_device_options(doctor)
    _add_tool_commands(commands)

    serve = commands.add_parser("serve", help="run the offline provider on this machine, for any client")
    serve.add_argument(
        "--host",
        type=arguments.host,
        default="127.0.0.1",
        help="address to listen on (default: %(default)s); 0.0.0.0 or :: for all of this computer's",
    )
    serve.add_argument("--port", type=arguments.port, default=0, help="port; 0 picks a free one (default)")
    serve.add_argument(
        "--replay",
        type=Path,
        metavar="FOLDER",
        help="replay this recording instead: what its service sent, once the client has done its part",
    )
    serve.add_argument(
        "--speed",
        type=arguments.speed,
        default=1.0,
        metavar="N",
        help="of a replay: 1 is as recorded (default), 0 without any waiting but for the client",
    )
    serve.add_argument(
        "--sessions",
        type=arguments.sessions,
        default=8,
        metavar="N",
        help="how many sessions may be open at once; more are refused (default: %(default)s)",
    )
    pack = commands.add_parser("pack", help="pack the sound of recordings losslessly, as happens after each")
    pack.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    # For developers who look into a fault: not in the help.
    serve.add_argument("--fault", metavar="NAME", help=argparse.SUPPRESS)
    serve.add_argument("--exit-with-parent", action="store_true", help="exit when standard input closes")
    return root


def _add_session_commands(commands: argparse._SubParsersAction[arguments.OneLineParser]) -> None:
    check = commands.add_parser("check", help="open a session, report that it is live, close it")
    _add_session_options(check)

    talk = commands.add_parser("talk", help="one spoken turn from a sound file, without a sound device")
    _add_session_options(talk)
    talk.add_argument(
        "wav",
        type=arguments.input_file,
        metavar="FILE",
        help="the speech: WAV of any kind, FLAC, Ogg, Opus, MP3, AIFF, AU …; - reads standard input",
    )
    talk.add_argument(
        "--gain",
        type=arguments.decibels,
        default=0.0,
        metavar="DB",
        help="make the speech louder or quieter by so many dB, from -20 to 20 (default: 0)",
    )
    talk.add_argument("--realtime", action="store_true", help="send at the speed of speech, not faster")
    _add_outputs(talk)

    say = commands.add_parser("say", help="one typed turn")
    _add_session_options(say)
    say.add_argument("text", help="the message to send")
    _add_outputs(say)


def _add_tool_commands(commands: argparse._SubParsersAction[arguments.OneLineParser]) -> None:
    tools = commands.add_parser(
        "tools", help="list, call and test the tools: built in, MCP servers, functions"
    )
    what = tools.add_subparsers(dest="what", metavar="WHAT", required=True)
    listing = what.add_parser("list", help="list all tools")
    listing.add_argument("--json", action="store_true", help="print JSON, for programs")
    call = what.add_parser("call", help="call a tool, without asking first")
    call.add_argument("name", metavar="NAME", help="the tool's name, as `tools list` shows it")
    call.add_argument("arguments", metavar="JSON", nargs="?", default="{}", help="its arguments as JSON")
    what.add_parser("test", help="start every MCP server and run every file of functions; say what is wrong")


def _add_session_options(command: argparse._ActionsContainer) -> None:
    # Without a default, so that an option before the command is not overwritten by the command's default.
    add = partial(command.add_argument, default=argparse.SUPPRESS)
    add(
        "--agent",
        type=arguments.agent,
        metavar="NAME",
        help="a voice agent that is defined at Opper; --model and --voice replace its own",
    )
    add("--model", metavar="ID", help="provider/model, for example offline/demo")
    add("--voice", metavar="NAME", help="one of the model's voices")
    add("--base-url", metavar="URL", help="the service's address")
    add("--ticket-url", metavar="URL", help="where your organisation issues tickets; no key needed")
    add(
        "--mint",
        action="store_true",
        dest="mint_tickets",
        help="exchange the key for a ticket that opens one session",
    )
    add(
        "--trust",
        action="append",
        metavar="HOST",
        help="the key may be sent to this host too, and sessions opened there (HOST or HOST:PORT)",
    )
    add("--verbose", action="store_true", help="also write the log to stderr")


def _add_beyond_budget(command: argparse._ActionsContainer) -> None:
    command.add_argument(
        "--beyond-budget",
        action="store_true",
        help="go on though the settings' budget for a day is used up",
    )


def _add_device_options(command: argparse._ActionsContainer) -> None:
    # Without a default, as those of a session.
    add = partial(command.add_argument, default=argparse.SUPPRESS)
    add("--input-device", metavar="NAME", help="microphone, by name (see `devices`)")
    add("--output-device", metavar="NAME", help="speaker, by name")


def _add_outputs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="NAME",
        help=ALLOW,
    )
    command.add_argument(
        "-o",
        "--output",
        type=arguments.output_file,
        metavar="WAV",
        help="write the spoken answer to this file; - is standard output, and the text goes to stderr",
    )
    command.add_argument(
        "--events",
        type=arguments.output_file,
        metavar="JSONL",
        help="write every frame to this file, without its audio; - as with -o",
    )
    command.add_argument(
        "--record",
        type=Path,
        metavar="FOLDER",
        default=argparse.SUPPRESS,
        help="record the turn with its sound in this folder, which must be new or empty",
    )
    _add_beyond_budget(command)
    _add_timeout(command)


def _add_timeout(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--timeout",
        type=arguments.seconds,
        default=argparse.SUPPRESS,
        metavar="SECONDS",
        help="give up if there is no complete answer after this time, not counting the speech (default: 120)",
    )
