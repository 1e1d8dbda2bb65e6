"""The servers' process: started by `client`, ended with it. It alone imports the SDK.

It is no thread: the SDK takes a second to import, and holds the interpreter while it parses what servers
send; the window would stand still meanwhile.
"""

from __future__ import annotations

import asyncio
import logging
import os

from desktop.tools.child_pipe import ChildPipe
from desktop.tools.mcp.messages import State


def main() -> None:
    """Serve until standard input closes."""
    pipe = ChildPipe()
    logging.disable(logging.CRITICAL)  # what a server sends belongs in no log, and stderr is for crashes
    try:
        from desktop.tools.mcp.servers import Servers
    except ImportError as exc:
        pipe.send(State(name="", phase="failed", reason="sdk", detail=str(exc)))
        return
    asyncio.run(Servers(pipe).run())
    os._exit(0)  # a thread that still reads would hold up the end


if __name__ == "__main__":
    main()
