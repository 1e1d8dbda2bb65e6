"""`presstalk share FOLDER --to x.zip` and `presstalk open x.zip`: recordings for others, and theirs."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.base import paths
from desktop.base.terminal import one_line
from desktop.cli.output import CommandError, as_command_error, print_result
from desktop.recording.folder.reader import is_recording
from desktop.recording.share import bundle, unpacking
from desktop.recording.share.bundle import Bundle
from desktop.recording.share.identity import this_identity
from desktop.recording.share.redactor import KINDS
from desktop.recording.share.report import COUNTED
from desktop.recording.share.unpacking import UnpackError

NO_RECORDING = "{} is no recording. Give the folder that has its session.json."
NOT_READ = "{} can't be read ({})."
NOT_WRITTEN = "{} can't be written ({}). Choose another place."
NOWHERE = "Nothing was written: name a file with --to."
FOUND_NOTHING = "taken out: nothing was found. Look through report.html before you hand it on."
CHECK = "Look through report.html before you hand it on."


def run(options: argparse.Namespace) -> int:
    """Show what the zip has in it, and write it; the exit code."""
    folder: Path = options.folder
    if not is_recording(folder):
        raise CommandError(NO_RECORDING.format(folder))
    try:
        made = bundle.prepare(folder, this_identity(), sound=options.sound)
    except OSError as exc:
        raise CommandError(NOT_READ.format(folder, exc.strerror or exc)) from exc
    print_result("\n".join(preview(made)))
    if options.to is None:
        print_result(NOWHERE)
        return 0
    path = bundle.with_ending(options.to)
    try:
        bundle.write(made, path)
    except OSError as exc:
        raise CommandError(NOT_WRITTEN.format(path, exc.strerror or exc)) from exc
    print_result(f"Saved as {path}. {CHECK}")
    return 0


def preview(made: Bundle) -> list[str]:
    """What is in it, and what was taken out."""
    lines = [f"{part.size:>12,} bytes  {part.name}" for part in made.parts]
    taken = [f"{made.redacted[kind]} {COUNTED[kind]}" for kind in KINDS if made.redacted.get(kind)]
    lines.append(f"taken out: {', '.join(taken)}" if taken else FOUND_NOTHING)
    if made.sound:
        lines.append("sound: as it was recorded. Nothing that was said is taken out of it")
    elif made.has_sound:
        lines.append("sound: left out; --sound puts it in")
    if made.damaged:
        lines.append("Some of the recording can't be read, and is missing.")
    return lines


def open_zip(options: argparse.Namespace) -> int:
    """Make a shared zip a recording, and show it in the window unless a folder is named; the exit code."""
    into: Path | None = options.to
    path: Path = options.file
    try:
        with as_command_error(UnpackError):
            folder = unpacking.unpack(path, into or _conversations())
    except OSError as exc:
        raise CommandError(NOT_READ.format(one_line(path.name), exc.strerror or exc)) from exc
    print_result(str(folder))
    if into is not None:
        return 0
    from desktop.cli import window_commands

    options.opened = folder
    return window_commands.show(options)


def _conversations() -> Path:
    from desktop.settings import files

    return paths.conversations(files.load(paths.config()).settings.data_folder)
