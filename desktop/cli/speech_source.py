"""The speech of `talk`: a file, or what another program writes into standard input."""

from __future__ import annotations

import sys

from desktop.audio.sound_file import SoundFile
from desktop.audio.sound_file_errors import SoundFileError
from desktop.cli.arguments import STDIO, FileArgument
from desktop.cli.output import CommandError, as_command_error

STANDARD_INPUT = "Standard input"


def open_speech(file: FileArgument) -> SoundFile:
    """The sound of a file, or of standard input, which is read to its end first unless it is a file.

    Raises:
        CommandError: it can't be read, by one sentence with the next step.
    """
    with as_command_error(SoundFileError):
        if file != STDIO:
            return SoundFile(file)
        if sys.stdin is None:
            raise CommandError(
                f"{STANDARD_INPUT} is closed. Give it a sound file: `presstalk talk - < file`."
            )
        if sys.stdin.isatty():
            raise CommandError(
                "Nobody can type sound. Give `talk -` a sound file: `presstalk talk - < file`."
            )
        return SoundFile(sys.stdin.buffer, STANDARD_INPUT)
