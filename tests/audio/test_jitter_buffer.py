"""The order of responses, and the prebuffer."""

from desktop.audio.jitter_buffer import KNOWN, MOST_QUEUED, MOST_QUEUED_BYTES, Prebuffer, ResponseQueue

RATE = 24_000


def pcm(duration_ms: float, value: int = 1) -> bytes:
    return value.to_bytes(2, "little") * round(RATE * duration_ms / 1000)


def test_prebuffer_grows_with_every_underrun_and_has_an_upper_bound() -> None:
    prebuffer = Prebuffer()
    seen = [prebuffer.ms]
    for _ in range(6):
        prebuffer.grow(gap_ms=5)
        seen.append(prebuffer.ms)
    assert seen == [40, 60, 90, 135, 200, 200, 200]


def test_prebuffer_grows_by_what_was_missing() -> None:
    prebuffer = Prebuffer()
    prebuffer.grow(gap_ms=55)
    assert prebuffer.ms == 105


def test_prebuffer_shrinks_when_calm_and_has_a_lower_bound() -> None:
    prebuffer = Prebuffer()
    seen = set()
    for _ in range(2000):
        prebuffer.arrived(20, depth_ms=60)
        seen.add(prebuffer.ms)
    assert seen == {40, 30, 20}


def test_prebuffer_stays_when_the_line_needs_it() -> None:
    prebuffer = Prebuffer()
    for arrival in range(2000):
        prebuffer.arrived(20, depth_ms=15 if arrival % 100 == 0 else 60)
    assert prebuffer.ms == 40


def test_an_underrun_begins_the_calm_again() -> None:
    prebuffer = Prebuffer()
    for _ in range(249):
        prebuffer.arrived(20, depth_ms=60)
    prebuffer.grow(gap_ms=5)
    prebuffer.arrived(20, depth_ms=60)
    assert prebuffer.ms == 60


def test_queue_keeps_responses_in_the_order_of_their_first_audio() -> None:
    queue = ResponseQueue(RATE)
    queue.write(7, pcm(10))
    queue.write(3, pcm(10))
    queue.write(7, pcm(10))
    order = []
    while (front := queue.front) is not None:
        order.append((front.number, sum(len(front.take()) for _ in list(front.pending))))
        queue.finish_front()
    assert order == [(7, len(pcm(20))), (3, len(pcm(10)))]


def test_queue_cuts_a_burst_into_pieces_and_loses_nothing() -> None:
    queue = ResponseQueue(RATE)
    burst = bytes(range(256)) * 1000
    response = queue.write(1, burst)
    pieces = [response.take() for _ in list(response.pending)]
    assert b"".join(pieces) == burst
    assert max(map(len, pieces)) == len(pcm(100))
    assert response.pending_bytes == 0


def test_queue_joins_samples_cut_in_two() -> None:
    queue = ResponseQueue(RATE)
    queue.write(1, b"abc")
    response = queue.write(1, b"d")
    assert [response.take(), response.take()] == [b"ab", b"cd"]


def test_a_later_response_ends_the_earlier_one() -> None:
    queue = ResponseQueue(RATE)
    first = queue.write(1, pcm(10))
    second = queue.write(2, pcm(10))
    assert first.complete
    assert not second.complete


def test_dropped_responses_stay_closed() -> None:
    queue = ResponseQueue(RATE)
    queue.write(1, pcm(10))
    assert queue.drop([]) == [1]
    queue.write(1, pcm(10))
    assert queue.front is None


def test_an_unknown_response_is_nothing() -> None:
    queue = ResponseQueue(RATE)
    queue.complete(9)
    assert queue.front is None


def test_half_an_hour_of_sound_waits_at_most() -> None:
    queue = ResponseQueue(RATE)
    minute = pcm(60_000)
    for number in range(1, 41):
        queue.write(number, minute)
    assert sum(response.pending_bytes for response in queue._queue) == 30 * len(minute)
    assert queue.front is not None
    assert queue.front.number == 1, "what comes too much is dropped, not what waits"


def test_no_more_responses_are_remembered_than_are_asked_about() -> None:
    queue = ResponseQueue(RATE)
    for number in range(1, 10_001):
        queue.write(number, pcm(20))
        queue.complete(number)
        queue.finish_front()
    assert len(queue._known) <= 2 * KNOWN + 1
    for number in range(10_001, 13_001):
        queue.write(number, pcm(1))
    assert len(queue._queue) == MOST_QUEUED
    assert queue.drop([1, 2])[:2] == [1, 2]


def test_at_a_high_rate_fewer_minutes_wait():
    """Half an hour at 192 kHz would be 690 MB."""
    queue = ResponseQueue(192_000)
    minute = bytes(2 * 192_000 * 60)
    for _ in range(5):
        response = queue.write(1, minute)
    assert response.pending_bytes == MOST_QUEUED_BYTES // len(minute) * len(minute)
