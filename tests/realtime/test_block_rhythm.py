"""When the microphone is looked at."""

from collections.abc import Callable

import pytest

from desktop.realtime.block_rhythm import BlockRhythm

LOOKS = 1_000


def late(arrivals: Callable[[int], float], begin: float = 0.0) -> tuple[list[float], int]:
    """How late each block was found, in seconds, and how many looks were taken.

    `arrivals`: when the n-th block comes.
    """
    rhythm, now, block, waits, looks = BlockRhythm(), begin, 0, [], 0
    while arrivals(block) < now:
        block += 1
    while block < LOOKS:
        looks += 1
        found = arrivals(block) <= now
        while arrivals(block) <= now:
            waits.append(now - arrivals(block))
            block += 1
        now += rhythm.next_s(found)
    return waits, looks


@pytest.mark.parametrize("phase_ms", [0.0, 0.5, 2.0, 3.7, 5.0, 8.1, 9.9])
def test_a_block_is_found_within_two_milliseconds(phase_ms: float) -> None:
    waits, looks = late(lambda n: 0.010 * n, begin=phase_ms / 1_000)
    assert max(waits[10:]) < 0.0041  # the second's try of coming earlier ends with a look 2 ms after it
    assert sum(wait > 0.0021 for wait in waits[10:]) < LOOKS / 90
    assert looks < LOOKS * 1.03


@pytest.mark.parametrize("drift", [-300e-6, 300e-6])
def test_it_follows_a_clock_that_drifts(drift: float) -> None:
    waits, looks = late(lambda n: 0.010 * n * (1 + drift), begin=0.004)
    assert sum(waits[10:]) / len(waits[10:]) < 0.002
    assert looks < LOOKS * 1.06


@pytest.mark.parametrize("every", [2, 3, 4])
def test_blocks_that_come_several_at_once_are_not_chased(every: int) -> None:
    waits, looks = late(lambda n: 0.010 * every * (n // every))
    assert max(waits) < 0.010
    assert looks < LOOKS * 1.2


def test_short_blocks_are_looked_at_no_more_often() -> None:
    _, looks = late(lambda n: 0.005 * n)
    assert looks < LOOKS / 2 * 1.03
