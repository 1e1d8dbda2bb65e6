"""Where things are: the folders of this user, and the files that come with the program."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

import platformdirs

from desktop.base.atomic_file import make_folder

HOME_VARIABLE = "PRESSTALK_HOME"
"""Names one folder that holds everything: for a portable copy, and for tests."""

_dirs = platformdirs.PlatformDirs("presstalk", appauthor=False)


def config() -> Path:
    """The folder of the settings. Raises OSError if it can't be made."""
    return _made("config", _dirs.user_config_path)


def lock_file() -> Path:
    """The file that the running program has locked. It is not created here, nor its folder."""
    return _named("config", _dirs.user_config_path) / "presstalk.lock"


def runtime_folders() -> list[Path]:
    """Where processes of this user can meet, the best folder first. They needn't exist.

    The last ones are the same whatever the environment says: a job of cron knows no XDG_RUNTIME_DIR.
    """
    if sys.platform == "win32":
        return [Path(tempfile.gettempdir())]
    named = os.environ.get("XDG_RUNTIME_DIR", "") if sys.platform == "linux" else ""
    found = [Path(named)] if os.path.isabs(named) else []
    usual = Path("/run/user", str(os.getuid()))
    if usual.is_dir():
        found.append(usual)
    return list(dict.fromkeys([*found, Path(tempfile.gettempdir()), Path("/tmp")]))


def data() -> Path:
    """The folder of data worth keeping, like saved conversations. Raises OSError if it can't be made."""
    return _made("data", _dirs.user_data_path)


def conversations(data_folder: str = "") -> Path:
    """The folder of conversations, under the data folder that the user chose, else the usual one.

    It is not created here: on a network disk that may take a while. What can't be a folder's path ("~" of a
    user who doesn't exist, or one that depends on where the program was started) is as none: what is said
    must be kept.
    """
    return (_chosen(data_folder) or _named("data", _dirs.user_data_path)) / "conversations"


def _chosen(data_folder: str) -> Path | None:
    try:
        chosen = Path(data_folder).expanduser()
    except RuntimeError:  # there is no such user
        return None
    return chosen if chosen.is_absolute() and "\0" not in data_folder else None


def cache() -> Path:
    """The folder of data that may be deleted at any time. Raises OSError if it can't be made."""
    return _made("cache", _dirs.user_cache_path)


def logs() -> Path:
    """The folder of the log files. Raises OSError if it can't be made."""
    return _made("logs", _dirs.user_log_path)


def resources() -> Path:
    """The folder of icons, sounds and styles, in a checkout and in a frozen program alike."""
    bundle = getattr(sys, "_MEIPASS", None)  # set by PyInstaller
    root = Path(bundle) if bundle else Path(__file__).resolve().parents[2]
    return root / "resources"


def _made(name: str, usual: Path) -> Path:
    folder = _named(name, usual)
    return make_folder(folder)


def _named(name: str, usual: Path) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    return Path(home).expanduser() / name if home else usual
