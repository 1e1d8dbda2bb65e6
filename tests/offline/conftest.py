"""The real speech engines: they take two seconds to load, and do so once in a process."""

from __future__ import annotations

import pytest

from desktop.offline import hibari, moonshine
from desktop.offline.hibari import HibariSynthesizer
from desktop.offline.moonshine import MoonshineRecognizer


@pytest.fixture(scope="session")
def recognizer() -> MoonshineRecognizer:
    return moonshine.load()


@pytest.fixture(scope="session")
def voice() -> HibariSynthesizer:
    return hibari.load()
