"""What is said about a model in the picker: its provider, what it can do, its price, its retirement."""

from __future__ import annotations

from datetime import UTC, date, datetime

from PySide6.QtCore import QCoreApplication

from desktop.base.visible_text import visible_line
from desktop.cost.table import prices_of
from desktop.protocol.catalog import Model
from desktop.viewmodels.wording import worded

PROVIDERS = {"openai": "OpenAI", "xai": "xAI", "gemini": "Google Gemini"}
"""What the table's providers call themselves, where the list doesn't say it."""


def today() -> date:
    """The day in UTC, in which retirements are said."""
    return datetime.now(UTC).date()


def name(model: Model, day: date) -> str:
    """The model's name; a retired one is called so."""
    words = visible_line(worded(model.name))
    if model.by_agent:
        return QCoreApplication.translate("ModelWords", "By the agent {0}").format(words)
    if model.published.is_retired(day):
        return QCoreApplication.translate("ModelWords", "{0} (retired)").format(words)
    return words


def provider(model: Model) -> str:
    """The heading of its group."""
    if model.offline:
        return QCoreApplication.translate("ModelWords", "On this computer")
    if model.by_agent:
        return QCoreApplication.translate("ModelWords", "Agent")
    said = model.published.provider_label or PROVIDERS.get(model.provider) or model.provider
    return visible_line(said) or QCoreApplication.translate("ModelWords", "Other providers")


def badges(model: Model) -> tuple[str, ...]:
    """What sets it apart, a word each."""
    if model.by_agent:
        return ()
    can = {
        QCoreApplication.translate("ModelWords", "translates"): model.translates,
        QCoreApplication.translate("ModelWords", "tools"): model.tools,
        QCoreApplication.translate("ModelWords", "pictures"): model.images,
    }
    return tuple(word for word, does in can.items() if does)


def tip(model: Model, successor: Model | None, day: date) -> str:
    """Its name, its id, and what the list says: a line each."""
    said = model.published
    if model.by_agent:
        words = QCoreApplication.translate(
            "ModelWords",
            "The agent decides what you don't choose: its model, its voice, how turns are taken.",
        )
        return "\n".join((name(model, day), words))
    lines = [name(model, day), visible_line(model.id)]
    if said.description:
        lines.append(visible_line(said.description))
    price = QCoreApplication.translate("ModelWords", "Price: {0}")
    lines.append(price.format(worded(prices_of(model).worded())))
    if said.region:
        lines.append(
            QCoreApplication.translate("ModelWords", "Region: {0}").format(visible_line(said.region))
        )
    if said.is_retired(day):
        lines.append(_retired(model, successor))
    elif said.retires:
        words = QCoreApplication.translate("ModelWords", "It will be retired on {0}.")
        lines.append(words.format(said.retires.isoformat()))
    return "\n".join(lines)


def _retired(model: Model, successor: Model | None) -> str:
    if successor is None:
        return QCoreApplication.translate("ModelWords", "The provider has retired this model.")
    words = QCoreApplication.translate(
        "ModelWords", "The provider has retired this model. Its successor: {0}"
    )
    return words.format(visible_line(worded(successor.name)))
