"""An MCP server that does what none should: `python rough_server.py [HABIT]`. Its tool `do` obeys.

It is written without the SDK, which would refuse most of it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import Any

HABIT = sys.argv[1] if len(sys.argv) > 1 else ""
PLAIN = {"type": "object", "properties": {"what": {"type": "string"}}}
LOOP = {
    "type": "object",
    "properties": {"node": {"$ref": "#/$defs/node"}},
    "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}}},
}
TOOLS: dict[str, list[Any]] = {
    "": [{"name": "do", "description": "Does it.", "inputSchema": PLAIN}],
    "schemas": [
        {"name": "do", "inputSchema": {}},
        {"name": "loop", "inputSchema": LOOP},
        {"name": "none"},
        {"name": "text", "inputSchema": "object", "outputSchema": {"type": 3}, "annotations": {"title": 4}},
        {"description": "without a name"},
        "no tool at all",
    ],
    "twice": [{"name": "do", "description": str(n), "inputSchema": PLAIN} for n in range(3)],
    "twenty": [
        {"name": f"tool_{n}", "description": "Finds what was asked for. " * 10, "inputSchema": PLAIN}
        for n in range(20)
    ],
    "many": [{"name": f"tool {n}", "inputSchema": PLAIN} for n in range(700)],
}


def nested(depth: int) -> dict[str, Any]:
    """An object within objects: deep, but not yet too deep to be read by itself."""
    found: dict[str, Any] = {}
    for _ in range(depth - 1):
        found = {"a": found}
    return found


TOOLS["deep"] = [{"name": "do", "inputSchema": PLAIN | {"properties": nested(126)}}]


def write(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def send(message: dict[str, Any]) -> None:
    write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")


def give(id: Any, text: str) -> None:
    send({"id": id, "result": {"content": [{"type": "text", "text": text}]}})


def do(id: Any, what: str) -> None:
    match what:
        case "die":
            os._exit(3)
        case "nothing":
            pass
        case "big":
            give(id, "x" * 50_000_000)
        case "broken":
            write(
                b'{"jsonrpc":"2.0","id":%d,"result":{"content":[{"type":"text","text":"a\xff\xfeb"}]}}\n' % id
            )
        case "garbage":
            write(b"no message\n" * 100)
            give(id, "after it")
        case "flood":
            while True:
                write(b"no message, without end\n" * 5_000)
        case "late":
            time.sleep(2)
            give(id, "too late")
        case "pid":
            give(id, str(os.getpid()))
        case "child":  # that holds the pipes open, and ends for nobody
            child = subprocess.Popen(["sh", "-c", "trap '' TERM HUP; while :; do sleep 1; done"])
            give(id, str(child.pid))
        case "deep":
            send({"id": id, "result": {"content": [], "structuredContent": nested(126)}})
        case "grow":
            TOOLS[HABIT].append({"name": "more", "inputSchema": PLAIN})
            send({"method": "notifications/tools/list_changed"})
            give(id, "one more")
        case _:
            give(id, what)


def main() -> None:
    if HABIT == "stays":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if HABIT == "exits":
        sys.exit("no licence found")
    if HABIT == "silent":
        time.sleep(600)
    if HABIT == "chatty":
        sys.stderr.write("a line\n" * 50_000)
    for line in sys.stdin:
        message = json.loads(line)
        id, method = message.get("id"), message.get("method")
        params = message.get("params") or {}
        if method == "initialize":
            capabilities = {"tools": {"listChanged": True}}
            info = {"name": "rough", "version": "1"}
            version = params["protocolVersion"]
            send(
                {
                    "id": id,
                    "result": {"protocolVersion": version, "capabilities": capabilities, "serverInfo": info},
                }
            )
        elif method == "tools/list":
            send({"id": id, "result": {"tools": TOOLS.get(HABIT, TOOLS[""])}})
        elif method == "tools/call":
            do(id, params["arguments"].get("what", ""))
        elif id is not None:
            send({"id": id, "error": {"code": -32601, "message": "unknown"}})
    if HABIT == "stays":
        time.sleep(600)


if __name__ == "__main__":
    TOOLS.setdefault(HABIT, list(TOOLS[""]))
    main()
