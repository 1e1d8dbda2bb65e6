"""All that the real window is fed with, by kind."""

from __future__ import annotations

from tests.fuzz import readers, tool_readers

READERS = readers.READERS | tool_readers.READERS
