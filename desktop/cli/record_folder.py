"""The folder of `--record`."""

from __future__ import annotations

from pathlib import Path

from desktop.cli.output import CommandError
from desktop.recording.folder.folder_files import is_anothers

NOT_EMPTY = "{} isn't empty. Give `--record` a folder that is new or empty."
NOT_YOURS = "{} is somebody else's, or all may write in it. Give `--record` a folder that is new."
NO_FOLDER = "{} can't be used for a recording ({}). Choose another place."


def check_folder(folder: Path | None) -> None:
    """Look whether a recording can be made there: raises CommandError if not."""
    if folder is None:
        return
    try:
        if folder.is_dir() and any(folder.iterdir()):
            raise CommandError(NOT_EMPTY.format(folder))
        if folder.is_dir() and is_anothers(folder):
            raise CommandError(NOT_YOURS.format(folder))
        if folder.exists() and not folder.is_dir():
            raise CommandError(NOT_EMPTY.format(folder))
    except OSError as exc:
        raise CommandError(NO_FOLDER.format(folder, exc.strerror)) from exc
