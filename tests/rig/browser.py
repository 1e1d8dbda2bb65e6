"""A real Chromium without a screen, driven by its own protocol.

Source: chromedevtools.github.io/devtools-protocol.
"""

from __future__ import annotations

import json
import os
import shutil
import urllib.request
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from websockets.sync.client import ClientConnection, connect

from tests.rig.process import Program, RigError

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
START_S = 60.0
ANSWER_S = 30.0
LARGEST = 200_000_000


def chromium() -> str:
    """The program; empty where none is installed."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


class Page:
    """A page. `requests` are the addresses that it has asked for, `complaints` what its console says."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._number = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Have a method done, and give its result. RigError if it can't be."""
        self._number += 1
        self._connection.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._connection.recv(timeout=ANSWER_S))
            if message.get("id") == self._number:
                if "error" in message:
                    raise RigError(f"{method}: {message['error']}")
                found: dict[str, Any] = message["result"]
                return found
            self._note(message)

    def open(self, address: str) -> None:
        """Go there, and wait until it is loaded."""
        self.call("Page.navigate", url=address)
        self.run(
            "new Promise(done => document.readyState == 'complete' ? done() : addEventListener('load', done))"
        )

    def run(self, script: str) -> Any:
        """What an expression gives, awaited. RigError if it throws."""
        done = self.call(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True, userGesture=True
        )
        if "exceptionDetails" in done:
            raise RigError(f"{script}: {done['exceptionDetails']}")
        return done["result"].get("value")

    def picture(self, path: Path) -> None:
        """Save the page as a picture, all of its length."""
        path.write_bytes(b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"]))

    def _note(self, message: dict[str, Any]) -> None:
        parameters = message.get("params", {})
        match message.get("method"):
            case "Network.requestWillBeSent":
                self.requests.append(parameters["request"]["url"])
            case "Network.webSocketCreated":
                self.requests.append(parameters["url"])
            case "Log.entryAdded":
                self.complaints.append(parameters["entry"]["text"])
            case "Runtime.exceptionThrown":
                self.complaints.append(str(parameters["exceptionDetails"]))


@contextmanager
def browser(folder: Path) -> Iterator[Page]:
    """A page of a browser that keeps its things in this folder. RigError if there is no browser."""
    profile = folder / "profile"
    command = [
        chromium() or NAMES[0],
        "--headless=new",
        "--remote-debugging-port=0",
        f"--user-data-dir={profile}",
        "--no-sandbox",  # as root it has none
        "--no-first-run",
        "--no-default-browser-check",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--mute-audio",
        "about:blank",
    ]
    told = profile / "DevToolsActivePort"
    env = {**os.environ, "HOME": str(folder)}
    with Program(command, env=env, log=folder / "browser.log") as program:
        lines = program.until(
            lambda: told.read_text().split() if told.exists() else None, within=START_S, what="the browser"
        )
        port = int(lines[0])
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=ANSWER_S) as answer:
            targets: list[dict[str, str]] = json.load(answer)
        address = next(one["webSocketDebuggerUrl"] for one in targets if one["type"] == "page")
        with connect(address, max_size=LARGEST, proxy=None, open_timeout=ANSWER_S) as connection:
            yield Page(connection)
