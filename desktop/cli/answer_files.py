"""Where a turn goes: its sound (`-o`), its frames (`--events`) and its text."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from desktop.audio.format import WavError, wav_bytes, write_wav
from desktop.base import paths
from desktop.cli import output
from desktop.cli.arguments import STDIO, FileArgument
from desktop.cli.output import CommandError, OutputError, PipeClosedError
from desktop.recording.frame_log import FrameLog

NO_SOUND = "The answer has no sound, so none was written."


@dataclass(frozen=True)
class AnswerFiles:
    """The files of one turn; None is none. The text goes to stdout, or to stderr if a file has stdout."""

    sound: FileArgument | None
    events: FileArgument | None

    def check(self, speech: FileArgument | None = None) -> None:
        """Look whether everything can be written: an answer that was paid for must not be lost.

        Args:
            speech: the file that is spoken, which isn't to be overwritten.

        Raises:
            CommandError: something can't, by the one sentence that says what to do.
        """
        if self.sound == self.events == STDIO:
            raise CommandError("-o and --events can't both go to standard output. Give one of them a file.")
        if _is_same_file(self.sound, self.events):
            raise CommandError(f"-o and --events can't both go to {self.sound}. Choose another file.")
        if _is_same_file(self.sound, speech) or _is_same_file(self.events, speech):
            raise CommandError(f"The answer can't go to {speech}: that is the speech. Choose another file.")
        for file in (self.sound, self.events):
            if isinstance(file, Path):
                check_place(file)
            elif file == STDIO and sys.stdout is None:
                raise OutputError(output.unwritable(output.CLOSED))
        if self.sound == STDIO and sys.stdout.isatty():
            raise CommandError("A terminal shows no sound. Send it to a file: `-o - > answer.wav`.")

    def frame_log(self) -> FrameLog:
        """What takes the frames."""
        if self.events == STDIO:
            return FrameLog(stream=sys.stdout.fileno())
        return FrameLog(Path(self.events) if self.events else None)

    def close(self, frames: FrameLog) -> None:
        """Wait until the frames are written.

        Raises:
            PipeClosedError, CommandError: they were not.
        """
        try:
            frames.close()
        except BrokenPipeError as exc:
            raise PipeClosedError from exc
        except OSError as exc:
            if self.events == STDIO:
                raise OutputError(output.unwritable(exc.strerror)) from exc
            raise CommandError(_cant_be_written(Path(self.events or ""), exc)) from exc

    def save_sound(self, pcm: bytes, rate: int) -> None:
        """Write the sound, PCM16 mono at `rate` Hz, if that is wanted and there is any.

        Raises:
            PipeClosedError, CommandError: it could not be written; the sentence says where it is instead.
        """
        if self.sound is None or not pcm:
            return
        try:
            if self.sound == STDIO:
                output.write_bytes(wav_bytes(pcm, rate))
            else:
                write_wav(self.sound, pcm, rate)
        except (OutputError, WavError) as exc:
            raise CommandError(_saved_instead(str(exc), wav_bytes(pcm, rate))) from exc

    def print_text(self, text: str) -> None:
        """Print the turn's text; on stderr if stdout can't have it.

        Raises:
            PipeClosedError, OutputError: stdout can't be written. The text is on stderr in the second case.
        """
        if STDIO in (self.sound, self.events):
            output.print_text_beside(text)
            return
        try:
            output.print_result(text)
        except OutputError:
            output.print_text_beside(text)
            raise


def check_place(path: Path) -> None:
    """Look whether a file can be written. Raises CommandError."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise CommandError(f"{path} is a folder. Give the name of a file in it.")
        if stat.S_ISREG(mode):
            os.close(os.open(path, os.O_WRONLY))
        elif not os.access(path, os.W_OK) or stat.S_ISSOCK(mode):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except FileNotFoundError:
        _check_folder(path)
    except OSError as exc:
        raise CommandError(_cant_be_written(path, exc)) from exc


def _check_folder(path: Path) -> None:
    try:
        folder = Path(os.path.realpath(path)).parent
    except FileNotFoundError:  # the working folder has been deleted
        folder = path.parent
    if not folder.exists():
        raise CommandError(f"There is no folder {folder}. Create it, or choose another place.")
    try:
        tempfile.TemporaryFile(dir=folder).close()  # leaves no trace
    except OSError as exc:
        raise CommandError(_cant_be_written(path, exc)) from exc


def _is_same_file(one: FileArgument | None, other: FileArgument | None) -> bool:
    if not isinstance(one, Path) or not isinstance(other, Path) or not _is_kept(one):
        return False
    with contextlib.suppress(OSError):
        return one.samefile(other)  # a hard link too
    with contextlib.suppress(OSError):
        return os.path.realpath(one) == os.path.realpath(other)
    return one == other


def _is_kept(path: Path) -> bool:
    """Whether it is, or will be, a file that keeps what is written: not /dev/null or a pipe."""
    return path.is_file() or not path.exists()


def _cant_be_written(path: Path, exc: OSError) -> str:
    return f"{path} can't be written ({exc.strerror or exc}). Choose another place."


def _saved_instead(problem: str, content: bytes) -> str:
    """The problem, and where the sound is now: it has been paid for."""
    for folder in (tempfile.gettempdir, paths.data):
        try:
            descriptor, name = tempfile.mkstemp(prefix="presstalk-answer-", suffix=".wav", dir=folder())
        except OSError:
            continue
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
        except OSError:
            with contextlib.suppress(OSError):
                os.unlink(name)
            continue
        return f"{problem} The answer's sound is in {name} now."
    return problem
