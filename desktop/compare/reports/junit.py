"""The report as JUnit XML, which CI systems show: a suite for each target, a case for each turn."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from desktop.base.redaction import redact
from desktop.base.terminal import plain_text
from desktop.compare.results import Outcome, RunResult, TurnResult

LONGEST = 4_000
_NOT_XML = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NOT_RUN = "It was not run: the comparison was stopped, or its budget is used up."


def to_junit(outcome: Outcome) -> bytes:
    """The report as the content of a file."""
    root = ElementTree.Element("testsuites", name="presstalk compare")
    totals = [0, 0, 0]
    for at, info in enumerate(outcome.targets):
        suite = ElementTree.SubElement(root, "testsuite", name=_plain(info.name), timestamp=outcome.made_at)
        counts = [0, 0, 0]
        for run in outcome.runs_of(at):
            cases: list[TurnResult | None] = list(run.turns)
            if not run.turns or (run.error and all(turn.error is None for turn in run.turns)):
                cases.append(None)  # the session itself
            for turn in cases:
                for place, one in enumerate(_case(suite, info.name, run, turn)):
                    counts[place] += one
        for name, count in zip(("tests", "failures", "errors"), counts, strict=True):
            suite.set(name, str(count))
        totals = [one + other for one, other in zip(totals, counts, strict=True)]
    if not outcome.complete:
        suite = ElementTree.SubElement(
            root, "testsuite", name="complete", tests="1", failures="0", errors="1"
        )
        case = ElementTree.SubElement(suite, "testcase", name="all runs", classname="complete")
        ElementTree.SubElement(case, "error", message=NOT_RUN)
        totals = [totals[0] + 1, totals[1], totals[2] + 1]
    for name, count in zip(("tests", "failures", "errors"), totals, strict=True):
        root.set(name, str(count))
    ElementTree.indent(root)
    content: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _case(
    suite: ElementTree.Element, target: str, run: RunResult, turn: TurnResult | None
) -> tuple[int, int, int]:
    """A case for a turn, or for a run without any; whether it is one, failed, or an error."""
    conversation = run.conversation or "turns"
    number = f"turn {turn.turn}: {turn.asked}" if turn else "session"
    case = ElementTree.SubElement(
        suite,
        "testcase",
        name=_plain(f"{conversation}, {number}, repeat {run.repeat}"),
        classname=_plain(target),
    )
    if turn is not None and turn.key_up_to_audible_ms is not None:
        case.set("time", f"{turn.key_up_to_audible_ms / 1_000:.3f}")
    error = turn.error if turn else (run.error or "It has no answer.")
    if error:
        ElementTree.SubElement(case, "error", message=_plain(error))
        return 1, 0, 1
    failed = [check for check in turn.checks if not check.passed] if turn else []
    for check in failed:
        ElementTree.SubElement(case, "failure", message=_plain(check.expects)).text = _plain(check.found)
    if turn is not None:
        ElementTree.SubElement(case, "system-out").text = _plain(
            f"heard: {turn.understood}\nsaid: {turn.answer}"
        )
    return 1, int(bool(failed)), 0


def _plain(text: str) -> str:
    """Words that XML can hold."""
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", plain_text(redact(text)))[:LONGEST]
