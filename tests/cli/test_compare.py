"""`presstalk compare` from its command line to its reports, over real sockets."""

from __future__ import annotations

import asyncio
import csv
import json
import signal
import wave
from contextlib import AsyncExitStack
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktop.cli import main
from tests.cli.commands import run, start
from tests.compare.services import MODEL, TONE, Planted
from tests.realtime.service import Service, serving

WORDS = ("--fast", "--timeout", "20")


def question(folder: Path) -> Path:
    path = folder / "question.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(24_000)
        file.writeframes(TONE)
    return path


async def two(stack: AsyncExitStack) -> list[Service]:
    return [
        await stack.enter_async_context(serving(Planted(0, said="It is noon."))),
        await stack.enter_async_context(serving(Planted(150, said="Twelve o'clock."))),
    ]


def targets(services: list[Service]) -> list[str]:
    return [word for one in services for word in ("--target", f"{MODEL},url={one.url}")]


async def test_one_take_two_targets_and_every_report(tmp_path: Path):
    async with AsyncExitStack() as stack:
        services = await two(stack)
        options = {"--json": "out.json", "--csv": "out.csv", "--html": "out.html", "--junit": "out.xml"}
        files = [word for option, name in options.items() for word in (option, str(tmp_path / name))]
        reports = {option[2:]: tmp_path / name for option, name in options.items()}
        kept = tmp_path / "kept"
        code, out, err = await run(
            *("compare", str(question(tmp_path)), *targets(services), *WORDS, "--repeat", "3"),
            *files,
            *("--record", str(kept)),
        )
    assert (code, "Traceback" in err) == (0, False), err
    assert "It is noon." in out
    assert "the fastest" in out
    assert err.count(" so far") == 6
    found = json.loads(reports["json"].read_text())
    assert found["passed"]
    assert [len(target["runs"]) for target in found["targets"]] == [3, 3]
    assert [target["model"] for target in found["targets"]] == [MODEL] * 2
    assert len({run["turns"][0]["sent_sha256"] for target in found["targets"] for run in target["runs"]}) == 1
    assert found["sources"][0]["sha256"]["24000"] == found["targets"][0]["runs"][0]["turns"][0]["sent_sha256"]
    assert len(list(csv.DictReader(reports["csv"].read_text().splitlines()))) == 6
    assert reports["html"].read_text().count("<audio ") == 6
    root = ElementTree.parse(reports["junit"]).getroot()
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == ("6", "0", "0")
    assert len(list(kept.glob("run-*/session.json"))) == 6


SCRIPT = """\
version: 1
repeats: 2
conversations:
  - name: time
    turns:
      - sound: question.wav
        expect:
          words: [noon]
          heard: what time is it
          max_ms: {key_up_to_audible: 30000}
  - name: again
    turns:
      - {sound: question.wav, expect: {not_words: sorry}}
"""


async def test_a_script_in_shards_that_are_merged_fails_where_an_expectation_does(tmp_path: Path):
    question(tmp_path)
    script = tmp_path / "suite.yaml"
    script.write_text(SCRIPT)
    async with AsyncExitStack() as stack:
        words = [str(script), *targets(await two(stack)), *WORDS]
        parts = [tmp_path / "1.json", tmp_path / "2.json"]
        ended = await asyncio.gather(
            *(
                run("compare", *words, "--shard", f"{number}/2", "--json", str(path))
                for number, path in enumerate(parts, 1)
            )
        )
    assert sorted(code for code, _, _ in ended) == [0, 1], "one target is in each part"
    merged = tmp_path / "all.json"
    code, out, _ = await run("compare", "--merge", *map(str, parts), "--json", str(merged))
    assert code == 1
    assert 'failed: the word "noon": Twelve o\'clock.' in out
    found = json.loads(merged.read_text())
    assert found["complete"]
    assert found["shards"] == ["1/2", "2/2"]
    assert [len(target["runs"]) for target in found["targets"]] == [4, 4]
    assert [target["counts"]["passed"] for target in found["targets"]] == [8, 6]


async def test_what_was_stopped_goes_on(tmp_path: Path):
    class Once(Planted):
        """Answers the first time; then the session goes on without an answer."""

        answered = False

        async def __call__(self, line):  # type: ignore[no-untyped-def]
            if self.answered:
                await line.start()
                await line.socket.wait_closed()
                return
            self.answered = True
            await super().__call__(line)

    async with AsyncExitStack() as stack:
        slow = Once(0)
        service = await stack.enter_async_context(serving(slow))
        kept, report = tmp_path / "kept", tmp_path / "out.json"
        words = [str(question(tmp_path)), *targets([service]), *WORDS, "--repeat", "2"]
        words += ["--record", str(kept), "--json", str(report)]
        process = await start("compare", *words)
        assert process.stderr
        async with asyncio.timeout(40):
            assert b"[1 of 2]" in await process.stderr.readline()
            process.send_signal(signal.SIGINT)
            await process.communicate()
        assert process.returncode == 130
        found = json.loads(report.read_text())
        assert (found["complete"], len(found["targets"][0]["runs"])) == (False, 1)
        slow.answered = False
        code, _, err = await run("compare", *words, "--go-on")
    assert code == 0, err
    assert err.count(" so far") == 1, "what was there isn't asked again"
    found = json.loads(report.read_text())
    assert (found["complete"], len(found["targets"][0]["runs"])) == (True, 2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "nothing to ask with"),
        (["--say", "hi", "--target", "nothing"], "names no model"),
        (["--say", "hi", "--target", f"{MODEL}:huge"], "has no effort named huge"),
        (["--say", "hi", "--go-on"], "Name it with --record."),
        (["--merge"], "nothing to merge"),
        (["--say", "hi", "--json", "/nowhere/at/all.json"], "There is no folder"),
        (["none.yaml"], "can't be read"),
        (["--say", "hi", "--agent", "front-desk"], "not agents"),
        (["--say", "hi", "--target", MODEL, "--voice", "marin"], "Put them into the targets"),
        (["none.wav"], "none.wav"),
    ],
)
def test_what_cannot_be_compared_is_said(
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
):
    monkeypatch.chdir(tmp_path)
    assert main.main(["compare", *words]) == 1
    err = capsys.readouterr().err
    assert says in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "words", [["--shard", "3/2"], ["--budget", "-1"], ["--repeat", "0"], ["--seed", "x"]]
)
def test_arguments_are_checked(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert main.main(["compare", "--say", "hi", *words]) == 2
    assert capsys.readouterr().err.count("\n") == 1
