"""The suite that is shipped as an example passes with the offline demo, in both of its models."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from desktop.compare.scripts.schema import read_script
from desktop.compare.scripts.spoken import OfflineVoice
from desktop.protocol import catalog
from tests.cli.commands import run

SUITE = Path(__file__).resolve().parents[2] / "examples" / "suite.yaml"


def test_the_example_is_a_script():
    pytest.importorskip("hibari", reason="The offline voice is not installed")
    script = read_script(SUITE, catalog.find, OfflineVoice())
    assert [target.model for target in script.targets] == ["offline/demo", "offline/demo-16k"]
    assert [len(one.turns) for one in script.conversations] == [1, 2, 1]


@pytest.mark.long
@pytest.mark.xdist_group("speech")
async def test_the_example_passes(tmp_path: Path):
    pytest.importorskip("hibari", reason="The offline voice is not installed")
    report, junit = tmp_path / "out.json", tmp_path / "junit.xml"
    words = ("compare", str(SUITE), "--fast", "--json", str(report), "--junit", str(junit))
    code, out, err = await run(*words)
    assert code == 0, out + err
    found = json.loads(report.read_text())
    assert [target["counts"]["passed"] for target in found["targets"]] == [11, 11]
    assert {source["name"] for source in found["sources"]} >= {"sounds/time.flac", "sounds/sum.flac"}
    assert ElementTree.parse(junit).getroot().get("tests") == "8"
