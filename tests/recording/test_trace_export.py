"""Traces are what other programs read: checked against the official schemas."""

from __future__ import annotations

import base64
import json
import os
import socket
import sys
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from desktop.recording.trace_export import Conversation, to_chrome, to_otlp
from desktop.viewmodels.tool_calls_model import Call
from tests.rig.process import Program
from tests.turn.test_turn_parts import TURN

WITHIN_S = 30.0
SPANS = "/api/sessions/conv-1/spans"
ZERO_NS = 1_780_000_000_000_000_000
CALL = Call("c1", "get_time", {}, "done", {}, 12.5, at=datetime.fromtimestamp(1_780_000_001.5, UTC))
CONVERSATION = Conversation("conv-1", [TURN], [CALL], ZERO_NS)
IDS = ("traceId", "spanId", "parentSpanId")


def parsed(line: str) -> ExportTraceServiceRequest:
    """With the official types: unknown fields are errors. OTLP's ids are hex, protobuf's base64."""

    def as_protobuf(value: dict[str, Any]) -> dict[str, Any]:
        for name in set(IDS) & set(value):
            value[name] = base64.b64encode(bytes.fromhex(value[name])).decode()
        return value

    return json_format.ParseDict(json.loads(line, object_hook=as_protobuf), ExportTraceServiceRequest())


def test_otlp_lines_are_official_and_one_trace() -> None:
    requests = [parsed(line) for line in to_otlp(CONVERSATION).splitlines()]
    spans = [
        span
        for one in requests
        for group in one.resource_spans
        for scope in group.scope_spans
        for span in scope.spans
    ]
    assert [span.name for span in spans] == [
        "conversation",
        "turn 1",
        *("tail", "packet", "socket", "service", "model", "prebuffer", "device", "leading_silence"),
        "chat openai/gpt-realtime-2",
        "execute_tool get_time",
    ]
    root, turn, *children = spans
    assert {span.trace_id for span in spans} == {root.trace_id}
    assert (len(root.trace_id), len(root.span_id)) == (16, 8)
    assert turn.parent_span_id == root.span_id
    assert {span.parent_span_id for span in children} == {turn.span_id}
    assert len({span.span_id for span in spans}) == len(spans)
    for span in spans:
        named = {one.key: one.value for one in span.attributes}
        assert named["gen_ai.conversation.id"].string_value == "conv-1"
        assert span.end_time_unix_nano >= span.start_time_unix_nano
    tail = children[0]
    assert tail.start_time_unix_nano == ZERO_NS + 1_000_000_000
    waits = children[:8]
    assert sum(span.end_time_unix_nano - span.start_time_unix_nano for span in waits) == 1_100_000_000


VIEWER = Path(sys.prefix, "bin", "tv")


@pytest.mark.skipif(not VIEWER.exists(), reason="trace-view is for Linux on x86-64 alone")
def test_a_viewer_that_others_wrote_shows_the_conversation(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [str(VIEWER), "--port", str(port), "--db", str(tmp_path / "traces.db"), "serve"]
    viewer = HTTPConnection("127.0.0.1", port, timeout=WITHIN_S)

    def asked(method: str, path: str, body: str = "") -> Any:
        viewer.request(method, path, body, {"Content-Type": "application/json"})
        answer = viewer.getresponse()
        assert answer.status == 200
        return json.loads(answer.read() or "null")

    def answers() -> bool:
        try:
            viewer.connect()
        except OSError:
            return False
        return True

    with Program(command, env=os.environ, log=tmp_path / "viewer.log") as program:
        program.until(answers, within=WITHIN_S, what="the viewer")
        for line in to_otlp(CONVERSATION).splitlines():
            asked("POST", "/v1/traces", line)
        program.until(lambda: asked("GET", "/api/sessions"), within=WITHIN_S, what="the conversation")
        (session,) = asked("GET", "/api/sessions")
        assert session["id"] == "conv-1"
        program.until(lambda: len(asked("GET", SPANS)) == 12, within=WITHIN_S, what="its spans")
        found = [span["metadata"].get("presstalk.part_ms", 0) for span in asked("GET", SPANS)]
    assert sum(found) == 1_100
    viewer.close()


def test_no_turns_are_no_lines() -> None:
    assert to_otlp(Conversation("c", [], [], 0)) == ""


def test_chrome_trace_events_have_the_fields_that_the_format_demands() -> None:
    """Of "Trace Event Format", JSON Object Format: complete events (X) and metadata (M)."""
    document = json.loads(to_chrome(CONVERSATION))
    assert set(document) == {"traceEvents", "displayTimeUnit"}
    assert document["displayTimeUnit"] in ("ms", "ns")
    for event in document["traceEvents"]:
        assert event["ph"] in "XM"
        assert isinstance(event["pid"], int)
        assert isinstance(event["tid"], int)
        if event["ph"] == "X":
            assert set(event) == {"ph", "pid", "tid", "name", "cat", "ts", "dur", "args"}
            assert event["dur"] >= 0
        else:
            assert event["name"] in ("process_name", "thread_name")
            assert isinstance(event["args"]["name"], str)
    waits = [event for event in document["traceEvents"] if event["tid"] == 2 and event["ph"] == "X"]
    assert sum(event["dur"] for event in waits) == 1_100_000
