"""What commands print, where it can't be printed, and that nothing of a service's words is obeyed."""

from __future__ import annotations

import asyncio
import os
import sys
import wave
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop.base import redaction
from desktop.cli import session_commands
from desktop.cli.main import main
from tests.cli.commands import KEY, PCM, Script, answering, is_one_plain_line, run, shell
from tests.realtime.service import Line, serving

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has neither bash nor these devices")

NASTY = "a\x1b[2J\x1b]0;t\x07\x1b]52;c;eA==\x1b\\b\rc\x9b1m\u202ed\x00"
OBEYED = "".join(map(chr, [*range(9), *range(11, 32), *range(127, 160)])) + "\u202e"
COMMANDS = {
    "check": "presstalk check",
    "say": "presstalk say hi",
    "help": "presstalk --help",
    "version": "presstalk --version",
    "help of a command": "presstalk talk --help",
}
UNBUFFERED = pytest.mark.parametrize("unbuffered", ["", "1"], ids=["buffered", "unbuffered"])


@UNBUFFERED
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_closed_pipe_ends_it_quietly(command: str, unbuffered: str):
    async with serving(answering("Hi. " * 50_000)) as service:
        code, _, err = await shell(
            f"{command} | head -c0", OPPER_BASE_URL=service.url, PYTHONUNBUFFERED=unbuffered
        )
    assert (code, err) == (141, "")


async def test_a_closed_pipe_doesnt_cost_the_answer(tmp_path: Path):
    answer = tmp_path / "answer.wav"
    async with serving(answering()) as service:
        code, _, err = await shell(f"presstalk say hi -o {answer} | head -c0", OPPER_BASE_URL=service.url)
    assert (code, err) == (141, "")
    with wave.open(str(answer)) as heard:
        assert heard.readframes(heard.getnframes()) == PCM


@UNBUFFERED
@pytest.mark.parametrize(("where", "why"), [(">/dev/full", "No space left"), (">&-", "it is closed")])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
async def test_a_full_disk_or_a_closed_stdout_is_said(command: str, where: str, why: str, unbuffered: str):
    async with serving(answering()) as service:
        code, out, err = await shell(
            f"{command} {where}", OPPER_BASE_URL=service.url, PYTHONUNBUFFERED=unbuffered
        )
    assert (code, out) == (1, "")
    lines = err.splitlines()
    assert f"Standard output can't be written ({why}" in lines[-1]
    kept = ["you: Hello?", "assistant: Hi."] if "say" in command else []
    assert lines[:-1] == kept, "an answer that was paid for isn't lost"


async def test_a_pipe_that_its_reader_has_made_non_blocking_gets_everything():
    text = "Hi. " * 20_000  # more than a pipe holds
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    async with serving(answering(text)) as service:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "desktop", "say", "hi", "--base-url", service.url),
            env={**os.environ, "OPPER_API_KEY": KEY},
            stdout=theirs,
            stderr=asyncio.subprocess.PIPE,
        )
        os.close(theirs)
        with os.fdopen(ours, "rb") as pipe:
            out = await asyncio.to_thread(pipe.read)
        _, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    assert out.decode() == f"you: Hello?\nassistant: {text.strip()}\n"


@UNBUFFERED
@pytest.mark.parametrize("where", ["2>/dev/full", "2>&-", "2> >(exit)"])
async def test_an_unwritable_stderr_changes_no_exit_code(where: str, unbuffered: str):
    env = {"PYTHONUNBUFFERED": unbuffered}
    async with serving(answering()) as service:
        env["OPPER_BASE_URL"] = service.url
        code, out, _ = await shell(f"presstalk say hi --verbose {where}", **env)
        assert (code, out) == (0, "you: Hello?\nassistant: Hi.\n")
        code, _, _ = await shell(f"presstalk say ' ' {where}", **env)
        assert code == 1
        code, _, _ = await shell(f"presstalk nonsense {where}", **env)
        assert code == 2


async def test_all_streams_may_be_closed(tmp_path: Path):
    async with serving(answering()) as service:
        code, out, err = await shell(
            f"presstalk say hi -o {tmp_path / 'a.wav'} --events {tmp_path / 'e.jsonl'} --verbose "
            "<&- >&- 2>&-",
            OPPER_BASE_URL=service.url,
        )
    assert (code, out, err) == (1, "", "")
    with wave.open(str(tmp_path / "a.wav")) as heard:
        assert heard.getnframes() == len(PCM) // 2
    assert (tmp_path / "e.jsonl").read_text().startswith('{"at_ms"'), "nothing else is in it"


@pytest.mark.parametrize("encoding", ["ascii", "ascii:strict", "latin-1", "cp437", "koi8-r"])
async def test_what_the_terminals_encoding_lacks_is_printed_as_codes(encoding: str):
    async with serving(answering("ümläut 你好 👍")) as service:
        code, out, err = await run("say", "hi", OPPER_BASE_URL=service.url, PYTHONIOENCODING=encoding)
    assert code == 0
    assert "\\u4f60\\u597d \\U0001f44d" in out
    assert is_one_plain_line(err)
    assert "encoding" in err


