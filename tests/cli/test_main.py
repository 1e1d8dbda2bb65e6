"""The command line, as a process: what is printed where, and the exit codes."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import struct
import subprocess
import sys
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.cli.commands import KEY, idle, is_one_plain_line, run, start
from tests.realtime.office import open_office
from tests.realtime.service import Line, serving


@pytest.fixture
def question(tmp_path: Path) -> Path:
    """Two seconds at a rate of its own, stereo, of 24 bits."""
    path = tmp_path / "question.wav"
    samples = (0.3 * np.sin(np.arange(2 * 11_025) / 8) * 2**23).astype(int)
    frames = b"".join(struct.pack("<i", value)[:3] * 2 for value in samples)
    with wave.open(str(path), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(3)
        out.setframerate(11_025)
        out.writeframes(frames)
    return path


async def test_check_says_that_it_lives():
    async with serving(idle) as service:
        code, out, err = await run("check", "--base-url", service.url)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "live: s1 @ 24000Hz",
        "model: openai/gpt-realtime-2 (OpenAI GPT Realtime 2)",
        "price: not known",
        "with: the key from OPPER_API_KEY",
    ]
    assert service.requests[0].headers["Authorization"] == f"Bearer {KEY}"


PRICED = {
    "id": "openai/gpt-realtime-2",
    "type": "realtime",
    "name": "GPT Realtime 2",
    "pricing": {"input": [32.0], "output": [64.0], "cached_input": [0.4]},
}


async def test_check_prints_the_lists_price_on_a_computer_that_has_never_seen_the_list(own_home: Path):
    async with serving(idle, models=[PRICED]) as service:
        code, out, err = await run("check", "--base-url", service.url)
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "live: s1 @ 24000Hz",
        "model: openai/gpt-realtime-2 (GPT Realtime 2)",
        "price: $32 in, $64 out for a million tokens",
        "with: the key from OPPER_API_KEY",
    ]
    assert [request.path for request in service.asked] == ["/v3/models?type=realtime"]


async def test_check_names_a_price_with_its_date():
    async with serving(idle) as service:
        code, out, _ = await run("check", "--model", "xai/grok-voice-latest", "--base-url", service.url)
    assert code == 0
    assert "price: $0.05 a minute, $0.004 a typed message (as published on 2026-11-30)\n" in out


async def test_check_waits_for_what_the_service_says_of_the_configuration():
    async def script(line: Line) -> None:
        assert (await line.start())["voice"] == "nope"
        await line.send("error", error={"message": "Voice 'nope' is not supported.", "code": "bad_voice"})
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, err = await run("check", "--voice", "nope", "--base-url", service.url)
    assert code == 1
    assert out.startswith("live: s1")
    assert err == "Voice 'nope' is not supported.\n"


async def test_check_uses_the_key_of_the_opper_clis_sign_in_and_says_so(tmp_path: Path):
    async with serving(idle) as service:
        sign_in = {"apiKey": "op-4b1c9d2e7f60aa31", "baseUrl": service.url}
        config = {"version": 1, "defaultKey": "work", "keys": {"work": sign_in}}
        (tmp_path / "config.json").write_text(json.dumps(config))
        code, out, err = await run("check", OPPER_API_KEY="", OPPER_HOME=str(tmp_path))
    assert (code, err) == (0, "")
    assert out.splitlines()[-1] == "with: the key from the Opper CLI's sign-in, ending in aa31"
    assert service.requests[0].headers["Authorization"] == "Bearer op-4b1c9d2e7f60aa31"


async def test_check_with_a_ticket_from_an_organisation_needs_no_key():
    async with serving(idle) as service:
        given = {"client_secret": "marked-ticket-1", "ws_url": f"{service.url}/rt?ticket=marked-ticket-1"}
        async with open_office(given) as office:
            code, out, err = await run(
                *("check", "--ticket-url", office.url, "--verbose"),
                OPPER_API_KEY="",
                PRESSTALK_TICKET_HEADER="X-Pass: marked-header-1",
            )
    assert code == 0
    assert out.splitlines()[-1] == f"with: a ticket from {office.url.removeprefix('http://')}"
    assert office.asked[0].headers["X-Pass"] == "marked-header-1"
    assert office.asked[0].json["config"]["model"] == "openai/gpt-realtime-2"
    assert service.requests[0].headers["Sec-WebSocket-Protocol"] == "opper-ticket.marked-ticket-1"
    assert service.requests[0].path == "/rt"
    assert "marked" not in out + err


async def test_the_base_url_comes_from_the_environment_too():
    async with serving(idle) as service:
        code, out, _ = await run("check", OPPER_BASE_URL=service.url)
    assert code == 0
    assert out.startswith("live: s1")


async def test_check_fails_in_one_plain_line():
    def refuse(connection, _):
        return connection.respond(401, "no\n")

    async with serving(idle, refuse=refuse) as service:
        code, out, err = await run("check", "--base-url", service.url)
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert "key was refused" in err


@pytest.mark.parametrize(
    ("words", "word"),
    [
        (["check", "--base-url", "http://127.0.0.1:9"], "Nothing answers"),
        (["check", "--base-url", "nonsense"], "service address"),
        (["talk", "there-is-none.wav", "--base-url", "http://127.0.0.1:9"], "no file"),
        (["say", "  "], "nothing to say"),
    ],
)
async def test_failures_are_one_plain_line(words: list[str], word: str):
    code, out, err = await run(*words)
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert word in err


async def test_an_invalid_file_is_reported(tmp_path: Path):
    path = tmp_path / "notes.wav"
    path.write_text("this is text")
    code, _, err = await run("talk", str(path))
    assert code == 1
    assert is_one_plain_line(err)
    assert "not a sound file" in err


async def test_talk_is_a_whole_turn_without_a_device(question: Path, tmp_path: Path):
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        assert 2_150 <= len(line.appended) / 48 <= 2_450, "the file and the tail"
        await line.expect("response.create")
        await line.send("response.started")
        await line.send(
            "tool.call", tool_call_id="c", tool_name="calculate", tool_arguments={"expression": "1+1"}
        )
        await line.send("response.completed")
        await line.expect("tool.result")
        await line.send("response.started")
        await line.send_audio(b"\1\0" * 2_400)
        await line.send("text.delta", delta="It is two.")
        await line.send("response.completed")
        await line.send("transcript.committed", transcript="One plus one?")
        await line.socket.wait_closed()

    answer, events = tmp_path / "answer.wav", tmp_path / "events.jsonl"
    async with serving(script) as service:
        code, out, err = await run(
            "talk", str(question), "-o", str(answer), "--events", str(events), "--base-url", service.url
        )
    assert (code, err) == (0, "")
    assert out.splitlines()[0] == "you: One plus one?"
    assert out.splitlines()[1].startswith("tool: calculate done")
    assert out.splitlines()[2] == "assistant: It is two."
    with wave.open(str(answer)) as heard:
        assert (heard.getframerate(), heard.getnframes()) == (24_000, 2_400)
    frames = [json.loads(line) for line in events.read_text().splitlines()]
    assert frames[0]["type"] == "session.start"
    assert {"audio.append", "audio.commit", "audio.delta"} <= {frame["type"] for frame in frames}
    assert all("audio" not in frame for frame in frames), "audio is elided to its length"
    assert KEY not in events.read_text()


async def test_an_error_of_the_service_is_reported(question: Path, tmp_path: Path):
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("audio.commit")
        await line.expect("response.create")
        await line.send("error", error={"message": "The model is overloaded.", "code": "server_error"})
        await line.send("transcript.committed", transcript="Hello?")
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, err = await run("talk", str(question), "--base-url", service.url)
    assert code == 1
    assert "you: Hello?" in out
    assert err == "The model is overloaded.\n"


async def test_say_is_a_typed_turn():
    async def script(line: Line) -> None:
        await line.start()
        assert (await line.expect("text.input"))["text"] == "hello"
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Hi.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, err = await run("say", "hello", "--base-url", service.url)
    assert (code, out, err) == (0, "you: hello\nassistant: Hi.\n", "")


@pytest.mark.parametrize(
    ("words", "config"),
    [
        ((), {}),
        (("--voice", "cedar"), {"voice": "cedar"}),
        (("--model", "openai/gpt-realtime-2"), {"model": "openai/gpt-realtime-2"}),
    ],
)
async def test_a_named_agent_decides_what_is_not_chosen(words: tuple[str, ...], config: dict[str, str]):
    asked: list[dict[str, Any]] = []

    async def script(line: Line) -> None:
        asked.append(await line.expect("session.start"))
        await line.send("session.started", session_id="s1")
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("text.delta", delta="Hi.")
        await line.send("response.completed")
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, _ = await run("say", "hi", "--agent", "front-desk", *words, "--base-url", service.url)
    assert (code, out) == (0, "you: hi\nassistant: Hi.\n")
    assert service.requests[0].path == "/v3/realtime/front-desk"
    whole = {"type": "session.start"} | ({"config": config} if config else {})
    assert asked == [whole], "nothing else: the agent decides it"


async def test_no_whole_answer_in_time_is_a_failure_that_keeps_what_came():
    async def script(line: Line) -> None:
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        await line.send("response.started")
        await line.send("text.delta", delta="Once upon a time")
        await line.socket.wait_closed()

    async with serving(script) as service:
        code, out, err = await run("say", "a story", "--timeout", "3", "--base-url", service.url)
    assert code == 1
    assert "assistant: Once upon a time" in out
    assert is_one_plain_line(err)
    assert "within 3 seconds" in err


@pytest.mark.parametrize("when", ["connecting", "answering", "reconnecting"])
async def test_ctrl_c_ends_it_without_a_word(when: str, tmp_path: Path):
    there = asyncio.Event()

    async def script(line: Line) -> None:
        if when == "connecting":
            await line.expect("session.start")
            there.set()
            await line.socket.wait_closed()
            return
        await line.start()
        await line.expect("text.input")
        await line.expect("response.create")
        if when == "reconnecting":
            line.cut()
        there.set()
        await line.socket.wait_closed()

    def refuse(server, request):
        return server.respond(503, "down\n") if len(service.requests) > 1 else None

    events = tmp_path / "events.jsonl"
    async with serving(script, refuse=refuse) as service:
        process = await start("say", "hello", "--events", str(events), "--base-url", service.url)
        async with asyncio.timeout(60):
            await there.wait()
            if when == "reconnecting":
                while len(service.requests) < 3:  # noqa: ASYNC110 - the process has no event for it
                    await asyncio.sleep(0.01)
            process.send_signal(signal.SIGINT)
            out, err = await process.communicate()
    assert (process.returncode, out, err) == (130, b"", b"")
    assert "session.start" in events.read_text(), "what was exchanged is written"


async def test_a_file_too_short_to_be_sent_is_reported(tmp_path: Path):
    path = tmp_path / "tap.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(bytes(1_600))
    async with serving(idle) as service:
        code, _, err = await run("talk", str(path), "--base-url", service.url)
    assert code == 1
    assert is_one_plain_line(err)
    assert "100 ms" in err


async def test_the_offline_provider_answers_without_a_key():
    code, out, err = await run("say", "what time is it", OPPER_API_KEY="")
    assert (code, err) == (0, "")
    assert "tool: get_time done" in out
    assert "assistant: " in out


async def test_serve_serves_any_client_and_ends_with_its_parent():
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "desktop",
        "serve",
        "--exit-with-parent",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    async with asyncio.timeout(60):
        url = (await process.stdout.readline()).decode().strip()
        assert url.startswith("http://127.0.0.1:")
        code, out, _ = await run("check", "--base-url", url, "--model", "offline/demo-16k")
        assert code == 0
        assert out.startswith("live: ")
        assert "\nprice: free\n" in out
        process.stdin.close()
        assert await process.wait() == 0


async def test_a_port_in_use_is_one_plain_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, err = await run("serve", "--port", str(taken.getsockname()[1]))
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert "in use" in err


async def test_without_a_screen_the_window_says_so():
    code, out, err = await run(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert "no screen" in err


async def test_help_names_every_command():
    code, out, _ = await run("--help")
    assert code == 0
    for command in ("check", "talk", "say", "devices", "serve"):
        assert command in out


async def test_devices_are_listed_or_said_to_be_none():
    code, out, err = await run("devices")
    if code:
        assert is_one_plain_line(err)
        assert "sound device" in err
    else:
        assert "microphones:" in out
