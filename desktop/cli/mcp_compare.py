"""`compare` of `presstalk mcp`: one take to many models, as the command of that name does it."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import msgspec

from desktop.access.model_cache import ModelCache
from desktop.audio.sound_file import SoundFile
from desktop.base.daemon_thread import in_daemon
from desktop.cli import day_budget
from desktop.cli.session_commands import access_options
from desktop.cli.wording import worded
from desktop.compare.outcome import outcome_of
from desktop.compare.plan import Conversation, Plan, PlannedTurn
from desktop.compare.reports.document import to_document
from desktop.compare.run_events import Noted, RunEvent
from desktop.compare.runner import Runner
from desktop.compare.service_options import ServiceOptions
from desktop.compare.take import take_of
from desktop.compare.targets import Target, checked, targets_of
from desktop.protocol import catalog
from desktop.tools.registry import ToolError

MOST_TARGETS = 16
MOST_REPEATS = 5
NO_ADDRESS = "A target can't name an address here: only the user says where their key goes."
TOO_MANY = f"These are more than {MOST_TARGETS} targets. Each costs: name fewer."

Line = Annotated[str, msgspec.Meta(max_length=500)]


class Compare(msgspec.Struct, frozen=True):
    """`compare`."""

    file: Annotated[str, msgspec.Meta(description="The absolute path of a WAV, FLAC, Ogg or MP3 with speech")]
    targets: Annotated[
        list[Line],
        msgspec.Meta(
            min_length=1,
            max_length=MOST_TARGETS,
            description="As of `presstalk compare --target`: provider/model, with :effort and ,voice=NAME",
        ),
    ]
    repeats: Annotated[int, msgspec.Meta(ge=1, le=MOST_REPEATS)] = 1


async def compare(options: argparse.Namespace, wanted: Compare) -> dict[str, Any]:
    """The report, as `docs/compare.md` describes it.

    Raises:
        ToolError, MessageError: it can't be asked like this.
        CommandError: the day's budget is used up.
        SoundFileError: the file can't be read.
    """
    access = access_options(options)
    catalogue = ModelCache(lambda: access)
    await catalogue.load()

    def model_of(model_id: str) -> catalog.Model:
        return catalog.find(model_id, catalogue.models)

    targets = tuple(target for line in wanted.targets for target in targets_of(line, model_of))
    _check(targets)
    notes: list[str] = []

    def told(event: RunEvent) -> None:
        if isinstance(event, Noted):
            notes.append(worded(event.message))

    def planned() -> Plan:
        with closing(SoundFile(wanted.file)) as sound:
            take, found = take_of(sound)
        notes.extend(found)
        talk = Conversation("", (PlannedTurn(take.name, take),))
        return Plan(checked(targets), (talk,), repeats=wanted.repeats)

    plan = await in_daemon(planned)
    models = [model_of(target.model) for target in plan.targets]
    await in_daemon(partial(day_budget.look_for, models, beyond=options.beyond_budget))
    # No recording is kept: the report has what it needs of them.
    with tempfile.TemporaryDirectory(prefix="presstalk-compare-") as folder:
        runner = Runner(plan, ServiceOptions(model_of, access, words=worded), Path(folder), told=told)
        await runner.run()
        outcome = outcome_of(plan, runner.runs, notes, model_of)
    found = await asyncio.to_thread(to_document, outcome)
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(found, enc_hook=str), type=dict[str, Any])
    return plain


def _check(targets: tuple[Target, ...]) -> None:
    if any(target.url for target in targets):
        raise ToolError(NO_ADDRESS)
    if len(targets) > MOST_TARGETS:
        raise ToolError(TOO_MANY)
