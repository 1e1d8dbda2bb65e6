"""The parts of a turn's wait in words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from desktop.turn.turn_parts import Row


def part_words(row: Row) -> str:
    """A part, or a sum of parts, by its name."""
    translate = QCoreApplication.translate
    words: dict[Row, str] = {
        "tail": translate("PartWords", "Tail"),
        "packet": translate("PartWords", "Resample, packet"),
        "socket": translate("PartWords", "Socket"),
        "service": translate("PartWords", "Service"),
        "model": translate("PartWords", "Model"),
        "prebuffer": translate("PartWords", "Prebuffer"),
        "device": translate("PartWords", "Device"),
        "leading_silence": translate("PartWords", "Leading silence"),
        "wait": translate("PartWords", "Until audible"),
        "client": translate("PartWords", "Program's share"),
        "service_share": translate("PartWords", "Service's share"),
        "interruption": translate("PartWords", "Interruption"),
    }
    return words[row]


def joined(rows: Sequence[Row]) -> str:
    """Several parts that can't be told apart."""
    return " + ".join(map(part_words, rows))
