"""`presstalk ask-again FOLDER`: the same takes to another model or prompt, and what differs."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import msgspec

from desktop.base import atomic_file
from desktop.base.redaction import redact_all
from desktop.base.terminal import one_line
from desktop.cli.asked_again import Answer, Compared, ask_again
from desktop.cli.output import FAILED, CommandError, as_command_error, print_problem, print_result
from desktop.cli.session_commands import options_for_turns
from desktop.cli.signals import run_until_signal
from desktop.cli.wording import error_worded
from desktop.offline.process import OfflineError
from desktop.realtime.errors import RealtimeError
from desktop.recording.folder.reader import is_recording, open_recording
from desktop.recording.recorded_turns import turns_in

NO_RECORDING = "{} is no recording. Give the folder that has its session.json."
NO_TURNS = "{} has no turn that could be asked again. Record with `--record`: it needs the frames."
NOT_WRITTEN = "{} can't be written ({})."
NONE = "-"


def run(options: argparse.Namespace) -> int:
    """Ask again and print the report; 0 if all was answered, with the same tools called."""
    folder: Path = options.folder
    if not is_recording(folder):
        raise CommandError(NO_RECORDING.format(folder))
    recording = open_recording(folder)
    turns = turns_in(recording)
    if not turns:
        raise CommandError(NO_TURNS.format(folder))
    if missing := recording.damage.message(recording.output_rate):
        print_problem(str(missing))

    async def asked() -> tuple[str, list[Compared]]:
        session = await options_for_turns(options)
        return session.model.id, await ask_again(session, turns, recording.model)

    with as_command_error(RealtimeError, OfflineError, words=error_worded):
        model, compared = run_until_signal(asked())
    print_result(report(recording.model, model, compared))
    if options.json:
        _write(options.json, recording.model, model, compared)
    return 0 if all(one.passes for one in compared) else FAILED


def report(recorded: str, model: str, compared: list[Compared]) -> str:
    """The report as text."""
    lines = [f"recorded: {recorded or NONE}", f"again:    {model}"]
    for one in compared:
        lines += ["", f"turn {one.turn} ({one.kind}): {_told(one)}"]
        for name, answer in (("recorded", one.recorded), ("again", one.again)):
            lines += _answer_lines(name, answer)
    passed = sum(one.passes for one in compared)
    lines += ["", f"{passed} of {len(compared)} turns were answered whole, with the same tools."]
    return "\n".join(lines)


def _told(one: Compared) -> str:
    differs = ", ".join(one.differs)
    return f"{differs} differ ({one.alike:.0%} of the words are alike)" if differs else "the same"


def _answer_lines(name: str, answer: Answer) -> list[str]:
    lines = [f"  {name}:"]
    if answer.understood:
        lines.append(f"    heard: {one_line(answer.understood)}")
    lines.append(f"    said:  {one_line(answer.words) or NONE}")
    for tool in answer.tools:
        arguments = msgspec.json.encode(tool["arguments"]).decode()
        lines.append(f"    tool:  {one_line(tool['name'])} {one_line(arguments)}")
    wait = NONE if answer.wait_ms is None else f"{answer.wait_ms:.0f} ms"
    parts = ", ".join(f"{part} {ms:.0f}" for part, ms in answer.parts_ms.items())
    lines.append(f"    time:  {wait}" + (f" ({parts})" if parts else ""))
    lines.append(f"    cost:  {answer.cost or NONE}")
    lines += [f"    problem: {one_line(problem)}" for problem in answer.problems]
    return lines


def _write(path: Path, recorded: str, model: str, compared: list[Compared]) -> None:
    document: dict[str, Any] = {
        "recorded_model": recorded,
        "model": model,
        "turns": [one.to_object() for one in compared],
        "passes": all(one.passes for one in compared),
    }
    try:
        text = msgspec.json.format(msgspec.json.encode(redact_all(document), enc_hook=str), indent=2)
        atomic_file.write(path, text + b"\n")
    except OSError as exc:
        raise CommandError(NOT_WRITTEN.format(path, exc.strerror or exc)) from exc
    except TypeError:  # half of a surrogate pair
        raise CommandError(NOT_WRITTEN.format(path, "its texts can't be written")) from None
