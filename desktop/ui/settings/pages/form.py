"""The facts about the settings that the dialog needs: passed in, so that it doesn't import `settings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop.ui.settings.key_field import KeyRules


@dataclass(frozen=True, slots=True)
class Form:
    """Defaults and bounds by the setting's name, and the check of a value."""

    defaults: Mapping[str, object]
    bounds: Mapping[str, tuple[float, float]]
    problem: Callable[[str, object], str]
    """The code of what is wrong with a value for a setting; empty if nothing is."""
    presets: Sequence[tuple[str, str]]
    """Names and texts of the preset instructions."""
    default_instructions: str
    """The instructions that are used when there are none."""
    longest_instructions: int
    default_address: str
    default_folder: str
    key: KeyRules


def sentence(problem: str) -> str:
    """The plain sentence for a problem's code."""
    translate = QCoreApplication.translate
    match problem:
        case "":
            return ""
        case "address":
            return translate("Settings", "This isn't a valid address. Example: https://api.opper.ai.")
        case "unencrypted":
            return translate("Settings", "The address must begin with https://, or others can read the key.")
        case "secret":
            return translate("Settings", "Leave the name and password out of the address.")
        case "name":
            return translate("Settings", "This can't be a name. Copy it from the platform.")
        case "unknown":
            return translate("Settings", "This key can't be used. Choose another one.")
        case "typing":
            return translate("Settings", "This key is needed for writing. Choose a combination of keys.")
        case "long":
            return translate("Settings", "This text is too long. Shorten it to apply it.")
        case _:
            return translate("Settings", "This value can't be used.")
