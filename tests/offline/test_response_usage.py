"""The demo's usage has the names and the growth of a service's."""

from __future__ import annotations

from desktop.cost import usage
from desktop.cost.usage import Usage
from desktop.offline.response_usage import ResponseUsage


def test_it_can_be_read_as_any_services():
    first = ResponseUsage(0, input_characters=9, output_characters=5, output_audio_ms=101)
    assert usage.read(first.to_wire()) == Usage(3, output=5, output_audio=3)
    second = ResponseUsage(first.new_context, input_characters=4)
    assert usage.read(second.to_wire()) == Usage(9, 8)
    assert first.to_wire()["total_tokens"] == 8