async def test_an_ascii_locale_loses_nothing():
    async with serving(answering("ümläut")) as service:
        env = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        code, out, _ = await run("say", "hi", OPPER_BASE_URL=service.url, **env)
    assert code == 0
    assert "\\xfcml\\xe4ut" in out


async def complaining(line: Line) -> None:
    await line.start(session_id=f"s\n{NASTY}")
    await line.send("error", error={"message": NASTY, "code": NASTY})
    await line.send("session.terminating", error={"code": "", "message": NASTY})
    await line.socket.close()


@pytest.mark.parametrize("words", [("check",), ("say", "hi")])
@pytest.mark.parametrize("script", [answering(NASTY), complaining], ids=["answer", "complaint"])
async def test_nothing_of_the_services_words_is_obeyed(words: tuple[str, ...], script: Script):
    async with serving(script) as service:
        _, out, err = await run(*words, "--base-url", service.url)
    assert not set(OBEYED) & set(out + err)
    if script is complaining or "say" in words:
        assert "a�[2J" in out + err, "it was printed"


async def test_the_id_of_a_session_is_one_line():
    async def script(line: Line) -> None:
        await line.start(session_id="s1\nwith: another key\r\u2028x")
        await line.socket.wait_closed()

    async with serving(script) as service:
        _, out, _ = await run("check", "--base-url", service.url)
    lines = out.splitlines()
    assert (lines[0], lines[-1], len(lines)) == (
        "live: s1 with: another key x @ 24000Hz",
        "with: the key from OPPER_API_KEY",
        4,
    )


async def test_a_refusals_page_is_not_obeyed():
    async with serving(answering(), refuse=lambda server, _: server.respond(418, NASTY)) as service:
        code, out, err = await run("check", "--base-url", service.url)
    assert (code, out) == (1, "")
    assert is_one_plain_line(err)
    assert not set(OBEYED) & set(err)


async def test_the_log_has_nothing_that_is_obeyed(own_home: Path):
    async def script(line: Line) -> None:
        await line.start()
        await line.send(NASTY)
        await line.send("error", message=NASTY, code=NASTY)
        await line.send("session.terminating", error={"code": NASTY, "message": NASTY})
        await line.socket.close()

    async with serving(script) as service:
        _, out, err = await run("say", "hi", "--verbose", "--base-url", service.url)
    logged = (own_home / "logs" / "commands.log").read_text()
    assert not set(OBEYED) & set(out + err + logged)


async def test_a_secret_isnt_put_together_from_its_parts():
    parts = f"{KEY[:5]}\u202e{KEY[5:]}"
    async with serving(answering(f"Your key is {parts}.")) as service:
        code, out, _ = await run("say", "hi", "--base-url", service.url)
    assert code == 0
    assert "Your key is …." in out
    assert redaction.redact(out) == out


@pytest.mark.parametrize(
    "words",
    [
        ("say", "\udcff"),
        ("say", "hi", "--model", "a\udcffb"),
        ("say", "hi", "--base-url", "http://\udcff"),
        ("check", "--voice", "\udcff"),
        ("serve", "--host", "\udcff"),
        ("\udcff",),
        ("ptt", "\udcff"),
        ("talk", "\udcff.wav"),
        ("say", "hi", "--timeout", "\udcff"),
        ("say", "hi", "-o", "/nowhere/\udcff.wav"),
    ],
)
async def test_an_argument_that_is_no_text_is_one_sentence(words: tuple[str, ...]):
    code, out, err = await run(*words)
    assert code in (1, 2)
    assert out == ""
    assert is_one_plain_line(err)


async def test_a_files_name_may_be_any_bytes(tmp_path: Path):
    async with serving(answering()) as service:
        answer = tmp_path / "\udcff.wav"
        code, _, err = await run("say", "hi", "-o", str(answer), "--base-url", service.url)
    assert (code, err) == (0, "")
    assert answer.stat().st_size == 44 + len(PCM)


@pytest.mark.parametrize(
    "value", ["nan", "inf", "-1", "0", "soon", "", "1e9", "99999999999999999999", "1e-400", "٣x", "1;2"]
)
async def test_a_timeout_that_is_none_is_one_sentence(value: str):
    code, out, err = await run("say", "hi", f"--timeout={value}")
    assert (code, out) == (2, "")
    assert is_one_plain_line(err)
    assert "timeout" in err


@pytest.mark.parametrize("words", [["serve", "--port", "9" * 5_000], ["serve", "--sessions", "0"], ["sey"]])
async def test_a_mistake_is_one_sentence(words: list[str]):
    code, out, err = await run(*words)
    assert (code, out) == (2, "")
    assert is_one_plain_line(err)
    assert "--help" in err


@pytest.mark.parametrize("error", [OSError(24, "Too many open files"), MemoryError(), RuntimeError(NASTY)])
def test_what_nobody_thought_of_is_one_sentence_and_in_the_log(
    error: Exception,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    expect_log: Callable[[str], None],
    own_home: Path,
):
    def fail(_: object) -> int:
        raise error

    expect_log("the command failed")
    monkeypatch.setattr(session_commands, "check", fail)
    assert main(["check"]) == 1
    err = capsys.readouterr().err
    assert is_one_plain_line(err)
    assert (str(error)[:1] or "MemoryError") in err
    assert "Traceback" in (own_home / "logs" / "commands.log").read_text()
