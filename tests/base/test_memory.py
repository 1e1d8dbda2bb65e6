"""Memory that isn't needed any more goes back."""

from __future__ import annotations

import inspect
import linecache
import subprocess
import sys

import pytest

from desktop.base import memory

HEAP = """
import sys
from desktop.base import memory

assert memory.return_large_blocks()
def rss():
    return 4096 * int(open("/proc/self/statm").read().split()[1])
large = [b"x" * 16_000_000 for _ in range(4)]
del large
kept, before = [], rss()
for _ in range(4):
    large = b"y" * 16_000_000
    kept.append([b"z" * 4_000 for _ in range(500)])
    del large
print(rss() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc's own way")
def test_large_blocks_go_back_whatever_was_put_on_top_of_them():
    command = [sys.executable, "-c", HEAP]
    grown = int(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert grown < 12_000_000, "8 MB are kept"


def test_sources_are_forgotten():
    inspect.getsource(memory)
    assert memory.__file__ in linecache.cache
    memory.forget_sources()
    assert not linecache.cache
