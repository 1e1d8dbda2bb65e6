"""Asks the running program for something, and waits for its answer."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence

from desktop.app import instance_address, request_line


class NoAnswerError(Exception):
    """The program was asked, and doesn't answer.

    Attributes:
        pid: its process, 0 where that isn't known.
    """

    def __init__(self, pid: int) -> None:
        super().__init__(pid)
        self.pid = pid


def ask(request: dict[str, object], noted: Sequence[str], within_s: float) -> str:
    """What went wrong, an empty string if nothing did. Blocks.

    Args:
        request: as in `request_line`.
        noted: addresses at which it may listen.
        within_s: how long to wait for the answer, once it was asked.

    Raises:
        NoAnswerError: it doesn't answer in time.
        BlockingIOError: it is alive, but takes no connection.
        OSError: nobody listens.
        EOFError: it hung up without an answer.
    """
    line = request_line.encode(request)
    answer = _over_pipe(line, within_s) if sys.platform == "win32" else _over_socket(line, noted, within_s)
    try:
        return request_line.decode_answer(answer)
    except ValueError as exc:
        raise EOFError from exc


def _over_socket(line: bytes, noted: Sequence[str], within_s: float) -> bytes:
    with instance_address.connect(noted) as socket:
        socket.sendall(line)
        until = time.monotonic() + within_s
        answer = b""
        while not answer.endswith(b"\n") and len(answer) <= request_line.LONGEST:
            try:
                socket.settimeout(max(0.001, until - time.monotonic()))
                chunk = socket.recv(request_line.LONGEST)
            except TimeoutError as exc:
                raise NoAnswerError(instance_address.peer(socket)) from exc
            if not chunk:
                break
            answer += chunk
        return answer


def _over_pipe(line: bytes, within_s: float) -> bytes:
    from multiprocessing.connection import Client

    with Client(instance_address.places()[0]) as pipe:
        pipe.send_bytes(line)
        if not pipe.poll(within_s):
            raise NoAnswerError(0)
        return pipe.recv_bytes(request_line.LONGEST)
