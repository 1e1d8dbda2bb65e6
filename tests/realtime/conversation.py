"""Scripted conversations, and a stage on which the real client plays them.

A file is JSONL: each line has one key, its actor; `tests/fixtures/conversations/README.md` lists what each
may do. The client is the whole program without its window: the controller, the session, a real socket.
"""

from __future__ import annotations

import asyncio
import base64
import difflib
import hashlib
import json
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from websockets.exceptions import ConnectionClosed

from desktop.audio.fakes import FakeAudioBackend
from desktop.base.message import verbatim
from desktop.conversation import settings_values
from desktop.conversation.presenter import Presenter
from desktop.conversation.session_controller import SessionController
from desktop.conversation.session_options import SessionOptions
from desktop.conversation.spend_controller import SpendController
from desktop.conversation.tool_host import ToolHost
from desktop.cost.budget import Limits
from desktop.devices.audio_controller import AudioController
from desktop.protocol import entries
from desktop.protocol.commands import ToolDefinition
from desktop.realtime.connection import Frame
from desktop.settings.schema import Settings
from desktop.settings.store import SettingsStore
from desktop.tools.registry import Registry, Tool
from desktop.viewmodels import spend_report
from desktop.viewmodels.chosen_options import PendingRestart
from tests.conversation.test_session_controller import CARD
from tests.realtime.office import Office, open_office
from tests.realtime.service import Line, Service, serving

FOLDER = Path(__file__).parents[1] / "fixtures" / "conversations"
WITHIN_S = 20.0
SLACK = 4
"""Bytes of an open gate's last two samples: they go out with the next packet."""
LONGEST_PACKET_MS = 20


