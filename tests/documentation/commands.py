"""Every command in the documents, and how it is known to work.

`Run` and `Serves` are run by `test_commands.py` as they stand. `Elsewhere` is run by the test that is named.
`ByHand` was run by hand, for the reason that is given.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Run:
    """It prints what matches `says`, and ends with one of `codes`."""

    says: str
    codes: tuple[int, ...] = (0,)


@dataclass(frozen=True)
class Serves:
    """It runs until it is ended, and prints this first."""

    says: str


@dataclass(frozen=True)
class Elsewhere:
    """Another test runs it, or what is behind it; `words` stand in it."""

    test: str
    words: str


@dataclass(frozen=True)
class ByHand:
    """It was run by hand, because…"""

    reason: str


NO_DEVICE = (0, 1)
"""A test machine may have no sound device: then the command says so."""

ANSWERED = r"you: .*\n(tool: .*\n)*assistant: .+"
FROM_OUTSIDE = "tests/e2e/test_asked_from_outside.py"
COMPARED = Elsewhere("tests/cli/test_compare.py", '"--html"')
SUITE = Elsewhere("tests/compare/test_example.py", "suite.yaml")
ONE_LINER = Elsewhere("tests/cli/test_talk_key.py", "test_the_documents_one_liners_work")
LOCK = "$(cat ~/.config/presstalk/presstalk.lock)"
SIGNING = "It needs a certificate of Apple's or Microsoft's. Not run: the steps are those of their manuals."

COMMANDS: dict[str, Run | Serves | Elsewhere | ByHand] = {
    # README
    "git clone <this repository> presstalk && cd presstalk": ByHand("It needs the address of a repository."),
    "make run": Elsewhere("tests/rig/test_demo.py", "`make run`"),
    "make test": ByHand("It is what runs this."),
    "presstalk --agent front-desk": Elsewhere("tests/app/test_main.py", '{"agent": "helper"}'),
    "presstalk --ticket-url https://tools.example.org/realtime-ticket": Elsewhere(
        "tests/cli/test_main.py", '"--ticket-url", office.url'
    ),
    "presstalk ptt down": Elsewhere(FROM_OUTSIDE, '"ptt", "down"'),
    "presstalk ptt up": Elsewhere(FROM_OUTSIDE, '"ptt", "up"'),
    "presstalk ptt toggle": Elsewhere(FROM_OUTSIDE, '"ptt", "toggle"'),
    "presstalk connect": Run("", (0,)),
    "presstalk --model offline/demo --save build/talk": Serves("presstalk: window ready"),
    "presstalk": Elsewhere("tests/e2e/test_closing.py", '"-m", "desktop"'),
    "presstalk check": Run(
        r"live: \S+ @ 24000Hz\nmodel: offline/demo \(Offline demo\)\nprice: free\nwith: no key is needed"
    ),
    "presstalk check --model offline/demo-16k": Run(r"live: \S+ @ \d+Hz"),
    "presstalk talk question.wav -o answer.wav": Run(ANSWERED),
    "presstalk talk question.wav -o answer.wav --realtime --timeout 60": Run(ANSWERED),
    'presstalk say "What time is it?"': Run(ANSWERED),
    'presstalk say "Roll two dice" --events frames.jsonl': Run(ANSWERED),
    'presstalk say "What time is it?" --base-url http://127.0.0.1:8787': Run(ANSWERED),
    "presstalk devices": Run("microphones:|There is no sound device", NO_DEVICE),
    "presstalk mcp": Elsewhere("tests/app/test_mcp_control.py", "presstalk_mcp("),
    "presstalk tools list": Elsewhere("tests/cli/test_tool_commands.py", '"tools", "list", "--json"'),
    "presstalk doctor": Elsewhere("tests/e2e/test_doctor.py", '"doctor", "--json"'),
    "presstalk devices --json": Run(r"^\["),
    "presstalk pack FOLDER": Elsewhere("tests/recording/folder/test_recording.py", "packing.pack("),
    "presstalk serve --replay FOLDER": Elsewhere("tests/recording/test_replay_server.py", "ReplayServer("),
    "presstalk serve --replay demo --port 8787": Elsewhere(
        "tests/recording/test_replay_server.py", "ReplayServer("
    ),
    "presstalk share FOLDER --to x.zip": Elsewhere("tests/cli/test_share.py", '"share", str(folder), "--to"'),
    "presstalk share demo --to demo.zip": Elsewhere(
        "tests/cli/test_share.py", '"share", str(folder), "--to"'
    ),
    "presstalk open x.zip": Elsewhere("tests/cli/test_share.py", '"open", str(tmp_path / "x.zip")'),
    "presstalk open demo.zip": Elsewhere("tests/cli/test_share.py", '"open", str(tmp_path / "x.zip")'),
    "presstalk ask-again FOLDER --model xai/grok-voice-latest": Elsewhere(
        "tests/cli/test_ask_again.py", '"ask-again"'
    ),
    "presstalk ask-again demo --model xai/grok-voice-latest --json report.json": Elsewhere(
        "tests/cli/test_ask_again.py", '"ask-again"'
    ),
    "presstalk compare question.wav --target offline/demo --target offline/demo-16k": Run(
        r"target +n +median.*\noffline/demo", (0, 1)
    ),
    "presstalk compare question.wav --target openai/gpt-realtime-2:low/high --target xai/grok-voice-latest "
    "--repeat 5 --html out.html": COMPARED,
    "presstalk compare question.wav --target openai/gpt-realtime-2,effort=all,voice=marin/cedar": COMPARED,
    "presstalk compare question.wav "
    "--target gemini/gemini-3.1-flash-live-preview,turns=server_vad,vad_silence_ms=200/500/800": COMPARED,
    "presstalk compare examples/suite.yaml --fast --junit junit.xml": SUITE,
    "presstalk compare examples/suite.yaml --fast --record build/suite": SUITE,
    "presstalk compare examples/suite.yaml --fast --record build/suite --go-on": Elsewhere(
        "tests/cli/test_compare.py", '"--go-on"'
    ),
    "parallel -S one,two,three --return part{}.json --cleanup presstalk compare suite.yaml --shard {}/24 "
    "--json part{}.json ::: $(seq 24)": ByHand(
        "It needs three machines; a test runs the parts side by side."
    ),
    "presstalk compare --merge part*.json --html out.html --junit junit.xml": Elsewhere(
        "tests/cli/test_compare.py", '"--merge"'
    ),
    "presstalk --record demo": ByHand("It opens the window; `say` below makes the same folder."),
    'presstalk say "what time is it" --record demo': Run(ANSWERED),
    "presstalk serve --port 8787": Serves(r"http://127\.0\.0\.1:\d+"),
    "make bundle": Elsewhere("tests/e2e/test_bundle.py", "bundle"),
    "make install": Elsewhere("tests/bundling/test_install.py", "install"),
    "make uninstall": Elsewhere("tests/bundling/test_install.py", "uninstall"),
    # remote-control
    f"echo ptt down | socat - UNIX-CONNECT:{LOCK}": ONE_LINER,
    f"echo ptt down | nc -N -U {LOCK}": ONE_LINER,
    "perl -MIO::Socket::UNIX -e '$s=IO::Socket::UNIX->new(shift) or die; "
    f'print $s "ptt down\\n"; print <$s>\' {LOCK}': ONE_LINER,
    # CONTRIBUTING
    "make test ARGS=\"-m 'not rig and not screen'\"": ByHand("It is what runs this."),
    'make test ARGS="tests/protocol -x"': ByHand("It is what runs this."),
    'make test ARGS="tests/turn/test_turn.py -k interrupt"': ByHand("It is what runs this."),
    'make test ARGS="-m rig tests/e2e/test_voice_loop.py"': ByHand("It is what runs this."),
    "make lint": Elsewhere("tests/project/test_style.py", "ruff check"),
    "make format": Elsewhere("tests/project/test_style.py", "ruff format"),
    ".venv/bin/pre-commit install": ByHand("It changes the checkout that it is run in."),
    "make bench": ByHand("It measures for minutes, and what else runs spoils its figures."),
    "make bench-quick": ByHand("It measures for two minutes, and what else runs spoils its figures."),
    "make soak": Elsewhere("tests/soak/test_soak.py", "soak"),
    "make fuzz": ByHand("It takes an hour; the suite plays some thousands of frames and files."),
    "make flood": ByHand("It takes half an hour; the suite tries some of its floods for two seconds."),
    "make monkey": ByHand("It plays for minutes, and another time each time: what it finds is made a test."),
    'make monkey ARGS="--holds 10000"': ByHand("It takes an hour; the suite tries each of its ways once."),
    "make screenshots": ByHand("It paints for minutes, and only eyes can judge what comes of it."),
    ".venv/bin/python -m tests.faults": Run(r"drop-in-answer +\w+"),
    ".venv/bin/presstalk serve --fault drop-in-answer --port 8787": Serves(r"http://127\.0\.0\.1:\d+"),
    # docs/packaging.md
    "PRESSTALK_LITE=1 make bundle": Elsewhere("tests/e2e/test_bundle.py", "bundle"),
    r"py -3.12 scripts\setup.py bundle": ByHand("It is Windows': the workflow for bundles runs it."),
    r".venv\Scripts\python scripts\bundle.py": ByHand("It is Windows': the workflow for bundles runs it."),
}
