"""`presstalk compare`: one take, many targets; scripts, shards, and the merging of their reports."""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from desktop.access.model_cache import ModelCache
from desktop.base import atomic_file
from desktop.cli import day_budget
from desktop.cli.answer_files import check_place
from desktop.cli.compare_plan import planned
from desktop.cli.host_question import host_question
from desktop.cli.output import (
    FAILED,
    INTERRUPTED,
    CommandError,
    Terminated,
    as_command_error,
    print_problem,
    print_result,
)
from desktop.cli.session_commands import access_options
from desktop.cli.signals import run_until_signal
from desktop.cli.wording import worded
from desktop.compare.evidence import Evidence, NoEvidence, Recordings
from desktop.compare.outcome import outcome_of
from desktop.compare.plan import Plan
from desktop.compare.reports.document import ReportError, merged, read, to_json
from desktop.compare.reports.junit import to_junit
from desktop.compare.reports.page import to_html
from desktop.compare.reports.progress import Progress
from desktop.compare.reports.table import to_csv, to_text
from desktop.compare.results import Outcome
from desktop.compare.run_events import Noted, RunEnded, RunEvent
from desktop.compare.runner import Runner
from desktop.compare.service_options import ServiceOptions
from desktop.compare.spent import Spent
from desktop.compare.store import Store, StoreError
from desktop.protocol import catalog
from desktop.recording.folder.packing import pack_aside

NO_FOLDER = "--go-on needs the comparison's folder. Name it with --record."
SAME_FILE = "Two reports can't go to {}. Choose another file."
NOT_WRITTEN = "{} can't be written ({}). Choose another place."
NO_STDIN = "Reports to be merged are files. Name them after --merge."
NOT_KEPT = "What came of a run can't be written into {} ({}): it would have to be run again."


def run(options: argparse.Namespace) -> int:
    """Compare, or merge; 0 if everything was answered, and as the script expects."""
    reports = _reports(options)
    if options.merge:
        return _merge(options, reports)
    if options.go_on and not options.record:
        raise CommandError(NO_FOLDER)
    access = access_options(options)
    catalogue = ModelCache(lambda: access)
    run_until_signal(catalogue.load())

    def model_of(model_id: str) -> catalog.Model:
        return catalog.find(model_id, catalogue.models)

    planning = planned(options, model_of)
    day_budget.look_for(
        (model_of(target.model) for target in planning.plan.targets), beyond=options.beyond_budget
    )
    service = ServiceOptions(model_of, access, planning.usual, host_question(), worded)
    with ExitStack() as stack:
        if options.record:
            with as_command_error(StoreError):
                store = Store(options.record, planning.plan, goes_on=options.go_on)
        else:
            # No recordings are kept: the reports have what they need from them.
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="presstalk-compare-"))
            with as_command_error(StoreError):
                store = Store(Path(folder), planning.plan)
        comparison = _Comparison(planning.plan, service, store, Spent(options.budget), planning.notes)
        code = _until_stopped(comparison)
        outcome = comparison.outcome()
        _write(reports, outcome, Recordings(store.folder))
        print_result(to_text(outcome))
        if options.record:
            folders = [store.folder / run.recording for run in outcome.runs]
            pack_aside(*(one for one in folders if one.is_dir()))
    return code or (0 if outcome.passed else FAILED)


@dataclass(frozen=True, slots=True)
class _Report:
    path: Path
    content: Callable[[Outcome, Evidence], bytes]


class _Comparison:
    """A plan that is run; what has come so far is there at any time."""

    def __init__(
        self, plan: Plan, service: ServiceOptions, store: Store, spent: Spent, notes: list[str]
    ) -> None:
        self._plan, self._model_of, self._store = plan, service.model_of, store
        self._notes: list[str] = notes
        mine = {job.number for wave in plan.waves() for job in wave}
        self._before = [one for one in store.load() if one.job in mine]
        for one in self._before:
            for turn in one.turns:
                spent.add(turn.cost)
        self._progress = Progress(plan, spent, len(self._before))
        self._runner = Runner(plan, service, store.folder, spent, self._told)

    async def run(self) -> None:
        await self._runner.run(tuple(one.job for one in self._before))

    def outcome(self) -> Outcome:
        return outcome_of(self._plan, [*self._before, *self._runner.runs], self._notes, self._model_of)

    def _told(self, event: RunEvent) -> None:
        if isinstance(event, Noted):
            self._notes.append(str(event.message))
        elif isinstance(event, RunEnded) and event.whole:
            try:
                self._store.add(event.run)
            except OSError as exc:
                print_problem(NOT_KEPT.format(self._store.folder, exc.strerror or exc))
        if line := self._progress.line(event):
            print_problem(line)


def _until_stopped(comparison: _Comparison) -> int:
    """Run it; the exit code if it was stopped. What is there stays."""
    try:
        run_until_signal(comparison.run())
    except KeyboardInterrupt:
        return INTERRUPTED
    except Terminated as exc:
        return exc.exit_code
    return 0


def _merge(options: argparse.Namespace, reports: list[_Report]) -> int:
    paths = [path for path in options.files if isinstance(path, Path)]
    if len(paths) < len(options.files):
        raise CommandError(NO_STDIN)
    with as_command_error(ReportError):
        outcome = merged([(str(path), read(path)) for path in paths])
    _write(reports, outcome, NoEvidence())
    print_result(to_text(outcome))
    return 0 if outcome.passed else FAILED


def _reports(options: argparse.Namespace) -> list[_Report]:
    """The reports that are wanted; each can be written: what was paid for must not be lost."""
    named: list[tuple[Path | None, Callable[[Outcome, Evidence], bytes]]] = [
        (options.json, lambda outcome, _: to_json(outcome)),
        (options.csv, lambda outcome, _: to_csv(outcome)),
        (options.html, to_html),
        (options.junit, lambda outcome, _: to_junit(outcome)),
    ]
    reports = [_Report(path, content) for path, content in named if path]
    for at, report in enumerate(reports):
        if any(report.path == other.path for other in reports[:at]):
            raise CommandError(SAME_FILE.format(report.path))
        check_place(report.path)
    return reports


def _write(reports: list[_Report], outcome: Outcome, evidence: Evidence) -> None:
    failed: CommandError | None = None
    for report in reports:
        try:
            atomic_file.write(report.path, report.content(outcome, evidence))
        except OSError as exc:
            failed = CommandError(NOT_WRITTEN.format(report.path, exc.strerror or exc))
    if failed:
        print_result(to_text(outcome))
        raise failed
