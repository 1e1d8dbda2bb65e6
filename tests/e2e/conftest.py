from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def lite_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bundle without speech, made once for all tests: its executable."""
    import bundle
    from bundling import contents

    folder = tmp_path_factory.mktemp("bundle")
    made = bundle.build(folder, folder / "work", {**os.environ, contents.LITE: "1"})
    return bundle.program(made)
