"""The report as a table: CSV, a row for each turn of each run; and as text for a terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import msgspec

from desktop.base.redaction import redact
from desktop.base.terminal import one_line
from desktop.compare.results import Amount, Outcome, RunResult, TurnResult
from desktop.compare.statistics import counted, differences, summaries
from desktop.cost.money import Money, picos
from desktop.turn.turn_parts import PART_NAMES

NONE = "-"
COLUMNS = (
    *("target", "model", "conversation", "repeat", "turn", "kind", "asked", "understood", "answer"),
    *("key_up_to_audible_ms", "begins_with", "leading_silence_ms"),
    *(f"{name}_ms" for name in PART_NAMES if name != "leading_silence"),
    *("length_ms", "words_a_minute", "stalls", "stall_ms", "tools", "cost", "currency", "cost_estimated"),
    *("complete", "interrupted", "passed", "retries", "round_trip_ms", "error"),
)
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of one."""
WIDEST = 48


def to_csv(outcome: Outcome) -> bytes:
    """The report as the content of a file, UTF-8."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for at, info in enumerate(outcome.targets):
        for run in outcome.runs_of(at):
            for turn in run.turns or [_of_run(run)]:
                row = _row(run, turn)
                writer.writerow(
                    [_cell(info.name), _cell(info.target.model), *(row[name] for name in COLUMNS[2:])]
                )
    return out.getvalue().encode("utf-8", "replace")


def to_text(outcome: Outcome) -> str:
    """A few lines for a terminal: a row for each target, and what the differences are worth."""
    judged = differences(outcome)
    rows: list[tuple[str, ...]] = [
        ("target", "n", "median", "p95", "spread", "silence", "stalls", "cost", "errors")
    ]
    for at, info in enumerate(outcome.targets):
        rows.append((one_line(info.name, WIDEST), *_figures(outcome, at)))
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    lines = [
        "  ".join(
            [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
        )
        for row in rows
    ]
    lines.append("")
    lines.append("Times in ms from the key-up (typed: from the sending) to the first audible sound.")
    lines += [f"{one_line(outcome.targets[one.target].name, WIDEST)}: {one.worded()}" for one in judged]
    lines += list(_answers(outcome))
    return "\n".join(lines)


def cost_of(outcome: Outcome, target: int) -> list[Amount] | None:
    """What a target has cost in all, by currency; None where that isn't known of every turn."""
    total: dict[str, int] = {}
    estimated = False
    turns = [turn for run in outcome.runs_of(target) for turn in run.turns]
    for turn in turns:
        if turn.cost is None:
            return None
        for one in turn.cost:
            total[one.currency] = total.get(one.currency, 0) + (picos(one.amount) or 0)
            estimated = estimated or one.estimated
    if not turns:
        return None
    return [Amount(Money(amount, name).exactly(), name, estimated) for name, amount in total.items()]


def money_worded(amounts: list[Amount] | None, none: str = NONE) -> str:
    """Amounts in a few words."""
    if not amounts:
        return none
    about = "≈ " if any(one.estimated for one in amounts) else ""
    return about + " + ".join(str(Money(picos(one.amount) or 0, one.currency)) for one in amounts)


def tools_worded(turn: TurnResult) -> str:
    """The tools that were called, with their arguments."""
    calls = (
        f"{tool.name} {msgspec.json.encode(tool.arguments, enc_hook=str).decode()}" for tool in turn.tools
    )
    return "; ".join(one_line(call, 500) for call in calls)


def _figures(outcome: Outcome, target: int) -> tuple[str, ...]:
    found, count = summaries(outcome, target), counted(outcome, target)
    wait, silence = found.get("key_up_to_audible_ms"), found.get("leading_silence_ms")
    return (
        str(wait.n if wait else 0),
        *((f"{wait.median:.0f}", f"{wait.p95:.0f}", f"{wait.spread:.0f}") if wait else (NONE,) * 3),
        f"{silence.median:.0f}" if silence else NONE,
        str(count.stalls),
        money_worded(cost_of(outcome, target)),
        str(count.errors),
    )


def _answers(outcome: Outcome) -> Iterator[str]:
    """What each target understood and answered first, its errors, and the checks that failed."""
    for at, info in enumerate(outcome.targets):
        runs = outcome.runs_of(at)
        yield ""
        yield f"{one_line(info.name, WIDEST)}:"
        first = next((turn for run in runs for turn in run.turns if turn.error is None), None)
        if first:
            yield f"  heard: {one_line(first.understood) or NONE}"
            yield f"  said:  {one_line(first.answer) or NONE}"
            if first.tools:
                yield f"  tools: {tools_worded(first)}"
        errors = [
            error for run in runs for error in [run.error, *(turn.error for turn in run.turns)] if error
        ]
        for error in dict.fromkeys(errors):
            yield f"  error: {one_line(error)} ({errors.count(error)} times)"
        failed = [check for run in runs for turn in run.turns for check in turn.checks if not check.passed]
        for expects in dict.fromkeys(check.expects for check in failed):
            found = next(check.found for check in failed if check.expects == expects)
            yield f"  failed: {one_line(expects)}: {one_line(found)}"


def _of_run(run: RunResult) -> TurnResult:
    return TurnResult(turn=0, kind="spoken", error=run.error)


def _row(run: RunResult, turn: TurnResult) -> dict[str, object]:
    cost = turn.cost[0] if turn.cost and len(turn.cost) == 1 else None
    row: dict[str, object] = {
        "conversation": _cell(run.conversation),
        "repeat": run.repeat,
        "turn": turn.turn,
        "kind": turn.kind,
        "asked": _cell(turn.asked),
        "understood": _cell(turn.understood),
        "answer": _cell(turn.answer),
        "key_up_to_audible_ms": _ms(turn.key_up_to_audible_ms),
        "begins_with": turn.begins_with,
        "leading_silence_ms": _ms(turn.leading_silence_ms),
        "length_ms": _ms(turn.length_ms),
        "words_a_minute": _ms(turn.words_a_minute),
        "stalls": turn.stalls,
        "stall_ms": _ms(turn.stall_ms),
        "tools": _cell(tools_worded(turn)),
        "cost": cost.amount if cost else "",
        "currency": cost.currency if cost else "",
        "cost_estimated": cost.estimated if cost else "",
        "complete": turn.complete,
        "interrupted": turn.interrupted,
        "passed": turn.passed,
        "retries": turn.retries,
        "round_trip_ms": _ms(run.round_trip_ms),
        "error": _cell(turn.error or run.error or ""),
    }
    for name in PART_NAMES:
        row.setdefault(f"{name}_ms", _ms(turn.parts_ms.get(name)))
    return row


def _cell(text: str) -> str:
    """Words of others, that no spreadsheet takes for a formula."""
    plain = one_line(redact(text))
    return f"'{plain}" if plain.startswith(FORMULA) else plain


def _ms(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
