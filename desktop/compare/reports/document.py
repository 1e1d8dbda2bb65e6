"""The report as JSON, for programs, and back, to merge those of shards. `docs/compare.md` describes it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from desktop.base.json_depth import decode
from desktop.base.redaction import redact_all
from desktop.base.terminal import plain_json
from desktop.compare.results import FORMAT, VERSION, Outcome, RunResult, TargetInfo
from desktop.compare.statistics import counted, differences, summaries

LARGEST = 256_000_000
"""Bytes of a report that is read: some 100,000 turns."""

NOT_READ = "{} can't be read ({}). Give the JSON report of a comparison."
NO_REPORT = "{} is no report of a comparison. Give files that were written with --json."
LATER = "{} was written by a later version of the program. Update this one, or make the report again."
OTHER_PLAN = "{} is of another comparison than {}: merge parts of the same targets, turns, repeats and seed."
SAME_PART = "{} and {} both have run {}. Give each part once."
NOTHING_TO_MERGE = "There is nothing to merge. Give the JSON reports of the parts."


class ReportError(ValueError):
    """A report can't be read or merged; the message says why and what to do."""


def to_document(outcome: Outcome) -> dict[str, Any]:
    """The report as JSON values, without secrets."""
    head: dict[str, Any] = msgspec.to_builtins(outcome)
    del head["targets"], head["runs"]
    judged = differences(outcome)
    targets = []
    for at, info in enumerate(outcome.targets):
        one: dict[str, Any] = msgspec.to_builtins(info)
        one["model"] = info.target.model
        one["summary"] = _finite(msgspec.to_builtins(summaries(outcome, at)))
        if judged:
            one["difference"] = {**msgspec.to_builtins(judged[at]), "words": judged[at].worded()}
        count = counted(outcome, at)
        one["counts"] = {name: getattr(count, name) for name in count.__slots__}
        one["runs"] = [_run(run) for run in outcome.runs_of(at)]
        targets.append(one)
    document = {"format": FORMAT, "version": VERSION, **head, "passed": outcome.passed, "targets": targets}
    redacted: dict[str, Any] = redact_all(document)
    return redacted


def to_json(outcome: Outcome) -> bytes:
    """The report as the content of a file."""
    raw = msgspec.json.format(msgspec.json.encode(to_document(outcome), enc_hook=str), indent=2)
    return plain_json(raw.decode()).encode() + b"\n"


def read(path: Path) -> Outcome:
    """A report of a file. Raises ReportError: it isn't one that can be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST + 1)
        found = decode(raw) if len(raw) <= LARGEST else None
    except OSError as exc:
        raise ReportError(NOT_READ.format(path, exc.strerror or exc)) from exc
    except ValueError:
        raise ReportError(NO_REPORT.format(path)) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise ReportError(NO_REPORT.format(path))
    if not isinstance(found.get("version"), int) or found["version"] > VERSION:
        raise ReportError(LATER.format(path))
    try:
        return _outcome(found)
    except (msgspec.ValidationError, KeyError, TypeError, AttributeError):
        raise ReportError(NO_REPORT.format(path)) from None


def merged(parts: Sequence[tuple[str, Outcome]]) -> Outcome:
    """One report of parts, each with its name. Raises ReportError: they don't belong together."""
    if not parts:
        raise ReportError(NOTHING_TO_MERGE)
    first_name, first = parts[0]
    seen: dict[int, str] = {}
    runs: list[RunResult] = []
    for name, part in parts:
        if part.fingerprint != first.fingerprint or len(part.targets) != len(first.targets):
            raise ReportError(OTHER_PLAN.format(name, first_name))
        for run in part.runs:
            if run.job in seen:
                raise ReportError(SAME_PART.format(seen[run.job], name, run.job))
            seen[run.job] = name
            runs.append(run)
    sources = {(one.name, str(one.sha256)): one for _, part in parts for one in part.sources}
    return msgspec.structs.replace(
        first,
        runs=sorted(runs, key=lambda run: run.job),
        sources=list(sources.values()),
        shards=[shard for _, part in parts for shard in part.shards],
        notes=list(dict.fromkeys(note for _, part in parts for note in part.notes)),
        complete=all(part.complete for _, part in parts) and sum(run.whole for run in runs) == first.jobs,
    )


def _run(run: RunResult) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.to_builtins(run)
    found["passed"] = run.passed
    return found


def _outcome(found: dict[str, Any]) -> Outcome:
    targets, runs = [], []
    for at, one in enumerate(found["targets"]):
        targets.append(msgspec.convert(one, TargetInfo))
        of_target = [msgspec.convert(run, RunResult) for run in one["runs"]]
        runs += [msgspec.structs.replace(run, target=at) for run in of_target]
    head = {name: found[name] for name in Outcome.__struct_fields__ if name in found}
    head |= {"targets": [], "runs": []}
    return msgspec.structs.replace(msgspec.convert(head, Outcome), targets=targets, runs=runs)


def _finite(values: Any) -> Any:
    """JSON has no infinity."""
    if isinstance(values, dict):
        return {name: _finite(value) for name, value in values.items()}
    if isinstance(values, float):
        return round(values, 3) if math.isfinite(values) else None
    return values
