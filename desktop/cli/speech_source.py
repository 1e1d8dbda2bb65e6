"""The speech of `talk`: a file, or what another program writes into standard input."""

from __future__ import annotations

import sys

from desktop.audio.format import Samples, WavError, read_wav, wav_samples
from desktop.cli.arguments import STDIO, FileArgument
from desktop.cli.output import CommandError, as_command_error

STANDARD_INPUT = "Standard input"
MOST_BYTES = 1_000_000_000
"""An hour and a half at 48 kHz, stereo, 16 bits. A program that never ends must not fill the memory."""


def read_speech(file: FileArgument) -> tuple[Samples, int]:
    """The samples, mono float32, and their rate in Hz.

    Raises:
        CommandError: it can't be read, by one sentence with the next step.
    """
    with as_command_error(WavError):
        if file == STDIO:
            return wav_samples(_standard_input(), STANDARD_INPUT)
        return read_wav(file)


def _standard_input() -> bytes:
    stream = sys.stdin
    if stream is None:
        raise CommandError(f"{STANDARD_INPUT} is closed. Give it a sound file: `presstalk talk - < file`.")
    if stream.isatty():
        raise CommandError("Nobody can type sound. Give `talk -` a sound file: `presstalk talk - < file`.")
    try:
        content = stream.buffer.read(MOST_BYTES + 1)
    except OSError as exc:
        raise CommandError(
            f"{STANDARD_INPUT} can't be read ({exc.strerror}). Give it a sound file instead."
        ) from exc
    if len(content) > MOST_BYTES:
        raise CommandError(f"{STANDARD_INPUT} is too long: it can have {MOST_BYTES // 1_000_000} MB.")
    return content
