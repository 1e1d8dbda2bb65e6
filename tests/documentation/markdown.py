"""The contents of the documents: commands, links, names, tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = tuple(
    ROOT / name
    for name in (
        *("README.md", "CONTRIBUTING.md", "CHANGELOG.md"),
        *("docs/architecture.md", "docs/packaging.md", "docs/protocol.md", "docs/security.md"),
        *("docs/manual-checks.md", "docs/remote-control.md", "docs/recording.md"),
        *("docs/tools.md", "docs/approvals.md", "docs/compare.md"),
        "tests/fixtures/conversations/README.md",
    )
)

_FENCE = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"\s+#\s.*$")
_LINK = re.compile(r"\[[^\]]*\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"")
_CODE = re.compile(r"`([^`\n]+)`")


def text(document: Path) -> str:
    """The whole document."""
    return document.read_text(encoding="utf-8")


def prose(document: Path) -> str:
    """The document without its pictures and configurations in fences."""
    return _FENCE.sub("", text(document))


def commands(document: Path) -> Iterator[str]:
    """The lines of indented blocks, without their comments."""
    for line in prose(document).splitlines():
        if line.startswith("    ") and (command := _COMMENT.sub("", line).strip()):
            yield command


def links(document: Path) -> Iterator[str]:
    """The targets of links and pictures."""
    for match in _LINK.finditer(prose(document)):
        yield match[1] or match[2]


def code(document: Path) -> Iterator[str]:
    """What is set as code within the text."""
    for match in _CODE.finditer(prose(document)):
        yield match[1]


def table(document: Path, heading: str) -> list[list[str]]:
    """The cells of the first table under this heading, without its head."""
    _, _, below = text(document).partition(f"\n{heading}\n")
    assert below, f"{document.name} has no {heading!r}"
    rows = []
    for line in below.splitlines():
        if line.startswith("|"):
            rows.append([cell.strip() for cell in line.strip("|").split("|")])
        elif rows:
            break
    return rows[2:]


def anchors(document: Path) -> set[str]:
    """The names that a link can have after its #."""
    heads = re.findall(r"^#+ (.+)$", prose(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
