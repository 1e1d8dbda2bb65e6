"""The example that the settings make: a file to begin with."""

EXAMPLE_FILE = "example.py"
EXAMPLE = '''"""Functions as tools: one with types and a docstring is a tool. Save the file to try it."""

from typing import Annotated, Literal


def convert_temperature(
    degrees: float,
    to: Annotated[Literal["celsius", "fahrenheit"], "What to convert it to"] = "celsius",
) -> dict:
    """Converts a temperature between Fahrenheit and Celsius."""
    result = (degrees - 32) / 1.8 if to == "celsius" else degrees * 1.8 + 32
    return {"degrees": round(result, 1), "unit": to}
'''