class Stage:
    """The client, the service it talks to, and the traffic between them."""

    def __init__(self, about: dict[str, Any]) -> None:
        self._about = about
        self.audio = FakeAudioBackend(CARD)
        self.restart: PendingRestart | None = None
        self.notes: list[str] = []
        self._service: Service | None = None
        self._offices: list[Office] = []
        self._asked = 0
        self._lines: list[Line] = []
        self._arrived: list[list[dict[str, Any]]] = []
        self._at = -1
        self._rate = 0
        self._unanswered = b""
        self._sent_in = self._seen_in = 0
        self._tools: dict[str, asyncio.Future[Any]] = {}
        self._state = ""
        self._clock_s = 0.0

    async def play(self, rows: list[tuple[str, dict[str, Any]]]) -> None:
        """Play the lines, each named by its place. Raises AssertionError where the client differs."""
        async with AsyncExitStack() as stack:
            self._service = await stack.enter_async_context(serving(self._listen))
            if tickets := self._about.get("tickets"):
                self._offices.append(await stack.enter_async_context(open_office(*self._tickets(tickets))))
            self._make_client()
            stack.push_async_callback(self.controller.close)
            for place, row in rows:
                await self._do(place, row)
            await self.controller.close()
        self._expect_no_more()

    def _tickets(self, tickets: list[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self._service
        return [{"ws_url": f"{self._service.url}/v3/realtime"} | ticket for ticket in tickets]

    def _make_client(self) -> None:
        assert self._service
        # What a room does to the sound is told elsewhere: here each sample is compared.
        settings = Settings(
            **{"model": self._about["model"], "base_url": self._service.url, "instructions": "Be brief."}
            | {"echo": "off", "mute_while_speaking": "on"}
            | self._about.get("settings", {})
        )
        store = SettingsStore(settings)
        if self._offices and settings.mint_tickets:
            store.replace(base_url=self._offices[0].url)
        elif self._offices:
            store.replace(ticket_url=f"{self._offices[0].url}/tickets")
        registry = Registry(*(self._tool(**tool) for tool in self._about.get("tools", ())))
        presenter = Presenter()
        options = SessionOptions(store)
        if listed := self._about.get("listed"):
            options.use_models(entries.merged([{"id": self._about["model"], **listed}]))
        sound = AudioController(self.audio, settings_values.audio(store.current))
        tools = ToolHost(sound.ring, lambda _: False)
        turns = presenter.turn_timer
        self.spend = SpendController(lambda: turns.responding, lambda: Limits(), lambda: self._clock_s)
        self.controller = SessionController(
            store, registry, options, sound, tools, presenter, self._on_frame, spend=self.spend
        )
        self.controller.state_changed.connect(lambda state: setattr(self, "_state", state.value))
        self.controller.note_shown.connect(lambda note: self.notes.append(str(note.message)))
        self.controller.options.restart_offered.connect(lambda waiting: setattr(self, "restart", waiting))

    def _tool(self, name: str, description: str, parameters: dict[str, Any]) -> Tool:
        async def run(arguments: dict[str, Any], context: Any) -> Any:
            self._tools[name] = asyncio.get_running_loop().create_future()
            return await self._tools[name]

        return Tool(ToolDefinition(name, description, parameters), run)

    async def _listen(self, line: Line) -> None:
        arrived: list[dict[str, Any]] = []
        self._lines.append(line)
        self._arrived.append(arrived)
        try:
            async for message in line.socket:
                arrived.append(json.loads(message))
        except ConnectionClosed:
            pass  # the service dropped it, as its line said

    def _on_frame(self, frame: Frame) -> None:
        self.controller.presenter.turn_timer.frame(frame)
        self.spend.frame(frame)
        self._seen_in += frame.direction == "in"

    # The lines

    async def _do(self, place: str, row: dict[str, Any]) -> None:
        ((who, what),) = row.items()
        try:
            async with asyncio.timeout(WITHIN_S):
                await getattr(self, f"_do_{who}")(what)
        except TimeoutError:
            waiting = self._arrived[self._at] if self._at >= 0 else []
            raise AssertionError(
                f"{place}: it didn't come to this within {WITHIN_S:g} s: {json.dumps(row)}\n"
                f"not looked at yet: {json.dumps([_short(frame) for frame in waiting])}\n"
                f"state: {self._state}, notes: {self.notes}"
            ) from None
        except AssertionError as exc:
            raise AssertionError(f"{place}: {exc}") from None

    async def _do_user(self, what: dict[str, Any]) -> None:
        controller = self.controller
        match what:
            case {"does": "connect" | "disconnect"}:
                controller.toggle_session()
            case {"does": "tap"}:
                controller.press()
                controller.release()
            case {"does": "say", "text": text}:
                controller.say(text)
            case {"does": "show", "url": url, "caption": caption}:
                controller.show_picture(url, verbatim(caption))
            case {"does": "choose", "name": name, "value": value}:
                controller.choose(name, value)
            case {"does": "press" | "release" | "cancel" | "restart" as name}:
                getattr(controller, name)()
            case _:
                raise AssertionError(f"no user does this: {what}")

    async def _do_devices(self, what: dict[str, Any]) -> None:
        match what:
            case {"microphone_ms": ms, "level": level}:
                microphone = self.audio.microphone_now
                microphone.push_ms(ms, level)
                await _until(lambda: not microphone.unread)
            case {"speaker_ms": ms}:
                self.audio.speaker_now.play(ms)
            case {"tool": name, "gives": result}:
                await _until(lambda: name in self._tools)
                self._tools.pop(name).set_result(result)
            case {"clock_s": seconds}:
                self._clock_s += seconds
                self.spend.tick()
            case _:
                raise AssertionError(f"no device does this: {what}")

    async def _do_server(self, what: dict[str, Any]) -> None:
        line = self._lines[self._at]
        match what:
            case {"drops": True}:
                line.cut()
                self._unanswered = b""
            case {"closes": code}:
                await line.socket.close(code)
                self._unanswered = b""
            case {"type": "audio.delta", "ms": ms}:
                await self._send(line, {"type": "audio.delta", "audio": _base64(bytes(48 * ms))})
            case _:
                if what["type"] == "session.started":
                    self._rate = what["input_sample_rate"]
                await self._send(line, what)

    async def _send(self, line: Line, frame: dict[str, Any]) -> None:
        self._sent_in += 1
        await line.socket.send(json.dumps(frame))
        await _until(lambda: self._seen_in >= self._sent_in)

    async def _do_seen(self, what: dict[str, Any]) -> None:
        match what:
            case {"state": state}:
                await _until(lambda: self._state == state)
            case {"note": words}:
                await _until(lambda: any(words in note for note in self.notes))
            case {"notes": count}:
                assert len(self.notes) == count, f"the user was told {self.notes}"
            case {"line": [speaker, text]}:
                await _until(lambda: [speaker, text] in self._transcript())
            case {"lines": lines}:
                same(lines, [line for line in self._transcript() if line[0] != "system"])
            case {"restart": names}:
                same(names, list(self.restart.names) if self.restart else [])
            case {"spent": words}:
                same(words, spend_report.words(self.spend.ledger.session))
            case {"flushed": count}:
                assert len(self.audio.speaker_now.flushes) == count, self.audio.speaker_now.flushes
            case _:
                raise AssertionError(f"nothing like it is to be seen: {what}")

    def _transcript(self) -> list[list[str]]:
        return [[line.speaker, line.text] for line in self.controller.presenter.transcript.lines]

    async def _do_client(self, what: dict[str, Any]) -> None:
        match what:
            case {"type": "upgrade"}:
                await self._expect_upgrade(what)
            case {"type": "request"}:
                await self._expect_request(what)
            case {"type": "audio.append", "sound": sound}:
                await self._expect_sound(sound)
            case _:
                same(what, await self._next_but_the_rest())

    # What the client sends

    async def _next(self) -> dict[str, Any]:
        arrived = self._arrived[self._at]
        await _until(lambda: bool(arrived))
        return arrived.pop(0)

    async def _next_but_the_rest(self) -> dict[str, Any]:
        """The next frame that is not the gate's last two samples, which go out when it is shut."""
        frame = await self._next()
        if frame["type"] != "audio.append" or not self._unanswered:
            assert not self._unanswered or frame["type"] != "audio.commit", (
                "the take's last samples were not sent"
            )
            return frame
        same(_base64(self._unanswered), frame["audio"])
        self._unanswered = b""
        return await self._next()

    async def _expect_upgrade(self, what: dict[str, Any]) -> None:
        assert self._service
        await _until(lambda: len(self._lines) > self._at + 1)
        self._at += 1
        request = self._service.requests[self._at]
        seen = {"type": "upgrade", "path": request.path}
        names = {"authorization": "Authorization", "subprotocol": "Sec-WebSocket-Protocol"}
        same(
            what,
            seen | {name: request.headers[wire] for name, wire in names.items() if wire in request.headers},
        )

    async def _expect_request(self, what: dict[str, Any]) -> None:
        (office,) = self._offices
        await _until(lambda: len(office.asked) > self._asked)
        asked = office.asked[self._asked]
        self._asked += 1
        seen = {"type": "request", "method": asked.method, "path": asked.path, "body": asked.json}
        if "Authorization" in asked.headers:
            seen["authorization"] = asked.headers["Authorization"]
        same(what, seen)

    async def _expect_sound(self, sound: list[list[float]]) -> None:
        expected = self._unanswered + b"".join(_pcm(ms, level, self._rate) for ms, level in sound)
        got = b""
        while len(got) < len(expected) - SLACK:
            frame = await self._next()
            if frame["type"] != "audio.append":
                raise AssertionError(
                    f"after {_told(got, self._rate)} of {_told(expected, self._rate)}: {frame}"
                )
            same(["audio", "type"], sorted(frame))
            packet = base64.b64decode(frame["audio"], validate=True)
            assert 0 < len(packet) <= LONGEST_PACKET_MS * self._rate // 500, (
                f"a packet of {len(packet)} bytes"
            )
            got += packet
        got += self._rest_of(expected[len(got) :])
        self._unanswered = expected[len(got) :]
        if not expected.startswith(got):
            at = next(
                (i for i, pair in enumerate(zip(got, expected, strict=False)) if pair[0] != pair[1]),
                len(expected),
            )
            raise AssertionError(
                f"another sound: {_told(got, self._rate)} instead of {_told(expected, self._rate)}; "
                f"they part at {500 * at / self._rate:.1f} ms"
            )

    def _rest_of(self, due: bytes) -> bytes:
        """The last two samples, if they have come as a separate packet."""
        arrived = self._arrived[self._at]
        if due and arrived and arrived[0]["type"] == "audio.append":
            packet = base64.b64decode(arrived[0]["audio"])
            if len(packet) <= len(due):
                arrived.pop(0)
                return packet
        return b""

    def _expect_no_more(self) -> None:
        self._rest_of(self._unanswered)
        for number, arrived in enumerate(self._arrived, 1):
            left = [_short(frame) for frame in arrived]
            assert not left, f"the end: on connection {number} the client also sent {json.dumps(left)}"
        assert len(self._lines) == self._at + 1, "the end: the client has connected once more"


def read(path: Path) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """A conversation's description, and its lines with their places."""
    rows = [
        (f"{path.name}:{number}", json.loads(text))
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if text.strip()
    ]
    return rows[0][1]["about"], rows[1:]


def same(expected: Any, got: Any) -> None:
    """Raises AssertionError with what differs, line by line."""
    if expected == got:
        return
    before, after = (
        json.dumps(one, indent=1, sort_keys=True, ensure_ascii=False).splitlines() for one in (expected, got)
    )
    raise AssertionError(
        "\n".join(
            ["not the same", *difflib.unified_diff(before, after, "the file", "the client", lineterm="", n=4)]
        )
    )


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - sockets and streams have no event for it
        await asyncio.sleep(0.001)


def _pcm(ms: float, level: float, rate: int) -> bytes:
    return round(level * 32_768).to_bytes(2, "little", signed=True) * round(ms * rate / 1_000)


def _told(pcm: bytes, rate: int) -> str:
    return f"{500 * len(pcm) / rate:.1f} ms (sha256 {hashlib.sha256(pcm).hexdigest()[:12]})"


def _base64(pcm: bytes) -> str:
    return base64.b64encode(pcm).decode()


def _short(frame: dict[str, Any]) -> dict[str, Any]:
    return {**frame, "audio": f"{len(frame['audio'])} characters"} if "audio" in frame else frame
