from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.rig.desktop import Desktop


@pytest.fixture
def desktop() -> Iterator[Desktop]:
    """A desktop of its own for one test: a screen of 1280x800, a microphone, a speaker, an empty home."""
    with Desktop() as desktop:
        yield desktop
