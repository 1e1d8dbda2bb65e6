"""The options of `presstalk compare`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from desktop.cli import arguments

DESCRIPTION = """\
Ask one take of many targets, and compare what they understood, answered, and how long it took.

A FILE is a sound (one spoken turn), a recording's folder (its turns), or a script of turns and expectations
(.yaml). A target is a model with an effort, voice, tools, instructions or turn detection; more values than
one make a sweep:

  --target openai/gpt-realtime-2:high
  --target openai/gpt-realtime-2:low/medium/high,voice=marin
  --target xai/grok-voice-latest,voice=all,tools=on/off"""


def add_compare(
    commands: argparse._SubParsersAction[arguments.OneLineParser],
    session_options: Callable[[argparse.ArgumentParser], None],
    timeout: Callable[[argparse.ArgumentParser], None],
) -> argparse.ArgumentParser:
    """Add the command, with the options that all sessions have."""
    compare = commands.add_parser(
        "compare",
        help="ask one take of many models, voices or efforts, and compare answers, times and costs",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    session_options(compare)
    compare.add_argument("files", nargs="*", type=arguments.input_file, metavar="FILE")
    add = compare.add_argument
    add("--target", action="append", default=[], metavar="TARGET", help="what to ask; may be given again")
    add("--say", action="append", default=[], metavar="TEXT", help="a typed turn; may be given again")
    add("--repeat", type=arguments.repeats, metavar="N", help="ask each target so many times (default: 1)")
    add("--instructions", metavar="TEXT", default="", help="for all targets, in place of the usual ones")
    add(
        "--sessions",
        type=arguments.at_once,
        default=4,
        metavar="N",
        help="how many sessions may be open at once (default: %(default)s)",
    )
    add("--seed", type=arguments.seed, metavar="N", help="decides the order of the targets (default: 0)")
    add("--fast", action="store_true", help="send sound as fast as it goes, not at the speed of speech")
    add("--budget", type=arguments.dollars, metavar="DOLLARS", help="begin no other run once that is spent")
    add("--json", type=Path, metavar="FILE", help="write the report as JSON")
    add("--csv", type=Path, metavar="FILE", help="write a row for each answer")
    add("--html", type=Path, metavar="FILE", help="write the report as one page, with sound and frames")
    add("--junit", type=Path, metavar="FILE", help="write what passed and failed as JUnit XML")
    add("--record", type=Path, metavar="FOLDER", help="keep the recording of every run in this folder")
    add("--go-on", action="store_true", help="go on with the comparison that was stopped in that folder")
    add("--shard", type=arguments.shard, metavar="I/N", help="run part I of N, to be merged")
    add("--merge", action="store_true", help="the FILEs are JSON reports of parts: make one of them")
    timeout(compare)
    return compare
