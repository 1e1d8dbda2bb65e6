"""A conversation as spans: sent later, tried again, given up with a count; nothing unless it is wanted."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any

import pytest

from desktop.access.endpoint_resolver import AccessOptions
from desktop.base.message import verbatim
from desktop.conversation.service_requests import post_span
from desktop.realtime.errors import RealtimeError, RefusedError, UnreachableError
from desktop.recording import span_queue
from desktop.recording.span_queue import OLDEST_S, SpanQueue
from desktop.recording.turn_spans import LONGEST, TurnSpans, span_of_call
from desktop.viewmodels.tool_calls_model import ToolCallsModel
from desktop.viewmodels.transcript_model import TranscriptModel
from tests.realtime.office import open_office

KEY = "op-4b1c9d2e7f60aa31"


class Service:
    """Takes spans after so many failures."""

    def __init__(self, *failures: RealtimeError) -> None:
        self.failures = list(failures)
        self.written: list[dict[str, Any]] = []
        self.now = 0.0
        self.queue = SpanQueue(self.post, lambda: self.now, settle_s=0.0, retry_s=0.0)

    async def post(self, span: dict[str, Any]) -> str:
        if self.failures:
            raise self.failures.pop(0)
        self.written.append(span)
        return f"s{len(self.written)}"

    async def idle(self) -> None:
        async with asyncio.timeout(5):
            while self.queue.waiting:  # noqa: ASYNC110 - it is asked, and tells nobody
                await asyncio.sleep(0)


def away() -> UnreachableError:
    return UnreachableError(verbatim("away"))


def refusal(code: str) -> RefusedError:
    return RefusedError(verbatim("no"), code=code)


async def test_spans_are_sent_in_order_and_adding_one_waits_for_nothing():
    service = Service()
    for number in range(3):
        service.queue.add(lambda number=number: {"n": number})
    assert service.written == []
    await service.idle()
    assert [span["n"] for span in service.written] == [0, 1, 2]


async def test_what_failed_is_tried_again():
    service = Service(away(), refusal("500"), refusal("401"))
    service.queue.add(lambda: {"n": 0})
    await service.idle()
    assert (service.written, service.queue.dropped) == ([{"n": 0}], 0)


async def test_after_an_hour_they_are_dropped_with_a_count(caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.INFO, logger=span_queue.__name__)
    service = Service()
    service.queue.add(lambda: {"n": 0})
    service.queue.add(lambda: {"n": 1})
    service.now = OLDEST_S + 1
    service.queue.add(lambda: {"n": 2})
    await service.idle()
    assert (service.written, service.queue.dropped) == ([{"n": 2}], 2)
    assert "2 were given up" in caplog.text


async def test_what_the_service_can_never_take_holds_nothing_up():
    service = Service(refusal("422"))
    service.queue.add(lambda: {"n": 0})
    service.queue.add(lambda: {"n": 1})
    await service.idle()
    assert (service.written, service.queue.dropped) == ([{"n": 1}], 1)


async def test_they_are_bounded(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(span_queue, "MOST", 2)
    service = Service()
    for number in range(5):
        service.queue.add(lambda number=number: {"n": number})
    await service.idle()
    assert ([span["n"] for span in service.written], service.queue.dropped) == ([3, 4], 3)


async def test_the_end_waits_for_none():
    service = Service(*[away()] * 1_000)
    service.queue = SpanQueue(service.post, settle_s=3_600.0)
    service.queue.add(lambda: {"n": 0})
    async with asyncio.timeout(5):
        await service.queue.close()
    assert service.written == []


def talk(transcript: TranscriptModel, number: int, answer: str) -> None:
    transcript.begin_take(number)
    transcript.end_take(number, "sent")
    transcript.begin_response(number)
    transcript.grow_response(number, answer, 0)
    transcript.end_response(number, "complete", {"input_tokens": 3})


async def test_a_turn_is_a_span_with_its_words(qtbot: Any):
    service, transcript = Service(), TranscriptModel()
    spans = TurnSpans(transcript, ToolCallsModel(), service.queue, lambda: True, lambda: "a/b")
    talk(transcript, 1, f"Good morning, {KEY}.")
    talk(transcript, 2, "Goodbye.")
    await service.idle()
    spans.begin_conversation()
    talk(transcript, 3, "Again.")
    await service.idle()
    first, second, third = service.written
    assert (first["name"], first["output"].startswith("Good morning"), first["meta"]["model"]) == (
        "turn",
        True,
        "a/b",
    )
    assert first["meta"]["usage"] == {"input_tokens": 3}
    assert first["start_time"] <= first["end_time"]
    assert first["end_time"].endswith("Z")
    assert KEY not in json.dumps(service.written)
    assert first["trace_id"] == second["trace_id"] != third["trace_id"]


async def test_a_turns_tool_calls_are_spans_below_its_own(qtbot: Any):
    service, transcript, calls = Service(), TranscriptModel(), ToolCallsModel()
    spans = TurnSpans(transcript, calls, service.queue, lambda: True, lambda: "a/b")
    calls.begin("c1", "weather", {"town": "Oslo", "key": KEY})
    calls.begin("c2", "trains", {})
    calls.begin("mine", "dice", {}, by_hand=True)
    calls.end("mine", "done", 6, 1.0)
    calls.end("c1", "done", {"rain": False}, 40.0)
    talk(transcript, 1, "One moment.")
    await service.idle()
    calls.end("c2", "failed", {"error": "No trains."}, 80.0)
    talk(transcript, 2, "It is dry, and no train goes.")
    await service.idle()
    turn, weather, answer, trains = service.written
    assert [span["name"] for span in service.written] == ["turn", "weather", "turn", "trains"]
    assert (turn["type"], weather["type"], weather["parent_id"], trains["parent_id"]) == (
        "realtime",
        "tool",
        "s1",
        "s3",
    )
    assert "parent_id" not in turn
    assert "parent_id" not in answer
    assert {span["trace_id"] for span in service.written} == {turn["trace_id"]}
    assert json.loads(weather["input"])["town"] == "Oslo"
    assert json.loads(weather["output"]) == {"rain": False}
    assert "error" not in weather
    assert trains["error"] == trains["meta"]["state"] == "failed"
    assert weather["start_time"] < weather["end_time"]
    assert KEY not in json.dumps(service.written)
    spans.begin_conversation()
    talk(transcript, 3, "Again.")
    await service.idle()
    assert len(service.written) == 5


async def test_a_span_of_a_call_that_is_refused_holds_nothing_up():
    service = Service()
    later = [away(), refusal("422")]

    async def post(span: dict[str, Any]) -> str:
        if span["n"] == 1:
            raise later.pop(0)
        return await service.post(span)

    service.queue = SpanQueue(post, settle_s=0.0, retry_s=0.0)
    service.queue.add(lambda: {"n": 0}, lambda: [{"n": 1}, {"n": 2}])
    service.queue.add(lambda: {"n": 3})
    await service.idle()
    assert service.written == [{"n": 0}, {"n": 2, "parent_id": "s1"}, {"n": 3}]
    assert later == []


async def test_a_huge_result_is_cut(qtbot: Any):
    calls = ToolCallsModel()
    calls.begin("c1", "read", {})
    calls.end("c1", "done", {"page": ["word " * 50_000]}, 1.0)
    assert len(span_of_call(calls.calls[0], "t")["output"]) <= LONGEST


async def test_nothing_is_written_unless_it_is_wanted(qtbot: Any):
    service, transcript = Service(), TranscriptModel()
    TurnSpans(transcript, ToolCallsModel(), service.queue, lambda: False, lambda: "a/b", transcript)
    talk(transcript, 1, "Hello.")
    assert service.queue.waiting == 0


async def test_a_span_goes_to_the_service_with_the_key(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("OPPER_API_KEY", KEY)
    async with open_office({"data": {"id": "1"}}) as office:
        assert await post_span(AccessOptions(office.url), {"name": "turn"}) == "1"
        assert await post_span(AccessOptions(office.url, ticket_url="https://t.example"), {}) == ""
        (asked,) = office.asked
    assert (asked.method, asked.path, asked.json) == ("POST", "/v3/spans", {"name": "turn"})
    assert asked.headers["Authorization"] == f"Bearer {KEY}"


async def test_a_span_that_can_not_be_made_costs_none_of_the_next_ones(expect_log):
    expect_log("a span could not be made or sent")
    service = Service()
    service.queue.add(lambda: {"n": 1 // 0})
    service.queue.add(lambda: {"n": 1})
    await service.idle()
    service.queue.add(lambda: {"n": 2})
    await service.idle()
    assert service.written == [{"n": 1}, {"n": 2}]
    assert service.queue.dropped == 1
