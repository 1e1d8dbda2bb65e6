"""The real speech engines: they take two seconds to load, and do so once in a process."""

from __future__ import annotations

import pytest

from desktop.offline import hibari, moonshine
from desktop.offline.hibari import HibariVoice
from desktop.offline.moonshine import MoonshineHearing


@pytest.fixture(scope="session")
def hearing() -> MoonshineHearing:
    return moonshine.load()


@pytest.fixture(scope="session")
def voice() -> HibariVoice:
    return hibari.load()
