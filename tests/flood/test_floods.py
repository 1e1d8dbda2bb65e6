"""A few floods, for two seconds each, at the real window. All of them for half a minute: `make flood`."""

from __future__ import annotations

import pytest

from tests.flood.kinds import FLOODS, NOTHING, QUICK
from tests.flood.run import MOST_RSS_MB, floods

pytestmark = pytest.mark.rig


def test_there_are_more_than_forty() -> None:
    assert len(FLOODS) > 60
    assert set(QUICK) <= set(FLOODS)
    assert [name for name, frames in FLOODS.items() if next(frames(), None) is None] == [NOTHING]


@pytest.mark.parametrize("name", QUICK)
def test_a_flood_leaves_the_window_usable(name: str) -> None:
    """Times are measured by `make flood`, where nothing else runs."""
    (fared,) = floods([name], 2.0)
    assert fared.problem == ""
    assert fared.key_ms, "the talk key was obeyed"
    assert fared.sessions == 1, "the session was kept"
    assert fared.rss_mb < MOST_RSS_MB
