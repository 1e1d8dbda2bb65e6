"""What `compare` is to run, from its command line: files, scripts, recordings, texts and targets."""

from __future__ import annotations

import argparse
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from desktop.access import key_hosts
from desktop.access.endpoint_resolver import default_model
from desktop.cli.arguments import FileArgument
from desktop.cli.ask_again import NO_TURNS
from desktop.cli.headless import TIMEOUT_S
from desktop.cli.output import CommandError, as_command_error
from desktop.cli.speech_source import open_speech
from desktop.compare.plan import Conversation, Plan, PlannedTurn, Shard
from desktop.compare.scripts.schema import Script, ScriptError, is_script, read_script
from desktop.compare.scripts.spoken import OfflineVoice
from desktop.compare.sound_store import SoundStore
from desktop.compare.take import TakeError, take_of, take_of_pcm
from desktop.compare.targets import ModelOf, Target, TargetError, checked, targets_of
from desktop.recording.folder.reader import is_recording, open_recording
from desktop.recording.recorded_turns import turns_in
from desktop.settings.schema import Settings

NOTHING = "There is nothing to ask with. Give a file of sound, a script, a recording's folder, or --say."
NO_AGENTS = "Models are compared, not agents. Name them with --target, and give --instructions."
IN_TARGETS = "--model and --voice are for a comparison without --target. Put them into the targets."
ONE_SCRIPT = "A script is compared by itself. Leave out the other files and --say."


@dataclass(slots=True)
class Planning:
    """The plan, what is usual in its sessions, and what the user should know of its files."""

    plan: Plan
    usual: Settings
    notes: list[str] = field(default_factory=list)


def planned(options: argparse.Namespace, model_of: ModelOf) -> Planning:
    """What the command line asks for. It blocks.

    Raises:
        CommandError: something of it can't be; the sentence says what to do.
    """
    notes: list[str] = []
    if getattr(options, "agent", ""):
        raise CommandError(NO_AGENTS)
    if options.target and (getattr(options, "model", "") or getattr(options, "voice", "")):
        raise CommandError(IN_TARGETS)
    targets = _targets(options, model_of)
    scripts = [file for file in options.files if isinstance(file, Path) and is_script(file)]
    script = Script("", ())
    if scripts:
        if len(options.files) > 1 or options.say:
            raise CommandError(ONE_SCRIPT)
        with as_command_error(ScriptError):
            script = read_script(scripts[0], model_of, OfflineVoice(SoundStore()))
        notes += script.notes
        conversations = script.conversations
    else:
        conversations = _conversations(options, notes)
    with as_command_error(TargetError):
        chosen = checked(targets or script.targets or targets_of(_usual_model(options), model_of))
    plan = Plan(
        chosen,
        conversations,
        repeats=options.repeat or script.repeats or 1,
        seed=options.seed or 0,
        sessions=options.sessions,
        realtime=not options.fast,
        timeout_s=getattr(options, "timeout", TIMEOUT_S),
        shard=Shard(*(options.shard or (1, 1))),
    )
    usual = Settings(instructions=options.instructions or script.instructions)
    return Planning(plan, usual, notes)


def _targets(options: argparse.Namespace, model_of: ModelOf) -> tuple[Target, ...]:
    with as_command_error(TargetError):
        targets = tuple(target for line in options.target for target in targets_of(line, model_of))
    # Whoever typed an address has agreed that the key goes there; a script's author is somebody else.
    key_hosts.trust_for_this_run(*(target.url for target in targets if target.url))
    return targets


def _usual_model(options: argparse.Namespace) -> str:
    named = getattr(options, "model", "") or default_model(getattr(options, "ticket_url", ""))
    voice = getattr(options, "voice", "")
    return f"{named},voice={voice}" if voice else named


def _conversations(options: argparse.Namespace, notes: list[str]) -> tuple[Conversation, ...]:
    found: list[Conversation] = []
    several = len(options.files) + len(options.say) > 1
    for file in options.files:
        if isinstance(file, Path) and is_recording(file):
            found.append(_of_recording(file))
        else:
            found.append(_of_sound(file, notes, several))
    for text in options.say:
        if text.strip():
            found.append(Conversation(text if several else "", (PlannedTurn(text, text=text),)))
    if not found:
        raise CommandError(NOTHING)
    return tuple(found)


def _of_sound(file: FileArgument, notes: list[str], several: bool) -> Conversation:
    with closing(open_speech(file)) as sound, as_command_error(TakeError):
        take, told = take_of(sound)
    notes += told
    return Conversation(take.name if several else "", (PlannedTurn(take.name, take),))


def _of_recording(folder: Path) -> Conversation:
    turns = []
    for number, turn in enumerate(turns_in(open_recording(folder)), 1):
        name = f"turn {number} of {folder.name}"
        if turn.kind == "typed":
            turns.append(PlannedTurn(name, text=turn.text))
        elif turn.sound:
            with as_command_error(TakeError):
                turns.append(PlannedTurn(name, take_of_pcm(turn.sound, turn.rate, name)))
    if not turns:
        raise CommandError(NO_TURNS.format(folder))
    return Conversation(folder.name, tuple(turns))
