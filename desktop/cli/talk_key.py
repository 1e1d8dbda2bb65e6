"""`presstalk ptt` and `connect`, the short way: a key of a window manager's starts them, and somebody waits.

Nothing is imported that takes a millisecond. Where anything is unusual, the long way does it
(`window_commands`), with its retries and its reasons.
"""

import _socket
import os
import sys

from desktop.app import own_socket, request_line
from desktop.app.shared_clock import now, started_at

CONNECT_S = 0.2
"""By then the long way tries: the program hangs, and its queue is full."""
ANSWER_S = 5.0
KEY_UP_S = 60.0
"""As long as the long way waits for an answer (`pending_request`)."""
LONGEST_NOTE = 1_000


def run(arguments: list[str]) -> int | None:
    """Send what these words ask for; the exit code. None: nothing was sent, it is for the long way."""
    match arguments:
        case ["ptt", "down" | "up" | "toggle" as how]:
            request: dict[str, object] = {"do": "ptt", "how": how, "at": started_at()}
        case ["connect"]:
            request = {"do": "connect"}
        case _:
            return None
    if sys.platform == "win32":
        return None
    try:
        line = _connect()
    except (OSError, ValueError):
        return None
    try:
        line.settimeout(KEY_UP_S if request.get("how") == "up" else ANSWER_S)
        line.send(request_line.encode({**request, "sent": now()}))
        problem = request_line.decode_answer(_answer(line))
    except (OSError, ValueError):
        from desktop.app.single_instance import NOT_ANSWERING

        problem = str(NOT_ANSWERING())
    finally:
        line.close()
    return _fail(problem) if problem else 0


def settings_folder() -> str:
    """The folder of the settings, as `base/paths` has it. If that says another, the long way finds it."""
    if home := os.environ.get("PRESSTALK_HOME"):
        return os.path.join(os.path.expanduser(home), "config")
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/presstalk")
    root = os.environ.get("XDG_CONFIG_HOME", "")
    return os.path.join(root if root.strip() else os.path.expanduser("~/.config"), "presstalk")


def _connect() -> "_socket.socket":
    """A connection to the program that has noted its address. Raises OSError or ValueError if none has."""
    folder = settings_folder()
    note = os.open(os.path.join(folder, "presstalk.lock"), os.O_RDONLY | os.O_NONBLOCK)
    try:
        address = os.fsdecode(os.read(note, LONGEST_NOTE))
    finally:
        os.close(note)
    folder_of_it, name = os.path.split(address)
    if not os.path.isabs(address) or name != own_socket.name_of(os.path.realpath(folder)):
        raise ValueError(address)
    if not own_socket.is_private(folder_of_it):
        raise PermissionError(address)
    line = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    try:
        line.settimeout(CONNECT_S)
        line.connect(address)
        if not own_socket.is_ours(line):
            raise PermissionError(address)
    except OSError:
        line.close()
        raise
    return line


def _answer(line: "_socket.socket") -> bytes:
    found = b""
    while not found.endswith(b"\n") and len(found) <= request_line.LONGEST:
        if not (chunk := line.recv(request_line.LONGEST)):
            break
        found += chunk
    return found


def _fail(problem: str) -> int:
    from desktop.base import terminal
    from desktop.cli.output import FAILED, print_problem

    terminal.prepare()
    print_problem(problem)
    return FAILED
