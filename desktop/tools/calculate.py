"""A calculator that can't be made to do anything else: a few numbers, operators and functions.

The text is cut into known words first, so that Python's parser only ever sees arithmetic; the tree it
builds is then walked by the tables below. Every step is bounded (length, depth, bits of a number), so
the worst expression that is let through takes about a millisecond.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable
from typing import Any

MAX_LENGTH = 500
"""Characters of an expression."""
MAX_DEPTH = 255
"""Levels of the tree: a sum as long as `MAX_LENGTH` allows has 250."""
MAX_BITS = 1024
"""Bits of a whole number, about 308 digits: as far as a float reaches."""
MAX_ROUND = 300
"""Digits `round` may be asked for; `round(5, -10**9)` would build a number of a billion digits."""
EXACT = 2**53
"""Beyond this a JSON reader that knows only doubles loses digits."""

Number = int | float


class CalculationError(ValueError):
    """The expression can't be calculated; the message is one plain sentence."""


_SAME = str.maketrans(
    {
        "\N{MULTIPLICATION SIGN}": "*",
        "\N{MIDDLE DOT}": "*",
        "\N{DIVISION SIGN}": "/",
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{GREEK SMALL LETTER PI}": " pi ",
        "^": "**",
    }
)
_TOKEN = re.compile(
    r"(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<name>[A-Za-z_][A-Za-z_0-9]*)"
    r"|(?P<operator>\*\*|//|[-+*/%(),])"
)
_PERCENT_OF = re.compile(r"(?<![0-9.])([0-9]++(?:\.[0-9]++)?)\s*+(?:%|per\s?cent)\s*of\b", re.IGNORECASE)

_CONSTANTS: dict[str, Number] = {"pi": math.pi, "e": math.e}


def _log(value: Number, base: Number = 10) -> float:
    return math.log(value, base)


def _round(value: Number, digits: Number = 0) -> Number:
    if not isinstance(digits, int) or abs(digits) > MAX_ROUND:
        raise CalculationError(f"round takes a whole number of digits, {MAX_ROUND} at most.")
    return round(value, digits) if digits else round(value)


# name: (function, fewest arguments, most arguments)
_FUNCTIONS: dict[str, tuple[Callable[..., Any], int, int]] = {
    "sqrt": (math.sqrt, 1, 1),
    "sin": (math.sin, 1, 1),
    "cos": (math.cos, 1, 1),
    "tan": (math.tan, 1, 1),
    "log": (_log, 1, 2),
    "ln": (math.log, 1, 1),
    "exp": (math.exp, 1, 1),
    "abs": (abs, 1, 1),
    "round": (_round, 1, 2),
    "floor": (math.floor, 1, 1),
    "ceil": (math.ceil, 1, 1),
    "max": (lambda *values: max(values), 1, MAX_LENGTH),
    "min": (lambda *values: min(values), 1, MAX_LENGTH),
}


def _power(base: Number, exponent: Number) -> Any:
    # A result of MAX_BITS has at most twice that by this rough count: known before it is computed.
    if isinstance(base, int) and isinstance(exponent, int) and abs(base) > 1:
        if base.bit_length() * exponent > 2 * MAX_BITS:
            raise CalculationError("The number is too large.")
    return base**exponent


_BINARY: dict[type[ast.operator], Callable[[Number, Number], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
}
_UNARY: dict[type[ast.unaryop], Callable[[Number], Any]] = {ast.UAdd: operator.pos, ast.USub: operator.neg}


def calculate(expression: str) -> Number:
    """The value of an arithmetic expression: whole where it is whole, else to 15 digits.

    Angles are in radians, `log` is to base 10 (or `log(x, base)`), `%` is the remainder, and
    "15% of 80" is understood.

    Raises:
        CalculationError: it isn't arithmetic, has no real value, or is too long or too large.
    """
    if len(expression) > MAX_LENGTH:
        raise CalculationError(f"The expression is too long: {MAX_LENGTH} characters at most.")
    source = _source(expression)
    try:
        tree = ast.parse(source, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as exc:
        raise CalculationError("This is not a complete arithmetic expression.") from exc
    return _tidy(_value(tree.body, 0))


def _source(expression: str) -> str:
    """The expression in Python's syntax, with known names only."""
    text = _PERCENT_OF.sub(r"(\1/100)*", expression.translate(_SAME))
    words: list[str] = []
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _TOKEN.match(text, position)
        if match is None:
            raise CalculationError(f"{text[position]!r} means nothing in arithmetic.")
        words.append(_word(match))
        position = match.end()
    if not words:
        raise CalculationError("The expression is empty.")
    return " ".join(words)


def _word(match: re.Match[str]) -> str:
    word = match.group()
    if match.lastgroup == "number":
        # Python refuses 007, people don't.
        return word.lstrip("0") or "0" if word.isdigit() else word
    if match.lastgroup == "name":
        word = word.lower()
        if word not in _FUNCTIONS and word not in _CONSTANTS:
            known = ", ".join((*_FUNCTIONS, *_CONSTANTS))
            raise CalculationError(f"There is no {word!r} here; known are {known}.")
    return word


def _value(node: ast.expr, depth: int) -> Number:
    if depth > MAX_DEPTH:
        raise CalculationError("The expression is nested too deeply.")
    match node:
        case ast.Constant(value=int() | float() as number):
            return _checked(number)
        case ast.Name(id=name) if name in _CONSTANTS:
            return _CONSTANTS[name]
        case ast.UnaryOp(op=sign, operand=operand) if type(sign) in _UNARY:
            return _apply(_UNARY[type(sign)], _value(operand, depth + 1))
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _apply(_BINARY[type(op)], _value(left, depth + 1), _value(right, depth + 1))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            function, fewest, most = _FUNCTIONS[name]
            if not fewest <= len(args) <= most:
                raise CalculationError(f"{name} takes {_count(fewest, most)}, not {len(args)}.")
            return _apply(function, *(_value(arg, depth + 1) for arg in args))
        case ast.Name(id=name):
            raise CalculationError(f"{name} needs its arguments in parentheses.")
        case ast.Tuple():
            raise CalculationError("Write numbers without commas: 1000.5, not 1,000.5.")
        case ast.Call(keywords=[]):
            raise CalculationError("A number can't be followed by a parenthesis; write * between them.")
        case _:
            raise CalculationError("This is not arithmetic.")


def _count(fewest: int, most: int) -> str:
    if most == MAX_LENGTH:
        return "one number or more"
    return "one number" if fewest == most else f"{fewest} or {most} numbers"


def _apply(function: Callable[..., Any], *values: Number) -> Number:
    try:
        return _checked(function(*values))
    except ZeroDivisionError as exc:
        raise CalculationError("This divides by zero.") from exc
    except OverflowError as exc:
        raise CalculationError("The number is too large.") from exc
    except CalculationError:
        raise
    except ValueError as exc:
        raise CalculationError("This has no real value.") from exc


def _checked(value: Any) -> Number:
    if isinstance(value, complex):
        raise CalculationError("This has no real value.")
    too_large = value.bit_length() > MAX_BITS if isinstance(value, int) else not math.isfinite(value)
    if too_large:
        raise CalculationError("The number is too large.")
    number: Number = value
    return number


def _tidy(value: Number) -> Number:
    """The number without the noise of binary fractions: 0.3 for 0.1 + 0.2, 4 for sqrt(16)."""
    if isinstance(value, int):
        return value
    short = float(f"{value:.15g}")
    if math.isinf(short):
        return value
    return int(short) if short.is_integer() and abs(short) < EXACT else short
